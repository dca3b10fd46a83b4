"""Both sides of a difference: the touched projects, compiled and rendered in memory."""

from __future__ import annotations

import os
import tempfile
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.cli.discovery import may_hold_projects, shown
from mlspec.gitops.errors import GitError
from mlspec.gitops.inputs import LOCK, PLATFORM, PROJECT, Inputs, Tree, inputs_of, projects_in
from mlspec.gitops.objects import Environment, Object
from mlspec.gitops.repository import Entry, Repository, Revision, link_target

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from typing import TypeAlias

    from mlspec.cli.compilation import Compilation
    from mlspec.diagnostics import Diagnostic
    from mlspec.language.platform import Platform
    from mlspec.manifests.change import Change
    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan

    Explain: TypeAlias = Callable[[Manifest | None, Manifest | None], Iterable[Change]]


class Side(NamedTuple):
    """A state of the repository: a commit, or the working tree."""

    repository: Repository
    revision: Revision | None
    entries: dict[str, Entry]
    tree: Tree

    def projects(self, prefixes: Collection[str]) -> list[str]:
        return projects_in(self.tree.files, prefixes, may_hold_projects)


class Rendered(NamedTuple):
    """What a side has for some projects. `wrong` is what is wrong with them."""

    results: tuple[Compilation, ...]
    environments: tuple[Environment, ...]
    plans: tuple[Plan, ...]
    explain: dict[str, Explain]
    """Target → its words, where it has any."""
    wrong: tuple[Diagnostic, ...] = ()


def side_of(repository: Repository, revision: Revision | None) -> Side:
    """None: the working tree, with what is not in Git yet."""
    if revision is not None:
        entries = repository.entries(revision)
        links = {
            path: link_target(path, repository.read(entry))
            for path, entry in entries.items()
            if entry.is_link
        }

        def read(path: str) -> bytes:
            return repository.read(entries[path])

        return Side(repository, revision, entries, Tree(entries, links, _folders_by(read)))
    root = repository.root
    known = repository.files()
    files = {path for path in known if not _matters(path) or os.path.lexists(root / path)}
    links = {
        path: link_target(path, os.fsencode((root / path).readlink()))
        for path in files
        if known[path] and (root / path).is_symlink()
    }

    def look(path: str) -> bytes:
        return (root / path).read_bytes()

    return Side(repository, None, {}, Tree(files, links, _folders_by(look)))


def _matters(path: str) -> bool:
    """Whether it makes a difference that it was deleted: for the paths that are looked for."""
    return path.endswith((PROJECT, PLATFORM, LOCK))


def _folders_by(read: Any) -> Any:
    """Answers what folders of renderers a platform names; its text decides whether it is read."""
    known: dict[str, tuple[str, ...]] = {}

    def folders(platform: str) -> tuple[str, ...]:
        if platform not in known:
            known[platform] = _named_folders(read, platform)
        return known[platform]

    return folders


def _named_folders(read: Any, platform: str) -> tuple[str, ...]:
    try:
        data = read(platform)
    except OSError:
        return ()
    found = platform_in(data) if b"renderers" in data else None
    return tuple(found.renderers.folders) if found is not None else ()


def platform_in(data: bytes) -> Platform | None:
    """The platform in a file, as far as it can be read: what is wrong with it is told elsewhere."""
    from mlspec.language.reader import read
    from mlspec.source.parser import parse
    from mlspec.source.reader import SourceError, decode

    try:
        reading = read("platform", parse(decode(data, PLATFORM), PLATFORM))
    except SourceError:
        return None
    found: Platform | None = reading.value
    return found


def touched(
    before: Side, after: Side, projects: Iterable[str], changed: Collection[str]
) -> list[str]:
    """The projects, of either side, that are made from a file that differs."""
    found = []
    for project in projects:
        sides = [each for each in (before, after) if project in each.tree.files]
        if any(inputs_of(side.tree, project).are_among(changed) for side in sides):
            found.append(project)
    return found


@contextmanager
def files_of(side: Side, projects: Sequence[str]) -> Iterator[list[str]]:
    """The projects' files as paths that can be read, named as they should be told of: where they
    are, or relative to a folder with what a commit has, which is then the current one."""
    if side.revision is None:
        yield [shown(as_given(side.repository.root / each)) for each in projects]
        return
    with tempfile.TemporaryDirectory(prefix="mlspec-") as folder:
        wanted: set[str] = set()
        for project in projects:
            inputs: Inputs = inputs_of(side.tree, project)
            wanted.update(inputs.files & side.entries.keys())
            wanted.update(
                path
                for path in side.entries
                if any(path.startswith(f"{each}/") for each in inputs.folders)
            )
        side.repository.write_to(Path(folder), sorted(wanted), side.entries)
        with chdir(folder):
            yield list(projects)


def as_given(place: Path) -> Path:
    """The place below the current folder as the shell knows it, links included."""
    here = Path.cwd()
    real = Path(os.path.realpath(here))
    return here / place.relative_to(real) if place.is_relative_to(real) else place


def render(side: Side, projects: Sequence[str], environment: str | None) -> Rendered:
    """Compiles and renders in memory. Results with errors have no environments."""
    if not projects:
        return Rendered((), (), (), {})
    from mlspec.cli.neighbours import compile_projects
    from mlspec.cli.silencing import with_policy

    with files_of(side, projects) as files:
        results = with_policy(compile_projects(files), strict=False)
        named = dict(zip((each.file for each in results), projects, strict=True))
        return _rendered(results, named, environment)


def _rendered(
    results: Sequence[Compilation], named: dict[str, str], environment: str | None
) -> Rendered:
    from mlspec.cli.compilation import plans_of
    from mlspec.cli.targets import Loaded, RendererError, explain_of, render_plan
    from mlspec.diagnostics import Diagnostic, Span

    environments: list[Environment] = []
    plans: list[Plan] = []
    loaded = Loaded()
    wrong: list[Diagnostic] = []
    for result in results:
        if result.failed or result.platform is None:
            continue
        try:
            renderers = loaded.of(result.platform, result.platform_file)
            for plan in plans_of(result, environment):
                made = render_plan(plan, renderers)
                objects = tuple(Object(each.target, each.manifest) for each in made)
                environments.append(_environment(plan, named[result.file], objects))
                plans.append(plan)
        except RendererError as error:
            span = Span(file=result.platform_file)
            wrong.append(Diagnostic(code="MLS606", message=str(error), span=span))
    words = {each.name: explain_of(each) for each in loaded}
    explain = {name: found for name, found in words.items() if found is not None}
    return Rendered(tuple(results), tuple(environments), tuple(plans), explain, tuple(wrong))


def _environment(plan: Plan, file: str, objects: tuple[Object, ...]) -> Environment:
    return Environment(
        project=plan.project,
        name=plan.environment,
        file=file,
        cluster=plan.delivery.server,
        namespace=plan.namespace,
        objects=objects,
    )


# ── the tree that was committed, where the spec does not compile any more ─────────────────────────


def from_tree(
    side: Side, project: str, name: str, output: str, environment: str | None
) -> list[Environment]:
    """What `OUTPUT/NAME` of a commit holds, one environment a folder."""
    import yaml

    from mlspec.manifests.manifest import Manifest

    found: dict[str, list[Object]] = {}
    prefix = f"{output}/{name}/" if output else f"{name}/"
    for path, entry in side.entries.items():
        parts = path.removeprefix(prefix).split("/")
        if not path.startswith(prefix) or len(parts) != 3 or not path.endswith(".yaml"):
            continue
        if environment in (None, parts[0]):
            body = yaml.load(side.repository.read(entry), Loader=_Loader())
            if isinstance(body, dict):
                found.setdefault(parts[0], []).append(Object(parts[1], Manifest(body=body)))
    return [_tree_environment(project, name, each, objects) for each, objects in found.items()]


def _tree_environment(
    project: str, name: str, environment: str, objects: list[Object]
) -> Environment:
    from mlspec.manifests.fields import value_at

    bodies = [each.manifest.body for each in objects]
    destinations = [value_at(body, "spec", "destination", default={}) for body in bodies]
    target: dict[str, Any] = next((each for each in destinations if each), {})
    return Environment(
        project=name,
        name=environment,
        file=project,
        cluster=str(target.get("server", "")),
        namespace=str(target.get("namespace", "")),
        objects=tuple(objects),
        is_from_tree=True,
    )


def _Loader() -> Any:
    """Kubernetes' YAML, in C where that is there, without dates."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def repository_path(repository: Repository, path: str) -> str:
    """A path of the command line as one of the repository; "" is all of it. Raises GitError."""
    place = Path(os.path.realpath(path if path else "."))
    if not place.is_relative_to(repository.root):
        raise GitError(f"{path} is outside of the Git repository at {repository.root}")
    relative = place.relative_to(repository.root).as_posix()
    return "" if relative == "." else relative
