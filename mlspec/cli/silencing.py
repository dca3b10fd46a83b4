"""Comments that silence, and strictness, applied to what was found in all projects of a run."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlspec.cli.compilation import Compilation
    from mlspec.diagnostics import Diagnostic
    from mlspec.diagnostics.policy import Ignore
    from mlspec.source.tree import Tree

_SIGN = re.compile(r"#[ \t]*mlspec|\bMLS\d", re.IGNORECASE)
"""In every text with a comment that silences, or was meant to; mostly it is not."""


def has_comments(trees: Iterable[Tree]) -> bool:
    """Whether there may be comments that silence, or were meant to."""
    return any(_has_sign(tree.text) for tree in trees)


@lru_cache(maxsize=8)
def _has_sign(text: str) -> bool:
    """Remembered, as the platform of many projects is the same; and mostly told by counting, in a
    tenth of the time: where each `mls` is that of an apiVersion, there is no sign."""
    lower = text.casefold()
    is_plain = lower.count("mls") == lower.count("\napiversion: mlspec.io/") + lower.startswith(
        "apiversion: mlspec.io/"
    )
    return not is_plain and _SIGN.search(text) is not None


def with_policy(results: Sequence[Compilation], *, strict: bool) -> list[Compilation]:
    """The results without what is silenced, with what is wrong with the comments that silence, and
    with warnings as errors where that is asked for."""
    trees = {tree.file: tree for result in results for tree in result.trees if _has_sign(tree.text)}
    found = _silenced(results, trees) if trees else list(results)
    if not strict:
        return found
    return [each._replace(diagnostics=as_errors(each.diagnostics)) for each in found]


def _silenced(results: Sequence[Compilation], trees: dict[str, Tree]) -> list[Compilation]:
    from mlspec.diagnostics.policy import misused, silenced
    from mlspec.source.ignores import ignores_in

    ignores = {file: ignores_in(tree) for file, tree in trees.items()}
    used: set[tuple[Ignore, str]] = set()
    found: list[Compilation] = []
    for result in results:
        own = [ignore for tree in result.trees for ignore in ignores.get(tree.file, ())]
        kept, done = silenced(result.diagnostics, own)
        used |= done
        found.append(result._replace(diagnostics=tuple(kept)))
    unclear = {tree.file for result in found if _is_unclear(result) for tree in result.trees}
    for number, result in enumerate(found):
        more = [
            each
            for tree in result.trees
            for ignore in ignores.pop(tree.file, ())  # of a platform of many projects only once
            for each in misused(ignore, used)
            if not (each.code == "MLS007" and tree.file in unclear)
        ]
        found[number] = result._replace(diagnostics=(*result.diagnostics, *more))
    return found


def _is_unclear(result: Compilation) -> bool:
    """Whether not all could be looked at: a comment may have its use all the same."""
    return any(each.severity == "error" and each.code < "MLS2" for each in result.diagnostics)


def as_errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The same, with warnings as errors."""
    return tuple(each.replace(is_strict=each.severity == "warning") for each in diagnostics)
