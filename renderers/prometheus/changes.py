"""What a change of monitoring means: who is woken when, and what nobody is told of any more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import Change, listed, quoted
from mlspec.manifests.fields import by_name, list_at, mapping_at

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from typing import TypeAlias

    from mlspec.manifests.manifest import Manifest

    Alerts: TypeAlias = dict[tuple[str, ...], dict[str, Any]]

_GROUPS = ("spec", "groups")
_OBJECTIVE = re.compile(r"the objective of ([\d.]+)%")
_TELLING = ("objective", "window", "source")
"""The labels that tell two alerts of one name apart."""


def explain(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    some = after or before
    assert some is not None
    if some.kind == "PrometheusRule":
        yield from _rules(before, after)
    elif some.kind == "PodMonitor":
        yield from _monitor(before, after)


def _monitor(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    some = after or before
    assert some is not None
    name = quoted(some.name)
    if after is None:
        text = f"Prometheus no longer reads the metrics of {name}: alerts on it cannot fire"
        yield Change(risk="removes", text=text)
    elif before is None:
        yield Change(risk="harmless", text=f"Prometheus reads the metrics of {name}")
    else:
        yield from _selected(before, after)


# ── rules ─────────────────────────────────────────────────────────────────────────────────────────


def _rules(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    had, has = _alerts(before), _alerts(after)
    if after is None:
        text = f"nobody is alerted any more by {_named(had)}"
        yield Change(risk="removes", text=text)
        return
    if before is None:
        yield Change(risk="changes", text=f"alerts are new: {_named(has)}")
        return
    yield from _availability(before, after)
    moved = yield from _latency(before, after)
    gone = {k: a for k, a in had.items() if k not in has and not _is_of(k, moved)}
    come = {k: a for k, a in has.items() if k not in had and not _is_of(k, moved)}
    if gone:
        text = f"nobody is alerted any more by {_named(gone)}"
        yield Change(risk="removes", text=text, paths=tuple(_paths(before, gone)))
    if come:
        text = f"alerts are new: {_named(come)}"
        yield Change(risk="changes", text=text, paths=tuple(_paths(after, come)))
    yield from _of_both(had, has)
    yield from _selected(before, after)
    yield from _counted(before, after)


def _selected(before: Manifest, after: Manifest) -> Iterator[Change]:
    """The labels by which the operator of Prometheus finds rules and monitors."""
    old, new = (mapping_at(each.body, "metadata", "labels") for each in (before, after))
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key) and not key.startswith(_OURS):
            was, now = (
                quoted(f"{key}={each[key]}") if key in each else "no label" for each in (old, new)
            )
            text = f"has {now} instead of {was}: a Prometheus that looks for the old one drops it"
            path = ("metadata", "labels", key)
            yield Change(risk="interrupts", text=text, paths=(path,))


_OURS = ("app.kubernetes.io/", "mlspec.io/")


def _counted(before: Manifest, after: Manifest) -> Iterator[Change]:
    """Expressions, of an objective that stays, which are not told otherwise."""
    told = {*_changed_objectives(before, after)}
    old, new = (by_name(list_at(each.body, *_GROUPS)) for each in (before, after))
    names = [
        name
        for name in new
        if name in old and name not in told and _expressions(old[name]) != _expressions(new[name])
    ]
    if names:
        text = f"requests are counted in another way for {listed(names)}"
        paths = tuple((*_GROUPS, f"[{name}]", "rules", "*", "expr") for name in names)
        yield Change(risk="changes", text=text, paths=paths)


def _expressions(group: Mapping[str, Any]) -> list[Any]:
    return [rule.get("expr") for rule in list_at(group, "rules") if "record" in rule]


def _changed_objectives(before: Manifest, after: Manifest) -> list[str]:
    had, has = _promised(before), _promised(after)
    return [group for group in had if group in has and had[group] != has[group]]


def _alerts(manifest: Manifest | None) -> Alerts:
    """By name and by what tells those of one name apart."""
    found: Alerts = {}
    for group in list_at(manifest.body if manifest else {}, *_GROUPS):
        for rule in list_at(group, "rules"):
            if "alert" in rule:
                labels = mapping_at(rule, "labels")
                key = (str(rule["alert"]), *(str(labels.get(name, "")) for name in _TELLING))
                found[key] = rule
    return found


def _named(alerts: Alerts) -> str:
    return listed(dict.fromkeys(key[0] for key in alerts), limit=8)


def _is_of(key: tuple[str, ...], objectives: set[str]) -> bool:
    return key[1] in objectives


def _paths(manifest: Manifest, alerts: Alerts) -> Iterator[tuple[str, ...]]:
    """The rules of these alerts, and the whole groups of which nothing else is left."""
    for name, group in by_name(list_at(manifest.body, *_GROUPS)).items():
        own = [rule for rule in list_at(group, "rules") if "alert" in rule]
        if own and all(any(rule is each for each in alerts.values()) for rule in own):
            yield (*_GROUPS, f"[{name}]")
        for rule in own:
            if any(rule is each for each in alerts.values()):
                labels = mapping_at(rule, "labels")
                told = [str(labels[n]) for n in _TELLING if n in labels]
                yield (*_GROUPS, f"[{name}]", "rules", f"[{' '.join((str(rule['alert']), *told))}]")


# ── objectives ────────────────────────────────────────────────────────────────────────────────────


def _availability(before: Manifest, after: Manifest) -> Iterator[Change]:
    """The objective stands in the words of the alert; its thresholds follow from it."""
    had, has = _promised(before), _promised(after)
    for group in _changed_objectives(before, after):
        is_stricter = float(has[group]) > float(had[group])
        service = quoted(group.removesuffix(".availability"))
        text = (
            f"the availability objective of {service} is {has[group]} % instead of {had[group]} %: "
            f"its alerts fire {'earlier' if is_stricter else 'later'}"
        )
        yield Change(risk="changes", text=text, paths=((*_GROUPS, f"[{group}]"),))


def _promised(manifest: Manifest) -> dict[str, str]:
    found = {}
    for name, group in by_name(list_at(manifest.body, *_GROUPS)).items():
        for rule in list_at(group, "rules"):
            told = _OBJECTIVE.search(str(mapping_at(rule, "annotations").get("description", "")))
            if told and name.endswith(".availability"):
                found[name] = told[1]
    return found


def _latency(before: Manifest, after: Manifest) -> Generator[Change, None, set[str]]:
    """An objective that became another one of its service. Returns the labels of both."""
    had, has = _bounds(before), _bounds(after)
    gone = [name for name in had if name not in has]
    come = [name for name in has if name not in had]
    moved: set[str] = set()
    for old, new in zip(gone, come, strict=False):
        service = quoted(old.partition(".")[0])
        text = f"the latency objective of {service} is {_bound(new)} instead of {_bound(old)}"
        paths = ((*_GROUPS, f"[{old}]"), (*_GROUPS, f"[{new}]"))
        yield Change(risk="changes", text=text, paths=paths)
        moved |= {had[old], has[new]}
    for old in gone[len(come) :]:
        service = quoted(old.partition(".")[0])
        text = (
            f"the latency objective of {service}, {_bound(old)}, is gone: nobody is alerted by it"
        )
        yield Change(risk="removes", text=text, paths=((*_GROUPS, f"[{old}]"),))
        moved.add(had[old])
    for new in come[len(gone) :]:
        service = quoted(new.partition(".")[0])
        text = f"a latency objective of {service} is new: {_bound(new)}"
        yield Change(risk="changes", text=text, paths=((*_GROUPS, f"[{new}]"),))
        moved.add(has[new])
    return moved


def _bounds(manifest: Manifest) -> dict[str, str]:
    """Group of a latency objective → the label of it."""
    names = by_name(list_at(manifest.body, *_GROUPS))
    return {name: name.partition(".latency-")[2] for name in names if ".latency-" in name}


def _bound(group: str) -> str:
    """`p95 below 250 ms`."""
    percentile, _, limit = group.partition(".latency-")[2].rpartition("-")
    return f"{percentile} below {limit.removesuffix('ms')} ms"


# ── what alerts that stay do otherwise ────────────────────────────────────────────────────────────


def _of_both(had: Alerts, has: Alerts) -> Iterator[Change]:
    pairs = [(had[key], has[key]) for key in had if key in has]
    labels = dict.fromkeys(
        name for pair in pairs for rule in pair for name in mapping_at(rule, "labels")
    )
    for label in labels:
        told: dict[tuple[Any, Any], dict[str, None]] = {}
        for old, new in pairs:
            one, other = (mapping_at(rule, "labels").get(label) for rule in (old, new))
            if one != other:
                told.setdefault((one, other), {})[str(new["alert"])] = None
        for (one, other), names in told.items():
            was, now = (quoted(each) if each else "none" for each in (one, other))
            what = label if label in ("severity", "channel") else f"label {quoted(label)}"
            text = f"{what} {was} → {now} of {listed(names, limit=8)}"
            path = (*_GROUPS, "*", "rules", "*", "labels", label)
            yield Change(risk="changes", text=text, paths=(path,))
    yield from _thresholds(pairs)
    for old, new in pairs:
        if old.get("for") != new.get("for"):
            text = (
                f"{quoted(new['alert'])} fires after {new.get('for', '0s')} instead of "
                f"{old.get('for', '0s')}"
            )
            rule = (*_GROUPS, "*", "rules", _item(new))
            yield Change(risk="changes", text=text, paths=((*rule, "for"), (*rule, "annotations")))
    yield from _texts(pairs)


_LIMIT = re.compile(r"> ([\d.]+)\s*$")
_EVERY = re.compile(r"\A# (\S+): ")


def _thresholds(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> Iterator[Change]:
    """The number at the end of an expression; in words where the expression begins with them."""
    for old, new in pairs:
        one, other = str(old.get("expr", "")), str(new.get("expr", ""))
        here, there = _LIMIT.search(one), _LIMIT.search(other)
        if not here or not there or here[1] == there[1]:
            continue
        was, now = _EVERY.match(one), _EVERY.match(other)
        if was is None or now is None:
            continue  # of an objective, which is told as such
        text = f"{quoted(new['alert'])} fires beyond {now[1]} instead of {was[1]}"
        yield Change(risk="changes", text=text, paths=(
            (*_GROUPS, "*", "rules", _item(new), "expr"),
            (*_GROUPS, "*", "rules", _item(new), "annotations"),
        ))  # fmt: skip


def _item(rule: Mapping[str, Any]) -> str:
    labels = mapping_at(rule, "labels")
    return f"[{' '.join((str(rule['alert']), *(str(labels[n]) for n in _TELLING if n in labels)))}]"


def _texts(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> Iterator[Change]:
    """Summary, description, owners, runbook: for people, once for all alerts."""
    changed: dict[str, None] = {}
    for old, new in pairs:
        if (old.get("expr"), old.get("for")) != (new.get("expr"), new.get("for")):
            continue  # whose description follows from it
        one, other = (mapping_at(rule, "annotations") for rule in (old, new))
        changed |= dict.fromkeys(k for k in {**one, **other} if one.get(k) != other.get(k))
    if changed:
        text = f"other texts in alerts: {listed(sorted(changed))}"
        path = (*_GROUPS, "*", "rules", "*", "annotations")
        yield Change(risk="harmless", text=text, paths=(path,))
