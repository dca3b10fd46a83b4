"""Where a guardrail holds, and for whom."""

from __future__ import annotations

import pytest

from tests.guardrails.judged import findings, told

RULE = "rule: min-replicas, min: 2"


@pytest.mark.parametrize(
    ("scope", "environment", "is_found"),
    [
        ("", "dev", True),
        ("", "prod", True),
        ("environments: [prod]", "dev", False),
        ("environments: [prod]", "prod", True),
        ("protected: true", "dev", False),
        ("protected: true", "prod", True),
        ("protected: true, environments: [dev]", "prod", False),
        ("exempt: {projects: {wine-quality: it is being retired}}", "dev", False),
        ("exempt: {projects: {other: it is being retired}}", "dev", True),
        ("exempt: {teams: {cellar: they run it themselves}}", "dev", False),
        ("exempt: {teams: {wine-quality: they run it themselves}}", "dev", True),
    ],
)
def test_where_a_guardrail_holds(scope: str, environment: str, is_found: bool) -> None:
    rule = f"{{{', '.join(filter(None, (RULE, scope)))}}}"

    assert bool(findings(rule, environment=environment)) is is_found


@pytest.mark.parametrize("environment", ["", "local"])
def test_nothing_holds_where_nothing_is_rendered(environment: str) -> None:
    patch = "environments: {local: {}}"

    assert findings(f"{{{RULE}}}", patch, environment=environment) == []


def test_the_value_of_an_overlay_is_judged_and_pointed_at() -> None:
    patch = """
serving: {api: {replicas: {min: 2, max: 5}}}
environments: {prod: {serving: {api: {replicas: {min: 1}}}}}
"""

    assert findings(f"{{{RULE}}}", patch, environment="dev") == []
    assert told(f"{{{RULE}}}", patch, environment="prod") == [
        ("1", "`api` may have 1 copy, and 2 are the least")
    ]
