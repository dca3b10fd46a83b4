"""What holds for each manifest of each case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlspec.renderers.seldon import KINDS, applies, render

from mlspec.manifests.labels import common_labels
from tests.plans import wine_plan
from tests.upstream import upstream_errors

from .cases import CASES, bodies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from mlspec.plan.model import Plan

every_case = pytest.mark.parametrize("plan", CASES.values(), ids=CASES.keys())


@every_case
def test_upstream_accepts(plan: Plan) -> None:
    for body in bodies(plan):
        assert upstream_errors(body) == []


@every_case
def test_kinds_are_announced(plan: Plan) -> None:
    kinds = {f"{manifest.kind}.{manifest.group}" for manifest in render(plan)}
    assert kinds <= set(KINDS)


@every_case
def test_namespace_and_labels(plan: Plan) -> None:
    names = {service.name for service in plan.services}
    for body in bodies(plan):
        metadata = body["metadata"]
        assert metadata["namespace"] == plan.namespace
        owner = metadata["labels"]["app.kubernetes.io/name"]
        assert owner in names
        assert metadata["labels"] == common_labels(plan, name=owner, component="model-server")


@every_case
def test_no_null_nothing_empty_no_float(plan: Plan) -> None:
    for body in bodies(plan):
        for value in _values(body):
            assert value not in (None, "", {}, [])
            assert isinstance(value, (str, int, dict, list))


@every_case
def test_names_of_objects_are_unique(plan: Plan) -> None:
    filenames = [manifest.filename for manifest in render(plan)]
    assert len(set(filenames)) == len(filenames)


@every_case
def test_nothing_is_shared_between_manifests(plan: Plan) -> None:
    """A change to one object, by whoever handles it later, must not reach another."""
    seen: set[int] = set()
    for body in bodies(plan):
        for value in _values(body):
            if isinstance(value, (dict, list)):
                assert id(value) not in seen
                seen.add(id(value))


def test_applies_to_services_only() -> None:
    assert applies(wine_plan())
    assert not applies(wine_plan(services=()))
    assert list(render(wine_plan(services=()))) == []


def _values(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, dict):
        for child in value.values():
            yield from _values(child)
    elif isinstance(value, list):
        for child in value:
            yield from _values(child)
