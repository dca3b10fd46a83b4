"""Whatever the writer writes, parsers of YAML 1.1 and 1.2 read back as the same value."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mlspec.output import yaml_writer
from mlspec.output.yaml_writer import dump

# Each is read as something else than this text by at least one parser, if it stands plain.
# fmt: off
NOT_PLAIN = [
    "", "y", "N", "yes", "No", "on", "OFF", "true", "False", "null", "Null", "~", "nan", ".nan",
    ".inf", "-.Inf", "inf", "1", "-1", "+1", "1.0", ".5", "5.", "1e3", "1E-3", "0o7", "0x1F", "0b1",
    "010", "1_000", "0_b1", "0_o7", "0_x1f", "1:30", "1:30:00.5", "1,000", "1.2.3", "2024-01-01",
    "2024-1-1T0:00:00Z", "2001-12-14 21:59:43 -5", "=", "<<", "*a", "&a", "!a", "%a", "@a", "`a",
    ">", "|", "?", "? a", ":", ": a", "-", "- a", "---", "--- a", "...", ",", "[", "]", "{", "}",
    "{{a}}", "#", "# a", "'", "'a'", '"', '"a"', "a: b", "a #b", "a:", "a ", " a", "\ta", "a\tb",
    "\n", "a\n\n", " a\nb", "\n a", "a \nb", "a\tb\nc", "a\r\nb", "\0", "\x1b", "\x7f", "\x85",
    "\xa0", "\u2028", "\u2029", "\ufeff", "\ufeffa", "\u202e", "\ufffe", "\U000e0041",
]
PLAIN = [
    "a", "churn-model", "500m", "2Gi", "5m", "30d", "10.0.0.0/8", "s3://bucket/key", "a:b", "a#b",
    "http://x:80/y", "/bin/sh", "./run", "--model-dir=/x", "-c", "$(VAR)", "it's", 'say "x"',
    "a, b", "x{{y}}", 'sum(rate(x{a="b"}[5m])) > 0.5', "python -m train", "é", "模型", "nothing",
    "yess", "1st",
]
# fmt: on

texts = st.one_of(
    st.text(),
    st.sampled_from([*NOT_PLAIN, *PLAIN]),
    st.text("01_.:eExobBTZ+-, ", max_size=8),
    st.text("ab \n\t#:-'\"\\|>\u2028\u0085", max_size=12),
)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    scalars | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=25,
)


def yaml_12(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


@settings(max_examples=400)
@given(values)
@example({"k" * 2000: {"k" * 2000: ["x"]}, "\n" * 1100: [[{"\n" * 1100: []}]]})
@example([[["a\nb\n"], {"a": "a\n\n b", "c": [[], {}, [[1]]]}]])
def test_any_value(value: Any) -> None:
    text = dump(value)
    assert yaml.safe_load(text) == value
    assert yaml_12(text) == value
    assert dump(yaml.safe_load(text)) == text
    text.encode()


@pytest.mark.parametrize("text", [*NOT_PLAIN, *PLAIN], ids=ascii)
def test_text_as_root_as_key_and_as_value(text: str) -> None:
    for value in (text, {text: text}, [text, {text: [text]}], {"a": {"b": [[text]]}}):
        written = dump(value)
        assert yaml.safe_load(written) == value
        assert yaml.load(written, yaml.CSafeLoader) == value
        assert yaml_12(written) == value


@pytest.mark.parametrize("text", NOT_PLAIN, ids=ascii)
def test_is_quoted(text: str) -> None:
    assert dump([text])[2] in "\"'"


@pytest.mark.parametrize("text", PLAIN)
def test_stays_plain(text: str) -> None:
    assert dump([text]) == f"- {text}\n"


@pytest.mark.parametrize("number", [1e16, 1e-7, -1.5e300, 5e-324, 1.0, -0.0, 0.1])
def test_a_float_is_a_float_to_every_parser(number: float) -> None:
    for read in (yaml.safe_load(dump([number])), yaml_12(dump([number]))):
        assert type(read[0]) is float and math.copysign(1, read[0]) == math.copysign(1, number)
        assert read[0] == number


def test_style() -> None:
    value = {
        "apiVersion": "v1",
        "empty": {},
        "none": [],
        "args": ["--x=1", '{"a": 1}', "C:\\x", 'it\'s: "both"', "tab\there"],
        "list": [{"name": "a", "ports": [{"port": 80}]}, [["x"], "z"], {}],
        "script": "set -e\n\nif x; then\n  y\nfi\n",
        "query": "a\n  + b",
        "flags": [True, None, 1, 1.5],
    }
    assert dump(value) == (
        "apiVersion: v1\n"
        "empty: {}\n"
        "none: []\n"
        "args:\n"
        "- --x=1\n"
        "- '{\"a\": 1}'\n"
        "- C:\\x\n"
        "- 'it''s: \"both\"'\n"
        '- "tab\\there"\n'
        "list:\n"
        "- name: a\n"
        "  ports:\n"
        "  - port: 80\n"
        "- - - x\n"
        "  - z\n"
        "- {}\n"
        "script: |\n"
        "  set -e\n"
        "\n"
        "  if x; then\n"
        "    y\n"
        "  fi\n"
        "query: |-\n"
        "  a\n"
        "    + b\n"
        "flags:\n"
        "- true\n"
        "- null\n"
        "- 1\n"
        "- 1.5\n"
    )


def test_a_shared_value_is_written_twice_and_not_as_an_alias() -> None:
    shared = {"a": [1]}
    assert dump([shared, shared]) == "- a:\n  - 1\n- a:\n  - 1\n"


def test_long_text_is_not_folded() -> None:
    assert dump({"a": "word " * 200 + "end"}).count("\n") == 1


def test_a_block_with_a_long_run_of_spaces_is_written_at_once() -> None:
    text = "a" + " " * 10**6 + "b\n\nc"

    assert dump({"a": text}) == f"a: |-\n  a{' ' * 10**6}b\n\n  c\n"


def test_the_empty_lines_of_a_block_stay_empty() -> None:
    text = "\n\na\n\n\n  b\n"

    assert dump({"a": {"b": text}}) == "a:\n  b: |\n\n\n    a\n\n\n      b\n"


def test_a_tuple_is_a_list() -> None:
    assert dump({"a": (1, ())}) == "a:\n- 1\n- []\n"


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    "value",
    [b"x", {1}, object(), {1: "a"}, {None: 1}, {"a": {True: 1}}, Colour.RED, {Colour.RED: 1}],
    ids=["bytes", "set", "object", "int-key", "null-key", "bool-key", "enum", "enum-key"],
)
def test_refuses_the_type_of(value: object) -> None:
    dump({"red": "red"})  # what was written before must not make it pass
    with pytest.raises(TypeError):
        dump({"a": value})


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -float("inf"), "\ud800", {"a\udfff": 1}], ids=ascii
)
def test_refuses_the_value(value: object) -> None:
    with pytest.raises(ValueError):
        dump([value])


def test_refuses_a_value_that_contains_itself() -> None:
    value: list[Any] = []
    value.append({"a": value})
    with pytest.raises(ValueError, match="contains itself"):
        dump(value)


def test_the_cache_of_texts_is_bounded_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(yaml_writer, "_CACHE_SIZE", 3)
    monkeypatch.setattr(yaml_writer, "_keys", {})
    monkeypatch.setattr(yaml_writer, "_values", {})
    value = {f"k{n}": f"{n}: x" for n in range(10)}
    assert dump(value) == dump(value)
    assert 0 < len(yaml_writer._keys) <= 3
    assert 0 < len(yaml_writer._values) <= 3
