"""A Repair, which knows a path → a Fix, which knows the text: exact edits, and nothing beside them.

Imported only when there is something to mend. An edit that could change more than it should (an
anchor that others refer to, a text in several lines) is not offered, or only as one that needs a
look: what other places refer to may be right there.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mlspec.diagnostics import Edit, Fix, Span
from mlspec.diagnostics.excerpt import split_lines
from mlspec.source.anchors import shared_parts
from mlspec.source.scalars import is_text
from mlspec.source.tree import span_at

if TYPE_CHECKING:
    from mlspec.source.problem import Problem
    from mlspec.source.tree import Tree

SHARED = "other places refer to it by an anchor"
"""How the message of a fix ends that would be safe, were it not for these places."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./@-]*")
_SHARED = ("&", "*", "!")
"""How a value begins that is more than its text: anchors, aliases, tags."""
_BLOCKS = ("|", ">", "?")
"""How a value begins that is in several lines."""


def fix_of(tree: Tree, problem: Problem) -> Fix | None:
    """The fix of a problem with a repair, or None where no exact edit would do."""
    repair = problem.repair
    if repair is None:
        return None
    edit = _insertion(tree, str(repair.text)) if not problem.path else _replacement(tree, problem)
    if edit is None:
        return None
    if repair.is_safe and _is_shared(tree.text, edit.span):
        return Fix(message=f"{repair.message}: {SHARED}", edits=(edit,), is_safe=False)
    return Fix(message=repair.message, edits=(edit,), is_safe=repair.is_safe)


def _is_shared(text: str, span: Span) -> bool:
    return any(start <= (span.line, span.column) < end for start, end in _shared_parts(text))


_shared_parts = lru_cache(maxsize=4)(shared_parts)
"""Every fix of a file asks for its parts."""


def _insertion(tree: Tree, line: str) -> Edit | None:
    """`line` as the first of the document, before its first key."""
    if not tree.root.marks:
        return None
    first = span_at(tree, (next(iter(tree.root.marks)),), key=True)
    lines = split_lines(tree.text)
    if first.column != 1 or lines[first.line - 1][:1] in "{?":
        return None
    empty = first.replace(end_line=first.line, end_column=first.column)
    return Edit(span=empty, text=f"{line}\n")


def _replacement(tree: Tree, problem: Problem) -> Edit | None:
    repair = problem.repair
    assert repair is not None
    span = span_at(tree, problem.path, key=problem.on_key)
    if part := repair.part or problem.part:
        inner = part_of(tree, span, part)
        return Edit(span=inner, text=str(repair.text)) if inner else None
    raw = _raw(tree, span)
    if raw is None or raw.startswith((*_SHARED, *_BLOCKS)):
        return None
    if repair.around:
        before, after = repair.around
        return Edit(span=span, text=f"{before}{raw}{after}")
    return Edit(span=span, text=_written(repair.text))


def part_of(tree: Tree, span: Span, part: str) -> Span | None:
    """Where within a span a part of its text stands; None where that is not exactly once, or where
    others refer to the text."""
    if not span.line:
        return None
    lines = split_lines(tree.text)[span.line - 1 : span.end_line]
    if len(lines) == span.end_line - span.line + 1:
        lines[-1] = lines[-1][: span.end_column - 1]
    before = span.column - 1
    lines[0] = " " * before + lines[0][before:]
    if sum(line.count(part) for line in lines) != 1 or lines[0].lstrip().startswith(_SHARED):
        return None
    number = next(number for number, line in enumerate(lines) if part in line)
    line, column = span.line + number, lines[number].index(part) + 1
    return span.replace(line=line, end_line=line, column=column, end_column=column + len(part))


def _raw(tree: Tree, span: Span) -> str | None:
    """The text at a span, if it is one piece of one line."""
    if not span.line or span.line != span.end_line or span.end_column <= span.column:
        return None
    return split_lines(tree.text)[span.line - 1][span.column - 1 : span.end_column - 1]


def _written(value: str | float) -> str:
    """A scalar as YAML: a text plain where that is read as this text, else in quotes."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and is_text(value):
        return value
    return json.dumps(value, ensure_ascii=False)
