"""Shares of the traffic sum to 100, between versions that differ."""

from __future__ import annotations

import pytest

from mlspec.checks.rollouts import check_rollouts
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems


def rollout(text: str) -> str:
    return f"serving: {{api: {{rollout: {text}}}}}"


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("", id="none"),
        pytest.param(rollout("{strategy: canary, candidate: challenger, weight: 10}"), id="canary"),
        pytest.param(rollout("{strategy: canary, candidate: challenger, weight: 0}"), id="at-zero"),
        pytest.param(rollout("{strategy: shadow, candidate: challenger}"), id="shadow"),
        pytest.param(rollout("{strategy: ab, variants: {a: 30, b: 70}}"), id="ab"),
        pytest.param(rollout("{strategy: ab, variants: {champion: 100}}"), id="ab-of-one"),
    ],
)
def test_rollouts_that_make_sense(patch: str) -> None:
    assert problems(check_rollouts, patch) == []


@pytest.mark.parametrize(
    ("variants", "total", "label"),
    [
        ("{a: 30, b: 60}", 90, "30 + 60 = 90"),
        ("{a: 100, b: 1}", 101, "100 + 1 = 101"),
        ("{}", 0, "nothing = 0"),
    ],
)
def test_shares_that_do_not_sum_to_100(variants: str, total: int, label: str) -> None:
    patch = rollout(f"{{strategy: ab, variants: {variants}}}")

    found = diagnosed(check_rollouts, patch)

    assert (found.code, found.label) == ("MLS208", label)
    assert found.message == f"the shares sum to {total}, not to 100"
    assert found_at(found, merged(PROJECT, patch)) == "variants"


@pytest.mark.parametrize("strategy", ["strategy: canary, weight: 5", "strategy: shadow"])
def test_a_rollout_between_a_version_and_itself(strategy: str) -> None:
    patch = rollout(f"{{{strategy}, candidate: champion}}")

    found = diagnosed(check_rollouts, patch)

    assert found.code == "MLS215"
    assert found.message == "the candidate is `champion`, which is the main version already"
    assert found_at(found, merged(PROJECT, patch)) == "champion"


def test_the_main_version_may_have_another_alias() -> None:
    patch = "serving: {api: {alias: best, rollout: {strategy: shadow, candidate: best}}}"

    assert problem(check_rollouts, patch).code == "MLS215"
