"""`mlspec render -o -`: the manifests of one environment as one YAML stream on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mlspec.cli.plain.render import STDOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mlspec.cli.clean import Clean
    from mlspec.cli.compilation import Compilation
    from mlspec.cli.rendering import Tree

_DELIVERY = "argo_cd"
"""The target whose objects bring the others into the cluster. Whoever reads a stream does that
already: an Application that is given itself would fight over itself, in a namespace and with rights
that are not the project's."""


def must_fit(environment: str | None, force: bool) -> None:
    """Two environments are two clusters or namespaces: no one thing can be done with both."""
    if environment is None:
        raise click.UsageError(f"-o {STDOUT}: --env must say which environment to print")
    if force:
        raise click.UsageError(f"-o {STDOUT}: --force is for files, and none is written")


def must_be_built_in(results: Sequence[Compilation | Clean]) -> None:
    """Refuses what would run code of the repository that is rendered."""
    from mlspec.cli.compilation import Compilation

    for result in results:
        if not isinstance(result, Compilation):
            continue  # what names renderers is never summed up, unless they may run
        assert result.platform is not None
        renderers = result.platform.renderers
        if named := [*renderers.folders, *renderers.packages]:
            raise click.ClickException(
                f"{result.platform_file} names renderers ({', '.join(named)}), which run as code; "
                "with --built-in-only none is loaded. Take them out of the file, or the option away"
            )


def print_stream(trees: Iterable[Tree]) -> None:
    """All or nothing: a reader that prunes (Argo CD) would take an empty stream for a wish."""
    documents = [document for tree in trees for document in _documents(tree)]
    if not documents:
        raise click.ClickException("there is nothing to print: no manifest for this environment")
    click.echo(b"".join(documents), nl=False)


def _documents(tree: Tree) -> Iterator[bytes]:
    for path, content in sorted(tree.content().items()):
        if path.split("/")[1] != _DELIVERY:
            yield f"---\n# {tree.name}/{path}\n".encode() + content
