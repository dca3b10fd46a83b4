"""`mlspec guardrails list` and `mlspec guardrails test`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, PROJECT, write

GUARDRAILS = """\
guardrails:
  copies: {rule: min-replicas, min: 2, environments: [prod], owner: ml-platform}
  owned: {rule: owners-required, severity: warning, exempt: {teams: {lab: it is an experiment}}}
  small: {rule: cel, each: service, message: too large, expression: object.replicas.max <= 3}
  named: {rule: cel, each: manifest, message: no name, expression: "object.data.image != ''"}
"""
TESTS = """\
apiVersion: mlspec.io/v1alpha1
kind: GuardrailTests
tests:
"""
ONE = "{serving: {api: {model: grader, replicas: 1}}}"
FOUR = "{serving: {api: {model: grader, replicas: 4}}}"


def cases(place: Path, *lines: str) -> None:
    write(
        place,
        {
            "platform.yaml": PLATFORM + GUARDRAILS,
            "guardrails_test.yaml": TESTS + "".join(f"  {line}\n" for line in lines),
        },
    )


def test_examples_that_do_as_they_should(run: Run, rendering: Path) -> None:
    cases(
        rendering,
        f"one: {{project: {ONE}, breaks: [copies], passes: [small]}}",
        f"four: {{project: {FOUR}, breaks: [small], passes: [copies]}}",
        "nobody: {project: {}, breaks: [owned]}",
        "somebody: {project: {metadata: {owners: [a@b.org]}}, passes: [owned]}",
        "object: {object: {replicas: {max: 9}}, breaks: [small]}",
        "manifest: {object: {data: {image: ''}}, breaks: [named]}",
        "named: {object: {data: {image: a}}, passes: [named]}",
    )

    result = run("guardrails", "test", code=0)

    assert result.stdout.splitlines() == [
        "ok    one", "ok    four", "ok    nobody", "ok    somebody", "ok    object",
        "ok    manifest", "ok    named", "", "7 passed, 0 failed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "failure"),
    [
        (f"{{project: {FOUR}, breaks: [copies]}}", "copies: should break, and passes"),
        (
            f"{{project: {ONE}, passes: [copies]}}",
            "copies: should pass, but: `api` has 1 copy, and 2 are the least",
        ),
        (
            f"{{project: {ONE}, environment: dev, breaks: [copies]}}",
            "copies: does not hold in `dev`",
        ),
        (
            "{project: {serving: {api: {modl: a}}}, passes: [copies]}",
            "the example is not a project: there is no key `modl` in `api` (line 4)",
        ),
        ("{object: {}, passes: [small]}", "small: cannot judge the object: there is no key `repl"),
        (f"{{project: {ONE}, passes: [named]}}", "the example is not a project: `grader`"),
    ],
)
def test_an_example_that_does_not(case: str, failure: str, run: Run, rendering: Path) -> None:
    cases(rendering, f"it: {case}")

    lines = run("guardrails", "test", code=1).stdout.splitlines()

    assert lines[0] == "FAIL  it"
    assert lines[1].strip().startswith(failure)
    assert "0 passed, 1 failed" in lines


def test_a_rule_over_manifests_is_tried_on_a_whole_project(run: Run, rendering: Path) -> None:
    sections = PROJECT.partition("environments:")[0].splitlines(keepends=True)[3:]
    project = "".join(f"      {line}" for line in sections)
    cases(rendering, "whole:", "  passes: [named]", "  environment: prod", "  project:\n" + project)

    assert "ok    whole" in run("guardrails", "test", code=0).stdout


def test_an_object_of_a_kind_that_the_rule_is_not_about_shows_nothing(
    run: Run, rendering: Path
) -> None:
    cases(rendering, "it: {object: {kind: Secret, data: {image: ''}}, breaks: [named]}")
    text = (rendering / "platform.yaml").read_text(encoding="utf-8")
    text = text.replace("each: manifest,", "each: manifest, kinds: [ConfigMap],")
    write(rendering, {"platform.yaml": text})

    lines = run("guardrails", "test", code=1).stdout.splitlines()

    assert lines[:2] == ["FAIL  it", "      named: is not asked about a Secret"]


def test_guardrails_without_examples_are_told_of(run: Run, rendering: Path) -> None:
    cases(rendering, f"one: {{project: {ONE}, breaks: [copies]}}")

    result = run("guardrails", "test", code=0)
    found = json.loads(run("guardrails", "test", "--format", "json", code=0).stdout)

    assert "3 guardrails have no example that breaks them: owned, small, named" in result.stdout
    assert "4 guardrails have no example that passes them" in result.stdout
    assert found["tests"] == [{"name": "one", "failures": []}]
    assert found["never_broken"] == ["owned", "small", "named"]


@pytest.mark.parametrize(
    ("case", "code", "help"),
    [
        ("{project: {}, breaks: [copie]}", "MLS201", "did you mean `copies`?"),
        ("{project: {}, object: {}, breaks: [small]}", "MLS102", "for sections of a project"),
        ("{breaks: [small]}", "MLS102", "for sections of a project"),
        ("{project: {}}", "MLS102", "add `breaks: [NAME]`"),
        ("{object: {}, breaks: [copies]}", "MLS210", "write `project`"),
        ("{project: {}, breaks: [copies], environment: prd}", "MLS504", "did you mean `prod`?"),
        ("{project: {}, brakes: [copies]}", "MLS101", "did you mean `breaks`?"),
    ],
)
def test_a_wrong_example_is_told_at_its_line(
    case: str, code: str, help: str, run: Run, rendering: Path
) -> None:
    cases(rendering, f"it: {case}")

    report = run("guardrails", "test", code=1).stdout

    assert f"error[{code}]" in report
    assert "--> guardrails_test.yaml:4:" in report
    assert help in report
    assert "in 2 files" in report


@pytest.mark.parametrize("command", ["list", "test"])
def test_a_wrong_platform_is_told_first(command: str, run: Run, rendering: Path) -> None:
    cases(rendering, "one: {project: {}, breaks: [owned]}")
    write(rendering, {"platform.yaml": PLATFORM + "guardrails: {a: {rule: min-replicas}}\n"})

    assert "error[MLS102]" in run("guardrails", command, code=1).stdout


def test_a_wrong_expression_is_found_before_any_project_meets_it(run: Run, rendering: Path) -> None:
    cases(rendering, "one: {project: {}, breaks: [owned]}")
    text = PLATFORM + GUARDRAILS.replace("replicas.max", "replicas.mx")
    write(rendering, {"platform.yaml": text})

    report = run("guardrails", "test", code=1).stdout

    assert "error[MLS803]" in report
    assert "a service has no key `mx`" in report


def test_the_platform_may_be_named_or_is_looked_for(
    run: Run, rendering: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases(rendering, "one: {project: {}, breaks: [owned]}")
    outputs = [run("guardrails", "test", *given, code=0).stdout
               for given in ((), (".",), ("platform.yaml",))]  # fmt: skip
    monkeypatch.chdir(rendering / "wine")

    assert run("guardrails", "test", code=0).stdout == outputs[0]
    assert len(set(outputs)) == 1


def test_wrong_usage(run: Run, rendering: Path) -> None:
    assert "there is no guardrails_test.yaml" in run("guardrails", "test", code=2).output
    assert "nowhere does not exist" in run("guardrails", "test", "nowhere", code=2).output
    (rendering / "platform.yaml").unlink()
    assert "there is no platform.yaml here or above" in run("guardrails", "list", code=2).output


def test_the_list_says_where_rules_hold_and_who_is_exempt(run: Run, rendering: Path) -> None:
    write(rendering, {"platform.yaml": PLATFORM + GUARDRAILS})

    lines = run("guardrails", "list", code=0).stdout.splitlines()
    [first, *_] = json.loads(run("guardrails", "list", "--format", "json", code=0).stdout)

    assert lines[0].split() == ["guardrail", "rule", "severity", "holds", "in", "owner"]
    assert lines[1].split() == ["copies", "min-replicas", "error", "prod", "ml-platform"]
    assert "cel, each manifest" in lines[4]
    assert lines[5] == "owned: team `lab` is exempt: it is an experiment"
    assert first == {
        "name": "copies", "rule": "min-replicas", "severity": "error", "holds_in": ["prod"],
        "owner": "ml-platform", "exempt": {"projects": {}, "teams": {}},
    }  # fmt: skip


def test_a_platform_without_guardrails_says_so(run: Run, rendering: Path) -> None:
    assert run("guardrails", "list", code=0).stdout == "platform.yaml has no guardrails\n"
