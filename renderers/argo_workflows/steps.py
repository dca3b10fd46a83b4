"""The template of a step: what it takes and gives, how long it may take, and its container."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.pods import GPU_RESOURCE

from . import versions
from .container import container
from .executor import fetch_patch
from .locations import source, store
from .metrics import step_metrics
from .names import cache_name, digest_parameter, exit_handler_name
from .paths import mount_path, output_path
from .retries import retry_strategy

if TYPE_CHECKING:
    from mlspec.plan.model import Fetch, Pipeline, Plan, Step

    from .memo import Memo

_CACHE_MAX_AGE = "168h"
"""A week. Artifacts of cached steps must outlive it: see README.md."""

_OUTCOME = ("--status", "{{workflow.status}}", "--failures", "{{workflow.failures}}")
"""Both are known to exit handlers alone. Argo quotes the JSON of the failures once more, so that it
arrives as a JSON string that holds JSON; the runtime's `report` reads it so."""


def step_template(step: Step, plan: Plan, pipeline: Pipeline, memo: Memo | None) -> dict[str, Any]:
    inputs, outputs = _inputs(step, memo), _outputs(step, memo, plan)
    return {
        "name": step.name,
        **({"inputs": inputs} if inputs else {}),
        **({"outputs": outputs} if outputs else {}),
        **({"memoize": _memoize(memo, plan, pipeline)} if memo else {}),
        **({"metrics": step_metrics(step.gauges)} if step.gauges else {}),
        **_limits(step, plan),
        **_placement(step),
        "container": container(step, pipeline),
    }


def exit_handler(plan: Plan, pipeline: Pipeline) -> dict[str, Any]:
    """Runs once after the graph, however that ended, even when its time was up."""
    step = pipeline.on_exit
    return {
        "name": exit_handler_name(pipeline),
        **_limits(step, plan),
        "container": container(step, pipeline, *_OUTCOME),
    }


def _inputs(step: Step, memo: Memo | None) -> dict[str, Any]:
    digests = (digest_parameter(ingest) for ingest in (memo.ingests if memo else ()))
    parameters = [{"name": name} for name in (*(p.name for p in step.params), *digests)]
    artifacts = [_fetched(step.fetch)] if step.fetch else []
    artifacts += [{"name": item.name, "path": mount_path(item.name)} for item in step.inputs]
    return {
        **({"parameters": parameters} if parameters else {}),
        **({"artifacts": artifacts} if artifacts else {}),
    }


def _fetched(fetch: Fetch) -> dict[str, Any]:
    """`archive: none`: Argo would unpack a tarball without being asked (LoadArtifacts)."""
    return {
        "name": fetch.name,
        "path": mount_path(fetch.name),
        "archive": {"none": {}},
        **source(fetch.location, fetch.credentials),
    }


def _outputs(step: Step, memo: Memo | None, plan: Plan) -> dict[str, Any]:
    """A cached or published result stays when its run is deleted: others may still point to it."""
    parameters = [
        {"name": output.name, "valueFrom": {"path": output_path(output.name)}}
        for output in step.outputs
        if output.kind == "value"
    ]
    artifacts = [
        {
            "name": output.name,
            "path": output_path(output.name),
            **({"artifactGC": {"strategy": "Never"}} if memo or output.publish else {}),
            **(_published(output.publish, plan) if output.publish else {}),
        }
        for output in step.outputs
        if output.kind != "value"
    ]
    return {
        **({"parameters": parameters} if parameters else {}),
        **({"artifacts": artifacts} if artifacts else {}),
    }


def _published(folder: str, plan: Plan) -> dict[str, Any]:
    """Files as they are, in a place of their own, where others than this workflow find them."""
    return {"archive": {"none": {}}, **store(plan.platform.artifacts, folder)}


def _memoize(memo: Memo, plan: Plan, pipeline: Pipeline) -> dict[str, Any]:
    unused = {} if versions.has(plan, versions.CACHE_HAS_NO_KEY) else {"key": "unused"}
    return {
        "key": memo.key,
        "maxAge": _CACHE_MAX_AGE,
        "cache": {"configMap": {"name": cache_name(pipeline), **unused}},
    }


def _limits(step: Step, plan: Plan) -> dict[str, Any]:
    retry = step.retry if step.retry and step.retry.limit else None
    return {
        **({"retryStrategy": retry_strategy(step, retry, plan)} if retry else {}),
        **({"activeDeadlineSeconds": str(step.timeout_seconds)} if step.timeout_seconds else {}),
    }


def _placement(step: Step) -> dict[str, Any]:
    """Nodes with GPUs are tainted by the name of the resource, by convention."""
    toleration = {"key": GPU_RESOURCE, "operator": "Exists", "effect": "NoSchedule"}
    patch = fetch_patch(step.fetch) if step.fetch else ""
    return {
        **({"tolerations": [toleration]} if step.resources.gpu else {}),
        **({"podSpecPatch": patch} if patch else {}),
    }
