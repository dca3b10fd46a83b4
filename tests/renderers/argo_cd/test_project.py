"""The AppProject lets through what the other targets may emit, and nothing beside it."""

from __future__ import annotations

import pytest
from mlspec.renderers.argo_cd import render_last

from tests.plans import wine_plan

from .cases import ALLOWED, CASES, KINDS_OF_OTHERS, OTHERS, both, other


def test_one_repository_one_destination_and_nothing_cluster_wide() -> None:
    project, _ = both(wine_plan())
    spec = project["spec"]
    assert spec["sourceRepos"] == ["https://github.com/acme/ml.git"]
    assert spec["destinations"] == [
        {"server": "https://kubernetes.default.svc", "namespace": "wine-quality-prod"}
    ]
    assert spec["clusterResourceWhitelist"] == []
    assert not {"roles", "syncWindows", "orphanedResources"} & set(spec)


def test_the_kinds_are_those_that_may_be_emitted_sorted_and_once() -> None:
    project, _ = both(wine_plan(), [*ALLOWED[::-1], "Secret"])
    allowed = project["spec"]["namespaceResourceWhitelist"]
    pairs = [(kind["group"], kind["kind"]) for kind in allowed]
    assert pairs == sorted(pairs)
    expected = {(version.rpartition("/")[0], kind) for version, kind in KINDS_OF_OTHERS}
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == expected
    assert ("", "Secret") in pairs


def test_a_kind_of_no_target_is_not_allowed() -> None:
    project, _ = both(wine_plan(), ["Secret"])
    assert project["spec"]["namespaceResourceWhitelist"] == [{"group": "", "kind": "Secret"}]


def test_the_last_object_of_a_kind_may_still_be_pruned_when_it_has_left_git() -> None:
    before, after = (
        next(iter(render_last(wine_plan(), manifests, ALLOWED))).body
        for manifests in (OTHERS, [other("v1", "ServiceAccount")])
    )
    assert before == after


def test_without_manifests_there_is_no_project_that_would_allow_every_kind() -> None:
    assert list(render_last(wine_plan(), [], ALLOWED)) == []


@pytest.mark.parametrize("case", CASES)
def test_the_application_stays_within_its_project(case: str) -> None:
    project, application = both(CASES[case])
    spec = application["spec"]
    assert spec["project"] == project["metadata"]["name"]
    assert spec["destination"] in project["spec"]["destinations"]
    assert spec["source"]["repoURL"] in project["spec"]["sourceRepos"]


def test_the_project_is_there_before_its_application_and_gone_after_it() -> None:
    project, application = both(wine_plan())
    wave = "argocd.argoproj.io/sync-wave"
    assert int(project["metadata"]["annotations"][wave]) < 0
    assert wave not in application["metadata"]["annotations"]
