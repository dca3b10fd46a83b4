"""What is wrong with guardrails themselves: what their shape alone cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.guardrails.scope import holds_in
from mlspec.language.guardrails import CelGuardrail, MaxResources, PiiLocation
from mlspec.language.suggestions import did_you_mean
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from mlspec.language.guardrails import AnyGuardrail
    from mlspec.language.platform import Platform

CODE = "MLS803"


def mistakes(platform: Platform, kinds: Collection[str] | None) -> Iterator[Problem]:
    """Guardrails that hold nowhere, or ask for nothing. `kinds` are those that the platform's
    targets make, as `Kind.group`; None: nobody knows."""
    for name, guardrail in platform.guardrails.items():
        unknown = list(_unknown_environments(name, guardrail, platform))
        yield from unknown or _holds_nowhere(name, guardrail, platform)
        yield from _without_effect(name, guardrail)
        if kinds is not None and isinstance(guardrail, CelGuardrail):
            yield from _unknown_kinds(name, guardrail, kinds)


def _unknown_environments(
    name: str, guardrail: AnyGuardrail, platform: Platform
) -> Iterator[Problem]:
    for index, environment in enumerate(guardrail.environments):
        if environment not in platform.environments:
            yield Problem(
                CODE, ("guardrails", name, "environments", index),
                f"the platform has no environment `{environment}`",
                help=did_you_mean(environment, platform.environments, "it has none"),
            )  # fmt: skip


def _unknown_kinds(name: str, guardrail: CelGuardrail, kinds: Collection[str]) -> Iterator[Problem]:
    """A rule about a kind that nobody makes would hold of nothing, and nobody would notice."""
    short = {kind.partition(".")[0] for kind in kinds}
    for index, kind in enumerate(guardrail.kinds):
        known = set(kinds) if "." in kind else short
        if kind not in known:
            yield Problem(
                CODE, ("guardrails", name, "kinds", index), f"no target makes a `{kind}`",
                help=did_you_mean(kind, sorted(known)),
            )  # fmt: skip


def _holds_nowhere(name: str, guardrail: AnyGuardrail, platform: Platform) -> Iterator[Problem]:
    if any(holds_in(guardrail, environment, platform) for environment in platform.environments):
        return
    key = "protected" if guardrail.protected else "environments"
    why = "no environment that it names is protected" if guardrail.environments else (
        "no environment is protected" if guardrail.protected else "no environment is rendered"
    )  # fmt: skip
    yield Problem(
        CODE, ("guardrails", name, key), f"`{name}` holds nowhere: {why}", on_key=True,
        help="name an environment where it should hold, or remove it",
    )  # fmt: skip


def _without_effect(name: str, guardrail: AnyGuardrail) -> Iterator[Problem]:
    path = ("guardrails", name)
    if isinstance(guardrail, MaxResources) and (
        guardrail.cpu is None and guardrail.memory is None and guardrail.gpu is None
    ):
        yield Problem(
            CODE, path, f"`{name}` limits nothing", help="add `cpu`, `memory` or `gpu`", on_key=True
        )
    elif isinstance(guardrail, PiiLocation) and not (
        guardrail.regions or guardrail.buckets or guardrail.hosts
    ):
        yield Problem(
            CODE, path, f"`{name}` names no place where personal data may be", on_key=True,
            help="add `regions`, `buckets` or `hosts`",
        )  # fmt: skip
    elif isinstance(guardrail, CelGuardrail) and guardrail.kinds and guardrail.each != "manifest":
        yield Problem(
            CODE, (*path, "kinds"), f"`kinds` has no effect on a rule `each: {guardrail.each}`",
            help="write `each: manifest`, or remove it", on_key=True,
        )  # fmt: skip
