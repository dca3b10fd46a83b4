"""Names that Kubernetes accepts, for every name that the language accepts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from mlspec.plan.model import Plan
from mlspec.plan.names import LABEL_LIMIT, join, shorten
from tests.specs import plan

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
NAMES = st.from_regex(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)
LONG_NAMES = st.from_regex(r"[a-z][-a-z0-9]{59,61}[a-z0-9]", fullmatch=True) | NAMES


def test_a_name_that_fits_stays() -> None:
    assert shorten("a" * 63) == "a" * 63
    assert join("check", "tidy") == "check-tidy"
    assert join("a", "", "b") == "a-b"


def test_a_name_that_is_cut_ends_in_a_hash_of_the_whole() -> None:
    name = "ingest-" + "a" * 63

    assert shorten(name) == "ingest-" + "a" * 47 + "-" + shorten(name)[-8:]
    assert len(shorten(name)) == LABEL_LIMIT
    assert shorten(name) != shorten(name[:-1] + "b")


def test_the_hash_is_the_same_on_every_machine() -> None:
    assert shorten("a" * 64) == "a" * 54 + "-ffe054fe"


def test_a_cut_never_leaves_two_dashes() -> None:
    assert (
        shorten("a" * 50 + "----" + "b" * 20)
        == "a" * 50 + "-" + shorten("a" * 50 + "----" + "b" * 20)[-8:]
    )


@given(NAMES, NAMES, st.integers(10, 63))
def test_shortened_names_are_labels_and_stay_apart(one: str, other: str, limit: int) -> None:
    assert LABEL.fullmatch(shorten(one, limit))
    assert len(shorten(one, limit)) <= limit
    assert (shorten(one, limit) == shorten(other, limit)) == (one == other)


def names_of(plan: Plan) -> Iterable[tuple[str, list[str]]]:
    """All names in the plan by what must tell them apart."""
    pipeline = plan.pipeline
    assert pipeline is not None
    yield "step", [step.name for step in pipeline.steps] + [pipeline.on_exit.name]
    # A registration has the parameters of its training, under the same names.
    own = [step for step in pipeline.steps if step.kind != "register"]
    yield "param", [p.pipeline_name for step in own for p in step.params]
    yield "account", [i.name for i in plan.identities if i.kind != "role"]
    yield "role", [i.name for i in plan.identities if i.uses]
    yield "service", [service.name for service in plan.services]
    for service in plan.services:
        yield "predictor", [predictor.name for predictor in service.predictors]
    yield "place", [plan.namespace, pipeline.name, pipeline.identity, pipeline.executor_identity]


@settings(max_examples=20)
@given(
    project=st.from_regex(r"[a-z][-a-z0-9]{0,57}[a-z0-9]", fullmatch=True),
    names=st.lists(LONG_NAMES, min_size=6, max_size=6, unique=True),
)
def test_every_name_in_a_plan_is_a_label_of_its_own(project: str, names: list[str]) -> None:
    source, transform, dataset, model, service, role = names
    found = plan(
        f"""
metadata: {{name: '{project}'}}
data: {{sources: {{tastings: null, '{source}': {{
  type: s3, uri: s3://cellar/x, format: csv, schema: {{at: date}}, freshness: 24h}}}}}}
transforms: {{clean: null, '{transform}': {{
  run: a, inputs: ['{source}'], params: {{a: 1}},
  outputs: {{'{dataset}': {{schema: {{a: int}}}}}}}}}}
training: {{grader: null, '{model}': {{
  run: a, inputs: ['{dataset}'], params: {{b: 1}}, evaluate: {{run: a, metrics: [f1]}}}}}}
registry: {{type: mlflow, models: {{'{model}': {{gates: {{f1: {{min: 0}}}}}}}}}}
serving: {{api: null, '{service}': {{
  model: '{model}', rollout: {{strategy: canary, candidate: '{role}', weight: 1}}}}}}
access: {{roles: {{'{role}': {{subjects: [], may: [view]}}}}}}
"""
    )

    for kind, all_names in names_of(found):
        assert len(all_names) >= 1
        if kind != "place":
            assert len(set(all_names)) == len(all_names), kind
        for name in all_names:
            assert kind == "param" or LABEL.fullmatch(name), (kind, name)
