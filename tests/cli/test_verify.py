"""`mlspec verify`: whether the tree is what the spec renders to. It never writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.samples import PROJECT, tree, write

MAP = "generated/wine/dev/maps/configmap-clean.yaml"


@pytest.fixture
def committed(run: Run, rendering: Path) -> Path:
    """A folder whose tree is current."""
    run("render", code=0)
    return rendering


def verify(run: Run, place: Path, *arguments: str, code: int = 1) -> str:
    """The report; nothing is written for it."""
    before = tree(place)
    out = run("verify", *arguments, code=code).stdout
    assert tree(place) == before
    return out


def test_a_current_tree_passes(run: Run, committed: Path) -> None:
    assert "no problems" in verify(run, committed, code=0)


def test_a_changed_spec_makes_the_tree_stale(run: Run, committed: Path) -> None:
    write(committed, {"wine/project.yaml": PROJECT.replace("wine:1.0.0", "wine:1.0.1")})

    out = verify(run, committed)

    assert f"error[MLS601]: {MAP} is not what the spec renders to" in out
    assert f" --> {MAP}" in out
    assert "help: run `mlspec render`" in out
    assert "/staging/" not in out  # that environment has an image of its own


def test_an_edited_file_is_told_from_a_stale_one(run: Run, committed: Path) -> None:
    write(committed, {MAP: "kind: ConfigMap\n"})

    out = verify(run, committed)

    assert f"error[MLS607]: {MAP} was edited by hand" in out
    assert f" --> {MAP}:1:1" in out
    assert "carry the change over to wine/project.yaml" in out
    assert "MLS601" not in out


def test_an_edited_file_that_is_no_longer_rendered(run: Run, committed: Path) -> None:
    staging = "generated/wine/staging/maps/configmap-clean.yaml"
    write(committed, {staging: "a: 1\n", "wine/project.yaml": PROJECT.split("  staging:")[0]})

    out = verify(run, committed)

    assert f"error[MLS607]: {staging} was edited by hand, and the spec no longer renders it" in out
    assert f"error[MLS603]: {staging}" not in out


def test_a_missing_file(run: Run, committed: Path) -> None:
    (committed / MAP).unlink()

    assert f"error[MLS602]: {MAP} is missing" in verify(run, committed)


def test_a_file_that_would_be_synced_though_no_one_rendered_it(run: Run, committed: Path) -> None:
    write(committed, {"generated/wine/dev/extra.yaml": "a: 1\n", "generated/wine/dev/NOTES": ""})

    out = verify(run, committed)

    assert "error[MLS603]: generated/wine/dev/extra.yaml is not rendered by the spec" in out
    assert "delete it, or move it elsewhere" in out  # a render would not
    assert "NOTES" not in out


def test_files_of_an_environment_that_is_gone(run: Run, committed: Path) -> None:
    write(committed, {"wine/project.yaml": PROJECT.split("  staging:")[0]})

    assert "error[MLS603]: generated/wine/staging/maps/configmap-clean.yaml" in verify(
        run, committed
    )


def test_a_tree_that_was_never_rendered_is_one_mistake(run: Run, rendering: Path) -> None:
    out = verify(run, rendering)

    assert "error[MLS602]: generated/wine was never rendered" in out
    assert "help: run `mlspec render`" in out
    assert "1 error in 1 project" in out
    assert not (rendering / "generated").exists()


def test_an_output_folder_that_is_elsewhere(run: Run, committed: Path) -> None:
    out = verify(run, committed, "-o", "nowhere")

    assert "error[MLS602]: nowhere/wine was never rendered" in out
    assert "help: run `mlspec render -o nowhere`" in out
    assert "1 error in 1 project" in out


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda root: root.write_text(""), "it is a file", id="file"),
        pytest.param(lambda root: root.symlink_to("."), "it is a symbolic link", id="link"),
        pytest.param(lambda root: root.symlink_to("wine"), "it is a symbolic link", id="loop"),
    ],
)
def test_something_else_where_the_tree_should_be(
    run: Run, rendering: Path, make: Callable[[Path], object], said: str
) -> None:
    (rendering / "generated").mkdir()
    make(rendering / "generated/wine")

    out = verify(run, rendering)

    assert f"error[MLS602]: generated/wine was never rendered: {said}" in out


def test_a_damaged_inventory_is_an_error_though_all_files_are_current(
    run: Run, committed: Path
) -> None:
    write(committed, {"generated/wine/provenance.json": "<<<<<<< HEAD\n"})

    out = verify(run, committed)

    assert "error[MLS601]: generated/wine/provenance.json is damaged: " in out
    assert "it holds the conflict of a Git merge" in out
    assert "run `mlspec render --force`" in out


def test_a_missing_inventory(run: Run, committed: Path) -> None:
    (committed / "generated/wine/provenance.json").unlink()

    assert "error[MLS602]: generated/wine/provenance.json is missing" in verify(run, committed)


def test_the_tree_of_a_project_that_is_gone(run: Run, committed: Path) -> None:
    beer = PROJECT.replace("name: wine", "name: beer")
    write(committed, {"beer/project.yaml": beer, "generated/mine/provenance.json": "{}"})
    run("render", code=0)
    (committed / "beer/project.yaml").unlink()

    out = verify(run, committed)

    assert "error[MLS603]: generated/beer belongs to no project any more" in out
    assert "1 error in 1 project" in out  # one for the folder; and `mine` is not mlspec's
    # Only who looks for all projects can say that one is gone.
    verify(run, committed, "wine", code=0)
    assert "generated/beer" in verify(run, committed, ".", "wine")


def test_output_folder(run: Run, committed: Path) -> None:
    (committed / "generated").rename(committed / "manifests")

    verify(run, committed, "-o", "manifests", code=0)
    verify(run, committed, code=1)


def test_a_wrong_spec_is_reported_as_such(run: Run, committed: Path) -> None:
    write(committed, {"wine/project.yaml": PROJECT.replace("[raw]", "[row]")})

    out = verify(run, committed)

    assert "error[MLS201]" in out
    assert "MLS60" not in out


def test_annotations_name_the_generated_file(run: Run, committed: Path) -> None:
    (committed / MAP).unlink()

    assert f"::error file={MAP}" in verify(run, committed, "--format", "github")
