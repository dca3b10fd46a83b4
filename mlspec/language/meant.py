"""What a wrong value probably means, and how it is written here. Read only when there is one.

Everything is derived from the schema: its examples say which units there are and what a value looks
like, so that `timeout: 10`, `4GB` or `latency: 500ms` need no words of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.language.forms import branches_of, fits, type_of, wanted_type
from mlspec.language.secrets import secret_in
from mlspec.language.suggestions import shown
from mlspec.source.problem import Repair
from mlspec.source.scalars import is_text, resolve
from mlspec.source.tree import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Schema = Mapping[str, Any]

_MOST_UNITS = 5
"""How many examples of a quantity are worth showing."""
_QUANTITY = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*([A-Za-z%]*)\.?")
_ONE = re.compile(r"(?i)v?cpus?|cores?")
"""Words for a unit that is not written here."""
_ABSOLUTE = re.compile(r"[A-Za-z]:|[\\/]")
_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*%")
_WHOLE = 100
"""What a share in per cent is at most."""
_MOST_DIGITS = 10
_NUMBERS = {"zero": 0, "none": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
_TRUTH = {"yes": True, "on": True, "y": True, "no": False, "off": False, "n": False}
_QUOTES = Repair("put it in quotes", around=('"', '"'), is_safe=True)


class Meant(NamedTuple):
    """`value`: what to go on with; None (which is no value) where nobody knows."""

    value: Any = None
    help: str = ""
    repair: Repair | None = None


class Meanings:
    """What values mean to one schema, whose `$defs` are the definitions."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions

    def of(self, value: Any, schema: Schema) -> Meant:
        """What a value of the wrong type means. An empty help: nothing can be said."""
        by_type = {wanted_type(branch): branch for branch in branches_of(schema)}
        found = type_of(value)
        meant = None
        if "string" in by_type and found in ("integer", "number", "boolean"):
            meant = _as_text(by_type["string"], value)
        elif "boolean" in by_type and str(value).lower() in _TRUTH:
            meant = _as_truth(value)
        elif found == "string" and {"integer", "number"} & by_type.keys():
            meant = _as_number(value, schema)
        elif found == "number" and "integer" in by_type:
            meant = _as_whole(value, by_type["integer"])
        elif found == "array" and by_type.keys() >= {"string", "boolean"}:
            meant = _as_scalar(value)
        if meant is None and "array" in by_type:
            meant = _as_list(value, by_type["array"].get("items", {}))
        if meant is None and found == "array" and "object" in by_type:
            meant = _as_map(value)
        return meant or self._wrapped(value, schema) or self._by_example(schema, value)

    def _by_example(self, schema: Schema, value: Any) -> Meant:
        tagged = schema.get("discriminator", {}).get("mapping", {})
        is_tag = isinstance(value, str) and value in tagged
        example = self.example_of({"$ref": tagged[value]} if is_tag else schema)
        return Meant(help=f"for example `{example}`" if example else "")

    def _wrapped(self, value: Any, schema: Schema) -> Meant | None:
        """The value inside the map that is wanted: `500ms` → `{p95: 500ms}`."""
        for branch in branches_of(schema):
            model = self._model(branch)
            entries = branch.get("additionalProperties")
            key = ""
            if model is not None:
                required = model.get("required", ())
                keys = required if len(required) == 1 else () if required else model["properties"]
                key = next((k for k in keys if fits(model["properties"][k], value)), "")
            elif isinstance(entries, dict) and fits(entries, value):
                key = _first(branch.get("propertyNames", {}))
            if key:
                repair = Repair(f"make it `{key}`", around=(f"{{{key}: ", "}"))
                return Meant({key: value}, f"write `{{{key}: {written(value)}}}`", repair)
        return None

    def example_of(self, schema: Schema) -> str:
        """What could stand there, in YAML; nothing where no example would help."""
        branch = branches_of(schema)[0]
        model = self._model(branch)
        entries = branch.get("additionalProperties")
        if model is not None:
            properties = model["properties"]
            keys = model.get("required", ()) or list(properties)[:1]
            return f"{{{', '.join(f'{k}: {self._part(properties[k])}' for k in keys)}}}"
        if isinstance(entries, dict):
            key = _first(branch.get("propertyNames", {}))
            return f"{{{key}: {self._part(entries)}}}" if key else ""
        if "items" in branch:
            return f"[{self._part(branch['items'])}]"
        return str(branch.get("const", "")) or _first(branch)

    def _part(self, schema: Schema) -> str:
        is_small = self._model(branches_of(schema)[0]) is None
        return (self.example_of(schema) if is_small else "") or "…"

    def _model(self, branch: Schema) -> Schema | None:
        if "$ref" not in branch:
            return None
        found: Schema = self._definitions[branch["$ref"].rpartition("/")[2]]
        return found


def _first(schema: Schema) -> str:
    return str(next(iter(schema.get("examples") or schema.get("enum") or ("",))))


def text_meant(text: str, schema: Schema) -> str:
    """The text that was meant by one of the wrong form; empty where nobody knows, and for a secret:
    in another form nobody would know it again, to hide it."""
    if secret_in(text):
        return ""
    form = {**schema, "type": "string"}
    return next((str(t) for t in _tidied(text, schema) if t != text and fits(form, t)), "")


def written(value: Any) -> str:
    """A value as it would stand in the file, in one line."""
    needs_quotes = isinstance(value, str) and not is_text(value)
    return f'"{shown(value)}"' if needs_quotes else shown(value)


def _tidied(text: str, schema: Schema) -> Iterator[str]:
    yield text.strip()
    if quantity := _QUANTITY.fullmatch(text.strip()):
        if _ONE.fullmatch(quantity[2]):
            yield quantity[1].replace(",", ".")
        yield from _with_units(schema, quantity[1].replace(",", "."), quantity[2])
    if not _ABSOLUTE.match(text):
        yield text.replace("\\", "/")
    yield text.partition("://")[2]
    folded = text.strip().lower()
    for sign in "-_":
        yield re.sub(r"[-_\s]+", sign, folded).strip(sign)
    yield re.sub(r"[-\s]+", "_", folded.upper())
    if not _ABSOLUTE.match(text) and "//" not in text:
        yield text.rpartition(":")[0]


def _with_units(schema: Schema, number: str, word: str = "") -> Iterator[str]:
    """The number with the units of the examples, those first that the word may mean."""
    units = dict.fromkeys(str(e).lstrip("0123456789.") for e in schema.get("examples") or ())
    word = "ms" if word.lower().startswith("milli") else word.lower()
    for unit in sorted(filter(None, units), key=lambda unit: _strangeness(unit, word)):
        is_share = unit == "%" and word != "%" and float(number) <= 1
        yield f"{float(number) * 100:g}%" if is_share else f"{number}{unit}"


def _strangeness(unit: str, word: str) -> int:
    """How far a unit is from a word for one: `min` is `m`, and `MB` is nearer to `Mi` than `Gi`."""
    if unit.lower() == word:
        return 0
    return 1 if word and unit[0].lower() == word[0] and unit != "ms" else 2


def _as_text(schema: Schema, value: Any) -> Meant | None:
    """A number or a truth value where text is wanted."""
    text = shown(value)
    if fits(schema, text):
        help = "put it in quotes"
        if isinstance(value, float):
            help += ": without them it is a number, and 1.10 is the same as 1.1"
        return Meant(text, help, _QUOTES)
    if "enum" in schema:
        return Meant(help=f"it is one of: {', '.join(map(str, schema['enum']))}")
    if isinstance(value, bool):
        return None
    found = [f"`{each}`" for each in _with_units(schema, text) if fits(schema, each)]
    if not found and isinstance(value, float) and fits(schema, f"{value * 1000:g}ms"):
        return Meant(help=f"say the unit: seconds would be `{value * 1000:g}ms`")
    return Meant(help=f"say the unit: {_or(found[:_MOST_UNITS])}") if found else None


def _as_truth(value: Any) -> Meant:
    truth = _TRUTH[str(value).lower()]
    word = str(truth).lower()
    help = f"YAML 1.2 reads `{value}` as text; write {word}"
    return Meant(truth, help, Repair(f"write {word}", truth, is_safe=True))


def _as_number(value: str, schema: Schema) -> Meant | None:
    try:
        number = resolve(value.strip())
    except ValueError:
        return None
    if isinstance(number, float) and number.is_integer() and not fits(schema, number):
        number = int(number)
    if number == value.strip():
        return _in_words(number, schema)
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not fits(schema, number):
        return None
    repair = Repair("remove the quotes", number, is_safe=True)
    return Meant(number, f"write {number} without quotes", repair)


def _in_words(text: str, schema: Schema) -> Meant | None:
    """A number in letters, or with the sign of a percentage."""
    number: float | None = _NUMBERS.get(text.lower())
    why = ""
    if (share := _SHARE.fullmatch(text)) and len(share[1]) < _MOST_DIGITS:
        number, why = float(share[1]), ": it is in per cent already"
        if not any(branch.get("maximum") == _WHOLE for branch in branches_of(schema)):
            number, why = float(f"{number / _WHOLE:.6g}"), ", a share of 1"
        number = int(number) if number.is_integer() else number
    if number is None or not fits(schema, number):
        return None
    return Meant(help=f"write {number}{why}", repair=Repair(f"write {number}", number))


def _as_whole(value: float, schema: Schema) -> Meant:
    """A number with a fraction where none can be."""
    if value.is_integer() and fits(schema, int(value)):
        repair = Repair(f"write {int(value)}", int(value), is_safe=True)
        return Meant(int(value), f"write {int(value)}", repair)
    if schema.get("maximum") == _WHOLE and 0 < value < 1:
        share = round(value * _WHOLE)
        help = f"write {share}: it is in per cent"
        return Meant(help=help, repair=Repair(f"write {share}", share))
    return Meant(help="write it without a fraction")


def _as_scalar(value: Sequence[Any]) -> Meant:
    """A list where one value is wanted."""
    if len(value) == 1 and type_of(value[0]) in ("string", "integer", "number", "boolean"):
        return Meant(help=f"write {written(value[0])}, without the brackets or the dash")
    return Meant(help='write one value; several can be one text that your program splits: "1,2"')


def _as_list(value: Any, items: Schema) -> Meant | None:
    """One value, or several in one text, or keys, where a list is wanted."""
    if isinstance(value, str) and items.get("type") == "string":
        return _as_items(value, items)
    if isinstance(value, dict) and value and all(fits(items, key) for key in value):
        return Meant(help=f"write a list: [{shown(', '.join(value))}]")
    return None


def _as_items(text: str, items: Schema) -> Meant | None:
    """One item, or several words where each can only be one. Where that wants another form nobody
    knows the items, which is said once: a mended list is right."""
    words = re.split(r"[,\s]+", text.strip())
    is_form = "pattern" in items or "enum" in items
    if len(words) > 1 and is_form and all(fits(items, word) for word in words):
        repair = Repair("make it a list", around=("[", "]")) if "," in text else None
        help = f"write [{', '.join(words)}], or begin each line with `- `"
        return Meant(words, help, repair)
    if not fits(items, text):
        choices = ", ".join(map(str, items.get("enum", ())))
        example = _first(items)
        help = f"for example `[{example}]`" if example else ""
        return Meant([UNREADABLE], f"write a list of some of these: {choices}" if choices else help)
    is_one = not set(text) & set("[]{},")  # which would be read as more in a list
    repair = Repair("make it a list", around=("[", "]"), is_safe=True) if is_one else None
    return Meant([text], f"write [{shown(text)}]", repair)


def _as_map(value: Sequence[Any]) -> Meant | None:
    """A list of things with names, as other tools have it, where the names are the keys."""
    first = value[0] if value else None
    if not isinstance(first, dict) or not first:
        return None
    name = first.get("name")
    if isinstance(name, str) and (len(first) > 1 or all(_is_named(each) for each in value)):
        value = f" {written(first['value'])}" if set(first) == {"name", "value"} else ""
        key = shown(name)
        return Meant(help=f"write `{key}:{value}` instead of `- name: {key}`: names are keys here")
    if len(first) == 1:
        return Meant(help=f"write `{shown(next(iter(first)))}:` without the `- ` before it")
    return None


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str)


def _or(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
