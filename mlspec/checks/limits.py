"""Budgets: what the environment's quota allows is enough for what the project asks for.

Counted is what can run at the same time for certain: all services at their largest, one copy more
of the greediest while it is updated, and the greediest single step of the pipeline beside them;
each pod with what the target puts beside its program. The cluster counts the same (ResourceQuota).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.checks.context import Context
from mlspec.checks.replicas import behind
from mlspec.language.resources import Resources
from mlspec.language.units import memory_bytes, millicores
from mlspec.source.problem import Problem, Repair

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from mlspec.language.platform import Platform
    from mlspec.language.serving import Service
    from mlspec.source.tree import Path

    _Asked: TypeAlias = tuple[int, str, Path]
    """An amount, whose it is, and where that stands."""

PROXY = Resources(cpu="500m", memory="512Mi")
"""What the proxy beside each copy of a model gets: what Seldon's chart gives its executor."""

HELPER = Resources(cpu="250m", memory="512Mi")
"""What the workflow engine's own container beside a step gets. An estimate: it compresses, and
uploads four parts of 16 MiB at a time; before the step it clones."""

_KINDS = ("cpu", "memory", "gpu")
_LEAST = {"cpu": "500m", "memory": "1Gi", "gpu": 0}
"""What a pod gets where neither the project nor the platform says."""


_MOST_CPUS = 448
"""Hardly a machine that can be rented has more. Who writes `cpu: 500` means `500m`."""


def check_sizes(context: Context) -> Iterator[Problem]:
    """No pod asks for more than a machine has."""
    asked = [(node.path, node.spec.resources) for node in context.flow.nodes]
    asked += [(("serving", n), service.resources) for n, service in context.project.serving.items()]
    for path, resources in asked:
        cpu = resources.cpu if resources is not None else None
        if isinstance(cpu, (int, float)) and cpu > _MOST_CPUS:
            yield Problem(
                "MLS106", (*path, "resources", "cpu"), f"{cpu} CPUs are more than a machine has",
                help=f"write `{cpu:g}m` for {cpu / 1000:g} of a CPU", repair=_thousandths(cpu),
            )  # fmt: skip


def _thousandths(cpu: float) -> Repair:
    return Repair(f"write `{cpu:g}m`", f"{cpu:g}m")


def check_quota(context: Context) -> Iterator[Problem]:
    found = context.platform_environment
    if not context.in_cluster or found is None or found.quota is None:
        return
    for kind in _KINDS:
        limit = getattr(found.quota, kind)
        if limit is not None:
            yield from _kind(context, kind, limit)


def _kind(context: Context, kind: str, limit: Any) -> Iterator[Problem]:
    asked = [*_services(context, kind), *_greediest_step(context, kind)]
    total = sum(amount for amount, _, _ in asked)
    allowed = _number(kind, limit)
    if total > allowed and asked:
        _, _, path = max(asked, key=lambda part: part[0])
        parts = " + ".join(f"{what}: {_shown(kind, n)}" for n, what, _ in asked if n)
        yield Problem(
            "MLS502", (*path, "resources", kind),
            f"{_shown(kind, total)} of {kind} are asked for in `{context.environment}`, where the "
            f"quota is {_shown(kind, allowed)}", label=parts, on_key=True,
            help="ask for less or for fewer copies, or ask the platform team for more"
            + _beside(kind),
        )  # fmt: skip


def _services(context: Context, kind: str) -> Iterator[_Asked]:
    """All copies of all services. An update starts the copies of a new version before it stops
    those of the old one, and without room for one it would never go on."""
    spares: list[_Asked] = []
    for name, service in context.project.serving.items():
        path: Path = ("serving", name)
        copy = _amount(context, service.resources, kind) + _number(kind, getattr(PROXY, kind))
        yield copies(service) * copy, f"`{name}` x {copies(service)}", path
        spares.append((copy, f"one more `{name}` during an update", path))
    yield from sorted(spares, key=lambda spare: -spare[0])[:1]


def _greediest_step(context: Context, kind: str) -> list[_Asked]:
    helper = _number(kind, getattr(HELPER, kind))
    steps = [
        (_amount(context, node.spec.resources, kind) + helper, f"the step `{node.name}`", node.path)
        for node in context.flow.nodes
    ]
    return sorted(steps, key=lambda step: -step[0])[:1]


def _beside(kind: str) -> str:
    proxy, helper = (_number(kind, getattr(each, kind)) for each in (PROXY, HELPER))
    if not proxy:
        return ""
    return (
        f" ({_shown(kind, proxy)} of a copy is its proxy, {_shown(kind, helper)} of a step is what "
        "carries its data)"
    )


def copies(service: Service) -> int:
    """How many pods a service can have at most, candidates and shadows included."""
    return sum(version.max for version in behind(service))


def default_of(platform: Platform, kind: str) -> Any:
    """What a pod gets of `kind` where the project asks for nothing."""
    value = getattr(platform.defaults.resources, kind)
    return value if value is not None else _LEAST[kind]


def _amount(context: Context, resources: Resources | None, kind: str) -> int:
    value = getattr(resources, kind) if resources is not None else None
    return _number(kind, value if value is not None else default_of(context.platform, kind))


def _number(kind: str, value: Any) -> int:
    if kind == "cpu":
        return millicores(value)
    if kind == "memory":
        return memory_bytes(value)
    return int(value)


def _shown(kind: str, amount: int) -> str:
    """Exactly, so that two amounts that differ never look the same."""
    from decimal import Decimal

    if kind == "cpu":
        return str(Decimal(amount) / 1000)
    return f"{_plain(amount)}Gi" if kind == "memory" else str(amount)


def _plain(amount: int) -> str:
    from decimal import Decimal

    return format((Decimal(amount) / 2**30).normalize(), "f")
