"""`mlspec init`: starts a new project."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST_NAMESPACE = 63


@click.command("init")
@click.argument("name")
@click.option("--into", metavar="FOLDER", type=click.Path(), help="Where.  [default: NAME]")
@click.option("--team", metavar="NAME", help="Who answers for it.  [default: NAME of the project]")
def command(name: str, into: str | None, team: str | None) -> None:
    """Start a new project: project.yaml, code, Dockerfile, pull request check.

    The project is small, complete and runs as it is; replace its parts by yours. No file that is
    there already is touched.

    \b
    Examples:
      mlspec init wine-quality --team cellar
      mlspec init wine-quality --into projects/wine
    """
    from mlspec import __version__
    from mlspec.cli.scaffold.scaffold import Values, scaffold
    from mlspec.cli.schema import schema_text

    schema = schema_text("project")
    _must_be_legal("NAME", name, schema)
    _must_be_legal("--team", name if team is None else team, schema)
    if len(f"{name}-dev") > _LONGEST_NAMESPACE:
        raise click.UsageError("NAME: its namespaces would have more than 63 characters")
    folder = Path(into or name)
    values = Values(
        name=name, team=name if team is None else team, version=__version__, schema=schema
    )
    files = scaffold(values)
    if taken := sorted(_in_the_way(folder, files)):
        raise click.UsageError(f"nothing was written: in the way is {', '.join(taken)}")
    _write(folder, files)
    click.echo(f"{folder}: {len(files)} files. Next:\n")
    for line in _next_commands(str(folder)):
        click.echo(f"  {line}")


def _must_be_legal(what: str, name: str, schema: str) -> None:
    """A name must have the form that the language asks for."""
    import json
    import re

    from mlspec.language.validator import matcher

    form = json.loads(schema)["$defs"]["Metadata"]["properties"]["name"]
    if matcher(form["pattern"])(name):
        return
    near = re.sub("[^a-z0-9]+", "-", name.lower()).lstrip("-0123456789")[:_LONGEST_NAMESPACE]
    near = near.rstrip("-")
    help = f"; did you mean `{near}`?" if near else f"; for example `{form['examples'][0]}`"
    raise click.UsageError(f"{what}: `{name}` is not {form['patternErrorMessage']}{help}")


def _in_the_way(folder: Path, files: Iterable[str]) -> Iterator[str]:
    """What is there already where a file must go, or is no folder where a folder must be."""
    for place in {folder / file for file in files}:
        if os.path.lexists(place):
            yield str(place)
    for place in {parent for file in files for parent in (folder / file).parents}:
        if os.path.lexists(place) and not place.is_dir():
            yield str(place)


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        place = folder / name
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except OSError as error:
            raise click.ClickException(f"cannot write {place}: {error.strerror}") from error


def _next_commands(folder: str) -> list[str]:
    here = [] if folder == "." else [f"cd {shlex.quote(folder)}"]
    return [*here, "mlspec validate", "mlspec render", "git add --all"][:3]
