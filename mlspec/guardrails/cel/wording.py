"""What the library says of an expression, in words for who wrote it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mlspec.language.suggestions import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLES = ("object", "project", "environment", "variables")
FUNCTIONS = (
    "has", "all", "exists", "exists_one", "filter", "map", "size", "contains", "startsWith",
    "endsWith", "matches", "int", "double", "string", "bool", "type", "duration", "timestamp",
    "lowerAscii", "upperAscii", "split", "join", "replace", "substring", "trim", "indexOf",
    "lastIndexOf", "format", "quantity", "isQuantity", "isLessThan", "isGreaterThan", "compareTo",
    "orValue", "hasValue", "getSeconds", "getHours", "getMinutes", "getMilliseconds",
)  # fmt: skip

_ERROR = re.compile(r"^(?:[A-Z_]+: )?ERROR: <input>:(-?\d+):(-?\d+): (.*)$", re.MULTILINE)
_STATUS = re.compile(r"^[A-Z_]+: |\s*\[[A-Z_]+\]$")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '(.*)'")
_AT_RUN_TIME = re.compile(r"No matching overloads found : ([^(]+)(\(.*\))")
_MISSING = re.compile(r"Key not found in map : \"?([^\"]*)\"?")
_UNEXPECTED = re.compile(
    r"(?:mismatched input|extraneous input|no viable alternative at input|token recognition error "
    r"at:) '(.*?)'(?: expecting .*)?$"
)
_MEANT = {
    "and": "write `&&`", "or": "write `||`", "not": "write `!`", "=": "write `==` to compare",
    "is": "write `==` to compare", "&": "write `&&`", "|": "write `||`",
}  # fmt: skip
"""What people of other languages write → what CEL has for it."""
_KINDS = ("source", "step", "model", "service", "plan", "manifest", "self", "this")
_TYPES = {"int64": "int", "uint64": "uint"}


class Mistake(NamedTuple):
    """A mistake in an expression; `offset` (from 0) is where, -1: all of it."""

    message: str
    help: str
    offset: int
    width: int


def mistakes_in(text: str, said: str) -> Iterator[Mistake]:
    """What is wrong with an expression that the library does not compile, each place once."""
    found = list(dict.fromkeys(_ERROR.findall(said)))
    if any("Syntax error" in message for _, _, message in found):
        found = found[:1]  # the others are its echoes
    if not found:
        yield Mistake(*_failure(said), -1, 1)
    seen: set[int] = set()
    for line, column, message in found:
        offset = _offset(text, int(line), int(column))
        mistake = _mistake(text, offset, message)
        if mistake.offset not in seen:
            seen.add(mistake.offset)
            yield mistake


def _offset(text: str, line: int, column: int) -> int:
    if line < 1:
        return -1
    lines = text.split("\n")
    return min(sum(len(each) + 1 for each in lines[: line - 1]) + column - 1, len(text))


def _mistake(text: str, offset: int, message: str) -> Mistake:
    message = _STATUS.sub("", message)
    if match := _UNDECLARED.search(message):
        return _undeclared(text, offset, match[1])
    if match := _OVERLOAD.search(message):
        name, given = _operator(match[1]), match[2]
        is_operator = not name.isidentifier()
        at = offset if is_operator else max(0, text.rfind(name, 0, offset + 1))
        what = f"`{name}` cannot take {given}"
        return Mistake(what, "both sides must be of one type: convert with int(), double(), "
                       "string()" if is_operator else "check the types of what it is given",
                       at, len(name))  # fmt: skip
    if match := _UNEXPECTED.search(message):
        if match[1] == "<EOF>":
            return Mistake("the expression ends too early", "complete it", len(text), 1)
        shown = match[1].replace("\\n", " ").strip()[:40]
        help = _MEANT.get(shown, "see https://cel.dev for the language")
        return Mistake(f"`{shown}` does not belong here", help, offset, max(1, len(shown)))
    if "recursion" in message:
        help = "give parts of it names under `variables`"
        return Mistake("the expression is nested too deeply", help, -1, 1)
    return Mistake(message.removeprefix("Syntax error: "), "see https://cel.dev", offset, 1)


def _undeclared(text: str, offset: int, name: str) -> Mistake:
    is_call = text[offset : offset + 1] == "("
    if not is_call:
        name = name.partition(".")[0]  # `nosuch.key` is told at its dot
    at = text.rfind(name, 0, offset + (1 if is_call else len(name)))
    message = f"there is no {'function' if is_call else 'variable'} `{name}`"
    help = did_you_mean(name, VARIABLES)
    if name in _KINDS:
        help = "what is judged is called `object`"
    if is_call:
        near = nearest(name, FUNCTIONS)
        help = f"did you mean `{near}`?" if near else "docs/guardrails.md has the functions"
    return Mistake(message, help, max(at, 0), len(name))


def _operator(name: str) -> str:
    """`_+_` → `+`, `_[_]` → `[]`."""
    return name if name.strip("_").isidentifier() else name.replace("_", "") or name


def _failure(said: str) -> tuple[str, str]:
    """What went wrong while an expression was evaluated, and what to do."""
    text = _STATUS.sub("", said.splitlines()[0] if said else "nothing is known of it")
    if match := _MISSING.search(text):
        return f"there is no key `{match[1]}`", (
            f"ask with `has(….{match[1]})` first, or use `.?{match[1]}` with `.orValue(…)`"
        )
    if "teration budget" in text:
        return "it takes too many steps", "let it go through fewer lists in lists"
    if match := _AT_RUN_TIME.search(text):
        types = re.sub(r"\w+", lambda word: _TYPES.get(word[0], word[0]), match[2])
        return (
            f"`{_operator(match[1])}` cannot take {types}",
            "convert it: `quantity(…)` for CPUs and memory, else `int(…)` or `string(…)`",
        )
    if "bad_alloc" in text or text == "MemoryError":
        return "it takes too much memory", "let it make smaller texts and lists"
    if "recursion" in text:
        return "the expression is nested too deeply", "give parts of it names under `variables`"
    return text[:160], "see docs/guardrails.md"


def failure(said: str) -> tuple[str, str, str]:
    """What went wrong while an expression was evaluated, what to do, and the key that was missed,
    if that was it."""
    message, help = _failure(said)
    match = _MISSING.search(said)
    return message, help, match[1] if match else ""
