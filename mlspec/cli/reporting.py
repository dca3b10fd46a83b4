"""From paths to projects, and how diagnostics reach the user. Only refusals import click."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO

    from mlspec.cli.clean import Clean
    from mlspec.cli.compilation import Compilation
    from mlspec.diagnostics import Diagnostic
    from mlspec.source.tree import Tree

FORMATS = ("text", "json", "sarif", "github", "gitlab")


class Reporting(NamedTuple):
    """How the user wants to be told."""

    format: str = "text"
    strict: bool = False
    quiet: bool = False
    max_errors: int | None = None


AS_EVER = Reporting()


def files_at(paths: Sequence[str], platform: str | None) -> list[str]:
    """The projects that are meant. Where there is none, that is wrong usage (exit code 2)."""
    from mlspec.cli.discovery import NothingFound, find_projects

    if platform is not None and not os.path.lexists(platform):
        raise usage_error(f"--platform: {platform} does not exist")
    try:
        return find_projects(paths or ["."])
    except NothingFound as error:
        raise usage_error(str(error)) from error


def projects_at(
    paths: Sequence[str],
    platform: str | None,
    *,
    strict: bool = False,
    own_renderers: bool = True,
    is_guarded: bool = True,
) -> list[Compilation]:
    """Finds and compiles. A path without a project is wrong usage (exit code 2). Without
    `own_renderers` no code is run that a platform names; without `is_guarded` its guardrails, which
    are about clusters, are left alone."""
    from mlspec.cli.compilation import guarded
    from mlspec.cli.neighbours import compile_projects
    from mlspec.cli.silencing import with_policy

    results = compile_projects(files_at(paths, platform), platform)
    if is_guarded:
        results = guarded(results, own_renderers=own_renderers)
    return with_policy(results, strict=strict)


def report(
    results: Sequence[Compilation | Clean],
    reporting: Reporting,
    seconds: float,
    more: Sequence[Diagnostic] = (),
    stream: TextIO | None = None,
    trees: Sequence[Tree] = (),
) -> bool:
    """Writes all diagnostics of the results (to stdout). Says whether there is an error.

    `trees` are files that were read besides.
    """
    from mlspec.diagnostics.report import Summary, prepare, write_report

    found = list(more)
    for result in results:
        found += prepare(result.diagnostics, result.environments)
    read = [*trees, *(tree for result in results for tree in result.trees)]
    discretion = None
    if found:
        from mlspec.cli.discretion import Discretion

        discretion = Discretion(read)
        found = discretion.of(found)
    mask = discretion.mask if discretion is not None else str
    texts = {tree.file: tree.text for tree in read}
    files = {file for result in results for file in result.files}
    environments = {name for result in results for name in result.environments}
    write_report(
        found,
        format=reporting.format,
        stream=stream or sys.stdout,
        sources=lambda file: _excerpt_source(texts, file, mask),
        color=use_color(stream),
        summary=Summary(
            projects=len(results),
            files=len(files.union(texts)),
            environments=len(environments),
            seconds=seconds,
            is_quiet=reporting.quiet,
        ),
        limit=reporting.max_errors,
    )
    return any(diagnostic.severity == "error" for diagnostic in found)


def _excerpt_source(texts: dict[str, str], file: str, mask: Callable[[str], str]) -> str | None:
    """The text for excerpts, without any secret that it holds."""
    from mlspec.source.reader import SourceError, read_text

    try:
        return mask(texts[file] if file in texts else read_text(file))
    except SourceError:
        return None


def use_color(stream: TextIO | None = None) -> bool:
    """Colour on a terminal, or where FORCE_COLOR asks for it, unless NO_COLOR says no
    (https://no-color.org, https://force-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return (stream or sys.stdout).isatty() and os.environ.get("TERM") != "dumb"


def usage_error(message: str) -> Exception:
    """What ends a command with 2, and how it is called."""
    import click

    return click.UsageError(message)
