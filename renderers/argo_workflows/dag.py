"""The graph: a task a step, ordered by what it reads and by what must have succeeded before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .memo import DIGEST_OUTPUT
from .names import digest_parameter, entrypoint_name, task_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.plan.model import Pipeline, Step

    from .memo import Memo


def dag_template(pipeline: Pipeline, memos: Mapping[str, Memo]) -> dict[str, Any]:
    tasks = [_task(step, memos.get(step.name)) for step in pipeline.steps]
    return {"name": entrypoint_name(pipeline), "dag": {"tasks": tasks}}


def _task(step: Step, memo: Memo | None) -> dict[str, Any]:
    # An ordered set.
    needed = dict.fromkeys((*(item.step for item in step.inputs), *step.after))
    arguments = _arguments(step, memo)
    return {
        "name": task_name(step.name),
        "template": step.name,
        **({"dependencies": [task_name(name) for name in needed]} if needed else {}),
        **({"arguments": arguments} if arguments else {}),
    }


def _arguments(step: Step, memo: Memo | None) -> dict[str, Any]:
    parameters = [
        {"name": param.name, "value": f"{{{{workflow.parameters.{param.pipeline_name}}}}}"}
        for param in step.params
    ]
    for ingest in memo.ingests if memo else ():
        value = _output(ingest.name, f"parameters.{DIGEST_OUTPUT}")
        parameters.append({"name": digest_parameter(ingest), "value": value})
    artifacts = [
        {"name": item.name, "from": _output(item.step, f"artifacts.{item.output}")}
        for item in step.inputs
    ]
    return {
        **({"parameters": parameters} if parameters else {}),
        **({"artifacts": artifacts} if artifacts else {}),
    }


def _output(step: str, output: str) -> str:
    return f"{{{{tasks.{task_name(step)}.outputs.{output}}}}}"
