"""Overlays: a JSON merge patch (RFC 7386) over a tree, which keeps the place of every value.

And the small changes that a tree with mistakes needs before it is merged. Nothing here changes an
argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.source.tree import MappingNode

if TYPE_CHECKING:
    from mlspec.source.tree import Path


def merge(base: Any, patch: Any) -> Any:
    """`base` with `patch` laid over it: mappings merge by key, null removes, all else replaces.

    Neither argument changes. What the patch brings keeps its place in the patch, so an error in it
    points there.
    """
    if not isinstance(patch, MappingNode):
        return patch
    result = MappingNode()
    if isinstance(base, MappingNode):
        result.update(base)
        result.marks.update(base.marks)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
            result.marks.pop(key, None)
        elif key in result:
            merged = merge(result[key], value)
            # A mapping that is merged keeps its own place; a value that is replaced moves.
            if not (isinstance(result[key], MappingNode) and isinstance(value, MappingNode)):
                result.marks[key] = patch.marks[key]
            result[key] = merged
        else:
            result[key] = merge(None, value)
            result.marks[key] = patch.marks[key]
    return result


def with_key(node: Any, path: Path, key: str) -> Any:
    """A copy of `node` in which the key at the end of `path` is `key`, at its old place."""
    if len(path) > 1:
        return with_value(node, path[0], with_key(node[path[0]], path[1:], key))
    result = MappingNode()
    for old, value in node.items():
        new = key if old == path[0] else old
        result[new], result.marks[new] = value, node.marks[old]
    return result


def without_key(node: Any, path: Path) -> Any:
    """A copy of `node` without the key at the end of `path`, and without what that leaves empty."""
    inner = without_key(node[path[0]], path[1:]) if len(path) > 1 else None
    result = with_value(node, path[0], inner)
    if not inner and isinstance(result, MappingNode):
        del result[str(path[0])], result.marks[str(path[0])]
    return result


def with_value(node: Any, step: str | int, value: Any) -> Any:
    """A copy of `node` with another value at a key or index that it has."""
    result = type(node)()
    (result.update if isinstance(node, dict) else result.extend)(node)
    result.marks = node.marks.copy()
    result[step] = value
    return result
