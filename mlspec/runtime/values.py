"""Raw columns into values of a declared type, with a mask of those that are of another type.

The types are the words of the language: int (64 bits), float, string, bool, date, timestamp (UTC;
a naive one counts as UTC). A value whose meaning is the same passes: 3.0 for an int (as libraries
without nullable integers write it), a midnight for a date, a date for a timestamp.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

from mlspec.runtime.extras import need

KINDS = ("int", "float", "string", "bool", "date", "timestamp")
INT64_LIMIT = 2**63
# How text formats spell "no value" in a column that is not text; in a string column only the
# empty field is null, since "NA" is also a country.
NULL_TEXTS = ("NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "-nan", "-NaN")
BOOL_TEXTS = {"true": True, "false": False, "1": True, "0": False}


class _Wrong:
    """The mark of a value of another type."""


WRONG: Final = _Wrong()


def arrow_type(kind: str) -> Any:
    pa = need("pyarrow")
    types = {
        "int": pa.int64,
        "float": pa.float64,
        "string": pa.string,
        "bool": pa.bool_,
        "date": pa.date32,
    }
    return types[kind]() if kind in types else pa.timestamp("us", "UTC")


def conform(raw: Any, kind: str, is_text: bool) -> tuple[Any, Any]:
    """Two Arrow arrays as long as the column: values of the kind (null where null, NaN or wrong),
    and booleans, true where the value is of another type."""
    if isinstance(raw, list):
        return _conform_each(raw, kind, from_python)
    if is_text:
        return _conform_text(raw, kind)
    return _conform_arrow(raw, kind)


def _conform_each(raw: list[Any], kind: str, convert: Callable[[Any, str], Any]) -> tuple[Any, Any]:
    pa = need("pyarrow")
    found = [None if value is None else convert(value, kind) for value in raw]
    values = pa.array([None if v is WRONG else v for v in found], type=arrow_type(kind))
    return values, pa.array([v is WRONG for v in found], type=pa.bool_())


def _conform_text(raw: Any, kind: str) -> tuple[Any, Any]:
    pa, pc = need("pyarrow"), need("pyarrow.compute")
    if kind == "string":
        return raw, _never(raw)
    text = pc.utf8_trim_whitespace(raw)
    null = pc.is_in(text, value_set=pa.array(["", *NULL_TEXTS]))
    text = pc.if_else(null, pa.scalar(None, pa.string()), text)
    try:  # a column without mistakes, the common case, at the speed of Arrow
        values = pc.cast(text, arrow_type(kind))
    except pa.ArrowInvalid:  # each distinct text once
        encoded = text.dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        values, wrong = _conform_each(distinct, kind, from_text)
        values, wrong = values.take(encoded.indices), wrong.take(encoded.indices)
        return values, pc.fill_null(wrong, False)
    return _without_nan(values, kind), _never(values)


def _conform_arrow(raw: Any, kind: str) -> tuple[Any, Any]:
    pa, pc = need("pyarrow"), need("pyarrow.compute")
    if pa.types.is_dictionary(raw.type):
        raw = raw.dictionary_decode()
    if pa.types.is_null(raw.type):
        return pa.nulls(len(raw), arrow_type(kind)), _never(raw)
    convert = _ARROW_RULES[kind](raw.type)
    if convert is None:
        return pa.nulls(len(raw), arrow_type(kind)), pc.is_valid(raw)
    if pa.types.is_floating(raw.type):
        raw = _without_nan(raw, "float")
    return convert(raw)


def _as_is(kind: str) -> Callable[[Any], tuple[Any, Any]]:
    pc = need("pyarrow.compute")
    return lambda raw: (pc.cast(raw, arrow_type(kind), safe=False), _never(raw))


def _where(right: Any, values: Any, kind: str) -> tuple[Any, Any]:
    """Keep the values where `right`; null is neither right nor wrong."""
    pa, pc = need("pyarrow"), need("pyarrow.compute")
    kept = pc.if_else(right, values, pa.scalar(None, values.type))
    return pc.cast(kept, arrow_type(kind)), pc.fill_null(pc.invert(right), False)


def _int_rule(found: Any) -> Callable[[Any], tuple[Any, Any]] | None:
    pa, pc = need("pyarrow"), need("pyarrow.compute")
    if pa.types.is_uint64(found):
        return lambda raw: _where(pc.less(raw, pa.scalar(INT64_LIMIT, pa.uint64())), raw, "int")
    if pa.types.is_integer(found):
        return _as_is("int")
    if not (pa.types.is_floating(found) or pa.types.is_decimal(found)):
        return None

    def whole(raw: Any) -> tuple[Any, Any]:
        exact = pc.and_(pc.equal(pc.floor(raw), raw), _within_int64(raw))
        return _where(exact, raw, "int")

    return whole


def _within_int64(raw: Any) -> Any:
    pc = need("pyarrow.compute")
    size = pc.cast(pc.abs(raw), arrow_type("float"), safe=False)
    return pc.less(size, float(INT64_LIMIT))


def _float_rule(found: Any) -> Callable[[Any], tuple[Any, Any]] | None:
    types = need("pyarrow").types
    number = types.is_integer(found) or types.is_floating(found) or types.is_decimal(found)
    return _as_is("float") if number else None


def _string_rule(found: Any) -> Callable[[Any], tuple[Any, Any]] | None:
    types = need("pyarrow").types
    text = types.is_string(found) or types.is_large_string(found) or types.is_string_view(found)
    return _as_is("string") if text else None


def _bool_rule(found: Any) -> Callable[[Any], tuple[Any, Any]] | None:
    return _as_is("bool") if need("pyarrow").types.is_boolean(found) else None


def _date_rule(found: Any) -> Callable[[Any], tuple[Any, Any]] | None:
    types, pc = need("pyarrow").types, need("pyarrow.compute")
    if types.is_timestamp(found):
        return lambda raw: _where(pc.equal(pc.floor_temporal(raw, unit="day"), raw), raw, "date")
    return _as_is("date") if types.is_date(found) else None


def _timestamp_rule(found: Any) -> Callable[[Any], tuple[Any, Any]] | None:
    types = need("pyarrow").types
    return _as_is("timestamp") if types.is_timestamp(found) or types.is_date(found) else None


_ARROW_RULES: dict[str, Callable[[Any], Callable[[Any], tuple[Any, Any]] | None]] = {
    "int": _int_rule,
    "float": _float_rule,
    "string": _string_rule,
    "bool": _bool_rule,
    "date": _date_rule,
    "timestamp": _timestamp_rule,
}


def _never(values: Any) -> Any:
    pa = need("pyarrow")
    return pa.repeat(pa.scalar(False), len(values))


def _without_nan(values: Any, kind: str) -> Any:
    if kind != "float":
        return values
    pa, pc = need("pyarrow"), need("pyarrow.compute")
    return pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)


def from_text(text: str, kind: str) -> Any:
    """The value that a field of a text format spells, None for NaN, or WRONG."""
    try:
        return _TEXT_RULES[kind](text)
    except (ValueError, KeyError, OverflowError):
        return WRONG


def _text_number(text: str) -> float:
    if "_" in text or not text.isascii():  # Python's own extensions
        raise ValueError(text)
    return float(text)


def _text_int(text: str) -> int:
    try:
        number = int(text) if "_" not in text and text.isascii() else None
    except ValueError:
        number = None
    found = from_python(_text_number(text) if number is None else number, "int")
    if not isinstance(found, int):
        raise ValueError(text)
    return found


def _text_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


_TEXT_RULES: dict[str, Callable[[str], Any]] = {
    "int": _text_int,
    "float": lambda text: from_python(_text_number(text), "float"),
    "string": str,
    "bool": lambda text: BOOL_TEXTS[text.lower()],
    "date": lambda text: from_python(datetime.fromisoformat(text), "date"),
    "timestamp": _text_moment,
}


def from_python(value: Any, kind: str) -> Any:
    """The value of a JSON or Avro field as that kind, None for NaN, or WRONG."""
    if kind in ("int", "float"):
        return _number(value, kind)
    if kind in ("string", "bool"):
        return value if isinstance(value, str if kind == "string" else bool) else WRONG
    if isinstance(value, str):
        return from_text(value, kind)
    if not isinstance(value, date):
        return WRONG
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    if kind == "timestamp":
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.date() if moment.time() == time() else WRONG


def _number(value: Any, kind: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return WRONG
    if math.isnan(value):
        return None
    if kind == "float":
        try:
            return float(value)
        except OverflowError:
            return WRONG
    whole = math.isfinite(value) and value == int(value) and -INT64_LIMIT <= value < INT64_LIMIT
    return int(value) if whole else WRONG
