"""A step is started here with the command and the variables that it has in the cluster: both come
from the plan, and only the paths differ."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mlspec.cli.local_plan import local_plan
from mlspec.local.lineage import VARIABLE as LINEAGE
from mlspec.local.places import Places, command, variables
from mlspec.plan.model import Output, Param, Pipeline, Placeholder, Plan, Resources, Step
from renderers.argo_workflows import render
from renderers.argo_workflows.text import TemplateSyntaxError
from tests import specs
from tests.plans import wine_plan

RICH = """
data:
  sources:
    tastings:
      schema: {grade: {type: int, enum: [0, 1]}, sold: date}
      freshness: 24h
    orders:
      type: postgres
      host: db.test
      database: shop
      query: "select '$HOME' as a, 100 % 7 as b"
      credentials: {secret: db}
      schema: {price: float}
    notes: {type: http, uri: 'https://notes.test/a.csv', format: csv, run: python get.py}
transforms:
  clean:
    inputs: [tastings, orders, notes]
    env: {GRAPE: syrah}
    run: >-
      sh clean.sh '$HOME 100% {x}' ${{ outputs.tidy }} ${{ inputs.tastings }}${{ params.rows }}
    params: {rows: 10}
training:
  grader: {params: {trees: 200}}
registry:
  type: mlflow
  models:
    grader: {alias: champion, gates: {f1: {min: 0.8, no_worse_than: champion}}}
"""

PLANS = {
    "example": lambda: local_plan(str(specs.EXAMPLE)),
    "example-dev": lambda: local_plan(str(specs.EXAMPLE), "dev"),
    "by-hand": wine_plan,
    "smallest": lambda: specs.plan(),
    "rich": lambda: specs.plan(RICH),
}


def templates(plan: Plan) -> dict[str, dict[str, Any]]:
    """Containers of the WorkflowTemplate, by the step's name."""
    [found] = (m.body for m in render(plan) if m.body["kind"] == "WorkflowTemplate")
    named = {each["name"]: each for each in found["spec"]["templates"] if "container" in each}
    return {name: each["container"] for name, each in named.items()}


def places(step: Step) -> Places:
    """Paths as the container has them."""
    inputs = {item.name: Path("/mlspec/inputs") / item.name for item in step.inputs}
    if step.fetch:
        inputs[step.fetch.name] = Path("/mlspec/inputs") / step.fetch.name
    return Places(Path("/mlspec"), Path("/tmp"), inputs)


def as_the_program_gets_it(text: str, step: Step) -> str:
    """What Argo and the kubelet make of a word: `$$` is `$`, parameters are filled. A parameter's
    value passes the kubelet as well; that it is doubled where it must be, other tests hold."""
    text = re.sub(r"\$\$", "$", text)
    for param in step.params:
        text = text.replace(f"{{{{inputs.parameters.{param.name}}}}}", param.value)
    return text.replace("{{workflow.name}}", "RUN")


@pytest.mark.parametrize("name", PLANS)
def test_commands_and_variables_are_those_of_the_workflow_template(name: str) -> None:
    assert_the_same_here_and_there(PLANS[name]())


texts = st.text(st.sampled_from("ab $(){}'\"\\%ü-"), min_size=1, max_size=8)
names = st.from_regex(r"[a-z]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)


@settings(max_examples=60)
@given(words=st.lists(texts, max_size=4), env=texts, value=texts, output=names, param=names)
def test_so_they_are_for_any_text_that_the_target_takes(
    words: list[str], env: str, value: str, output: str, param: str
) -> None:
    slots = (Placeholder(kind="output", name=output), Placeholder(kind="param", name=param))
    odd = Step(
        name="odd",
        kind="transform",
        image="",
        argv=(("sh",), *((word,) for word in words), slots[:1], (*words[:1], slots[1])),
        outputs=(Output(name=output, kind="dataset"),),
        params=(Param(name=param, value=value, pipeline_name=f"odd-{param}"),),
        env={"GRAPE": env},
        resources=Resources(cpu="1", memory="1Gi"),
    )
    plan = wine_plan()
    assert plan.pipeline is not None
    try:
        assert_the_same_here_and_there(
            plan.replace(pipeline=plan.pipeline.replace(steps=(*plan.pipeline.steps, odd)))
        )
    except TemplateSyntaxError:
        assume(False)


def assert_the_same_here_and_there(plan: Plan) -> None:
    containers = templates(plan)
    pipeline = plan.pipeline
    assert isinstance(pipeline, Pipeline)
    assert len(pipeline.steps) > 2

    for step in pipeline.steps:
        container = containers[step.name]
        words = [*container["command"], *container.get("args", [])]
        assert command(step, places(step)) == [as_the_program_gets_it(w, step) for w in words]
        there = {
            each["name"]: as_the_program_gets_it(each.get("value", "secret"), step)
            for each in container["env"]
        }
        here = variables(step, pipeline, places(step), "RUN", {})
        here |= {secret.name: "secret" for secret in step.secrets}
        assert here | {"HOME": "/tmp"} == there
    assert LINEAGE not in {each["name"] for c in containers.values() for each in c["env"]}
