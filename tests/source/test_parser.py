"""Text → a tree with positions: what of YAML is accepted, what is refused, and where."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from mlspec.diagnostics import Diagnostic, Span
from mlspec.diagnostics.excerpt import split_lines
from mlspec.source import libyaml
from mlspec.source.libyaml import MAX_ERRORS
from mlspec.source.parser import parse, parse_file
from mlspec.source.reader import SourceError, decode
from mlspec.source.tree import MAX_DEPTH, MAX_NODES, UNREADABLE, MappingNode, SequenceNode, Tree
from tests.specs import found_at, plain, span_text

if TYPE_CHECKING:
    from collections.abc import Callable


def values(text: str) -> Any:
    return plain(parse(text, "f.yaml").root)


def outcome(
    text: str, parse: Callable[[str, str], Tree] = parse
) -> tuple[MappingNode | None, tuple[Diagnostic, ...]]:
    try:
        tree = parse(text, "f.yaml")
    except SourceError as error:
        return None, error.diagnostics
    return tree.root, tree.errors


def mistakes(text: str) -> list[Diagnostic]:
    return list(outcome(text)[1])


def refused(text: str) -> Diagnostic:
    return mistakes(text)[-1]


# ── what is accepted ─────────────────────────────────────────────────────────────────────────────


def test_a_document_becomes_dicts_lists_and_scalars() -> None:
    tree = parse("a: {b: [1, x]}\n", "f.yaml")

    assert (tree.file, tree.text) == ("f.yaml", "a: {b: [1, x]}\n")
    assert tree.root == {"a": {"b": [1, "x"]}}
    assert isinstance(tree.root["a"], MappingNode)
    assert isinstance(tree.root["a"]["b"], SequenceNode)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("a: no", "no", id="norway"),
        pytest.param("a: 'true'", "true", id="quoted-word"),
        pytest.param('a: "1"', "1", id="quoted-number"),
        pytest.param("a: |\n  1\n", "1\n", id="block"),
        pytest.param("a: >-\n  1\n", "1", id="folded-block"),
        pytest.param("a: ! 1", "1", id="non-specific-tag-means-text"),
        pytest.param("a: !!str 1", "1", id="text-tag"),
        pytest.param("a: 0o17", 15, id="octal"),
        pytest.param("a: 1:30", "1:30", id="sexagesimal"),
        pytest.param("a: 2024-01-01", "2024-01-01", id="date"),
        pytest.param("a:", None, id="nothing"),
        pytest.param("a: ''", "", id="empty-text"),
        pytest.param("a: ${{ inputs.x }}", "${{ inputs.x }}", id="placeholder-in-plain-text"),
        pytest.param('a: "\\u00e9\\0"', "é\0", id="escapes"),
        pytest.param("a: x # comment", "x", id="comment"),
    ],
)
def test_values_are_those_of_yaml_1_2(text: str, value: object) -> None:
    found = values(text)["a"]

    assert found == value
    assert type(found) is type(value)


def test_keys_are_names_whatever_they_look_like() -> None:
    assert values("1: a\ntrue: b\nno: c\n~: d\n'': e\n") == {
        "1": "a",
        "true": "b",
        "no": "c",
        "~": "d",
        "": "e",
    }


def test_the_order_of_keys_is_kept() -> None:
    assert list(values("b: 1\na: 2\nc: 3\n")) == ["b", "a", "c"]


def test_an_alias_stands_for_what_its_anchor_is_on() -> None:
    assert values("a: &x {cpu: 1}\nb: *x\nc: [&y 2, *y]\n") == {
        "a": {"cpu": 1},
        "b": {"cpu": 1},
        "c": [2, 2],
    }


def test_an_anchor_that_is_defined_again_has_its_newest_meaning() -> None:
    assert values("a: &x 1\nb: &x 2\nc: *x\n")["c"] == 2


def test_merge_keys_bring_what_the_mapping_itself_does_not_say() -> None:
    text = "base: &b {cpu: 1, memory: 1Gi}\nuse: {<<: *b, cpu: 2}\nlate: {cpu: 3, <<: *b}\n"

    assert values(text)["use"] == {"cpu": 2, "memory": "1Gi"}
    assert values(text)["late"] == {"cpu": 3, "memory": "1Gi"}


def test_the_first_of_several_merged_mappings_wins() -> None:
    assert values("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b]}\n")["c"] == {"x": 1, "y": 2}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert values("'<<': 1\n") == {"<<": 1}


def test_one_document_may_have_its_markers() -> None:
    assert values("%YAML 1.2\n---\na: 1\n...\n") == {"a": 1}


def test_a_file_is_parsed_under_its_own_name(tmp_path: Path) -> None:
    file = tmp_path / "project.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")

    tree = parse_file(str(file))

    assert tree.root == {"a": 1, "b": 2}
    assert tree.file == str(file)
    assert tree.root.marks["a"][-4:] == (0, 3, 0, 4)


# ── what is refused, and where ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "code", "message", "at"),
    [
        pytest.param("a: !!int 1", "MLS005", "the tag `!!int` is", "!!int 1", id="int"),
        pytest.param(
            "a: !!python/object:os.system {}",
            "MLS005",
            "the tag `!!python/object:os.system` is not accepted",
            "!!python/object:os.system {",
            id="python-object",
        ),
        pytest.param("a: !x 1", "MLS005", "the tag `!x` is not accepted", "!x 1", id="own-tag"),
        pytest.param("!!int a: 1", "MLS005", "the tag `!!int` is not", "!!int a", id="tagged-key"),
        pytest.param("a: *x", "MLS005", "`*x` refers to an anchor", "*x", id="unknown-alias"),
        pytest.param("a: &x [*x]", "MLS005", "`*x` refers to an anchor", "*x", id="recursion"),
        pytest.param("[a]: 1", "MLS005", "a key must be a plain name", "[", id="list-as-key"),
        pytest.param("{a: 1}: 1", "MLS005", "a key must be a plain name", "{", id="map-as-key"),
        pytest.param("a: &x b\n*x : 1", "MLS005", "a key must be a plain", "*x", id="alias-key"),
        pytest.param("<<: 1", "MLS005", "`<<` merges mappings only", "1", id="merged-scalar"),
        pytest.param("<<: [{}, 1]", "MLS005", "`<<` merges mappings only", "[", id="merged-list"),
        pytest.param("a: .nan", "MLS005", "`.nan` is not a finite number", ".nan", id="nan"),
        pytest.param("a: -.inf", "MLS005", "`-.inf` is not a finite number", "-.inf", id="inf"),
        pytest.param("a: 1e999", "MLS005", "`1e999` is too large", "1e999", id="huge-float"),
        pytest.param("a: 1\n---\nb: 1", "MLS005", "a second document", "---", id="documents"),
        pytest.param("- 1", "MLS006", "the document is not a mapping", "", id="list"),
        pytest.param("a text", "MLS006", "the document is not a mapping", "a text", id="text"),
    ],
)
def test_what_yaml_has_and_mlspec_does_not_accept(
    text: str, code: str, message: str, at: str
) -> None:
    found = refused(text)

    assert found.code == code
    assert found.message.startswith(message)
    assert found_at(found, text) == at


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "  \n", "---", "---\n# more\n"])
def test_a_file_without_a_document_is_empty(text: str) -> None:
    assert refused(text) == Diagnostic(
        code="MLS006", message="the file is empty", span=Span(file="f.yaml")
    )


def test_a_key_that_is_written_twice() -> None:
    text = "a:\n  b: 1\n  c: 2\n  'b': 3\n"

    found = refused(text)

    assert found.code == "MLS004"
    assert found.message == "`b` is written twice in this mapping"
    assert (found.span.line, found_at(found, text)) == (4, "'b'")
    [first] = found.related
    assert first.message == "first written here"
    assert (first.span.line, span_text(first.span, text)) == (2, "b")


def test_all_that_is_refused_is_said_in_one_run_and_the_rest_is_read() -> None:
    text = "a: !!int 1\nb: .nan\nc: 3\nc: 4\n[d]: 5\ne: *x\nf: {<<: 6, g: 7}\n---\nh: 8\n"

    tree = parse(text, "f.yaml")

    assert [(d.code, d.span.line) for d in tree.errors] == [
        ("MLS005", 1),
        ("MLS005", 2),
        ("MLS004", 4),
        ("MLS005", 5),
        ("MLS005", 6),
        ("MLS005", 7),
        ("MLS005", 8),
    ]
    bad = UNREADABLE
    assert tree.root == {"a": bad, "b": bad, "c": 3, "e": bad, "f": {"g": 7}}


def test_what_is_refused_before_broken_syntax_is_said_with_it() -> None:
    assert [d.code for d in mistakes("a: 1\na: 2\nb: [\n")] == ["MLS004", "MLS003"]


def test_a_file_of_mistakes_is_not_read_to_its_end() -> None:
    found = mistakes("a: 1\n" * 5_000)

    assert len(found) == MAX_ERRORS + 1
    assert found[-1].message.startswith("more than 100 mistakes of this kind")


def test_two_merge_keys_are_one_too_many() -> None:
    assert refused("a: &a {b: 1}\nc:\n  <<: *a\n  <<: *a\n").message.startswith("`<<` is written")


def test_a_collection_with_a_tag_is_not_read() -> None:
    tree = parse("a: !!set {b: 1}\nc: 2", "f.yaml")

    assert tree.root == {"a": UNREADABLE, "c": 2}
    assert tree.dropped == ({"b": 1},)


def test_keys_that_mean_the_same_text_are_the_same_key() -> None:
    assert refused("1: a\n'1': b\n").code == "MLS004"


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        pytest.param("a: b: c", "a `:` that YAML does not expect here", 1, 5, id="colon"),
        pytest.param("a:\n\tb: 1", "a tab cannot be used for indentation", 2, 1, id="tab"),
        pytest.param("a: 'x", "the file ends inside a quoted text", 1, 6, id="quotes"),
        pytest.param('a: "x\n', "the file ends inside a quoted text", 2, 1, id="quotes-at-the-end"),
        pytest.param("a: [1,\n", "a value is missing here, or a bracket", 2, 1, id="bracket"),
        pytest.param("a: [1, 2\nb: 3\n", "a bracket is not closed", 2, 2, id="bracket-and-key"),
        pytest.param("{a: 1}}", "something follows where the document", 1, 7, id="brace-too-many"),
        pytest.param("a: @x", "this character cannot begin a value", 1, 4, id="at-sign"),
        pytest.param("a: `x`", "this character cannot begin a value", 1, 4, id="backtick"),
        pytest.param("a: %x\n%b", "this character cannot begin a value", 1, 4, id="per-cent"),
        pytest.param("%X y\n---\na: 1", "a line that begins with `%`", 1, 3, id="directive"),
        pytest.param("a: 'b' in c\n", "the value goes on after its", 1, 8, id="after-quotes"),
        pytest.param("a: [b].all(c)\n", "the value goes on after its", 1, 7, id="after-bracket"),
        pytest.param("a: !b(c) || d\n", "`|` and `>` begin a text", 1, 11, id="or-after-a-tag"),
        pytest.param("a:\n  - 1\n - 2\n", "the indentation or a bracket", 3, 2, id="indentation"),
        pytest.param("a: - 1", "a list cannot begin here", 1, 4, id="list-beside-its-key"),
        pytest.param('a: "\\q"', "an escape that YAML does not know", 1, 5, id="escape"),
        pytest.param("a: {b: ${{ x }}}", "a bracket is not closed, or a comma", 1, 9, id="braces"),
        pytest.param("a: 1\nb\nc: 2\n", "a key without its `:`", 3, 1, id="no-colon"),
    ],
)
def test_syntax_errors_are_said_in_words_that_help(
    text: str, message: str, line: int, column: int
) -> None:
    found = refused(text)

    assert found.code in ("MLS003", "MLS005")
    assert message in found.message
    assert (found.span.line, found.span.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "help"),
    [
        pytest.param(
            'a: ["${{ x.a }}", --b=${{x.b}}]', 'put `--b=${{x.b}}` in quotes: "--b=${{x.b}}"',
            id="placeholder-beside-one-in-quotes",
        ),
        pytest.param(
            "a: {b: who goes: now?}",
            'put a text with `: ` in quotes ("..."), or close the bracket with `}`',
            id="colon-in-a-text",
        ),
    ],
)  # fmt: skip
def test_what_to_write_in_brackets(text: str, help: str) -> None:
    assert refused(text).help.startswith(help)


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        pytest.param('a: 1\nb: "x\nc: 2\n', (2, 4), id="quotes"),
        pytest.param("a: 1\nb: [x\nc: 2\n", (2, 4), id="bracket"),
    ],
)
def test_what_is_never_closed_is_shown_where_it_opens(text: str, opened: tuple[int, int]) -> None:
    [related] = refused(text).related

    assert related.message == "it opens here"
    assert (related.span.line, related.span.column) == opened


def test_the_conflict_of_a_merge_in_which_both_sides_added_the_file() -> None:
    text = "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n"

    with pytest.raises(SourceError) as caught:
        parse(text, "mlspec.lock")

    [found] = caught.value.diagnostics
    assert found.message == "the file holds the conflict of a Git merge"
    assert "git checkout --ours mlspec.lock" in found.help


@pytest.mark.parametrize("character", ["\0", "\x01", "\x1b", "\x7f", "\ufffe", "\x80"])
def test_control_characters_are_refused_where_they_stand(character: str) -> None:
    found = refused(f"é: 🍷\nb: éé{character}\n")

    assert found.code == "MLS002"
    assert found.message == "a control character in the text"
    assert (found.span.line, found.span.column) == (2, 6)
    assert character not in found.message + found.help


def test_positions_count_lines_as_the_excerpts_do() -> None:
    text = 'a: "\u2028"\nb: [1\n  c: 2\n'

    [related] = refused(text).related

    assert (related.span.line, related.span.column) == (3, 4)


# ── what would take for ever ─────────────────────────────────────────────────────────────────────


def test_nesting_ends_somewhere() -> None:
    def nested(depth: int) -> str:
        return "a: " + "[" * (depth - 1) + "]" * (depth - 1)

    assert values(nested(MAX_DEPTH)) != {}
    found = refused(nested(MAX_DEPTH + 1))
    assert (found.code, found.message) == ("MLS005", "values are nested more than 64 deep")
    assert found.help
    assert found.span.column == 3 + MAX_DEPTH


def test_very_deep_nesting_is_refused_without_recursion() -> None:
    assert refused("a: " + "[" * 200_000).code == "MLS005"
    assert refused("a: " + "{b: " * 200_000).code == "MLS005"


def test_aliases_do_not_hide_depth() -> None:
    """Each anchor alone is shallow; one inside the other they would be 3000 deep."""
    level = "[" * 60 + "{}" + "]" * 60
    text = f"a0: &a0 {level.format(1)}\n" + "".join(
        f"a{n}: &a{n} {level.format(f'*a{n - 1}')}\n" for n in range(1, 50)
    )

    found = refused(text)

    assert found.message == "values are nested more than 64 deep"
    assert found_at(found, text) == "*a0"


def test_an_alias_counts_as_deep_as_what_it_stands_for() -> None:
    inner = "[" * 32 + "]" * 32
    fits, too_deep = "[" * 31 + "*x" + "]" * 31, "[" * 32 + "*x" + "]" * 32

    assert values(f"x: &x {inner}\ny: {fits}\n") != {}
    assert refused(f"x: &x {inner}\ny: {too_deep}\n").code == "MLS005"


def test_a_merge_key_counts_as_deep_as_what_it_brings() -> None:
    inner = "{a: " * 60 + "1" + "}" * 60
    outer = "{a: " * 10 + "{<<: *x}" + "}" * 10

    assert "nested" in refused(f"x: &x {inner}\ny: {outer}\n").message


def test_a_shallow_value_after_a_deep_one_is_shallow() -> None:
    deep = "[" * 60 + "]" * 60

    assert values(f"x: {deep}\ny: &y [1]\nz: [[[[*y]]]]\n")["z"] == [[[[[1]]]]]


def test_an_alias_bomb_is_refused() -> None:
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
    )

    found = refused(text)

    assert found.code == "MLS005"
    assert found.message.startswith(f"the file holds more than {MAX_NODES} values")
    assert found.span.line < 7


def test_an_alias_bomb_of_long_texts_is_refused() -> None:
    text = f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 1000)}]\n"

    assert refused(text).message.startswith(f"the file holds more than {MAX_NODES} values")


def test_many_values_are_refused_where_they_become_too_many() -> None:
    found = refused("a:\n" + "- x\n" * MAX_NODES)

    assert found.code == "MLS005"
    assert found.span.line == MAX_NODES - 1


def test_long_texts_alone_are_no_bomb() -> None:
    assert len(values(f"a: {'x' * 1_000_000}")["a"]) == 1_000_000


# ── any text at all ──────────────────────────────────────────────────────────────────────────────


def assert_within(span: Span, text: str) -> None:
    lines = split_lines(text)
    if span.line:
        assert 1 <= span.line <= span.end_line <= len(lines) + 1
        line = lines[span.line - 1] if span.line <= len(lines) else ""
        assert 1 <= span.column <= len(line) + 2


YAML_LIKE = st.text(
    st.sampled_from(list("abx01 \n\n\t:-[]{},&*!|>'\"%@`#?<~.\\é🍷\r\u2028\x00\x07$=")), max_size=60
)


@given(st.one_of(YAML_LIKE, st.text(max_size=60)))
@example('a: "x\n')
@example("a: [1,\n")
@example("a: 1\n...\n%YAML 1.1\n")
@example("\ufeff\ufeff")
@example("a: \ud800")
@example("\u20280\x07")
@example("{a: 1}: 1\nb: !!int 2")
@example("!!map {a: 1}")
@example("a: {<<: {}, <<: {b: 1}}")
@example("\r\n00\r")
def test_any_text_is_a_tree_or_a_diagnostic_with_a_place_in_the_text(text: str) -> None:
    text = re.sub("\r+\n", "\n", text)  # as every file is read

    root, diagnostics = outcome(text)

    assert root is not None or diagnostics
    for found in diagnostics:
        assert found.code in ("MLS002", "MLS003", "MLS004", "MLS005", "MLS006", "MLS009")
        assert found.message
        assert_within(found.span, text)
        for related in found.related:
            assert_within(related.span, text)
    assert_every_value_is_marked(root)


@given(st.one_of(YAML_LIKE, st.text(max_size=60)))
@example("a: 1\nb: {c: no, d: ~, e: 0o7, f: .inf, g: '1', h: !!str 1, i: &x y, j: *x}")
@example("&a a: |-\n  x\n? b\n: [x, 'y', 1]\n!!str c: d\n!x e: f\n")
@example(f"a: {'x' * 250}\n{'y' * 250}: '{'z' * 100}'\n")
@pytest.mark.parametrize("bound", [1, 2, 3, 4, 7, MAX_NODES])
def test_what_is_read_at_once_is_what_is_read_step_by_step(bound: int, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(libyaml, "MAX_NODES", bound)
        at_once = outcome(text, by_libyaml)
        patch.setattr(libyaml, "_SHORT", 0)
        step_by_step = outcome(text, by_libyaml)

    assert step_by_step == at_once
    assert marks_in(step_by_step[0]) == marks_in(at_once[0])


def by_libyaml(text: str, file: str) -> Tree:
    return libyaml.parse(text, file, [])


def marks_in(node: Any) -> list[Any]:
    if not isinstance(node, (MappingNode, SequenceNode)):
        return [type(node)]
    values = node.values() if isinstance(node, MappingNode) else node
    return [node.marks, *(marks_in(value) for value in values)]


def assert_every_value_is_marked(node: Any) -> None:
    if isinstance(node, MappingNode):
        assert node.marks.keys() == node.keys()
        for value in node.values():
            assert_every_value_is_marked(value)
    elif isinstance(node, SequenceNode):
        assert len(node.marks) == len(node)
        for value in node:
            assert_every_value_is_marked(value)


@given(st.binary(max_size=80))
@example(b"\xff\xfea\x00")
@example(b"\xef\xbb\xbf\xef\xbb\xbfa: 1")
def test_any_bytes_are_a_tree_or_a_diagnostic(data: bytes) -> None:
    try:
        text = decode(data, "f.yaml")
    except SourceError as error:
        assert error.diagnostics[-1].code == "MLS002"
    else:
        mistakes(text)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc<é ", max_size=4), inner)
    ),
    max_leaves=12,
)
JSON_DOCUMENTS = st.dictionaries(st.sampled_from(["a", "b", "no", "1", "x-y"]), JSON_VALUES)


@given(JSON_DOCUMENTS)
def test_json_is_read_as_json(document: dict[str, Any]) -> None:
    assert values(json.dumps(document, ensure_ascii=False)) == document


TEXTS = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["a", "b", "no"]), TEXTS, min_size=1))
def test_quoted_texts_that_a_yaml_library_writes_are_read_back(document: dict[str, Any]) -> None:
    text = yaml.safe_dump(document, default_style='"', sort_keys=False)

    assert values(text) == document


def test_the_parser_imports_neither_pydantic_nor_the_language() -> None:
    code = (
        "import sys, mlspec.source.parser; "
        "print(*[m for m in sys.modules if m.startswith(('pydantic', 'mlspec.language'))])"
    )

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == ""
