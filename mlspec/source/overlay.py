"""Overlays: a JSON merge patch (RFC 7386) over a tree, which keeps the place of every value."""

from __future__ import annotations

from typing import Any

from mlspec.source.tree import MappingNode


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
