"""`mlspec verify --since BASE`: it looks at what differs from a commit, and misses nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, PROJECT, renderer, write
from tests.gitops.repositories import commit, git

MAP = "generated/wine/dev/maps/configmap-clean.yaml"
NAMES = ("wine", "beer", "cider")


def named(name: str) -> str:
    return PROJECT.replace("name: wine", f"name: {name}")


@pytest.fixture
def verified(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of three projects, rendered, verified and committed."""
    monkeypatch.setattr("mlspec.renderers.__path__", [])
    projects = {f"{name}/project.yaml": named(name) for name in NAMES}
    write(tmp_path, {"platform.yaml": PLATFORM, **renderer("maps"), **projects})
    run("render", code=0)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    commit(tmp_path)
    return tmp_path


def test_nothing_differs(run: Run, verified: Path, compiled: list[str]) -> None:
    assert "no problems" in run("verify", "--since", "HEAD", code=0).stdout
    assert compiled == []


def test_a_changed_spec_is_looked_at_and_no_other(
    run: Run, verified: Path, compiled: list[str]
) -> None:
    write(verified, {"wine/project.yaml": PROJECT.replace("wine:1.0.0", "wine:1.0.1")})

    out = run("verify", "--since", "HEAD", code=1).stdout

    assert f"error[MLS601]: {MAP} is not what the spec renders to" in out
    assert compiled == ["wine/project.yaml"]


def test_a_spec_and_its_tree_changed_together(run: Run, verified: Path) -> None:
    write(verified, {"wine/project.yaml": PROJECT.replace("wine:1.0.0", "wine:1.0.1")})
    run("render", code=0)
    commit(verified)

    assert "no problems" in run("verify", "--since", "HEAD~1", code=0).stdout


def test_a_hand_edit_is_found_though_no_spec_differs(
    run: Run, verified: Path, compiled: list[str]
) -> None:
    write(verified, {MAP: "kind: ConfigMap\n"})

    out = run("verify", "--since", "HEAD", code=1).stdout

    assert f"error[MLS607]: {MAP} was edited by hand" in out
    assert compiled == ["wine/project.yaml"]


def test_an_edit_that_the_inventory_covers_up_is_found(run: Run, verified: Path) -> None:
    from mlspec.output.provenance import FILE_NAME, digest

    inventory = verified / "generated/wine" / FILE_NAME
    old = digest((verified / MAP).read_bytes())
    write(verified, {MAP: "kind: ConfigMap\n"})
    new = digest((verified / MAP).read_bytes())
    inventory.write_text(inventory.read_text().replace(old, new))

    assert f"error[MLS601]: {MAP}" in run("verify", "--since", "HEAD", code=1).stdout


@pytest.mark.parametrize(
    "file", ["platform.yaml", "targets/maps/__init__.py"], ids=["platform", "renderer"]
)
def test_what_all_projects_share_touches_all(
    run: Run, verified: Path, compiled: list[str], file: str
) -> None:
    write(verified, {file: (verified / file).read_text() + "\n# more\n"})

    run("verify", "--since", "HEAD", code=0)

    assert sorted(compiled) == sorted(f"{name}/project.yaml" for name in NAMES)


def test_a_file_that_nobody_rendered_and_that_is_not_in_git_yet(run: Run, verified: Path) -> None:
    write(verified, {"generated/wine/dev/extra.yaml": "a: 1\n"})

    out = run("verify", "--since", "HEAD", code=1).stdout

    assert "error[MLS603]: generated/wine/dev/extra.yaml" in out


def test_the_tree_of_a_project_that_is_gone(run: Run, verified: Path) -> None:
    shutil.rmtree(verified / "beer")

    out = run("verify", "--since", "HEAD", code=1).stdout

    assert "error[MLS603]: generated/beer belongs to no project any more" in out


def test_the_tree_of_a_project_that_has_another_name_now(run: Run, verified: Path) -> None:
    write(verified, {"beer/project.yaml": named("ale")})
    run("render", code=0)

    out = run("verify", "--since", "HEAD", code=1).stdout

    assert "error[MLS603]: generated/beer belongs to no project any more" in out


def test_a_project_that_is_gone_with_its_tree(run: Run, verified: Path) -> None:
    shutil.rmtree(verified / "beer")
    shutil.rmtree(verified / "generated/beer")

    run("verify", "--since", "HEAD", code=0)


def test_paths_leave_the_rest_out(run: Run, verified: Path) -> None:
    write(verified, {MAP: "kind: ConfigMap\n"})

    run("verify", "beer", "--since", "HEAD", code=0)
    run("verify", "wine", "--since", "HEAD", code=1)


def test_a_spec_that_does_not_compile(run: Run, verified: Path) -> None:
    write(verified, {"wine/project.yaml": PROJECT.replace("inputs: [raw]", "inputs: [rwa]")})

    assert "error[MLS201]" in run("verify", "--since", "HEAD", code=1).stdout


def test_a_base_that_is_not_there_verifies_nothing(run: Run, verified: Path) -> None:
    out = run("verify", "--since", "mian", code=2).output

    assert "Error: --since: there is no revision `mian`; did you mean `main`?" in out


def test_a_tree_that_git_ignores_cannot_be_judged_by_it(run: Run, verified: Path) -> None:
    write(verified, {".gitignore": "generated/\n"})
    git(verified, "rm", "-r", "--quiet", "--cached", "generated")

    assert "generated is not in Git" in run("verify", "--since", "HEAD", code=2).output
