"""Every placeholder names something the step has, and no shell is expected to help."""

from __future__ import annotations

import pytest

from mlspec.checks.commands import check_commands
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems


def train(run: str) -> str:
    return f"training: {{grader: {{run: {run!r}, params: {{trees: 200}}}}}}"


def evaluate(run: str) -> str:
    return f"training: {{grader: {{evaluate: {{run: {run!r}}}}}}}"


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("", id="minimal"),
        pytest.param(train("a ${{ outputs.model }} ${{ params.trees }}"), id="training"),
        pytest.param(evaluate("a ${{ inputs.model }} ${{ metrics }}"), id="evaluation"),
        pytest.param("training: {grader: {run: [sh, -c, 'a && b | c > d']}}", id="shell-in-a-list"),
        pytest.param(train("a 'x && y'"), id="shell-in-quotes"),
        pytest.param(
            "data: {sources: {tastings: {run: 'a ${{ outputs.tastings }}'}}}", id="own-ingest"
        ),
    ],
)
def test_commands_that_can_run(patch: str) -> None:
    assert problems(check_commands, patch) == []


@pytest.mark.parametrize(
    ("run", "said", "help"),
    [
        pytest.param(
            "a ${{ inputs.tdiy }}",
            "`${{ inputs.tdiy }}` names nothing",
            "did you mean `tidy`?",
            id="misspelt",
        ),
        pytest.param(
            "a ${{ inputs.trees }}",
            "`${{ inputs.trees }}` names nothing",
            "did you mean `${{ params.trees }}`?",
            id="in-another-group",
        ),
        pytest.param(
            "a ${{ outputs.tidy }}",
            "`${{ outputs.tidy }}` names nothing",
            "did you mean `${{ inputs.tidy }}`?",
            id="an-input-as-output",
        ),
        pytest.param(
            "a ${{ metrics }}",
            "`${{ metrics }}` is for evaluations only",
            "measure the model in `evaluate`",
            id="metrics-of-a-training",
        ),
        pytest.param(
            "a ${{ input.tidy }}",
            "`${{ input.tidy }}` is not a placeholder",
            "write `${{ inputs.NAME }}`",
            id="no-placeholder",
        ),
    ],
)
def test_a_placeholder_that_names_nothing(run: str, said: str, help: str) -> None:
    found = diagnosed(check_commands, train(run))

    assert (found.code, found.message) == ("MLS209", said)
    assert found.help.startswith(help)
    assert found_at(found, merged(PROJECT, train(run))) == run


def test_a_step_without_params_is_told_so() -> None:
    found = problem(check_commands, "transforms: {clean: {run: 'a ${{ params.x }}'}}")

    assert found.help == "this step has no params"
    assert found.label == "`x` is not among the params of this step"


def test_an_evaluation_writes_no_model() -> None:
    found = problem(check_commands, evaluate("a ${{ outputs.model }}"))

    assert (found.code, found.help) == ("MLS209", "did you mean `${{ inputs.model }}`?")
    assert found.path == ("training", "grader", "evaluate", "run")


def test_an_evaluation_has_params_of_its_own() -> None:
    found = problem(
        check_commands,
        "training: {grader: {params: {trees: 1}, evaluate: {run: 'a ${{ params.trees }}'}}}",
    )

    assert (found.code, found.help) == ("MLS209", "this step has no params")


def test_a_misspelt_input_is_not_said_again_of_every_placeholder() -> None:
    assert problems(check_commands, "training: {grader: {inputs: [tdiy]}}") == []


def test_an_ingest_of_your_own_writes_its_source() -> None:
    found = problem(check_commands, "data: {sources: {tastings: {run: 'a ${{ outputs.tidy }}'}}}")

    assert (found.code, found.path) == ("MLS209", ("data", "sources", "tastings", "run"))
    assert found.help == "there is: tastings"


@pytest.mark.parametrize(
    ("run", "said", "help"),
    [
        pytest.param("'a \"b'", "no closing quotation", "close the quotes", id="quotes"),
        pytest.param("' '", "the command is empty", "", id="blank"),
        pytest.param("[]", "the command is empty", "", id="empty-list"),
        pytest.param('"a \\0"', "holds a NUL character", "", id="nul"),
    ],
)
def test_what_is_no_command(run: str, said: str, help: str) -> None:
    found = problem(check_commands, f"transforms: {{clean: {{run: {run}}}}}")

    assert found.code == "MLS105"
    assert said in found.message
    assert found.help.startswith(help) if help else not found.help


@pytest.mark.parametrize("sign", ["&&", "||", "|", ";", ">", ">>", "<", "&", "2>&1"])
def test_shell_syntax_in_a_command_that_no_shell_reads(sign: str) -> None:
    patch = train(f"a {sign} b")

    found = diagnosed(check_commands, patch)

    assert (found.code, found.severity) == ("MLS302", "warning")
    assert found.message == f"no shell reads this command: `{sign}` is passed on as a word"
    assert found_at(found, merged(PROJECT, patch)) == f"a {sign} b"
