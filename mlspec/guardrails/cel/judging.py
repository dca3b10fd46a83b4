"""A rule in CEL: whether it can be right at all, and what it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.guardrails.cel.chains import (
    OF_ENVIRONMENT,
    chains_in,
    place_of_key,
    unknown_keys,
    unknown_names,
)
from mlspec.guardrails.cel.engine import ExpressionError, Program
from mlspec.guardrails.cel.wording import failure, mistakes_in
from mlspec.guardrails.finding import Break, Failure
from mlspec.language.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlspec.guardrails.cel.engine import Engine
    from mlspec.guardrails.cel.views import Thing
    from mlspec.language.guardrails import CelGuardrail
    from mlspec.source.tree import Path

_RIGHT_TYPES = ("bool", "dyn")


def program_of(rule: CelGuardrail) -> Program:
    return Program(tuple(rule.variables.items()), rule.expression)


def texts_of(rule: CelGuardrail) -> dict[str, str]:
    """Key of each text of a rule → the text: `variables.NAME`, `expression`."""
    named = {f"variables.{name}": text for name, text in rule.variables.items()}
    return {**named, "expression": rule.expression}


def mistakes(rule: CelGuardrail, engine: Engine) -> Iterator[Failure]:
    """What is wrong with a rule, whatever it is asked about."""
    try:
        answer = engine.compile(program_of(rule))
    except ExpressionError as error:
        yield Failure(str(error), "make it simpler")
        return
    for key, text in texts_of(rule).items():
        if key in answer["errors"]:
            for mistake in mistakes_in(text, answer["errors"][key]):
                yield _failure(key, text, mistake.message, mistake.help, mistake.offset,
                               mistake.width)  # fmt: skip
            continue
        for unknown in unknown_keys(text, rule.each):
            whose = f"a {rule.each}" if rule.each != "project" else "the project"
            help = did_you_mean(unknown.key, unknown.known, "docs/language.md has the keys")
            message = f"{whose} has no key `{unknown.key}`"
            yield _failure(key, text, message, help, unknown.start, len(unknown.key))
        for unknown in unknown_names(text, "environment", OF_ENVIRONMENT):
            help = did_you_mean(unknown.key, OF_ENVIRONMENT)
            message = f"an environment has no key `{unknown.key}`"
            yield _failure(key, text, message, help, unknown.start, len(unknown.key))
        yield from _unknown_variables(rule, key, text)
    if not answer["errors"] and answer["type"] not in _RIGHT_TYPES:
        message = f"the expression gives a value of type `{answer['type']}`, not true or false"
        yield Failure(message, "compare it with something")


def _unknown_variables(rule: CelGuardrail, key: str, text: str) -> Iterator[Failure]:
    """A variable knows those above it."""
    names = tuple(rule.variables)
    known = names if key == "expression" else names[: names.index(key.removeprefix("variables."))]
    for unknown in unknown_names(text, "variables", known):
        help = did_you_mean(unknown.key, known, "name it under `variables`")
        if unknown.key in names:
            help = f"write `{unknown.key}` above it"
        message = f"there is no variable `{unknown.key}`"
        yield _failure(key, text, message, help, unknown.start, len(unknown.key))


def _failure(
    key: str, text: str, message: str, help: str, offset: int = -1, width: int = 1
) -> Failure:
    part = tuple(key.split("."))
    if offset < 0:
        return Failure(message, help, part)
    before = text[:offset]
    line = before.count("\n") + 1
    return Failure(message, help, part, line, offset - (before.rfind("\n") + 1) + 1, width)


def judge(
    rule: CelGuardrail, things: Iterable[Thing], engine: Engine
) -> Iterator[tuple[Thing, Break | Failure]]:
    """What a rule says of things; after the first that it cannot judge, nothing more."""
    program = program_of(rule)
    for thing in things:
        try:
            answer = engine.judge(program, thing.value)
        except ExpressionError as error:
            yield thing, Failure(f"cannot judge {thing.words}: {error}", "make it simpler")
            return
        if answer.get("holds") is True:
            continue
        if "holds" in answer:
            yield thing, Break(thing.path, f"{thing.words}: {rule.message}", on_key=True)
            continue
        yield thing, _unjudged(rule, thing, answer)
        return


def _unjudged(rule: CelGuardrail, thing: Thing, answer: dict[str, Any]) -> Failure:
    if "type" in answer:
        what = f"it gives a value of type `{answer['type']}`, not true or false"
        return Failure(f"cannot judge {thing.words}: {what}", "compare it with something")
    key = answer["in"]
    text = texts_of(rule)[key]
    what, help, missed = failure(answer["error"])
    message = f"cannot judge {thing.words}: {what}"
    at = place_of_key(text, missed) if missed else -1
    return _failure(key, text, message, help, at, len(missed) or 1)


def narrowed(rule: CelGuardrail, thing: Thing, tree: Any, overlay: Any) -> Path | None:
    """The one place that an expression looks at, of those that are written; if there are several,
    that which the overlay brings. None: there is no such place."""
    if thing.root is None:
        return None
    places: dict[Path, None] = {}
    for text in texts_of(rule).values():
        for chain in chains_in(text):
            if chain.root == "object":
                path = _written(tree, (*thing.root, *chain.keys))
                if len(path) > len(thing.root):
                    places[path] = None
    brought = [path for path in places if _written(overlay, path) == path]
    found = [path for path in brought or places if not _is_above(path, places)]
    return found[0] if len(found) == 1 else None


def _is_above(path: Path, others: Iterable[Path]) -> bool:
    return any(other != path and other[: len(path)] == path for other in others)


def _written(tree: Any, path: Path) -> Path:
    """As much of a path as there is."""
    for index, key in enumerate(path):
        if not isinstance(tree, dict) or key not in tree:
            return path[:index]
        tree = tree[key]
    return path
