"""Names that the operator joins: never cut by it, never one name for two things."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.plans import wine_plan, wine_service
from tests.upstream import upstream_errors

from . import operator_names as operator
from .cases import CHAMPION, bodies, deployment_of, service_plan

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Predictor

# A busy machine is no failure.

LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")

short_names = st.from_regex(r"[a-z]([-a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)
ends = st.from_regex(r"[a-z0-9]{1,4}", fullmatch=True)
long_names = st.builds(lambda n, end: f"{'a-long-name' * 6}"[:n] + end, st.integers(40, 59), ends)
names = st.one_of(short_names, long_names)


def predictors(*found: str) -> tuple[Predictor, ...]:
    return tuple(CHAMPION.replace(name=name) for name in found)


def some_names(limit: int) -> st.SearchStrategy[list[str]]:
    return st.lists(names, min_size=1, max_size=limit, unique=True)


def made_by_the_operator(body: dict[str, Any]) -> list[str]:
    return [
        *operator.deployments(body),
        *operator.services(body),
        *operator.pod_parts(body),
        *(c["name"] for p in body["spec"]["predictors"] for c in _containers(p)),
        *(p["name"] for p in body["spec"]["predictors"]),
        body["metadata"]["name"],
    ]


def _containers(predictor: dict[str, Any]) -> list[dict[str, Any]]:
    return [c for component in predictor["componentSpecs"] for c in component["spec"]["containers"]]


@given(name=names, model=names, found=some_names(4))
def test_every_name_is_legal_as_it_is(name: str, model: str, found: list[str]) -> None:
    plan = service_plan(name=name, model=model, predictors=predictors(*found))
    body = deployment_of(plan)
    for made in made_by_the_operator(body):
        assert LABEL.fullmatch(made), made
    for other in bodies(plan):
        assert LABEL.fullmatch(other["metadata"]["name"])
        assert upstream_errors(other) == []


@given(model=names, found=some_names(3), services=some_names(3))
def test_two_things_never_have_one_name(model: str, found: list[str], services: list[str]) -> None:
    """As long as no name goes on where another ends (`wine` and `wine-api`): what the operator
    joins by dashes can be read in two ways then, whatever is done here."""
    assume(
        not any(a.startswith(f"{b}-") for group in (found, services) for a in group for b in group)
    )
    plan = wine_plan(
        services=tuple(
            wine_service(name=name, model=model, predictors=predictors(*found)) for name in services
        )
    )
    made = [body for body in bodies(plan) if body["kind"] == "SeldonDeployment"]
    for kind in (operator.deployments, operator.services):
        joined = [name for body in made for name in kind(body)]
        assert len(set(joined)) == len(joined) == len(services) * len(found) * _each(kind)
    objects = [(body["kind"], body["metadata"]["name"]) for body in bodies(plan)]
    assert len(set(objects)) == len(objects)


def _each(kind: Any) -> int:
    return 2 if kind is operator.services else 1


@given(name=names, model=names, found=some_names(4))
def test_the_address_does_not_depend_on_the_predictors(
    name: str, model: str, found: list[str]
) -> None:
    def nodes(*which: str) -> set[str]:
        plan = service_plan(name=name, model=model, predictors=predictors(*which))
        return {p["graph"]["name"] for p in deployment_of(plan)["spec"]["predictors"]}

    assert nodes(*found) == nodes("champion")
    assert len(nodes(*found)) == 1


def test_names_that_fit_stay_what_they_are() -> None:
    """Other targets name the service, and its predictors, by the plan's names."""
    service, predictor, model = "s" * 32, "p" * 16, "m" * 11
    plan = service_plan(name=service, model=model, predictors=predictors(predictor))
    body = deployment_of(plan)
    assert body["metadata"]["name"] == service
    assert list(operator.deployments(body)) == [f"{service}-{predictor}-0-{model}"]
    assert len(f"{service}-{predictor}-0-{model}") == 63


def test_a_short_service_leaves_its_model_more_room() -> None:
    model = "m" * 35
    plan = service_plan(name="wine-api", model=model)
    assert {p["graph"]["name"] for p in deployment_of(plan)["spec"]["predictors"]} == {model}
