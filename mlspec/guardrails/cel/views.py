"""What an expression sees: the parts of a project as plain values, under the keys of the language.

Short forms are written out, defaults filled in, and what is not there is not there, so that `has()`
tells. Durations are as CEL's `duration()` takes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.checks.dataflow import outputs_of
from mlspec.checks.images import reference
from mlspec.checks.limits import default_of
from mlspec.checks.names import namespace_of
from mlspec.checks.replicas import DEFAULT_TARGET_CPU, bounds
from mlspec.language.data import Column, Freshness
from mlspec.language.image import Image
from mlspec.language.resources import Retries
from mlspec.language.serving import Replicas
from mlspec.language.units import cpu_quantity, milliseconds
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlspec.checks.context import Context
    from mlspec.language.resources import Resources
    from mlspec.source.tree import Path

_LARGEST = 2**63 - 1
"""CEL's whole numbers have 64 bits."""


class Thing(NamedTuple):
    """One object of a rule: what it is, in words, where it is written, and what CEL sees of it.
    `root` is where the keys of `value` are written; None where they are not those of the spec."""

    words: str
    path: Path
    value: Any
    root: Path | None = None


class Views:
    """The views of one project in one environment."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._steps = {node.path: self._step(node) for node in context.flow.nodes}
        project = context.project
        self._sources = {name: _source(name, each) for name, each in project.data.sources.items()}
        self._services = {name: self._service(name) for name in project.serving}
        models = project.registry.models if project.registry is not None else {}
        self._models = {name: {"name": name, **plain(each)} for name, each in models.items()}
        self.project = self._project()

    @property
    def environment(self) -> dict[str, Any]:
        context = self._context
        place = context.platform.environments[context.environment]
        return {
            "name": context.environment,
            "protected": place.protected,
            "cluster": place.cluster,
            "namespace": namespace_of(place, context.project, context.environment),
        }

    def things(self, kind: str) -> Iterator[Thing]:
        """The objects of a rule `each: kind`, but for plans and manifests."""
        if kind == "project":
            yield Thing("the project", ("metadata", "name"), self.project, ())
        elif kind == "source":
            for name, value in self._sources.items():
                yield _thing(f"the source `{name}`", ("data", "sources", name), value)
        elif kind == "step":
            for node in self._context.flow.nodes:
                yield _thing(f"the step `{node.name}`", node.path, self._steps[node.path])
        elif kind == "model":
            for name, value in self._models.items():
                yield _thing(f"the model `{name}`", ("registry", "models", name), value)
        elif kind == "service":
            for name, value in self._services.items():
                yield _thing(f"the service `{name}`", ("serving", name), value)

    def _project(self) -> dict[str, Any]:
        project = self._context.project
        training = {name: dict(self._steps["training", name]) for name in project.training}
        for name, spec in project.training.items():
            if spec.evaluate is not None:
                training[name]["evaluate"] = self._steps["training", name, "evaluate"]
        view = {
            "metadata": plain(project.metadata),
            "data": {"sources": self._sources},
            "transforms": {name: self._steps["transforms", name] for name in project.transforms},
            "training": training,
            "pipeline": self._pipeline(),
            "serving": self._services,
            "monitoring": {name: _monitoring(each) for name, each in project.monitoring.items()},
            "access": plain(project.access),
        }
        if project.image is not None:
            view["image"] = reference(project.image)
        if project.registry is not None:
            view["registry"] = {"type": project.registry.type, "models": self._models}
        return view

    def _step(self, node: Any) -> dict[str, Any]:
        view: dict[str, Any] = plain(node.spec)
        view.pop("evaluate", None)
        project = self._context.project
        trained = project.training[node.model].image if node.model else None
        image: str | Image | None = node.spec.image or trained or project.image
        pipeline = project.pipeline
        retries = node.spec.retries if node.spec.retries is not None else pipeline.retries
        view |= {
            "name": node.name,
            "kind": node.kind,
            "inputs": list(node.inputs),
            "resources": self._resources(node.spec.resources),
            "retries": _retries(retries),
            "timeout": _duration(node.spec.timeout or pipeline.timeout),
        }
        if node.kind == "transform":
            outputs = outputs_of(node.spec.outputs).items()
            view["outputs"] = {
                name: {"format": each.format, "schema": _schema(each.schema)}
                for name, each in outputs
            }
        if image is not None:
            view["image"] = reference(image)
        return view

    def _service(self, name: str) -> dict[str, Any]:
        service = self._context.project.serving[name]
        least, most = bounds(service)
        written = service.replicas
        target = plain(written.target) if isinstance(written, Replicas) else {}
        if least != most and not target:
            target = {"cpu": DEFAULT_TARGET_CPU}
        return {
            **plain(service),
            "name": name,
            "replicas": {"min": least, "max": most, "target": target},
            "resources": self._resources(service.resources),
        }

    def _resources(self, resources: Resources | None) -> dict[str, Any]:
        def amount(kind: str) -> Any:
            value = getattr(resources, kind) if resources is not None else None
            return value if value is not None else default_of(self._context.platform, kind)

        return {
            "cpu": cpu_quantity(amount("cpu")),
            "memory": amount("memory"),
            "gpu": amount("gpu"),
        }

    def _pipeline(self) -> dict[str, Any]:
        pipeline = self._context.project.pipeline
        view: dict[str, Any] = plain(pipeline)
        view |= {"timeout": _duration(pipeline.timeout), "retries": _retries(pipeline.retries)}
        if isinstance(pipeline.schedule, str):
            view["schedule"] = {"cron": pipeline.schedule, "timezone": "UTC"}
        return view


def _thing(words: str, path: Path, value: Any) -> Thing:
    return Thing(words, path, value, path)


def plain(value: Any) -> Any:
    """A value of the language as JSON has it. A key that says nothing is left out."""
    if isinstance(value, Record):
        return {key: plain(inner) for key, inner in vars(value).items() if inner is not None}
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, int) and abs(value) > _LARGEST:
        return float(value) if abs(value) < 10**300 else str(value)
    return value


def _source(name: str, source: Any) -> dict[str, Any]:
    view = {"name": name, **plain(source), "schema": _schema(source.schema)}
    if source.freshness is not None:
        freshness = source.freshness
        freshness = freshness if isinstance(freshness, Freshness) else Freshness(within=freshness)
        view["freshness"] = {**plain(freshness), "within": _duration(freshness.within)}
    return view


def _schema(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: plain(each if isinstance(each, Column) else Column(type=each))
        for name, each in columns.items()
    }


def _monitoring(monitoring: Any) -> dict[str, Any]:
    view: dict[str, Any] = plain(monitoring)
    latency = monitoring.slo.latency.items()
    view["slo"]["latency"] = {percentile: _duration(each) for percentile, each in latency}
    return view


def _retries(retries: int | Retries) -> dict[str, Any]:
    found = retries if isinstance(retries, Retries) else Retries(limit=retries)
    return {**plain(found), "backoff": _duration(found.backoff), "max": _duration(found.max)}


def _duration(text: str) -> str:
    """`7d` → `604800s`: CEL knows no days."""
    amount = milliseconds(text)
    return f"{amount // 1000}s" if amount % 1000 == 0 else f"{amount}ms"
