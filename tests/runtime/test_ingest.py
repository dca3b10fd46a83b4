"""Snapshots of files: exact copies, honest logs, no links out of the tree, true freshness."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.runtime.ingest import copy_tree

pytest.importorskip("pyarrow", reason="needs the extra mlspec[runtime]")

NAMES = st.text("abcxyz.-_ é", min_size=1, max_size=8).filter(lambda s: s.strip(".") != "")
TREES = st.dictionaries(st.tuples(NAMES) | st.tuples(NAMES.map("d".__add__), NAMES), st.binary())


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


@given(data=st.binary(max_size=10_000))
def test_a_file_is_copied_byte_for_byte_and_its_digest_is_told(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("copy")
    (folder / "a").write_bytes(data)
    (copied,) = copy_tree(folder / "a", folder / "b")
    assert (folder / "b").read_bytes() == data
    assert (copied.size, copied.sha256) == (len(data), hashlib.sha256(data).hexdigest())


@given(tree=TREES)
def test_a_folder_is_copied_whole_and_nothing_else_appears(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[tuple[str, ...], bytes]
) -> None:
    folder = tmp_path_factory.mktemp("copy")
    (folder / "from").mkdir()
    for parts, data in tree.items():
        path = folder.joinpath("from", *parts)
        if path.is_dir() or path.parent.is_file():
            continue
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    before = contents(folder / "from")
    names = [copied.name for copied in copy_tree(folder / "from", folder / "to")]
    assert contents(folder / "to") == before
    assert names == sorted(before)


def test_the_log_tells_name_size_and_digest(step, tmp_path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    outcome = step("ingest", "--from", tmp_path / "a.csv", "--to", tmp_path / "out" / "b.csv")
    digest = hashlib.sha256(b"x\n1\n").hexdigest()
    assert outcome.code == 0
    assert f"a.csv  4 bytes  sha256:{digest}" in outcome.out


def test_the_timestamp_is_the_newest_modification_of_any_file(step, tmp_path) -> None:
    source = tmp_path / "from"
    source.mkdir()
    for name, moment in (("old", 1_000), ("new", 2_000), ("middle", 1_500)):
        (source / name).write_text(name)
        os.utime(source / name, (moment, moment))
    outcome = step(
        "ingest", "--from", source, "--to", tmp_path / "to", "--timestamp", tmp_path / "ts"
    )
    assert outcome.code == 0
    assert (tmp_path / "ts").read_text() == "2000\n"


def test_the_timestamp_column_wins_over_the_time_of_the_file(step, tmp_path) -> None:
    (tmp_path / "a.csv").write_text(
        "id,tasted\n1,2024-01-01T00:00:00\n2,2024-01-02T01:00:00+01:00\n3,\n"
    )
    outcome = step(
        "ingest", "--from", tmp_path / "a.csv", "--to", tmp_path / "b.csv", "--format", "csv",
        "--timestamp", tmp_path / "ts", "--timestamp-column", "tasted",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    assert int((tmp_path / "ts").read_text()) == 1_704_153_600  # 2024-01-02T00:00:00Z


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("id\n1\n", "expected the timestamp column 'tasted'", id="no-such-column"),
        pytest.param("tasted\nsoon\n", "found 1 other values", id="not-a-date"),
        pytest.param("id,tasted\n1,\n", "at least one date", id="only-nulls"),
    ],
)
def test_an_unusable_timestamp_column_is_told(step, tmp_path, text: str, told: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    outcome = step(
        "ingest", "--from", tmp_path / "a.csv", "--to", tmp_path / "b.csv", "--format", "csv",
        "--timestamp", tmp_path / "ts", "--timestamp-column", "tasted",
    )  # fmt: skip
    assert outcome.code == 1
    assert told in outcome.err
    assert not (tmp_path / "ts").exists()


@pytest.mark.parametrize("kind", ["file", "folder", "chain"])
def test_a_link_out_of_the_folder_is_refused(step, tmp_path, kind: str) -> None:
    outside, source = tmp_path / "outside", tmp_path / "from"
    outside.mkdir()
    source.mkdir()
    (outside / "secret").write_text("secret")
    target = outside / "secret" if kind == "file" else outside
    if kind == "chain":
        (tmp_path / "hop").symlink_to(outside / "secret")
        target = tmp_path / "hop"
    (source / "link").symlink_to(target)
    outcome = step("ingest", "--from", source, "--to", tmp_path / "to")
    assert outcome.code == 1
    assert "leads out of the folder" in outcome.err
    assert not (tmp_path / "to" / "link").exists()


def test_a_link_within_the_folder_is_copied_as_the_file_it_names(step, tmp_path) -> None:
    source = tmp_path / "from"
    (source / "v1").mkdir(parents=True)
    (source / "v1" / "a").write_text("a")
    (source / "current").symlink_to("v1")
    (source / "b").symlink_to("current/a")
    assert step("ingest", "--from", source, "--to", tmp_path / "to").code == 0
    assert contents(tmp_path / "to") == {"v1/a": b"a", "b": b"a"}
    assert not (tmp_path / "to" / "b").is_symlink()


def test_a_dangling_link_and_a_pipe_are_refused_and_not_waited_for(step, tmp_path) -> None:
    for name, make in (("link", lambda p: p.symlink_to("gone")), ("pipe", os.mkfifo)):
        source = tmp_path / name
        source.mkdir()
        make(source / "x")
        outcome = step("ingest", "--from", source, "--to", tmp_path / "to")
        assert outcome.code == 1
        assert "x: " in outcome.err
        assert "Traceback" not in outcome.err


def test_a_missing_source_and_an_empty_folder_are_told_without_a_traceback(step, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    gone = step("ingest", "--from", tmp_path / "gone", "--to", tmp_path / "to")
    empty = step("ingest", "--from", tmp_path / "empty", "--to", tmp_path / "to")
    assert (gone.code, empty.code) == (1, 1)
    assert "No such file" in gone.err and "Traceback" not in gone.err
    assert "found an empty folder" in empty.err


def test_a_snapshot_is_never_mixed_into_files_that_are_there(step, tmp_path) -> None:
    for name in ("from", "to"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text(name)
    outcome = step("ingest", "--from", tmp_path / "from", "--to", tmp_path / "to")
    assert outcome.code == 1
    assert contents(tmp_path / "to") == {"to": b"to"}


@pytest.mark.parametrize("target", ["from/inside", "."])
def test_a_folder_is_not_copied_into_itself(step, tmp_path, target: str) -> None:
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "a").write_text("a")
    outcome = step("ingest", "--from", tmp_path / "from", "--to", tmp_path / target)
    assert outcome.code == 1
    assert "one lies within the other" in outcome.err


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param(["--timestamp-column", "c"], id="column-without-timestamp"),
        pytest.param(["--timestamp-column", "c", "--timestamp", "t"], id="column-without-format"),
        pytest.param(["--sql", "{}"], id="two-sources"),
    ],
)
def test_flags_that_do_not_go_together_are_wrong_usage(step, tmp_path, flags: list[str]) -> None:
    (tmp_path / "a").write_text("a")
    outcome = step("ingest", "--from", tmp_path / "a", "--to", tmp_path / "b", *flags)
    assert outcome.code == 2
    assert not (tmp_path / "b").exists()


def test_the_digest_of_a_file_is_that_of_its_content(step, tmp_path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    outcome = step(
        "ingest", "--from", tmp_path / "a.csv", "--to", tmp_path / "b", "--digest", tmp_path / "d"
    )
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "d").read_text() == hashlib.sha256(b"x\n1\n").hexdigest()


def test_the_digest_of_a_folder_changes_with_a_name_and_with_a_byte(step, tmp_path) -> None:
    digests = set()
    variants = ({"a": "1", "b": "2"}, {"a": "1", "c": "2"}, {"a": "1", "b": "3"})
    for number, files in enumerate(variants):
        source = tmp_path / f"from{number}"
        source.mkdir()
        for name, content in files.items():
            (source / name).write_text(content)
        paths = ("--to", tmp_path / f"to{number}", "--digest", tmp_path / "d")
        assert step("ingest", "--from", source, *paths).code == 0
        digests.add((tmp_path / "d").read_text())
    assert len(digests) == 3
