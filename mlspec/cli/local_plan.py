"""The plan of a project for this machine, and what is wrong with the project there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlspec.language.project import LOCAL

if TYPE_CHECKING:
    from mlspec.cli.compilation import Compilation, Variant
    from mlspec.language.platform import Platform
    from mlspec.plan.model import Plan


def one_project(path: str, platform: str | None) -> Compilation:
    """The project at the path, compiled. None or several there end the command."""
    from mlspec.cli.reporting import Reporting, projects_at, report

    results = projects_at([project_file(path)], platform, is_guarded=False)
    [result] = results
    if result.platform is None or not result.variants:
        report(results, Reporting(), 0.0)
        raise SystemExit(1)
    return result


def local_plan(path: str, environment: str | None = None, platform: str | None = None) -> Plan:
    """The plan of the project at `path`. Without a name, of its environment `local`; of the project
    as it stands, without any overlay, where it declares none. Nothing is locked."""
    from mlspec.cli.reporting import Reporting, report
    from mlspec.language.lock import LockedEnvironment
    from mlspec.plan.build import build_plan
    from mlspec.plan.inputs import Inputs

    result = one_project(path, platform)
    name = environment or LOCAL
    if environment and environment not in {*result.environments, LOCAL}:
        from mlspec.language.suggestions import did_you_mean

        hint = did_you_mean(environment, result.environments, "the project declares none")
        raise click.UsageError(f"--env: there is no environment `{environment}`; {hint}")
    variant, result = _variant(result, name)
    if variant is None or result.failed:
        report([result], Reporting(), 0.0)
        raise SystemExit(1)
    assert result.platform is not None
    place = with_environment(result.platform, name)
    return build_plan(Inputs(variant.project, name, place, LockedEnvironment(), variant.flow))


def with_environment(platform: Platform, name: str) -> Platform:
    """The platform with such an environment: this machine needs none of it."""
    from mlspec.language.platform import PlatformEnvironment

    if name in platform.environments:
        return platform
    environments = {**platform.environments, name: PlatformEnvironment()}
    return platform.replace(environments=environments)


def _variant(result: Compilation, name: str) -> tuple[Variant | None, Compilation]:
    """The project in that environment, and the compilation with what is wrong there only: a mistake
    in the overlay of prod is none on this machine."""
    found = next((each for each in result.variants if each.environment == name), None)
    if found is None and name not in result.environments:
        found, result = _base(result)
    here = tuple(each for each in result.diagnostics if each.environment in ("", None, name))
    return found, result._replace(diagnostics=here)


def _base(result: Compilation) -> tuple[Variant, Compilation]:
    """The project without an overlay, checked as it runs here."""
    from mlspec.checks import Context, dataflow_of, run_checks
    from mlspec.cli.compilation import Variant
    from mlspec.language.lock import LockedEnvironment
    from mlspec.language.reader import read
    from mlspec.source.problem import diagnose

    tree = result.trees[0]
    reading = read("project", tree)
    assert result.platform is not None
    assert reading.value is not None  # else there would be no variants
    flow = dataflow_of(reading.value)
    context = Context(reading.value, LOCAL, result.platform, LockedEnvironment(), flow)
    found = tuple(diagnose(tree, problem, LOCAL) for problem in run_checks(context))
    variant = Variant(LOCAL, tree, reading.value, flow, reading.gaps)
    return variant, result._replace(diagnostics=(*result.diagnostics, *found))


def project_folder(path: str) -> Path:
    """The folder of the one project at the path."""
    return Path(project_file(path)).parent


def project_file(path: str) -> str:
    """The project.yaml that is named, or that is in the folder, or the only one below it."""
    from mlspec.cli.discovery import PROJECT_FILE, NothingFound, find_projects

    here = Path(path) / PROJECT_FILE
    try:
        found = [str(here)] if here.is_file() else find_projects([path])
    except NothingFound as error:
        raise click.UsageError(str(error)) from error
    if len(found) > 1:
        raise click.UsageError(f"there are {len(found)} projects in {path}: name one of them")
    return found[0]
