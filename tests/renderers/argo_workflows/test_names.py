"""Names stay legal and apart, however long and alike."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from .cases import bodies, body, pipeline_plan, workflow_spec

LEGAL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
names = st.from_regex(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)


@given(name=names)
@example(name="p" * 53)
@example(name="p" * 63)
def test_every_name_is_legal_and_within_argos_limits(name: str) -> None:
    plan = pipeline_plan(name=name)
    made = {one["kind"]: one["metadata"]["name"] for one in bodies(plan)}
    spec = workflow_spec(plan)
    mentioned = [
        spec["artifactGC"]["serviceAccountName"],
        spec["artifactRepositoryRef"]["configMap"],
    ]
    for one in (*made.values(), *mentioned):
        assert LEGAL.match(one)
        assert len(one) <= 63
    assert made["WorkflowTemplate"] == name
    # A workflow of the schedule is called NAME-1234567890, and that must fit into a label.
    assert len(made["CronWorkflow"]) <= 52


@given(stem=st.from_regex(r"[a-z]{55,60}", fullmatch=True))
def test_long_names_that_begin_alike_stay_apart(stem: str) -> None:
    plans = [pipeline_plan(name=f"{stem}{end}") for end in ("a", "b", "-c")]
    for kind in ("ConfigMap", "WorkflowTemplate", "CronWorkflow"):
        assert len({body(plan, kind)["metadata"]["name"] for plan in plans}) == 3
