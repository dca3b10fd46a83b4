"""The work of `mlspec verify`."""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from mlspec.cli.reporting import AS_EVER, Reporting, report
from mlspec.cli.running import AS_BEST, Running, built_at
from mlspec.cli.timings import stage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from mlspec.cli.building import Built
    from mlspec.cli.clean import Clean, Rendering
    from mlspec.cli.rendering import Tree
    from mlspec.cli.since import Suspects
    from mlspec.diagnostics import Diagnostic
    from mlspec.output.drift import Drift


def command(
    paths: Sequence[str],
    output: str = "generated",
    since: str | None = None,
    platform: str | None = None,
    reporting: Reporting = AS_EVER,
    running: Running = AS_BEST,
) -> None:
    start = perf_counter()
    suspects = None
    is_all = _is_within(Path(output), paths or (".",))
    if since is not None:
        suspects = _suspects(since, paths, output, platform)
        if not suspects.files and not (suspects.folders and is_all):
            report([], reporting, perf_counter() - start)
            return
        paths = tuple(suspects.files)
    built = [] if suspects and not paths else _built(paths, output, platform, reporting, running)
    results = [each.result for each in built]
    if any(result.failed for result in results):
        report(results, reporting, perf_counter() - start)
        raise SystemExit(1)
    wrong = [diagnostic for each in built for diagnostic in each.wrong]
    wrong += [diagnostic for each in built for diagnostic in each.judged]
    if is_all:
        names = {result.name for result in results}
        wrong += _orphans(Path(output), names, only=suspects.folders if suspects else None)
    if report(results, reporting, perf_counter() - start, wrong):
        raise SystemExit(1)


def _suspects(since: str, paths: Sequence[str], output: str, platform: str | None) -> Suspects:
    """Where Git cannot tell, that ends the command with 2, as nothing was verified."""
    from mlspec.cli.diff import Refused
    from mlspec.cli.since import suspects_since
    from mlspec.gitops.errors import GitError

    try:
        return suspects_since(since, paths, output, platform)
    except GitError as error:
        raise Refused(f"--since: {error}") from error


def _built(
    paths: Sequence[str],
    output: str,
    platform: str | None,
    reporting: Reporting,
    running: Running,
) -> list[Built]:
    """Projects that are known to render to what lies there come without a tree. What is known is
    what they render to; that it lies there is read from every file."""
    from mlspec.cli.building import Order
    from mlspec.output.proof import is_proven

    def is_in_place(clean: Clean, rendering: Rendering) -> bool:
        with stage("compare"):
            return is_proven(Path(output, clean.name), rendering.proof, rendering.synced)

    def judge(tree: Tree) -> Iterator[Diagnostic]:
        with stage("compare"):
            yield from _drift(tree, Path(output))

    order = Order(platform, renders=True, judge=judge)
    return built_at(paths, order, running, reporting, is_in_place)


def _drift(tree: Tree, output: Path) -> Iterator[Diagnostic]:
    from mlspec.diagnostics import Diagnostic, Span
    from mlspec.output.drift import compare
    from mlspec.output.errors import OutputError
    from mlspec.output.tree import check_root

    root = output / tree.name
    span = Span(file=str(root))
    files = tree.content()
    try:
        check_root(root)
        drift = compare(root, files, environments=tree.synced)
    except OSError as error:
        message = f"cannot read {root}: {OutputError.from_os_error(root, error).reason}"
        yield Diagnostic(code="MLS001", message=message, span=span)
    except OutputError as error:
        message = f"{root} was never rendered: {error.reason}"
        yield Diagnostic(code="MLS602", message=message, span=span, help=error.help)
    else:
        yield from _differences(tree, files, output, drift)


def _differences(
    tree: Tree, files: Collection[str], output: Path, drift: Drift
) -> Iterator[Diagnostic]:
    from mlspec.cli.generated import edited, render_command, unexpected
    from mlspec.diagnostics import Diagnostic, Span

    root = output / tree.name
    ours = drift.provenance.provenance.files
    help = f"run {render_command(output)}"
    if drift.provenance.state == "missing" and len(drift.missing) == len(files):
        if files:
            message = f"{root} was never rendered"
            yield Diagnostic(code="MLS602", message=message, span=Span(file=str(root)), help=help)
    else:
        for path in drift.stale:
            file = f"{root}/{path}"
            message = f"{file} is not what the spec renders to"
            how = help if path in ours else f"run {render_command(output, '--force')}"
            yield Diagnostic(code="MLS601", message=message, span=Span(file=file), help=how)
        for path in drift.missing:
            file = f"{root}/{path}"
            message = f"{file} is missing"
            yield Diagnostic(code="MLS602", message=message, span=Span(file=file), help=help)
        yield from _inventory(root, output, drift)
    yield from unexpected(root, drift.unexpected, ours, output)
    yield from edited(tree, output, drift.edited, is_mixed=drift.is_mixed)


def _inventory(root: Path, output: Path, drift: Drift) -> Iterator[Diagnostic]:
    """What is wrong with provenance.json itself."""
    from mlspec.cli.generated import render_command
    from mlspec.diagnostics import Diagnostic, Span
    from mlspec.output.provenance import FILE_NAME

    span = Span(file=f"{root}/{FILE_NAME}")
    force = f"see that the spec is right, then run {render_command(output, '--force')}"
    if drift.provenance.state == "corrupt":
        message = f"{span.file} is damaged: {drift.provenance.reason}"
        yield Diagnostic(code="MLS601", message=message, span=span, help=force)
    elif drift.provenance.state == "missing":
        message = f"{span.file} is missing"
        yield Diagnostic(code="MLS602", message=message, span=span, help=force)
    elif drift.is_inventory_stale:
        message = f"{span.file} does not list the files as they are"
        help = f"run {render_command(output)}"
        yield Diagnostic(code="MLS601", message=message, span=span, help=help)


def _is_within(output: Path, paths: Sequence[str]) -> bool:
    """Whether projects are looked for in a folder that has the output in it: then in all there are.

    From elsewhere (`mlspec verify projects/wine`), a tree of a project that was not looked at is no
    mistake.
    """
    place = Path(os.path.realpath(output))  # Path.resolve() fails for a link to itself
    return any(
        place.is_relative_to(os.path.realpath(path)) for path in paths if Path(path).is_dir()
    )


def _orphans(output: Path, names: set[str], only: set[str] | None = None) -> Iterator[Diagnostic]:
    """Trees of ours that belong to no project any more. `only`: of these names."""
    from mlspec.diagnostics import Diagnostic, Span
    from mlspec.output.provenance import read

    try:
        folders = sorted(output.iterdir())
        for root in folders:
            if root.name in names or root.name.startswith(".") or root.is_symlink():
                continue
            if only is not None and root.name not in only:
                continue
            if read(root).state == "present":
                message = f"{root} belongs to no project any more, but would be synced"
                help = "delete it, or bring its project.yaml back"
                span = Span(file=str(root))
                yield Diagnostic(code="MLS603", message=message, span=span, help=help)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        message = f"cannot read {output}: {(error.strerror or str(error)).lower()}"
        yield Diagnostic(code="MLS001", message=message, span=Span(file=str(output)))
