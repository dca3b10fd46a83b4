"""What a change does: objects matched, told in words, and put together by environment and risk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.gitops.objects import Environment, Pair, as_if, pairs
from mlspec.manifests.change import RISKS, Change, quoted, worst
from mlspec.manifests.fields import ABSENT, changed_fields, covers, shown
from mlspec.manifests.immutable import kind_of, refusal
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Literal, TypeAlias

    from mlspec.gitops.objects import How
    from mlspec.manifests.change import Risk
    from mlspec.manifests.fields import Field, Path
    from mlspec.manifests.manifest import Manifest

    Explain: TypeAlias = Callable[[str, Manifest | None, Manifest | None], Iterable[Change]]
    """A target's words for one object: target, before, after."""

_NAME = ("metadata", "name")
_FRAME = (("apiVersion",), ("kind",), _NAME, ("metadata", "namespace"))


class Difference(Record):
    """What happens to one object. `fields` are all that differ; `changes` say what that means."""

    how: How
    target: str
    kind: str
    name: str
    namespace: str
    old_name: str = ""
    old_namespace: str = ""
    changes: tuple[Change, ...]
    fields: tuple[Field, ...] = ()

    @property
    def risk(self) -> Risk:
        return worst([each.risk for each in self.changes])

    @property
    def title(self) -> str:
        return f"{self.kind.partition('.')[0]} {self.name}"


class Line(Record):
    """One thing to say, of one object or of several alike. `loud` as in Change."""

    risk: Risk
    text: str
    objects: tuple[str, ...] = ()
    loud: bool = False


class Section(Record):
    """All that happens to one environment of one project."""

    project: str
    environment: str
    file: str
    state: Literal["changed", "new", "gone"]
    cluster: str
    namespace: str
    differences: tuple[Difference, ...]
    lines: tuple[Line, ...]
    """The most dangerous first."""

    @property
    def risk(self) -> Risk:
        return worst([each.risk for each in self.lines])


def compare(before: Environment | None, after: Environment | None, explain: Explain) -> Section:
    """What becomes of an environment. One of the two sides must be there."""
    some = after or before
    assert some is not None
    empty = some.replace(objects=())
    found = [
        _difference(pair, explain, some.cluster) for pair in pairs(before or empty, after or empty)
    ]
    differences = tuple(each for each in found if each is not None)
    state: Literal["changed", "new", "gone"] = "changed"
    if before is None or after is None:
        state = "new" if before is None else "gone"
    return Section(
        project=some.project,
        environment=some.name,
        file=some.file,
        state=state,
        cluster=some.cluster,
        namespace=some.namespace,
        differences=differences,
        lines=tuple(_lines(differences, state)),
    )


# ── one object ────────────────────────────────────────────────────────────────────────────────────


def _difference(pair: Pair, explain: Explain, cluster: str) -> Difference | None:
    before, after = pair.before, pair.after
    fields: list[Field] = []
    changes: list[Change] = []
    old = before.manifest if before else None
    new = after.manifest if after else None
    if old is not None and new is not None:
        told = as_if(old, new) if pair.how in ("renamed", "moved") else old
        fields = [_hidden(f, new) for f in changed_fields(told.body, new.body)
                  if f.path not in _FRAME]  # fmt: skip
        if not fields and pair.how == "changed":
            return None
        changes += _told(explain, pair, _with_old_name(told, old), new)
        changes += _of_identity(pair, changes)
        changes += _immutable(pair, told, fields)
        changes += _unaccounted(changes, fields)
        changes = [each for each in changes if each.text] or list(_unaccounted((), fields))
    else:
        changes += _told(explain, pair, old, new) or [_by_itself(pair)]
    return _made(pair, changes, fields)


def _hidden(field: Field, manifest: Manifest) -> Field:
    """What a Secret holds is told of nowhere."""
    if kind_of(manifest) != "Secret" or field.path[0] not in ("data", "stringData"):
        return field
    before, after = (each if each is ABSENT else "(hidden)" for each in (field.before, field.after))
    return field.replace(before=before, after=after)


def _with_old_name(told: Manifest, old: Manifest) -> Manifest:
    """Targets see what the object was called, and for the rest what is really different."""
    metadata = {**told.body.get("metadata", {}), "name": old.name}
    if old.namespace:
        metadata["namespace"] = old.namespace
    return told.replace(body={**told.body, "metadata": metadata})


def _told(
    explain: Explain, pair: Pair, before: Manifest | None, after: Manifest | None
) -> list[Change]:
    return list(explain(pair.some.target, before, after))


def _made(pair: Pair, changes: list[Change], fields: list[Field]) -> Difference:
    some = pair.some.manifest
    old = pair.before.manifest if pair.before else some
    return Difference(
        how=pair.how,
        target=pair.some.target,
        kind=kind_of(some),
        name=some.name,
        namespace=some.namespace,
        old_name=old.name if old.name != some.name else "",
        old_namespace=old.namespace if old.namespace != some.namespace else "",
        changes=tuple(sorted(dict.fromkeys(changes), key=lambda each: RISKS.index(each.risk))),
        fields=tuple(fields),
    )


def _of_identity(pair: Pair, changes: Sequence[Change]) -> Iterator[Change]:
    """Unless the target says what a new name means."""
    assert pair.before is not None and pair.after is not None
    is_told = any(_NAME in change.paths for change in changes)
    if pair.how == "renamed" and not is_told:
        old, new = pair.before.manifest, pair.after.manifest
        text = f"renamed {quoted(old.name)} → {quoted(new.name)}: made anew, the old one is pruned"
        yield Change(risk="changes", text=text, paths=(_NAME,))


def _by_itself(pair: Pair) -> Change:
    """For what no target explains."""
    if pair.how == "removed":
        return Change(risk="removes", text="removed: Argo CD prunes it")
    return Change(risk="changes", text="new")


def _immutable(pair: Pair, before: Manifest, fields: Sequence[Field]) -> Iterator[Change]:
    if pair.how != "changed":
        return  # the new one is made anew anyhow
    for field in fields:
        why = refusal(before, field.path, field.before, field.after)
        if why:
            text = (
                f"{why}: Argo CD must replace the {before.kind} (sync it with Replace and Force), "
                "else the sync fails"
            )
            yield Change(risk="interrupts", text=text)


def _unaccounted(changes: Sequence[Change], fields: Sequence[Field]) -> Iterator[Change]:
    """The fields that nobody has words for, as they are."""
    known = [path for change in changes for path in change.paths]
    for field in fields:
        if not any(covers(path, field.path) for path in known):
            risk: Risk = "harmless" if _is_for_people(field.path) else "changes"
            yield Change(risk=risk, text=in_short(field), paths=(field.path,))


_OURS = ("app.kubernetes.io/", "mlspec.io/")


def _is_for_people(path: Path) -> bool:
    """Annotations, and the labels that mlspec puts on everything. By other labels somebody may
    select."""
    if path[:2] == ("metadata", "annotations"):
        return True
    return path[:2] == ("metadata", "labels") and "".join(path[2:3]).startswith(_OURS)


# ── fields as text ────────────────────────────────────────────────────────────────────────────────


def in_short(field: Field) -> str:
    """`spec.x: a → b` on one line."""
    name = f"`{shown(field.path)}`"
    if field.before is ABSENT:
        return f"{name} is set: {brief(field.after)}"
    if field.after is ABSENT:
        return f"{name} is removed: {brief(field.before)}"
    return f"{name}: {brief(field.before)} → {brief(field.after)}"


def brief(value: Any) -> str:
    import json

    if isinstance(value, str) and "\n" not in value:
        text = value
    elif isinstance(value, str):
        text = f"text of {value.count(chr(10)) + 1} lines"
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    return quoted(text)


# ── one environment ───────────────────────────────────────────────────────────────────────────────


def _lines(differences: Sequence[Difference], state: str) -> list[Line]:
    """All that is to be said: what happens to the environment as a whole, or one line for what
    several objects have in common."""
    whole = [(each, change) for each in differences for change in each.changes
             if change.about == "environment"]  # fmt: skip
    told: dict[Change, dict[str, None]] = {}
    lines: list[Line] = []
    for each, change in whole:
        how = "removed" if state == "gone" else "moved"
        text = f"{change.text} ({_count(differences, how)})"
        lines.append(_line(change.replace(text=text), [each.title]))
    lines += _of_many(differences, state, is_whole=bool(whole))
    for each in differences:
        for change in each.changes:
            if change.about == "environment" or _is_said(each, change, state, bool(whole)):
                continue
            told.setdefault(change.replace(paths=()), {})[each.title] = None
    lines += [_line(change, list(names)) for change, names in told.items()]
    return sorted(lines, key=lambda line: (RISKS.index(line.risk), not line.loud))


def _line(change: Change, objects: list[str]) -> Line:
    is_loud = change.loud or change.about == "environment"
    return Line(risk=change.risk, text=change.text, objects=tuple(objects), loud=is_loud)


def _of_many(differences: Sequence[Difference], state: str, *, is_whole: bool) -> Iterator[Line]:
    if state == "new":
        yield Line(risk="changes", text=f"the environment is new: {_count(differences, 'added')}")
    elif state == "gone" and not is_whole:
        yield Line(
            risk="removes", text=f"the environment is gone: {_count(differences, 'removed')}"
        )
    moved = [each for each in differences if each.how == "moved"]
    if moved and not is_whole:
        yield Line(risk="removes", text=f"{_count(differences, 'moved')} made anew elsewhere")


def _count(differences: Sequence[Difference], how: str) -> str:
    number = sum(each.how == how for each in differences)
    return f"{number} object{'' if number == 1 else 's'}"


def _is_said(each: Difference, change: Change, state: str, is_whole: bool) -> bool:
    """Whether the line about the whole environment says it already. Of a new one is still told what
    it brings, and what it may do or reach; nothing runs there yet that could be interrupted."""
    if state == "gone":
        return True
    if state == "new":
        return change.risk in ("harmless", "interrupts")
    return each.how == "moved" and not each.fields and is_whole


def counts(sections: Iterable[Section]) -> dict[Risk, int]:
    """How many lines there are of each risk."""
    found: dict[Risk, int] = dict.fromkeys(RISKS, 0)
    for section in sections:
        for line in section.lines:
            found[line.risk] += 1
    return found


def in_order(sections: Iterable[Section]) -> list[Section]:
    """Those with something to say, the most dangerous first; else in the order they come."""
    kept = [each for each in sections if each.lines]
    return sorted(kept, key=lambda section: RISKS.index(section.risk))
