"""The stage itself: a platform's guardrails, and what a project breaks of them.

What a rule needs is made only where a rule needs it: a process for expressions, views for those
about the spec, a plan and its manifests for those about them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.guardrails.finding import Break, Failure, Finding
from mlspec.guardrails.mistakes import mistakes
from mlspec.guardrails.rules import breaks
from mlspec.guardrails.scope import holds
from mlspec.language.guardrails import CelGuardrail

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mlspec.checks.context import Context
    from mlspec.guardrails.cel.engine import Engine
    from mlspec.guardrails.cel.views import Thing, Views
    from mlspec.language.guardrails import AnyGuardrail
    from mlspec.language.platform import Platform
    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan
    from mlspec.source.problem import Problem
    from mlspec.source.tree import Tree

OF_THE_PLAN = ("plan", "manifest")


class WrongGuardrails(NamedTuple):
    """What is wrong with a platform's guardrails, and the names of those that cannot be used.
    `is_unavailable`: no expression can be, since the library is missing."""

    problems: list[Problem]
    failures: list[Finding]
    unusable: frozenset[str]
    is_unavailable: bool = False


def expressions_of(platform: Platform) -> dict[str, CelGuardrail]:
    return {
        name: guardrail
        for name, guardrail in platform.guardrails.items()
        if isinstance(guardrail, CelGuardrail)
    }


def look_at(
    platform: Platform, engine: Engine, kinds: Collection[str] | None = None
) -> WrongGuardrails:
    """What is wrong with the guardrails themselves, whatever project they are asked about. `kinds`
    are those that the platform's targets make; None: nobody knows."""
    problems, rules = list(mistakes(platform, kinds)), expressions_of(platform)
    if not rules:
        return WrongGuardrails(problems, [], frozenset())
    from mlspec.guardrails.cel.engine import unavailable
    from mlspec.guardrails.cel.judging import mistakes as mistakes_of

    if (why := unavailable()) is not None:
        name, rule = next(iter(rules.items()))
        missing = Failure(why.message, why.help)
        return WrongGuardrails(problems, [Finding(name, rule, missing)], frozenset(rules), True)
    failures = [
        Finding(name, rule, failure)
        for name, rule in rules.items()
        for failure in mistakes_of(rule, engine)
    ]
    return WrongGuardrails(problems, failures, frozenset(each.name for each in failures))


class Guarded(NamedTuple):
    """A project in one environment, and the guardrails that it must keep there."""

    context: Context
    tree: Tree
    guardrails: Mapping[str, AnyGuardrail]

    @property
    def needs_a_plan(self) -> bool:
        return any(_on(guardrail) in OF_THE_PLAN for guardrail in self.guardrails.values())

    @property
    def needs_manifests(self) -> bool:
        return any(_on(guardrail) == "manifest" for guardrail in self.guardrails.values())


def _on(guardrail: AnyGuardrail) -> str:
    return guardrail.each if isinstance(guardrail, CelGuardrail) else ""


def guarded(context: Context, tree: Tree, unusable: Collection[str]) -> Guarded:
    """The guardrails that a project must keep in an environment, without those that are wrong."""
    kept = {
        name: guardrail
        for name, guardrail in context.platform.guardrails.items()
        if name not in unusable and holds(guardrail, context)
    }
    return Guarded(context, tree, kept)


def of_the_spec(given: Guarded, engine: Engine) -> Iterator[Finding]:
    """What breaks the rules that need nothing but the spec."""
    views: Views | None = None
    for name, guardrail in given.guardrails.items():
        if not isinstance(guardrail, CelGuardrail):
            for found in breaks(guardrail, given.context):
                yield Finding(name, guardrail, found)
        elif guardrail.each not in OF_THE_PLAN:
            views = views or _views(given, engine)
            yield from _judged(name, guardrail, list(views.things(guardrail.each)), given, engine)


def of_the_plan(
    given: Guarded, plan: Plan, manifests: Sequence[Manifest], engine: Engine
) -> Iterator[Finding]:
    """What breaks the rules about a plan, and about its manifests."""
    from mlspec.guardrails.cel.views import Thing, plain
    from mlspec.guardrails.sections import is_of_kind, section_of

    rules = {name: rule for name, rule in given.guardrails.items() if _on(rule) in OF_THE_PLAN}
    if not rules:
        return
    _views(given, engine)
    whole = [Thing("the plan", ("metadata", "name"), plain(plan))]
    for name, rule in rules.items():
        assert isinstance(rule, CelGuardrail)
        things = whole if rule.each == "plan" else [
            Thing(f"the {each.kind} `{each.name}`", section_of(each, plan), each.body)
            for each in manifests
            if is_of_kind(each, rule.kinds)
        ]  # fmt: skip
        yield from _judged(name, rule, things, given, engine)


def _views(given: Guarded, engine: Engine) -> Views:
    from mlspec.guardrails.cel.views import Views

    views = Views(given.context)
    engine.use({"project": views.project, "environment": views.environment})
    return views


def _judged(
    name: str, rule: CelGuardrail, things: Sequence[Thing], given: Guarded, engine: Engine
) -> Iterator[Finding]:
    from mlspec.guardrails.cel.judging import judge, narrowed

    overlay: Any = given.tree.root.get("environments", {}).get(given.context.environment)
    for thing, found in judge(rule, things, engine):
        place = narrowed(rule, thing, given.tree.root, overlay)
        if isinstance(found, Break) and place is not None:
            found = found._replace(path=place, on_key=False)
        yield Finding(name, rule, found)
