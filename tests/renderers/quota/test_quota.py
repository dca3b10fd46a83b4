"""What a namespace may ask for, and what a container gets that does not ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from mlspec.renderers.argo_workflows import render as argo
from mlspec.renderers.quota import KINDS, applies
from mlspec.renderers.seldon import render as seldon

from mlspec.plan.model import Quota
from tests.plans import wine_plan
from tests.specs import plan

from .cases import CASES, bodies, limited

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


@pytest.mark.parametrize("case", CASES)
def test_a_quota_never_comes_without_the_defaults_that_pods_pass_it_by(case: str) -> None:
    assert [body["kind"] for body in bodies(CASES[case])] == list(KINDS)
    assert applies(CASES[case])


def test_a_plan_without_a_quota_needs_nothing() -> None:
    assert not applies(wine_plan(quota=None))
    assert bodies(wine_plan(quota=None)) == []


def test_requests_are_counted_and_only_those_that_the_platform_limits() -> None:
    assert bodies(limited(cpu="8", memory="32Gi", gpu=1))[0]["spec"] == {
        "hard": {
            "requests.cpu": "8",
            "requests.memory": "32Gi",
            "requests.nvidia.com/gpu": "1",
        }
    }
    assert bodies(limited(memory="1Gi"))[0]["spec"] == {"hard": {"requests.memory": "1Gi"}}


def test_no_gpu_is_a_limit_too() -> None:
    assert bodies(limited(gpu=0))[0]["spec"] == {"hard": {"requests.nvidia.com/gpu": "0"}}


def test_a_container_that_asks_for_nothing_gets_the_default_and_no_gpu() -> None:
    [limit] = bodies(limited(cpu="8"))[1]["spec"]["limits"]
    amounts = {"cpu": "500m", "memory": "1Gi"}
    assert limit == {"type": "Container", "default": amounts, "defaultRequest": amounts}


# ── from a platform ───────────────────────────────────────────────────────────────────────────────


def quota_in(environment: str, defaults: str = "{}") -> Quota | None:
    return plan(on=f"{{environments: {{dev: {environment}}}, defaults: {defaults}}}").quota


def test_quantities_are_as_kubernetes_writes_them() -> None:
    found = quota_in("{quota: {cpu: 99.5, memory: 512Gi}}", "{resources: {cpu: 2.0}}")

    assert found is not None
    assert (found.cpu, found.memory, found.gpu) == ("99500m", "512Gi", None)
    assert (found.default.cpu, found.default.memory) == ("2", "1Gi")


def test_a_namespace_that_projects_share_has_no_quota_of_one_of_them() -> None:
    assert quota_in("{namespace: '{team}-{environment}', quota: {cpu: 8}}") is None
    assert quota_in("{namespace: 'ml-{project}-{environment}', quota: {cpu: 8}}") is not None


@pytest.mark.parametrize("environment", ["{}", "{quota: {}}"])
def test_without_limits_there_is_none(environment: str) -> None:
    assert quota_in(environment) is None


# ── who would be refused without defaults ─────────────────────────────────────────────────────────


def test_every_container_that_we_write_asks_for_itself() -> None:
    for container in (*_of_steps(), *_of_servers()):
        assert set(container["resources"]["requests"]) >= {"cpu", "memory"}


def _of_steps() -> Iterator[dict[str, Any]]:
    [spec] = [m.body["spec"] for m in argo(wine_plan()) if m.kind == "WorkflowTemplate"]
    yield from (template["container"] for template in spec["templates"] if "container" in template)
    beside = yaml.safe_load(spec["podSpecPatch"])
    yield from (*beside["initContainers"], *beside["containers"])


def _of_servers() -> Iterator[dict[str, Any]]:
    for manifest in seldon(wine_plan()):
        for predictor in manifest.body["spec"].get("predictors", ()):
            yield predictor["svcOrchSpec"]
            for component in predictor["componentSpecs"]:
                yield from component["spec"]["containers"]
