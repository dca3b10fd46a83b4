"""Near-valid documents: a few changes to a valid one, of the sort that people and merges make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tests.fuzz import bases
from tests.fuzz.from_schema import anything, keys_of
from tests.fuzz.hostile import NAMES, NUMBERS, OTHERS, RAWS, STRINGS, Raw, copied

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.bases import Kind
    from tests.fuzz.choices import Choices

_LOOK_ALIKES = str.maketrans("aceiopsxy", "\u0430\u0441\u0435\u0456\u043e\u0440\u0455\u0445\u0443")


class _Twin(str):
    """A key that can stand in a mapping beside itself."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


class _Place(NamedTuple):
    """A value: `holder[key]`."""

    holder: Any
    key: Any

    @property
    def value(self) -> Any:
        return self.holder[self.key]

    def put(self, value: Any) -> None:
        self.holder[self.key] = value


def mutated(kind: Kind, choices: Choices) -> Any:
    """One of the bases, changed in one to four places."""
    root = copied(choices.pick(bases.trees(kind)))
    for _ in range(choices.pick((1, 1, 1, 1, 2, 2, 3, 4))):
        change = choices.pick(_CHANGES)
        places = _places(root)
        if not places:
            break
        change(_Change(kind, root, choices.pick(places), choices))
    return root


def _places(node: Any) -> list[_Place]:
    if not isinstance(node, (dict, list)):
        return []
    found = []
    for key in node if isinstance(node, dict) else range(len(node)):
        found.append(_Place(node, key))
        found += _places(node[key])
    return found


class _Change(NamedTuple):
    """What a mutation may look at: the document, a place in it, and the choices left."""

    kind: Kind
    root: Any
    place: _Place
    choices: Choices


def _replace_by_text(c: _Change) -> None:
    c.place.put(c.choices.pick(STRINGS))


def _replace_by_other_kind(c: _Change) -> None:
    form = c.choices.below(4)
    if form == 0:
        c.place.put(copied(c.choices.pick(OTHERS)))
    elif form == 1:
        c.place.put(c.choices.pick(NUMBERS))
    elif form == 2:
        c.place.put(Raw(c.choices.pick(RAWS)))
    else:
        c.place.put(anything(c.choices))


def _replace_by_other_value(c: _Change) -> None:
    known = bases.values(c.kind).get(c.place.key) if isinstance(c.place.key, str) else None
    c.place.put(copied(c.choices.pick(known))) if known else _insert_text(c)


def _delete(c: _Change) -> None:
    del c.place.holder[c.place.key]


def _duplicate(c: _Change) -> None:
    if isinstance(c.place.holder, list):
        c.place.holder.append(c.place.value)
    else:
        c.place.holder[_Twin(c.place.key)] = copied(c.place.value)


def _rename_key(c: _Change) -> None:
    """In place, as order matters to readers; the text of the new key is mostly near the old one."""
    holder, old = c.place
    if isinstance(holder, list):
        return _insert_text(c)
    forms: tuple[Callable[[], str], ...] = (
        lambda: old[1:], lambda: old + "s", lambda: old.upper(), lambda: old[::-1],
        lambda: f"x-{old}",
        lambda: old.translate(_LOOK_ALIKES), lambda: f" {old}", lambda: c.choices.pick(STRINGS),
        lambda: c.choices.pick(NAMES), lambda: c.choices.pick(keys_of(c.kind)),
        lambda: old.replace("_", "-"),
    )  # fmt: skip
    new = c.choices.pick(forms)()
    items = [(new if key == old else key, value) for key, value in holder.items()]
    holder.clear()
    holder.update(items)
    return None


def _rename_everywhere(c: _Change) -> None:
    """A name is another, legal one wherever it stands, so that the document stays valid."""
    old = c.place.key if isinstance(c.place.key, str) else c.place.value
    if isinstance(old, str) and old not in keys_of(c.kind):
        _rename(c.root, old, c.choices.pick(NAMES))


def _rename(node: Any, old: str, new: str) -> None:
    if isinstance(node, list):
        node[:] = [_renamed(item, old, new) for item in node]
    elif isinstance(node, dict):
        items = [(new if k == old else k, _renamed(v, old, new)) for k, v in node.items()]
        node.clear()
        node.update(items)


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return new if value == old else value.replace(f"s.{old} ", f"s.{new} ")
    _rename(value, old, new)
    return value


def _swap(c: _Change) -> None:
    other = c.choices.pick(_places(c.root))
    mine, theirs = copied(c.place.value), copied(other.value)
    other.put(mine)
    c.place.put(theirs)


def _copy_under_new_name(c: _Change) -> None:
    if isinstance(c.place.holder, dict):
        c.place.holder[c.choices.pick(NAMES)] = copied(c.place.value)


def _add_key(c: _Change) -> None:
    value = c.place.value
    if isinstance(value, dict):
        key = c.choices.pick(keys_of(c.kind))
        known = bases.values(c.kind).get(key)
        value[key] = copied(c.choices.pick(known)) if known else anything(c.choices)


def _insert_text(c: _Change) -> None:
    text = c.place.value
    if not isinstance(text, str):
        return _nudge(c)
    at = c.choices.below(len(text) + 1)
    c.place.put(text[:at] + c.choices.pick(STRINGS) + text[at + c.choices.below(3) :])
    return None


def _nudge(c: _Change) -> None:
    value = c.place.value
    if isinstance(value, bool):
        c.place.put(not value)
    elif isinstance(value, (int, float)):
        c.place.put(
            c.choices.pick((value + 1, value - 1, -value, value * 10, value / 3, str(value)))
        )
    else:
        c.place.put([value] if c.choices.below(2) else {"a": value})


def _unwrap(c: _Change) -> None:
    value = c.place.value
    if isinstance(value, dict) and value:
        c.place.put(next(iter(value.values())))
    elif isinstance(value, list) and value:
        c.place.put(value[0])


def _describe(c: _Change) -> None:
    """Free text where the language takes it, so that it reaches the manifests."""
    run = [p.value for p in _places(c.root) if isinstance(p.value, dict) and "run" in p.value]
    form = c.choices.below(4) if run else 0
    text = c.choices.pick(STRINGS)
    if form == 0 and isinstance(c.root, dict):
        metadata = c.root.get("metadata")
        c.root["metadata"] = {
            **(metadata if isinstance(metadata, dict) else {}),
            "description": text,
        }
        return
    step = c.choices.pick(run)
    key = ("description", "params", "env", "description")[form]
    step[key] = {"params": {"trees": text}, "env": {"X": text}}.get(key, text)


def _overlay(c: _Change) -> dict[str, Any] | None:
    """The overlay of one of the environments."""
    found = c.root.get("environments") if isinstance(c.root, dict) else None
    if not isinstance(found, dict) or not found:
        return None
    name = c.choices.pick(list(found))
    if not isinstance(found[name], dict):
        found[name] = {}
    patch: dict[str, Any] = found[name]
    return patch


def _move_into_overlay(c: _Change) -> None:
    patch = _overlay(c)
    sections = [key for key in c.root if key != "environments"] if patch is not None else []
    if patch is not None and sections:
        section = c.choices.pick(sections)
        moved = c.root.pop(section) if c.choices.below(2) else copied(c.root[section])
        patch[section] = moved


def _null_in_overlay(c: _Change) -> None:
    """Something of the base is removed in one environment: at a depth that the choices say."""
    patch, node = _overlay(c), c.root
    while patch is not None and isinstance(node, dict) and node:
        key = c.choices.pick([key for key in node if key != "environments"] or [""])
        node = node.get(key)
        if c.choices.below(3) == 0 or not isinstance(node, dict):
            patch[key] = c.choices.pick((None, None, None, {}, [], "", 0))
            return
        if not isinstance(patch.get(key), dict):
            patch[key] = {}
        patch = patch[key]


_CHANGES = (
    _describe, _replace_by_text, _replace_by_other_kind, _replace_by_other_value, _delete,
    _duplicate,
    _rename_key, _rename_everywhere, _rename_everywhere, _swap, _copy_under_new_name, _add_key,
    _insert_text, _nudge, _unwrap, _move_into_overlay, _null_in_overlay, _replace_by_other_value,
    _add_key, _describe, _copy_under_new_name,
)  # fmt: skip
