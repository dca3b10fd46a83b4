"""Plans made by hand, for tests of the renderers: what the compiler would make of the example."""

from __future__ import annotations

from typing import Any

from mlspec.plan.model import (
    ArtifactStore,
    Credentials,
    Delivery,
    Endpoint,
    Exposure,
    Fetch,
    Freshness,
    Gateway,
    Gauge,
    Identity,
    Input,
    LatencyObjective,
    Notify,
    Output,
    Param,
    Pipeline,
    Placeholder,
    Plan,
    PlatformFacts,
    Predictor,
    Quota,
    Replicas,
    Resources,
    Retry,
    S3Location,
    Schedule,
    Secret,
    Service,
    Slo,
    Step,
    Subject,
    Use,
    Workload,
)

IMAGE = "ghcr.io/acme/wine-quality:1.4.0@sha256:" + "a" * 64
RUNTIME = "ghcr.io/mlspec/mlspec-runtime:0.1.0@sha256:" + "b" * 64
SMALL = Resources(cpu="250m", memory="512Mi")
S3_KEYS = {"access_key": "AWS_ACCESS_KEY_ID", "secret_key": "AWS_SECRET_ACCESS_KEY"}
NOTIFY = Notify(severity="critical", channel="#cellar")


def _in(name: str) -> Placeholder:
    return Placeholder(kind="input", name=name)


def _out(name: str) -> Placeholder:
    return Placeholder(kind="output", name=name)


def words(*items: str | Placeholder) -> tuple[tuple[str | Placeholder, ...], ...]:
    """A command in which every item is a word of its own."""
    return tuple((item,) for item in items)


def _runtime(*items: str | Placeholder) -> tuple[tuple[str | Placeholder, ...], ...]:
    return words("python", "-m", "mlspec.runtime", *items)


def wine_steps() -> tuple[Step, ...]:
    retry = Retry(limit=2)
    ours: dict[str, Any] = {"image": RUNTIME, "env": {}, "resources": SMALL, "retry": retry}
    theirs: dict[str, Any] = {
        "image": IMAGE,
        "env": {},
        "resources": Resources(cpu="1", memory="2Gi"),
        "retry": retry,
    }
    return (
        Step(
            name="ingest-tastings",
            kind="ingest",
            argv=_runtime(
                "ingest",
                "--from",
                _in("tastings"),
                "--to",
                _out("tastings"),
                "--timestamp",
                _out("timestamp"),
            ),
            fetch=Fetch(
                name="tastings",
                location=S3Location(
                    bucket="cellar",
                    key="tastings/",
                    endpoint="s3.eu-west-1.amazonaws.com",
                    region="eu-west-1",
                ),
                credentials=Credentials(secret="cellar-s3", keys=S3_KEYS),
            ),
            outputs=(
                Output(name="tastings", kind="dataset", format="csv"),
                Output(name="timestamp", kind="value"),
            ),
            gauges=(
                Gauge(
                    name="mlspec_data_timestamp_seconds",
                    help="Unix time of the newest data of a source",
                    output="timestamp",
                    labels={"project": "wine-quality", "environment": "prod", "source": "tastings"},
                ),
            ),
            **ours,
        ),
        Step(
            name="check-tastings",
            kind="check",
            argv=_runtime(
                "check",
                "--data",
                _in("tastings"),
                "--format",
                "csv",
                "--schema",
                '{"alcohol":{"type":"float","min":0},"grade":{"type":"int"}}',
            ),
            inputs=(Input(name="tastings", step="ingest-tastings", output="tastings"),),
            **ours,
        ),
        Step(
            name="clean",
            kind="transform",
            argv=(
                *words("python", "-m", "wine.clean", "--in", _in("tastings")),
                ("--out=", _out("tidy")),
            ),
            inputs=(Input(name="tastings", step="ingest-tastings", output="tastings"),),
            outputs=(Output(name="tidy", kind="dataset", format="parquet"),),
            after=("check-tastings",),
            cacheable=True,
            timeout_seconds=1800,
            **theirs,
        ),
        Step(
            name="wine-grader",
            kind="train",
            argv=words(
                "python",
                "-m",
                "wine.train",
                "--data",
                _in("tidy"),
                "--model",
                _out("model"),
                "--trees",
                Placeholder(kind="param", name="trees"),
            ),
            inputs=(Input(name="tidy", step="clean", output="tidy"),),
            outputs=(Output(name="model", kind="model"),),
            params=(Param(name="trees", value="200", pipeline_name="wine-grader-trees"),),
            **{**theirs, "resources": Resources(cpu="2", memory="4Gi", gpu=1)},
        ),
        Step(
            name="evaluate-wine-grader",
            kind="evaluate",
            argv=words(
                "python",
                "-m",
                "wine.evaluate",
                "--model",
                _in("model"),
                "--data",
                _in("tidy"),
                "--metrics",
                Placeholder(kind="metrics"),
            ),
            inputs=(
                Input(name="tidy", step="clean", output="tidy"),
                Input(name="model", step="wine-grader", output="model"),
            ),
            outputs=(Output(name="metrics", kind="metrics"),),
            **theirs,
        ),
        Step(
            name="gate-wine-grader",
            kind="gate",
            argv=_runtime(
                "gate",
                "--metrics",
                _in("metrics"),
                "--model",
                "wine-grader",
                "--gates",
                '{"f1_macro":{"min":0.85,"no_worse_than":"champion"}}',
            ),
            inputs=(Input(name="metrics", step="evaluate-wine-grader", output="metrics"),),
            **ours,
        ),
        Step(
            name="register-wine-grader",
            kind="register",
            argv=(
                *_runtime(
                    "register",
                    "--model",
                    _in("model"),
                    "--metrics",
                    _in("metrics"),
                    "--name",
                    "wine-grader",
                    "--alias",
                    "challenger",
                    "--param",
                ),
                ("trees=", Placeholder(kind="param", name="trees")),
            ),
            inputs=(
                Input(name="model", step="wine-grader", output="model"),
                Input(name="metrics", step="evaluate-wine-grader", output="metrics"),
            ),
            params=(Param(name="trees", value="200", pipeline_name="wine-grader-trees"),),
            after=("gate-wine-grader",),
            **ours,
        ),
    )


def wine_pipeline(**changes: Any) -> Pipeline:
    fields: dict[str, Any] = {
        "name": "wine-quality",
        "steps": wine_steps(),
        "on_exit": Step(
            name="report",
            kind="report",
            image=RUNTIME,
            env={},
            resources=SMALL,
            argv=_runtime("report"),
        ),
        "env": {
            "MLFLOW_TRACKING_URI": "http://mlflow.mlops.svc:5000",
            "MLFLOW_EXPERIMENT_NAME": "wine-quality-prod",
            "MLSPEC_PROJECT": "wine-quality",
            "MLSPEC_ENVIRONMENT": "prod",
        },
        "experiment": "wine-quality-prod",
        "identity": "wine-quality-pipeline",
        "executor_identity": "wine-quality-executor",
        "schedule": Schedule(cron="0 3 * * *", timezone="Europe/Paris", interval_seconds=86400),
        "timeout_seconds": 7200,
        "concurrency": "forbid",
        "freshness": (Freshness(source="tastings", seconds=86400),),
        "notify": NOTIFY,
    }
    return Pipeline(**{**fields, **changes})


def wine_service(**changes: Any) -> Service:
    replicas = Replicas(min=3, max=6, target_cpu=70)
    fields: dict[str, Any] = {
        "name": "wine-api",
        "model": "wine-grader",
        "framework": "sklearn",
        "protocol": "v2",
        "predictors": (
            Predictor(
                name="champion",
                role="main",
                alias="champion",
                model_version="7",
                traffic=90,
                model_uri="s3://cellar-models/wine-grader/7/model",
                replicas=replicas,
            ),
            Predictor(
                name="challenger",
                role="candidate",
                alias="challenger",
                model_version="8",
                traffic=10,
                model_uri="s3://cellar-models/wine-grader/8/model",
                replicas=Replicas(min=1, max=1),
            ),
        ),
        "resources": Resources(cpu="500m", memory="1Gi"),
        "identity": "wine-api",
        "model_secret": "mlspec-models",
        "expose": Exposure(host="wine.example.com", path="/", timeout_ms=30_000),
        "slo": Slo(
            availability="99.5",
            latency=(LatencyObjective(percentile="95", threshold_ms=250),),
        ),
        "notify": NOTIFY,
    }
    return Service(**{**fields, **changes})


def wine_plan(**changes: Any) -> Plan:
    """The example in `prod`: every target has something to say about it."""
    s3 = Endpoint(name="artifacts", host="minio.minio.svc", port=9000, namespace="minio")
    mlflow = Endpoint(name="mlflow", host="mlflow.mlops.svc", port=5000, namespace="mlops")
    source = Endpoint(name="tastings", host="s3.eu-west-1.amazonaws.com", port=443)
    fields: dict[str, Any] = {
        "project": "wine-quality",
        "environment": "prod",
        "team": "cellar",
        "description": "Grades wines from their chemistry.",
        "owners": ("ana@example.com",),
        "namespace": "wine-quality-prod",
        "protected": True,
        "pipeline": wine_pipeline(),
        "services": (wine_service(),),
        "identities": (
            Identity(name="wine-quality-pipeline", kind="pipeline", owner="wine-quality"),
            Identity(
                name="wine-quality-executor",
                kind="executor",
                owner="wine-quality",
                uses=(Use(action="report-task-results"),),
            ),
            Identity(name="wine-api", kind="service", owner="wine-api"),
            Identity(
                name="wine-quality-data-scientist",
                kind="role",
                owner="data-scientist",
                uses=(
                    Use(action="view-pipeline", names=("wine-quality",)),
                    Use(action="view-runs"),
                    Use(action="view-logs"),
                    Use(action="view-services", names=("wine-api",)),
                    Use(action="run-pipeline", names=("wine-quality",)),
                ),
                subjects=(Subject(kind="group", name="ds"),),
            ),
        ),
        "workloads": (
            Workload(
                name="wine-quality",
                component="pipeline",
                reaches=(s3, mlflow, source),
                calls_kubernetes_api=True,
            ),
            Workload(
                name="wine-api",
                component="model-server",
                reaches=(s3,),
                serves=True,
                from_gateway=("http",),
            ),
        ),
        "secrets": (
            Secret(
                name="mlspec-artifacts",
                keys=tuple(S3_KEYS.values()),
                settings={},
                remote="platform/prod/mlspec-artifacts",
            ),
            Secret(
                name="cellar-s3",
                keys=tuple(S3_KEYS.values()),
                settings={},
                remote="wine-quality/prod/cellar-s3",
            ),
            Secret(
                name="mlspec-models",
                keys=("RCLONE_CONFIG_S3_ACCESS_KEY_ID", "RCLONE_CONFIG_S3_SECRET_ACCESS_KEY"),
                settings={
                    "RCLONE_CONFIG_S3_TYPE": "s3",
                    "RCLONE_CONFIG_S3_PROVIDER": "Other",
                    "RCLONE_CONFIG_S3_ENDPOINT": "http://minio.minio.svc:9000",
                },
                remote="platform/prod/mlspec-models",
            ),
            Secret(
                name="ghcr-pull",
                keys=(".dockerconfigjson",),
                settings={},
                type="kubernetes.io/dockerconfigjson",
                remote="platform/prod/ghcr-pull",
            ),
        ),
        "quota": Quota(cpu="32", memory="64Gi", gpu=2, default=Resources(cpu="500m", memory="1Gi")),
        "platform": PlatformFacts(
            artifacts=ArtifactStore(
                location=S3Location(
                    bucket="mlspec-artifacts",
                    key="wine-quality/prod",
                    endpoint="minio.minio.svc:9000",
                    insecure=True,
                ),
                credentials=Credentials(secret="mlspec-artifacts", keys=S3_KEYS),
            ),
            mlflow_uri="http://mlflow.mlops.svc:5000",
            runtime_image=RUNTIME,
            argo_workflows_version="3.7",
            gateway_namespace="istio-system",
            gateway_labels={"istio": "ingressgateway"},
            gateway=Gateway(name="public", namespace="istio-system", listener="https"),
            monitoring_namespace="monitoring",
            monitoring_labels={"release": "kube-prometheus-stack"},
            runbook_url="https://runbooks.example.com/mlspec/{alert}",
        ),
        "delivery": Delivery(
            argo_cd_namespace="argocd",
            repository="https://github.com/acme/ml.git",
            revision="main",
            path="generated/wine-quality/prod",
            server="https://kubernetes.default.svc",
        ),
    }
    return Plan(**{**fields, **changes})
