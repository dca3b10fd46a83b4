"""What `verify --since BASE` has to look at: the projects whose inputs or generated files differ
from those of a commit.

By induction that is enough: at BASE every tree was what its spec rendered to, and a tree of which
neither the inputs nor a file have changed since is so still, for rendering is a pure function of
the inputs. No inventory is trusted. It holds for the same mlspec and the same installed renderers.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mlspec.cli.diff_sides import Side, as_given, repository_path, side_of, touched
from mlspec.cli.discovery import PROJECT_FILE, name_in, shown
from mlspec.cli.reporting import usage_error
from mlspec.gitops.errors import GitError
from mlspec.gitops.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Suspects(NamedTuple):
    """`files` are to be verified, of `total`. `folders` are names of generated trees that have
    changed and belong to none of them, or belonged to a project that is gone."""

    files: list[str]
    total: int
    folders: set[str]


def suspects_since(base: str, paths: Sequence[str], output: str, platform: str | None) -> Suspects:
    """Raises GitError."""
    with Repository.at(Path.cwd()) as repository:
        prefixes = [repository_path(repository, path) for path in paths or ("",)]
        revision = repository.get(base)
        tree = repository_path(repository, output)
        if not tree:
            raise GitError("the generated manifests are the repository itself", "verify all")
        if repository.is_ignored(tree):
            raise GitError(f"{output} is not in Git, which cannot tell what changed", "verify all")
        before, after = side_of(repository, revision), side_of(repository, None)
        here, there = before.projects(prefixes), after.projects(prefixes)
        if not {*here, *there}:
            raise usage_error(f"there is no project.yaml in or below {', '.join(paths)}")
        changed = repository.changed(revision, None)
        found = touched(before, after, sorted({*here, *there}), changed)
        if platform is not None and repository_path(repository, platform) in changed:
            found = there
        folders = {
            path.removeprefix(f"{tree}/").split("/")[0]
            for path in changed
            if path.startswith(f"{tree}/")
        }
        owners = _owners(after, there, folders)
        gone = _names(before, [each for each in found if each in here])
        files = [each for each in there if each in found or each in owners]
        shown_files = [shown(as_given(repository.root / each)) for each in files]
        return Suspects(shown_files, len(there), folders | gone)


def _owners(side: Side, projects: Iterable[str], folders: set[str]) -> set[str]:
    """The projects to which generated folders belong, by their names; those whose text does not
    hold one are not read."""
    found = set()
    for project in projects if folders else ():
        try:
            text = (side.repository.root / project).read_text("utf-8", "replace")
        except OSError:
            found.add(project)  # which is told of when it is compiled
            continue
        if any(folder in text for folder in folders) and _name_in(text) in (*folders, ""):
            found.add(project)
    return found


def _names(side: Side, projects: Iterable[str]) -> set[str]:
    texts = (side.repository.read(side.entries[each]) for each in projects)
    return {_name_in(text.decode("utf-8", "replace")) for text in texts} - {""}


def _name_in(text: str) -> str:
    """The name of a project; empty where it cannot be read."""
    from mlspec.source.parser import parse
    from mlspec.source.reader import SourceError

    try:
        return name_in(parse(text, PROJECT_FILE).root)
    except SourceError:
        return ""
