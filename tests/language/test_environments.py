"""Environments: what an overlay takes away, and how many there may be."""

from __future__ import annotations

import pytest

from mlspec.language.environments import (
    MAX_CHARACTERS,
    fixed_sections,
    overlays_of,
    removal_of,
    removed_by,
    too_many,
    vain_nulls,
)
from mlspec.source.parser import parse
from mlspec.source.tree import MappingNode, Tree

BASE = """\
data: {sources: {raw: {uri: a}}}
transforms:
  clean: {inputs: [raw], outputs: [tidy]}
"""


def tree(overlay: str) -> Tree:
    return parse(f"{BASE}environments: {{prod: {overlay}}}\n", "p.yaml")


def patch(found: Tree) -> MappingNode:
    overlay = overlays_of(found)["prod"]
    assert isinstance(overlay, MappingNode)
    return overlay


@pytest.mark.parametrize("root", ["environments: 5", "environments: [a]", "a: 1"])
def test_what_is_no_mapping_has_no_environments(root: str) -> None:
    assert overlays_of(parse(root, "p.yaml")) == {}


@pytest.mark.parametrize(
    ("overlay", "message", "place"),
    [
        ("{transforms: null}", "`clean` is missing", ("transforms",)),
        ("{transforms: {clean: null}}", "`clean` is not a step", ("transforms", "clean")),
        ("{transforms: {clean: null}}", "`tidy` is not a data set", ("transforms", "clean")),
        ("{data: {sources: null}}", "`${{ inputs.raw }}` names nothing", ("data", "sources")),
        (
            "{data: {sources: {raw: null}}, transforms: null}", "`raw` is not a data set",
            ("data", "sources", "raw"),
        ),
    ],
)  # fmt: skip
def test_a_message_leads_to_what_removed_the_thing(
    overlay: str, message: str, place: tuple[str, ...]
) -> None:
    found = tree(overlay)
    removed = removed_by(found.root, "prod", patch(found))

    assert removal_of(removed, message) == ("environments", "prod", *place)


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ("{transforms: {clean: null}}", "`other` is not a data set"),
        ("{transforms: {clean: null}}", "tidy is not in backquotes"),
        ("{data: {sources: {raw: {uri: b}}}}", "`raw` is not a data set"),
        ("{transforms: {celan: null}}", "`celan` is not a step"),
    ],
)
def test_other_messages_are_about_no_removal(overlay: str, message: str) -> None:
    found = tree(overlay)

    assert removal_of(removed_by(found.root, "prod", patch(found)), message) is None


def test_what_says_what_the_project_is_cannot_be_changed() -> None:
    found = tree("{transforms: {clean: null}, metadata: {name: x}}")

    [problem] = fixed_sections("prod", patch(found))

    assert (problem.code, problem.path) == ("MLS101", ("environments", "prod", "metadata"))


def test_a_null_that_removes_nothing_is_a_mistake_for_what_is_near() -> None:
    found = tree("{transforms: {celan: null}, data: {sources: {raw: null, zzz: null}}}")

    [misspelt, strange] = vain_nulls(found.root, "prod", patch(found))

    assert misspelt[0].path == ("environments", "prod", "transforms", "celan")
    assert misspelt[0].help == "did you mean `clean`?"
    assert misspelt[1] == ("transforms", "clean")
    assert strange[1] == ()


def document(environments: int, comment: int = 0, extra: str = "") -> Tree:
    names = "".join(f"  e{number}: {{}}\n" for number in range(environments))
    return parse(f"a: 1\n{extra}#{'x' * comment}\nenvironments:\n{names}", "p.yaml")


def test_many_small_and_few_large_are_fine() -> None:
    assert list(too_many(document(100))) == []
    assert list(too_many(document(2, comment=MAX_CHARACTERS // 4))) == []
    assert list(too_many(document(1, comment=MAX_CHARACTERS))) == []


def test_many_large_ones_are_refused() -> None:
    [problem] = too_many(document(10, comment=MAX_CHARACTERS // 9))

    assert (problem.code, problem.path) == ("MLS106", ("environments",))


def test_what_aliases_stand_for_counts() -> None:
    ten = "x-a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    thousands = "x-b: &b [{}]\nx-c: &c [{}]\nx-d: [{}]\n".format(
        *(", ".join([name] * 10) for name in ("*a", "*b", "*c"))
    )

    assert list(too_many(document(50))) == []
    assert [p.code for p in too_many(document(50, extra=ten + thousands))] == ["MLS106"]
