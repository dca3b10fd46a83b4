"""What a change of secrets means: what is read from the store, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import Change, listed, quoted
from mlspec.manifests.fields import by_name, leaves, list_at, mapping_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest


_PLACES = ("server", "region", "projectID")
"""What of a backend's settings says where it is."""


def explain(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    some = after or before
    assert some is not None
    if some.kind == "SecretStore":
        yield from _store(before, after)
    elif some.kind == "ExternalSecret":
        yield from _secret(before, after)


def _store(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    if after is None:
        assert before is not None
        text = f"the project's own way to {_backend(before)} is removed: nothing is read by it"
        yield Change(risk="removes", text=text)
    elif before is None:
        yield Change(risk="widens", text=f"the project reads secrets of {_backend(after)}")
    elif mapping_at(before.body, "spec") != mapping_at(after.body, "spec"):
        text = f"secrets are read from {_backend(after)} "
        is_same = _backend(before) == _backend(after)
        text += "in another way" if is_same else f"instead of {_backend(before)}"
        if told := _told(before, after):
            text += f": {told}"
        yield Change(risk="widens", text=text, paths=(("spec", "provider"),))


def _told(before: Manifest, after: Manifest) -> str:
    """`role a → b`: each setting by its own name, but for the place; another backend has others."""
    had, has = (mapping_at(each.body, "spec", "provider") for each in (before, after))
    if had.keys() != has.keys():
        return ""
    old, new = (dict(leaves(each)) for each in (had, has))
    return ", ".join(
        f"{path[-1]} {_value(old.get(path))} → {_value(new.get(path))}"
        for path in dict.fromkeys((*old, *new))
        if old.get(path) != new.get(path) and path[-1] not in _PLACES
    )


def _value(value: Any) -> str:
    return "none" if value is None else quoted(value)


def _backend(store: Manifest) -> str:
    """Vault's address, AWS' region, Google's project: the value that says where."""
    for name, settings in mapping_at(store.body, "spec", "provider").items():
        where = next((settings[k] for k in _PLACES if k in settings), "")
        return f"{name} {quoted(where)}" if where else str(name)
    return "another store"


def _secret(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    if after is None:
        assert before is not None
        text = f"the Secret {quoted(before.name)} goes with it: pods that need it do not start"
        yield Change(risk="removes", text=text)
        return
    had, has = _keys(before), _keys(after)
    name = quoted(after.name)
    if before is None:
        text = f"the Secret {name} is brought in: {_read(has)}"
        yield Change(risk="widens", text=text)
        return
    paths = (("spec", "data"), ("spec", "dataFrom"))
    if more := {key: place for key, place in has.items() if had.get(key) != place}:
        yield Change(risk="widens", text=f"the Secret {name} now has {_read(more)}", paths=paths)
    if gone := [key for key in had if key not in has]:
        text = f"the Secret {name} is without {_named(gone)}"
        yield Change(risk="interrupts", text=text, paths=paths)
    yield from _read_by(before, after)


def _read_by(before: Manifest, after: Manifest) -> Iterator[Change]:
    """From which store, and how often. In few words: it is mostly the same of all secrets."""
    old, new = (mapping_at(each.body, "spec") for each in (before, after))
    if old.get("secretStoreRef") != new.get("secretStoreRef"):
        text = f"is read through {_store_of(new)} instead of {_store_of(old)}"
        yield Change(risk="widens", text=text, paths=(("spec", "secretStoreRef"),))
    if old.get("refreshInterval") != new.get("refreshInterval"):
        was, now = (quoted(each.get("refreshInterval", "never")) for each in (old, new))
        text = f"a new value in the store arrives within {now} instead of {was}"
        yield Change(risk="changes", text=text, paths=(("spec", "refreshInterval"),))


def _store_of(spec: dict[str, Any]) -> str:
    store = mapping_at(spec, "secretStoreRef")
    return f"the {store.get('kind', 'SecretStore')} {quoted(store.get('name'))}"


def _keys(manifest: Manifest | None) -> dict[str, str]:
    """Key of the Secret → the remote secret that it comes from; "" for all that one holds."""
    body: dict[str, Any] = manifest.body if manifest else {}
    rows = by_name(list_at(body, "spec", "data"), "secretKey")
    found = {key: str(mapping_at(row, "remoteRef").get("key", "")) for key, row in rows.items()}
    for each in list_at(body, "spec", "dataFrom"):
        found[""] = str(mapping_at(each, "extract").get("key", ""))
    return found


def _read(keys: dict[str, str]) -> str:
    """`a`, `b` of `remote`."""
    places: dict[str, list[str]] = {}
    for key, place in keys.items():
        places.setdefault(place, []).append(key)
    return "; ".join(f"{_named(names)} of {quoted(place)}" for place, names in places.items())


def _named(keys: list[str]) -> str:
    if keys == [""]:
        return "all keys"
    return f"{'key' if len(keys) == 1 else 'keys'} {listed(keys)}"
