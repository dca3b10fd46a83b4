"""An entry is what was put there, or there is none."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.cache import store as module
from mlspec.cache.store import Store, default_folder

KEY = "ab" * 32
OTHER = "ab" + "cd" * 31
"""In the same folder."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def file_of(store: Store, key: str = KEY) -> Path:
    return Path(store._file("kind", key))


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


@given(st.binary(max_size=200), st.integers(0, 100))
def test_a_damaged_entry_is_none(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int
) -> None:
    store = Store(tmp_path_factory.mktemp("damaged"))
    store.put("kind", KEY, {"name": "wine"})
    good = file_of(store).read_bytes()
    for bad in (junk, good[:at], good[:at] + junk + good[at:], good + junk):
        file_of(store).write_bytes(bad)

        assert store.get("kind", KEY) is None or bad == good


def test_an_entry_under_the_key_of_another_is_none(store: Store) -> None:
    store.put("kind", KEY, {"name": "wine"})
    file_of(store).rename(file_of(store, OTHER))

    assert store.get("kind", OTHER) is None


@pytest.mark.parametrize("content", [b"[]", b"1", b"{", b'"a"', b"\xff"])
def test_an_entry_with_a_right_checksum_that_is_no_object_is_none(
    store: Store, content: bytes
) -> None:
    store.put("kind", KEY, {})
    file_of(store).write_bytes(module._checksum(KEY, content) + b"\n" + content)

    assert store.get("kind", KEY) is None


def test_a_folder_in_the_place_of_an_entry(store: Store) -> None:
    file_of(store).mkdir(parents=True)
    store.put("kind", KEY, {"name": "wine"})

    assert store.get("kind", KEY) is None


def test_a_store_that_others_may_write_to_is_not_used(store: Store, tmp_path: Path) -> None:
    store.put("kind", KEY, {"name": "wine"})
    (tmp_path / "cache" / "1").chmod(0o777)

    assert Store(tmp_path / "cache").get("kind", KEY) is None


def test_a_store_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file")
    store = Store(tmp_path / "cache")

    store.put("kind", KEY, {})

    assert store.get("kind", KEY) is None


def test_it_is_bounded_and_loses_the_oldest(store: Store) -> None:
    keys = [f"ab{number * 7919 % 4096:03x}{number:059x}" for number in range(300)]
    for age, key in enumerate(keys):
        store.put("kind", key, {"number": age})
        os.utime(file_of(store, key), (age, age))

    assert len(os.listdir(file_of(store).parent)) < module._MOST_PER_FOLDER + 40  # noqa: PTH208
    assert store.get("kind", keys[0]) is None and store.get("kind", keys[-1]) == {"number": 299}


def test_what_is_in_use_is_not_the_oldest(store: Store) -> None:
    keys = [f"ab{number:062x}" for number in range(module._MOST_PER_FOLDER)]
    for age, key in enumerate(keys):
        store.put("kind", key, {})
        os.utime(file_of(store, key), (age, age))

    assert store.get("kind", keys[0]) is not None
    store.put("kind", f"ab0{'f' * 61}", {})

    assert store.get("kind", keys[0]) is not None
    assert store.get("kind", keys[1]) is None


def test_an_entry_that_is_too_large_is_not_kept(store: Store) -> None:
    store.put("kind", KEY, {"text": "a" * module._MAX_BYTES})

    assert store.get("kind", KEY) is None


def test_many_writers_at_once_leave_whole_entries(store: Store) -> None:
    def write(number: int) -> None:
        Store(Path(store._place).parent).put("kind", KEY, {"text": str(number % 10) * 5000})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(200)))

    found = store.get("kind", KEY)
    assert found is not None and len(set(found["text"])) == 1
    assert os.listdir(file_of(store).parent) == [KEY]  # noqa: PTH208


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
