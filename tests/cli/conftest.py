"""The command, run in this process, in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import CliRunner, Result

import mlspec.renderers
from mlspec.cli import workshop
from mlspec.cli.app import app
from mlspec.cli.compilation import Platforms
from tests.cli.samples import PLATFORM, PROJECT, renderer, write
from tests.cli.shop import Shop
from tests.gitops.registered import Registered, empty_database
from tests.gitops.repositories import QUIET, Repo

Run: TypeAlias = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `mlspec …` in tmp_path; whatever happens, it must not end in a traceback."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: object, code: int | None = None) -> Result:
        result = CliRunner().invoke(app, [str(each) for each in arguments], prog_name="mlspec")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        if code is not None:
            assert result.exit_code == code, result.output
        return result

    return invoke


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the project `wine` in a folder of that name, and the default platform."""
    write(tmp_path, {"wine/project.yaml": PROJECT})
    return tmp_path


@pytest.fixture
def rendering(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`place` with a platform whose only target is the drop-in `maps`."""
    monkeypatch.setattr(mlspec.renderers, "__path__", [])  # tests of their own are theirs
    write(place, {"platform.yaml": PLATFORM, **renderer("maps")})
    return place


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty one."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("MLSPEC_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are compiled."""
    seen: list[str] = []
    real = workshop.compile_project

    def watched(file: str, platforms: Platforms, texts: dict[str, str]) -> object:
        seen.append(file)
        return real(file, platforms, texts)

    monkeypatch.setattr(workshop, "compile_project", watched)
    return seen


@pytest.fixture(scope="session")
def empty_mlflow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database with its tables and nothing in them."""
    return empty_database(tmp_path_factory.mktemp("mlflow"))


@pytest.fixture
def shop(run: Run, empty_mlflow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A project in a Git repository, with a real MLflow: not open yet."""
    for name, value in QUIET.items():
        monkeypatch.setenv(name, value)
    mlflow = Registered(empty_mlflow, tmp_path / "mlflow")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow.uri)
    repo = Repo.make(tmp_path / "ml")
    monkeypatch.chdir(repo.root)
    return Shop(run, repo, mlflow)
