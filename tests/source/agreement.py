"""Do the two readers of YAML agree? Texts of every kind, and the question itself.

    python -m tests.source.agreement --texts 300000 --seed 1

makes so many texts, says how many of each kind the core read, and exits with 1 where it read one
otherwise than libyaml.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from bench.monorepo import text_of
from bench.projects import generate
from mlspec.source import core, libyaml
from mlspec.source.reader import SourceError
from mlspec.source.tree import MappingNode, SequenceNode
from tests.fuzz import bases
from tests.specs import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable


def described(node: Any) -> Any:
    """All that a node is: values with their types, keys in their order, and every mark."""
    if isinstance(node, MappingNode):
        return list(node.marks.items()), [(key, described(value)) for key, value in node.items()]
    if isinstance(node, SequenceNode):
        return node.marks, [described(value) for value in node]
    return type(node), repr(node)


def is_of_the_core(text: str) -> bool:
    """Whether the core reads the text; it must then read it as libyaml does."""
    root = core.read(text)
    if root is None:
        return False
    try:
        tree = libyaml.parse(text, "f.yaml", [])
    except SourceError as error:
        raise AssertionError(f"libyaml refuses it: {error}") from error
    assert (tree.errors, tree.dropped) == ((), ())
    assert described(root) == described(tree.root)
    return True


# ── real texts, and what becomes of them ─────────────────────────────────────────────────────────


@cache
def real_texts() -> tuple[str, ...]:
    """Documents of this repository, what the documentation shows, and generated projects."""
    own = [text for kind in bases.KINDS for text in bases.texts(kind)]
    mistakes = [file.read_text("utf-8") for file in sorted(ROOT.glob("tests/mistakes/*.yaml"))]
    shown = [
        block
        for file in sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
        for block in re.findall(r"^```yaml\n(.*?)^```", file.read_text("utf-8"), re.M | re.S)
    ]
    made = [generate(number, ("dev", "prod")) for number in range(12)]
    return (*own, *mistakes, *shown, *(text_of(t) for one in made for t in (one.project, one.lock)))


_PIECES = (
    *" \n:-#,[]{}'\"|>&*!%@`?<~.\\éxa01 \t\r$=+/", "\n\n", "\n  ", "\n    ", "  ", "- ", ": ", " #",
    "---\n", "...\n", "|\n", "|-\n", "|+\n", "|2\n", "|- # c\n", ">\n", ">-\n", "${{ x }}",
    "[a, b]", "{a: b}", "[ a ]", "{ a: b }", "{}", "[]", "key:", "key: ", "key: v\n", "'k': ",
    "- - ", "? ", "<<: ", "k :", "a:b", "null", "1.5", "0x1F", "'':", "\u3000", "\xa0", "\x85",
    "\u2028", "\u0301", "\u200b", "\ufeff", "\ud800", "\x7f", "\x00", "🍷",
)  # fmt: skip


def mutated(random: Random, text: str) -> str:
    """The text with a few characters or lines lost, doubled, moved, or brought in."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        change = _change_of_a_line if random.random() < 0.5 else _change_of_a_character
        text = change(random, text)
    return text


def _change_of_a_character(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    before, here, after = text[:at], text[at : at + 1], text[at + 1 :]
    form = random.randrange(4)
    if form == 0:
        return before + random.choice(_PIECES) + here + after
    if form == 1:
        return before + after[random.choice((0, 0, 1, 4)) :]
    if form == 2:
        return before + random.choice(_PIECES) + after
    return before + after[:1] + here + after[1:]


def _change_of_a_line(random: Random, text: str) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    form = random.randrange(6)
    if form == 0:
        lines.insert(random.randrange(len(lines) + 1), lines[at])
    elif form == 1:
        lines[at] = " " * random.choice((1, 1, 2, 2, 3, 4)) + lines[at]
    elif form == 2:
        lines[at] = lines[at].removeprefix(" " * random.choice((1, 2, 4)))
    elif form == 3:
        del lines[at]
    elif form == 4:
        lines[at] += random.choice(_PIECES)
    else:
        lines[at] = lines[at].replace(": ", ": " + random.choice(_PIECES), 1)
    return "\n".join(lines)


def piece(random: Random, text: str) -> str:
    """A few lines of the text, moved to the margin."""
    lines = text.split("\n")
    first = random.randrange(len(lines))
    lines = lines[first : first + random.randrange(1, 14)]
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines) + "\n"


# ── texts that nobody would write ────────────────────────────────────────────────────────────────

_COMMON = (
    "x", "", "", "1", "a b", "|", ">-", "'q'", "[a, b]", "{a: 1, b: [x]}", "$x",
    "http://x:80/y?z#w",
)  # fmt: skip
_RARE = (
    "true", "a b ", "a:b", "a::b", "a#b", "x # c", "x  # c", "x#c", "# c", "x: ", "x:", "a: # c",
    "é", "~", "-1", "-x", "--f", "- x", "- ", "-", "---", "...", "? x", "?", "?x", ":x", "=", "<<",
    "%x", "@x", "`x`", "*a", "&a x", "!t x", "|x", "> x", "0o7", "0x1", ".5", "1e3", ".inf", "1_0",
    "9" * 70, "x" * 120, "x\\y", "a'b", 'a"b', "a,b", "a, b", "x[1]", "x{y}", "a -b", "a - b",
    "a & b", "a | b", "${{ a }}", "|-", ">", "|+", "|2", ">2-", "|-x", "| # c", "|# c", '"d"', "''",
    '""', "'a # b'", '"a: b"', '"a\\n"', "'it''s'", "'x' # c", "'x'# c", "'x' y", "'x' ", "'x",
    "[]", "{}", "[ 1, 2 ]", "{ a: 1 }", "[[a],{b: c}]", "[{a: b} , c]", "[a ,b]", "[a,b]", "[a, ]",
    "[a,]", "[a", "[a]]", "[[a] b]", "{a: {} b: c}", "[a] b", "[a] # c", "[a]# c", "['a','b']",
    "['', '']", "[a: b]", "['a': b]", "[a #b]", "[a#b]", "{a:b: c}", "{a:: b}", "{a:: , b: c}",
    "[a?b]", "[a::b]", "[a:]", "[:a]", "[-a]", "[-1]", "[-]", "[- a]", "[--]", "[a - b]", "[a & b]",
    "{a: 1,}", "{a: 1, }", "{a}", "{a: }", "{a:}", "{a:b}", "{a : b}", "{a:  b}", "{a: b,c: d}",
    "{a: x y }", "{a: b:1}", "{a: b:}", "{a: s3://b/c}", "{a: -1}", "{a: b#c}", "{a: b #c}",
    "{a: b}  ", "{'a': 1}", '{"a": [b]}', '{"a":1}', "{'': 1}", "{a: 'b', c: \"d\"}", "{a: b'c}",
    "{a: 1, a: 2}", "{a: [b, {c: d}], e: f}", "{a: {b: c} }", "{a: [b}", "{<<: x}", "[" * 70,
    "[" * 60 + "]" * 60, "[" * 63 + "]" * 63,
)  # fmt: skip
_ODD_KEYS = (
    "a b", "'a'", '"a"', '"q:z"', '"a\\x"', '""', "'<<'", "'it''s'", "'r' ", "é", "-a", ".a", "<<",
    "?", "a-b", "a.b", "a/b", "a:b", "a::b", "a::", "a:b:", "a:b:c", "1", "true", "_x", "x" * 101,
    "k" * 901, "k" * 902, "k" * 1023, "k" * 1030, f'"{"k" * 1021}"', f"'{'k' * 1023}'",
    f"'{'k' * 900}'",
)  # fmt: skip
_LOOSE = ("text", "text  ", "# text", "a: b", "x # y", "'", "{", "  more", "\ttab", "é", "", "   ")


class _Written:
    """Lines that mostly make sense: how mostly is `wildness`."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.wildness = random.choice((0.0, 0.03, 0.1, 0.5))
        self.lines: list[str] = []

    def wild(self) -> bool:
        return self.random.random() < self.wildness

    def block(self, column: int, levels: int) -> None:
        """A mapping or, below the root, sometimes a list."""
        is_list = levels < 4 and self.random.random() < 0.35
        for number in range(self.random.randrange(1, 5)):
            if self.wild():
                is_list = not is_list
            if self.wild():
                column = max(0, column + self.random.choice((-4, -2, -1, 1, 2)))
            if self.random.random() < 0.1:
                blank = " " * self.random.randrange(6)
                self.lines.append(self.random.choice((blank, blank + "# c", "# c: d", "")))
            if self.wild():
                self.lines.append(" " * column + self.random.choice(_LOOSE))
            dash = self.random.choice(("- ", "- ", "- ", "-  ")) if is_list else ""
            if dash and self.random.random() < 0.5:
                self.lines.append(" " * column + dash + self.value(column))
                self.text(column)
                continue
            self.entry(column, dash, f"k{number}", levels)
            if dash and self.random.random() < 0.5:
                self.entry(column + len(dash), "", "second", levels)

    def entry(self, column: int, dash: str, key: str, levels: int) -> None:
        inner = column + len(dash)
        if self.wild():
            key = self.random.choice(_ODD_KEYS)
        if levels and self.random.random() < 0.3:
            end = self.random.choice(("", "", "", " ", "  # c"))
            self.lines.append(f"{' ' * column}{dash}{key}:{end}")
            self.block(inner + self.random.choice((2, 2, 2, 0, 1, 4)), levels - 1)
            return
        gap = self.random.choice((" :", ":\t", ":")) if self.wild() else ":"
        self.lines.append(f"{' ' * column}{dash}{key}{gap} {self.value(inner)}")
        self.text(inner)

    def value(self, column: int) -> str:
        is_rare = self.wild() or self.random.random() < 0.15
        return self.random.choice(_RARE if is_rare else _COMMON)

    def text(self, column: int) -> None:
        """What follows where the last line ends with `|` or `>`."""
        header = self.lines[-1].rpartition(" ")[2]
        if header[:1] not in ("|", ">") or self.random.random() < 0.05:
            return
        pad = " " * (column + self.random.choice((1, 2, 2, 2, 4, *([0] if self.wild() else []))))
        if self.wild():
            self.lines.append(self.random.choice((pad, pad + "  ", "")))
        self.lines.append(pad + "text")
        for _ in range(self.random.randrange(4)):
            odd = ("  x", "", " ", "# c", "- x", "k: v", "'", "éé", "x ")
            line = pad + self.random.choice(odd if self.random.random() < 0.4 else ("more", "a b"))
            short = (line.rstrip(), line[1:], "")
            self.lines.append(self.random.choice(short) if self.random.random() < 0.1 else line)


def written(random: Random) -> str:
    """A small document of what the core knows and of what it does not."""
    made = _Written(random)
    made.block(0, 4)
    return "\n".join(made.lines) + random.choice(("\n",) * 12 + ("", "\n\n", "\n  \n", "\n# c\n"))


KINDS: dict[str, Callable[[Random], str]] = {
    "real, mutated": lambda random: mutated(random, random.choice(real_texts())),
    "a piece, mutated": lambda random: mutated(random, piece(random, random.choice(real_texts()))),
    "written": written,
    "written, mutated": lambda random: mutated(random, written(random)),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    random = Random(wanted.seed)
    made: Counter[str] = Counter()
    read: Counter[str] = Counter()
    wrong = 0
    for number in range(wanted.texts):
        kind = tuple(KINDS)[number % len(KINDS)]
        text = KINDS[kind](random)
        made[kind] += 1
        try:
            read[kind] += is_of_the_core(text)
        except AssertionError as error:
            wrong += 1
            print(f"{kind}: {text!r}\n  {str(error)[:1000]}")
    for kind in KINDS:
        print(f"{kind}: {read[kind]} of {made[kind]} read by the core")
    print(f"{wrong} of {sum(read.values())} otherwise than by libyaml")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
