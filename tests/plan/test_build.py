"""The plan as a whole: complete, the same every time, and changed only by what concerns it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mlspec.checks import Context, dataflow_of, run_checks
from mlspec.language.lock import LockedEnvironment
from mlspec.language.reader import read
from mlspec.plan.build import build_plan
from mlspec.plan.inputs import Inputs
from mlspec.plan.model import Delivery, Notify, Plan, Schedule
from mlspec.record import Record
from mlspec.source.overlay import merge
from mlspec.source.parser import parse_file
from tests.specs import EXAMPLE, ROOT, merged, pipeline, plan

DIGEST = "sha256:" + "a" * 64
LOCK = f"""
images:
  ghcr.io/acme/wine:1.4.0: {DIGEST}
  ghcr.io/mlspec/runtime:0.1.0: {DIGEST}
models: {{grader: {{champion: {{version: '7', uri: 's3://models/7'}}}}}}
"""


def test_the_plan_says_whose_it_is_and_where_it_goes() -> None:
    found = plan("metadata: {owners: [ana@example.com], description: Grades wines.}")

    assert (found.project, found.environment, found.team) == ("wine-quality", "dev", "cellar")
    assert (found.owners, found.description) == (("ana@example.com",), "Grades wines.")
    assert (found.namespace, found.protected) == ("wine-quality-dev", False)
    assert found.delivery == Delivery(
        argo_cd_namespace="argocd",
        repository="https://github.com/acme/ml.git",
        revision="main",
        path="generated/wine-quality/dev",
        server="https://kubernetes.default.svc",
    )


def test_a_namespace_follows_the_platform_s_pattern() -> None:
    on = "environments: {dev: {namespace: 'ml-{team}-{project}-{environment}'}}"

    assert plan(on=on).namespace == "ml-cellar-wine-quality-dev"


def test_a_project_without_steps_has_no_pipeline() -> None:
    found = plan("{transforms: null, training: null, serving: null}")

    assert found.pipeline is None
    assert found.services == ()


def test_a_protected_environment_runs_what_is_locked() -> None:
    found = plan(environment="prod", lock=LOCK)

    assert found.protected
    assert found.pipeline is not None
    images = {step.image for step in (*found.pipeline.steps, found.pipeline.on_exit)}
    assert images == {
        f"ghcr.io/acme/wine:1.4.0@{DIGEST}",
        f"ghcr.io/mlspec/runtime:0.1.0@{DIGEST}",
    }
    assert found.platform.runtime_image == f"ghcr.io/mlspec/runtime:0.1.0@{DIGEST}"
    assert found.services[0].predictors[0].model_version == "7"


def test_an_image_by_digest_keeps_it() -> None:
    image = f"a/b@sha256:{'b' * 64}"

    found = pipeline(f"image: '{image}'", lock=f"images: {{'{image}': {DIGEST}}}")

    assert {s.image for s in found.steps if s.kind != "ingest"} == {image}


@pytest.mark.parametrize(
    ("patch", "schedule"),
    [
        ("", None),
        (
            "pipeline: {schedule: '0 3 * * *'}",
            Schedule(cron="0 3 * * *", timezone="UTC", interval_seconds=86400),
        ),
        (
            "pipeline: {schedule: {cron: '@weekly', timezone: Europe/Paris}}",
            Schedule(cron="@weekly", timezone="Europe/Paris", interval_seconds=7 * 86400),
        ),
    ],
    ids=["none", "short", "long"],
)
def test_a_schedule_says_how_long_to_wait_for_it(patch: str, schedule: Schedule | None) -> None:
    assert pipeline(patch).schedule == schedule


def test_the_pipeline_tells_its_programs_where_they_are() -> None:
    found = pipeline()

    assert found.env == {
        "MLFLOW_TRACKING_URI": "http://mlflow.mlops.svc:5000",
        "MLFLOW_EXPERIMENT_NAME": "wine-quality-dev",
        "MLSPEC_PROJECT": "wine-quality",
        "MLSPEC_ENVIRONMENT": "dev",
    }
    assert found.experiment == "wine-quality-dev"
    assert found.on_exit.kind == "report"


def test_what_the_pipeline_is_told_of_itself() -> None:
    found = pipeline(
        "pipeline: {timeout: 90m, concurrency: replace, notify: {severity: info, channel: c}}"
    )

    assert (found.timeout_seconds, found.concurrency) == (5400, "replace")
    assert found.notify == Notify(severity="info", channel="c")


def test_what_nobody_asks_for_is_the_platform_s_default() -> None:
    usual = plan().services[0].resources
    own = plan(on="defaults: {resources: {cpu: 2, memory: 8Gi, gpu: 1}}").services[0].resources

    assert (usual.cpu, usual.memory, usual.gpu) == ("500m", "1Gi", 0)
    assert (own.cpu, own.memory, own.gpu) == ("2", "8Gi", 1)


def test_the_same_spec_gives_the_same_plan() -> None:
    assert plan(environment="prod", lock=LOCK) == plan(environment="prod", lock=LOCK)


def test_the_plan_does_not_depend_on_the_hash_seed() -> None:
    code = "from tests.specs import plan; print(repr(plan()))"

    shown = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PATH": ""},
        ).stdout
        for seed in ("1", "2")
    }

    assert len(shown) == 1


def parts(plan: Plan) -> dict[str, object]:
    assert plan.pipeline is not None
    return {
        **{f"step {step.name}": step for step in plan.pipeline.steps},
        "schedule": plan.pipeline.schedule,
        "services": plan.services,
        "identities": plan.identities,
        "workloads": plan.workloads,
        "secrets": plan.secrets,
        "quota": plan.quota,
        "platform": plan.platform,
        "delivery": plan.delivery,
    }


@pytest.mark.parametrize(
    ("patch", "changed"),
    [
        pytest.param("metadata: {description: other}", set(), id="description"),
        pytest.param(
            "training: {grader: {params: {trees: 1}}}", {"step grader"}, id="a-training-s-params"
        ),
        pytest.param("transforms: {clean: {cache: true}}", {"step clean"}, id="a-transform"),
        pytest.param(
            "data: {sources: {tastings: {credentials: {secret: cellar-s3}}}}",
            {"step ingest-tastings", "secrets"},
            id="credentials",
        ),
        pytest.param("pipeline: {schedule: '@daily'}", {"schedule"}, id="schedule"),
        pytest.param("serving: {api: {replicas: 2}}", {"services"}, id="replicas"),
        pytest.param(
            "data: {sources: {tastings: {uri: s3://cellar/other.csv}}}",
            {"step ingest-tastings"},
            id="address",
        ),
        pytest.param(
            "data: {sources: {tastings: {endpoint: 'minio:9000'}}}",
            {"step ingest-tastings", "workloads"},
            id="server",
        ),
        pytest.param(
            "access: {roles: {ds: {subjects: ['group:ds'], may: [view]}}}",
            {"identities"},
            id="role",
        ),
        pytest.param(
            "serving: {api: {expose: {host: a.example.com, path: /b}}}",
            {"services"},
            id="address-of-a-service",
        ),
        pytest.param("monitoring: {api: {slo: {availability: 99%}}}", {"services"}, id="slo"),
    ],
)
def test_a_change_of_one_section_changes_only_what_derives_from_it(
    patch: str, changed: set[str]
) -> None:
    base = "serving: {api: {expose: {host: a.example.com}}}"
    on = "gateway: {resource: {name: public}}"
    before, after = parts(plan(base, on=on)), parts(plan(merged(base, patch), on=on))

    assert {part for part in before if before[part] != after[part]} == changed


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_example_has_a_plan(environment: str) -> None:
    tree = parse_file(str(EXAMPLE))
    platform, _, _ = read("platform", parse_file(str(ROOT / "projects/platform.yaml")))
    root = merge(tree.root, tree.root["environments"][environment])
    project, complaints, _ = read("project", tree._replace(root=root))
    assert complaints == []
    given = Context(project, environment, platform, LockedEnvironment(), dataflow_of(project))
    unlocked = {"MLS403", "MLS503", "MLS506"}
    assert {problem.code for problem in run_checks(given)} <= unlocked

    found = build_plan(Inputs(*given))

    assert found.environment == environment
    assert_immutable(found)


def assert_immutable(value: object) -> None:
    """Records and tuples all the way down, with maps as leaves of scalars."""
    if isinstance(value, Record):
        for inner in vars(value).values():
            assert_immutable(inner)
    elif isinstance(value, tuple):
        for inner in value:
            assert_immutable(inner)
    elif isinstance(value, dict):
        assert all(isinstance(inner, str) for inner in value.values())
    else:
        assert value is None or isinstance(value, str | int | bool)
