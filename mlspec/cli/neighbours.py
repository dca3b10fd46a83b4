"""Projects that are compiled together: none may stand in another's place.

Two things of one name in one namespace would overwrite each other at every sync. And of two routes
for one host the gateway follows the older, whosever that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.names import namespace_of
from mlspec.cli.clean import Stand
from mlspec.cli.compilation import Platforms, compile_project
from mlspec.language.project import LOCAL
from mlspec.source.problem import Problem, diagnose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlspec.cli.compilation import Compilation, Variant
    from mlspec.diagnostics import Diagnostic

_Place = tuple[str, str]
"""A cluster, and a namespace or a host in it."""


def compile_projects(files: Sequence[str], platform: str | None = None) -> list[Compilation]:
    """Compiles each project, and looks at them together."""
    platforms = Platforms(platform)
    return with_collisions([compile_project(file, platforms) for file in files])


def with_collisions(results: Sequence[Compilation]) -> list[Compilation]:
    """The results, with where one stands in another's place."""
    found = list(results)
    for number, diagnostic in collisions(results):
        result = found[number]
        found[number] = result._replace(diagnostics=(*result.diagnostics, diagnostic))
    return found


def stands_of(result: Compilation) -> tuple[Stand, ...]:
    """Where a project stands, for `mlspec.cli.clean.clashing`."""
    return tuple(
        Stand(
            variant.environment,
            *place,
            tuple(variant.project.serving),
            tuple(each.expose.host for each in variant.project.serving.values() if each.expose),
        )
        for variant in result.variants
        if (place := _place(result, variant)) is not None
    )


def collisions(results: Sequence[Compilation]) -> Iterator[tuple[int, Diagnostic]]:
    """The number of a result and what is wrong with it, seen beside those before it."""
    projects: dict[str, Compilation] = {}
    places: dict[_Place, list[tuple[Compilation, Variant]]] = {}
    hosts: dict[_Place, tuple[Compilation, Variant]] = {}
    for number, result in enumerate(results):
        other = projects.setdefault(result.name, result)
        if result.name and other is not result:
            problem = Problem(
                "MLS203", ("metadata", "name"), f"two projects are called `{result.name}`",
                help=f"rename one; the other is {other.file}",
            )  # fmt: skip
            yield number, diagnose(result.trees[0], problem)
            continue
        for variant in result.variants:
            place = _place(result, variant)
            if place is None:
                continue
            for neighbour, earlier in places.setdefault(place, []):
                for problem in _between(place, neighbour, earlier, result, variant):
                    yield number, diagnose(variant.tree, problem)
            places[place].append((result, variant))
            for problem in _taken_hosts(place[0], hosts, result, variant):
                yield number, diagnose(variant.tree, problem)


def _taken_hosts(
    cluster: str,
    hosts: dict[_Place, tuple[Compilation, Variant]],
    result: Compilation,
    variant: Variant,
) -> Iterator[Problem]:
    """A host of a cluster belongs to one project in one environment; its services may share it."""
    for name, service in variant.project.serving.items():
        if service.expose is None:
            continue
        host = service.expose.host
        owner, earlier = hosts.setdefault((cluster, host), (result, variant))
        if earlier is variant:
            continue
        if owner is result:
            yield Problem(
                "MLS203", ("serving", name, "expose", "host"),
                f"`{host}` is the host of `{earlier.environment}` and of `{variant.environment}`, "
                "in one cluster", help=f"give it another host under `environments."
                f"{variant.environment}`: `serving: {{{name}: {{expose: {{host: …}}}}}}`",
            )  # fmt: skip
        else:
            yield Problem(
                "MLS203", ("serving", name, "expose", "host"),
                f"`{host}` is the host of the project `{owner.name}` already",
                help=f"take another; the other is in {owner.file}",
            )  # fmt: skip


def _place(result: Compilation, variant: Variant) -> _Place | None:
    environments = result.platform.environments if result.platform else {}
    found = environments.get(variant.environment)
    if found is None or variant.environment == LOCAL:
        return None
    return found.cluster, namespace_of(found, variant.project, variant.environment)


def _between(
    place: _Place, neighbour: Compilation, earlier: Variant, result: Compilation, variant: Variant
) -> Iterator[Problem]:
    if neighbour is result:
        yield Problem(
            "MLS203", ("environments", variant.environment),
            f"`{variant.environment}` and `{earlier.environment}` share the namespace `{place[1]}`",
            help="give the platform's environments namespaces (`{environment}`) or clusters of "
            "their own", on_key=True,
        )  # fmt: skip
        return
    for name in variant.project.serving:
        if name in earlier.project.serving:
            yield Problem(
                "MLS203", ("serving", name),
                f"two services are called `{name}` in the namespace `{place[1]}`", on_key=True,
                help=f"rename one; the other is in {neighbour.file}",
            )  # fmt: skip
