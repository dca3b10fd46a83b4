"""The lock: a protected environment serves only model versions that are locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.language.data import DvcSource, GitSource
from mlspec.language.serving import AbTest
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.language.project import Project
    from mlspec.language.serving import Service
    from mlspec.source.tree import Path


def check_locked_models(context: Context) -> Iterator[Problem]:
    if not context.protected:
        yield from _never_published(context)
        return
    for name, service in context.project.serving.items():
        if service.model not in context.project.training:
            continue  # check_references says so
        locked = context.locked.models.get(service.model, {})
        for alias, path in aliases_of(service, ("serving", name)):
            if alias not in locked:
                yield Problem(
                    "MLS503", path,
                    f"`{context.environment}` is protected, and mlspec.lock does not say which "
                    f"version of `{service.model}` is the {alias}",
                    help=f"run `mlspec lock --env {context.environment}`, or promote a version: "
                    f"`mlspec promote {name} --to {context.environment}"
                    f"{'' if alias == service.alias else f' --alias {alias}'}`",
                )  # fmt: skip
    yield from _moving_revisions(context)


def _never_published(context: Context) -> Iterator[Problem]:
    """Where nothing is locked, a service serves what the pipeline registers under its alias. A
    model that the pipeline does not register is somebody else's to publish."""
    registry = context.project.registry
    if not context.in_cluster or registry is None:
        return
    for name, service in context.project.serving.items():
        model = registry.models.get(service.model)
        locked = context.locked.models.get(service.model, {})
        for alias, path in aliases_of(service, ("serving", name)):
            if model is not None and alias != model.alias and alias not in locked:
                yield Problem(
                    "MLS507", path,
                    f"nothing gives `{service.model}` the alias `{alias}`: the pipeline registers "
                    f"it as `{model.alias}`",
                    help=f"serve `{model.alias}`, or let mlspec.lock say which version "
                    f"`{alias}` is: `mlspec lock --env {context.environment}`",
                    related=(("it is registered here", ("registry", "models", service.model)),),
                )  # fmt: skip


def aliases_of(service: Service, path: Path) -> Iterator[tuple[str, Path]]:
    """The registry aliases that a service serves, and where each is named."""
    rollout = service.rollout
    if isinstance(rollout, AbTest):
        for alias in rollout.variants:
            yield alias, (*path, "rollout", "variants", alias)
        return
    yield service.alias, (*path, "alias")
    if rollout is not None:
        yield rollout.candidate, (*path, "rollout", "candidate")


def _moving_revisions(context: Context) -> Iterator[Problem]:
    for name, source in moving_sources(context.project).items():
        if name in context.locked.data:
            continue
        yield Problem(
            "MLS506", ("data", "sources", name, "revision"),
            f"`{context.environment}` is protected, and `{source.revision}` is not a commit",
            help=f"run `mlspec lock --env {context.environment}`",
        )  # fmt: skip


def moving_sources(project: Project) -> dict[str, GitSource | DvcSource]:
    """The sources in Git that follow a branch or a tag."""
    return {
        name: source
        for name, source in project.data.sources.items()
        if isinstance(source, GitSource | DvcSource) and not _is_commit(source.revision)
    }


def _is_commit(revision: str) -> bool:
    return len(revision) == 40 and all(c in "0123456789abcdef" for c in revision)
