"""An entry is what was put there, or there is none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.cache import store as module
from mlspec.cache.store import Store, default_folder
from tests.output.trees import in_child, wait

KEY = "ab" * 32
OTHER = "ab" + "cd" * 31
THIRD = "ab" + "ef" * 31
"""In the same file."""


_NOBODY = 65534


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def file_of(store: Store, key: str = KEY) -> Path:
    return Path(store._file("kind", key))


def anew(store: Store) -> Store:
    """As another process finds it."""
    return Store(Path(store._place).parent)


def test_what_was_put_there_is_found_by_another_process(store: Store, tmp_path: Path) -> None:
    store.put("kind", KEY, {"name": "wine", "lines": [1, None, "ä"]})

    assert Store(tmp_path / "cache").get("kind", KEY) == {"name": "wine", "lines": [1, None, "ä"]}


def test_what_was_never_put_there_is_not_found(store: Store) -> None:
    store.put("kind", KEY, {})

    assert store.get("kind", OTHER) is None
    assert store.get("other kind", KEY) is None


def test_the_later_entry_counts(store: Store) -> None:
    store.put("kind", KEY, {"number": 1})
    store.put("kind", KEY, {"number": 2})

    assert store.get("kind", KEY) == {"number": 2}


@given(st.binary(max_size=200), st.integers(0, 200))
def test_a_damaged_entry_is_none(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int
) -> None:
    place = tmp_path_factory.mktemp("damaged")
    store = Store(place)
    store.put("kind", KEY, {"name": "wine"})
    file, good = file_of(store), file_of(store).read_bytes()
    for bad in (junk, good[:at], good[:at] + junk + good[at:], good + junk):
        file.write_bytes(bad)

        assert Store(place).get("kind", KEY) in (None, {"name": "wine"})
        assert Store(place).get("kind", KEY) is None or good[1:] in bad.split(b"\n", 1)[1]


def test_a_line_that_was_cut_off_takes_no_other_with_it(store: Store) -> None:
    store.put("kind", KEY, {"name": "wine"})
    cut = file_of(store).read_bytes()[:-3]
    file_of(store).write_bytes(cut)
    store.put("kind", OTHER, {"name": "beer"})

    assert anew(store).get("kind", KEY) is None
    assert anew(store).get("kind", OTHER) == {"name": "beer"}

    store.put("kind", KEY, {"name": "wine"})
    assert anew(store).get("kind", KEY) == {"name": "wine"}


@given(st.lists(st.binary(max_size=300), min_size=4, max_size=4))
def test_what_stands_between_lines_is_passed_over(
    tmp_path_factory: pytest.TempPathFactory, junk: list[bytes]
) -> None:
    store = Store(tmp_path_factory.mktemp("junk"))
    for number, key in enumerate((KEY, OTHER, THIRD)):
        store.put("kind", key, {"number": number})
        with file_of(store).open("ab") as stream:
            stream.write(junk[number])

    found = [anew(store).get("kind", key) for key in (KEY, OTHER, THIRD)]
    assert found == [
        {"number": number} if not junk[number] or junk[number].startswith(b"\n") else None
        for number in range(3)
    ]


def test_an_entry_under_the_key_of_another_is_none(store: Store) -> None:
    store.put("kind", KEY, {"name": "wine"})
    data = file_of(store).read_bytes()
    file_of(store).write_bytes(data.replace(KEY.encode(), OTHER.encode()))

    assert store.get("kind", OTHER) is None


def test_a_file_in_the_place_of_another_has_no_entries(store: Store) -> None:
    store.put("kind", KEY, {"name": "wine"})
    other = "cd" * 32
    file_of(store).rename(file_of(store, other))

    assert anew(store).get("kind", other) is None and anew(store).get("kind", KEY) is None


@pytest.mark.parametrize("content", [b"[]", b"1", b"{", b'"a"', b"\xff", b"[" * 100_000])
def test_an_entry_with_a_right_checksum_that_is_no_object_is_none(
    store: Store, content: bytes
) -> None:
    store.put("kind", KEY, {})
    file_of(store).write_bytes(b"\n" + module._line(KEY.encode(), content))

    assert store.get("kind", KEY) is None


def test_a_folder_in_the_place_of_a_file(store: Store) -> None:
    file_of(store).mkdir(parents=True)
    store.put("kind", KEY, {"name": "wine"})

    assert store.get("kind", KEY) is None


def test_a_store_that_others_may_write_to_is_not_used(store: Store, tmp_path: Path) -> None:
    store.put("kind", KEY, {"name": "wine"})
    Path(store._place).chmod(0o777)

    assert Store(tmp_path / "cache").get("kind", KEY) is None


def test_nobody_else_may_read_or_write_it_whatever_the_umask(store: Store) -> None:
    before = os.umask(0)
    try:
        store.put("kind", KEY, {})
    finally:
        os.umask(before)

    assert file_of(store).stat().st_mode & 0o777 == 0o600
    assert Path(store._place).stat().st_mode & 0o777 == 0o700


def test_a_store_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file")
    store = Store(tmp_path / "cache")

    store.put("kind", KEY, {})

    assert store.get("kind", KEY) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become someone else")
@pytest.mark.parametrize("mode", [0o000, 0o400])
def test_a_file_that_is_closed(mode: int) -> None:
    with tempfile.TemporaryDirectory() as folder:  # the folders of pytest are closed to others
        os.chown(folder, _NOBODY, _NOBODY)
        store = Store(Path(folder, "cache"))

        def work() -> None:
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
            store.put("kind", KEY, {"name": "wine"})
            file_of(store).chmod(mode)
            store.put("kind", OTHER, {"name": "beer"})

            assert anew(store).get("kind", OTHER) is None
            assert (anew(store).get("kind", KEY) is None) == (mode == 0)

        assert wait(in_child(work)) == 0


def fill(store: Store, numbers: Iterable[int]) -> None:
    for number in numbers:
        store.put("kind", key_of(number), {"number": number, "text": "a" * 400})


def key_of(number: int) -> str:
    """Of entries in one file."""
    return f"a{number:063x}"


ROOM = module._MOST_BYTES // 550
"""So many of them fit, and some more."""


def test_it_is_bounded_and_loses_the_oldest(store: Store) -> None:
    fill(store, range(ROOM * 3))

    assert file_of(store).stat().st_size <= module._MOST_BYTES
    assert os.listdir(file_of(store).parent) == ["a"]  # noqa: PTH208
    again = anew(store)
    found = [again.get("kind", key_of(number)) is not None for number in range(ROOM * 3)]
    assert not any(found[: ROOM * 2 - 100]) and all(found[-ROOM // 3 :])


def test_of_an_entry_that_was_replaced_the_newest_is_kept(store: Store) -> None:
    for number in range(ROOM * 3):
        store.put("kind", KEY, {"number": number, "text": "a" * 400})

    assert anew(store).get("kind", KEY) == {"number": ROOM * 3 - 1, "text": "a" * 400}


def test_what_is_in_use_is_not_the_oldest(store: Store) -> None:
    fill(store, range(ROOM - 100))
    assert anew(store).get("kind", key_of(0)) is not None
    fill(store, range(ROOM, ROOM + 200))

    assert anew(store).get("kind", key_of(0)) is not None
    assert anew(store).get("kind", key_of(1)) is None


def test_what_is_in_use_is_not_added_again_and_again(store: Store) -> None:
    fill(store, range(ROOM - 100))
    for _ in range(2):
        again = anew(store)
        assert again.get("kind", key_of(0)) == again.get("kind", key_of(0)) is not None
        size = file_of(store).stat().st_size
    assert anew(store).get("kind", key_of(0)) is not None
    assert file_of(store).stat().st_size == size


def test_a_file_beyond_all_bounds_is_brought_back_within_them(store: Store) -> None:
    store.put("kind", KEY, {"name": "wine"})
    with file_of(store).open("ab") as stream:
        stream.write(b"junk" * module._MOST_BYTES)
    store.put("kind", OTHER, {"name": "beer"})

    assert anew(store).get("kind", OTHER) == {"name": "beer"}
    assert file_of(store).stat().st_size < 1000


def test_what_a_process_left_that_was_killed_while_it_made_room(store: Store) -> None:
    store.put("kind", KEY, {})
    Path(f"{file_of(store)}.new").write_bytes(b"junk" * 1000)
    fill(store, range(ROOM * 2))

    assert os.listdir(file_of(store).parent) == ["a"]  # noqa: PTH208
    assert anew(store).get("kind", key_of(ROOM * 2 - 1)) is not None


def test_an_entry_that_is_too_large_is_not_kept(store: Store) -> None:
    store.put("kind", KEY, {"text": "a" * module._MAX_BYTES})

    assert store.get("kind", KEY) is None


def test_processes_that_add_at_once_lose_nothing(store: Store) -> None:
    def work(first: int) -> None:
        for number in range(first, first + 100):
            store.put("kind", key_of(number), {"number": number, "text": "a" * (number % 400)})

    children = [in_child(lambda first=first: work(first)) for first in range(0, 800, 100)]  # type: ignore[misc]

    assert [wait(child) for child in children] == [0] * 8
    again = anew(store)
    found = [again.get("kind", key_of(number)) for number in range(800)]
    assert [entry and entry["number"] for entry in found] == list(range(800))


def test_processes_that_make_room_at_once_leave_whole_entries(store: Store) -> None:
    def work(first: int) -> None:
        fill(store, range(first, first + ROOM))

    children = [in_child(lambda first=first: work(first)) for first in range(0, 4 * ROOM, ROOM)]  # type: ignore[misc]

    assert [wait(child) for child in children] == [0] * 4
    assert file_of(store).stat().st_size <= 2 * module._MOST_BYTES
    again = anew(store)
    entries = ((number, again.get("kind", key_of(number))) for number in range(4 * ROOM))
    found = {number: entry for number, entry in entries if entry is not None}
    assert all(entry["number"] == number for number, entry in found.items())
    assert len(found) > ROOM // 3


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"MLSPEC_CACHE_DIR": "/c", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/c"),
        ({"XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/x/mlspec"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, "/h/.cache/mlspec"),
        ({"HOME": "/h"}, "/h/.cache/mlspec"),
    ],
)
def test_where_it_is(environ: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLSPEC_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    assert default_folder() == Path(folder)
