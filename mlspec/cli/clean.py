"""A project without an error, as far as anyone still has to know it.

It is what is left of a Compilation when there is nothing to tell but warnings, and it is small: a
thousand of them fit where twenty Compilations do, they go from process to process, and into the
cache. Nothing here imports the compiler, so that a run in which all is known loads none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from mlspec.diagnostics import Diagnostic


class Stand(NamedTuple):
    """Where a project stands in one environment, beside others."""

    environment: str
    cluster: str
    namespace: str
    services: tuple[str, ...]
    hosts: tuple[str, ...]
    """Those that its services are exposed at."""


class Rendering(NamedTuple):
    """What a project renders to, in all its environments."""

    proof: str
    """The digest of its provenance.json, which has those of all other files."""
    synced: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    """Environment → number of manifests, in their order."""


class Clean(NamedTuple):
    """`files` are those that were read: the project, its platform, and its lock if it has one."""

    file: str
    name: str
    files: tuple[str, ...]
    environments: tuple[str, ...]
    stands: tuple[Stand, ...]
    rendering: Rendering | None = None
    """None: it was not rendered, or not in all its environments."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """Warnings, which are errors only where the user asked for none."""

    @property
    def failed(self) -> bool:
        return any(found.severity == "error" for found in self.diagnostics)

    @property
    def trees(self) -> tuple[()]:
        return ()


def to_entry(clean: Clean) -> dict[str, Any]:
    """What the cache keeps: all but the names of the files, which the key does not depend on."""
    entry: dict[str, Any] = {
        "name": clean.name,
        "environments": clean.environments,
        "stands": clean.stands,
        "rendering": clean.rendering,
    }
    if clean.diagnostics:
        from mlspec.cli.retold import to_lists

        entry["diagnostics"] = to_lists(clean.diagnostics, clean.files)
    return entry


def from_entry(entry: Mapping[str, Any], files: tuple[str, ...]) -> Clean | None:
    """None where the entry is none of ours."""
    try:
        stands = (
            Stand(environment, cluster, namespace, tuple(services), tuple(hosts))
            for environment, cluster, namespace, services, hosts in entry["stands"]
        )
        rendering = None
        if entry["rendering"] is not None:
            proof, synced, counts = entry["rendering"]
            counted = tuple((name, count) for name, count in counts)
            rendering = Rendering(proof, tuple(synced), counted)
        environments = tuple(entry["environments"])
        told: tuple[Diagnostic, ...] = ()
        if "diagnostics" in entry:
            from mlspec.cli.retold import from_lists

            told = from_lists(entry["diagnostics"], files)
        return Clean(files[0], entry["name"], files, environments, tuple(stands), rendering, told)
    except (LookupError, TypeError, ValueError):
        return None


def clashing(named: Sequence[tuple[str, tuple[Stand, ...]]]) -> set[int]:
    """The numbers of the projects that may stand in each other's place, by their names and stands:
    all that `mlspec.cli.neighbours.collisions` has something to say of, and whose place it is."""
    takers: dict[tuple[str, ...], list[int]] = {}
    for number, (name, stands) in enumerate(named):
        if name:
            takers.setdefault(("project", name), []).append(number)
        for stand in stands:
            here = stand.cluster, stand.namespace
            takers.setdefault(("own namespace", str(number), *here), []).append(number)
            for service in stand.services:
                takers.setdefault(("service", *here, service), []).append(number)
            for host in dict.fromkeys(stand.hosts):
                takers.setdefault(("host", stand.cluster, host), []).append(number)
    return {number for taken in takers.values() if len(taken) > 1 for number in taken}
