"""`run`: how a command becomes words and placeholders."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.language.commands import (
    CommandError,
    Reference,
    UnknownPlaceholder,
    split,
    without_placeholders,
)

INPUT_X = Reference("inputs", "x")


@pytest.mark.parametrize(
    ("run", "words"),
    [
        pytest.param("python a.py", (("python",), ("a.py",)), id="words"),
        pytest.param("p\n  --a\t1", (("p",), ("--a",), ("1",)), id="lines"),
        pytest.param("p 'a b' \"c d\"", (("p",), ("a b",), ("c d",)), id="quotes"),
        pytest.param("p a\\ b", (("p",), ("a b",)), id="backslash"),
        pytest.param("p ''", (("p",), ()), id="empty-word"),
        pytest.param("p $HOME *.csv #", (("p",), ("$HOME",), ("*.csv",), ("#",)), id="no-shell"),
        pytest.param("p ${{ inputs.x }}", (("p",), (INPUT_X,)), id="placeholder"),
        pytest.param("p ${{inputs.x}}", (("p",), (INPUT_X,)), id="placeholder-without-spaces"),
        pytest.param("p ${{\n inputs.x\n}}", (("p",), (INPUT_X,)), id="placeholder-over-lines"),
        pytest.param("p --a=${{ inputs.x }}.b", (("p",), ("--a=", INPUT_X, ".b")), id="in-a-word"),
        pytest.param(
            "p ${{ inputs.x }}${{ metrics }}",
            (("p",), (INPUT_X, Reference("metrics", ""))),
            id="two-in-a-word",
        ),
        pytest.param("p '${{ inputs.x }} y'", (("p",), (INPUT_X, " y")), id="in-quotes"),
        pytest.param("p \\${{ inputs.x }}", (("p",), (INPUT_X,)), id="after-a-backslash"),
        pytest.param(
            "p ${{ params.a_b }} ${{ outputs.a-b }}",
            (("p",), (Reference("params", "a_b"),), (Reference("outputs", "a-b"),)),
            id="names",
        ),
        pytest.param(("p", "a b", "'c'"), (("p",), ("a b",), ("'c'",)), id="list-as-it-is"),
        pytest.param(("p", "a ${{ inputs.x }}"), (("p",), ("a ", INPUT_X)), id="list-placeholder"),
        pytest.param("p ${{ inputs.x", (("p",), ("${{",), ("inputs.x",)), id="never-closed"),
    ],
)
def test_a_command_is_split_as_a_shell_would(
    run: str | tuple[str, ...], words: tuple[object, ...]
) -> None:
    assert split(run) == words


@pytest.mark.parametrize(
    ("run", "message"),
    [
        pytest.param("p 'x", "the command cannot be split into words: no closing quotation"),
        pytest.param("p \\", "the command cannot be split into words: no escaped character"),
        pytest.param("   ", "the command is empty: it names no program", id="blank"),
        pytest.param("''", "the command is empty: it names no program", id="empty-program"),
        pytest.param((), "the command is empty: it names no program", id="empty-list"),
        pytest.param("p \0", "the command holds a NUL character", id="nul"),
        pytest.param(("p", "\x000\x00"), "the command holds a NUL character", id="nul-in-a-list"),
    ],
)
def test_what_is_no_command_is_refused(run: str | tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError) as raised:
        split(run)

    assert str(raised.value) == message


@pytest.mark.parametrize(
    "inside",
    ["input.x", "inputs", "inputs.", "inputs.a.b", "metrics.x", "env.HOME", "", "inputs x", "{"],
)
def test_an_unknown_placeholder_says_what_is_inside(inside: str) -> None:
    with pytest.raises(UnknownPlaceholder) as raised:
        split(f"p ${{{{ {inside} }}}}")

    assert raised.value.text == inside


@given(st.text(st.sampled_from("ab \t\n'\"\\${}.-"), max_size=30))
def test_a_text_without_placeholders_is_split_as_shlex_does(text: str) -> None:
    try:
        expected = shlex.split(text)
    except ValueError:
        expected = []
    try:
        found = ["".join(str(part) for part in word) for word in split(text)]
    except CommandError:
        assert "${{" in text or not expected or not expected[0]
    else:
        assert found == expected


@given(st.text(st.sampled_from("ab ${}inputs.x"), max_size=40))
def test_any_text_is_words_or_an_error(text: str) -> None:
    for run in (text, (text, "b")):
        try:
            words = split(run)
        except CommandError:
            continue
        assert words and words[0]
        assert all(part for word in words for part in word)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("a ${{ inputs.x }} b", "a  b"),
        ("{{ x }}", "{{ x }}"),
        ("${{ a ${{ b }} c", "${{ a  c"),
        ("{${{ x }}{", "{{"),
    ],
)
def test_what_is_left_beside_placeholders_is_literal(text: str, literal: str) -> None:
    assert without_placeholders(text) == literal


def test_a_text_full_of_openings_is_looked_at_once() -> None:
    assert without_placeholders("${{" * 500_000) == "${{" * 500_000
