"""What `render` and `verify` share: projects → the files that their trees should hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from mlspec.cli.compilation import Compilation, plans_of
from mlspec.cli.targets import Loaded, Renderer, RendererError, files_of, render_plan
from mlspec.diagnostics import Diagnostic, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlspec.plan.model import Plan


class Tree(NamedTuple):
    """The files of one project: path below generated/<project> → content. `scopes` are the
    environments that were rendered."""

    result: Compilation
    files: dict[str, bytes]
    scopes: tuple[str, ...]


def trees_of(
    results: Sequence[Compilation], environment: str | None
) -> tuple[list[Tree], list[Diagnostic]]:
    """Renders projects without errors. Diagnostics here are about renderers (MLS605, MLS606)."""
    trees: list[Tree] = []
    wrong: list[Diagnostic] = []
    loaded = Loaded()
    for result in results:
        assert result.platform is not None
        try:
            renderers = loaded.of(result.platform, result.platform_file)
        except RendererError as error:
            span = Span(file=result.platform_file)
            wrong.append(Diagnostic(code="MLS606", message=str(error), span=span))
            continue
        tree, found = _tree(result, plans_of(result, environment), renderers)
        trees.append(tree)
        wrong += found
    return trees, wrong


def _tree(
    result: Compilation, plans: list[Plan], renderers: list[Renderer]
) -> tuple[Tree, list[Diagnostic]]:
    files: dict[str, bytes] = {}
    wrong: list[Diagnostic] = []
    for plan in plans:
        try:
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
    return Tree(result, files, tuple(plan.environment for plan in plans)), wrong


def must_exist(
    results: Sequence[Compilation], environment: str | None, option: str = "--env"
) -> None:
    """An environment that no project names is wrong usage; `option` is what named it."""
    known = {name for result in results for name in result.environments}
    if environment is not None and environment not in known:
        from mlspec.language.suggestions import did_you_mean

        names = sorted(known)
        raise click.UsageError(
            f"{option}: no project has an environment `{environment}`; "
            f"{did_you_mean(environment, names, 'none is declared')}"
        )
    if environment == "local":
        raise click.UsageError(f"{option}: `local` is this machine and is never rendered")
