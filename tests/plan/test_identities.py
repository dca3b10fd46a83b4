"""Identities: who acts as what, and what each needs of the cluster's API, no more."""

from __future__ import annotations

import pytest

from mlspec.plan.model import Identity, Subject, Use
from tests.specs import plan

ROLE = "arn:aws:iam::123456789012:role/reader"
READER = "reader@project.iam.gserviceaccount.com"


def identities(patch: str = "", **where: str) -> dict[str, Identity]:
    return {identity.name: identity for identity in plan(patch, **where).identities}


def role(may: str) -> tuple[Use, ...]:
    text = f"access: {{roles: {{ds: {{subjects: ['group:ds'], may: [{may}]}}}}}}"
    return identities(text)["wine-quality-ds"].uses


def test_programs_act_under_names_of_their_own() -> None:
    found = identities()

    assert {name: (i.kind, i.owner) for name, i in found.items()} == {
        "wine-quality-pipeline": ("pipeline", "wine-quality"),
        "wine-quality-executor": ("executor", "wine-quality"),
        "wine-quality-artifact-gc": ("artifact-gc", "wine-quality"),
        "api": ("service", "api"),
    }


def test_only_the_engine_s_own_programs_call_the_cluster() -> None:
    assert {name: i.uses for name, i in identities().items() if i.uses} == {
        "wine-quality-executor": (Use(action="report-task-results"),),
        "wine-quality-artifact-gc": (Use(action="collect-artifacts"),),
    }


@pytest.mark.parametrize(
    ("may", "uses"),
    [
        pytest.param(
            "view",
            (
                Use(action="view-pipeline", names=("wine-quality",)),
                Use(action="view-runs"),
                Use(action="view-services", names=("api",)),
                Use(action="view-events"),
            ),
            id="view",
        ),
        pytest.param("logs", (Use(action="view-logs"),), id="logs"),
        pytest.param("run", (Use(action="run-pipeline", names=("wine-quality",)),), id="run"),
        pytest.param("stop", (Use(action="stop-runs"),), id="stop"),
    ],
)
def test_a_role_may_do_what_it_says(may: str, uses: tuple[Use, ...]) -> None:
    assert role(may) == uses


def test_a_role_may_do_nothing_to_what_is_not_there() -> None:
    found = identities(
        """
transforms: null
training: null
serving: null
access: {roles: {ds: {subjects: [], may: [view, run, stop]}}}
"""
    )

    assert found["wine-quality-ds"].uses == (Use(action="view-events"),)
    assert list(found) == ["wine-quality-ds"]


def test_subjects_are_users_groups_and_accounts() -> None:
    text = "access: {roles: {ds: {may: [view], subjects: ['user:ana', 'group:a', %s]}}}"

    found = identities(text % "'serviceaccount:ns:sa'")["wine-quality-ds"]

    assert found.subjects == (
        Subject(kind="user", name="ana"),
        Subject(kind="group", name="a"),
        Subject(kind="service-account", name="sa", namespace="ns"),
    )


def test_the_pipeline_stands_for_the_cloud_identities_that_it_reads_and_writes_with() -> None:
    found = identities(
        f"data: {{sources: {{tastings: {{credentials: {{workload_identity: '{ROLE}'}}}}}}}}",
        on=f"artifacts: {{credentials: {{workload_identity: '{READER}'}}}}",
    )

    assert found["wine-quality-pipeline"].workload_identities == (READER, ROLE)
    assert found["api"].workload_identities == (READER,)
    assert found["wine-quality-executor"].workload_identities == ()


def test_a_source_that_nobody_reads_lends_no_identity() -> None:
    found = identities(
        f"""
data: {{sources: {{spare: {{
  type: s3, uri: s3://cellar/x, format: csv, credentials: {{workload_identity: '{ROLE}'}}}}}}}}
"""
    )

    assert found["wine-quality-pipeline"].workload_identities == ()
