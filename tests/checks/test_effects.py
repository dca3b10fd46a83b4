"""A key that would do nothing where it stands is an error, not a silence."""

from __future__ import annotations

import pytest

from mlspec.checks.effects import check_effects
from tests.specs import problem, problems

GATES = "registry: {type: mlflow, models: {grader: {gates: {f1: %s}}}}"
SOURCE = "data: {sources: {tastings: {%s}}}"
ROLE = "arn:aws:iam::123456789012:role/x"
VARIANTS = "rollout: {strategy: ab, variants: {a: 50, b: 50}}"


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("", id="nothing-special"),
        pytest.param(GATES % "{no_worse_than: champion, better: lower}", id="direction"),
        pytest.param("serving: {api: {replicas: {max: 3, target: {cpu: 70}}}}", id="target"),
        pytest.param("serving: {api: {alias: b}}", id="alias"),
        pytest.param(f"serving: {{api: {{{VARIANTS}}}}}", id="variants"),
        pytest.param(SOURCE % f"credentials: {{workload_identity: '{ROLE}'}}", id="cloud"),
        pytest.param("monitoring: {api: {slo: {availability: 99%}}}", id="objective"),
    ],
)
def test_keys_that_do_something(patch: str) -> None:
    assert problems(check_effects, patch) == []


@pytest.mark.parametrize(
    ("patch", "key"),
    [
        pytest.param(GATES % "{min: 1, better: lower}", "better", id="direction"),
        pytest.param("serving: {api: {replicas: {min: 2, target: {cpu: 70}}}}", "target", id="t"),
        pytest.param(f"serving: {{api: {{alias: b, {VARIANTS}}}}}", "alias", id="alias"),
        pytest.param(
            SOURCE % "type: hdfs, uri: 'hdfs://n/x', credentials: {secret: s}", "secret", id="hdfs"
        ),
        pytest.param(
            SOURCE
            % f"type: http, uri: 'https://h/x', credentials: {{workload_identity: '{ROLE}'}}",
            "workload_identity",
            id="cloud-identity-of-a-web-server",
        ),
    ],
)
def test_keys_that_do_nothing(patch: str, key: str) -> None:
    found = problem(check_effects, patch)

    assert (found.code, found.path[-1], found.on_key) == ("MLS219", key, True)
    assert found.help


def test_objectives_without_an_objective() -> None:
    found = problem(check_effects, "monitoring: {api: {slo: {}}}")

    assert (found.code, found.path) == ("MLS102", ("monitoring", "api", "slo"))
