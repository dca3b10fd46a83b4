"""The embedded MLflow's file: made whole, known when it is broken, and right after a move."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mlspec.cli.local_plan import local_plan
from mlspec.local import embedded
from mlspec.local.embedded import Unusable, has_experiment, settle
from mlspec.local.folder import Folder
from mlspec.local.serving.versions import answering
from tests.local.serving_samples import REGISTERED, make_project, plain_environment

pytest.importorskip("mlflow", reason="needs the extra mlspec[local]")
pytest.importorskip("alembic", reason="needs the extra mlspec[local]")
pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{category}")  # MLflow's, of its own future
    for category in ("DeprecationWarning", "FutureWarning", "UserWarning")
]

ADDRESSES = (
    "SELECT artifact_location FROM experiments",
    "SELECT artifact_uri FROM runs",
    "SELECT artifact_location FROM logged_models",
    "SELECT source FROM model_versions",
    "SELECT storage_location FROM model_versions",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A project `old` with all that MLflow keeps addresses of. Its database was made by the program
    that runs use, after an earlier try of it that was killed."""
    import mlflow

    folder = make_project(tmp_path_factory.mktemp("moved") / "old")
    folder.database.touch()
    folder.database.with_name("mlflow.db.new").write_text("half of a database")
    place = folder.mlflow_artifacts / "wine-local"
    program = [sys.executable, "-m", "mlspec.local.store"]
    subprocess.run(
        [*program, folder.database, "wine-local", place.as_uri()],
        check=True, env=plain_environment(),
    )  # fmt: skip
    uri = embedded.uri_of(folder.database)
    client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
    client.create_experiment("mine", artifact_location=str(folder.project / "mlruns/7"))
    experiment = client.get_experiment_by_name("wine-local").experiment_id
    client.create_logged_model(experiment)
    run = client.create_run(experiment)
    client.log_text(run.info.run_id, "flavors: {}\n", "model/MLmodel")
    client.create_registered_model(REGISTERED)
    version = client.create_model_version(
        REGISTERED, source=f"{run.info.artifact_uri}/model", run_id=run.info.run_id
    )
    client.set_registered_model_alias(REGISTERED, "champion", version.version)
    return folder


@pytest.fixture
def old(made: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """The same, for one test; `made` itself has been moved then, too."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return settled(made.project, tmp_path / "old")


def settled(project: Path, place: Path) -> Folder:
    """A copy of a project, of which the first thing that needs MLflow has been done."""
    shutil.copytree(project, place)
    folder = Folder(place)
    settle(folder)
    return folder


def execute(folder: Folder, *statements: str) -> None:
    with closing(sqlite3.connect(folder.database)) as database, database:
        for statement in statements:
            database.execute(statement)


def addresses(folder: Folder) -> list[str]:
    with closing(sqlite3.connect(folder.database)) as database:
        return [found for each in ADDRESSES for (found,) in database.execute(each) if found]


def test_it_is_made_whole_after_an_earlier_try_was_killed(made: Folder) -> None:
    assert has_experiment(made, "wine-local")
    assert not list(made.root.glob("mlflow.db.*"))
    settle(made)


def test_without_a_database_none_is_made(tmp_path: Path) -> None:
    folder = make_project(tmp_path)

    settle(folder)

    assert not has_experiment(folder, "wine-local")
    assert not folder.database.exists()


@pytest.mark.parametrize("place", ["copy", "a copy, ünd more%20", "old/copy"])
def test_a_copy_has_its_artifacts_in_its_own_folder(
    old: Folder, tmp_path: Path, place: str
) -> None:
    before = addresses(old)
    here = tmp_path / place
    shutil.copytree(shutil.copytree(old.project, tmp_path / "on its way"), here)

    settle(Folder(here))

    found = addresses(Folder(here))
    assert len(found) == 7, "Default, wine-local, mine; a run; a logged model; a version's two"
    ours = (f"{here}/mlruns/", f"{here.as_uri()}/.mlspec/mlartifacts/wine-local")
    assert [each for each in found[1:] if not each.startswith(ours)] == []
    assert addresses(old) == before


def test_what_is_served_of_a_copy_is_its_own(old: Folder, tmp_path: Path) -> None:
    copy = Folder(shutil.copytree(old.project, tmp_path / "copy"))
    shutil.rmtree(old.project)
    plan = local_plan(str(copy.project))

    [version] = answering(plan, plan.services[0], copy).versions

    assert version.model.is_relative_to(copy.mlflow_artifacts)
    assert (version.model / "MLmodel").read_text() == "flavors: {}\n"


def test_out_of_a_folder_within_the_former_one(old: Folder, tmp_path: Path) -> None:
    inner = settled(old.project, tmp_path / "outer/inner")
    assert [each for each in addresses(inner) if "inner" in each]
    (tmp_path / "outer/.mlspec").mkdir()
    outer = Folder(tmp_path / "outer")
    inner.database.rename(outer.database)

    settle(outer)

    assert not [each for each in addresses(outer) if "inner" in each]


def test_addresses_elsewhere_stay(old: Folder, tmp_path: Path) -> None:
    kept = ["s3://cellar/.mlspec/mlartifacts/x", "mlflow-artifacts:/1", "/somewhere/mlruns/8"]
    for number, address in enumerate(kept):
        execute(
            old,
            "INSERT INTO experiments (name, artifact_location, workspace) "
            f"VALUES ('{number}', '{address}', 'default')",
        )

    copy = settled(old.project, tmp_path / "copy")

    assert set(kept) <= set(addresses(copy))


def test_where_nothing_has_moved_nothing_is_written(old: Folder) -> None:
    before = old.database.read_bytes()

    settle(old)

    assert old.database.read_bytes() == before


def test_all_addresses_are_changed_or_none(old: Folder, tmp_path: Path) -> None:
    execute(
        old,
        "CREATE TRIGGER t BEFORE UPDATE ON model_versions "
        "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
    )
    before = addresses(old)

    with pytest.raises(Unusable, match=r"cannot be used \(the disk is full\)"):
        settled(old.project, tmp_path / "copy")

    assert addresses(Folder(tmp_path / "copy")) == before


def garbage(folder: Folder) -> None:
    folder.database.write_bytes(b"no database at all" * 100)


def cut(folder: Folder) -> None:
    content = folder.database.read_bytes()
    folder.database.write_bytes(content[: len(content) // 2])


def other_program_s(folder: Folder) -> None:
    folder.database.unlink()
    execute(folder, "CREATE TABLE wines (grade)")


def newer(folder: Folder) -> None:
    execute(folder, "UPDATE alembic_version SET version_num = 'feedfacefeed'")


def older(folder: Folder) -> None:
    execute(folder, "UPDATE alembic_version SET version_num = '451aebb31d03'")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(garbage, "is damaged, or no database of MLflow: move it away (", id="text"),
        pytest.param(cut, "is damaged, or no database of MLflow: move it away (", id="truncated"),
        pytest.param(other_program_s, "is damaged, or no database of MLflow: move", id="other"),
        pytest.param(newer, "was made by a newer MLflow than the installed one: ", id="newer"),
        pytest.param(older, "up to date with: mlflow db upgrade sqlite:////", id="older"),
    ],
)
def test_a_file_that_mlflow_could_not_use_is_told_in_one_sentence_and_left(
    old: Folder, spoil: Any, said: str
) -> None:
    spoil(old)
    before = old.database.read_bytes()

    with pytest.raises(Unusable) as error:
        settle(old)

    assert str(error.value).startswith(str(old.database))
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert old.database.read_bytes() == before


@pytest.fixture
def locked(old: Folder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    monkeypatch.setattr(embedded, "_PATIENCE_SECONDS", 0)
    with closing(sqlite3.connect(old.database)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield old


def test_a_file_that_another_program_keeps_locked(locked: Folder) -> None:
    with pytest.raises(Unusable, match=r"another program keeps .*mlflow.db locked: end it, then"):
        settle(locked)
