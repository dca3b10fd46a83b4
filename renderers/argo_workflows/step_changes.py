"""What a change of a pipeline means step by step: new, gone, renamed, and what each does otherwise.

What several steps have in common (an image, a time-out) is told once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import Change, listed, moves, quoted
from mlspec.manifests.fields import by_name, is_same, leaves, list_at, mapping_at
from mlspec.manifests.renaming import as_called

from .artifact_changes import artifacts
from .command_changes import command, commands, readable, role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from mlspec.manifests.change import Risk
    from mlspec.manifests.fields import Path
    from mlspec.manifests.manifest import Manifest

    Step: TypeAlias = dict[str, Any]
    Told: TypeAlias = tuple[Risk, str, tuple[str, ...]]
    """Risk, what happens to the step, and the path below its template."""

TEMPLATES = ("spec", "templates")
_NEARLY = 0.8


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
        if best >= _NEARLY and role(had[old]) == role(has[new]):
            found[old] = new
            come.remove(new)
    return found


def _likeness(one: Step, other: Step) -> float:
    here, there = ({(path, str(v)) for path, v in leaves(each)} for each in (one, other))
    return len(here & there) / max(len(here | there), 1)


def _removed(gone: Mapping[str, Step]) -> Iterator[Change]:
    for name, step in gone.items():
        text, risk = f"the step {quoted(name)} is removed", _REMOVED.get(role(step))
        if risk is not None:
            text = f"{text}: {risk}"
        is_loud = role(step) == "gate"
        yield Change(risk="removes", text=text, paths=(_at(name),), loud=is_loud)


_REMOVED = {
    "gate": "models are registered whatever their metrics are",
    "check": "data is used unchecked",
    "register": "the model is registered no more",
    "ingest": "its source is read no more",
}


_DOING = {
    "gate": "a gate before the registration",
    "check": "checks data before it is used",
    "register": "registers the model",
    "ingest": "brings data into the pipeline",
    "report": "tells how a run ended",
}


def _doing(step: Step) -> str:
    if role(step):
        return _DOING.get(role(step), role(step))
    amounts = mapping_at(step, "container", "resources", "limits")
    told = ", ".join(f"{key} {value}" for key, value in amounts.items())
    text = f"runs {quoted(readable(command(step)))} in {quoted(_short(_image(step)))}"
    return f"{text} with {told}" if told else text


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
    if told := moves(had, has):
        yield "changes", told, ("container", "resources")
        yield "changes", told, ("tolerations",)


def _retries(old: Step, new: Step) -> Iterator[Told]:
    had, has = (mapping_at(each, "retryStrategy") for each in (old, new))
    if had.get("limit") != has.get("limit"):
        text = f"retries {had.get('limit', 0)} → {has.get('limit', 0)}"
        yield "changes", text, ("retryStrategy",)
    elif had.get("backoff") != has.get("backoff"):
        one, other = (mapping_at(each, "backoff") for each in (had, has))
        names = {"duration": "first wait", "factor": "each wait times", "cap": "longest wait"}
        text = f"between retries: {moves(one, other, names)}"
        yield "changes", text, ("retryStrategy", "backoff")


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


_TELLERS: tuple[Callable[[Step, Step], Iterator[Told]], ...] = (
    _images,
    commands,
    _environment,
    _resources,
    _retries,
    _times,
    _cache,
    artifacts,
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
