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
    steps = {step.name: step for step in pipeline.steps}
    found = {
        name: _memo(plan, pipeline, _lineage(step, steps))
        for name, step in steps.items()
        if step.cacheable
    }
    return {name: memo for name, memo in found.items() if memo}


def _memo(plan: Plan, pipeline: Pipeline, lineage: list[Step]) -> Memo | None:
    ingests = tuple(step for step in lineage if step.kind == "ingest")
    others = [step for step in lineage if step.kind != "ingest"]
    if not others or not others[-1].outputs or not all(map(_is_pure, others)):
        return None
    if not 0 < len(ingests) <= _MAX_SOURCES or not all(map(_reports_digest, ingests)):
        return None
    digests = (parameter(digest_parameter(step)) for step in ingests)
    return Memo(key="-".join((_program_hash(plan, pipeline, lineage), *digests)), ingests=ingests)


def _lineage(step: Step, steps: dict[str, Step]) -> list[Step]:
    """The step and all whose data reach it, those that come before others first, and by name where
    the data leaves a choice: the order in a spec must not make a cached step run anew. Itself
    last."""
    names = {step.name}
    for earlier in reversed(steps.values()):
        if earlier.name in names:
            names.update(item.step for item in earlier.inputs)
    lineage = [one for one in steps.values() if one.name in names]
    depth: dict[str, int] = {}
    for one in lineage:
        depth[one.name] = 1 + max((depth[item.step] for item in one.inputs), default=0)
    return sorted(lineage, key=lambda one: (depth[one.name], one.name))


def _is_pure(step: Step) -> bool:
    return step.cacheable and not step.params and not step.fetch and "@sha256:" in step.image


def _reports_digest(step: Step) -> bool:
    return any(o.kind == "value" and o.name == DIGEST_OUTPUT for o in step.outputs)


def _program_hash(plan: Plan, pipeline: Pipeline, lineage: list[Step]) -> str:
    """Of all that is known before the run. The artifact store is part of it: what is cached is the
    place of a result, not the result."""
    from hashlib import sha256

    known = [
        repr(plan.platform.artifacts.location),
        sorted(pipeline.env.items()),
        [_program(step) for step in lineage],
    ]
    return sha256(json.dumps(known).encode()).hexdigest()[:32]


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
