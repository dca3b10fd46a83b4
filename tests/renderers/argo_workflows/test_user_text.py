"""What users write reaches their programs unchanged, or is refused; it is never a template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mlspec.renderers.argo_workflows.text import TemplateSyntaxError

from mlspec.plan.model import Fetch, Gauge, HttpLocation, Param, Placeholder
from tests.plans import wine_plan

from .cases import environment, fetch_plan, step_plan, template, workflow_spec

if TYPE_CHECKING:
    from collections.abc import Mapping

TREES = Placeholder(kind="param", name="trees")
# No control characters: Kubernetes takes NUL in no text, and none of the rest is special here.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.text(
    "$()${}{'\"\\ aHOME", max_size=12
)
words = st.lists(texts | st.just(TREES), min_size=1, max_size=4).map(tuple)


def expand(text: str, env: Mapping[str, str]) -> str:
    """What the kubelet makes of command, args and env (third_party/forked/golang/expansion)."""
    out, at = "", 0
    while at < len(text):
        rest = text[at + 1 :]
        if text[at] != "$" or not rest:
            out, at = out + text[at], at + 1
        elif rest[0] == "$":
            out, at = out + "$", at + 2
        elif rest[0] == "(" and ")" in rest:
            name = rest[1 : rest.index(")")]
            out, at = out + env.get(name, f"$({name})"), at + len(name) + 3
        else:
            out, at = out + "$" + rest[0], at + 2
    return out


def substitute(text: str, values: Mapping[str, str]) -> str:
    """What Argo makes of a template: the first `}}` after a `{{` closes it; twice, since the
    controller replaces in the template and again in the pod."""
    for _ in range(2):
        text = re.sub(r"\{\{(.*?)\}\}", lambda found: values[found[1]], text, flags=re.DOTALL)
        assert "{{" not in text
    return text


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
