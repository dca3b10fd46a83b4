"""The key of a cached step against its definition, which is told here without any sharing of work
between steps."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from mlspec.renderers.argo_workflows.memo import memos

from mlspec.plan.model import Input, Output, Plan, Step
from tests.plans import wine_plan

IMAGE = f"ghcr.io/acme/wine@sha256:{'a' * 64}"
RESOURCES = wine_plan().services[0].resources


def ingest(name: str, *, digest: bool) -> Step:
    outputs = (Output(name=name, kind="dataset"), Output(name="digest", kind="value"))
    return Step(
        name=name,
        kind="ingest",
        image=IMAGE,
        argv=(("python",),),
        env={},
        resources=RESOURCES,
        outputs=outputs if digest else outputs[:1],
    )


def transform(name: str, before: list[str], *, cacheable: bool) -> Step:
    return Step(
        name=name,
        kind="transform",
        image=IMAGE,
        argv=(("python",), (name,)),
        env={"NAME": name},
        resources=RESOURCES,
        inputs=tuple(Input(name=one, step=one, output=one) for one in before),
        outputs=(Output(name=name, kind="dataset"),),
        cacheable=cacheable,
    )


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Step, ...]:
    """Steps in topological order, with names in any other."""
    names = draw(st.permutations([f"step-{number}" for number in range(10)]))
    sources = draw(st.integers(1, 4))
    likely = st.sampled_from([True] * 9 + [False])
    steps = [ingest(name, digest=draw(likely)) for name in names[:sources]]
    for number in range(sources, draw(st.integers(sources, len(names)))):
        before = draw(st.lists(st.sampled_from(names[:number]), max_size=3))
        steps.append(transform(names[number], before, cacheable=draw(likely)))
    return tuple(steps)


def lineage(step: Step, steps: dict[str, Step]) -> list[Step]:
    found = {step.name: step}
    for item in step.inputs:
        found |= {one.name: one for one in lineage(steps[item.step], steps)}
    return sorted(found.values(), key=lambda one: (depth(one, steps), one.name))


def depth(step: Step, steps: dict[str, Step]) -> int:
    return 1 + max((depth(steps[item.step], steps) for item in step.inputs), default=0)


def expected(plan: Plan, step: Step, steps: dict[str, Step]) -> str | None:
    """The key by definition; None: the step is not cached."""
    way = lineage(step, steps)
    ingests = [one for one in way if one.kind == "ingest"]
    if step in ingests or not all(one.cacheable for one in way if one not in ingests):
        return None
    if not 0 < len(ingests) <= 3 or not all(len(one.outputs) == 2 for one in ingests):
        return None
    known: list[Any] = [repr(plan.platform.artifacts.location), sorted(env_of(plan).items())]
    known.append([program(one) for one in way])
    digests = [f"{{{{inputs.parameters.digest-{one.name}}}}}" for one in ingests]
    return "-".join([sha256(json.dumps(known).encode()).hexdigest()[:32], *digests])


def env_of(plan: Plan) -> dict[str, str]:
    assert plan.pipeline
    return dict(plan.pipeline.env)


def program(step: Step) -> list[Any]:
    return [
        step.name,
        step.image,
        [list(word) for word in step.argv],
        [list(item) for item in step.env.items()],
        [],
        [[one.name, one.step, one.output] for one in step.inputs],
        [[one.name, one.kind, one.format] for one in step.outputs],
        "",
    ]


@given(graphs())
def test_every_key_is_what_its_definition_says(graph: tuple[Step, ...]) -> None:
    plan = wine_plan()
    assert plan.pipeline
    steps = {step.name: step for step in graph}

    found = memos(plan, plan.pipeline.replace(steps=graph))

    keys = {name: expected(plan, step, steps) for name, step in steps.items()}
    assert {name: memo.key for name, memo in found.items()} == {
        name: key for name, key in keys.items() if key
    }
