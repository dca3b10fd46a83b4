"""References: every name that means a data set, a model or a service leads to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.language.suggestions import did_you_mean, nearest
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.dataflow import Node
    from mlspec.source.tree import Path


def check_references(context: Context) -> Iterator[Problem]:
    for node in context.flow.nodes:
        yield from _inputs(context, node)
        yield from _expectations(context, node)
    yield from _models(context)
    yield from _services(context)
    yield from _unused_sources(context)


def _inputs(context: Context, node: Node) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, name in enumerate(node.spec.inputs):
        path = (*node.path, "inputs", position)
        if name in seen:
            yield Problem("MLS203", path, f"`{name}` is listed twice", help="remove one")
            continue
        seen.add(name)
        if name not in context.flow.producers:
            yield _no_dataset(context, name, path)


def _no_dataset(context: Context, name: str, path: Path) -> Problem:
    """Says what the name means instead, if it means something."""
    project, datasets = context.project, context.flow.producers
    for node in context.flow.nodes:
        if node.name == name and node.kind == "transform":
            made = ", ".join(f"`{output}`" for output in node.outputs)
            return Problem(
                "MLS210", path, f"`{name}` is a step, not a data set", label="a step",
                help=f"its outputs are: {made}" if made else "it has no outputs",
                related=(("the step is here", node.path),),
            )  # fmt: skip
    if name in project.training:
        return Problem(
            "MLS210", path, f"`{name}` is a model, not a data set", label="a model",
            help="a step reads data sets; only an evaluation reads its own model, as "
            "`${{ inputs.model }}`", related=(("the model is here", ("training", name)),),
        )  # fmt: skip
    return Problem(
        "MLS201", path, f"`{name}` is not a data set",
        label="no source and no output has this name",
        help=did_you_mean(name, datasets, "add it under `data.sources`"),
    )  # fmt: skip


def _expectations(context: Context, node: Node) -> Iterator[Problem]:
    strange = set(node.inputs) - set(context.flow.producers)
    for name in node.expects:
        misspelt = name in context.flow.producers and nearest(name, strange) is not None
        if name not in node.inputs and not misspelt:  # then the input alone is reported
            path = (*node.path, "expects", name)
            yield Problem(
                "MLS201", path, f"`{name}` is not an input of this step",
                help=did_you_mean(name, node.inputs), on_key=True,
            )  # fmt: skip


def _no_model(context: Context, name: str, path: Path, on_key: bool = False) -> Problem:
    models = context.project.training
    for what, place in _meanings(context, name):
        return Problem(
            "MLS210", path, f"`{name}` is {what}, not a model", label=what, on_key=on_key,
            help=did_you_mean(name, models, "a model has the name of its training"),
            related=((f"{what} of this name is here", place),),
        )  # fmt: skip
    return Problem(
        "MLS201", path, f"`{name}` is not a model", label="no training has this name",
        help=did_you_mean(name, models, "add it under `training`"), on_key=on_key,
    )  # fmt: skip


def _meanings(context: Context, name: str) -> Iterator[tuple[str, Path]]:
    """What a name that is no model means, if anything."""
    if name in context.flow.producers:
        yield "a data set", context.flow.producers[name].path
    if name in context.project.transforms:
        yield "a transform", ("transforms", name)
    if name in context.project.serving:
        yield "a service", ("serving", name)


def _models(context: Context) -> Iterator[Problem]:
    project = context.project
    registered = project.registry.models if project.registry else {}
    for name in registered:
        if name not in project.training:
            yield _no_model(context, name, ("registry", "models", name), on_key=True)
    for name, service in project.serving.items():
        if service.model not in project.training:
            yield _no_model(context, service.model, ("serving", name, "model"))


def _services(context: Context) -> Iterator[Problem]:
    for name in context.project.monitoring:
        if name in context.project.serving:
            continue
        if name in context.project.training:
            serving = [s for s, spec in context.project.serving.items() if spec.model == name]
            yield Problem(
                "MLS210", ("monitoring", name), f"`{name}` is a model, not a service",
                label="a model", on_key=True, related=(("the model is here", ("training", name)),),
                help=did_you_mean(name, serving or context.project.serving, "add a service first"),
            )  # fmt: skip
        else:
            yield Problem(
                "MLS201", ("monitoring", name), f"`{name}` is not a service",
                label="no service has this name", on_key=True,
                help=did_you_mean(name, context.project.serving, "add it under `serving`"),
            )  # fmt: skip


def _unused_sources(context: Context) -> Iterator[Problem]:
    strange = {n for node in context.flow.nodes for n in node.inputs} - set(context.flow.producers)
    meant = {nearest(name, context.flow.producers) for name in strange}
    for name in context.project.data.sources:
        if not context.flow.readers(name) and name not in meant:
            yield Problem(
                "MLS204", ("data", "sources", name), f"no step reads the source `{name}`",
                help="remove it, or name it in the `inputs` of a step", on_key=True,
            )  # fmt: skip
