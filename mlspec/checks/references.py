"""References: every name that means a data set, a model or a service leads to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.language.suggestions import nearest, suggest
from mlspec.source.problem import Problem, Repair

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
                repair=_only_output(node),
            )  # fmt: skip
    if name in project.training:
        return Problem(
            "MLS210", path, f"`{name}` is a model, not a data set", label="a model",
            help="a step reads data sets; only an evaluation reads its own model, as "
            "`${{ inputs.model }}`", related=(("the model is here", ("training", name)),),
        )  # fmt: skip
    label = "no source and no output has this name"
    unknown = Problem("MLS201", path, f"`{name}` is not a data set", label)
    return suggest(unknown, name, datasets, "add it under `data.sources`")


def _only_output(node: Node) -> Repair | None:
    name = next(iter(node.outputs), "")
    return Repair(f"write `{name}`", name) if len(node.outputs) == 1 else None


def _expectations(context: Context, node: Node) -> Iterator[Problem]:
    inputs = frozenset(node.inputs)
    strange = {name for name in node.inputs if name not in context.flow.producers}
    for name in node.expects:
        misspelt = name in context.flow.producers and nearest(name, strange) is not None
        if name not in inputs and not misspelt:  # then the input alone is reported
            path = (*node.path, "expects", name)
            message = f"`{name}` is not an input of this step"
            yield suggest(Problem("MLS201", path, message, on_key=True), name, node.inputs)


def _no_model(context: Context, name: str, path: Path, on_key: bool = False) -> Problem:
    models = context.project.training
    for what, place in _meanings(context, name):
        wrong = Problem(
            "MLS210", path, f"`{name}` is {what}, not a model", label=what, on_key=on_key,
            related=((f"{what} of this name is here", place),),
        )  # fmt: skip
        return suggest(wrong, name, models, "a model has the name of its training")
    label = "no training has this name"
    unknown = Problem("MLS201", path, f"`{name}` is not a model", label, on_key=on_key)
    return suggest(unknown, name, models, "add it under `training`")


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
            wrong = Problem(
                "MLS210", ("monitoring", name), f"`{name}` is a model, not a service",
                label="a model", on_key=True, related=(("the model is here", ("training", name)),),
            )  # fmt: skip
            services = serving or context.project.serving
            yield suggest(wrong, name, services, "add a service first")
        else:
            unknown = Problem(
                "MLS201", ("monitoring", name), f"`{name}` is not a service",
                label="no service has this name", on_key=True,
            )  # fmt: skip
            yield suggest(unknown, name, context.project.serving, "add it under `serving`")


def _unused_sources(context: Context) -> Iterator[Problem]:
    strange = {n for node in context.flow.nodes for n in node.inputs} - set(context.flow.producers)
    meant = {nearest(name, context.flow.producers) for name in strange}
    for name in context.project.data.sources:
        if not context.flow.readers(name) and name not in meant:
            yield Problem(
                "MLS204", ("data", "sources", name), f"no step reads the source `{name}`",
                help="remove it, or name it in the `inputs` of a step", on_key=True,
            )  # fmt: skip
