"""No text of the user's is taken for a template by what it passes through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.checks import templates
from mlspec.checks.templates import check_templates
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("", id="placeholders"),
        pytest.param("transforms: {clean: {description: 'like {{x}} and $(y)'}}", id="for-people"),
        pytest.param("transforms: {clean: {run: 'a {x} $y ${z} }}'}}", id="looks-a-little-like-it"),
        pytest.param("transforms: {clean: {env: {A: '$HOME'}}}", id="variable-without-brackets"),
        pytest.param(
            "{training: {grader: {run: 'a ${{ params.a }}x}', params: {a: '{'}}}}",
            id="one-brace-of-a-parameter",
        ),
    ],
)
def test_texts_that_arrive_as_they_are(patch: str) -> None:
    assert problems(check_templates, patch) == []


@pytest.mark.parametrize(
    ("patch", "text"),
    [
        pytest.param("{transforms: {clean: {run: 'a {{x}}'}}}", "{{x}}", id="run"),
        pytest.param("{transforms: {clean: {run: [a, '{{x}}']}}}", "{{x}}", id="word-of-a-list"),
        pytest.param("{transforms: {clean: {run: 'a ${{ x'}}}", "a ${{ x", id="never-closed"),
        pytest.param("{transforms: {clean: {env: {A: '{{x}}'}}}}", "{{x}}", id="env"),
        pytest.param(
            "{transforms: {clean: {run: 'a {${{ inputs.tastings }}}'}}}",
            "a {${{ inputs.tastings }}}",
            id="brace-before-a-placeholder",
        ),
        pytest.param("{training: {grader: {params: {a: '{{x}}'}}}}", "{{x}}", id="param"),
        pytest.param(
            "{training: {grader: {params: {description: '{{x}}'}}}}", "{{x}}", id="a-param-s-name"
        ),
        pytest.param(
            "{data: {sources: {tastings: {schema: {'{{a}}': int}}}}}", "{{a}}", id="column-name"
        ),
        pytest.param(
            "{data: {sources: {tastings: {schema: {a: {type: string, enum: ['{{x}}']}}}}}}",
            "{{x}}",
            id="enum",
        ),
        pytest.param(
            "{data: {sources: {tastings: {uri: 's3://cellar/{{x}}'}}}}",
            "s3://cellar/{{x}}",
            id="address",
        ),
        pytest.param(
            "{transforms: {clean: {run: 'a {${{ inputs.tastings }}{x'}}}",
            "a {${{ inputs.tastings }}{x",
            id="around-a-placeholder",
        ),
        pytest.param(
            """{transforms: {clean: {run: "a '{'{x}}"}}}""", "a '{'{x}}", id="joined-by-quotes"
        ),
        pytest.param(
            "{transforms: {clean: {run: ['a', '{{x}} ${{ y }}']}}}",
            "{{x}}",
            id="in-what-cannot-be-split",
        ),
        pytest.param(
            "{training: {grader: {run: 'a ${{ params.a }}{x}', params: {a: '{'}}}}",
            "a ${{ params.a }}{x}",
            id="joined-by-a-parameter",
        ),
        pytest.param(
            "{training: {grader: {params: {run: '${{ inputs.tidy }}'}}}}",
            "${{ inputs.tidy }}",
            id="a-param-called-run",
        ),
        pytest.param(
            "{data: {sources: {tastings: {schema: {run: {type: string, pattern: '${{ x }}'}}}}}}",
            "${{ x }}",
            id="a-column-called-run",
        ),
    ],
)
def test_argo_s_templates_are_refused(patch: str, text: str) -> None:
    found = diagnosed(check_templates, patch)

    assert found.code == "MLS301"
    assert found.message == "Argo Workflows would take `{{` for a template of its own"
    assert text in found_at(found, merged(PROJECT, patch))


def test_kubernetes_variables_are_refused() -> None:
    patch = "transforms: {clean: {env: {A: 'x $(B)'}}}"

    found = diagnosed(check_templates, patch)

    assert (found.code, found.message) == (
        "MLS301",
        "Kubernetes would take `$(` for a variable to expand",
    )
    assert found_at(found, merged(PROJECT, patch)) == "x $(B)"


def test_kubernetes_variables_are_refused_where_quotes_hide_them() -> None:
    found = problem(check_templates, """transforms: {clean: {run: "a '$'(B)"}}""")

    assert (found.code, found.path) == ("MLS301", ("transforms", "clean", "run"))


def test_a_template_in_a_parameter_is_reported_once() -> None:
    patch = "training: {grader: {run: 'a ${{ params.a }}', params: {a: '{{x}}'}}}"

    found = problem(check_templates, patch)

    assert found.path == ("training", "grader", "params", "a")


def test_only_a_command_is_told_of_placeholders() -> None:
    run = problem(check_templates, "transforms: {clean: {run: 'a {{x}}'}}")
    env = problem(check_templates, "transforms: {clean: {env: {A: '{{x}}'}}}")

    assert run.help.startswith(
        "write what the step reads, writes and is told as `${{ inputs.NAME }}`"
    )
    assert env.help == "write it without `{{`; placeholders stand in `run` only"


def test_a_placeholder_outside_of_a_command_is_none() -> None:
    found = problem(check_templates, "transforms: {clean: {env: {A: '${{ inputs.tastings }}'}}}")

    assert (found.code, found.path) == ("MLS301", ("transforms", "clean", "env", "A"))
    assert "placeholders stand in `run` only" in found.help


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param('training: {grader: {params: {a: "x\\0y"}}}', id="param"),
        pytest.param('data: {sources: {tastings: {uri: "s3://cellar/x\\0y"}}}', id="address"),
    ],
)
def test_a_nul_is_refused(patch: str) -> None:
    found = problem(check_templates, patch)

    assert found.code == "MLS105"
    assert "NUL" in found.message


COMMANDS = st.lists(
    st.sampled_from(
        ["a", " ", "{", "}", "$", "(", "'", '"', "\\", "${{ params.x }}", "${{ params.y }}", "{{"]
    ),
    max_size=8,
).map("".join)
PARAMS = st.dictionaries(
    st.sampled_from("xy"), st.sampled_from(["{", "a{", "{{", "a", "", 1]), max_size=2
)


@given(COMMANDS | st.lists(COMMANDS, min_size=1, max_size=3).map(tuple), PARAMS)
def test_what_is_harmless_at_a_look_is_so_word_by_word(
    run: str | tuple[str, ...], params: dict[str, object]
) -> None:
    if templates._is_harmless(run, params):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(templates, "_is_harmless", lambda *_: False)
            assert not list(templates._command(("run",), run, params))
