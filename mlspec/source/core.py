"""The plain core of YAML, in which nearly every spec is written → the tree, line by line.

Block mappings with plain keys, block sequences, scalars and flow collections of one line, literal
and folded texts, comments. At whatever else a line holds, and at whatever is wrong, this reader
gives up, and libyaml reads the text from its beginning: so it needs to know neither the rest of
YAML nor what to say of a mistake, and giving up is always right. What it does read, it reads as
libyaml does, marks included: tests/source/test_core.py holds the two against each other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlspec.source.scalars import MAY_BE_SPECIAL, resolve
from mlspec.source.tree import MAX_DEPTH, MAX_NODES, TEXT_PER_NODE, MappingNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Sequence

# No pattern tries much twice: repeats of one class of characters are possessive, but for that of
# keys, which gives back one `:`, and what follows a group could not follow a part of it. Groups are
# never possessive: before 3.11.5 Python takes such ones for more than they match, as in Debian 12
# (github.com/python/cpython/issues/106052). A key is shorter than libyaml's 1024 characters.
_KEY = r"[A-Za-z0-9_][A-Za-z0-9_./:-]{0,900}|\"[^\"\\]{0,900}+\"|'[^']{0,900}+'"
_FIRST = r"[^ \-?:,\[\]{}#&*!|>'\"%@`]"  # no indicator
_END = r"(?!:[^ ]|(?<=[^ ])#)"  # no sooner
# All up to `: ` or ` #`, with the blanks at its end.
_PLAIN = rf"(?:{_FIRST}|-(?=[^ ]))[^:#]*+(?:(?::(?=[^ ])|(?<=[^ ])#)[^:#]*+)*{_END}"
_PLAIN_IN_FLOW = rf"(?:{_FIRST}|-(?=[A-Za-z0-9]))[^ ,\[\]{{}}:#?]*+(?:(?: ++|:)[^ ,\[\]{{}}:#?]++)*"
_QUOTES = ("'", '"')
_QUOTED = r"\"[^\"\\]*+\"|'[^']*+'"

_line = re.compile(
    rf" *+(- ++)?(?:({_KEY}):(?= |$))? *+"
    rf"(?:({_PLAIN})|({_QUOTED})|([\[{{].*)|([|>]-?))? *+(?:#.*)?"
).fullmatch
_DASH, _NAME, _TEXT, _STRING, _FLOW, _HEADER = range(1, 7)
"""What a line may have: the groups of its pattern."""

_SCALAR = rf"(?:({_PLAIN_IN_FLOW})|({_QUOTED})) *+"
_BRACKETS = {
    "{": ("}", re.compile(rf"({_KEY}): (?:{_SCALAR}(?:, *+|(?=}})))?").match),
    "[": ("]", re.compile(rf"()(?:{_SCALAR}(?:, *+|(?=\])))?").match),
}
"""What closes it, and what is in it: a key, a scalar and the comma after it, or the key alone."""
_after_inner = re.compile(r" *+(?:, *+|(?=[\]}]))").match
_rest_of_line = re.compile(r" *+(?:#.*)?").fullmatch


class _Unusual(ValueError):
    """Something that is not of the core, or may not be. (A number that is none is a ValueError.)"""


def read(text: str) -> MappingNode | None:
    """The root of the text's tree; None for a text that libyaml has to read."""
    # What is printable is, but for ` `, none of the blanks, line ends and controls of YAML.
    if text[-1:] != "\n" or not text.replace("\n", "").isprintable():
        return None
    if _most_values(text) > MAX_NODES:
        return None
    try:
        return _Reader(text.split("\n")).document()
    except ValueError:
        return None


def _most_values(text: str) -> int:
    """More than this the text cannot have. A line may begin a block and an item of it, and have a
    key and a value; so may each entry between brackets."""
    entries = text.count("[") + text.count("{") + text.count(",")
    return 4 * text.count("\n") + 2 * entries + len(text) // TEXT_PER_NODE


class _Reader:
    """One run over the lines of one text.

    `node` is the innermost block collection that is open, `column` where its keys or dashes stand;
    `outer` has the same of those around it.
    """

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.node: Any = MappingNode()
        self.column = 0
        self.is_list = False
        self.outer: list[tuple[Any, int, bool]] = []
        self.waiting: str | None = None
        """The key of the line above if that has no value, which may yet begin below."""
        self.after = 0
        """The number of the line after a text of several lines."""

    def document(self) -> MappingNode:
        root: MappingNode = self.node
        for number, line in enumerate(self.lines):
            if number < self.after:
                continue
            found = _line(line)
            if found is None:
                raise _Unusual
            if (kind := found.lastindex) is not None:  # neither blank nor a comment
                self.entry(found, kind, number)
        if not root:
            raise _Unusual
        return root

    def entry(self, found: re.Match[str], kind: int, number: int) -> None:
        """Adds what a line has, whose last part is of that kind, to where it belongs."""
        dash, key, value = found.group(_DASH, _NAME, kind)
        start, stop = found.span(_NAME)
        is_item = dash is not None
        at = found.start(_DASH) if is_item else start
        if at < 0 or kind == _DASH:  # neither, or nothing else
            raise _Unusual
        if self.waiting is not None or at != self.column or is_item is not self.is_list:
            self.move(number, at, is_item)
        if is_item and key is not None:
            self.open_item(number, start)
        node = self.node
        begin, end = found.span(kind)
        last = number
        if kind == _TEXT:
            if value[-1] == " ":
                value = value.rstrip(" ")
                end = begin + len(value)
            if value[0] in MAY_BE_SPECIAL:
                value = resolve(value)
        elif kind == _NAME:
            value = None
            begin = end = stop + 1
        elif kind == _STRING:
            value = value[1:-1]
        elif kind == _FLOW:
            value = self.flow(found.string, number, begin)
            end = begin + 1
        else:
            value, last = _block(self.lines, number + 1, self.column, value)
            self.after, end = last, 0
        if key is None:
            node.append(value)
            node.marks.append((number, begin, last, end))
            return
        if key[0] in _QUOTES:
            key = key[1:-1]
        if key in node:
            raise _Unusual
        if kind == _NAME:
            self.waiting = key
        node[key] = value
        node.marks[key] = (number, start, number, stop, number, begin, last, end)

    def move(self, number: int, at: int, is_item: bool) -> None:
        """To the collection that a line at that column begins, or goes on with."""
        key, self.waiting = self.waiting, None
        if key is not None and (at > self.column or (is_item and at == self.column)):
            value: Any = SequenceNode() if is_item else MappingNode()
            # Blocks begin before their first key or dash; a list in the column of its key with it.
            place = (number, at, number, at + (at == self.column))
            self.node[key] = value
            self.node.marks[key] = self.node.marks[key][:4] + place
            self.open(value, at, is_list=is_item)
            return
        while self.column > at or (self.column == at and self.is_list and not is_item):
            self.node, self.column, self.is_list = self.outer.pop()
        if self.column != at or self.is_list is not is_item:
            raise _Unusual

    def open_item(self, number: int, at: int) -> None:
        """Begins a mapping beside its dash."""
        item = MappingNode()
        self.node.append(item)
        self.node.marks.append((number, at, number, at))
        self.open(item, at, is_list=False)

    def open(self, node: MappingNode | SequenceNode, column: int, *, is_list: bool) -> None:
        self.outer.append((self.node, self.column, self.is_list))
        if len(self.outer) == MAX_DEPTH:  # which `node` comes on top of
            raise _Unusual
        self.node, self.column, self.is_list = node, column, is_list

    def flow(self, line: str, number: int, at: int) -> Any:
        """The collection that the rest of a line is."""
        value, end = _flow(line, number, at, MAX_DEPTH - 1 - len(self.outer))
        if end < len(line) and _rest_of_line(line, end) is None:
            raise _Unusual
        return value


def _flow(line: str, number: int, at: int, levels: int) -> tuple[Any, int]:
    """The collection of at most so many levels that begins at a column, and the column after it."""
    opener = line[at : at + 1]
    if opener not in _BRACKETS or not levels:
        raise _Unusual
    closer, match = _BRACKETS[opener]
    is_list = opener == "["
    node: Any = SequenceNode() if is_list else MappingNode()
    at += 1
    while line.startswith(" ", at):
        at += 1
    while not line.startswith(closer, at):
        found = match(line, at)
        if found is None:
            raise _Unusual
        key, kind = found[1], found.lastindex or 1
        stop = at + len(key)
        begin = stop if is_list else stop + 2
        if kind == 1:
            value, end = _flow(line, number, begin, levels - 1)
            found = _after_inner(line, end)
            if found is None:
                raise _Unusual
            end = begin + 1
        else:
            value = found[kind]
            end = begin + len(value)
            if kind == 3:
                value = value[1:-1]
            elif value[0] in MAY_BE_SPECIAL:
                value = resolve(value)
        if is_list:
            node.append(value)
            node.marks.append((number, begin, number, end))
        else:
            if key[0] in _QUOTES:
                key = key[1:-1]
            if key in node:
                raise _Unusual
            node[key] = value
            node.marks[key] = (number, at, number, stop, number, begin, number, end)
        at = found.end()
    return node, at + 1


def _block(lines: Sequence[str], first: int, column: int, header: str) -> tuple[str, int]:
    """The text that begins on a line, below a `|` or `>`, and the number of the line after it."""
    indent = len(lines[first]) - len(lines[first].lstrip(" "))
    if not column < indent < len(lines[first]):
        raise _Unusual
    margin = " " * indent
    found: list[str] = []
    for number in range(first, len(lines) - 1):  # the last is what follows all lines: nothing
        line = lines[number]
        if line.startswith(margin):
            line = line[indent:]
            if line.isspace():
                raise _Unusual
        elif line.strip(" "):
            break
        else:
            line = ""
        found.append(line)
    text = "\n".join(found).rstrip("\n")
    if header[0] == ">":
        if "\n " in text:  # lines that are further in are not folded
            raise _Unusual
        text = re.sub("\n(\n*)", lambda breaks: breaks[1] or " ", text)
    return text if header[1:] else f"{text}\n", first + len(found)
