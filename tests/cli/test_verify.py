"""`mlspec verify`: whether the tree is what the spec renders to. It never writes."""

from __future__ import annotations

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
    assert "help: run mlspec render" in out
    assert "/staging/" not in out  # that environment has an image of its own


def test_an_edited_file_is_told_from_a_stale_one(run: Run, committed: Path) -> None:
    write(committed, {MAP: "kind: ConfigMap\n"})

    out = verify(run, committed)

    assert f"error[MLS601]: {MAP} is not what the spec renders to" in out
    assert "it was edited by hand: change the spec instead" in out


def test_a_missing_file(run: Run, committed: Path) -> None:
    (committed / MAP).unlink()

    assert f"error[MLS602]: {MAP} is missing" in verify(run, committed)


def test_a_file_that_would_be_synced_though_no_one_rendered_it(run: Run, committed: Path) -> None:
    write(committed, {"generated/wine/dev/extra.yaml": "a: 1\n", "generated/wine/dev/NOTES": ""})

    out = verify(run, committed)

    assert "error[MLS603]: generated/wine/dev/extra.yaml is not rendered by the spec" in out
    assert "NOTES" not in out


def test_files_of_an_environment_that_is_gone(run: Run, committed: Path) -> None:
    write(committed, {"wine/project.yaml": PROJECT.split("  staging:")[0]})

    assert "error[MLS603]: generated/wine/staging/maps/configmap-clean.yaml" in verify(
        run, committed
    )


def test_a_tree_that_was_never_rendered(run: Run, rendering: Path) -> None:
    assert f"error[MLS602]: {MAP} is missing" in verify(run, rendering)
    assert not (rendering / "generated").exists()


def test_a_file_where_the_tree_should_be(run: Run, rendering: Path) -> None:
    write(rendering, {"generated/wine": ""})

    assert "error[MLS602]" in verify(run, rendering)


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
