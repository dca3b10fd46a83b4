"""Small helpers for messages: the nearest known name, and values that are fit to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.source.problem import Repair

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlspec.source.problem import Problem

_SHOWN = 60


def nearest(name: str, names: Iterable[Any]) -> str | None:
    """The known name that was probably meant, if any is near."""
    folded = {_folded(str(known)): str(known) for known in names}
    if not folded:
        return None
    from difflib import SequenceMatcher

    # What get_close_matches would find. It compares in full whatever is near enough; among a
    # thousand names that is most of them, and only what may be nearer than the nearest matters.
    likeness, best = 0.6, None
    matcher = SequenceMatcher(b=_folded(name))
    for known in folded:
        matcher.set_seq1(known)
        if matcher.real_quick_ratio() < likeness or matcher.quick_ratio() < likeness:
            continue
        ratio = matcher.ratio()
        if ratio > likeness or (ratio == likeness and known >= (best or "")):
            likeness, best = ratio, known
    return None if best is None else folded[best]


def is_slip(name: str, meant: str, names: Iterable[Any]) -> bool:
    """Whether `name` can only be `meant`, mistyped: a letter or two off, and like no other. Another
    digit is another version, and no slip."""
    allowed = 2 if len(meant) >= 8 else 1
    if len(meant) < 3 or distance(name, meant) > allowed:
        return False
    if [c for c in name if c.isdigit()] != [c for c in meant if c.isdigit()]:
        return False
    return all(str(n) == meant or distance(name, str(n)) > allowed + 1 for n in names)


def distance(one: str, other: str) -> int:
    """How many letters to insert, drop, change or swap with the next; case, `-` and `_` are free.

    The optimal string alignment distance. Far apart is 99: nobody asks how far.
    """
    one, other = _folded(one), _folded(other)
    if abs(len(one) - len(other)) > 3:
        return 99
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row = row, [i]
        for j, b in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]


def _folded(name: str) -> str:
    return name[:100].lower().replace("_", "-")


def did_you_mean(name: str, names: Iterable[str], none: str = "") -> str:
    """`did you mean …?`, or what there is to choose from, or `none` where there is nothing."""
    known = list(names)
    return _meant(nearest(name, known), known, none)


def _meant(near: str | None, known: list[str], none: str) -> str:
    if near is not None:
        return f"did you mean `{near}`?"
    return f"there is: {', '.join(known)}" if known else none


def suggest(problem: Problem, name: str, names: Iterable[str], none: str = "") -> Problem:
    """The problem with `did_you_mean` for its help, and the near name, if there is one, to be
    written instead. Never as a safe repair: the names are the user's own."""
    known = list(names)
    near = nearest(name, known)
    repair = Repair(f"write `{near}`", near) if near is not None else None
    return problem._replace(help=_meant(near, known, none), repair=repair)


def shown(value: Any) -> str:
    """A value in a message: one line, not too long."""
    text = str(value) if not isinstance(value, bool) else str(value).lower()
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
