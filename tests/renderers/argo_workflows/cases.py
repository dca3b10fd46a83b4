"""The plans that this target is tried on, by what is special about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.renderers.argo_workflows import render

from mlspec.plan.model import (
    ArtifactStore,
    AzureLocation,
    Credentials,
    Fetch,
    GcsLocation,
    GitLocation,
    HdfsLocation,
    HttpLocation,
    Output,
    S3Location,
    SecretEnv,
)
from tests.plans import wine_pipeline, wine_plan, wine_steps

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan, Step

KEYLESS = Credentials(keys={}, workload_identity="arn:aws:iam::111122223333:role/cellar")


def pipeline_plan(**changes: Any) -> Plan:
    """The example with some fields of its pipeline changed."""
    return wine_plan(pipeline=wine_pipeline(**changes))


def step_plan(name: str, **changes: Any) -> Plan:
    """The example with some fields of one step changed."""
    steps = tuple(s.replace(**changes) if s.name == name else s for s in wine_steps())
    return pipeline_plan(steps=steps)


def fetch_plan(fetch: Fetch) -> Plan:
    return step_plan("ingest-tastings", fetch=fetch)


def platform_plan(plan: Plan, **changes: Any) -> Plan:
    return plan.replace(platform=plan.platform.replace(**changes))


def digest_plan(**changes: Any) -> Plan:
    """The example whose ingest step reports a digest: `clean` can be cached."""
    ingest, *others = wine_steps()
    outputs = (*ingest.outputs, Output(name="digest", kind="value"))
    return pipeline_plan(steps=(ingest.replace(outputs=outputs), *others), **changes)


def _secret(**keys: str) -> Credentials:
    return Credentials(secret="cellar", keys=keys)


_CELLAR = S3Location(
    bucket="cellar", key="tastings.csv", endpoint="minio.minio.svc:9000", region="eu", insecure=True
)

FETCHES: dict[str, Fetch] = {
    "s3-insecure": Fetch(
        name="tastings",
        location=_CELLAR,
        credentials=_secret(access_key="user", secret_key="pass"),
    ),
    "s3-keyless": Fetch(
        name="tastings",
        location=S3Location(bucket="cellar", key="tastings.tgz", endpoint="s3.amazonaws.com"),
        credentials=KEYLESS,
    ),
    "gcs": Fetch(
        name="tastings",
        location=GcsLocation(bucket="cellar", key="tastings/"),
        credentials=_secret(service_account_key="key.json"),
    ),
    "azure": Fetch(
        name="tastings",
        location=AzureLocation(
            endpoint="https://cellar.blob.core.windows.net", container="raw", blob="tastings/"
        ),
        credentials=_secret(account_key="key"),
    ),
    "azure-keyless": Fetch(
        name="tastings",
        location=AzureLocation(
            endpoint="https://cellar.blob.core.windows.net", container="raw", blob="tastings/"
        ),
        credentials=Credentials(keys={}, workload_identity="cellar"),
    ),
    "hdfs": Fetch(
        name="tastings",
        location=HdfsLocation(
            addresses=("namenode-0:8020", "namenode-1:8020"),
            path="/warehouse/cellar/tastings.parquet",
            user="cellar",
        ),
    ),
    "http": Fetch(
        name="tastings", location=HttpLocation(url="https://cellar.example.com/tastings.csv")
    ),
    "http-basic": Fetch(
        name="tastings",
        location=HttpLocation(url="https://cellar.example.com/tastings.csv"),
        credentials=_secret(username="user", password="pass"),
    ),
    "git-https": Fetch(
        name="tastings",
        location=GitLocation(
            repository="https://git.example.com/cellar.git", revision="main", path="data/2024"
        ),
        credentials=_secret(username="user", password="pass"),
    ),
    "git-ssh": Fetch(
        name="tastings",
        location=GitLocation(
            repository="git@git.example.com:cellar.git", revision="f" * 40, path="."
        ),
        credentials=_secret(ssh_private_key="id_ed25519"),
    ),
}

_GCS = ArtifactStore(location=GcsLocation(bucket="mlspec", key="wine-quality/prod/"))
_AZURE = ArtifactStore(
    location=AzureLocation(
        endpoint="https://mlspec.blob.core.windows.net", container="artifacts", blob=""
    ),
    credentials=Credentials(keys={}, workload_identity="cellar"),
)

STORES: dict[str, ArtifactStore] = {
    "s3": ArtifactStore(
        location=_CELLAR.replace(key="wine/prod"),
        credentials=_secret(access_key="user", secret_key="pass"),
    ),
    "s3-keyless": ArtifactStore(location=_CELLAR.replace(key=""), credentials=KEYLESS),
    "gcs": ArtifactStore(location=_GCS.location, credentials=_secret(service_account_key="key")),
    "azure": ArtifactStore(location=_AZURE.location, credentials=_secret(account_key="key")),
}
"""Every way to say where artifacts are kept; each field of each driver occurs in one of them."""

_PUBLISHED = step_plan(
    "register-wine-grader",
    outputs=(Output(name="published", kind="model", publish="models/wine-grader/challenger"),),
)

CASES: dict[str, Plan] = {
    "example": wine_plan(),
    "example-3.6": platform_plan(wine_plan(), argo_workflows_version="3.6"),
    "example-4.1": platform_plan(wine_plan(), argo_workflows_version="4.1"),
    "cached": digest_plan(),
    "cached-4.1": platform_plan(digest_plan(), argo_workflows_version="4.1"),
    "by-hand": pipeline_plan(schedule=None, concurrency="allow"),
    "replace": pipeline_plan(concurrency="replace"),
    "minimal": pipeline_plan(
        schedule=None, steps=(wine_steps()[0].replace(gauges=(), retry=None, outputs=()),)
    ).replace(description=""),
    "secrets": step_plan(
        "wine-grader", secrets=(SecretEnv(name="HF_TOKEN", secret="hub", key="token"),)
    ),
    "published": _PUBLISHED,
    "published-gcs": platform_plan(_PUBLISHED, artifacts=_GCS),
    "published-azure": platform_plan(_PUBLISHED, artifacts=_AZURE),
    "artifacts-gcs": platform_plan(wine_plan(), artifacts=_GCS),
    "artifacts-azure-keyless": platform_plan(wine_plan(), artifacts=_AZURE),
    **{f"store-{name}": platform_plan(_PUBLISHED, artifacts=s) for name, s in STORES.items()},
    **{f"fetch-{name}": fetch_plan(fetch) for name, fetch in FETCHES.items()},
}


def bodies(plan: Plan) -> list[dict[str, Any]]:
    return [manifest.body for manifest in render(plan)]


def body(plan: Plan, kind: str) -> dict[str, Any]:
    return next(one for one in bodies(plan) if one["kind"] == kind)


def workflow_spec(plan: Plan) -> dict[str, Any]:
    spec: dict[str, Any] = body(plan, "WorkflowTemplate")["spec"]
    return spec


def template(plan: Plan, name: str) -> dict[str, Any]:
    return next(one for one in workflow_spec(plan)["templates"] if one["name"] == name)


def task(plan: Plan, name: str) -> dict[str, Any]:
    spec = workflow_spec(plan)
    tasks = template(plan, spec["entrypoint"])["dag"]["tasks"]
    return next(one for one in tasks if one["template"] == name)


def environment(plan: Plan, step: str) -> dict[str, Any]:
    entries = template(plan, step)["container"]["env"]
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in entries}


def named(plan: Plan, name: str) -> Step:
    assert plan.pipeline
    return next(step for step in plan.pipeline.steps if step.name == name)
