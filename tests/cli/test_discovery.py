"""Which projects a path on the command line means."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlspec.cli.discovery import NothingFound, find_projects
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
    [("none", "none does not exist"), ("empty", "there is no project.yaml in or below empty")],
)
def test_nothing_found(here: Path, path: str, said: str) -> None:
    (here / "empty").mkdir()

    with pytest.raises(NothingFound, match=said):
        find_projects([path])
