"""Which registered versions answer for a service, asked of a real MLflow."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlspec.cli.local_plan import local_plan
from mlspec.local.folder import Folder
from mlspec.local.serving.errors import NothingRegistered, ServingError
from mlspec.local.serving.versions import Answering, answering
from tests.local.serving_samples import Registry, made_once, make_project

pytest.importorskip("mlflow", reason="needs the extra mlspec[runtime]")
pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{category}")  # MLflow's, of its own future
    for category in ("DeprecationWarning", "FutureWarning", "UserWarning")
]


@pytest.fixture(scope="module")
def slow_part(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return made_once(tmp_path_factory.mktemp("models"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return make_project(tmp_path / "wine")


@pytest.fixture
def registry(folder: Folder, slow_part: tuple[Path, Path]) -> Registry:
    return Registry(folder, *slow_part)


def found(folder: Folder, alias: str = "") -> Answering:
    plan = local_plan(str(folder.project))
    return answering(plan, plan.services[0], folder, alias)


def shares(answer: Answering) -> list[tuple[str, str, int]]:
    return [(v.predictor, v.version, v.traffic) for v in answer.versions]


def test_a_canary_of_two_versions_is_as_declared(folder: Folder, registry: Registry) -> None:
    registry.register("champion")
    registry.register("challenger")

    answer = found(folder)

    assert shares(answer) == [("champion", "1", 75), ("challenger", "2", 25)]
    assert [v.model.name for v in answer.versions] == ["1", "2"]
    assert not answer.notes


def test_an_alias_without_a_version_is_left_out_and_told(
    folder: Folder, registry: Registry
) -> None:
    registry.register("champion")

    answer = found(folder)

    assert shares(answer) == [("champion", "1", 75)]
    assert answer.notes == ("no version of grader is `challenger` yet: it gets no requests",)


def test_where_no_alias_has_a_version_the_newest_answers(
    folder: Folder, registry: Registry
) -> None:
    registry.register()
    registry.register("nightly")

    answer = found(folder)

    assert shares(answer) == [("champion", "2", 100)]
    assert answer.notes[0] == (
        "no version of grader is `champion` yet: the newest, version 2 (`nightly`), answers instead"
    )


def test_one_alias_can_be_asked_for_alone(folder: Folder, registry: Registry) -> None:
    registry.register("champion")
    registry.register("challenger")

    assert shares(found(folder, "challenger")) == [("challenger", "2", 100)]
    with pytest.raises(NothingRegistered, match="there is: challenger, champion"):
        found(folder, "nightly")


def test_a_model_that_was_never_registered(folder: Folder, slow_part: tuple[Path, Path]) -> None:
    with pytest.raises(NothingRegistered, match="run `mlspec run` first"):
        found(folder)
    assert not folder.database.exists(), "to ask is not to make"

    Registry(folder, *slow_part)
    with pytest.raises(NothingRegistered, match=r"grader is registered here \(as wine.local.gra"):
        found(folder)


def test_a_model_whose_files_are_gone(folder: Folder, registry: Registry, tmp_path: Path) -> None:
    source = (tmp_path / "gone").as_uri()
    registry.client.create_model_version("wine.local.grader", source=source)

    with pytest.raises(ServingError, match=f"version 1 is gone from {tmp_path}/gone"):
        found(folder)


def test_the_mlflow_that_the_user_names_is_asked(
    folder: Folder, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.register("champion")
    elsewhere = tmp_path / "elsewhere.db"
    folder.database.rename(elsewhere)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{elsewhere}")

    assert shares(found(folder)) == [("champion", "1", 75)]
