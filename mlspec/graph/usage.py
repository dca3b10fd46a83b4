"""The half of the graph that uses models: registry, services, and the alerts on all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.graph import words
from mlspec.graph.model import Edge, Node
from mlspec.graph.steps import REPORT, step_key
from mlspec.plan.names import shorten

if TYPE_CHECKING:
    from mlspec.plan.model import Pipeline, Plan, Predictor, Service, Step


def usage_part(plan: Plan) -> tuple[list[Node], list[Edge]]:
    registers = [
        step for step in (plan.pipeline.steps if plan.pipeline else ()) if step.kind == "register"
    ]
    nodes = [_registered(step) for step in registers]
    edges = [
        Edge(
            source=step_key(step.name),
            target=model_key(_trained_by(step)),
            label=words.option(step, "--alias"),
        )
        for step in registers
    ]
    known = {node.key for node in nodes}
    for service in plan.services:
        key = model_key(shorten(service.model))
        if key not in known:
            known.add(key)
            nodes.append(_unregistered(service, key))
    for service in plan.services:
        nodes += [_predictor(service, each) for each in service.predictors]
        nodes.append(_service(service))
        edges += _service_edges(service)
    for found, edge in _alerts(plan):
        nodes.append(found)
        edges.append(edge)
    return nodes, edges


def model_key(name: str) -> str:
    """`name`: of the step that trains it."""
    return f"model {name}"


def service_key(service: Service) -> str:
    return f"service {service.name}"


def predictor_key(service: Service, predictor: Predictor) -> str:
    return f"predictor {service.name} {predictor.name}"


def _trained_by(register: Step) -> str:
    trained = (item.step for item in register.inputs if item.name == "model")
    return next(trained, register.name)


# ── registry ──────────────────────────────────────────────────────────────────────────────────────


def _registered(register: Step) -> Node:
    name, alias = words.option(register, "--name"), words.option(register, "--alias")
    published = [each.publish for each in register.outputs if each.publish]
    return Node(
        key=model_key(_trained_by(register)),
        kind="model",
        cluster="registry",
        label=_trained_by(register),
        lines=(name,) if name else (),
        details=tuple(
            (term, value)
            for term, value in (
                ("Registered as", name),
                ("Alias of a new version", alias),
                ("Also put at", "\n".join(published)),
            )
            if value
        ),
    )


def _unregistered(service: Service, key: str) -> Node:
    return Node(
        key=key,
        kind="model",
        cluster="registry",
        label=service.model,
        lines=("registered elsewhere",),
        details=(("Registered", "not by this pipeline"),),
    )


# ── serving ───────────────────────────────────────────────────────────────────────────────────────


def _predictor(service: Service, predictor: Predictor) -> Node:
    version = f" · v{predictor.model_version}" if predictor.model_version else ""
    target = [
        f"{name} at {value} %"
        for name, value in (
            ("CPU", predictor.replicas.target_cpu),
            ("memory", predictor.replicas.target_memory),
        )
        if value
    ]
    return Node(
        key=predictor_key(service, predictor),
        kind="predictor",
        cluster="serving",
        label=f"{predictor.alias}{version}",
        lines=(f"{predictor.role} · {words.replicas(predictor.replicas)}",),
        details=tuple(
            (term, value)
            for term, value in (
                ("Role", predictor.role),
                ("Traffic", _share(predictor)),
                ("Alias", predictor.alias),
                ("Version", predictor.model_version),
                ("Model", predictor.model_uri),
                ("Replicas", words.replicas(predictor.replicas)),
                ("Scales for", ", ".join(target)),
                ("Resources", words.resources(service.resources)),
            )
            if value
        ),
    )


def _share(predictor: Predictor) -> str:
    return f"{'copy of ' if predictor.shadow else ''}{predictor.traffic} %"


def _service(service: Service) -> Node:
    return Node(
        key=service_key(service),
        kind="service",
        cluster="serving",
        label=service.name,
        lines=(f"{service.framework} · {service.protocol} protocol", *_address(service)),
        details=(
            ("Model", service.model),
            ("Framework", service.framework),
            ("Protocol", service.protocol),
            *(("Exposed at", address) for address in _address(service)),
            ("Traffic", "\n".join(f"{_share(p)} to {p.name}" for p in service.predictors)),
        ),
    )


def _address(service: Service) -> tuple[str, ...]:
    found = service.expose
    return (f"{found.host}{found.path.rstrip('/')}",) if found else ()


def _service_edges(service: Service) -> list[Edge]:
    edges = []
    for predictor in service.predictors:
        key = predictor_key(service, predictor)
        model = model_key(shorten(service.model))
        edges.append(Edge(source=model, target=key, label=predictor.alias))
        edges.append(
            Edge(
                source=key,
                target=service_key(service),
                label=_share(predictor),
                flow=not predictor.shadow,
            )
        )
    return edges


# ── monitoring ────────────────────────────────────────────────────────────────────────────────────


def _alerts(plan: Plan) -> list[tuple[Node, Edge]]:
    """A node for the alerts on the pipeline, and one for those on each service that has any."""
    found = []
    for service in plan.services:
        if lines := _broken_promises(service):
            notify = words.notify(service.notify)
            node = _alert_node(f"alerts {service_key(service)}", service.name, lines, notify)
            found.append((node, Edge(source=service_key(service), target=node.key, flow=False)))
    if plan.pipeline is not None:
        name, notify = plan.pipeline.name, words.notify(plan.pipeline.notify)
        node = _alert_node("alerts pipeline", f"{name} runs", _bad_runs(plan.pipeline), notify)
        found.append((node, Edge(source=REPORT, target=node.key, flow=False)))
    return found


def _alert_node(key: str, subject: str, lines: list[str], notify: str) -> Node:
    return Node(
        key=key,
        kind="alerts",
        cluster="monitoring",
        label=subject,
        lines=(*lines, notify),
        details=(("Fires when", "\n".join(lines)), ("Tells", notify)),
    )


def _broken_promises(service: Service) -> list[str]:
    slo = service.slo
    if slo is None or not (slo.availability or slo.latency):
        return []
    lines = [f"availability < {slo.availability} %"] if slo.availability else []
    lines += [f"p{each.percentile} > {each.threshold_ms} ms" for each in slo.latency]
    if any(predictor.replicas.min for predictor in service.predictors):
        lines.append("no pod reports")
    return lines


def _bad_runs(pipeline: Pipeline) -> list[str]:
    """Time plays a part only where a schedule says when runs are due."""
    lines = ["a run fails"]
    if pipeline.schedule is not None:
        lines.append("no success in time")
        lines += [f"{f.source} older than {words.duration(f.seconds)}" for f in pipeline.freshness]
    return lines
