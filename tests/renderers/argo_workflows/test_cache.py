"""A result is taken from an earlier run only where it must be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mlspec.plan.model import Output, Param, S3Location
from tests.plans import wine_pipeline, wine_plan

from .cases import digest_plan, platform_plan, task, template, workflow_spec

if TYPE_CHECKING:
    from mlspec.plan.model import Plan

DIGEST = Output(name="digest", kind="value")


def changed(name: str, **changes: Any) -> Plan:
    """The cachable plan with some fields of one step changed."""
    pipeline = digest_plan().pipeline
    assert pipeline
    steps = tuple(s.replace(**changes) if s.name == name else s for s in pipeline.steps)
    return digest_plan().replace(pipeline=pipeline.replace(steps=steps))


def cached(plan: Plan) -> list[str]:
    return [one["name"] for one in workflow_spec(plan)["templates"] if "memoize" in one]


def key(plan: Plan) -> str:
    return str(template(plan, "clean")["memoize"]["key"])


def test_the_key_holds_the_program_and_the_digest_of_the_data() -> None:
    plan = digest_plan()
    assert cached(plan) == ["clean"]
    program, digest = key(plan).split("-", 1)
    assert len(program) == 32
    assert set(program) <= set("0123456789abcdef")
    assert digest == "{{inputs.parameters.digest-ingest-tastings}}"
    assert template(plan, "clean")["inputs"]["parameters"] == [{"name": "digest-ingest-tastings"}]
    assert task(plan, "clean")["arguments"]["parameters"] == [
        {
            "name": "digest-ingest-tastings",
            "value": "{{tasks.ingest-tastings.outputs.parameters.digest}}",
        }
    ]


def test_the_cache_is_a_config_map_of_the_pipeline_with_an_age() -> None:
    memoize = template(digest_plan(), "clean")["memoize"]
    assert memoize["maxAge"] == "168h"
    assert memoize["cache"]["configMap"]["name"] == "wine-quality-cache"


@pytest.mark.parametrize(
    ("version", "has_key"), [("3.6", True), ("3.7", True), ("4.0", False), ("4.1", False)]
)
def test_only_argo_3_wants_a_key_in_the_config_map(version: str, has_key: bool) -> None:
    plan = platform_plan(digest_plan(), argo_workflows_version=version)
    assert ("key" in template(plan, "clean")["memoize"]["cache"]["configMap"]) == has_key


def test_a_cached_result_outlives_the_run_that_made_it() -> None:
    (kept,) = template(digest_plan(), "clean")["outputs"]["artifacts"]
    assert kept["artifactGC"] == {"strategy": "Never"}
    (dropped,) = template(digest_plan(), "ingest-tastings")["outputs"]["artifacts"]
    assert "artifactGC" not in dropped


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(wine_plan(), id="no-digest"),
        pytest.param(
            changed("ingest-tastings", outputs=(DIGEST.replace(kind="dataset"),)),
            id="digest-is-no-value",
        ),
        pytest.param(changed("clean", cacheable=False), id="not-cacheable"),
        pytest.param(changed("clean", image="ghcr.io/acme/wine:1.4.0"), id="image-not-pinned"),
        pytest.param(
            changed("clean", params=(Param(name="a", value="1", pipeline_name="a"),)),
            id="parameter",
        ),
        pytest.param(changed("clean", outputs=()), id="no-result"),
        pytest.param(changed("clean", inputs=()), id="no-source"),
    ],
)
def test_what_could_be_stale_is_never_cached(plan: Plan) -> None:
    spec = workflow_spec(plan)
    assert "memoize" not in str(spec["templates"][1:])
    assert "artifactGC" not in str(spec["templates"])


def test_behind_a_step_that_is_not_cacheable_nothing_is() -> None:
    """`wine-grader` reads `clean`: both must be pure, and `wine-grader` free of parameters."""
    pure = {"params": (), "cacheable": True, "argv": (("run",),)}
    assert cached(changed("wine-grader", **pure)) == ["clean", "wine-grader"]
    pipeline = changed("wine-grader", **pure).pipeline
    assert pipeline
    steps = tuple(s.replace(cacheable=s.name == "wine-grader") for s in pipeline.steps)
    assert cached(wine_plan(pipeline=pipeline.replace(steps=steps))) == []


def test_more_sources_than_a_key_can_hold_are_not_cached() -> None:
    assert cached(_sources(3)) == ["clean"]
    assert len(key(_sources(3)).replace("{{inputs.parameters.digest-s0}}", "f" * 64)) > 96
    assert cached(_sources(4)) == []


def _sources(count: int) -> Plan:
    pipeline = digest_plan().pipeline
    assert pipeline
    ingest, clean = pipeline.steps[0], pipeline.steps[2]
    ingests = [ingest.replace(name=f"s{number}") for number in range(count)]
    inputs = tuple(clean.inputs[0].replace(name=one.name, step=one.name) for one in ingests)
    one = clean.replace(inputs=inputs, argv=(("run",),), after=())
    return wine_plan(pipeline=pipeline.replace(steps=(*ingests, one)))


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(changed("clean", image="x@sha256:" + "c" * 64), id="image"),
        pytest.param(changed("clean", argv=(("python", "-m", "other"),)), id="command"),
        pytest.param(changed("clean", env={"SEED": "2"}), id="environment"),
        pytest.param(
            changed("clean", outputs=(Output(name="tidy", kind="dataset", format="csv"),)),
            id="format",
        ),
        pytest.param(changed("ingest-tastings", image="x@sha256:" + "c" * 64), id="ingest-image"),
        pytest.param(digest_plan(env={**wine_pipeline().env, "SEED": "2"}), id="pipeline-env"),
        pytest.param(
            platform_plan(
                digest_plan(),
                artifacts=digest_plan().platform.artifacts.replace(
                    location=S3Location(bucket="other", key="p", endpoint="minio:9000")
                ),
            ),
            id="artifact-store",
        ),
    ],
)
def test_another_program_is_another_key(plan: Plan) -> None:
    assert key(plan) != key(digest_plan())


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(changed("wine-grader", image="x@sha256:" + "c" * 64), id="later-step"),
        pytest.param(changed("clean", timeout_seconds=1), id="timeout"),
        pytest.param(changed("check-tastings", image="x@sha256:" + "c" * 64), id="check"),
        pytest.param(digest_plan(schedule=None), id="schedule"),
    ],
)
def test_what_does_not_change_the_result_does_not_change_the_key(plan: Plan) -> None:
    assert key(plan) == key(digest_plan())
