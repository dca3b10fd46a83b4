"""Keys that people know from other tools, and what is written here instead. Read only when one is
met. What is near a key of ours, or a key of ours in the wrong place, needs no line here.
"""

from __future__ import annotations

from typing import NamedTuple


class Habit(NamedTuple):
    """What to do instead; `key`: which of our keys it stands for, if it stands for one."""

    help: str
    key: str = ""


_PLATFORM = "the platform team sets this for everybody: remove it"
_STEPS = Habit(
    "write each step by its name, under `transforms` or, where it makes a model, `training`; their "
    "order follows from what they read and write"
)
_SCHEDULE = Habit('say when it runs in `pipeline`: `pipeline: {schedule: "0 3 * * *"}`')
_ORDER = Habit("the order follows from the data: list what the step reads under `inputs`", "inputs")
_RUN = Habit("write the program and its arguments as `run`", "run")
_PARAMS = Habit("write them under `params`, and use them as `${{ params.NAME }}`")
_COPIES = Habit("write `replicas: {min: 1, max: 3}`")
_CREDENTIALS = Habit("name the Kubernetes Secret that holds it: `credentials: {secret: NAME}`")
_IN_THE_SECRET = Habit(
    "it belongs in the Kubernetes Secret that `secret` names, never in a file: remove it"
)
_FILES = Habit("steps hand files on through `inputs` and `outputs`: remove it")
_OUTPUTS = Habit("name the data sets that the step writes under `outputs`", "outputs")
_MODEL = Habit("a training writes its model to `${{ outputs.model }}`, and nothing else: remove it")
_GATES = Habit("what a model must achieve stands in `registry.models.NAME.gates`")
_HARDWARE = Habit("write `cpu`, `memory` and `gpu` here: what you ask for is what you get")
_RESOURCES = Habit("write `resources: {cpu: 2, memory: 4Gi}`: what you ask for is what you get")
_LABELS = Habit("mlspec labels everything by project and team: remove it")

_OF_STEPS = {
    **dict.fromkeys(("command", "cmd", "script", "entrypoint", "exec"), _RUN),
    **dict.fromkeys(("args", "arguments"), Habit("write them in `run`, behind the program")),
    **dict.fromkeys(("deps", "depends_on", "dependencies", "depends", "needs", "after"), _ORDER),
    "with": _PARAMS,
    **dict.fromkeys(("hyperparameters", "hyperparams", "config", "parameters"), _PARAMS),
    **dict.fromkeys(("volumes", "volumeMounts", "artifacts"), _FILES),
    **dict.fromkeys(("limits", "requests"), _RESOURCES),
    "gpus": Habit("write `resources: {gpu: 1}`"),
    **dict.fromkeys(("secrets", "envFrom"), Habit("only sources have `credentials`: remove it")),
}

_OF_PODS = dict.fromkeys(
    ("imagePullPolicy", "imagePullSecrets", "nodeSelector", "tolerations", "affinity",
     "serviceAccount", "serviceAccountName", "securityContext", "namespace"),
    Habit(_PLATFORM),
)  # fmt: skip

HABITS: dict[str, dict[str, Habit]] = {
    "Project": {
        **_OF_PODS,
        "spec": Habit("write what is in it without `spec:` around it"),
        **dict.fromkeys(("steps", "stages", "jobs", "tasks", "components", "dag"), _STEPS),
        **dict.fromkeys(("on", "cron"), _SCHEDULE),
        "datasets": Habit("write them under `data`: `data: {sources: …}`"),
        **dict.fromkeys(
            ("deploy", "deployment", "deployments", "endpoint", "endpoints", "inference"),
            Habit("write under `serving` which model answers requests"),
        ),
    },
    "Metadata": {
        **_OF_PODS,
        **dict.fromkeys(("labels", "annotations"), _LABELS),
    },
    "Resources": {
        **dict.fromkeys(("limits", "requests"), _HARDWARE),
        **dict.fromkeys(("nvidia.com/gpu", "gpus"), Habit("write `gpu: 1`")),
        "ram": Habit("write it as `memory`"),
    },
    "Credentials": dict.fromkeys(
        (
            "username",
            "user",
            "password",
            "passwd",
            "access_key",
            "access_key_id",
            "secret_key",
            "secret_access_key",
            "token",
            "api_key",
        ),
        _IN_THE_SECRET,
    ),
    "Transform": {**_OF_STEPS, **_OF_PODS, "outs": _OUTPUTS},
    "Training": {
        **_OF_STEPS,
        **_OF_PODS,
        **dict.fromkeys(("outputs", "outs", "output"), _MODEL),
        **dict.fromkeys(("gates", "thresholds"), _GATES),
    },
    "Evaluate": {**_OF_STEPS, **_OF_PODS, **dict.fromkeys(("gates", "thresholds"), _GATES)},
    "Service": {
        **_OF_PODS,
        **dict.fromkeys(("minReplicas", "maxReplicas", "min_replicas", "max_replicas"), _COPIES),
        **dict.fromkeys(("autoscaling", "hpa", "scale"), _COPIES),
        **dict.fromkeys(
            ("image", "port", "ports", "command"),
            Habit("the server of the model comes from mlspec: remove it"),
        ),
        **dict.fromkeys(
            ("version", "stage"),
            Habit("name the registry alias as `alias`; mlspec.lock says which version that is"),
        ),
    },
    "Registry": dict.fromkeys(
        ("uri", "url", "tracking_uri"), Habit("the platform says where MLflow is: remove it")
    ),
    "Slo": dict.fromkeys(("p50", "p90", "p95", "p99"), Habit("write `latency: {p95: 250ms}`")),
    "Role": {
        **dict.fromkeys(
            ("users", "groups", "members"),
            Habit("write `subjects: [group:NAME, user:NAME]`", "subjects"),
        ),
        **dict.fromkeys(
            ("permissions", "verbs", "rights"), Habit("write `may: [view, run]`", "may")
        ),
    },
}
"""Model → key of another tool → what is written here."""

OF_SOURCES: dict[str, Habit] = {
    **dict.fromkeys(
        ("username", "password", "passwd", "user", "access_key", "secret_key", "token"),
        _CREDENTIALS,
    ),
    **dict.fromkeys(("path", "url", "location"), Habit("write the address as `uri`", "uri")),
    **dict.fromkeys(("bucket", "key", "prefix"), Habit("write `uri: s3://BUCKET/KEY`", "uri")),
    **dict.fromkeys(("columns", "fields", "dtypes"), Habit("write the columns under `schema`")),
}
"""The same for every type of source."""


def habit(model: str, key: str) -> Habit | None:
    """What somebody who writes `key` in that model is used to."""
    found = OF_SOURCES if model.endswith("Source") else HABITS.get(model, {})
    return found.get(key)
