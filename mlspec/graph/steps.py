"""The half of the graph that makes models: sources and the steps of the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.graph import words
from mlspec.graph.model import Edge, Node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlspec.graph.model import Details
    from mlspec.plan.model import Pipeline, Plan, Step

REPORT = "report"


def pipeline_part(plan: Plan) -> tuple[list[Node], list[Edge]]:
    pipeline = plan.pipeline
    if pipeline is None:
        return [], []
    ingests = [step for step in pipeline.steps if step.kind == "ingest"]
    nodes = [_source(step) for step in ingests]
    nodes += [_step(step) for step in pipeline.steps]
    nodes.append(_report(pipeline))
    edges = [Edge(source=source_key(step), target=step_key(step.name)) for step in ingests]
    edges += _edges(pipeline)
    return nodes, edges


def step_key(name: str) -> str:
    return f"step {name}"


def source_key(ingest: Step) -> str:
    return f"source {ingest.name}"


# ── edges ─────────────────────────────────────────────────────────────────────────────────────────


def _edges(pipeline: Pipeline) -> list[Edge]:
    """What each step reads; what else it waits for, unless it waits for that anyway; and the report
    after the end of the longest way through the pipeline: that it follows every other end as well
    is what its card says, and lines from all over the picture would say it worse."""
    edges = []
    before: dict[str, set[str]] = {}
    depth: dict[str, int] = {}
    for step in pipeline.steps:
        read = {item.step for item in step.inputs}
        waited = read | set(step.after)
        implied = set().union(*(before[name] for name in waited)) if waited else set()
        before[step.name] = waited | implied
        depth[step.name] = 1 + max((depth[name] for name in waited), default=0)
        edges += [
            Edge(source=step_key(item.step), target=step_key(step.name), label=item.output)
            for item in step.inputs
        ]
        edges += [
            Edge(source=step_key(name), target=step_key(step.name), flow=False)
            for name in step.after
            if name not in read | implied
        ]
    deepest = max(depth.values(), default=0)
    edges += [
        Edge(source=step_key(step.name), target=REPORT, flow=False)
        for step in pipeline.steps
        if depth[step.name] == deepest
    ]
    return list(dict.fromkeys(edges))


# ── nodes ─────────────────────────────────────────────────────────────────────────────────────────


def _source(ingest: Step) -> Node:
    where = _where(ingest)
    output = ingest.outputs[0] if ingest.outputs else None
    return Node(
        key=source_key(ingest),
        kind="source",
        cluster="data",
        label=output.name if output else ingest.name,
        lines=(where,) if where else (),
        details=_told(
            ("Place", where),
            ("Format", output.format if output else ""),
            ("Secret", _secret(ingest)),
        ),
    )


def _where(ingest: Step) -> str:
    """Where the data of a source is: a URI, a database, or what a program of the user's is told."""
    if ingest.fetch is not None:
        return words.place(ingest.fetch.location)
    asked = words.mapping(words.option(ingest, "--sql"))
    if asked:
        what = asked.get("table") or "a query"
        return " · ".join([str(asked.get("dialect", "sql")), str(what)])
    told = words.mapping(ingest.env.get("MLSPEC_SOURCE", ""))
    return str(told.get("uri") or told.get("type") or "") or words.option(ingest, "--from")


def _secret(ingest: Step) -> str:
    """The Secret that is read, never what is in it."""
    if ingest.fetch is not None and ingest.fetch.credentials is not None:
        given = ingest.fetch.credentials
        return given.secret or given.workload_identity
    return ", ".join(dict.fromkeys(each.secret for each in ingest.secrets))


def _step(step: Step) -> Node:
    return Node(
        key=step_key(step.name),
        kind=step.kind,
        cluster="pipeline",
        label=step.name,
        lines=_lines(step),
        details=_details(step),
    )


def _lines(step: Step) -> tuple[str, ...]:
    match step.kind:
        case "ingest":
            return (f"ingest {step.outputs[0].format}".rstrip() if step.outputs else "ingest",)
        case "check":
            count = len(words.mapping(words.option(step, "--schema")))
            return (f"data check · {count} column{'' if count == 1 else 's'}",)
        case "gate":
            return tuple(words.gates(words.option(step, "--gates")))
        case "register":
            return ("in MLflow",)
        case _:
            return (f"{step.kind} · {words.resources(step.resources)}",)


def _report(pipeline: Pipeline) -> Node:
    step = pipeline.on_exit
    return Node(
        key=REPORT,
        kind="report",
        cluster="pipeline",
        label=step.name,
        lines=("however the run ends",),
        details=_details(step),
    )


def _details(step: Step) -> Details:
    cached = "when its inputs, parameters and image have not changed" if step.cacheable else ""
    return _told(
        ("Command", words.command(step)),
        ("Image", step.image),
        ("Reads", "\n".join(f"{item.name} of {item.step}" for item in step.inputs)),
        ("Writes", "\n".join(f"{each.name} ({each.format or each.kind})" for each in step.outputs)),
        ("Parameters", "\n".join(f"{each.name} = {each.value}" for each in step.params)),
        ("Gates", "\n".join(_gates(step))),
        ("Columns", "\n".join(words.columns(words.option(step, "--schema")))),
        ("Environment", "\n".join(f"{name}={value}" for name, value in step.env.items())),
        ("Secrets", "\n".join(f"{e.name} from {e.secret}/{e.key}" for e in step.secrets)),
        ("Resources", words.resources(step.resources)),
        ("Retries", words.retry(step.retry)),
        ("Timeout", words.duration(step.timeout_seconds) if step.timeout_seconds else ""),
        ("Skipped", cached),
    )


def _told(*pairs: tuple[str, str]) -> Details:
    return tuple((term, value) for term, value in pairs if value)


def _gates(step: Step) -> Iterable[str]:
    """What the gate demands. The registration is told of it too, and only writes it down."""
    return words.gates(words.option(step, "--gates")) if step.kind == "gate" else ()
