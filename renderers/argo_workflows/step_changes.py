"""What a change of a pipeline means step by step: new, gone, renamed, and what each does otherwise.

What several steps have in common (an image, a time-out) is told once.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import Change, listed, quoted
from mlspec.manifests.fields import by_name, is_same, leaves, list_at, mapping_at
from mlspec.manifests.renaming import as_called

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from mlspec.manifests.change import Risk
    from mlspec.manifests.fields import Path
    from mlspec.manifests.manifest import Manifest

    Step: TypeAlias = dict[str, Any]
    Told: TypeAlias = tuple[Risk, str, tuple[str, ...]]
    """Risk, what happens to the step, and the path below its template."""

TEMPLATES = ("spec", "templates")
_NEARLY = 0.8
_RUNTIME = ["-m", "mlspec.runtime"]


def steps_of(manifest: Manifest) -> dict[str, Step]:
    """The templates that run something, by name: all but the graph."""
    templates = by_name(list_at(manifest.body, *TEMPLATES))
    return {name: step for name, step in templates.items() if "container" in step}


def secrets_in(manifest: Manifest) -> set[str]:
    """The names of all secrets that the steps refer to."""
    found: set[str] = set()
    for path, value in leaves(list_at(manifest.body, *TEMPLATES)):
        named = len(path) > 1 and (path[-2].endswith("Secret") or path[-2] == "secretKeyRef")
        if named and path[-1] == "name":
            found.add(str(value))
    return found


def explain(before: Manifest, after: Manifest) -> Iterator[Change]:
    had, has = steps_of(before), steps_of(after)
    names = _renamed(had, has)
    for old, new in names.items():
        text = f"the step {quoted(old)} is now called {quoted(new)}"
        yield Change(risk="changes", text=text, paths=(_at(old), _at(new)))
    yield from _removed({n: s for n, s in had.items() if n not in has and n not in names})
    for name, step in has.items():
        if name not in had and name not in names.values():
            text = f"the step {quoted(name)} is new: {_doing(step)}"
            yield Change(risk="changes", text=text, paths=(_at(name),))
    pairs = {n: (had[n], has[n]) for n in has if n in had}
    for old, new in names.items():
        pairs[new] = (as_called(had[old], has[new], [(old, new)]), has[new])
    yield from _together(pairs)
    yield from _order(before, after, names)


def _at(step: str, *more: str) -> Path:
    return (*TEMPLATES, f"[{step}]", *more)


# ── steps that come and go ────────────────────────────────────────────────────────────────────────


def _renamed(had: Mapping[str, Step], has: Mapping[str, Step]) -> dict[str, str]:
    """Old name → new name, where one gone and one new step are nearly the same."""
    found: dict[str, str] = {}
    come = [name for name in has if name not in had]
    for old in (name for name in had if name not in has):
        scored = [
            (_likeness(as_called(had[old], has[new], [(old, new)]), has[new]), new) for new in come
        ]
        best, new = max(scored, default=(0.0, ""))
        if best >= _NEARLY and _role(had[old]) == _role(has[new]):
            found[old] = new
            come.remove(new)
    return found


def _likeness(one: Step, other: Step) -> float:
    here, there = ({(path, str(v)) for path, v in leaves(each)} for each in (one, other))
    return len(here & there) / max(len(here | there), 1)


def _removed(gone: Mapping[str, Step]) -> Iterator[Change]:
    for name, step in gone.items():
        text, risk = f"the step {quoted(name)} is removed", _REMOVED.get(_role(step))
        if risk is not None:
            text = f"{text}: {risk}"
        is_loud = _role(step) == "gate"
        yield Change(risk="removes", text=text, paths=(_at(name),), loud=is_loud)


_REMOVED = {
    "gate": "models are registered whatever their metrics are",
    "check": "data is used unchecked",
    "register": "the model is registered no more",
    "ingest": "its source is read no more",
}


def _role(step: Step) -> str:
    """Which of our programs it runs; empty for a step of the user's."""
    args = list_at(step, "container", "args")
    return str(args[2]) if args[:2] == _RUNTIME and len(args) > 2 else ""


_DOING = {
    "gate": "a gate before the registration",
    "check": "checks data before it is used",
    "register": "registers the model",
    "ingest": "brings data into the pipeline",
    "report": "tells how a run ended",
}


def _doing(step: Step) -> str:
    if _role(step):
        return _DOING.get(_role(step), _role(step))
    amounts = mapping_at(step, "container", "resources", "limits")
    told = ", ".join(f"{key} {value}" for key, value in amounts.items())
    text = f"runs {quoted(_readable(_command(step)))} in {quoted(_short(_image(step)))}"
    return f"{text} with {told}" if told else text


def _readable(text: str) -> str:
    """A parameter as the language writes it."""
    return re.sub(r"\{\{inputs\.parameters\.([^}]+)\}\}", r"${{ params.\1 }}", text)


# ── what steps do otherwise ───────────────────────────────────────────────────────────────────────


def _together(pairs: Mapping[str, tuple[Step, Step]]) -> Iterator[Change]:
    """One change for all steps to which the same happens."""
    found: dict[tuple[Risk, str], list[tuple[str, tuple[str, ...]]]] = {}
    for name, (old, new) in pairs.items():
        if is_same(old, new):
            continue
        for tell in _TELLERS:
            for risk, text, path in tell(old, new):
                found.setdefault((risk, text), []).append((name, path))
    for (risk, text), steps in found.items():
        names = dict.fromkeys(name for name, _ in steps)
        noun = "step" if len(names) == 1 else "steps"
        yield Change(
            risk=risk,
            text=f"{noun} {listed(names)}: {text}" if text else "",
            paths=tuple(_at(name, *path) for name, path in steps),
        )


def _image(step: Step) -> str:
    return str(mapping_at(step, "container").get("image", ""))


def _images(old: Step, new: Step) -> Iterator[Told]:
    one, other = _image(old), _image(new)
    if one != other:
        path = ("container", "image")
        if one.partition("@")[0] == other.partition("@")[0]:
            text = f"image {quoted(one.partition('@')[0])} of another digest: "
            text += f"{_digest(one)} → {_digest(other)}"
        else:
            text = f"image {quoted(_short(one))} → {quoted(_short(other))}"
        yield "changes", text, path


def _digest(image: str) -> str:
    digest = image.partition("@")[2]
    return quoted(digest[: len("sha256:") + 12] if digest else "none")


def _short(image: str) -> str:
    name, _, digest = image.partition("@")
    return f"{name}@{digest[: len('sha256:') + 12]}" if digest else name


def _command(step: Step) -> str:
    container = mapping_at(step, "container")
    return " ".join(map(str, (*list_at(container, "command"), *list_at(container, "args"))))


def _commands(old: Step, new: Step) -> Iterator[Told]:
    one, other = (
        [*list_at(each, "container", "command"), *list_at(each, "container", "args")]
        for each in (old, new)
    )
    if is_same(one, other):
        return
    if _role(new) == "register":  # it is told of others, to keep it with the model
        one, other = _without_records(one), _without_records(other)
        yield "harmless", "", ("container", "args")
        if is_same(one, other):
            return
    told = list(_options(old, new, one[1:], other[1:]))
    for text, risk in told:
        yield risk, text, ("container", "args")
    if not told:
        gone, come = _words(one, other)
        text = "command " + " and ".join(
            part
            for part in (
                f"without {quoted(_readable(gone))}" if gone else "",
                f"with {quoted(_readable(come))}" if come else "",
            )
            if part
        )
        yield "changes", text or "command", ("container", "args")
        yield "changes", text or "command", ("container", "command")


def _words(old: Sequence[Any], new: Sequence[Any]) -> tuple[str, str]:
    """What of a command went and what came, between the words that both begin and end with."""
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    return (
        " ".join(map(str, old[first : len(old) - last])),
        " ".join(map(str, new[first : len(new) - last])),
    )


def _without_records(words: list[Any]) -> list[Any]:
    """Without `--param NAME=VALUE` and `--gates JSON`: their steps tell what changes there."""
    flags = {number for number, word in enumerate(words) if word in ("--param", "--gates")}
    return [w for n, w in enumerate(words) if n not in flags and n - 1 not in flags]


def _options(old: Step, new: Step, one: list[Any], other: list[Any]) -> Iterator[tuple[str, Risk]]:
    """What our own programs are told, where it can be said better than as words of a command."""
    if not _role(old) or _role(old) != _role(new) or len(one) != len(other):
        return
    for flag, was, now in zip(["", *one], one, other, strict=False):
        if is_same(was, now):
            continue
        if flag == "--gates":
            yield from _gates(_json(was), _json(now))
        elif flag == "--schema":
            yield from _columns(_json(was), _json(now))
        elif flag == "--alias":
            yield f"new versions get the alias {quoted(now)} instead of {quoted(was)}", "changes"
        else:
            yield (
                f"{str(flag).lstrip('-') or 'an argument'} {quoted(was)} → {quoted(now)}",
                "changes",
            )


def _json(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(str(text))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _gates(had: dict[str, Any], has: dict[str, Any]) -> Iterator[tuple[str, Risk]]:
    for metric in had:
        if metric not in has:
            yield f"the gate no longer looks at {quoted(metric)}", "removes"
    for metric, bounds in has.items():
        if metric not in had:
            yield f"the gate also wants {quoted(metric)} {_bounds(bounds)}", "changes"
        elif had[metric] != bounds:
            looser = _is_looser(had[metric], bounds)
            how = ", which lets more models through" if looser else ""
            yield (
                f"the gate wants {quoted(metric)} {_bounds(bounds)} instead of "
                f"{_bounds(had[metric])}{how}",
                "changes",
            )


def _bounds(bounds: dict[str, Any]) -> str:
    told = [f"{name} {bounds[name]}" for name in ("min", "max") if name in bounds]
    if "no_worse_than" in bounds:
        told.append(f"no worse than {quoted(bounds['no_worse_than'])}")
    return ", ".join(told) or "anything"


def _is_looser(had: dict[str, Any], has: dict[str, Any]) -> bool:
    """Whether a bound went or was moved outwards."""
    if "no_worse_than" in had and "no_worse_than" not in has:
        return True
    low = "min" in had and ("min" not in has or has["min"] < had["min"])
    return low or ("max" in had and ("max" not in has or has["max"] > had["max"]))


def _columns(had: dict[str, Any], has: dict[str, Any]) -> Iterator[tuple[str, Risk]]:
    gone = [name for name in had if name not in has]
    come = [name for name in has if name not in had]
    if gone:
        yield f"the data check no longer looks at {listed(gone)}", "changes"
    if come:
        yield f"the data check also looks at {listed(come)}", "changes"
    for name in has:
        if name in had and had[name] != has[name]:
            text = f"the data check wants {quoted(name)} {_rules(has[name])} instead of "
            yield f"{text}{_rules(had[name])}", "changes"


def _rules(column: Any) -> str:
    if not isinstance(column, dict):
        return quoted(column)
    return quoted(", ".join(v if k == "type" else f"{k} {v}" for k, v in column.items()))


def _environment(old: Step, new: Step) -> Iterator[Told]:
    had, has = (by_name(list_at(each, "container", "env")) for each in (old, new))
    for name in dict.fromkeys((*had, *has)):
        one, other = had.get(name), has.get(name)
        if one == other:
            continue
        path = ("container", "env", f"[{name}]")
        if name.startswith(_PLUMBING):
            yield "harmless", "", path
            continue
        source = mapping_at(other, "valueFrom", "secretKeyRef") if other else {}
        if source:
            text = f"{quoted(name)} comes from the secret {quoted(source.get('name'))}"
            yield "changes", f"{text}, key {quoted(source.get('key'))}", path
        elif other is None:
            yield "changes", f"the variable {quoted(name)} is no longer set", path
        elif one is None:
            text = f"the variable {quoted(name)} is set to {quoted(other.get('value', ''))}"
            yield "changes", text, path
        else:
            was = quoted(one["value"]) if "value" in one else "a secret"
            yield "changes", f"{quoted(name)} {was} → {quoted(other.get('value', ''))}", path


_PLUMBING = ("MLSPEC_PARAM_", "MLSPEC_INPUT_", "MLSPEC_OUTPUT_", "MLSPEC_METRICS")
"""Variables that follow from parameters, inputs and outputs, which are told as such."""


def _resources(old: Step, new: Step) -> Iterator[Told]:
    had, has = (mapping_at(each, "container", "resources", "limits") for each in (old, new))
    if had == has:
        return
    told = [
        f"{key} {had.get(key, 'none')} → {has.get(key, 'none')}"
        for key in dict.fromkeys((*had, *has))
        if had.get(key) != has.get(key)
    ]
    yield "changes", ", ".join(told), ("container", "resources")
    yield "changes", ", ".join(told), ("tolerations",)


def _retries(old: Step, new: Step) -> Iterator[Told]:
    had, has = (mapping_at(each, "retryStrategy") for each in (old, new))
    if had.get("limit") != has.get("limit"):
        text = f"retries {had.get('limit', 0)} → {has.get('limit', 0)}"
        yield "changes", text, ("retryStrategy",)
    elif had.get("backoff") != has.get("backoff"):
        one, other = (mapping_at(each, "backoff") for each in (had, has))
        names = {"duration": "first wait", "factor": "each wait times", "cap": "longest wait"}
        told = [
            f"{what} {one.get(key, 'none')} → {other.get(key, 'none')}"
            for key, what in names.items()
            if one.get(key) != other.get(key)
        ]
        yield "changes", f"between retries: {', '.join(told)}", ("retryStrategy", "backoff")


def _times(old: Step, new: Step) -> Iterator[Told]:
    from .changes import duration

    key = "activeDeadlineSeconds"
    if old.get(key) != new.get(key):
        text = f"may take {duration(new.get(key))} instead of {duration(old.get(key))}"
        yield "changes", text, (key,)


def _cache(old: Step, new: Step) -> Iterator[Told]:
    path = ("memoize",)
    more = (("inputs", "parameters"), ("outputs", "artifacts"))
    if ("memoize" in old) is not ("memoize" in new):
        text = (
            "results are kept and used again while its inputs, image and command are the same"
            if ("memoize" in new)
            else "runs anew each time: its results are no longer used again"
        )
        yield "changes", text, path
        for each in more:
            yield "harmless", "", each
    elif old.get("memoize") != new.get("memoize"):
        yield "harmless", "runs anew once, as what it is made of has changed", path


_DRIVERS: Mapping[str, tuple[str, ...]] = {
    "s3": ("bucket", "key"),
    "gcs": ("bucket", "key"),
    "azure": ("endpoint", "container", "blob"),
    "git": ("repo",),
    "http": ("url",),
    "hdfs": ("path",),
}
"""Driver of Argo's → what says where in it."""


def _data(old: Step, new: Step) -> Iterator[Told]:
    """What a step reads and writes, and where that is."""
    yield "harmless", "", ("inputs", "parameters")
    yield "harmless", "", ("container", "volumeMounts", "[outputs]")
    for side, does in (("inputs", "reads"), ("outputs", "writes")):
        had, has = (by_name(list_at(each, side, "artifacts")) for each in (old, new))
        for name in dict.fromkeys((*had, *has)):
            path = (side, "artifacts", f"[{name}]")
            if name not in has:
                yield "changes", f"no longer {does} {quoted(name)}", path
            elif name not in had:
                place = _place(has[name])
                where = f", at {quoted(place)}" if place else ""
                yield "changes", f"also {does} {quoted(name)}{where}", path
                if not list_at(old, side, "artifacts"):
                    yield "harmless", "", (side,)
            else:
                yield from _moved(had[name], has[name], does, path)


_MORE = ("endpoint", "region", "insecure", "revision", "useSDKCreds")
"""What tells of the way to a place, beside the place."""


def _moved(
    one: Mapping[str, Any], other: Mapping[str, Any], does: str, path: tuple[str, ...]
) -> Iterator[Told]:
    was, now = _place(one), _place(other)
    if was != now:
        yield "changes", f"{does} {quoted(now)} instead of {quoted(was)}", path
    old, new = _driver(one), _driver(other)
    told = [
        f"{key} {old.get(key, 'none')} → {new.get(key, 'none')}"
        for key in _MORE
        if old.get(key) != new.get(key)
    ]
    if told:
        yield "changes", f"{does} {quoted(now)} by {', '.join(told)}", path
    had, has = (_secret(each) or "its own identity" for each in (one, other))
    if had != has:
        yield "changes", f"{does} {quoted(now)} with {has} instead of {had}", path


def _driver(artifact: Mapping[str, Any]) -> dict[str, Any]:
    return next((mapping_at(artifact, d) for d in _DRIVERS if mapping_at(artifact, d)), {})


def _place(artifact: Mapping[str, Any]) -> str:
    """As people write it."""
    for driver, keys in _DRIVERS.items():
        found = mapping_at(artifact, driver)
        if found:
            text = "/".join(str(found[key]).strip("/") for key in keys if found.get(key))
            return f"{driver}://{text}" if driver in ("s3", "gcs") else text
    return ""


def _secret(artifact: Mapping[str, Any]) -> str:
    for key, value in _driver(artifact).items():
        if key.endswith("Secret") and isinstance(value, dict):
            return f"the secret {quoted(value.get('name'))}"
    return ""


_TELLERS: tuple[Callable[[Step, Step], Iterator[Told]], ...] = (
    _images,
    _commands,
    _environment,
    _resources,
    _retries,
    _times,
    _cache,
    _data,
)


# ── the graph ─────────────────────────────────────────────────────────────────────────────────────


def _order(before: Manifest, after: Manifest, names: Mapping[str, str]) -> Iterator[Change]:
    """Who waits for whom, of the steps that stay; all else of a task follows from the steps."""
    had, has = _waits(before, names), _waits(after, {})
    stay = [name for name in has if name in had]
    told: dict[str, list[str]] = {}
    for name in stay:
        more = [each for each in has[name] if each not in had[name]]
        less = [each for each in had[name] if each not in has[name] and each in has]
        if more:
            told.setdefault(f"from now on after {listed(more)}", []).append(name)
        if less:
            told.setdefault(f"no longer after {listed(less)}", []).append(name)
    for text, steps in told.items():
        noun = "step" if len(steps) == 1 else "steps"
        yield Change(risk="changes", text=f"{noun} {listed(steps)}: {text}")
    for template in by_name(list_at(after.body, *TEMPLATES)).values():
        if "dag" in template:
            yield Change(
                risk="harmless", text="", paths=((*TEMPLATES, f"[{template['name']}]", "dag"),)
            )


def _waits(manifest: Manifest, names: Mapping[str, str]) -> dict[str, list[str]]:
    """Task → what it waits for, by the names of the steps after the change."""
    found: dict[str, list[str]] = {}
    for template in by_name(list_at(manifest.body, *TEMPLATES)).values():
        for name, task in by_name(list_at(template, "dag", "tasks")).items():
            waits = [names.get(str(each), str(each)) for each in list_at(task, "dependencies")]
            found[names.get(name, name)] = waits
    return found
