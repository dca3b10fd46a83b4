"""The text of a lock, with some values changed and all else as it was, byte for byte.

A value is changed at its place; a new entry is put where it belongs by its name; what has become
empty goes. Comments stay, except within what is in flow style (`{…}`) and has to be changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import yaml

from mlspec.gitops.errors import GitopsError
from mlspec.output.yaml_writer import dump

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Path: TypeAlias = tuple[str, ...]
Changes: TypeAlias = "Mapping[Path, str | None]"
"""Place of a text below `environments` → what it is to be; None removes it."""

_NEW = """\
# Which exact images, models and data each environment uses. Written by `mlspec lock` and
# `mlspec promote`; see docs/promotion.md.
apiVersion: mlspec.io/v1alpha1
kind: Lock
environments: {}
"""
_ROOT = "environments"
_SECTIONS = ("images", "models", "data")
_FIELDS = ("name", "version", "uri", "run_id", "digest", "revision")
_INDENT = 2


def changed(text: str | None, changes: Changes) -> str:
    """The text of the lock with the changes made; a new lock where there was none."""
    base = _NEW if text is None else text
    wanted = _data(base)
    for path, value in changes.items():
        wanted = _with(wanted, (_ROOT, *path), value)
    if wanted == _data(base):
        return base
    wanted.setdefault(_ROOT, {})
    found = base
    if not _has_anchors(base):  # whose values stand elsewhere
        for path, value in changes.items():
            found = _edited(found, (_ROOT, *path), value)
        if _reads_as(found, wanted):
            return found
    # Right, though without its comments.
    return _anew(wanted, "\r\n" if "\r\n" in base else "\n")


def entries(data: Mapping[str, Any], prefix: Path = ()) -> dict[Path, str]:
    """The texts of a mapping of mappings, by their place."""
    found: dict[Path, str] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            found |= entries(value, (*prefix, str(key)))
        elif value is not None:
            found[(*prefix, str(key))] = str(value)
    return found


def environments_in(text: str) -> dict[str, Any]:
    """What a lock says, as plain values: of one that stands in Git's history, too."""
    found = _data(text).get(_ROOT)
    return found if isinstance(found, dict) else {}


def paths_below(text: str, key: Path) -> list[Path]:
    """The places of all texts in an entry of a lock."""
    found = entries(environments_in(text))
    return [path for path in found if path[: len(key)] == key]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Scalars stay texts: `version: 7` is as good as `version: "7"`."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


def _data(text: str) -> dict[str, Any]:
    try:
        value = yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        raise GitopsError("mlspec.lock cannot be read", "run `mlspec validate`") from error
    return value if isinstance(value, dict) else {}


def _reads_as(text: str, wanted: dict[str, Any]) -> bool:
    try:
        return bool(_without_empty(_data(text)) == _without_empty(wanted))
    except GitopsError:
        return False


def _without_empty(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    inner = {key: _without_empty(value) for key, value in data.items()}
    return {key: value for key, value in inner.items() if value not in ({}, "", None)}


def _with(data: Any, path: Path, value: str | None) -> dict[str, Any]:
    """A copy of the mapping with the text at `path` changed; what becomes empty goes."""
    found = dict(data) if isinstance(data, dict) else {}
    key, rest = path[0], path[1:]
    if rest:
        inner = _with(found.get(key), rest, value)
        if inner or (value is not None):
            found[key] = inner
        else:
            found.pop(key, None)
    elif value is None:
        found.pop(key, None)
    else:
        found[key] = value
    return found


def _has_anchors(text: str) -> bool:
    return any(
        isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None)
        for event in yaml.parse(text, _Loader)
    )


def _edited(text: str, path: Path, value: str | None) -> str:
    """One change. Walks down as far as the file is in block style."""
    node = yaml.compose(text, _Loader)
    if not _is_block(node):
        return text  # all in flow style: to be written anew
    trail: list[tuple[Any, Any, Any]] = []
    """Mapping, key and value on the way to the place, as far as they are there."""
    for key in path:
        pair = _pair(node, key)
        if pair is None:
            break
        trail.append((node, *pair))
        node = pair[1]
        if not _is_block(node):
            break
    is_there = len(trail) == len(path)
    if value is None:
        return _removed(text, trail, path) if is_there or _is_flow(node) else text
    if is_there and isinstance(node, yaml.ScalarNode):
        return _replaced(text, node.start_mark.index, node.end_mark.index, _scalar(value))
    if _is_block(node) and len(trail) < len(path):
        return _inserted(text, node, path[len(trail) :], value, path)
    return _rewritten(text, trail, path, value)


def _pair(node: Any, key: str) -> tuple[Any, Any] | None:
    if not _is_block(node):
        return None
    return next(((k, v) for k, v in node.value if k.value == key), None)


def _is_block(node: Any) -> bool:
    return isinstance(node, yaml.MappingNode) and not node.flow_style


def _is_flow(node: Any) -> bool:
    return isinstance(node, yaml.MappingNode) and bool(node.flow_style)


def _removed(text: str, trail: Sequence[tuple[Any, Any, Any]], path: Path) -> str:
    """Without the entry, and without each mapping above that would be left empty."""
    last = len(trail) - 1
    if not isinstance(trail[last][2], yaml.ScalarNode):
        inner = _with(_plain(trail[last][2]), path[len(trail) :], None)
        if inner:
            return _rewritten(text, trail, path, None)
    while last > 0 and len(trail[last][0].value) == 1:
        last -= 1
    if last == 0:  # the environments as a whole
        _, key, value = trail[0]
        return _replaced(text, key.end_mark.index, _end(value), ": {}")
    _, key, value = trail[last]
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    end = text.find("\n", _end(value))
    return text[:start] + (text[end + 1 :] if end >= 0 else "")


def _rewritten(
    text: str, trail: Sequence[tuple[Any, Any, Any]], path: Path, value: str | None
) -> str:
    """The value that the trail ends in, written anew in block style with the change made."""
    _, key, node = trail[-1]
    inner = _with(_plain(node), path[len(trail) :], value)
    column = key.start_mark.column
    lines = "".join(
        f"\n{' ' * (column + _INDENT)}{line}" for line in _lines(inner, path[: len(trail)])
    )
    end = _end(node) if node.start_mark.index != node.end_mark.index else key.end_mark.index + 1
    return _replaced(text, key.end_mark.index, max(end, key.end_mark.index), f":{lines}")


def _inserted(text: str, mapping: Any, rest: Path, value: str, path: Path) -> str:
    """A new entry of a mapping in block style, before the first that comes after it by name."""
    above = path[: len(path) - len(rest)]
    data: Any = value
    for key in reversed(rest[1:]):
        data = {key: data}
    column = mapping.value[0][0].start_mark.column
    lines = list(_lines({rest[0]: data}, above))
    order = _order(above)
    later = next((k for k, _ in mapping.value if order(k.value) > order(rest[0])), None)
    end_line = "\r\n" if "\r\n" in text else "\n"
    block = "".join(f"{' ' * column}{line}{end_line}" for line in lines)
    if later is not None:
        at = text.rfind("\n", 0, later.start_mark.index) + 1
        at = _before_comments(text, at, column)
        return text[:at] + block + text[at:]
    end = text.find("\n", _end(mapping))
    if end < 0:
        return f"{text}{end_line}{block}"
    return text[: end + 1] + block + text[end + 1 :]


def _before_comments(text: str, at: int, column: int) -> int:
    """The start of the comment lines that stand directly above a line, in the same column."""
    while at > 0:
        start = text.rfind("\n", 0, at - 1) + 1
        line = text[start : at - 1].rstrip("\r")
        if not line.startswith(" " * column + "#"):
            break
        at = start
    return at


def _replaced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + (new.replace("\n", "\r\n") if "\r\n" in text else new) + text[end:]


def _end(node: Any) -> int:
    """Where a value really ends: libyaml puts the end of a block after the blank lines below."""
    if _is_block(node) and node.value:
        return _end(node.value[-1][1])
    return int(node.end_mark.index)


def _plain(node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    return getattr(node, "value", None) or {}


def _anew(data: dict[str, Any], end_line: str) -> str:
    kept = {key: data[key] for key in ("apiVersion", "kind") if key in data}
    rest = {key: value for key, value in data.items() if key not in (*kept, _ROOT)}
    head = dump({**kept, **rest}) if kept or rest else ""
    inner = data.get(_ROOT) or {}
    lines = [f"  {line}" for line in _lines(inner, (_ROOT,))]
    body = "\n".join([f"{_ROOT}:", *lines]) if lines else f"{_ROOT}: {{}}"
    return f"{head}{body}\n".replace("\n", end_line)


def _lines(data: Mapping[str, Any], above: Path) -> Iterator[str]:
    """A mapping in block style, in the order of a lock."""
    order = _order(above)
    for key in sorted(data, key=order):
        value = data[key]
        if isinstance(value, dict) and value:
            yield f"{_scalar(key)}:"
            yield from (f"{' ' * _INDENT}{line}" for line in _lines(value, (*above, key)))
        else:
            yield f"{_scalar(key)}: {_scalar(value) if isinstance(value, str) else '{}'}"


def _order(above: Path) -> Any:
    """What the keys of a mapping are sorted by: sections and fields as they are always told, all
    else by name."""
    known: tuple[str, ...] = ()
    if not above:
        known = ("apiVersion", "kind", _ROOT)
    elif len(above) == 2:
        known = _SECTIONS
    elif len(above) > 3:
        known = _FIELDS
    return lambda key: (known.index(key) if key in known else len(known), key)


def _scalar(value: str) -> str:
    """A text as manifests have it: quoted where some parser would take it for more."""
    return dump({"k": value}).removeprefix("k: ").rstrip("\n")
