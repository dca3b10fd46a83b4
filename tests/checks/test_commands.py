"""Every placeholder names something the step has, and no shell is expected to help."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.checks import commands
from mlspec.checks.commands import check_commands
from mlspec.language.commands import CommandError, command
from mlspec.source.problem import diagnose
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems, tree


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
            "did you mean `${{ inputs.tidy }}`?",
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
            "did you mean `${{ inputs.tidy }}`?",
            id="misspelt-group",
        ),
        pytest.param(
            "a ${{ matrix.python }}",
            "`${{ matrix.python }}` is not a placeholder",
            "write `${{ inputs.NAME }}`, `${{ outputs.NAME }}`, `${{ params.NAME }}` or",
            id="of-another-tool",
        ),
    ],
)
def test_a_placeholder_that_names_nothing(run: str, said: str, help: str) -> None:
    found = diagnosed(check_commands, train(run))

    assert (found.code, found.message) == ("MLS209", said)
    assert found.help.startswith(help)
    assert found_at(found, merged(PROJECT, train(run))) == run.removeprefix("a ")


@pytest.mark.parametrize(
    ("run", "at"),
    [
        pytest.param('[a, "--in=${{ inputs.tdiy }}"]', "${{ inputs.tdiy }}", id="list"),
        pytest.param('"a ${{inputs.tdiy}} b"', "${{inputs.tdiy}}", id="without-spaces"),
        pytest.param(
            "'a ${{ inputs.tdiy }} ${{ inputs.tdiy }}'",
            "a ${{ inputs.tdiy }} ${{ inputs.tdiy }}",
            id="twice",
        ),
    ],
)
def test_only_the_placeholder_is_pointed_at(run: str, at: str) -> None:
    patch = f"training: {{grader: {{run: {run}}}}}"
    text = merged(PROJECT, patch)

    found = problems(check_commands, patch)[0]

    assert found_at(diagnose(tree(patch), found), text) == at


def test_the_placeholder_that_was_meant_can_be_written_by_a_machine() -> None:
    found = diagnosed(check_commands, train("a ${{ inputs.tdiy }} ${{ outputs.model }}"))

    assert found.fix is not None
    assert not found.fix.is_safe
    assert [edit.text for edit in found.fix.edits] == ["${{ inputs.tidy }}"]
    assert found.fix.edits[0].span == found.span


def test_a_step_without_params_is_told_so() -> None:
    found = problem(check_commands, "transforms: {clean: {run: 'a ${{ params.x }}'}}")

    assert found.help == "add `x` to the params of this step: it has none"
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

    help = "add `trees` to the params of this step: it has none"
    assert (found.code, found.help) == ("MLS209", help)


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
        pytest.param("' '", "the command is empty", "name the program to run", id="blank"),
        pytest.param("[]", "the command is empty", "name the program to run", id="empty-list"),
        pytest.param('"a \\0"', "holds a NUL character", "remove it", id="nul"),
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
    assert found.help == f"if you need a shell, write `run: [sh, -c, 'a {sign} b']`"
    assert found_at(found, merged(PROJECT, patch)) == sign


def test_lines_for_a_shell_are_written_as_a_block() -> None:
    found = problem(check_commands, 'training: {grader: {run: "set -e\\na > b\\n"}}')

    assert "- |" in found.help
    assert "'" not in found.help


def test_a_parameter_is_never_put_where_a_shell_would_read_it() -> None:
    found = problem(check_commands, train("a ${{ params.trees }} | b"))

    assert found.help == 'if you need a shell, write `run: [sh, -c, "… && …"]`'


@pytest.mark.parametrize("variable", ["$TREES", "${TREES}"])
def test_a_shell_s_variable_in_a_command_that_no_shell_reads(variable: str) -> None:
    patch = train(f"a --trees {variable}")

    found = diagnosed(check_commands, patch)

    assert (found.code, found.severity) == ("MLS302", "warning")
    assert found.message == f"no shell reads this command: `{variable}` is passed on as it is"
    assert found_at(found, merged(PROJECT, patch)) == variable


@pytest.mark.parametrize("run", ["a '$TREES'", "a $5", "a ${{ params.trees }}"])
def test_a_dollar_that_no_shell_would_read_either(run: str) -> None:
    assert problems(check_commands, train(run)) == []


@given(
    st.lists(
        st.sampled_from(["a", " ", "'", '"', "\\", "&&", "|", ";", ">", "2>&1", "$A", "${A}", "{"]),
        max_size=8,
    ).map("".join)
)
def test_a_plain_command_holds_nothing_for_a_shell(run: str) -> None:
    try:
        found = command(run)
    except CommandError:
        return
    if found.is_plain:
        assert not list(commands._shell(run, found.words, ("run",)))
