"""The cache changes nothing but the time: not what is written, and not what is said."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from mlspec.cli import building, workshop
from mlspec.cli.compilation import Platforms
from mlspec.source import reader
from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, PROJECT, renderer, tree, write

BUILT_IN = PLATFORM.split("renderers:")[0]
ROLE = "generated/wine/dev/rbac/role-wine-clean.yaml"


@pytest.fixture
def place(place: Path, cache: Path) -> Path:
    write(place, {"platform.yaml": BUILT_IN, "beer/project.yaml": named("beer")})
    return place


def named(name: str) -> str:
    return PROJECT.replace("name: wine", f"name: {name}")


def some_manifest(place: Path) -> Path:
    return next((place / "generated/wine/dev/rbac").iterdir())


def kept(cache: Path) -> list[Path]:
    """The files that entries are kept in."""
    return [path for path in (cache / "2" / "projects").rglob("*") if path.is_file()]


def entries(cache: Path) -> list[bytes]:
    return [line for file in kept(cache) for line in file.read_bytes().splitlines() if line]


def test_what_is_known_is_not_compiled_again(run: Run, place: Path, compiled: list[str]) -> None:
    first = run("render", code=0).stdout
    assert sorted(compiled) == ["beer/project.yaml", "wine/project.yaml"]
    compiled.clear()
    before = tree(place / "generated")

    again = run("render", code=0).stdout
    verified = run("verify", code=0).stdout
    validated = run("validate", code=0).stdout

    assert compiled == [] and tree(place / "generated") == before
    assert first.count("written, 0 removed") == again.count("no changes") == 2
    assert "2 projects, 3 environments: no problems" in verified
    assert "2 projects, 3 environments: no problems" in validated


@pytest.mark.parametrize("verb", ["render", "verify", "validate"])
def test_it_says_the_same_with_and_without(
    verb: str, run: Run, place: Path, compiled: list[str]
) -> None:
    run("render", code=0)
    compiled.clear()
    known = run(verb, "--format", "json", code=0).stdout
    assert compiled == []

    anew = run(verb, "--format", "json", "--no-cache", code=0).stdout

    assert len(compiled) == 2
    assert without_time(known) == without_time(anew)


def without_time(text: str) -> object:
    report = json.loads(text)
    del report["summary"]["seconds"]
    return report


def test_only_what_changed_is_compiled(run: Run, place: Path, compiled: list[str]) -> None:
    run("render", code=0)
    compiled.clear()
    write(place, {"beer/project.yaml": named("beer").replace(":1.0.0", ":1.0.1")})

    said = run("render", code=0).stdout.splitlines()

    assert compiled == ["beer/project.yaml"]
    assert "written" in said[0] and "no changes" in said[1]


@pytest.fixture
def was_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose texts are read."""
    seen: list[str] = []
    real = reader._read_bytes

    def watched(file: str) -> bytes:
        seen.append(file)
        return real(file)

    monkeypatch.setattr(reader, "_read_bytes", watched)
    return seen


def test_what_is_looked_for_and_then_compiled_is_read_once(
    run: Run, place: Path, was_read: list[str]
) -> None:
    write(place, {"wine/mlspec.lock": LOCK})

    run("render", code=0)

    once = ["beer/project.yaml", "wine/mlspec.lock", "wine/project.yaml"]
    assert sorted(file for file in was_read if file != "platform.yaml") == once


@pytest.mark.parametrize("bound", ["_LONGEST_KEPT", "_MOST_KEPT"])
def test_texts_that_are_too_long_to_be_kept_are_read_again(
    bound: str, run: Run, place: Path, was_read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("render", "-o", "short", "--no-cache", code=0)
    was_read.clear()
    monkeypatch.setattr(building, bound, 0)

    run("render", code=0)

    assert was_read.count("wine/project.yaml") == 2
    assert tree(place / "generated") == tree(place / "short")


def test_a_project_that_changes_while_it_is_compiled(
    run: Run, place: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept is about the texts that were compiled, not about what lies there by then."""
    newer = named("beer").replace(":1.0.0", ":1.0.1")
    run("render", "-o", "older", "--no-cache", code=0)
    real = workshop.compile_project

    def late(file: str, platforms: Platforms, texts: dict[str, str]) -> object:
        write(place, {"beer/project.yaml": newer})
        return real(file, platforms, texts)

    with monkeypatch.context() as patch:
        patch.setattr(workshop, "compile_project", late)
        run("render", code=0)
    assert tree(place / "generated") == tree(place / "older")
    compiled.clear()

    run("render", code=0)

    assert compiled == ["beer/project.yaml"]
    run("verify", "--no-cache", code=0)


@pytest.mark.parametrize("file", ["platform.yaml", "wine/mlspec.lock"])
def test_another_platform_or_lock_is_another_project(
    file: str, run: Run, place: Path, compiled: list[str]
) -> None:
    run("render", code=0)
    compiled.clear()
    text = (place / file).read_text() if (place / file).exists() else LOCK
    write(place, {file: text + "# more\n"})

    run("render", code=0)

    assert "wine/project.yaml" in compiled


LOCK = """\
apiVersion: mlspec.io/v1alpha1
kind: Lock
environments: {}
"""


def test_a_project_with_a_comment_that_silences_is_never_known(
    run: Run, place: Path, compiled: list[str]
) -> None:
    warned = PROJECT + "# mlspec: ignore[MLS201] for no reason\n"
    write(place, {"wine/project.yaml": warned})

    first = run("validate", code=0).stdout
    again = run("validate", code=0).stdout

    assert "warning[MLS008]" in first and "warning[MLS008]" in again
    assert compiled.count("wine/project.yaml") == 2


def test_a_platform_with_renderers_of_its_own_is_never_known(
    run: Run, place: Path, compiled: list[str]
) -> None:
    """What such code depends on, nobody knows."""
    write(place, {"platform.yaml": PLATFORM, **renderer("maps")})
    run("render", code=0)
    run("render", code=0)

    assert compiled.count("wine/project.yaml") == 2


@pytest.mark.parametrize("verb", ["render", "verify"])
@pytest.mark.parametrize(
    "tamper",
    ["edited", "missing", "no inventory", "in an environment of the platform"],
)
def test_a_tree_that_is_not_as_it_should_be_is_found(
    tamper: str, verb: str, run: Run, place: Path
) -> None:
    run("render", code=0)
    run("render", code=0)
    file = some_manifest(place)
    if tamper == "edited":
        file.write_bytes(file.read_bytes().replace(b"kind:", b"Kind:", 1))
    elif tamper == "missing":
        file.unlink()
    elif tamper == "no inventory":
        (place / "generated/wine/provenance.json").unlink()
    else:
        write(place, {"generated/wine/prod/old.yaml": "a: 1\n"})

    known = run(verb).stdout
    anew = run(verb, "--no-cache").stdout if verb == "verify" else ""

    if verb == "verify":
        assert "error[MLS60" in known and without_summary(known) == without_summary(anew)
    elif tamper == "missing":
        assert "1 written" in known and file.exists()
    elif tamper == "edited":
        assert "error[MLS607]" in known
    elif tamper == "no inventory":
        assert (place / "generated/wine/provenance.json").exists()


def without_summary(text: str) -> str:
    return "\n".join(text.splitlines()[:-1])


def test_deleting_it_changes_nothing(run: Run, place: Path, cache: Path) -> None:
    run("render", code=0)
    before = tree(place / "generated")
    shutil.rmtree(cache)

    assert run("render", code=0).stdout.count("no changes") == 2
    assert tree(place / "generated") == before and entries(cache)


@pytest.mark.parametrize("junk", [b"", b"junk", b"\0" * 10_000, None])
def test_damaged_entries_are_made_anew(
    junk: bytes | None, run: Run, place: Path, cache: Path, compiled: list[str]
) -> None:
    """None: cut off in the middle."""
    run("render", code=0)
    compiled.clear()
    whole = entries(cache)
    for file in kept(cache):
        lines = file.read_bytes().split(b"\n")
        file.write_bytes(b"\n".join(x[: len(x) // 2] if junk is None else junk for x in lines))

    run("render", code=0)

    assert len(compiled) == 2
    assert set(whole) <= set(entries(cache))


def test_an_entry_of_another_project_is_not_taken_for_its_own(
    run: Run, place: Path, cache: Path, compiled: list[str]
) -> None:
    run("render", code=0)
    compiled.clear()
    one, other = entries(cache)
    for file in kept(cache):
        file.write_bytes(b"\n" + one[:64] + other[64:] + b"\n" + other[:64] + one[64:])

    run("render", code=0)

    assert len(compiled) == 2


def test_where_nothing_can_be_kept(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLSPEC_CACHE_DIR", os.devnull)

    run("render", code=0)

    assert run("render", code=0).stdout.count("no changes") == 2


def test_nothing_of_a_spec_is_kept_but_names(run: Run, place: Path, cache: Path) -> None:
    """No text, no image, no address: whoever may read the cache learns nothing but what stands
    where."""
    run("render", code=0)

    found = b"".join(entries(cache))

    assert b'"wine"' in found and b"s3:" not in found and b"ghcr.io" not in found


def test_two_projects_that_are_known_and_now_stand_in_each_others_place(
    run: Run, place: Path, compiled: list[str]
) -> None:
    """Their summaries tell; they are compiled once more only for the words."""
    run("render", code=0)
    write(place, {"third/project.yaml": named("wine") + "# another\n"})
    run("render", "third", "-o", "elsewhere", code=0)
    compiled.clear()

    result = run("validate", code=1)

    assert "error[MLS203]: two projects are called `wine`" in result.stdout
    assert "wine/project.yaml" in result.stdout and compiled == []


def test_one_environment_of_a_known_project(run: Run, place: Path, compiled: list[str]) -> None:
    run("render", code=0)
    compiled.clear()

    said = run("render", "--env", "staging", code=0).stdout

    assert compiled == [] and said.count("(staging); no changes") == 2
    run("render", "--env", "nowhere", code=2)


def test_a_stream_is_rendered_whatever_is_known(run: Run, place: Path) -> None:
    first = run("render", "wine", "-o", "-", "--env", "dev", code=0).stdout
    run("render", code=0)

    assert run("render", "wine", "-o", "-", "--env", "dev", code=0).stdout == first != ""


def test_what_a_killed_run_has_left_is_removed_though_all_is_known(run: Run, place: Path) -> None:
    for _ in range(2):
        run("render", code=0)
    left = place / "generated" / ".wine.mlspec-new"
    left.mkdir()

    run("render", code=0)

    assert not left.exists()
