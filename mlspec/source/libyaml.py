"""All of YAML that is accepted → Tree, in one pass over the events of libyaml's parser.

Stricter than YAML: duplicate keys, tags, several documents, keys that are not text, recursive and
exploding aliases are refused. Accepted beyond the core: anchors, aliases and `<<` merge keys.

What is refused is noted, and the parser reads on, so that one run says all; only broken syntax and
what is beyond bounds end it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent

from mlspec.diagnostics import Diagnostic, Related, Span
from mlspec.source.reader import SourceError
from mlspec.source.scalars import MAY_BE_SPECIAL, resolve
from mlspec.source.tree import (
    MAX_DEPTH,
    MAX_NODES,
    TEXT_PER_NODE,
    UNREADABLE,
    MappingNode,
    SequenceNode,
    Tree,
    span_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlspec.source.tree import Marks

_SHORT = TEXT_PER_NODE
"""Characters of a text that counts as one value. Nearly all are shorter, and have neither tag nor
anchor: those are read with fewer steps."""

MAX_ERRORS = 100
"""After so many, the file is no spec, and reading on helps nobody."""
_SHOWN = 60

_STRING_TAG = "tag:yaml.org,2002:str"
_Parser: Callable[[str], Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str, file: str, errors: list[Diagnostic]) -> Tree:
    """Parses text, and adds to the errors what it reads on after. Raises SourceError with all of
    them and with what stops it."""
    dropped: list[Any] = []
    try:
        root = _Builder(text, file, errors, dropped).document()
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        from mlspec.source.syntax_errors import describe

        raise SourceError(*errors, describe(error, text, file)) from error
    except SourceError as error:
        from mlspec.source.syntax_errors import conflict_in

        # Two branches that both added the file leave one that begins with the mark: to YAML a text.
        conflict = conflict_in(text, file)
        found = (conflict,) if conflict else error.diagnostics
        raise SourceError(*errors, *found) from error
    return Tree(file, text, root, tuple(errors), tuple(dropped))


def _is_nothing(event: yaml.Event) -> bool:
    """Whether it is a value that is not written at all."""
    if not isinstance(event, ScalarEvent) or not (event.start_mark and event.end_mark):
        return False
    return event.start_mark.index == event.end_mark.index


def _too_many(span: Span) -> Diagnostic:
    message = f"more than {MAX_ERRORS} mistakes of this kind: the rest of the file is not read"
    return Diagnostic(code="MLS005", message=message, span=span, help="mend those above first")


class _Anchored(NamedTuple):
    """What an anchor stands for: its value, how many nodes that is, and how deep it goes."""

    value: Any
    nodes: int
    height: int


class _Builder:
    """One run over the events of one document."""

    def __init__(self, text: str, file: str, errors: list[Diagnostic], dropped: list[Any]) -> None:
        self.file = file
        self.errors = errors
        self.dropped = dropped
        self.next_event: Callable[[], Any] = _Parser(text).get_event
        self.anchors: dict[str, _Anchored] = {}
        self.nodes = 0
        self.depth = 0
        self.deepest = 0

    def document(self) -> MappingNode:
        self.next_event()  # the start of the stream
        event = self.next_event()
        if isinstance(event, yaml.StreamEndEvent):
            raise self._error("MLS006", "the file is empty", None, None)
        event = self.next_event()
        if _is_nothing(event):
            raise self._error("MLS006", "the file is empty", None, None)  # but for `---`
        if not isinstance(event, MappingStartEvent):
            raise self._error(
                "MLS006",
                "the document is not a mapping of keys to values",
                event.start_mark,
                event.end_mark,
                "begin with `apiVersion: mlspec.io/v1alpha1`",
            )
        root = self.value(event)
        if not isinstance(root, MappingNode):  # refused for its tag
            raise SourceError(self.errors.pop())
        self.next_event()  # the end of the document
        event = self.next_event()
        if not isinstance(event, yaml.StreamEndEvent):
            self._note(
                "MLS005", "a second document begins here", event,
                "keep one document a file: remove the `---` line and what follows",
            )  # fmt: skip
        return root

    def value(self, event: Any) -> Any:
        if type(event) is ScalarEvent:
            text = event.value
            if (
                event.tag is None
                and event.anchor is None
                and (event.style or text[:1] not in MAY_BE_SPECIAL)
                and len(text) < _SHORT
                and self.nodes < MAX_NODES
            ):
                self.nodes += 1
                return text
            return self._scalar(event)
        self._count(1, event)
        if isinstance(event, AliasEvent):
            return self._alias(event)
        return self._collection(event)

    def _count(self, nodes: int, event: Any) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise self._error(
                "MLS005", f"the file holds more than {MAX_NODES} values (aliases counted as what "
                "they stand for)", event.start_mark, event.end_mark,
            )  # fmt: skip

    def _enter(self, levels: int, event: Any) -> None:
        """Checks that `levels` more may be below this one."""
        self.deepest = max(self.deepest, self.depth + levels)
        if self.deepest > MAX_DEPTH:
            raise self._error(
                "MLS005", f"values are nested more than {MAX_DEPTH} deep",
                event.start_mark, event.end_mark, "nothing here needs so many levels: remove some",
            )  # fmt: skip

    def _scalar(self, event: Any) -> Any:
        value: Any = event.value
        weight = len(value) // TEXT_PER_NODE
        self._count(1 + weight, event)
        if event.tag is not None and event.tag not in (_STRING_TAG, "!"):
            self._note_tag(event)
            value = UNREADABLE
        elif event.tag is None and not event.style:
            try:
                value = resolve(value)
            except ValueError as error:
                self._note("MLS005", str(error), event, "put it in quotes if it is meant as text")
                value = UNREADABLE
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(value, 1 + weight, 0)
        return value

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self.anchors:
            self._note(
                "MLS005", f"`*{event.anchor}` refers to an anchor that is not complete before it",
                event, f"define `&{event.anchor}` further up",
            )  # fmt: skip
            return UNREADABLE
        anchored = self.anchors[event.anchor]
        self._count(anchored.nodes - 1, event)
        self._enter(anchored.height, event)
        return anchored.value

    def _collection(self, event: Any) -> Any:
        if event.tag is not None:
            self._note_tag(event)
        self._enter(1, event)
        before, deepest_before = self.nodes, self.deepest
        self.depth += 1
        self.deepest = self.depth
        is_mapping = isinstance(event, MappingStartEvent)
        node: Any = self._mapping() if is_mapping else self._sequence()
        if event.tag is not None:
            self.dropped.append(node)
            node = UNREADABLE
        self.depth -= 1
        if event.anchor is not None:
            height = self.deepest - self.depth
            self.anchors[event.anchor] = _Anchored(node, self.nodes - before + 1, height)
        self.deepest = max(self.deepest, deepest_before)
        return node

    def _sequence(self) -> SequenceNode:
        node = SequenceNode()
        next_event, marks = self.next_event, node.marks
        while type(event := next_event()) is not SequenceEndEvent:
            node.append(self.value(event))
            start, end = event.start_mark, event.end_mark
            marks.append((start.line, start.column, end.line, end.column))
        return node

    def _mapping(self) -> MappingNode:
        node = MappingNode()
        merged: list[MappingNode] = []
        merge_key: Marks | None = None
        key: str | None
        next_event, all_marks = self.next_event, node.marks
        while type(event := next_event()) is not MappingEndEvent:
            if (
                type(event) is ScalarEvent
                and event.tag is None
                and len(key := event.value) < _SHORT
                and self.nodes < MAX_NODES
            ):
                self.nodes += 1
            else:
                key = self._key(event)
            value_event = next_event()
            if key is None:
                self.dropped.append(self.value(value_event))
                continue
            start, end = event.start_mark, event.end_mark
            begin, finish = value_event.start_mark, value_event.end_mark
            marks = (
                start.line, start.column, end.line, end.column,
                begin.line, begin.column, finish.line, finish.column,
            )  # fmt: skip
            if key == "<<" and not event.style:
                if merge_key is not None:
                    self._note_duplicate(key, event, merge_key)
                merge_key = merge_key or marks
                merged.extend(self._merge_sources(value_event))
                continue
            if key in node:
                self._note_duplicate(key, event, all_marks[key])
                self.dropped.append(self.value(value_event))
                continue
            node[key] = self.value(value_event)
            all_marks[key] = marks
        for source in merged:
            for key, value in source.items():
                if key not in node:
                    node[key] = value
                    node.marks[key] = source.marks[key]
        return node

    def _key(self, event: Any) -> str | None:
        """The key, or None for one that cannot be a name."""
        if isinstance(event, ScalarEvent):
            # A key is a name: `1` and `true` as keys are the texts "1" and "true".
            key: str = event.value
            self._count(1 + len(key) // TEXT_PER_NODE, event)
            if event.tag is not None and event.tag != _STRING_TAG:
                self._note_tag(event)
            return key
        self._note(
            "MLS005", "a key must be a plain name", event,
            "a value that begins with `{`, `[`, `*` or `${{` must be in quotes",
        )  # fmt: skip
        if not isinstance(event, AliasEvent):
            self.value(event)
        return None

    def _merge_sources(self, event: Any) -> list[MappingNode]:
        value = self.value(event)
        sources = value if isinstance(value, SequenceNode) else [value]
        good = [source for source in sources if isinstance(source, MappingNode)]
        if len(good) + sources.count(UNREADABLE) < len(sources):
            self._note(
                "MLS005", "`<<` merges mappings only", event,
                "write `<<: *anchor`, where the anchor is on a mapping",
            )  # fmt: skip
        return good

    def _note(
        self, code: str, message: str, event: Any, help: str, related: tuple[Related, ...] = ()
    ) -> None:
        span = self._span(event.start_mark, event.end_mark)
        if len(self.errors) == MAX_ERRORS:
            raise SourceError(_too_many(span))
        self.errors.append(
            Diagnostic(code=code, message=message, span=span, help=help, related=related)
        )

    def _note_duplicate(self, key: str, event: Any, first: Marks) -> None:
        span = span_of(self.file, first[:-4])
        related = (Related(message="first written here", span=span),)
        shown = key if len(key) <= _SHOWN else key[:_SHOWN] + "…"
        message = f"`{shown}` is written twice in this mapping"
        self._note("MLS004", message, event, "keep one of the two", related)

    def _note_tag(self, event: Any) -> None:
        tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
        self._note(
            "MLS005", f"the tag `{tag}` is not accepted", event,
            "remove the tag; quote the value if it must be text",
        )  # fmt: skip

    def _error(self, code: str, message: str, start: Any, end: Any, help: str = "") -> SourceError:
        span = Span(file=self.file) if start is None or end is None else self._span(start, end)
        return SourceError(Diagnostic(code=code, message=message, span=span, help=help))

    def _span(self, start: Any, end: Any) -> Span:
        return span_of(self.file, (start.line, start.column, end.line, end.column))
