"""What stands behind a service: predictors, shares and copies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.checks.replicas import Behind, behind
from mlspec.language.serving import AbTest, Canary, Replicas, Service, Shadow


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        pytest.param(
            Service(model="m", replicas=2), (Behind("champion", "main", 100, 2, 2),), id="alone"
        ),
        pytest.param(
            Service(model="m", replicas=Replicas(min=3, max=6)),
            (Behind("champion", "main", 100, 3, 6),),
            id="autoscaled",
        ),
        pytest.param(
            Service(model="m", replicas=Replicas(min=3)),
            (Behind("champion", "main", 100, 3, 3),),
            id="no-maximum",
        ),
        pytest.param(
            Service(
                model="m",
                replicas=Replicas(min=3, max=20),
                rollout=Canary(strategy="canary", candidate="new", weight=10),
            ),
            (Behind("champion", "main", 90, 3, 20), Behind("new", "candidate", 10, 1, 2)),
            id="canary",
        ),
        pytest.param(
            Service(
                model="m",
                alias="best",
                replicas=2,
                rollout=Shadow(strategy="shadow", candidate="new"),
            ),
            (Behind("best", "main", 100, 2, 2), Behind("new", "shadow", 100, 2, 2)),
            id="shadow",
        ),
        pytest.param(
            Service(
                model="m", replicas=4, rollout=AbTest(strategy="ab", variants={"a": 30, "b": 70})
            ),
            (Behind("a", "variant", 30, 2, 2), Behind("b", "variant", 70, 3, 3)),
            id="ab",
        ),
    ],
)
def test_a_service_has_versions_behind_it(service: Service, expected: tuple[Behind, ...]) -> None:
    assert behind(service) == expected


@given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 100))
def test_every_version_has_enough_copies_for_its_share(low: int, more: int, weight: int) -> None:
    service = Service(
        model="m",
        replicas=Replicas(min=low, max=low + more),
        rollout=Canary(strategy="canary", candidate="new", weight=weight),
    )

    main, candidate = behind(service)

    assert main.share + candidate.share == 100
    assert (main.min, main.max) == (low, low + more)
    assert 1 <= candidate.min <= candidate.max <= main.max
    assert candidate.max * 100 >= main.max * weight
