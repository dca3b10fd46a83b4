"""What `render` and `verify` share: projects → the files that their trees should hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mlspec.cli.compilation import Compilation, input_digests, plans_of
from mlspec.cli.targets import Loaded, Renderer, RendererError, files_of, render_plan
from mlspec.cli.timings import stage
from mlspec.diagnostics import Diagnostic, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlspec.cli.spool import Spooled
    from mlspec.plan.model import Plan


class Tree(NamedTuple):
    """The files of one project: path below generated/<project> → content."""

    name: str
    file: str
    """The project.yaml that it is rendered from."""
    inputs: dict[str, str]
    """Name of each file that was read → digest of its text."""
    synced: tuple[str, ...]
    """The environments that Argo CD may sync from it: that it has, and that it may have had."""
    files: dict[str, bytes] | Spooled
    scopes: tuple[str, ...]
    """The environments that were rendered."""
    inventory: bytes | None = None
    """provenance.json of these files, where that was made already."""

    def content(self) -> dict[str, bytes]:
        """The files, wherever they are."""
        return self.files if isinstance(self.files, dict) else self.files.load()


def trees_of(
    results: Sequence[Compilation], environment: str | None
) -> tuple[list[Tree], list[Diagnostic]]:
    """Renders projects without errors. Diagnostics here are about renderers (MLS605, MLS606)."""
    trees: list[Tree] = []
    wrong: list[Diagnostic] = []
    loaded = Loaded()
    for result in results:
        tree, found = tree_of(result, environment, loaded)
        trees += [tree] if tree is not None else []
        wrong += found
    return trees, wrong


def tree_of(
    result: Compilation, environment: str | None, loaded: Loaded
) -> tuple[Tree | None, list[Diagnostic]]:
    """Renders a project without errors; None where the platform's renderers cannot be loaded."""
    assert result.platform is not None
    try:
        renderers = loaded.of(result.platform, result.platform_file)
    except RendererError as error:
        span = Span(file=result.platform_file)
        return None, [Diagnostic(code="MLS606", message=str(error), span=span)]
    with stage("plan"):
        plans = plans_of(result, environment)
    return _rendered(result, plans, renderers)


def _rendered(
    result: Compilation, plans: list[Plan], renderers: list[Renderer]
) -> tuple[Tree, list[Diagnostic]]:
    files: dict[str, bytes] = {}
    wrong: list[Diagnostic] = []
    for plan in plans:
        try:
            with stage("render"):
                rendered = render_plan(plan, renderers)
        except RendererError as error:
            wrong.append(
                Diagnostic(
                    code="MLS606",
                    message=str(error),
                    span=Span(file=result.file),
                    help="this is a mistake in the renderer, not in the spec: please report it",
                )
            )
            continue
        more, found = files_of(plan, rendered, renderers, result.file)
        files |= more
        wrong += found
    scopes = tuple(plan.environment for plan in plans)
    synced = tuple(sorted({*scopes, *(result.platform.environments if result.platform else ())}))
    return Tree(result.name, result.file, input_digests(result), synced, files, scopes), wrong
