"""Which files a project is compiled from, on one side of a difference, and which projects a change
of files touches. Nothing is parsed, except a platform that names folders of renderers."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

PROJECT, PLATFORM, LOCK = "project.yaml", "platform.yaml", "mlspec.lock"


class Tree(NamedTuple):
    """The files of one side: a commit or the working tree.

    `links`: path of a link → where in the repository it leads. `folders` answers what folders of
    renderers the platform at a path names, relative to it.
    """

    files: Collection[str]
    links: Mapping[str, str]
    folders: Callable[[str], tuple[str, ...]]


class Inputs(NamedTuple):
    """What a project is made from. `platform` is empty for the embedded default; below `folders`
    every file counts."""

    project: str
    platform: str
    files: frozenset[str]
    folders: tuple[str, ...]

    def are_among(self, changed: Collection[str]) -> bool:
        if not self.files.isdisjoint(changed):
            return True
        return any(path.startswith(f"{folder}/") for folder in self.folders for path in changed)


def inputs_of(tree: Tree, project: str) -> Inputs:
    platform = _platform(tree, posixpath.dirname(project))
    lock = posixpath.join(posixpath.dirname(project), LOCK)
    named = [project, lock, *([platform] if platform else [])]
    files = {file for name in named for file in _followed(tree, name)}
    folders = tree.folders(platform) if platform else ()
    below = posixpath.dirname(platform)
    return Inputs(
        project=project,
        platform=platform,
        files=frozenset(files),
        folders=tuple(posixpath.normpath(posixpath.join(below, each)) for each in folders),
    )


def _platform(tree: Tree, folder: str) -> str:
    while True:
        candidate = posixpath.join(folder, PLATFORM)
        if candidate in tree.files:
            return candidate
        if not folder:
            return ""
        folder = posixpath.dirname(folder)


def _followed(tree: Tree, path: str) -> list[str]:
    """The path, and where it leads to if it is a link, however often."""
    found = [path]
    while found[-1] in tree.links and tree.links[found[-1]] not in found:
        found.append(tree.links[found[-1]])
    return found


def projects_in(
    files: Iterable[str], prefixes: Collection[str], enters: Callable[[Iterable[str]], bool]
) -> list[str]:
    """The project files among `files` that `prefixes` name: a file, or the folder above it; "" is
    all. `enters` says whether projects are looked for below these folders."""
    found = []
    for path in sorted(files):
        if path in prefixes:
            found.append(path)
        elif posixpath.basename(path) == PROJECT:
            above = next((p for p in prefixes if not p or path.startswith(f"{p}/")), None)
            if above is not None and enters(path[len(above) :].split("/")[:-1]):
                found.append(path)
    return found
