"""Where a guardrail holds: in which environments, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.language.project import LOCAL

if TYPE_CHECKING:
    from mlspec.checks.context import Context
    from mlspec.language.guardrails import Guardrail
    from mlspec.language.platform import Platform


def holds(guardrail: Guardrail, context: Context) -> bool:
    """Whether the project must keep it in this environment."""
    metadata, exempt = context.project.metadata, guardrail.exempt
    return (
        holds_in(guardrail, context.environment, context.platform)
        and metadata.name not in exempt.projects
        and metadata.team not in exempt.teams
    )


def holds_in(guardrail: Guardrail, environment: str, platform: Platform) -> bool:
    """Whether it holds in an environment. Never on this machine, nor where the platform has none of
    that name, which is a mistake of its own."""
    found = platform.environments.get(environment)
    return (
        found is not None
        and environment != LOCAL
        and (not guardrail.environments or environment in guardrail.environments)
        and (not guardrail.protected or found.protected)
    )
