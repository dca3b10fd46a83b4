"""Plain scalars mean what YAML 1.2's core schema says, and nothing that YAML 1.1 said."""

from __future__ import annotations

import pytest

from mlspec.source.scalars import MAX_DIGITS, is_text, resolve


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("no", id="norway"),
        pytest.param("NO", id="norway-in-capitals"),
        pytest.param("on", id="on"),
        pytest.param("yes", id="yes"),
        pytest.param("y", id="y"),
        pytest.param("tRUE", id="true-in-odd-case"),
        pytest.param("1:30", id="sexagesimal"),
        pytest.param("190:20:30.15", id="sexagesimal-float"),
        pytest.param("2024-01-01", id="date"),
        pytest.param("2024-01-01T00:00:00Z", id="timestamp"),
        pytest.param("1_000", id="underscores"),
        pytest.param("0b101", id="binary"),
        pytest.param("-0o7", id="negative-octal"),
        pytest.param("0O7", id="octal-with-a-capital"),
        pytest.param("0x", id="hex-without-digits"),
        pytest.param("1.4.0", id="version"),
        pytest.param("1e", id="exponent-without-digits"),
        pytest.param(".", id="dot"),
        pytest.param("-", id="dash"),
        pytest.param("+", id="plus"),
        pytest.param("-.nan", id="negative-nan"),
        pytest.param("nan", id="nan-without-dot"),
        pytest.param("inf", id="inf-without-dot"),
        pytest.param("١٢", id="arabic-digits"),
        pytest.param("1\n", id="newline-after-a-digit"),
        pytest.param("=", id="default-value-of-1.1"),
        pytest.param("nULL", id="null-in-odd-case"),
        pytest.param("500m", id="quantity"),
    ],
)
def test_what_is_no_core_scalar_stays_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("", None, id="nothing"),
        pytest.param("~", None, id="tilde"),
        pytest.param("null", None, id="null"),
        pytest.param("Null", None, id="capitalised-null"),
        pytest.param("true", True, id="true"),
        pytest.param("FALSE", False, id="false-in-capitals"),
        pytest.param("0", 0, id="zero"),
        pytest.param("-12", -12, id="negative"),
        pytest.param("+12", 12, id="plus"),
        pytest.param("010", 10, id="leading-zero-is-decimal"),
        pytest.param("0o10", 8, id="octal"),
        pytest.param("0xFf", 255, id="hex"),
        pytest.param("9007199254740993", 9007199254740993, id="beyond-a-double"),
        pytest.param("1.5", 1.5, id="float"),
        pytest.param("1.", 1.0, id="float-without-fraction"),
        pytest.param("-.5", -0.5, id="float-without-whole"),
        pytest.param("1e3", 1000.0, id="exponent"),
        pytest.param("6.02E+23", 6.02e23, id="large-exponent"),
        pytest.param("1e-400", 0.0, id="underflow"),
    ],
)
def test_core_scalars_have_values(text: str, value: object) -> None:
    found = resolve(text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".inf", "-.inf", "+.INF"])
def test_numbers_that_are_not_finite_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"`{text.replace('+', '[+]')}` is not a finite number"):
        resolve(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1" * (MAX_DIGITS + 1), id="decimal"),
        pytest.param("0x" + "f" * MAX_DIGITS, id="hex"),
        pytest.param("0." + "1" * MAX_DIGITS, id="float"),
    ],
)
def test_numbers_of_too_many_digits_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"a number of {len(text)} characters is too long"):
        resolve(text)


def test_a_number_may_have_as_many_digits_as_fit() -> None:
    assert resolve("1" * MAX_DIGITS) == int("1" * MAX_DIGITS)


def test_a_float_beyond_all_floats_is_refused() -> None:
    with pytest.raises(ValueError, match="`1e999` is too large"):
        resolve("1e999")


@pytest.mark.parametrize("scalar", ["wine", "no", "1.4.0", "1_000"])
def test_what_is_read_as_text_needs_no_quotes(scalar: str) -> None:
    assert is_text(scalar)


@pytest.mark.parametrize("scalar", ["true", "~", "7", "0x1f", ".nan", ".inf", "1" * 65, "1e999"])
def test_what_is_read_as_something_else_or_refused_needs_quotes(scalar: str) -> None:
    assert not is_text(scalar)
