"""Guardrails in `validate`, `render` and `verify`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlspec.guardrails.cel import engine
from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, tree, write

OWNED = "guardrails: {owned: {rule: owners-required, owner: ml-platform}}\n"
CEL = """\
guardrails:
  %s:
    rule: cel
    each: %s
    owner: ml-platform
    expression: %s
    message: it must be so
"""


def guarded(place: Path, guardrails: str) -> None:
    write(place, {"platform.yaml": PLATFORM + guardrails})


def diagnostics(run: Run, verb: str = "validate", *, code: int = 1) -> list[dict[str, Any]]:
    result = run(verb, "--format", "json", code=code)
    found: list[dict[str, Any]] = json.loads(result.stdout)["diagnostics"]
    return found


@pytest.mark.parametrize("command", ["validate", "render", "verify"])
def test_a_broken_rule_stops_every_command(command: str, run: Run, rendering: Path) -> None:
    run("render")
    before = tree(rendering / "generated")
    guarded(rendering, OWNED)

    result = run(command, code=1)

    assert "MLS801" in result.stdout
    assert "the project names no owner (guardrail `owned` of ml-platform)" in result.stdout
    assert "platform.yaml:13:14" in result.stdout
    assert tree(rendering / "generated") == before


@pytest.mark.parametrize("command", ["validate", "render", "verify"])
def test_a_rule_that_is_kept_changes_nothing(command: str, run: Run, rendering: Path) -> None:
    guarded(rendering, "guardrails: {ours: {rule: allowed-registries, registries: [ghcr.io]}}")
    run("render")

    assert "MLS8" not in run(command, code=0).stdout


def test_a_warning_stops_nothing_unless_asked_to(run: Run, rendering: Path) -> None:
    guarded(rendering, OWNED.replace("owners-required", "owners-required, severity: warning"))

    result = run("render", code=0)
    strict = run("validate", "--strict", code=1)

    assert "warning[MLS802]" in result.stdout
    assert "error[MLS802]" in strict.stdout


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_no_comment_in_a_project_silences_a_rule(severity: str, run: Run, rendering: Path) -> None:
    guarded(rendering, OWNED.replace("owners-required", f"owners-required, severity: {severity}"))
    project = rendering / "wine/project.yaml"
    code = "MLS801" if severity == "error" else "MLS802"
    comment = f"  # mlspec: ignore[{code}] we know better\n"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("team: cellar}\n", f"team: cellar}}{comment}"), "utf-8")

    found = diagnostics(run, code=1 if severity == "error" else 0)

    assert {each["code"] for each in found} == {code, "MLS008"}
    assert "cannot be ignored" in next(e["message"] for e in found if e["code"] == "MLS008")


def test_the_line_of_the_overlay_is_told_with_its_environment(run: Run, rendering: Path) -> None:
    guarded(rendering, "guardrails: {one: {rule: allowed-registries, registries: [quay.io/x]}}")

    found = diagnostics(run)

    assert [(e["line"], e["environment"]) for e in found] == [(4, "dev"), (16, "staging")]


def test_an_expression_is_told_at_its_place_in_the_overlay(run: Run, rendering: Path) -> None:
    guarded(rendering, CEL % ("first", "project", "object.image.endsWith(':1.0.0')"))

    [found] = diagnostics(run)

    assert (found["code"], found["line"], found["environment"]) == ("MLS801", 16, "staging")
    assert found["message"].startswith("the project: it must be so (guardrail `first`")


def test_a_rule_over_manifests_points_at_the_section(run: Run, rendering: Path) -> None:
    guarded(rendering, CEL % ("image", "manifest", "object.data.image.startsWith('quay.io/')"))

    found = diagnostics(run, "verify")

    assert {each["code"] for each in found} == {"MLS801"}
    assert found[0]["message"].startswith("the ConfigMap `clean`: it must be so")
    assert found[0]["line"] == 3
    assert "MLS801" in run("render", code=1).stdout


def test_a_wrong_expression_is_told_once_at_its_column(run: Run, rendering: Path) -> None:
    guarded(rendering, CEL % ("first", "project", "object.image == nosuch"))
    write(rendering, {"beer/project.yaml": (rendering / "wine/project.yaml").read_text("utf-8")
                      .replace("name: wine", "name: beer")})  # fmt: skip

    [found] = diagnostics(run)

    assert (found["code"], found["file"]) == ("MLS803", "platform.yaml")
    assert (found["line"], found["column"]) == (18, 33)


def test_a_rule_for_an_environment_that_is_not_there(run: Run, rendering: Path) -> None:
    guarded(rendering, "guardrails: {a: {rule: min-replicas, min: 2, environments: [prd]}}")

    [found] = diagnostics(run)

    assert (found["code"], found["help"]) == ("MLS803", "did you mean `prod`?")


@pytest.mark.parametrize(
    ("guardrail", "message"),
    [
        ("{rule: max-resources}", "`a` limits nothing"),
        ("{rule: pii-location}", "`a` names no place where personal data may be"),
        (
            "{rule: schema-required, protected: true, environments: [dev]}",
            "`a` holds nowhere: no environment that it names is protected",
        ),
        (
            "{rule: cel, each: plan, kinds: [Role], expression: 'true', message: a}",
            "`kinds` has no effect on a rule `each: plan`",
        ),
    ],
)
def test_a_rule_without_effect(guardrail: str, message: str, run: Run, rendering: Path) -> None:
    guarded(rendering, f"guardrails: {{a: {guardrail}}}")

    [found] = diagnostics(run)

    assert (found["code"], found["message"]) == ("MLS803", message)


def test_a_rule_that_cannot_be_judged_counts_as_broken(run: Run, rendering: Path) -> None:
    guarded(rendering, CEL % ("first", "project", "object.registry.type == 'mlflow'"))

    [found] = diagnostics(run)

    assert found["code"] == "MLS804"
    assert "there is no key `registry`" in found["message"]
    assert found["file"] == "platform.yaml"


def test_without_the_library_the_extra_is_named(
    run: Run, rendering: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LIBRARY", "cel_that_is_not_installed")
    guarded(rendering, CEL % ("first", "project", "'true'"))

    [found] = diagnostics(run)

    assert found["code"] == "MLS804"
    assert found["help"] == "run `pip install 'mlspec[guardrails]'`"


def test_a_library_that_cannot_be_used_is_told_as_such(
    run: Run, rendering: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a wheel for another system."""
    monkeypatch.setattr(engine, "_WORKER", rendering / "nothing.py")
    guarded(rendering, CEL % ("first", "project", "'true'"))

    [found] = diagnostics(run)

    assert "the library for expressions cannot be used" in found["message"]


def test_built_in_rules_need_no_library(
    run: Run, rendering: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LIBRARY", "cel_that_is_not_installed")
    guarded(rendering, OWNED)

    assert [each["code"] for each in diagnostics(run)] == ["MLS801"]


def test_a_renderer_that_fails_is_told_where_manifests_are_judged(
    run: Run, rendering: Path
) -> None:
    guarded(rendering, CEL % ("first", "manifest", "'true'"))
    write(rendering, {"targets/maps/__init__.py": "KINDS = 1 / 0\n"})

    assert [each["code"] for each in diagnostics(run, "verify")] == ["MLS606"]


def test_validate_runs_no_renderer_of_the_repository(run: Run, rendering: Path) -> None:
    guarded(rendering, CEL % ("first", "manifest", "'true'"))
    write(rendering, {"targets/maps/__init__.py": "KINDS = 1 / 0\n"})

    assert diagnostics(run, code=0) == []


def test_rules_about_the_spec_are_judged_beside_other_mistakes(run: Run, rendering: Path) -> None:
    guarded(rendering, OWNED)
    project = rendering / "wine/project.yaml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("inputs: [raw]", "inputs: [rwa]"), "utf-8")

    assert {each["code"] for each in diagnostics(run)} >= {"MLS801", "MLS201"}


def test_a_platform_with_other_mistakes_is_mended_first(run: Run, rendering: Path) -> None:
    guarded(rendering, OWNED + "nmae: x\n")

    assert "MLS801" not in {each["code"] for each in diagnostics(run)}


@pytest.mark.parametrize(("guardrails", "is_loaded"), [("", False), (OWNED, True)])
def test_a_platform_without_guardrails_pays_for_none(
    guardrails: str, is_loaded: bool, rendering: Path
) -> None:
    guarded(rendering, guardrails)
    program = (
        "import sys\n"
        "sys.argv = ['mlspec', 'validate']\n"
        "from mlspec.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sorted(m for m in sys.modules if 'guard' in m or m.startswith('cel')"
        " or m == 'subprocess'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=rendering, capture_output=True, text=True, check=True
    )
    loaded = done.stdout.splitlines()[-1].split()

    assert ("mlspec.guardrails.evaluate" in loaded) is is_loaded
    assert loaded == [] or is_loaded
    assert not any(name.startswith("cel") for name in loaded)


def test_a_kind_that_a_renderer_of_the_platform_s_own_may_make_is_left_to_render(
    run: Run, rendering: Path
) -> None:
    """`validate` loads none of those, and so cannot know their kinds."""
    rule = CEL % ("named", "manifest", "object.metadata.name != ''")
    guarded(rendering, rule + "    kinds: [Nosuch]\n")

    assert "MLS803" not in run("validate", code=0).stdout
    assert "no target makes a `Nosuch`" in run("render", code=1).stdout
