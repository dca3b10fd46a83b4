"""What a guardrail found → a diagnostic: at the line of project.yaml that breaks it, with the rule
and its owner; or in platform.yaml, where the rule itself is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.diagnostics import Diagnostic, Related
from mlspec.guardrails.finding import Break, Failure
from mlspec.source.problem import Problem, diagnose
from mlspec.source.tree import span_at

if TYPE_CHECKING:
    from mlspec.diagnostics import Span
    from mlspec.guardrails.finding import Finding
    from mlspec.language.platform import Platform
    from mlspec.source.tree import Tree

BROKEN = {"error": "MLS801", "warning": "MLS802"}
BAD = "MLS803"
UNJUDGED = "MLS804"


def broken(finding: Finding, tree: Tree, platform: Platform, platform_tree: Tree) -> Diagnostic:
    """A broken rule. `tree` is the project's in the environment."""
    found, rule = finding.found, finding.guardrail
    assert isinstance(found, Break)
    owner = rule.owner or platform.metadata.name
    message = f"{found.message} (guardrail `{finding.name}` of {owner})"
    help = rule.help or found.help or f"ask {owner} what is allowed"
    problem = Problem(
        BROKEN[rule.severity], found.path, message, help=help, on_key=found.on_key,
        related=found.related,
    )  # fmt: skip
    diagnostic = diagnose(tree, problem)
    place = span_at(platform_tree, ("guardrails", finding.name), key=True)
    related = Related(message=f"the guardrail `{finding.name}` is here", span=place)
    return diagnostic.replace(related=(*diagnostic.related, related))


def wrong(code: str, finding: Finding, platform_tree: Tree) -> Diagnostic:
    """A rule that cannot be used, or that could not be judged."""
    found = finding.found
    assert isinstance(found, Failure)
    return Diagnostic(
        code=code,
        message=f"the guardrail `{finding.name}`: {found.message}",
        span=_place(finding, found, platform_tree),
        help=found.help,
    )


def _place(finding: Finding, found: Failure, tree: Tree) -> Span:
    from mlspec.guardrails.cel.judging import texts_of
    from mlspec.guardrails.cel.positions import place_in
    from mlspec.language.guardrails import CelGuardrail

    path = ("guardrails", finding.name, *found.part)
    if not found.line or not isinstance(finding.guardrail, CelGuardrail):
        return span_at(tree, path, key=True)
    text = texts_of(finding.guardrail)[".".join(found.part)]
    lines = text.split("\n")[: found.line - 1]
    offset = sum(len(line) + 1 for line in lines) + found.column - 1
    return place_in(tree, path, text, offset, found.width)
