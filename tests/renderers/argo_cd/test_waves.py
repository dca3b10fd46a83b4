"""Sync waves: what goes ahead can never hold up what follows."""

from __future__ import annotations

from copy import deepcopy

import pytest
from mlspec.renderers.argo_cd import decorate
from mlspec.renderers.argo_cd.waves import WAVES

from mlspec.output.yaml_writer import dump
from tests.plans import wine_plan

from .cases import KINDS_OF_OTHERS, other

WAVE = "argocd.argoproj.io/sync-wave"
# What Argo CD judges the health of, so that a wave of them may be waited for: its built-in checks
# and its resource_customizations/.
CAN_BE_UNHEALTHY = {"CronWorkflow", "SeldonDeployment", "Deployment", "Job", "Ingress", "Service"}
FIRST = {
    "ServiceAccount",
    "Secret",
    "Role",
    "RoleBinding",
    "NetworkPolicy",
    "WorkflowTemplate",
}


@pytest.mark.parametrize(("api_version", "kind"), KINDS_OF_OTHERS)
def test_what_others_need_goes_ahead_and_the_rest_bears_no_mark(
    api_version: str, kind: str
) -> None:
    manifest = other(api_version, kind)
    decorated = decorate(wine_plan(), manifest)
    if kind in FIRST:
        assert decorated.body["metadata"]["annotations"] == {WAVE: "-1"}
    else:
        assert decorated is manifest


def test_all_that_may_fail_to_come_up_is_in_the_last_wave() -> None:
    assert max(WAVES.values()) < 0
    assert not {kind.partition(".")[0] for kind in WAVES} & CAN_BE_UNHEALTHY


def test_a_kind_is_known_by_its_group_too() -> None:
    manifest = other("knative.dev/v1", "Role")
    assert decorate(wine_plan(), manifest) is manifest


def test_the_given_manifest_stays_as_it_is_and_keeps_its_annotations() -> None:
    manifest = other("v1", "Secret", annotations={"a": "b"})
    before = deepcopy(manifest.body)
    decorated = decorate(wine_plan(), manifest)
    assert manifest.body == before
    assert decorated.body["metadata"]["annotations"] == {"a": "b", WAVE: "-1"}
    assert decorated.replace(body=before) == manifest


def test_the_wave_is_text_in_yaml_as_annotations_must_be() -> None:
    assert f'{WAVE}: "-1"' in dump(decorate(wine_plan(), other("v1", "Secret")).body)
