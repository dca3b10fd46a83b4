"""Which projects a path on the command line means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlspec.cli.discovery import (
    DEFAULT_PLATFORM,
    NothingFound,
    find_platform,
    find_projects,
)
from tests.cli.samples import write


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"b/project.yaml": "", "a/project.yaml": "", "a/deep/er/project.yaml": ""})
    return tmp_path


def test_every_project_below_a_folder_in_a_stable_order(here: Path) -> None:
    assert find_projects(["."]) == ["a/project.yaml", "a/deep/er/project.yaml", "b/project.yaml"]


def test_the_order_of_the_arguments_is_kept(here: Path) -> None:
    assert find_projects(["b", "a/deep"]) == ["b/project.yaml", "a/deep/er/project.yaml"]


@pytest.mark.parametrize(
    "folder", [".git", ".venv", ".hidden", "venv", "node_modules", "__pycache__", "site-packages"]
)
def test_folders_that_hold_no_project_of_yours_are_not_entered(here: Path, folder: str) -> None:
    write(here, {f"{folder}/deep/project.yaml": ""})

    assert len(find_projects(["."])) == 3


def test_a_hidden_folder_that_is_named_is_entered(here: Path) -> None:
    write(here, {".hidden/project.yaml": ""})

    assert find_projects([".hidden"]) == [".hidden/project.yaml"]


def test_links_to_folders_are_not_followed(here: Path) -> None:
    write(here, {"elsewhere/project.yaml": ""})
    (here / "a" / "loop").symlink_to(here)
    (here / "b" / "away").symlink_to(here / "elsewhere")

    assert find_projects(["a", "b"]) == [
        "a/project.yaml",
        "a/deep/er/project.yaml",
        "b/project.yaml",
    ]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param("./b/project.yaml", id="dot"),
        pytest.param("a/../b", id="dots"),
        pytest.param("linked", id="link"),
    ],
)
def test_a_project_is_taken_once_however_often_it_is_named(here: Path, again: str) -> None:
    (here / "linked").symlink_to("b")

    assert find_projects(["b", again, str(here / "b")]) == ["b/project.yaml"]


def test_a_file_of_another_name_is_taken_as_it_is(here: Path) -> None:
    write(here, {"churn.yml": ""})

    assert find_projects(["churn.yml"]) == ["churn.yml"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param("none", "none does not exist", id="none"),
        pytest.param("empty", "there is no project.yaml in or below empty", id="empty"),
        pytest.param("", "`` does not exist", id="no-name"),
        pytest.param("n" * 300, "nnn does not exist", id="name-beyond-the-longest"),
        pytest.param("a/" * 3000, "a/ does not exist", id="path-beyond-the-longest"),
        pytest.param("a\0b", "does not exist", id="nul"),
    ],
)
def test_nothing_found(here: Path, path: str, said: str) -> None:
    (here / "empty").mkdir()

    with pytest.raises(NothingFound, match=said):
        find_projects([path])


def test_what_is_called_project_yaml_is_found_whatever_it_is(here: Path) -> None:
    """A folder, a pipe or a link to nowhere is a mistake to report, not one to pass over."""
    (here / "folder" / "project.yaml").mkdir(parents=True)
    for name in ("link", "pipe"):
        (here / name).mkdir()
    (here / "link" / "project.yaml").symlink_to("nowhere")
    os.mkfifo(here / "pipe" / "project.yaml")

    assert find_projects(["folder", "link", "pipe"]) == [
        "folder/project.yaml",
        "link/project.yaml",
        "pipe/project.yaml",
    ]


def test_a_project_may_lie_beyond_a_loop_of_links(here: Path) -> None:
    (here / "a" / "loop").symlink_to("loop")

    assert find_projects(["a"]) == ["a/project.yaml", "a/deep/er/project.yaml"]


def test_the_default_platform_is_no_link() -> None:
    """An installation may consist of links, and links out of a folder are not read."""
    assert DEFAULT_PLATFORM.resolve() == DEFAULT_PLATFORM
    assert DEFAULT_PLATFORM.is_file()


def test_the_search_for_a_platform_ends_at_a_repository(here: Path) -> None:
    write(here, {"platform.yaml": "", "a/deep/.git": "gitdir: elsewhere"})

    assert find_platform("b/project.yaml") == "platform.yaml"
    assert find_platform("a/deep/er/project.yaml") == str(DEFAULT_PLATFORM)
