"""The WorkflowTemplate: the graph, its steps, and the rules that every run obeys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.labels import common_labels
from mlspec.manifests.pods import pod_security_context
from mlspec.plan.model import AzureLocation

from .container import OUTPUTS_VOLUME, SCRATCH_VOLUME
from .dag import dag_template
from .executor import pod_spec_patch
from .memo import memos
from .metrics import run_metrics
from .names import artifact_gc_identity, entrypoint_name, exit_handler_name, repository_name
from .steps import exit_handler, step_template
from .text import literal

if TYPE_CHECKING:
    from mlspec.plan.model import ArtifactStore, Fetch, Pipeline, Plan

_DESCRIPTION = "workflows.argoproj.io/description"
_AZURE_IDENTITY = "azure.workload.identity/use"
"""Without this label on the pod, Azure's webhook passes it by:
https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html"""

_DAY = 24 * 3600
_PARALLELISM = 10
"""Pods of one run at a time, so that a broad graph cannot starve its namespace."""


def workflow_template(plan: Plan, pipeline: Pipeline) -> dict[str, Any]:
    annotations = {_DESCRIPTION: plan.description} if plan.description else {}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "WorkflowTemplate",
        "metadata": {
            "name": pipeline.name,
            "namespace": plan.namespace,
            "labels": common_labels(plan, name=pipeline.name, component="pipeline"),
            **({"annotations": annotations} if annotations else {}),
        },
        "spec": _spec(plan, pipeline),
    }


def _spec(plan: Plan, pipeline: Pipeline) -> dict[str, Any]:
    cached = memos(plan, pipeline)
    return {
        "entrypoint": entrypoint_name(pipeline),
        "onExit": exit_handler_name(pipeline),
        **_arguments(pipeline),
        **_lifetime(pipeline),
        **_identity(plan, pipeline),
        **_artifacts(plan, pipeline),
        "metrics": run_metrics(plan, pipeline),
        "volumes": _volumes(),
        "templates": [
            dag_template(pipeline, cached),
            *(step_template(s, plan, pipeline, cached.get(s.name)) for s in pipeline.steps),
            exit_handler(plan, pipeline),
        ],
    }


def _arguments(pipeline: Pipeline) -> dict[str, Any]:
    """Each parameter once, though several steps may take it."""
    values = {p.pipeline_name: p.value for step in pipeline.steps for p in step.params}
    parameters = [
        {"name": name, "value": literal(value, more_follows=True)} for name, value in values.items()
    ]
    return {"arguments": {"parameters": parameters}} if parameters else {}


def _lifetime(pipeline: Pipeline) -> dict[str, Any]:
    """The mutex also holds back a run that someone starts by hand beside the scheduled one; its
    time to wait does not count against the deadline (getWorkflowDeadline). Pods go soon, their logs
    are archived; the workflow stays to be looked at, a failed one longer."""
    mutexes = {"synchronization": {"mutexes": [{"name": pipeline.name}]}}
    return {
        "activeDeadlineSeconds": pipeline.timeout_seconds,
        "parallelism": _PARALLELISM,
        **(mutexes if pipeline.concurrency != "allow" else {}),
        "ttlStrategy": {"secondsAfterSuccess": 3 * _DAY, "secondsAfterFailure": 7 * _DAY},
        "podGC": {"strategy": "OnPodCompletion", "deleteDelayDuration": "1h"},
    }


def _identity(plan: Plan, pipeline: Pipeline) -> dict[str, Any]:
    """The steps' own container gets no token. The executor's is a Secret that must exist, named
    `NAME.service-account-token`:
    https://argo-workflows.readthedocs.io/en/latest/service-account-secrets/"""
    return {
        "serviceAccountName": pipeline.identity,
        "automountServiceAccountToken": False,
        "executor": {"serviceAccountName": pipeline.executor_identity},
        "securityContext": pod_security_context(),
        "workflowMetadata": {
            "labels": common_labels(plan, name=pipeline.name, component="pipeline")
        },
        "podMetadata": {"labels": _pod_labels(plan, pipeline)},
        "podSpecPatch": pod_spec_patch(pipeline),
    }


def _artifacts(plan: Plan, pipeline: Pipeline) -> dict[str, Any]:
    """Artifacts go with their workflow. A deletion that fails must not keep the workflow for ever:
    the bucket's lifecycle rule is the second broom."""
    return {
        "artifactRepositoryRef": {"configMap": repository_name(pipeline)},
        "artifactGC": {
            "strategy": "OnWorkflowDeletion",
            "serviceAccountName": artifact_gc_identity(pipeline),
            "podMetadata": {"labels": _pod_labels(plan, pipeline)},
            "forceFinalizerRemoval": True,
        },
    }


def _pod_labels(plan: Plan, pipeline: Pipeline) -> dict[str, str]:
    labels = common_labels(plan, name=pipeline.name, component="pipeline")
    places: list[ArtifactStore | Fetch] = [plan.platform.artifacts]
    places += [step.fetch for step in pipeline.steps if step.fetch]
    uses_azure_identity = any(
        isinstance(place.location, AzureLocation)
        and place.credentials is not None
        and place.credentials.workload_identity
        for place in places
    )
    return {**labels, _AZURE_IDENTITY: "true"} if uses_azure_identity else labels


def _volumes() -> list[dict[str, Any]]:
    """Argo adds to a pod those of them that its container mounts. The sizes are a choice: what the
    node has is not known here, and a pod beyond them is evicted instead of its neighbours."""
    return [
        {"name": SCRATCH_VOLUME, "emptyDir": {"sizeLimit": "1Gi"}},
        {"name": OUTPUTS_VOLUME, "emptyDir": {"sizeLimit": "10Gi"}},
    ]
