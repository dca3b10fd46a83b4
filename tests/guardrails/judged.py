"""A guardrail, as YAML, and a patch of the project → what it finds."""

from __future__ import annotations

from mlspec.guardrails.cel.engine import Engine
from mlspec.guardrails.evaluate import Guarded, guarded, of_the_plan, of_the_spec
from mlspec.guardrails.finding import Break, Finding
from mlspec.guardrails.telling import broken
from mlspec.manifests.manifest import Manifest
from mlspec.plan.build import build_plan
from mlspec.plan.inputs import Inputs
from mlspec.source.parser import parse
from tests import specs

NAME = "the-rule"


def given(rule: str, patch: str = "", *, environment: str = "dev", on: str = "") -> Guarded:
    """The project with the patch on a platform that has this one guardrail."""
    platform = specs.merged(on or "{}", f"guardrails: {{{NAME}: {rule}}}")
    context = specs.context(patch, environment=environment, on=platform)
    return guarded(context, specs.in_environment(specs.tree(patch), environment), ())


def findings(
    rule: str, patch: str = "", engine: Engine | None = None, **where: str
) -> list[Finding]:
    return list(of_the_spec(given(rule, patch, **where), engine or Engine()))


def told(
    rule: str, patch: str = "", engine: Engine | None = None, **where: str
) -> list[tuple[str, str]]:
    """What is found: the text that it points at, and the message."""
    judged = given(rule, patch, **where)
    platform = judged.context.platform
    found = []
    for each in of_the_spec(judged, engine or Engine()):
        assert isinstance(each.found, Break)
        tree = parse(f"guardrails: {{{NAME}: {rule}}}", "platform.yaml")
        diagnostic = broken(each, judged.tree, platform, tree)
        found.append((specs.found_at(diagnostic, judged.tree.text), each.found.message))
    return found


def on_manifests(
    rule: str, manifests: list[Manifest], engine: Engine, patch: str = ""
) -> list[Finding]:
    judged = given(rule, patch)
    plan = build_plan(Inputs(*judged.context))
    return list(of_the_plan(judged, plan, manifests, engine))
