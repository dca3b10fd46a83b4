"""When the result of a step may be taken from an earlier run, and by what key it is found.

Argo compares keys, never content. A key is right when everything that can change the result is in
it: the programs on the way from the sources to the step, which are known now and hashed, and the
content of the sources, which each ingest step reports at run time in an output named `digest`.
Where any of it is unknown the step runs. That is the case with

- a source whose ingest step reports no digest, or none at all;
- an image that is not pinned by digest;
- a step on the way that is not cacheable itself;
- parameters: whoever starts a run may set them to text that Argo refuses in a key, which must match
  `^[a-zA-Z0-9][-a-zA-Z0-9]*$` (cacheKeyRegex in workflow/controller/cache/cache.go).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlspec.record import Record

from .names import digest_parameter
from .text import parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from mlspec.plan.model import Pipeline, Plan, Step

DIGEST_OUTPUT = "digest"
"""Sixty-four hexadecimal digits, without a `sha256:` before them."""

_MAX_SOURCES = 3
"""The key is the key of a ConfigMap too, at most 253 characters: 32 of ours, 65 a source."""


class Memo(Record):
    """The key of a cached step, and the ingest steps whose digests are in it."""

    key: str
    ingests: tuple[Step, ...]


def memos(plan: Plan, pipeline: Pipeline) -> dict[str, Memo]:
    """By name of step, for the steps that may be cached."""
    ingests = _ingests(pipeline.steps)
    known = {step.name: step for step in pipeline.steps if step.name in ingests}
    cached = [n for n, s in known.items() if s.kind != "ingest" and s.outputs and ingests[n]]
    hashes = _program_hashes(plan, pipeline, known) if cached else {}
    return {
        name: _memo(hashes[name], [known[one] for one in sorted(ingests[name])]) for name in cached
    }


def _memo(program_hash: str, ingests: list[Step]) -> Memo:
    digests = (parameter(digest_parameter(step)) for step in ingests)
    return Memo(key="-".join((program_hash, *digests)), ingests=tuple(ingests))


def _ingests(steps: Iterable[Step]) -> dict[str, frozenset[str]]:
    """The ingest steps whose data reach a step, by its name. Absent: what is not known through and
    through, and what has too many."""
    found: dict[str, frozenset[str]] = {}
    for step in steps:
        if step.kind == "ingest":
            if _reports_digest(step):
                found[step.name] = frozenset({step.name})
        elif _is_pure(step) and all(item.step in found for item in step.inputs):
            union = frozenset[str]().union(*(found[item.step] for item in step.inputs))
            if len(union) <= _MAX_SOURCES:
                found[step.name] = union
    return found


def _is_pure(step: Step) -> bool:
    return step.cacheable and not step.params and not step.fetch and "@sha256:" in step.image


def _reports_digest(step: Step) -> bool:
    return any(o.kind == "value" and o.name == DIGEST_OUTPUT for o in step.outputs)


def _program_hashes(plan: Plan, pipeline: Pipeline, steps: Mapping[str, Step]) -> dict[str, str]:
    """Of all that is known of each step before the run: its program and those of all whose data
    reach it, those that come before others first, and by name where the data leaves a choice: the
    order in a spec must not make a cached step run anew. The artifact store is part of it: what is
    cached is the place of a result, not the result."""
    from hashlib import sha256

    head = json.dumps([repr(plan.platform.artifacts.location), sorted(pipeline.env.items())])
    programs = _programs(steps)
    place = {name: number for number, name in enumerate(programs)}
    reaching: dict[str, int] = {}  # sets of steps: the bit at its place for each
    begun: dict[str, Any] = {}
    for name, step in steps.items():
        parents = {item.step for item in step.inputs}
        before = 0
        for parent in parents:
            before |= reaching[parent]
        reaching[name] = before | 1 << place[name]
        last = max(parents, key=place.__getitem__, default="")
        if last and reaching[last] == before:  # just one more: a chain is hashed once
            begun[name] = begun[last].copy()
            begun[name].update(f", {programs[name]}".encode())
        else:
            texts = [text for one, text in programs.items() if reaching[name] >> place[one] & 1]
            begun[name] = sha256(f"{head[:-1]}, [{', '.join(texts)}".encode())
    for state in begun.values():
        state.update(b"]]")
    return {name: state.hexdigest()[:32] for name, state in begun.items()}


def _programs(steps: Mapping[str, Step]) -> dict[str, str]:
    """As JSON, by name of step, in the order in which they are hashed."""
    depth: dict[str, int] = {}
    for name, step in steps.items():
        depth[name] = 1 + max((depth[item.step] for item in step.inputs), default=0)
    ordered = sorted(steps.values(), key=lambda step: (depth[step.name], step.name))
    return {step.name: json.dumps(_program(step)) for step in ordered}


def _program(step: Step) -> list[Any]:
    words = [[p if isinstance(p, str) else [p.kind, p.name] for p in word] for word in step.argv]
    return [
        step.name,
        step.image,
        words,
        sorted(step.env.items()),
        [[one.name, one.secret, one.key] for one in step.secrets],
        [[one.name, one.step, one.output] for one in step.inputs],
        [[one.name, one.kind, one.format] for one in step.outputs],
        repr(step.fetch.location) if step.fetch else "",
    ]
