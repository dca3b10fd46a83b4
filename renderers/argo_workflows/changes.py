"""What a change of a pipeline means for its next run. A run under way goes on as it began: Argo
keeps the template that it started with, `status.storedWorkflowTemplateSpec`. Only a controller with
`templateReferencing: Secure` ends it with an error (argoproj/argo-workflows,
workflow/controller/operator.go, setStoredWfSpec).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import Change, listed, quoted
from mlspec.manifests.fields import by_name, list_at, mapping_at

from . import step_changes
from .step_changes import steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest

_SECRET = re.compile(r"^ *\w*Secret:\n +name: (\S+)$", re.MULTILINE)
_LINE = re.compile(r"^ *(\w+): (.+)$", re.MULTILINE)


def explain(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    some = after or before
    assert some is not None
    words = {
        "WorkflowTemplate": _pipeline,
        "CronWorkflow": _schedule,
        "ConfigMap": _repository,
    }.get(some.kind)
    if words is not None:
        yield from words(before, after)


# ── the pipeline ──────────────────────────────────────────────────────────────────────────────────


def _pipeline(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    if after is None:
        assert before is not None
        text = f"the pipeline {quoted(before.name)} is removed: nobody can run it any more"
        yield Change(risk="removes", text=text)
    elif before is None:
        steps = listed(steps_of(after), limit=20)
        yield Change(risk="changes", text=f"the pipeline {quoted(after.name)} is new: {steps}")
    else:
        yield from step_changes.explain(before, after)
        yield from _secrets(step_changes.secrets_in(before), step_changes.secrets_in(after))
        yield from _parameters(before, after)
        yield from _limits(before, after)
        yield from _description(before, after)
        yield from _labels(before, after)


_LABELS = (("workflowMetadata",), ("podMetadata",), ("artifactGC", "podMetadata"))


def _labels(before: Manifest, after: Manifest) -> Iterator[Change]:
    """Of runs and their pods: told once, though they stand in three places."""
    told: dict[str, None] = {}
    for place in _LABELS:
        old, new = (mapping_at(each.body, "spec", *place, "labels") for each in (before, after))
        for key in dict.fromkeys((*old, *new)):
            if old.get(key) != new.get(key):
                was, now = (quoted(each.get(key, "")) for each in (old, new))
                told[f"{quoted(key)} {was} → {now}"] = None
    if told:
        paths = tuple(("spec", *place, "labels") for place in _LABELS)
        text = f"other labels on runs and their pods: {', '.join(told)}"
        yield Change(risk="harmless", text=text, paths=paths)


def _secrets(had: set[str], has: set[str]) -> Iterator[Change]:
    """Of the whole pipeline: all its steps run as one account, in one namespace."""
    if has - had:
        text = f"the pipeline can now read the secret {listed(sorted(has - had))}"
        yield Change(risk="widens", text=text)
    if had - has:
        text = f"the pipeline no longer reads the secret {listed(sorted(had - has))}"
        yield Change(risk="changes", text=text)


def _parameters(before: Manifest, after: Manifest) -> Iterator[Change]:
    where = ("spec", "arguments")
    had, has = (
        {n: p.get("value") for n, p in by_name(list_at(each.body, *where, "parameters")).items()}
        for each in (before, after)
    )
    if had != has:
        yield from _of_parameters(had, has)


def _of_parameters(had: dict[str, Any], has: dict[str, Any]) -> Iterator[Change]:
    where = ("spec", "arguments")
    gone, come = [n for n in had if n not in has], [n for n in has if n not in had]
    for name in gone:
        twin = next((n for n in come if has[n] == had[name]), None) if len(gone) == 1 else None
        if twin is not None and len(come) == 1:
            text = f"the parameter {quoted(name)} is now called {quoted(twin)}"
            yield Change(risk="changes", text=text, paths=(where,))
            return
        text = f"the parameter {quoted(name)} is gone: who still sets it is not heard"
        yield Change(risk="changes", text=text, paths=(where,))
    for name in come:
        text = f"the parameter {quoted(name)} is new: {quoted(has[name])} unless one sets it"
        yield Change(risk="changes", text=text, paths=(where,))
    for name in has:
        if name in had and had[name] != has[name]:
            text = f"default of the parameter {quoted(name)}: {quoted(had[name])} → "
            text += quoted(has[name])
            yield Change(risk="changes", text=text, paths=(where,))


def _limits(before: Manifest, after: Manifest) -> Iterator[Change]:
    old, new = (mapping_at(each.body, "spec") for each in (before, after))
    if old.get("activeDeadlineSeconds") != new.get("activeDeadlineSeconds"):
        was, now = (duration(each.get("activeDeadlineSeconds")) for each in (old, new))
        text = f"a run may take {now} instead of {was}"
        yield Change(risk="changes", text=text, paths=(("spec", "activeDeadlineSeconds"),))
    if ("synchronization" in old) is not ("synchronization" in new):
        text = (
            "runs wait for each other"
            if "synchronization" in new
            else "runs no longer wait for each other: several may run at once"
        )
        yield Change(risk="changes", text=text, paths=(("spec", "synchronization"),))


def duration(seconds: Any) -> str:
    """`1 h 30 min`; what is not a number as it is."""
    text = str(seconds).removesuffix("s")
    if not text.isdigit():
        return "any time" if seconds is None else str(seconds)
    left, parts = int(text), []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts) or "0 s"


def _description(before: Manifest, after: Manifest) -> Iterator[Change]:
    key = "workflows.argoproj.io/description"
    one, other = (mapping_at(m.body, "metadata", "annotations").get(key) for m in (before, after))
    if one != other:
        path = ("metadata", "annotations", key)
        yield Change(risk="harmless", text="the description is another", paths=(path,))


# ── when it runs by itself ────────────────────────────────────────────────────────────────────────


def _schedule(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    if after is None:
        assert before is not None
        text = f"the pipeline {quoted(before.name)} no longer runs by itself (was {_when(before)})"
        yield Change(risk="removes", text=text)
        return
    if before is None:
        text = f"the pipeline {quoted(after.name)} runs by itself: {_when(after)}"
        yield Change(risk="changes", text=text)
        return
    old, new = (mapping_at(each.body, "spec") for each in (before, after))
    if _when(before) != _when(after):
        text = f"the schedule is {_when(after)} instead of {_when(before)}"
        paths = (
            ("spec", "schedules"), ("spec", "timezone"), ("spec", "startingDeadlineSeconds"),
        )  # fmt: skip
        yield Change(risk="changes", text=text, paths=paths)
    if old.get("concurrencyPolicy") != new.get("concurrencyPolicy"):
        text = f"a run that comes while another is under way {_POLICIES[_policy(new)]}"
        yield Change(risk="changes", text=text, paths=(("spec", "concurrencyPolicy"),))


_POLICIES = {
    "Forbid": "is left out",
    "Replace": "stops that one",
    "Allow": "runs beside it",
}


def _policy(spec: dict[str, Any]) -> str:
    return str(spec.get("concurrencyPolicy", "Allow"))


def _when(cron: Manifest) -> str:
    schedules = " and ".join(quoted(each) for each in list_at(cron.body, "spec", "schedules"))
    zone = mapping_at(cron.body, "spec").get("timezone")
    return f"{schedules} in {zone}" if zone else schedules


# ── where runs keep what they make ────────────────────────────────────────────────────────────────


def _repository(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    if before is None or after is None:
        text = (
            "the place of artifacts and logs is named"
            if before is None
            else ("the place of artifacts and logs is named no more")
        )
        yield Change(risk="harmless" if before is None else "changes", text=text)
        return
    old, new = ("\n".join(map(str, mapping_at(m.body, "data").values())) for m in (before, after))
    if old == new:
        return
    had, has = set(_SECRET.findall(old)), set(_SECRET.findall(new))
    yield from _secrets(had, has)
    told = _told(old, new)
    text = "new runs keep artifacts and logs elsewhere; what is kept stays where it is"
    if told:
        text = f"{text}: {told}"
    yield Change(risk="changes", text=text, paths=(("data",),))


def _told(old: str, new: str) -> str:
    """The lines that say where, as they were and are."""
    wanted = (
        "endpoint",
        "bucket",
        "container",
        "keyFormat",
        "blobNameFormat",
        "region",
        "insecure",
    )
    had, has = dict(_LINE.findall(old)), dict(_LINE.findall(new))
    return ", ".join(
        f"{key} {_bare(had.get(key))} → {_bare(has.get(key))}"
        for key in wanted
        if had.get(key) != has.get(key)
    )


def _bare(text: str | None) -> str:
    return "none" if text is None else quoted(text.strip('"'))
