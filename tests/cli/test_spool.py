"""What was rendered is kept outside of memory, in a file that nobody can see."""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlspec.cli.spool import Spool, Spooled
from tests.output.trees import in_child, wait

FILES = {
    "dev/rbac/role.yaml": b"kind: Role\n",
    "dev/empty.yaml": b"",
    "prod/a.yaml": b"\0\xff" * 99,
}


@pytest.fixture
def spool() -> Iterator[Spool]:
    with Spool() as spool:
        spool.open()
        yield spool


def kept(spool: Spool, files: dict[str, bytes]) -> Spooled:
    found = spool.keep(files)
    assert found is not None
    return found


def test_what_is_kept_is_what_is_loaded(spool: Spool) -> None:
    places = [kept(spool, {**FILES, f"{number}.yaml": b"1" * number}) for number in range(50)]

    for number, place in enumerate(places):
        assert place.load() == {**FILES, f"{number}.yaml": b"1" * number}


def test_what_there_is_room_for_stays_in_memory() -> None:
    with Spool() as spool:
        spool.open(room=250)  # FILES have 209

        assert spool.keep(FILES) is None
        assert spool.keep(FILES) is None
        assert kept(spool, FILES).load() == FILES


def test_it_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Spool() as spool:
        spool.open()
        kept(spool, FILES)

        assert list(tmp_path.iterdir()) == []


def test_processes_that_were_forked_share_it(spool: Spool) -> None:
    """Several write at once, and nothing of one is in another's place."""
    read_end, write_end = os.pipe()

    def work(mark: bytes) -> None:
        for number in range(700):
            place = kept(spool, {"a.yaml": mark * number * 40})
            os.write(write_end, b"%d %d %d;" % place)

    children = [in_child(lambda mark=mark: work(mark)) for mark in (b"a", b"b", b"c")]
    os.close(write_end)
    with os.fdopen(read_end, "rb") as stream:
        told = stream.read().decode().split(";")[:-1]
    assert [wait(child) for child in children] == [0, 0, 0]

    found = [Spooled(*map(int, each.split())).load()["a.yaml"] for each in told]
    assert len(found) == 2100 and all(len(set(each)) <= 1 for each in found)
    assert sorted(map(len, found)) == sorted([number * 40 for number in range(700)] * 3)


def test_without_a_place_for_temporary_files_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with Spool() as spool:
        spool.open()

        assert spool.keep(FILES) is None


def test_without_room_nothing_is_kept(spool: Spool) -> None:
    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        assert spool.keep(FILES) is None

    assert wait(in_child(work)) == 0


def test_what_was_cut_off_is_not_taken_for_a_tree(spool: Spool) -> None:
    place = kept(spool, FILES)
    os.ftruncate(place.fd, place.size - 1)

    with pytest.raises(OSError, match="cut off"):
        place.load()
