"""A question about two states of a repository → the report on what the change does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from mlspec.cli.diff_sides import (
    Rendered,
    Side,
    from_tree,
    platform_in,
    render,
    repository_path,
    side_of,
    touched,
)
from mlspec.cli.discovery import name_in
from mlspec.gitops.diff_report import Report, report_of
from mlspec.gitops.difference import Section, compare
from mlspec.gitops.errors import GitError
from mlspec.gitops.inputs import inputs_of
from mlspec.gitops.repository import Repository, Revision
from mlspec.language.project import LOCAL
from mlspec.manifests.change import checked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from mlspec.cli.compilation import Compilation
    from mlspec.diagnostics import Diagnostic
    from mlspec.gitops.objects import Environment
    from mlspec.manifests.change import Change
    from mlspec.manifests.manifest import Manifest

NOTHING = Revision("nothing committed yet", "")


class Question(NamedTuple):
    """What the user asks. `words` are BASE, if it is given, and paths; the last `after_dashes` of
    them stood after `--`, if that was there."""

    words: tuple[str, ...]
    after_dashes: int | None
    environment: str | None
    head: str | None
    output: str
    with_graphs: bool = False


class HeadIsWrong(Exception):
    """The head does not compile."""

    def __init__(self, results: Sequence[Compilation], more: Sequence[Diagnostic]) -> None:
        super().__init__("the head does not compile")
        self.results = results
        self.more = more


def answer(question: Question) -> Report:
    """Raises GitError, HeadIsWrong and click's UsageError."""
    if question.environment == LOCAL:
        raise click.UsageError("--env: `local` is this machine and is never rendered")
    with Repository.at(Path.cwd()) as repository:
        base_name, paths = _base_and_paths(repository, question)
        prefixes = [repository_path(repository, path) for path in paths or ("",)]
        _not_in_submodules(repository, paths, prefixes)
        head = repository.get(question.head) if question.head else None
        after = side_of(repository, head)
        base = repository.get(base_name) if base_name else default_base(after, prefixes)
        before = side_of(repository, base)
        return _report(question, before, after, prefixes, paths)


# ── what was asked ────────────────────────────────────────────────────────────────────────────────


def _base_and_paths(
    repository: Repository, question: Question
) -> tuple[str | None, tuple[str, ...]]:
    """As git reads it: a revision first, if the first word is one; paths from `--` on."""
    words, after = question.words, question.after_dashes
    if after is not None:
        free = words[: len(words) - after]
        if not free:
            return None, words
        return free[0], (*free[1:], *words[len(words) - after :])
    if not words:
        return None, ()
    first = words[0]
    is_path = os.path.lexists(first)
    if repository.find(first) is not None:
        if is_path:
            raise click.UsageError(
                f"`{first}` is both a revision and a path; write `mlspec diff {first} --` for the "
                f"revision, `mlspec diff -- {first}` for the path"
            )
        return first, words[1:]
    if is_path or ("/" in first and _was_path(repository, first)):
        return None, words
    repository.get(first)  # which says what is wrong with it
    raise AssertionError("a revision that was not found is found")


def _was_path(repository: Repository, path: str) -> bool:
    """Whether a path that is not there any more is one that was there at the last commit."""
    head = repository.head
    try:
        prefix = repository_path(repository, path)
    except GitError:
        return False
    entries = repository.entries(head) if head else {}
    return any(each == prefix or each.startswith(f"{prefix}/") for each in entries)


def _not_in_submodules(
    repository: Repository, paths: Sequence[str], prefixes: Sequence[str]
) -> None:
    submodules = repository.submodules() if paths else set()
    for path, prefix in zip(paths, prefixes, strict=False):
        for submodule in submodules:
            if prefix == submodule or prefix.startswith(f"{submodule}/"):
                raise GitError(
                    f"{path} is in the submodule {submodule}, a repository of its own",
                    f"run `mlspec diff` in {submodule}",
                )


def default_base(after: Side, prefixes: Collection[str]) -> Revision:
    """Where the head left the branch that production follows; on that branch itself the last
    commit."""
    repository = after.repository
    head = after.revision or repository.head
    if head is None:
        return NOTHING
    # What is committed is what is followed: the change may be of that.
    committed = after if after.revision else side_of(repository, head)
    branch = followed_branch(committed, prefixes)
    if after.revision is None and repository.branch == branch:
        return Revision("HEAD", head.commit)
    for name in (f"origin/{branch}", branch, repository.remote_of(branch)):
        upstream = repository.find(name)
        if upstream is not None:
            return repository.merge_base(head, upstream)
    message = f"there is no branch `{branch}`, which production follows"
    if repository.is_shallow:
        fetch = "`git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout"
        raise GitError(f"{message}, in this shallow clone", f"fetch it: {fetch}")
    raise GitError(message, "name what to compare with: `mlspec diff BASE`")


def followed_branch(commit: Side, prefixes: Collection[str]) -> str:
    """`argo_cd.revision` of the projects' platforms."""
    from mlspec.cli.discovery import DEFAULT_PLATFORM

    platforms = {inputs_of(commit.tree, each).platform for each in commit.projects(prefixes)}
    branches = {
        _revision_of(
            commit.repository.read(commit.entries[path]) if path else DEFAULT_PLATFORM.read_bytes()
        )
        for path in sorted(platforms or {""})
    } - {""}
    if len(branches) > 1:
        names = ", ".join(sorted(branches))
        raise GitError(
            f"the platforms follow different branches ({names})",
            "name what to compare with: `mlspec diff BASE`",
        )
    return branches.pop() if branches else "main"


def _revision_of(platform: bytes) -> str:
    """Empty where the platform cannot be read, which is told of elsewhere."""
    found = platform_in(platform)
    return str(found.argo_cd.revision) if found is not None else ""


# ── what there is to say ──────────────────────────────────────────────────────────────────────────


def _report(
    question: Question, before: Side, after: Side, prefixes: Sequence[str], paths: Sequence[str]
) -> Report:
    repository, base = before.repository, before.revision
    assert base is not None
    here, there = before.projects(prefixes), after.projects(prefixes)
    projects = sorted({*here, *there})
    if not projects:
        raise click.UsageError(f"there is no project.yaml in or below {', '.join(paths) or '.'}")
    changed = repository.changed(base, after.revision)
    found = touched(before, after, projects, changed)
    new = render(after, [each for each in found if each in there], question.environment)
    if any(result.failed for result in new.results) or new.wrong:
        raise HeadIsWrong(new.results, new.wrong)
    old = render(before, [each for each in found if each in here], question.environment)
    output = repository_path(repository, question.output)
    notes: list[str] = []
    environments = [*old.environments, *_fallen_back(question, before, old, found, output, notes)]
    _must_know(question.environment, old, new, environments)
    words = _Words(new, old, notes)
    sections = [compare(one, other, words) for one, other in _paired(environments, new)]
    notes += _renamed(environments, new)
    is_all = "" in prefixes and question.environment is None
    notes += _notes(repository, after, changed, output, environments, new, is_all=is_all)
    return report_of(
        base,
        after.revision,
        sections,
        notes=list(dict.fromkeys(notes)),
        projects=len(projects),
        touched=len(found),
        graphs=dict(_graphs(sections, old, new)) if question.with_graphs else {},
        mask=_mask([*old.results, *new.results]),
    )


def _fallen_back(
    question: Question,
    before: Side,
    old: Rendered,
    found: Sequence[str],
    output: str,
    notes: list[str],
) -> Iterator[Environment]:
    """Of projects whose spec at BASE does not compile with this mlspec: the tree that was committed
    with it."""
    here = [each for each in found if each in before.tree.files]
    rendered = {each.file for each in old.environments}
    for file, result in zip(here, old.results, strict=True):
        broken = result.failed or (bool(old.wrong) and file not in rendered)
        if not broken:
            continue
        name = result.name or (name_in(result.trees[0].root) if result.trees else "")
        kept = list(from_tree(before, file, name, output, question.environment)) if name else []
        assert before.revision is not None
        instead = (
            f"it is compared with the manifests committed there, in {output}/{name}"
            if kept
            else "no manifests are committed there, so that all of it is told as new"
        )
        notes.append(
            f"{file} at {before.revision.name} does not compile with this mlspec "
            f"({_why(file, result, old.wrong)}): {instead}"
        )
        yield from kept


def _why(file: str, result: Compilation, more: Sequence[Diagnostic]) -> str:
    """The first error, and its file where that is the lock or the platform."""
    first = next((each for each in (*result.diagnostics, *more) if each.severity == "error"), None)
    if first is None:
        return ""
    where = "" if first.span.file == file else f"{first.span.file}: "
    return f"{where}{first.message}"


def _must_know(
    environment: str | None, old: Rendered, new: Rendered, more: Sequence[Environment]
) -> None:
    results = [*old.results, *new.results]
    known = {name for result in results for name in result.environments}
    known |= {each.name for each in more}
    if environment is not None and results and environment not in known:
        from mlspec.language.suggestions import did_you_mean

        raise click.UsageError(
            f"--env: no touched project has an environment `{environment}`; "
            f"{did_you_mean(environment, sorted(known - {LOCAL}), 'none is declared')}"
        )


def _paired(
    old: Sequence[Environment], new: Rendered
) -> Iterator[tuple[Environment | None, Environment | None]]:
    """In the order of the head, then what is gone."""
    waiting = {(each.project, each.name): each for each in old}
    for each in new.environments:
        yield waiting.pop((each.project, each.name), None), each
    for gone in waiting.values():
        yield gone, None


class _Words:
    """Asks the targets: those of the head, and for what it has no more those of the base."""

    def __init__(self, new: Rendered, old: Rendered, notes: list[str]) -> None:
        self._explain = {**old.explain, **new.explain}
        self._notes = notes

    def __call__(
        self, target: str, before: Manifest | None, after: Manifest | None
    ) -> Iterable[Change]:
        explain = self._explain.get(target)
        if explain is None:
            return ()
        try:
            return [checked(each) for each in explain(before, after)]
        except (Exception, SystemExit) as error:
            self._notes.append(
                f"the renderer `{target}` cannot explain a change: {type(error).__name__}: {error}"
            )
            return ()


def _renamed(old: Sequence[Environment], new: Rendered) -> Iterator[str]:
    """To the cluster a project of another name is another project."""
    names = {each.file: each.project for each in old}
    for file, name in {each.file: each.project for each in new.environments}.items():
        if names.get(file, name) != name:
            yield (
                f"{file} is called {name} instead of {names[file]}: to the cluster that is another "
                "project, and all of it is made anew"
            )


def _notes(
    repository: Repository,
    after: Side,
    changed: Collection[str],
    output: str,
    old: Sequence[Environment],
    new: Rendered,
    *,
    is_all: bool,
) -> Iterator[str]:
    """What else differs that this says nothing of. `is_all`: no project was left out."""
    touched_names = {each.project for each in (*old, *new.environments)}
    prefix = f"{output}/" if output else ""
    folders = {
        path.removeprefix(prefix).split("/")[0]
        for path in changed
        if path.startswith(prefix) and path.count("/") > prefix.count("/")
    }
    strangers = sorted(folders - touched_names) if output and is_all else []
    if strangers:
        shown = ", ".join(f"{prefix}{each}" for each in strangers[:5])
        more = f" and {len(strangers) - 5} more" if len(strangers) > 5 else ""
        yield (
            f"{shown}{more} differs though no spec of it does, and Argo CD would sync that: "
            "run `mlspec verify`"
        )
    if after.revision is None:
        for submodule in sorted(repository.submodules() & set(changed)):
            yield f"the submodule {submodule} differs too: run `mlspec diff` in it"


def _graphs(
    sections: Sequence[Section], old: Rendered, new: Rendered
) -> Iterator[tuple[tuple[str, str], str]]:
    """Of each environment that both sides have: what is drawn of it, where that is touched."""
    from mlspec.graph.build import graph_of
    from mlspec.graph.mermaid import mermaid
    from mlspec.graph.touched import touched as touched_nodes

    before = {(plan.project, plan.environment): plan for plan in old.plans}
    after = {(plan.project, plan.environment): plan for plan in new.plans}
    for section in sections:
        key = section.project, section.environment
        if section.lines and key in before and key in after:
            graph, fates = touched_nodes(graph_of(before[key]), graph_of(after[key]))
            if fates:
                yield key, mermaid(graph, fates)


def _mask(results: Sequence[Compilation]) -> Any:
    from mlspec.cli.discretion import Discretion

    return Discretion([tree for result in results for tree in result.trees]).mask
