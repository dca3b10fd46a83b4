"""The Application: what it reads, how it syncs, and what happens when it is deleted."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from tests.plans import wine_plan

from .cases import CASES, both

FINALIZER = "resources-finalizer.argocd.argoproj.io"


def excluded(path: str) -> bool:
    """As Argo CD's glob does it: `{a,b}` is a choice, and without separators `*` crosses slashes
    (util/glob/glob.go), as it does in fnmatch."""
    _, application = both(wine_plan())
    pattern = application["spec"]["source"]["directory"]["exclude"]
    assert pattern.startswith("{")
    assert pattern.endswith("}")
    return any(fnmatchcase(path, choice) for choice in pattern[1:-1].split(","))


@pytest.mark.parametrize(
    "path", ["argo_cd/application-wine.yaml", "argo_cd/a/b.yaml", "provenance.json"]
)
def test_what_is_no_manifest_of_the_project_is_left_out(path: str) -> None:
    assert excluded(path)


@pytest.mark.parametrize(
    "path", ["seldon/seldondeployment-wine.yaml", "argo_workflows/cronworkflow-argo_cd.yaml"]
)
def test_all_else_is_synced(path: str) -> None:
    assert not excluded(path)


def test_it_follows_this_environment_s_folder_down_to_the_last_file() -> None:
    _, application = both(wine_plan())
    source = application["spec"]["source"]
    assert source["path"] == "generated/wine-quality/prod"
    assert source["targetRevision"] == "main"
    assert source["directory"]["recurse"] is True


def test_git_is_the_truth_and_an_empty_folder_is_not_believed() -> None:
    _, application = both(wine_plan())
    assert application["spec"]["syncPolicy"]["automated"] == {"prune": True, "selfHeal": True}


def test_by_hand_means_no_automation_and_the_same_way_of_syncing() -> None:
    _, by_hand = both(CASES["by-hand"])
    _, automated = both(wine_plan())
    assert "automated" not in by_hand["spec"]["syncPolicy"]
    for key in ("syncOptions", "retry"):
        assert by_hand["spec"]["syncPolicy"][key] == automated["spec"]["syncPolicy"][key]


def test_the_namespace_is_not_made_and_server_side_apply_has_its_diff() -> None:
    _, application = both(wine_plan())
    options = application["spec"]["syncPolicy"]["syncOptions"]
    assert options == sorted(options)
    assert "ServerSideApply=true" in options
    assert not any(option.startswith(("CreateNamespace", "Replace", "Force")) for option in options)
    compare = application["metadata"]["annotations"]["argocd.argoproj.io/compare-options"]
    assert compare == "ServerSideDiff=true"


@pytest.mark.parametrize(("protected", "finalizers"), [(True, None), (False, [FINALIZER])])
def test_deleting_it_takes_services_away_only_where_nothing_is_protected(
    protected: bool, finalizers: list[str] | None
) -> None:
    project, application = both(wine_plan(protected=protected))
    assert application["metadata"].get("finalizers") == finalizers
    assert "finalizers" not in project["metadata"]
