"""The fields of an object, and which of them differ between two states of it.

A path is the keys from the top, with the items of lists as `[name]`: ("spec", "predictors",
"[champion]", "traffic"). Items are told apart by what names them in Kubernetes, not by their place:
the order of named items, and of items that nothing names, means nothing and is no difference. The
order of plain values (a command's words) does.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    Path: TypeAlias = tuple[str, ...]


class _Absent:
    """The value of a field that is not there; null is a value."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT = _Absent()


class Field(Record):
    """A field that differs. Where a whole part came or went, it is told once, not leaf by leaf."""

    path: Path
    before: Any = ABSENT
    after: Any = ABSENT


def changed_fields(before: Any, after: Any) -> list[Field]:
    """What differs between two bodies, in the order of the keys of both."""
    return list(_differences((), before, after))


def is_same(before: Any, after: Any) -> bool:
    return next(_differences((), before, after), None) is None


def shown(path: Path) -> str:
    """A path as people write it: `spec.predictors[champion].traffic`."""
    text = ""
    for part in path:
        if part.startswith("["):
            text += part
        elif "." in part or "/" in part:
            text += f'["{part}"]'
        else:
            text += f".{part}" if text else part
    return text or "everything"


def covers(general: Path, path: Path) -> bool:
    """Whether `path` is `general` or below it. `*` stands for any one part."""
    return len(general) <= len(path) and all(
        one in ("*", other) for one, other in zip(general, path, strict=False)
    )


def value_at(body: Any, *keys: str, default: Any = None) -> Any:
    """The value below mappings; the default where there is none on the way."""
    for key in keys:
        if not isinstance(body, dict) or key not in body:
            return default
        body = body[key]
    return body


def mapping_at(body: Any, *keys: str) -> dict[str, Any]:
    found = value_at(body, *keys)
    return found if isinstance(found, dict) else {}


def list_at(body: Any, *keys: str) -> list[Any]:
    found = value_at(body, *keys)
    return list(found) if isinstance(found, list | tuple) else []


def by_name(items: Any, key: str = "name") -> dict[str, dict[str, Any]]:
    """The items of a list by what names them, in their order."""
    found = items if isinstance(items, list | tuple) else ()
    return {str(each[key]): each for each in found if isinstance(each, dict) and key in each}


def leaves(body: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every plain value with its path; items of lists by their place."""
    if isinstance(body, dict) and body:
        for key, value in body.items():
            yield from leaves(value, (*path, str(key)))
    elif isinstance(body, list | tuple) and body:
        for number, value in enumerate(body):
            yield from leaves(value, (*path, f"[{number}]"))
    else:
        yield path, body


# ── the difference ────────────────────────────────────────────────────────────────────────────────


def _differences(path: Path, before: Any, after: Any) -> Iterator[Field]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            one, other = before.get(key, ABSENT), after.get(key, ABSENT)
            yield from _differences((*path, str(key)), one, other)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _of_lists(path, before, after)
    elif not _is_equal(before, after):
        yield Field(path=path, before=before, after=after)


def _of_lists(path: Path, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Field]:
    items = [*before, *after]
    if not all(isinstance(each, dict) for each in items) or not items:
        if len(before) != len(after) or not all(map(_is_equal, before, after)):
            yield Field(path=path, before=list(before), after=list(after))
        return
    name = next((n for n in _NAMES if _tells_apart(n, before) and _tells_apart(n, after)), None)
    if name is None:
        yield from _of_unnamed(path, before, after)
        return
    one, other = {name(e): e for e in before}, {name(e): e for e in after}
    for key in [*one, *(key for key in other if key not in one)]:
        here, there = one.get(key, ABSENT), other.get(key, ABSENT)
        yield from _differences((*path, f"[{key}]"), here, there)


def _of_unnamed(path: Path, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Field]:
    """What both have is no difference. The rest is compared in its order where its number allows,
    and else has gone and come."""
    there = Counter(map(_text, after))
    gone = [(n, e) for n, e in enumerate(before) if not _taken(there, e)]
    here = Counter(map(_text, before))
    come = [(n, e) for n, e in enumerate(after) if not _taken(here, e)]
    if len(gone) == len(come):
        for (number, one), (_, other) in zip(gone, come, strict=True):
            yield from _differences((*path, f"[{number}]"), one, other)
        return
    for number, one in gone:
        yield Field(path=(*path, f"[{number}]"), before=one)
    for number, other in come:
        yield Field(path=(*path, f"[{number}]"), after=other)


def _taken(pool: Counter[str], item: Any) -> bool:
    text = _text(item)
    if pool[text]:
        pool[text] -= 1
        return True
    return False


def _text(item: Any) -> str:
    return json.dumps(item, sort_keys=True, default=str)


def _is_equal(before: Any, after: Any) -> bool:
    if isinstance(before, bool) is not isinstance(after, bool):
        return False
    if before == after:
        return True
    return isinstance(before, str) and isinstance(after, str) and _is_same_json(before, after)


def _is_same_json(before: str, after: str) -> bool:
    """Whether two texts are JSON of one value: an option of ours that holds what a user wrote as
    a mapping, in another order."""
    if before[:1] not in ("{", "[") or before[:1] != after[:1]:
        return False
    try:
        return bool(json.loads(before) == json.loads(after))
    except ValueError:
        return False


# ── what names the items of a list ────────────────────────────────────────────────────────────────


def _key(*keys: str) -> Callable[[Mapping[str, Any]], str]:
    def name(item: Mapping[str, Any]) -> str:
        return "/".join(str(item[key]) for key in keys) if all(k in item for k in keys) else ""

    return name


def _rule(item: Mapping[str, Any]) -> str:
    """A rule of Prometheus: several may have one name, for windows, objectives and sources."""
    name = item.get("alert") or item.get("record") or ""
    labels = item.get("labels")
    told = [str(labels[n]) for n in _RULE_LABELS if n in labels] if isinstance(labels, dict) else []
    return " ".join([str(name), *told]) if name else ""


_RULE_LABELS = ("objective", "window", "source")

_NAMES: tuple[Callable[[Mapping[str, Any]], str], ...] = (
    _key("name"),
    _rule,
    _key("key"),
    _key("mountPath"),
    _key("topologyKey"),
    _key("group", "kind"),
    _key("kind", "name"),
    _key("server", "namespace"),
    _key("type"),
)


def _tells_apart(
    name: Callable[[Mapping[str, Any]], str], items: Iterable[Mapping[str, Any]]
) -> bool:
    names = [name(each) for each in items]
    return all(names) and len(set(names)) == len(names)
