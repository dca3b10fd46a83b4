"""The reader of YAML's plain core reads what libyaml reads, exactly as it does, or gives up."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.monorepo import write
from mlspec.cli.scaffold.scaffold import Values, scaffold, scaffold_platform
from mlspec.gitops.locking.text import changed
from mlspec.source import core
from mlspec.source.parser import parse
from mlspec.source.tree import MAX_DEPTH, MAX_NODES, MappingNode, SequenceNode
from tests.source.agreement import KINDS, is_of_the_core, written
from tests.specs import ROOT, plain


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=400)
@given(random=st.randoms(use_true_random=False))
def test_what_is_read_is_read_as_libyaml_does(kind: str, random: Random) -> None:
    is_of_the_core(KINDS[kind](random))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_compared_is_of_the_core_and_beyond_it(kind: str) -> None:
    found = [is_of_the_core(KINDS[kind](Random(seed))) for seed in range(200)]

    assert 5 < sum(found) < 195


def test_what_people_write_is_of_the_core(tmp_path: Path) -> None:
    write(tmp_path, 30, 2)
    files = [
        file
        for place in (ROOT / "projects", tmp_path)
        for pattern in ("**/*.yaml", "**/*.lock")
        for file in place.glob(pattern)
    ]
    project = scaffold(Values(name="wine", team="cellar", version="0.1.0", schema="{}"))
    platform = scaffold_platform("acme", "https://git.example.com/ml.git", "0.1.0")
    lock = changed(None, {("prod", "images", "ghcr.io/acme/wine:1.4.0"): f"sha256:{'0' * 64}"})
    texts = [file.read_text("utf-8") for file in files]
    texts += [project["project.yaml"], platform["platform.yaml"], lock]

    assert len(texts) > 60
    assert [text for text in texts if not is_of_the_core(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a:\n  b: x\n  c:\n    d: y\ne: z\n", id="blocks"),
        pytest.param("a:\n- x\n- y\nb: z\n", id="list-in-the-column-of-its-key"),
        pytest.param("a:\n  - x\n  - y\n", id="list-further-in"),
        pytest.param("a:\n- b: x\n  c:\n  - y\n- d: z\n", id="mappings-beside-their-dashes"),
        pytest.param("a: x y # c\nb: x#y  \nc: x:y\n", id="plain-texts"),
        pytest.param("a: 'x # y'\nb: \"x: y\"\nc: ''\n", id="quoted-texts"),
        pytest.param("a: 1\nb: -.5\nc: true\nd: ~\ne: 0x1F\nf: -x\n", id="not-only-texts"),
        pytest.param("a: {b: [x, {c: 'y'}], d: {}} # c\ne: [ x,y ]\n", id="in-brackets"),
        pytest.param("a: |\n  x\n\n   y\nb: |-\n  z\n\n\n", id="literal-texts"),
        pytest.param("a: >\n  x\n  y\n\n\n  z\nb: >-\n  x\n", id="folded-texts"),
        pytest.param("a:\nb: # c\n\n# c\nc:\n  d:\n", id="values-that-are-not-written"),
        pytest.param("'a b': x\n\"c:d\": {'e': y}\nf:g: z\n", id="odd-keys"),
        pytest.param("a: Grüße 🍷 # é\nb: 'ß'\n", id="beyond-ascii"),
    ],
)
def test_what_the_core_is(text: str) -> None:
    assert is_of_the_core(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "# c\n", "a: x", "- x\n", " a: x\n", "a: x\n---\nb: y\n", "--- \na: x\n", "a\n",
        "%YAML 1.2\n", "a: &b x\n", "a: *b\n", "a: !t x\n", "a: !!str 1\n", "<<: {}\n",
        "? a\n: x\n", "a: x\n  y\n", "a: 'x\n  y'\n", "a: [x,\n  y]\n", "a:\n  x\n", "a:\tx\n",
        "a: x\r\n", "a: x\u2028b: y\n", "\ufeffa: x\n", "a: x\x07\n", "a: \ud800\n", "a: x\na: y\n",
        "a: {b: x, b: y}\n", "'a': x\na: y\n", "a: b: x\n", "a: x:\n", "a: 'x'y\n", "a: 'it''s'\n",
        'a: "\\n"\n', "a: [x\n", "a: [x]]\n", "a: [[x] y]\n", "a: {x}\n", "a: [x: y]\n",
        "a: [x y #\n", "a: {x:y}\n", "a: |+\n  x\n", "a: |2\n   x\n", "a: |\nb: x\n",
        "a: |\n\n  x\n", "a: |\n    \nb: x\n", "a: >\n  x\n   y\n", "a: |\n  x\n    \n", "- a: x\n",
        "a:\n- - x\n", "a:\n- x\n y: z\n", "a:\n-\n", "a:\n- # c\n", "a: - x\n", "a: ? x\n",
        "a: @x\n", "a: `x`\n", "a: %x\n", "a : x\n", "a:x\n", "a: .inf\n", f"a: {'9' * 65}\n",
        "k" * 1025 + ": x\n", "a:\n  b: x\n c: y\n", "a: x\n  b: y\n",
    ],
)  # fmt: skip
def test_what_the_core_is_not(text: str) -> None:
    assert core.read(text) is None


def test_values_and_marks() -> None:
    root = core.read("a:\n- b: x # c\n  c: [1]\n")

    assert root is not None
    assert plain(root) == {"a": [{"b": "x", "c": [1]}]}
    assert root.marks == {"a": (0, 0, 0, 1, 1, 0, 1, 1)}
    assert root["a"].marks == [(1, 2, 1, 2)]
    assert root["a"][0].marks == {"b": (1, 2, 1, 3, 1, 5, 1, 6), "c": (2, 2, 2, 3, 2, 5, 2, 6)}
    assert root["a"][0]["c"].marks == [(2, 6, 2, 7)]


@pytest.mark.parametrize("blocks", [0, 1, 20, MAX_DEPTH])
def test_the_deepest_that_is_read(blocks: int) -> None:
    def nested(levels: int) -> str:
        outer = max(1, min(blocks, levels))
        inner = levels - outer
        keys = "\n".join(f"{' ' * level}a:" for level in range(outer))
        return f"{keys} {'{a: ' * inner}x{'}' * inner}\n"

    found = [levels for levels in range(1, 2 * MAX_DEPTH) if is_of_the_core(nested(levels))]

    assert found == list(range(1, MAX_DEPTH + 1))


def test_the_deepest_list_that_is_read() -> None:
    def nested(levels: int) -> str:
        return "a:\n" + "".join(f"{' ' * level}- a:\n" for level in range(0, levels - 1, 2))

    assert is_of_the_core(nested(MAX_DEPTH - 1))
    assert not is_of_the_core(nested(MAX_DEPTH + 1))


@pytest.mark.parametrize("line", ["a{}: x\n", "a{}: [x, y]\n", "a{}: {{b: x, c: y}}\n", "a{}:\n"])
def test_what_may_hold_too_many_values_is_not_read(line: str) -> None:
    small = "".join(line.format(number) for number in range(5000))
    large = "".join(line.format(number) for number in range(MAX_NODES // 4 + 1))

    assert is_of_the_core(small)
    assert core.read(large) is None


@given(st.randoms(use_true_random=False))
def test_no_text_has_more_values_than_it_seems_to_have(random: Random) -> None:
    text = written(random)
    root = core.read(text)

    assert root is None or counted(root) <= core._most_values(text)


def counted(node: Any) -> int:
    """Values and keys, long texts as several, as the parser counts them."""
    if isinstance(node, MappingNode):
        return 1 + sum(counted(key) + counted(value) for key, value in node.items())
    if isinstance(node, SequenceNode):
        return 1 + sum(map(counted, node))
    return 1 + (len(node) // 100 if isinstance(node, str) else 0)


def test_a_letter_that_cannot_be_seen_is_told_of_though_the_core_reads_it() -> None:
    text = "a: x\u3164y\n"

    assert is_of_the_core(text)
    assert [error.code for error in parse(text, "f.yaml").errors] == ["MLS009"]


def test_no_group_of_a_pattern_is_possessive() -> None:
    """Before 3.11.5 Python takes such ones for more than they match (Debian 12 has 3.11.2):
    https://github.com/python/cpython/issues/106052."""
    sources = [*(ROOT / "mlspec").rglob("*.py"), *(ROOT / "renderers").rglob("*.py")]
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in sources
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.search(r"\)(?:[*+?]|\{\d*,?\d*\})\+", line)
    ]

    assert sources and found == []
