"""Hostile trees: `render` and `verify` end in a tree or a diagnostic, and wait for nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.samples import PROJECT, tree, write
from tests.output.trees import make_socket

MAP = "dev/maps/configmap-clean.yaml"
INVENTORY = "provenance.json"

Make = Callable[[Path], object]


THINGS: dict[str, Make] = {
    "pipe": os.mkfifo,
    "socket": make_socket,
    "link-to-a-device": lambda path: path.symlink_to("/dev/zero"),
    "link-to-itself": lambda path: path.symlink_to(path.name),
    "link-to-nothing": lambda path: path.symlink_to("nothing"),
    "folder": lambda path: path.mkdir(),
}

INVENTORIES: dict[str, bytes] = {
    "empty": b"",
    "huge": b'{"mlspec": "1", "inputs": {}, "files": {}}' + b" " * 2**25,
    "nested": b'{"a":' * 100_000,
    "many": b"[" + b"[]," * 2**20 + b"[]]",
    "binary": bytes(range(256)),
    "huge-number": b'{"mlspec": ' + b"9" * 10_000 + b"}",
    "outside": b'{"mlspec": "1", "inputs": {}, "files": {"../../wine/project.yaml": "x"}}',
    "half-a-character": b'{"mlspec": "\\ud800", "inputs": {}, "files": {}}',
}


@pytest.fixture
def root(run: Run, rendering: Path) -> Path:
    """The tree of `wine`; its spec has been changed since."""
    run("render", code=0)
    write(rendering, {"wine/project.yaml": PROJECT.replace("wine:1.0.0", "wine:1.1.0")})
    return rendering / "generated/wine"


def assert_refused_until_forced(run: Run, root: Path, code: str, words: str) -> None:
    before = tree(root)
    refused = run("render", code=1).stdout
    assert f"error[{code}]: " in refused and words in refused
    assert tree(root) == before
    run("verify", code=1)
    run("render", "--force", code=0)
    assert "no problems" in run("verify", code=0).stdout


@pytest.mark.parametrize("name", INVENTORIES)
def test_a_hostile_inventory(run: Run, root: Path, name: str) -> None:
    (root / INVENTORY).write_bytes(INVENTORIES[name])
    assert_refused_until_forced(run, root, "MLS604", "provenance.json is damaged (")
    assert (root / "../../wine/project.yaml").exists()


@pytest.mark.parametrize("name", [name for name in THINGS if name != "folder"])
def test_something_else_than_a_file_for_an_inventory(run: Run, root: Path, name: str) -> None:
    (root / INVENTORY).unlink()
    THINGS[name](root / INVENTORY)
    assert_refused_until_forced(run, root, "MLS604", "provenance.json is damaged (it is ")


@pytest.mark.parametrize("name", [name for name in THINGS if name != "folder"])
def test_something_else_than_a_file_in_the_place_of_a_manifest(
    run: Run, root: Path, name: str
) -> None:
    (root / MAP).unlink()
    THINGS[name](root / MAP)
    assert_refused_until_forced(
        run, root, "MLS607", f"{MAP} was replaced by something that is not a file"
    )


@pytest.mark.parametrize("path", [INVENTORY, MAP])
def test_a_folder_in_the_place_of_a_file_stays_even_by_force(
    run: Run, root: Path, path: str
) -> None:
    (root / path).unlink()
    (root / path).mkdir()
    write(root / path, {"mine": "mine"})
    for options in ([], ["--force"]):
        out = run("render", *options, code=1).stdout
        assert "error[MLS604]: cannot write generated/wine: mlspec did not write" in out
        assert "move it elsewhere" in out
    run("verify", code=1)
    assert (root / path / "mine").read_text() == "mine"


@pytest.mark.parametrize("name", THINGS)
def test_foreign_things_in_the_tree_are_kept(run: Run, root: Path, name: str) -> None:
    THINGS[name](root / "dev" / "thing")
    before = os.lstat(root / "dev" / "thing")

    run("render", code=0)
    run("verify", code=0)

    after = os.lstat(root / "dev" / "thing")
    assert after.st_mode == before.st_mode


def test_foreign_names_that_are_not_text(run: Run, root: Path) -> None:
    name = os.path.join(os.fsencode(root), b"dev", b"\xff\n\x1b[31m.yaml")  # noqa: PTH118  # bytes
    with open(name, "wb") as file:  # noqa: PTH123  # bytes
        file.write(b"mine")

    run("render", code=0)
    for format in ("text", "json", "sarif", "github", "gitlab"):
        out = run("verify", "--format", format, code=1).stdout
        assert "MLS603" in out and "\x1b" not in out
    (left,) = json.loads(run("verify", "--format", "json", code=1).stdout)["diagnostics"]
    assert left["code"] == "MLS603"
    with open(name, "rb") as file:  # noqa: PTH123  # bytes
        assert file.read() == b"mine"


def test_a_link_to_the_folder_above_is_not_followed(run: Run, root: Path) -> None:
    (root / "dev" / "up").symlink_to("..")
    (root / "dev" / "root").symlink_to("/")
    run("render", code=0)
    run("verify", code=0)
    assert (root / "dev" / "up").readlink() == Path("..")


@pytest.mark.parametrize("folder", ["dev", "dev/maps"])
def test_a_folder_of_ours_that_became_a_link(run: Run, root: Path, folder: str) -> None:
    """Nothing is written through it, by force or without."""
    elsewhere = root.parent.parent / "elsewhere"
    (root / folder).rename(elsewhere)
    (root / folder).symlink_to(elsewhere)
    before = tree(elsewhere)
    for options in ([], ["--force"]):
        out = run("render", *options, code=1).stdout
        assert f"error[MLS604]: cannot write generated/wine: mlspec did not write {folder}" in out
    run("verify", code=1)
    assert tree(elsewhere) == before


def test_a_tree_that_became_a_link(run: Run, root: Path) -> None:
    elsewhere = root.parent.parent / "elsewhere"
    root.rename(elsewhere)
    root.symlink_to(elsewhere)
    before = tree(elsewhere)
    for options in ([], ["--force"]):
        assert "it is a symbolic link" in run("render", *options, code=1).stdout
    assert "it is a symbolic link" in run("verify", code=1).stdout
    assert tree(elsewhere) == before


def test_an_output_folder_that_is_a_link_to_itself(run: Run, rendering: Path) -> None:
    (rendering / "generated").symlink_to("generated")
    assert "error[MLS604]: cannot write generated/wine: " in run("render", code=1).stdout
    assert "error[MLS" in run("verify", code=1).stdout


def test_thousands_of_foreign_files(run: Run, root: Path) -> None:
    (root / "dev" / "mine").mkdir()
    for number in range(3000):
        (root / "dev" / "mine" / f"{number}.txt").touch()
    run("render", code=0)
    run("verify", code=0)
    assert len(list((root / "dev" / "mine").iterdir())) == 3000


def test_an_output_folder_whose_name_is_not_text(run: Run, rendering: Path) -> None:
    name = os.fsdecode(b"\xff")
    for format in ("text", "json", "sarif", "github", "gitlab"):
        run("verify", "-o", name, "--format", format, code=1)
    for format in ("text", "json", "sarif", "github", "gitlab"):
        run("render", "-o", name, "--format", format, code=0)
        run("verify", "-o", name, "--format", format, code=0)
    assert (rendering / name / "wine" / MAP).exists()


def test_a_path_that_is_too_long(run: Run, rendering: Path) -> None:
    out = run("render", "-o", "a" * 300, code=1).stdout
    assert "error[MLS604]" in out and "a file name is too long" in out
    assert "error[MLS" in run("verify", "-o", "a" * 300, code=1).stdout
    assert "error[MLS604]" in run("render", "-o", "b/" * 3000, code=1).stdout
