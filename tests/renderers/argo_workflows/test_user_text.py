"""What users write reaches their programs unchanged, or is refused; it is never a template."""

from __future__ import annotations

import posixpath
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mlspec.renderers.argo_workflows.text import TemplateSyntaxError

from mlspec.plan.model import Fetch, Gauge, HttpLocation, Param, Placeholder
from tests.plans import wine_plan
from tests.renderers.hostile import (
    Field,
    Leaves,
    Reader,
    arrives_or_is_refused,
    fields_of,
    rendered,
    texts_for,
)

from .cases import environment, fetch_plan, step_plan, template, workflow_spec
from .semantics import expand, substitute

TREES = Placeholder(kind="param", name="trees")
# No control characters: Kubernetes takes NUL in no text, and none of the rest is special here.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.text(
    "$()${}{'\"\\ aHOME", max_size=12
)
words = st.lists(texts | st.just(TREES), min_size=1, max_size=4).map(tuple)


def arrive(text: str, trees: str) -> str:
    given_ = {"inputs.parameters.trees": trees, "workflow.name": "wine-quality-x7k2p"}
    return expand(substitute(text, given_), {"HOME": "/tmp", "a": "wrong", "": "wrong"})


@given(word=words, value=texts)
def test_arguments_and_parameters_arrive_as_written(word: tuple[Any, ...], value: str) -> None:
    param = Param(name="trees", value=value, pipeline_name="trees")
    meant = "".join(value if part == TREES else part for part in word)
    plan = step_plan("wine-grader", argv=(("run",), word), params=(param,))
    try:
        spec = workflow_spec(plan)
    except TemplateSyntaxError:
        written = "".join("\0" if part == TREES else part for part in word)
        assert "{{" in meant or "{{" in value or "{\0" in written
        return
    sent = {p["name"]: p["value"] for p in spec["arguments"]["parameters"]}["trees"]
    (argument,) = template(plan, "wine-grader")["container"]["args"]
    assert arrive(argument, sent) == meant
    assert arrive(environment(plan, "wine-grader")["MLSPEC_PARAM_TREES"], sent) == value


@pytest.mark.parametrize(
    ("word", "value"),
    [
        pytest.param(("$", TREES), "(HOME)", id="text-then-value"),
        pytest.param((TREES, "(HOME)"), "$", id="value-then-text"),
        pytest.param(("$", "(HOME)"), "", id="text-then-text"),
        pytest.param(("$", TREES, "$"), "$", id="dollars"),
        pytest.param((TREES, TREES), "$(HOME)$", id="twice"),
    ],
)
def test_two_parts_of_a_word_never_make_a_reference(word: tuple[Any, ...], value: str) -> None:
    param = Param(name="trees", value=value, pipeline_name="trees")
    plan = step_plan("wine-grader", argv=(("run",), word), params=(param,))
    parameters = workflow_spec(plan)["arguments"]["parameters"]
    sent = next(one for one in parameters if one["name"] == "trees")
    (argument,) = template(plan, "wine-grader")["container"]["args"]
    meant = "".join(value if part == TREES else part for part in word)
    assert arrive(argument, sent["value"]) == meant


@given(value=texts)
def test_the_environment_arrives_as_written(value: str) -> None:
    assume("{{" not in value)
    found = environment(step_plan("clean", env={"NOTE": value}), "clean")["NOTE"]
    assert arrive(found, "") == value


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        pytest.param("$(HOME)", "$$(HOME)", id="reference"),
        pytest.param("a$$b", "a$$$b", id="escape"),
        pytest.param("^f1$", "^f1$", id="end"),
        pytest.param("$HOME", "$HOME", id="shell"),
        pytest.param('{"a":{"b":1}}', '{"a":{"b":1}}', id="json"),
        pytest.param("a }} b", "a }} b", id="closing"),
    ],
)
def test_only_an_active_dollar_is_doubled(written: str, sent: str) -> None:
    container = template(step_plan("clean", argv=(("run",), (written,))), "clean")["container"]
    assert container["args"] == [sent]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"argv": (("run",), ("{{workflow.uid}}",))}, id="argument"),
        pytest.param({"argv": (("{{=1}}",),)}, id="command"),
        pytest.param({"argv": (("run",), ("{", "{x}}"))}, id="two-parts"),
        pytest.param(
            {
                "argv": (("run",), ("{", TREES)),
                "params": (Param(name="trees", value="1", pipeline_name="t"),),
            },
            id="brace-before-parameter",
        ),
        pytest.param({"argv": (("run",), (TREES, "{x}}"))}, id="value-opens"),
        pytest.param({"env": {"NOTE": "{{pod.name}}"}}, id="variable"),
        pytest.param({"image": "{{workflow.parameters.image}}"}, id="image"),
        pytest.param(
            {"params": (Param(name="trees", value="{{x", pipeline_name="t"),)}, id="param"
        ),
        pytest.param(
            {"gauges": (Gauge(name="n", help="{{x}}", output="o", labels={}),)}, id="help"
        ),
        pytest.param(
            {"gauges": (Gauge(name="n", help="h", output="o", labels={"k": "{{x}}"}),)}, id="label"
        ),
    ],
)
def test_argos_own_syntax_is_refused(changes: dict[str, Any]) -> None:
    """It has no escape. The language refuses it earlier, with a place (MLS301)."""
    params = (Param(name="trees", value="{", pipeline_name="t"),)
    with pytest.raises(TemplateSyntaxError, match=r"expected no '\{\{' in text for Argo Workflows"):
        workflow_spec(step_plan("clean", **{"params": params, **changes}))


def test_argos_own_syntax_is_refused_in_a_place_too() -> None:
    fetch = Fetch(name="tastings", location=HttpLocation(url="https://example.com/{{x}}"))
    with pytest.raises(TemplateSyntaxError) as caught:
        workflow_spec(fetch_plan(fetch))
    assert caught.value.text == "https://example.com/{{x}}"


@given(text=st.text(min_size=1))
def test_a_description_is_an_annotation_where_nothing_is_replaced(text: str) -> None:
    from .cases import body

    metadata = body(wine_plan(description=text), "WorkflowTemplate")["metadata"]
    assert metadata["annotations"] == {"workflows.argoproj.io/description": text}


class Anything(dict[str, str]):
    """Stands for all variables that there are: whatever is asked for, it is there."""

    def __missing__(self, name: str) -> str:
        return f"<{name}>"

    def get(self, name: str, default: object = None) -> str:
        return self[name]


def reading(values: Leaves) -> Reader:
    """Metadata is read by people; of the rest Argo replaces, and of containers the kubelet too.
    Arguments are judged where steps take them."""
    sent = Anything()
    for place, value in values.items():
        if place[1:4] == ("spec", "arguments", "parameters") and place[-1] == "name":
            name = str(value).partition("-")[2]
            sent[f"inputs.parameters.{name}"] = values[*place[:-1], "value"]

    def read(place: tuple[str | int, ...]) -> Any:
        value = values[place]
        if not isinstance(value, str) or place[1] == "metadata":
            return value
        if place[2] == "arguments":
            return ""
        text = substitute(value, sent)
        if {"command", "args", "env"} & set(place):
            return expand(text, Anything())
        return yaml.safe_load(text) if place[1] == "data" else text

    return read


@pytest.mark.parametrize("field", fields_of("argo_workflows"), ids=lambda field: field[0])
@given(data=st.data())
@settings(max_examples=20)
def test_hostile_text_of_a_spec_arrives_as_written_or_is_refused(
    field: Field, data: st.DataObject
) -> None:
    text = data.draw(texts_for(field))
    if field[0] in ("project.data.sources.git.path", "platform.artifacts.uri"):
        assume(posixpath.normpath(f"/{text}") == f"/{text}")  # a path, written in another way
        assume(text)
    assume("hdfs.uri" not in field[0] or "/" not in text)  # a folder is mounted for it
    assume("s3.uri" not in field[0] or not text.endswith("/"))  # a folder is named without it
    arrives_or_is_refused("argo_workflows", field, text, reading)


def test_the_longest_description_fits_into_an_annotation() -> None:
    """4000 characters of four bytes are far below the 256 KiB that an object's annotations have."""
    field = ("project.metadata.description", "{}")

    assert arrives_or_is_refused("argo_workflows", field, "🍷" * 4000, reading)
    assert rendered("argo_workflows", field, "🍷" * 4001) is None
