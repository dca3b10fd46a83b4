"""What a lock should say of one environment: every mutable name looked up, beside what it says."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.gitops.errors import GitopsError
from mlspec.gitops.locking.models import Version, servable_uri
from mlspec.gitops.locking.text import Path, entries
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from mlspec.gitops.locking.references import References
    from mlspec.language.platform import Platform


class Lookups(NamedTuple):
    """Whom to ask. Each raises GitopsError where there is no answer."""

    image: Callable[[str], str]
    """An image reference → its digest."""
    model: Callable[[str, str], Mapping[str, str]]
    """A model and an alias → the entry of the version."""
    commit: Callable[[str, str, str], str]
    """A source, its repository, and a branch or tag in it → the commit."""


class Change(Record):
    """One entry that is to be changed: its key below the environment, and what stands there."""

    key: Path
    before: Mapping[Path, str]
    after: Mapping[Path, str]


class Unresolved(Record):
    """A name that could not be looked up. `is_locked`: an older answer of the lock stays."""

    key: Path
    error: GitopsError
    is_locked: bool


class Resolution(Record):
    """What is to be done to one environment of a lock."""

    environment: str
    changes: tuple[Change, ...]
    unresolved: tuple[Unresolved, ...]
    unused: tuple[Path, ...]
    """Entries that the spec does not use; they stay, as a revert may need them again."""
    elsewhere: tuple[tuple[Path, str, str], ...]
    """Aliases that a promotion moves, and that mean another version in MLflow than in the lock:
    key, the lock's version, MLflow's."""

    def texts(self) -> dict[Path, str | None]:
        """The changes, as `text.changed` takes them."""
        found: dict[Path, str | None] = {}
        for change in self.changes:
            found |= {(self.environment, *path): None for path in change.before}
            found |= {(self.environment, *path): text for path, text in change.after.items()}
        return found


def resolve(
    environment: str,
    wanted: References,
    says: Mapping[str, Any],
    lookups: Lookups,
    moved_by_promotion: Collection[tuple[str, str]] = (),
) -> Resolution:
    """`says`: what the lock says of the environment, as plain values. `moved_by_promotion`: models
    and aliases whose entry is looked up only where there is none."""
    now = entries(says)
    changes: list[Change] = []
    unresolved: list[Unresolved] = []
    elsewhere: list[tuple[Path, str, str]] = []
    questions = dict(_questions(wanted, lookups))
    for key, look_up in questions.items():
        before = {path: text for path, text in now.items() if path[: len(key)] == key}
        is_kept = bool(before) and key[0] == "models" and key[1:] in moved_by_promotion
        try:
            after = look_up()
        except GitopsError as error:
            if not is_kept:
                unresolved.append(Unresolved(key=key, error=error, is_locked=bool(before)))
            continue
        if is_kept and before != after:
            was, is_ = (texts.get((*key, "version"), "") for texts in (before, after))
            elsewhere.append((key, was, is_))
        elif before != after:
            changes.append(Change(key=key, before=before, after=after))
    return Resolution(
        environment=environment,
        changes=tuple(changes),
        unresolved=tuple(unresolved),
        unused=tuple(_unused(now, questions)),
        elsewhere=tuple(elsewhere),
    )


def _questions(
    wanted: References, lookups: Lookups
) -> Iterator[tuple[Path, Callable[[], dict[Path, str]]]]:
    """The key of each entry, and how to ask for what belongs there."""

    def image(name: str) -> dict[Path, str]:
        return {("images", name): lookups.image(name)}

    def model(name: str, alias: str) -> dict[Path, str]:
        return entries(lookups.model(name, alias), ("models", name, alias))

    def commit(name: str, uri: str, revision: str) -> dict[Path, str]:
        return {("data", name, "revision"): lookups.commit(name, uri, revision)}

    for name in wanted.images:
        yield ("images", name), partial(image, name)
    for name, alias in wanted.models:
        yield ("models", name, alias), partial(model, name, alias)
    for name, (uri, revision) in wanted.data.items():
        yield ("data", name), partial(commit, name, uri, revision)


_DEPTH = {"images": 2, "models": 3, "data": 2}
"""Of the key of an entry, by its section."""


def _unused(now: Iterable[Path], used: Collection[Path]) -> Iterator[Path]:
    there = dict.fromkeys(path[: _DEPTH.get(path[0], len(path))] for path in now)
    yield from (key for key in there if key not in used)


def without_asking(says: Mapping[str, Any]) -> Lookups:
    """Lookups that know what the lock says, and nothing else."""

    def found(*key: str) -> Any:
        value: Any = says
        for part in key:
            value = value.get(part) if isinstance(value, dict) else None
        if not value:
            what = f"{key[1]} {key[2]}" if key[0] == "models" else key[1]
            raise GitopsError(
                f"mlspec.lock does not know `{what}`", "without --offline it is asked for"
            )
        return value

    return Lookups(
        image=lambda name: str(found("images", name)),
        model=lambda model, alias: dict(found("models", model, alias)),
        commit=lambda name, uri, revision: str(found("data", name, "revision")),
    )


def entry_of(version: Version, platform: Platform, own_name: str) -> dict[str, str]:
    """A version as a lock tells it."""
    found = {
        "name": "" if version.name == own_name else version.name,
        "version": version.version,
        "uri": servable_uri(version, platform),
        "run_id": version.run_id,
        "digest": version.digest,
    }
    return {key: text for key, text in found.items() if text}
