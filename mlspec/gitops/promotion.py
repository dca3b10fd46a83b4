"""What a promotion and a rollback come to: which lock entry, whether the gates allow it, in what
words. Decides and words only; Git, MLflow and the rendering are asked by others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mlspec.gitops.errors import GitopsError
from mlspec.gitops.locking.text import changed, entries, environments_in
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mlspec.gitops.git import Repository
    from mlspec.gitops.locking.models import Version
    from mlspec.gitops.locking.text import Path


class Move(Record):
    """A lock entry that moves: what a service's alias means in an environment, before and after."""

    service: str
    environment: str
    model: str
    alias: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    is_main: bool = True
    """Whether the alias is that of the service's main version, which goes without saying."""

    @property
    def role(self) -> str:
        """What a title adds."""
        return "" if self.is_main else f" as {self.alias}"

    @property
    def key(self) -> Path:
        return (self.environment, "models", self.model, self.alias)


class Judgement(Record):
    """What the gates say of a version: of each rule the metric, what was expected, what was found,
    whether it passed."""

    recorded: str
    """As MLflow has it: `passed`, `failed`, `none`, or empty where nothing is on record."""
    rules: tuple[tuple[str, str, str, bool], ...]
    """Those of the record, then those that the target's spec asks for now."""

    @property
    def objections(self) -> tuple[str, ...]:
        found = []
        if not self.recorded:
            found.append("MLflow has no record of its gates")
        elif self.recorded not in ("passed", "none"):
            found.append(f"the record of its gates in MLflow says `{self.recorded}`")
        found += [
            f"{metric}: expected {expected}, found {value}"
            for metric, expected, value, passed in self.rules
            if not passed
        ]
        return tuple(found)


def judge(
    version: Version,
    gates: Mapping[str, Mapping[str, Any]],
    baseline: Callable[[str], dict[str, float] | None],
) -> Judgement:
    """`gates`: what the spec asks for where the version is to go, as `mlspec.runtime gate` reads
    it. `baseline`: the metrics of what an alias means there now, by its lock."""
    from mlspec.runtime.gate import judge as judge_gate
    from mlspec.runtime.gate import parse_gates

    parsed = parse_gates({metric: dict(gate) for metric, gate in gates.items()})
    metrics = dict(version.metrics)
    now = [v for gate in parsed for v in judge_gate(gate, metrics, baseline)]
    rules = dict.fromkeys(
        [*version.verdicts, *((v.metric, v.expected, v.found, v.passed) for v in now)]
    )
    return Judgement(recorded=version.gates, rules=tuple(rules))


def check_gates(judgement: Judgement, version: Version, reason: str | None) -> None:
    """GitopsError where the gates object, unless a reason was given to pass over that."""
    if judgement.objections and not reason:
        what = "".join(f"\n  {each}" for each in judgement.objections)
        raise GitopsError(
            f"version {version.version} of `{version.name}` has not passed its gates:{what}",
            "register a better one, or pass over it with --force-gates REASON, which goes into the "
            "commit message",
        )


def with_move(text: str | None, move: Move) -> str:
    """The lock with the entry moved."""
    now = entries(_at(environments_in(text or ""), move.key), move.key)
    changes: dict[Path, str | None] = dict.fromkeys(now)
    changes |= {(*move.key, field): value for field, value in move.after.items()}
    return changed(text, changes)


def entry_in(text: str | None, key: Path) -> dict[str, str]:
    """An entry of a lock; empty where it has none."""
    return {
        path[0]: value for path, value in entries(_at(environments_in(text or ""), key)).items()
    }


def _at(data: Any, key: Path) -> dict[str, Any]:
    for part in key:
        data = data.get(part) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


class Earlier(Record):
    """What a lock entry was before its last change."""

    commit: str
    """Which made that change; empty where a commit to go back to was named."""
    source: str
    """The commit that still has the entry."""
    entry: Mapping[str, str]
    text: str
    """The whole lock there."""


def earlier_entry(repository: Repository, path: str, key: Path) -> Earlier:
    """The newest other meaning that an entry had on the way that the branch has come."""
    now = entry_in(_text(repository, repository.head(), path), key)
    for commit in repository.history(path):
        parent = repository.parent(commit)
        if not parent:
            break
        text = _text(repository, parent, path)
        entry = _entry_or_none(text, key)
        if entry is not None and entry != now:
            if not entry:
                raise GitopsError(
                    f"before {commit[:12]} the lock said nothing of {_name(key)}: there is nothing "
                    "to go back to",
                    "promote another version: `mlspec promote`",
                )
            return Earlier(commit=commit, source=parent, entry=entry, text=text or "")
    if repository.is_shallow():
        raise GitopsError(
            "this clone is shallow: its history ends before the lock was changed",
            "run `git fetch --unshallow`, or name what to go back to with --to COMMIT",
        )
    raise GitopsError(f"the history of {path} has no other entry for {_name(key)}")


def entry_at(repository: Repository, revision: str, path: str, key: Path) -> Earlier:
    """The entry as a named commit has it."""
    commit = repository.resolve(revision)
    text = _text(repository, commit, path)
    entry = entry_in(text, key)
    if not entry:
        raise GitopsError(f"in {revision}, {path} says nothing of {_name(key)}")
    return Earlier(commit="", source=commit, entry=entry, text=text or "")


def restored(text: str, move: Move, earlier: Earlier) -> str:
    """The lock with an entry as it was: byte for byte the old one, if nothing else has changed."""
    old = entries(environments_in(earlier.text))
    now = entries(environments_in(text))
    others = {path for path in old.keys() | now.keys() if old.get(path) != now.get(path)}
    if all(path[: len(move.key)] == move.key for path in others):
        edited = with_move(text, move)
        return edited if _comments(edited) != _comments(earlier.text) else earlier.text
    return with_move(text, move)


def _comments(text: str) -> list[str]:
    """Comments may have been written since, and are to stay."""
    return [line.strip() for line in text.splitlines() if line.lstrip().startswith("#")]


def _text(repository: Repository, commit: str, path: str) -> str | None:
    found = repository.content(commit, path)
    return None if found is None else found.decode("utf-8", "replace")


def _entry_or_none(text: str | None, key: Path) -> dict[str, str] | None:
    """None for a lock that cannot be read, such as one with the conflict of a merge in it."""
    try:
        return entry_in(text, key)
    except GitopsError:
        return None


def _name(key: Path) -> str:
    return f"`{key[2]}` {key[3]} in {key[0]}"


def promotion_message(
    move: Move,
    before: Version | None,
    after: Version,
    judgement: Judgement,
    reason: str | None,
    manifests: Sequence[str],
) -> str:
    """The commit message: all that a reviewer needs to judge the promotion."""
    version = after.version
    lines = [
        f"Promote {move.service} in {move.environment} to version {version} of {move.model}"
        f"{move.role}",
        "",
        *_entry_lines(move),
    ]
    lines += ["", "Metrics", *_metric_lines(before.metrics if before else {}, after.metrics)]
    recorded = judgement.recorded or "nothing"
    lines += ["", f"Gates (on record in MLflow: {recorded})"]
    lines += [
        f"  {'pass' if passed else 'FAIL'}  {metric}: expected {expected}, found {value}"
        for metric, expected, value, passed in judgement.rules
    ] or ["  none"]
    if judgement.objections and reason:
        lines += ["", f"The gates were passed over: {' '.join(reason.split())}"]
    return _message(lines, manifests)


def rollback_message(move: Move, earlier: Earlier, subject: str, manifests: Sequence[str]) -> str:
    version = move.after.get("version", "?")
    lines = [
        f"Roll {move.service} in {move.environment} back to version {version} of {move.model}"
        f"{move.role}",
        "",
        *_entry_lines(move),
        "",
        f"The entry is that of {earlier.source[:12]}.",
    ]
    if earlier.commit:
        lines += [f"Undone is {earlier.commit[:12]} ({subject})."]
    return _message(lines, manifests)


def _message(lines: list[str], manifests: Sequence[str]) -> str:
    shown = [f"  {path}" for path in manifests] or ["  none"]
    return "\n".join([*lines, "", "Manifests that change", *shown, ""])


_WORDS = {
    "version": "Version",
    "run_id": "Run",
    "uri": "Files",
    "digest": "Digest",
    "name": "Registered as",
}


def _entry_lines(move: Move) -> Iterator[str]:
    yield f"Alias {move.alias} of {move.model} in {move.environment}:"
    for field, word in _WORDS.items():
        old, new = move.before.get(field, ""), move.after.get(field, "")
        if old == new and not new:
            continue
        text = new or "(as the project's own)" if field == "name" else new or "(not known)"
        yield f"  {word}: {text}{f' (was {old})' if old and old != new else ''}"


def _metric_lines(before: Mapping[str, float], after: Mapping[str, float]) -> Iterable[str]:
    names = sorted({*before, *after})
    if not names:
        return ["  none are known"]
    rows = [("", "before", "after", "")]
    for name in names:
        values = (_number(before, name), _number(after, name), _gain(before, after, name))
        rows.append((name, *values))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  "
        + "  ".join(
            (row[0].ljust(widths[0]), row[1].rjust(widths[1]), row[2].rjust(widths[2]), row[3])
        ).rstrip()
        for row in rows
    ]


def _number(metrics: Mapping[str, float], name: str) -> str:
    return f"{metrics[name]:.6g}" if name in metrics else "-"


def _gain(before: Mapping[str, float], after: Mapping[str, float], name: str) -> str:
    if name not in before or name not in after:
        return ""
    gain = after[name] - before[name]
    return f"({gain:+.6g})" if math.isfinite(gain) else ""
