"""What is measured is real work: every generated project is right, no two are alike, and the next
run measures the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.monorepo import ENVIRONMENTS, write
from bench.projects import generate
from mlspec.cli.neighbours import compile_projects
from mlspec.cli.rendering import trees_of

ROOT = Path(__file__).parents[2]
PROJECTS = 30


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("environments", sorted(ENVIRONMENTS))
def test_projects_validate_without_a_word_and_render(tmp_path: Path, environments: int) -> None:
    places = write(tmp_path, PROJECTS, environments)

    results = compile_projects([str(place / "project.yaml") for place in places], None)

    assert [each.diagnostics for each in results] == [()] * PROJECTS
    trees, wrong = trees_of(results, None)
    assert wrong == []
    assert all(tree.scopes == ENVIRONMENTS[environments] for tree in trees)
    assert all(f"{name}/argo_cd" in " ".join(tree.files) for tree in trees for name in tree.scopes)


def test_another_run_gives_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path / "here", PROJECTS, 2)
    command = [sys.executable, "-m", "bench.monorepo", str(tmp_path / "there")]
    options = ["--projects", str(PROJECTS), "--environments", "2"]
    surroundings = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}

    subprocess.run([*command, *options], cwd=ROOT, env=surroundings, check=True)

    assert content(tmp_path / "here") == content(tmp_path / "there")


def test_a_larger_monorepo_begins_with_the_smaller_one(tmp_path: Path) -> None:
    write(tmp_path / "small", 5, 1)
    write(tmp_path / "large", PROJECTS, 1)

    assert content(tmp_path / "small").items() <= content(tmp_path / "large").items()


def test_projects_differ_in_what_they_have() -> None:
    projects = [generate(number, ("prod",)).project for number in range(1200)]
    sources = [source for each in projects for source in each["data"]["sources"].values()]
    services = [service for each in projects for service in each.get("serving", {}).values()]
    steps = [len(each["transforms"]) + 2 * len(each["training"]) for each in projects]

    assert len({each["metadata"]["name"] for each in projects}) == len(projects)
    assert {min(steps), max(steps)} == {3, 8}
    assert len({source["type"] for source in sources}) >= 7
    assert {len(each.get("serving", {})) for each in projects} == {0, 1, 2, 3}
    assert {type(service["replicas"]) for service in services} == {int, dict}
    rollouts = {service.get("rollout", {}).get("strategy") for service in services}
    assert rollouts == {None, "canary", "shadow", "ab"}
    assert {"schedule" in each["pipeline"] for each in projects} == {True, False}
    assert {len(each.get("access", {}).get("roles", {})) for each in projects} == {0, 1, 2}
