"""Names: each data set, step and service has one of its own, and Kubernetes takes them all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.checks.replicas import behind
from mlspec.language.suggestions import suggest
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.language.platform import PlatformEnvironment
    from mlspec.language.project import Project
    from mlspec.source.tree import Path

RESERVED_DATASETS = {
    "model": "`${{ inputs.model }}` and `${{ outputs.model }}` mean the model",
    "metrics": "`${{ metrics }}` means the metrics of an evaluation",
    "digest": "the step that ingests data reports its digest under this name",
    "timestamp": "the step that ingests data reports its age under this name",
}
_OUR_ACCOUNTS = {
    "pipeline": "the pipeline",
    "executor": "the pipeline",
    "artifact-gc": "the pipeline",
    "secrets": "the store of secrets",
}
"""What stands after the project's name → whose account it is."""

_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def check_names(context: Context) -> Iterator[Problem]:
    yield from _datasets(context)
    yield from _steps(context)
    yield from _accounts(context)
    yield from _servers(context)
    yield from _environment(context)


def _datasets(context: Context) -> Iterator[Problem]:
    first: dict[str, Path] = {n: ("data", "sources", n) for n in context.project.data.sources}
    for node in context.flow.nodes:
        written = node.spec.outputs if node.kind == "transform" else ()
        for position, name in enumerate(written):
            is_list = isinstance(written, tuple)
            path = (*node.path, "outputs", position if is_list else name)
            if name in first:
                yield Problem(
                    "MLS203", path, f"two things are called `{name}`: data sets need names of "
                    "their own", on_key=True, help="rename one of them and what reads it",
                    related=(("the first is here", first[name]),),
                )  # fmt: skip
            first.setdefault(name, path)
    for name, path in first.items():
        if name in RESERVED_DATASETS:
            yield Problem(
                "MLS203", path, f"a data set cannot be called `{name}`",
                help=RESERVED_DATASETS[name], on_key=True,
            )  # fmt: skip


def _steps(context: Context) -> Iterator[Problem]:
    project = context.project
    ours: dict[str, Path] = {
        f"ingest-{name}": ("data", "sources", name) for name in project.data.sources
    }
    ours |= {f"check-{name}": place.path for name, place in context.flow.producers.items()}
    for name in project.training:
        for verb in ("evaluate", "gate", "register"):
            ours[f"{verb}-{name}"] = ("training", name)
    ours["report"] = ("pipeline",)
    first: dict[str, Path] = dict(ours)
    for node in context.flow.nodes:
        if node.kind != "evaluate" and node.name in first:
            generated = node.name in ours
            what = "mlspec adds a step of this name" if generated else "the first is here"
            yield Problem(
                "MLS203", node.path, f"two steps would be called `{node.name}`", on_key=True,
                help="rename this one", related=((what, first[node.name]),),
            )  # fmt: skip
        first.setdefault(node.name, node.path)


def _accounts(context: Context) -> Iterator[Problem]:
    """What acts in the cluster's name: `plan/identities.py` makes these names."""
    project = context.project.metadata.name
    owners = {"default": "Kubernetes itself"}
    owners |= {f"{project}-{each}": f"the role `{each}`" for each in context.project.access.roles}
    owners |= {f"{project}-{each}": whose for each, whose in _OUR_ACCOUNTS.items()}
    for name in context.project.serving:
        if who := owners.get(name):
            yield Problem(
                "MLS203", ("serving", name), f"{who} has an account called `{name}` already",
                help="rename the service", on_key=True,
            )  # fmt: skip
    for name in context.project.access.roles:
        if name in _OUR_ACCOUNTS:
            yield Problem(
                "MLS203", ("access", "roles", name),
                f"{_OUR_ACCOUNTS[name]} has a role `{project}-{name}` of its own", on_key=True,
                help="rename this one",
            )  # fmt: skip


def _servers(context: Context) -> Iterator[Problem]:
    """A server is called SERVICE-ALIAS, so `wine` with `api-x` and `wine-api` with `x` collide."""
    first: dict[str, str] = {}
    for name, service in context.project.serving.items():
        for version in behind(service):
            other = first.setdefault(f"{name}-{version.alias}", name)
            if other != name:
                yield Problem(
                    "MLS203", ("serving", name),
                    f"the services `{other}` and `{name}` would both have a server called "
                    f"`{name}-{version.alias}`", on_key=True, help="rename one of them",
                    related=(("the other is here", ("serving", other)),),
                )  # fmt: skip


def namespace_of(place: PlatformEnvironment, project: Project, environment: str) -> str:
    """The namespace of a project in an environment of the platform."""
    metadata = project.metadata
    return place.namespace.format(
        project=metadata.name, environment=environment, team=metadata.team
    )


def _environment(context: Context) -> Iterator[Problem]:
    if not context.in_cluster:
        return
    found = context.platform_environment
    path = ("environments", context.environment)
    if found is None:
        message = f"the platform has no environment `{context.environment}`"
        unknown = Problem("MLS504", path, message, on_key=True)
        yield suggest(unknown, context.environment, context.platform.environments)
        return
    namespace = namespace_of(found, context.project, context.environment)
    if not _NAMESPACE.fullmatch(namespace):
        yield Problem(
            "MLS501", ("metadata", "name"),
            f"the namespace `{namespace}` in `{context.environment}` is not legal: at most 63 "
            "lower-case letters, digits and dashes", help="shorten the project's name",
        )  # fmt: skip
