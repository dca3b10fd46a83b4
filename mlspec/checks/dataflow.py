"""The data flow of a project: who writes each data set, and who reads it.

Built from any typed spec, right or wrong: names that lead nowhere are simply not in `producers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.language.steps import Output

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.language.project import Project
    from mlspec.source.tree import Path


class Node(NamedTuple):
    """A step the user wrote. `spec` is its model; `path` leads to it. `model` is the training whose
    model an evaluation reads."""

    kind: str
    name: str
    path: Path
    spec: Any
    inputs: tuple[str, ...]
    outputs: Mapping[str, Output]
    expects: Mapping[str, Mapping[str, str]]
    model: str = ""


class Producer(NamedTuple):
    """Who writes a data set: a source (then `step` is empty) or a step.

    `columns` are the declared ones; empty where nothing is declared.
    """

    path: Path
    step: str
    format: str
    columns: Mapping[str, Any]


class Dataflow(NamedTuple):
    nodes: tuple[Node, ...]
    producers: Mapping[str, Producer]
    read: Mapping[str, list[Node]]
    """Data set → the steps that read it, in the order of `nodes`; absent: nobody."""

    def readers(self, dataset: str) -> list[Node]:
        return self.read.get(dataset, [])


def outputs_of(outputs: tuple[str, ...] | Mapping[str, Output]) -> Mapping[str, Output]:
    """The long form of `outputs`."""
    return outputs if not isinstance(outputs, tuple) else dict.fromkeys(outputs, Output())


def column_type(column: Any) -> str:
    """The type of a column in its short or long form."""
    return column if isinstance(column, str) else str(column.type)


def dataflow_of(project: Project) -> Dataflow:
    nodes = (*_transforms(project), *_trainings(project))
    producers: dict[str, Producer] = {}
    for name, source in project.data.sources.items():
        format = getattr(source, "format", "parquet")
        producers[name] = Producer(("data", "sources", name), "", format, source.schema)
    for node in nodes:
        for name, output in node.outputs.items():
            path = (*node.path, "outputs", name)
            producers.setdefault(name, Producer(path, node.name, output.format, output.schema))
    read: dict[str, list[Node]] = {}
    for node in nodes:
        for name in dict.fromkeys(node.inputs):
            read.setdefault(name, []).append(node)
    return Dataflow(nodes, producers, read)


def _transforms(project: Project) -> list[Node]:
    return [
        Node(
            kind="transform",
            name=name,
            path=("transforms", name),
            spec=spec,
            inputs=spec.inputs,
            outputs=outputs_of(spec.outputs),
            expects=spec.expects,
        )
        for name, spec in project.transforms.items()
    ]


def _trainings(project: Project) -> list[Node]:
    nodes = []
    for name, spec in project.training.items():
        path = ("training", name)
        nodes.append(Node("train", name, path, spec, spec.inputs, {}, spec.expects))
        if spec.evaluate is not None:
            nodes.append(
                Node(
                    kind="evaluate",
                    name=f"evaluate-{name}",
                    path=(*path, "evaluate"),
                    spec=spec.evaluate,
                    inputs=spec.evaluate.inputs or spec.inputs,
                    outputs={},
                    expects={},
                    model=name,
                )
            )
    return nodes
