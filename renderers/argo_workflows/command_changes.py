"""What a step is told to do, and what a change of that means: of a program of ours in the words of
the language, of the user's own by the words that went and came."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import listed, quoted
from mlspec.manifests.fields import is_same, list_at, mapping_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlspec.manifests.change import Risk

    from .step_changes import Step, Told

_RUNTIME = ["-m", "mlspec.runtime"]


def role(step: Step) -> str:
    """Which of our programs it runs; empty for a step of the user's."""
    args = list_at(step, "container", "args")
    return str(args[2]) if args[:2] == _RUNTIME and len(args) > 2 else ""


def readable(text: str) -> str:
    """A parameter as the language writes it."""
    return re.sub(r"\{\{inputs\.parameters\.([^}]+)\}\}", r"${{ params.\1 }}", text)


def command(step: Step) -> str:
    container = mapping_at(step, "container")
    return " ".join(map(str, (*list_at(container, "command"), *list_at(container, "args"))))


def commands(old: Step, new: Step) -> Iterator[Told]:
    one, other = (
        [*list_at(each, "container", "command"), *list_at(each, "container", "args")]
        for each in (old, new)
    )
    if is_same(one, other):
        return
    if role(new) == "register":  # it is told of others, to keep it with the model
        one, other = _without_records(one), _without_records(other)
        yield "harmless", "", ("container", "args")
        if is_same(one, other):
            return
    told = list(_options(old, new, one[1:], other[1:]))
    for text, risk in told:
        yield risk, text, ("container", "args")
    if not told:
        gone, come = _words(one, other)
        text = "command " + " and ".join(
            part
            for part in (
                f"without {quoted(readable(gone))}" if gone else "",
                f"with {quoted(readable(come))}" if come else "",
            )
            if part
        )
        yield "changes", text or "command", ("container", "args")
        yield "changes", text or "command", ("container", "command")


def _words(old: Sequence[Any], new: Sequence[Any]) -> tuple[str, str]:
    """What of a command went and what came, between the words that both begin and end with."""
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    return (
        " ".join(map(str, old[first : len(old) - last])),
        " ".join(map(str, new[first : len(new) - last])),
    )


def _without_records(words: list[Any]) -> list[Any]:
    """Without `--param NAME=VALUE` and `--gates JSON`: their steps tell what changes there."""
    flags = {number for number, word in enumerate(words) if word in ("--param", "--gates")}
    return [w for n, w in enumerate(words) if n not in flags and n - 1 not in flags]


def _options(old: Step, new: Step, one: list[Any], other: list[Any]) -> Iterator[tuple[str, Risk]]:
    """What our own programs are told, where it can be said better than as words of a command."""
    if not role(old) or role(old) != role(new) or len(one) != len(other):
        return
    for flag, was, now in zip(["", *one], one, other, strict=False):
        if is_same(was, now):
            continue
        if flag == "--gates":
            yield from _gates(_json(was), _json(now))
        elif flag == "--schema":
            yield from _columns(_json(was), _json(now))
        elif flag == "--alias":
            yield f"new versions get the alias {quoted(now)} instead of {quoted(was)}", "changes"
        else:
            yield (
                f"{str(flag).lstrip('-') or 'an argument'} {quoted(was)} → {quoted(now)}",
                "changes",
            )


def _json(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(str(text))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _gates(had: dict[str, Any], has: dict[str, Any]) -> Iterator[tuple[str, Risk]]:
    for metric in had:
        if metric not in has:
            yield f"the gate no longer looks at {quoted(metric)}", "removes"
    for metric, bounds in has.items():
        if metric not in had:
            yield f"the gate also wants {quoted(metric)} {_bounds(bounds)}", "changes"
        elif had[metric] != bounds:
            looser = _is_looser(had[metric], bounds)
            how = ", which lets more models through" if looser else ""
            yield (
                f"the gate wants {quoted(metric)} {_bounds(bounds)} instead of "
                f"{_bounds(had[metric])}{how}",
                "changes",
            )


def _bounds(bounds: dict[str, Any]) -> str:
    told = [f"{name} {bounds[name]}" for name in ("min", "max") if name in bounds]
    if "no_worse_than" in bounds:
        told.append(f"no worse than {quoted(bounds['no_worse_than'])}")
    return ", ".join(told) or "anything"


def _is_looser(had: dict[str, Any], has: dict[str, Any]) -> bool:
    """Whether a bound went or was moved outwards."""
    if "no_worse_than" in had and "no_worse_than" not in has:
        return True
    low = "min" in had and ("min" not in has or has["min"] < had["min"])
    return low or ("max" in had and ("max" not in has or has["max"] > had["max"]))


def _columns(had: dict[str, Any], has: dict[str, Any]) -> Iterator[tuple[str, Risk]]:
    gone = [name for name in had if name not in has]
    come = [name for name in has if name not in had]
    if gone:
        yield f"the data check no longer looks at {listed(gone)}", "changes"
    if come:
        yield f"the data check also looks at {listed(come)}", "changes"
    for name in has:
        if name in had and had[name] != has[name]:
            text = f"the data check wants {quoted(name)} {_rules(has[name])} instead of "
            yield f"{text}{_rules(had[name])}", "changes"


def _rules(column: Any) -> str:
    if not isinstance(column, dict):
        return quoted(column)
    return quoted(", ".join(v if k == "type" else f"{k} {v}" for k, v in column.items()))
