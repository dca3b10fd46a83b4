"""Change: one thing that a change of manifests does to the cluster, in words.

Targets yield them from their optional hook `explain` (renderers/README.md); `mlspec diff` shows
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Literal, TypeAlias

    from mlspec.manifests.fields import Path

    Risk: TypeAlias = Literal["removes", "widens", "interrupts", "changes", "harmless"]

RISKS: tuple[Risk, ...] = ("removes", "widens", "interrupts", "changes", "harmless")
"""The most dangerous first.

- removes: something stops: a service, a schedule, an alert, a gate; or is pruned
- widens: somebody or something may do or reach more than before
- interrupts: pods restart, a sync fails, a client has to change
- changes: something will be done differently
- harmless: texts, labels, what only people read
"""


class Change(Record):
    """`text` is a clause without a full stop; names that users chose stand between backticks.

    Without a text nothing is said: its fields follow from others, of which something is.

    `paths` are the fields that it accounts for, each with all below it; `*` stands for any one
    part. `about` is "environment" where the change is not of one object but of all that one brings
    about (Argo CD's Application): what happens to the others in it is then told by this alone.
    `loud`: people wait for it, and it comes before all else of its risk.
    """

    risk: Risk
    text: str
    paths: tuple[Path, ...] = ()
    about: Literal["object", "environment"] = "object"
    loud: bool = False


def checked(found: object) -> Change:
    """What a target yields, of which nobody but its author knows: TypeError if it is no Change."""
    if not isinstance(found, Change):
        raise TypeError(f"it yields {type(found).__name__}, not Change")
    if found.risk not in RISKS:
        raise TypeError(f"there is no risk {found.risk!r}, only {', '.join(RISKS)}")
    if not isinstance(found.text, str):
        raise TypeError(f"a text is {type(found.text).__name__}, not str")
    if not isinstance(found.paths, tuple) or not all(isinstance(p, tuple) for p in found.paths):
        raise TypeError("paths are a tuple of tuples")
    return found


_LONG = 80


def quoted(value: object) -> str:
    """A value of a user's between backticks: on one line, and no longer than one reads."""
    text = " ".join(str(value).split()).replace("`", "'")
    return f"`{text if len(text) <= _LONG else f'{text[:_LONG]}…'}`"


def listed(names: Iterable[str], limit: int = 5) -> str:
    """`a`, `b` and 3 more."""
    found = list(names)
    shown = [quoted(each) for each in found[:limit]]
    if len(found) > limit:
        return f"{', '.join(shown)} and {len(found) - limit} more"
    return " and ".join(([", ".join(shown[:-1])] if shown[1:] else []) + shown[-1:])


def worst(risks: list[Risk]) -> Risk:
    """The most dangerous of several; harmless if there are none."""
    return min(risks, key=RISKS.index, default="harmless")


def moves(
    before: Mapping[str, object],
    after: Mapping[str, object],
    names: Mapping[str, str] | None = None,
) -> str:
    """What of two mappings differs: `cpu 1 → 2, gpu none → 1`; empty where nothing does. `names`:
    the keys to look at and what people call them (None: all, by themselves)."""
    called = dict(names) if names is not None else {key: key for key in (*before, *after)}
    return ", ".join(
        f"{name} {before.get(key, 'none')} → {after.get(key, 'none')}"
        for key, name in called.items()
        if before.get(key) != after.get(key)
    )
