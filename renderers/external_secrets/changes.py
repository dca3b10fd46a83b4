"""What a change of secrets means: what is read from the store, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import Change, listed, quoted
from mlspec.manifests.fields import by_name, list_at, mapping_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest


def explain(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    some = after or before
    assert some is not None
    if some.kind == "SecretStore":
        yield from _store(before, after)
    elif some.kind == "ExternalSecret":
        yield from _secret(before, after)


def _store(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    if after is None:
        text = "the project's store of secrets is removed: what is read from it is read no more"
        yield Change(risk="removes", text=text)
    elif before is None:
        yield Change(risk="widens", text=f"the project reads secrets of {_backend(after)}")
    elif mapping_at(before.body, "spec") != mapping_at(after.body, "spec"):
        text = f"secrets are read from {_backend(after)}, which was {_backend(before)}"
        if _backend(before) == _backend(after):
            text = f"secrets are read from {_backend(after)} in another way"
        yield Change(risk="widens", text=text, paths=(("spec", "provider"),))


def _backend(store: Manifest) -> str:
    """Vault's address, AWS' region, Google's project: the value that says where."""
    for name, settings in mapping_at(store.body, "spec", "provider").items():
        where = next((settings[k] for k in ("server", "region", "projectID") if k in settings), "")
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
