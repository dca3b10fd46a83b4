"""What a change of a service means to those who call it, and to its pods.

Which fields restart pods: the operator gives the executor in each pod the whole predictor as text
(`ENGINE_PREDICTOR`), with traffic and replicas set to 0 so that these two change nothing
(SeldonIO/seldon-core, operator/controllers/seldondeployment_engine.go, createEngineContainer). So
all else of a predictor, its autoscaler among it, makes new pods; and the protocol is an argument of
every executor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import Change, listed, moves, quoted
from mlspec.manifests.fields import by_name, changed_fields, list_at, mapping_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from mlspec.manifests.fields import Path
    from mlspec.manifests.manifest import Manifest

    Predictors: TypeAlias = Mapping[str, dict[str, Any]]

_NO_RESTART = ("traffic", "replicas")
_COMPONENT = ("componentSpecs", "[0]")
_POD = (*_COMPONENT, "spec")


def explain(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    some = after or before
    assert some is not None
    if some.kind == "SeldonDeployment":
        yield from _service(before, after)
    elif some.kind == "PodDisruptionBudget":
        yield from _budget(before, after)


def _service(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    if after is None:
        assert before is not None
        text = f"the service {quoted(before.name)} is removed: its traffic ends"
        yield Change(risk="removes", text=text, loud=True)
    elif before is None:
        yield Change(risk="changes", text=_introduced(after))
    else:
        if before.name != after.name:
            yield _renamed(before, after)
        yield from _changed(before, after)


def _introduced(after: Manifest) -> str:
    parts = [
        f"{_model(each)} {_share(each)} with {_copies(each)}{_size(each)}"
        for each in _predictors(after).values()
    ]
    return f"the service {quoted(after.name)} is new: {'; '.join(parts)}"


def _renamed(before: Manifest, after: Manifest) -> Change:
    where = f"/seldon/{after.namespace}"
    text = (
        f"the service {quoted(before.name)} is now called {quoted(after.name)}: requests to "
        f"{quoted(f'{where}/{before.name}')} fail, its callers must ask "
        f"{quoted(f'{where}/{after.name}')}"
    )
    return Change(risk="removes", text=text, paths=(("metadata", "name"),), loud=True)


def _changed(before: Manifest, after: Manifest) -> Iterator[Change]:
    old, new = (mapping_at(each.body, "spec") for each in (before, after))
    if old.get("protocol") != new.get("protocol"):
        text = (
            f"the service {quoted(after.name)} speaks the protocol {quoted(new.get('protocol'))} "
            f"instead of {quoted(old.get('protocol'))}: its callers must change with it"
        )
        yield Change(risk="interrupts", text=text, paths=(("spec", "protocol"),))
    had, has = _predictors(before), _predictors(after)
    yield from _weights(had, has)
    for name in had:
        if name not in has:
            yield _ended(after, had[name])
    for name, predictor in has.items():
        if name not in had:
            yield _begun(after, predictor)
        else:
            yield from _predictor(after.name, had[name], predictor)
    is_new_protocol = old.get("protocol") != new.get("protocol")
    yield from _restarts(
        [p for n, p in has.items() if n in had and (is_new_protocol or _restarts_for(had[n], p))]
    )


def _predictors(manifest: Manifest) -> Predictors:
    return by_name(list_at(manifest.body, "spec", "predictors"))


def _path(predictor: Mapping[str, Any], *more: str) -> Path:
    return ("spec", "predictors", f"[{predictor.get('name')}]", *more)


# ── traffic ───────────────────────────────────────────────────────────────────────────────────────


def _weights(had: Predictors, has: Predictors) -> Iterator[Change]:
    """In one line: shares add up, so one is never changed alone."""
    common = [
        n
        for n in has
        if n in had
        and had[n].get("traffic") != has[n].get("traffic")
        and not (had[n].get("shadow") or has[n].get("shadow"))
    ]
    if not common:
        return
    told = [f"{quoted(n)} {had[n].get('traffic')} → {has[n].get('traffic')}" for n in common]
    paths = tuple(_path(has[n], "traffic") for n in common)
    if len(has) == len(had) == len(common) == 2:
        main, other = common
        was, now = had[other].get("traffic"), has[other].get("traffic")
        text = (
            f"{'canary weight' if _is_canary(had, has) else 'weight'} {was} → {now}: "
            f"{quoted(other)} gets {now} % of the traffic, {quoted(main)} "
            f"{has[main].get('traffic')} %"
        )
    else:
        text = f"shares of the traffic in per cent: {', '.join(told)}"
    yield Change(risk="changes", text=text, paths=paths)


def _is_canary(had: Predictors, has: Predictors) -> bool:
    """Whether the main version keeps all its copies beside a candidate that has fewer; the versions
    of an A/B test divide them by their shares."""
    main, other = has
    return _copies(had[main]) == _copies(has[main]) and _most(has[other]) < _most(has[main])


def _most(predictor: Mapping[str, Any]) -> int:
    return int(_scaler(predictor).get("maxReplicas") or predictor.get("replicas", 1))


def _share(predictor: Mapping[str, Any]) -> str:
    if predictor.get("shadow"):
        return f"gets a copy of {predictor.get('traffic')} % of the traffic and answers nobody"
    return f"gets {predictor.get('traffic')} % of the traffic"


def _ended(after: Manifest, predictor: Mapping[str, Any]) -> Change:
    name = quoted(predictor.get("name"))
    if predictor.get("shadow"):
        text = f"the shadow {name} of {quoted(after.name)} ends: it answered nobody"
    else:
        text = (
            f"{name} behind {quoted(after.name)} ends: its {predictor.get('traffic')} % of the "
            "traffic go to the others"
        )
    return Change(risk="changes", text=text, paths=(_path(predictor),))


def _begun(after: Manifest, predictor: Mapping[str, Any]) -> Change:
    text = f"new behind {quoted(after.name)}: {_model(predictor)} {_share(predictor)}"
    text = f"{text}, with {_copies(predictor)}{_size(predictor)}"
    return Change(risk="changes", text=text, paths=(_path(predictor),))


# ── one predictor ─────────────────────────────────────────────────────────────────────────────────


def _predictor(service: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    yield from _version(service, old, new)
    yield from _scale(old, new)
    yield from _resources(old, new)
    yield from _secret(service, old, new)
    if bool(old.get("shadow")) is not bool(new.get("shadow")):
        text = f"{quoted(new.get('name'))} {_share(new)}"
        yield Change(risk="changes", text=text, paths=(_path(new, "shadow"), _path(new, "traffic")))


def _restarts_for(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return any(field.path[0] not in _NO_RESTART for field in changed_fields(old, new))


def _restarts(predictors: list[dict[str, Any]]) -> Iterator[Change]:
    if predictors:
        names = listed(str(each.get("name")) for each in predictors)
        text = f"pods will restart, one after another: those of {names}"
        # How they are spread over nodes follows from their number, and says nothing beside it.
        paths = tuple(_path(each, *_POD, "topologySpreadConstraints") for each in predictors)
        yield Change(risk="interrupts", text=text, paths=paths)


def _version(service: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = _number(old), _number(new)
    uri = mapping_at(old, "graph").get("modelUri"), mapping_at(new, "graph").get("modelUri")
    paths = (_path(new, "annotations"), _path(new, "graph", "modelUri"))
    name = quoted(new.get("name"))
    if before != after:
        now = f"version {after}" if after else "whatever was registered last"
        was = f"version {before}" if before else "whatever was registered last"
        text = f"{quoted(service)} serves {now} instead of {was} as {name}"
        yield Change(risk="changes", text=text, paths=paths)
    elif uri[0] != uri[1]:
        text = f"{quoted(service)} takes {name} from {quoted(uri[1])} instead of {quoted(uri[0])}"
        yield Change(risk="changes", text=text, paths=paths)
    model = mapping_at(old, "graph").get("name"), mapping_at(new, "graph").get("name")
    if model[0] != model[1]:
        text = (
            f"{quoted(service)} serves the model {quoted(model[1])} instead of {quoted(model[0])} "
            f"as {name}: its name is in the address that callers ask"
        )
        yield Change(risk="interrupts", text=text, paths=(
            _path(new, "graph"), _path(new, *_POD, "containers"),
        ))  # fmt: skip


def _number(predictor: Mapping[str, Any]) -> str:
    return str(mapping_at(predictor, "annotations").get("version", ""))


def _model(predictor: Mapping[str, Any]) -> str:
    version = _number(predictor)
    return f"{quoted(predictor.get('name'))}{f' (version {version})' if version else ''}"


def _scale(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    paths = (
        _path(new, "replicas"),
        _path(new, *_COMPONENT, "hpaSpec"),
        _path(new, *_POD, "topologySpreadConstraints"),
    )
    name = quoted(new.get("name"))
    if _copies(old) != _copies(new):
        text = f"{name} runs with {_copies(new)} instead of {_copies(old)}"
        yield Change(risk="changes", text=text, paths=paths)
    if _target(old) != _target(new) and _target(old) and _target(new):
        text = f"{name} is scaled for {_target(new)} instead of {_target(old)}"
        yield Change(risk="changes", text=text, paths=paths)


def _copies(predictor: Mapping[str, Any]) -> str:
    scaler = _scaler(predictor)
    if scaler:
        return f"{scaler.get('minReplicas')} to {scaler.get('maxReplicas')} replicas"
    number = predictor.get("replicas", 1)
    return f"{number} replica{'' if number == 1 else 's'}"


def _size(predictor: Mapping[str, Any]) -> str:
    """What each replica takes of a node."""
    told = ", ".join(f"{key} {value}" for key, value in _limits(predictor).items())
    return f" of {told}" if told else ""


def _component(predictor: Mapping[str, Any]) -> dict[str, Any]:
    found = list_at(predictor, "componentSpecs")
    return found[0] if found and isinstance(found[0], dict) else {}


def _scaler(predictor: Mapping[str, Any]) -> dict[str, Any]:
    return mapping_at(_component(predictor), "hpaSpec")


def _target(predictor: Mapping[str, Any]) -> str:
    """`70 % of its CPU`."""
    return " and ".join(
        f"{mapping_at(each, 'resource', 'target').get('averageUtilization')} % of its "
        f"{mapping_at(each, 'resource').get('name')}"
        for each in list_at(_scaler(predictor), "metricsv2")
    )


def _resources(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    if told := moves(_limits(old), _limits(new)):
        path = _path(new, *_POD, "containers", "*", "resources")
        text = f"each pod of {quoted(new.get('name'))} gets {told}"
        yield Change(risk="changes", text=text, paths=(path,))


def _limits(predictor: Mapping[str, Any]) -> dict[str, Any]:
    containers = list_at(_component(predictor), "spec", "containers")
    return mapping_at(containers[0], "resources", "limits") if containers else {}


def _secret(service: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    had, has = (mapping_at(each, "graph").get("envSecretRefName") for each in (old, new))
    path = _path(new, "graph", "envSecretRefName")
    if has and has != had:
        text = f"{quoted(service)} can now read the secret {quoted(has)}, to download models"
        yield Change(risk="widens", text=text, paths=(path,))
    if had and has != had:
        text = f"{quoted(service)} no longer reads the secret {quoted(had)}"
        yield Change(risk="changes", text=text, paths=(path,))


# ── disruption budgets ────────────────────────────────────────────────────────────────────────────


def _budget(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    some = after or before
    assert some is not None
    labels = mapping_at(some.body, "spec", "selector", "matchLabels")
    pods = f"{quoted(labels.get('mlspec.io/predictor', some.name))} of "
    pods += quoted(labels.get("app.kubernetes.io/name", some.name))
    if after is None:
        text = f"a drain of nodes may stop all pods of {pods} at once"
        yield Change(risk="changes", text=text)
    elif before is None:
        text = f"a drain of nodes stops the pods of {pods} one by one"
        yield Change(risk="harmless", text=text)
