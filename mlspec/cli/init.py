"""`mlspec init`: starts a project, the CI of a repository, a platform."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST_NAMESPACE = 63
_REPOSITORY = "https://git.example.com/ml/projects.git"
_NO_CI = "none"
_FORGES = ("github", "gitlab", "jenkins", _NO_CI)


@click.command("init")
@click.argument("name", required=False)
@click.option("--into", metavar="FOLDER", type=click.Path(), help="Where.  [default: NAME or .]")
@click.option("--team", metavar="NAME", help="Who answers for it.  [default: NAME of the project]")
@click.option(
    "--ci",
    type=click.Choice(_FORGES),
    help="Whose CI checks pull requests.  [default with NAME: github]",
)
@click.option("--platform", metavar="NAME", help="Start a platform: platform.yaml, Argo CD's root.")
@click.option("--repository", metavar="URL", help=f"What Argo CD reads.  [default: {_REPOSITORY}]")
def command(
    name: str | None,
    into: str | None,
    team: str | None,
    ci: str | None,
    platform: str | None,
    repository: str | None,
) -> None:
    """Start a new project: project.yaml, code, Dockerfile, pull request check.

    The project is small, complete and runs as it is; replace its parts by yours. Without NAME,
    --ci adds the pull request check to a repository, and --platform a platform.yaml and the root
    application of Argo CD. No file that is there already is touched.

    \b
    Examples:
      mlspec init wine-quality --team cellar
      mlspec init wine-quality --into projects/wine --ci none
      mlspec init --ci gitlab
      mlspec init --platform acme --repository https://github.com/acme/ml.git
    """
    _must_ask_for_something(name, team, ci, platform, repository)
    files: dict[str, str] = {}
    if name is not None:
        ci = ci or "github"
        files |= _project(name, name if team is None else team, ci)
    if platform is not None:
        files |= _platform(platform, repository or _REPOSITORY)
    if ci not in (None, _NO_CI):
        files |= _ci(ci)
    folder = Path(into or name or ".")
    if taken := sorted(_in_the_way(folder, files)):
        raise click.UsageError(
            f"nothing was written: in the way is {', '.join(taken)}; move it away, or write "
            "elsewhere with --into FOLDER and take over what you want"
        )
    _write(folder, files)
    click.echo(f"{folder}: {len(files)} file{'' if len(files) == 1 else 's'}. Next:\n")
    for line in _next_commands(str(folder), files, is_part=ci == _NO_CI):
        click.echo(f"  {line}")


def _must_ask_for_something(
    name: str | None, team: str | None, ci: str | None, platform: str | None, repository: str | None
) -> None:
    if name is None and platform is None and ci in (None, _NO_CI):
        raise click.UsageError("Missing argument 'NAME', or --ci, or --platform")
    if name is None and team is not None:
        raise click.UsageError("--team: there is no project without NAME")
    if platform is None and repository is not None:
        raise click.UsageError("--repository is for --platform")


def _project(name: str, team: str, ci: str) -> dict[str, str]:
    from mlspec import __version__
    from mlspec.cli.scaffold.scaffold import Values, scaffold
    from mlspec.cli.schema import schema_text

    schema = schema_text("project")
    form = _form(schema, "Metadata", "name")
    _must_be_legal("NAME", name, form)
    _must_be_legal("--team", team, form)
    if len(f"{name}-dev") > _LONGEST_NAMESPACE:
        raise click.UsageError("NAME: its namespaces would have more than 63 characters")
    return scaffold(Values(name=name, team=team, version=__version__, schema=schema, ci=ci))


def _platform(name: str, repository: str) -> dict[str, str]:
    from mlspec import __version__
    from mlspec.cli.scaffold.scaffold import scaffold_platform
    from mlspec.cli.schema import schema_text

    schema = schema_text("platform")
    _must_be_legal("--platform", name, _form(schema, "PlatformMetadata", "name"))
    _must_be_legal("--repository", repository, _form(schema, "ArgoCd", "repository"))
    if len(f"{name}-root") > _LONGEST_NAMESPACE:
        raise click.UsageError("--platform: its application would have more than 63 characters")
    return scaffold_platform(name, repository, __version__)


def _ci(forge: str) -> dict[str, str]:
    from mlspec import __version__
    from mlspec.cli.scaffold.scaffold import scaffold_ci

    return scaffold_ci(forge, __version__)


def _form(schema: str, model: str, field: str) -> dict[str, Any]:
    """What a schema says of a field: its pattern, and words for it."""
    import json

    form: dict[str, Any] = json.loads(schema)["$defs"][model]["properties"][field]
    return form


def _must_be_legal(what: str, text: str, form: dict[str, Any]) -> None:
    """What is written must have the form that the language asks for."""
    import re

    from mlspec.language.validator import matcher

    if matcher(form["pattern"])(text):
        return
    near = re.sub("[^a-z0-9]+", "-", text.lower()).lstrip("-0123456789")[:_LONGEST_NAMESPACE]
    near = near.rstrip("-")
    if not matcher(form["pattern"])(near):
        near = ""
    help = f"; did you mean `{near}`?" if near else f"; for example `{form['examples'][0]}`"
    raise click.UsageError(f"{what}: `{text}` is not {form['patternErrorMessage']}{help}")


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


def _next_commands(folder: str, files: dict[str, str], *, is_part: bool) -> list[str]:
    """Three at most. A project that is part of a repository is rendered from here, at its top:
    that is where CI and Argo CD look for generated/."""
    here = [] if folder == "." or is_part else [f"cd {shlex.quote(folder)}"]
    if "project.yaml" in files:
        return [*here, "mlspec validate", "mlspec render", "git add --all"][:3]
    if "argocd/root.yaml" in files:
        add = "git add --all && git commit -m 'A platform' && git push"
        return [*here, add, "kubectl apply -f argocd/root.yaml"]
    return [*here, "git add --all"]
