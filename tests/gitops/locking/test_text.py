"""A lock is changed where it has to be, and nowhere else."""

from __future__ import annotations

import difflib

import pytest
import yaml

from mlspec.gitops.locking.text import changed, environments_in
from tests.specs import ROOT

EXAMPLE = (ROOT / "projects/example/mlspec.lock").read_text(encoding="utf-8")
ONE, TWO = (f"sha256:{digit * 64}" for digit in "12")
CHAMPION = ("prod", "models", "wine-grader", "champion")
HEAD = "apiVersion: mlspec.io/v1alpha1\nkind: Lock\n"


def diff(old: str, new: str) -> list[str]:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_a_changed_value_is_one_line() -> None:
    new = changed(EXAMPLE, {(*CHAMPION, "version"): "9"})

    assert diff(EXAMPLE, new) == ['-          version: "7"', '+          version: "9"']


def test_nothing_to_change_is_the_very_same_text() -> None:
    odd = HEAD + "environments:   {prod: {images: {a: x}} } # mine\n\n\n"

    assert changed(odd, {}) == changed(odd, {("prod", "images", "a"): "x"}) == odd


def test_a_new_entry_comes_where_its_name_belongs() -> None:
    text = (
        HEAD
        + f"environments:\n  prod:\n    images:\n      a: {ONE}\n      # of c\n      c: {ONE}\n"
    )

    new = changed(text, {("prod", "images", "b"): TWO, ("prod", "images", "d"): TWO})

    assert diff(text, new) == [f"+      b: {TWO}", f"+      d: {TWO}"]
    keys = [line.strip()[:3] for line in new.splitlines()[5:]]
    assert keys == ["a: ", "b: ", "# o", "c: ", "d: "]


def test_sections_and_fields_have_an_order_of_their_own() -> None:
    changes = {
        ("prod", "data", "s", "revision"): "abc",
        (*CHAMPION, "digest"): ONE,
        (*CHAMPION, "run_id"): "r",
        (*CHAMPION, "uri"): "s3://m/1",
        (*CHAMPION, "version"): "1",
        ("prod", "images", "i:1"): ONE,
        ("dev", "images", "i:1"): ONE,
    }

    new = changed(None, changes)

    keys = [line.strip().partition(":")[0] for line in new.splitlines() if line[:1] in " e"]
    assert keys == [
        *("environments", "dev", "images", "i", "prod", "images", "i"),
        *("models", "wine-grader", "champion", "version", "uri", "run_id", "digest"),
        *("data", "s", "revision"),
    ]
    assert new.endswith("revision: abc\n")


def test_what_is_removed_takes_what_it_leaves_empty_with_it() -> None:
    text = (
        HEAD
        + f"environments:\n  dev:\n    images:\n      a: {ONE}\n"
        + f"  prod:\n    images:\n      a: {ONE}\n"
    )

    assert diff(text, changed(text, {("prod", "images", "a"): None})) == [
        "-  prod:",
        "-    images:",
        f"-      a: {ONE}",
    ]
    every = {("prod", "images", "a"): None, ("dev", "images", "a"): None}
    assert changed(text, every) == HEAD + "environments: {}\n"


def test_back_and_forth_gives_the_same_bytes() -> None:
    there = {(*CHAMPION, "version"): "9", (*CHAMPION, "digest"): ONE, (*CHAMPION, "run_id"): None}
    run_id = environments_in(EXAMPLE)["prod"]["models"]["wine-grader"]["champion"]["run_id"]
    back = {(*CHAMPION, "version"): "7", (*CHAMPION, "digest"): None, (*CHAMPION, "run_id"): run_id}

    assert changed(changed(EXAMPLE, there), back) == EXAMPLE


def test_comments_and_other_environments_stay() -> None:
    text = (
        HEAD
        + "environments:\n  dev: {images: {a: x}}   # ours\n  prod:\n    # reviewed by hand\n"
        + f"    images:\n      a: {ONE} # the base\n\n# the end\n"
    )

    new = changed(text, {("prod", "images", "a"): TWO})

    assert diff(text, new) == [f"-      a: {ONE} # the base", f"+      a: {TWO} # the base"]


def test_only_the_part_in_flow_style_that_changes_is_written_anew() -> None:
    text = (
        HEAD
        + "environments:\n  dev: {images: {a: x}} # ours\n  prod:\n"
        + "    images: {a: y}\n    models: {m: {champion: {version: '7', uri: s3://m}}}  # tail\n"
    )

    new = changed(text, {("prod", "models", "m", "champion", "version"): "8"})

    assert "  dev: {images: {a: x}} # ours\n" in new and "    images: {a: y}\n" in new
    assert "        champion:\n" not in new.partition("models")[0]
    assert environments_in(new)["prod"]["models"]["m"]["champion"] == {
        "version": "8",
        "uri": "s3://m",
    }


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEAD, id="no environments"),
        pytest.param(HEAD + "environments:\n", id="null"),
        pytest.param(HEAD + "environments: {}", id="empty, no line end"),
        pytest.param(HEAD + "environments:\n  prod:\n", id="environment is null"),
        pytest.param(
            HEAD + "environments:\n  prod: {}\n  staging: {}\n", id="environment is empty"
        ),
        pytest.param(HEAD + "environments:\n  prod:\n    images:\n  staging: {}\n", id="section"),
        pytest.param(HEAD + "environments: &e\n  prod: {images: {a: &x y, b: *x}}\n", id="anchors"),
        pytest.param("{kind: Lock, environments: {dev: {images: {a: x}}}}\n", id="all in flow"),
        pytest.param((HEAD + "environments:\n  dev: {}\n").replace("\n", "\r\n"), id="crlf"),
    ],
)
def test_whatever_is_there_an_entry_can_be_added(text: str) -> None:
    new = changed(text, {("prod", "images", "x:1"): ONE})

    assert environments_in(new)["prod"]["images"]["x:1"] == ONE
    assert yaml.safe_load(new)["kind"] == "Lock"
    assert ("\r\n" in new) == ("\r\n" in text)
    assert "\n" not in new.replace("\r\n", "") or "\r\n" not in text
