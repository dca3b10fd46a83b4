"""`mlspec guardrails`: shows the rules of a platform, and runs their tests."""

from __future__ import annotations

import json
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from mlspec.cli.reporting import Reporting, report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlspec.cli.guardrail_tests import Outcome, Suite
    from mlspec.diagnostics import Diagnostic
    from mlspec.language.guardrails import AnyGuardrail
    from mlspec.language.platform import Platform
    from mlspec.source.tree import Tree

_FORMAT = click.option(
    "--format", type=click.Choice(["text", "json"]), default="text", show_default=True
)
_PLATFORM = click.argument("platform", required=False, metavar="[PLATFORM]", type=click.Path())
_NAMED = 12
"""So many guardrails without an example are named; the rest are counted."""


@click.group("guardrails")
def command() -> None:
    """Show the platform team's rules, and run their tests.

    `mlspec validate`, `render` and `verify` judge projects by them. docs/guardrails.md tells how to
    write them.

    \b
    Examples:
      mlspec guardrails list
      mlspec guardrails test
    """


@command.command("list")
@_PLATFORM
@_FORMAT
def list_command(platform: str | None, format: str) -> None:
    """Show the rules of a platform: where they hold, and who is exempt.

    PLATFORM is a platform.yaml or its folder. Default: the nearest one, from this folder upwards.

    \b
    Examples:
      mlspec guardrails list
      mlspec guardrails list platform --format json
    """
    from mlspec.cli.guardrail_tests import platform_file
    from mlspec.cli.table import table

    file = platform_file(platform)
    found, trees, diagnostics = _compile(file)
    if found is None or any(each.severity == "error" for each in diagnostics):
        _report(diagnostics, trees)
        raise SystemExit(1)
    rows = [_row(name, each, found) for name, each in found.guardrails.items()]
    if format == "json":
        click.echo(json.dumps(rows, indent=2))
    elif not rows:
        click.echo(f"{file} has no guardrails")
    else:
        heads = ("guardrail", "rule", "severity", "holds in", "owner")
        shown = [
            [row["name"], row["rule"], row["severity"], ", ".join(row["holds_in"]), row["owner"]]
            for row in rows
        ]
        click.echo(table(heads, shown, kept=len(heads)))
        for row in rows:
            for kind in ("projects", "teams"):
                for name, reason in row["exempt"][kind].items():
                    click.echo(f"{row['name']}: {kind[:-1]} `{name}` is exempt: {reason}")


def _row(name: str, guardrail: AnyGuardrail, platform: Platform) -> dict[str, Any]:
    from mlspec.guardrails.scope import holds_in

    what = getattr(guardrail, "each", "")
    exempt = guardrail.exempt
    return {
        "name": name,
        "rule": f"{guardrail.rule}, each {what}" if what else guardrail.rule,
        "severity": guardrail.severity,
        "holds_in": [each for each in platform.environments if holds_in(guardrail, each, platform)],
        "owner": guardrail.owner or platform.metadata.name,
        "exempt": {"projects": dict(exempt.projects), "teams": dict(exempt.teams)},
    }


@command.command("test")
@_PLATFORM
@_FORMAT
def test_command(platform: str | None, format: str) -> None:
    """Run the examples in guardrails_test.yaml, beside platform.yaml.

    Each is a piece of a project, or an object, with the guardrails that it must break or pass. The
    exit code is 1 where one does not do as it should. Guardrails without an example are named.

    \b
    Examples:
      mlspec guardrails test
      mlspec guardrails test platform/platform.yaml --format json
    """
    from mlspec.cli.guardrail_tests import load, platform_file, run

    start = perf_counter()
    file = platform_file(platform)
    found, trees, diagnostics = _compile(file)
    suite: Suite | None = None
    if found is not None and not any(each.severity == "error" for each in diagnostics):
        suite, trees, diagnostics = load(file, found, trees)
    if suite is None or any(each.severity == "error" for each in diagnostics):
        _report(diagnostics, trees, perf_counter() - start)
        raise SystemExit(1)
    outcomes = list(run(suite))
    if format == "json":
        click.echo(json.dumps(_as_json(suite, outcomes), indent=2))
    else:
        for line in _lines(suite, outcomes):
            click.echo(line)
    if any(outcome.failures for outcome in outcomes):
        raise SystemExit(1)


def _lines(suite: Suite, outcomes: Sequence[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        yield f"{'FAIL' if outcome.failures else 'ok':<6}{outcome.name}"
        yield from (f"      {failure}" for failure in outcome.failures)
    failed = sum(1 for outcome in outcomes if outcome.failures)
    yield ""
    yield f"{len(outcomes) - failed} passed, {failed} failed"
    for verb, names in (("breaks", suite.never_broken), ("passes", suite.never_passed)):
        if names:
            have = "guardrail has" if len(names) == 1 else "guardrails have"
            more = ", …" if len(names) > _NAMED else ""
            them = "it" if len(names) == 1 else "them"
            shown = ", ".join(names[:_NAMED]) + more
            yield f"{len(names)} {have} no example that {verb} {them}: {shown}"


def _as_json(suite: Suite, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "tests": [{"name": each.name, "failures": list(each.failures)} for each in outcomes],
        "never_broken": list(suite.never_broken),
        "never_passed": list(suite.never_passed),
    }


def _compile(file: str) -> tuple[Platform | None, tuple[Tree, ...], list[Diagnostic]]:
    from mlspec.cli.compilation import compile_platform

    return compile_platform(file)


def _report(diagnostics: Sequence[Diagnostic], trees: Sequence[Tree], seconds: float = 0.0) -> None:
    report((), Reporting(), seconds, diagnostics, trees=trees)
