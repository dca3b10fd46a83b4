"""The steps of the pipeline, derived from the data flow: the project's own and those mlspec adds.

ingest-S → check-S → TRANSFORM → check-OUTPUT → TRAINING → evaluate-T → gate-T → register-T
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.language.units import seconds
from mlspec.plan.commands import compact, runtime, scalar_text, words
from mlspec.plan.ingest import ingest_step
from mlspec.plan.model import Input, Output, Param, Placeholder, Resources, Retry, Step
from mlspec.plan.names import join
from mlspec.plan.storage import model_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.checks.dataflow import Node
    from mlspec.language.registry import RegisteredModel
    from mlspec.language.resources import Retries
    from mlspec.plan.inputs import Inputs

SMALL = Resources(cpu="250m", memory="512Mi")
"""For steps of ours that talk to MLflow: its client alone takes 200 Mi."""


def pipeline_steps(inputs: Inputs) -> tuple[Step, ...]:
    """All steps in topological order, and in the author's order where the data leaves a choice."""
    steps: list[Step] = []
    for name in inputs.project.data.sources:
        if inputs.flow.readers(name):
            steps.append(ingest_step(inputs, name, retry_of(inputs, None)))
            steps.extend(_data_check(inputs, name))
    for node in inputs.flow.nodes:
        steps.append(_own_step(inputs, node))
        for name in node.outputs:
            steps.extend(_data_check(inputs, name))
    registry = inputs.project.registry
    for name, model in registry.models.items() if registry else ():
        steps.extend(_registration(inputs, name, model))
    return _in_order(steps)


def _in_order(steps: list[Step]) -> tuple[Step, ...]:
    """Stable topological order: the first step that waits for nothing more comes next."""
    from heapq import heapify, heappop, heappush

    missing = {step.name: len(needs(step)) for step in steps}
    waiting_for: dict[str, list[int]] = {step.name: [] for step in steps}
    for position, step in enumerate(steps):
        for name in needs(step):
            waiting_for[name].append(position)
    ready = [position for position, step in enumerate(steps) if not missing[step.name]]
    heapify(ready)
    ordered = []
    while ready:
        ordered.append(steps[heappop(ready)])
        for position in waiting_for[ordered[-1].name]:
            missing[steps[position].name] -= 1
            if not missing[steps[position].name]:
                heappush(ready, position)
    return tuple(ordered)


def needs(step: Step) -> set[str]:
    """The names of the steps that must have succeeded before."""
    return {item.step for item in step.inputs} | set(step.after)


def retry_of(inputs: Inputs, asked: int | Retries | None) -> Retry | None:
    wanted = inputs.project.pipeline.retries if asked is None else asked
    if isinstance(wanted, int):
        return Retry(limit=wanted) if wanted else None
    if not wanted.limit:
        return None
    return Retry(
        limit=wanted.limit,
        backoff_seconds=seconds(wanted.backoff),
        factor=wanted.factor,
        max_seconds=seconds(wanted.max),
    )


def dataset_step(inputs: Inputs, dataset: str) -> str:
    """The name of the step that writes a data set."""
    return inputs.flow.producers[dataset].step or join("ingest", dataset)


def dataset_input(inputs: Inputs, dataset: str) -> Input:
    return Input(name=dataset, step=dataset_step(inputs, dataset), output=dataset)


def params_of(step: str, params: Mapping[str, Any]) -> tuple[Param, ...]:
    # A step's name holds no `_` and a parameter's no `-`, so the joined name is unique.
    return tuple(
        Param(name=name, value=scalar_text(value), pipeline_name=f"{step}-{name}")
        for name, value in params.items()
    )


def _own_step(inputs: Inputs, node: Node) -> Step:
    spec, project = node.spec, inputs.project
    outputs = [Output(name=n, kind="dataset", format=o.format) for n, o in node.outputs.items()]
    reads = [dataset_input(inputs, name) for name in node.inputs]
    if node.kind == "train":
        outputs.append(Output(name="model", kind="model"))
    if node.kind == "evaluate":
        outputs.append(Output(name="metrics", kind="metrics"))
        reads.append(Input(name="model", step=node.model, output="model"))
    kinds: dict[str, Any] = {"transform": "transform", "train": "train", "evaluate": "evaluate"}
    return Step(
        name=join(node.name),
        kind=kinds[node.kind],
        image=inputs.image(spec.image or _training_image(inputs, node)),
        argv=words(spec.run),
        inputs=tuple(reads),
        outputs=tuple(outputs),
        params=params_of(node.name, spec.params),
        env=dict(spec.env),
        resources=inputs.resources(spec.resources),
        retry=retry_of(inputs, spec.retries),
        timeout_seconds=seconds(spec.timeout or project.pipeline.timeout),
        after=tuple(check_name(name) for name in node.inputs if _is_checked(inputs, name)),
        cacheable=node.kind == "transform" and spec.cache,
    )


def _training_image(inputs: Inputs, node: Node) -> Any:
    return inputs.project.training[node.model].image if node.kind == "evaluate" else None


def check_name(dataset: str) -> str:
    return join("check", dataset)


def _is_checked(inputs: Inputs, dataset: str) -> bool:
    return bool(inputs.flow.producers[dataset].columns)


def _data_check(inputs: Inputs, dataset: str) -> list[Step]:
    if not _is_checked(inputs, dataset):
        return []
    producer = inputs.flow.producers[dataset]
    schema = {name: _column(column) for name, column in producer.columns.items()}
    return [
        Step(
            name=check_name(dataset),
            kind="check",
            image=inputs.locked_image(inputs.platform.runtime.image),
            argv=runtime(
                "check",
                "--data",
                Placeholder(kind="input", name=dataset),
                "--format",
                producer.format,
                "--schema",
                compact(schema),
            ),
            inputs=(dataset_input(inputs, dataset),),
            env={},
            resources=inputs.resources(None),
            retry=retry_of(inputs, None),
        )
    ]


def _column(column: Any) -> dict[str, Any]:
    """A column as `mlspec.runtime check` reads it: only what was asked for."""
    if isinstance(column, str):
        return {"type": column}
    kept = ("type", "min", "max", "enum", "pattern", "nullable", "unique", "pii")
    values = {name: getattr(column, name) for name in kept}
    return {
        n: v for n, v in values.items() if v is not None and v is not False and v not in ("", ())
    }


def _registration(inputs: Inputs, name: str, model: RegisteredModel) -> list[Step]:
    training = inputs.project.training[name]
    common: dict[str, Any] = {
        "image": inputs.locked_image(inputs.platform.runtime.image),
        "env": {},
        "resources": SMALL,
        "retry": retry_of(inputs, None),
    }
    metrics = Input(name="metrics", step=join("evaluate", name), output="metrics")
    measured = (metrics,) if training.evaluate else ()
    steps = []
    if model.gates:
        steps.append(_gate(inputs, name, model, metrics, common))
    arguments: list[str | Placeholder] = ["--model", Placeholder(kind="input", name="model")]
    if measured:
        arguments += ["--metrics", Placeholder(kind="input", name="metrics")]
    arguments += ["--name", inputs.registered_name(name), "--alias", model.alias]
    if model.gates:
        arguments += ["--gates", _gates(model)]
    published = _published(inputs, name, model)
    if published:
        arguments += ["--publish", Placeholder(kind="output", name="published")]
    arguments += ["--tag", f"mlspec.framework={training.framework}"]
    params = params_of(name, training.params)
    values = tuple(
        word
        for param in sorted(params, key=lambda param: param.name)  # a mapping has no order
        for word in (("--param",), (f"{param.name}=", Placeholder(kind="param", name=param.name)))
    )
    steps.append(
        Step(
            name=join("register", name),
            kind="register",
            argv=(*runtime("register", *arguments), *values),
            inputs=(Input(name="model", step=join(name), output="model"), *measured),
            outputs=published,
            params=params,
            after=(join("gate", name),) if model.gates else (),
            **common,
        )
    )
    return steps


def _published(inputs: Inputs, name: str, model: RegisteredModel) -> tuple[Output, ...]:
    """In environments where services may do without a lock, the registered model is also put where
    they look for it."""
    if inputs.protected:
        return ()
    return (Output(name="published", kind="model", publish=model_folder(name, model.alias)),)


def _gate(
    inputs: Inputs, name: str, model: RegisteredModel, metrics: Input, common: dict[str, Any]
) -> Step:
    return Step(
        name=join("gate", name),
        kind="gate",
        argv=runtime(
            "gate",
            "--metrics",
            Placeholder(kind="input", name="metrics"),
            "--model",
            inputs.registered_name(name),
            "--gates",
            _gates(model),
        ),
        inputs=(metrics,),
        **common,
    )


def _gates(model: RegisteredModel) -> str:
    """The gates as the programs that judge and record them read them."""
    return compact({metric: gate_bounds(gate) for metric, gate in model.gates.items()})


def gate_bounds(gate: Any) -> dict[str, Any]:
    """A gate as `mlspec.runtime gate` reads it."""
    values = {"min": gate.min, "max": gate.max}
    found = {key: value for key, value in values.items() if value is not None}
    if gate.no_worse_than:
        found |= {"no_worse_than": gate.no_worse_than, "direction": gate.better}
    return found
