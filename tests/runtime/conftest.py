"""A step run in this process, a real MLflow on SQLite, a real model folder, a real PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlspec.runtime.__main__ import main

SERVER_PASSWORD = "p@ss/w:rd %41"


# MLflow and its libraries warn of their own future; the tests of ours stay strict.
FOREIGN_WARNINGS = ("DeprecationWarning", "FutureWarning", "UserWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"client", "model_folder"} & set(getattr(item, "fixturenames", ())):
            for category in FOREIGN_WARNINGS:
                item.add_marker(pytest.mark.filterwarnings(f"ignore::{category}"))


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Step = Callable[..., Outcome]


@pytest.fixture
def step(capsys: pytest.CaptureFixture[str]) -> Step:
    """Runs one verb; wrong flags come back as exit code 2, as they do from a shell."""

    def run(*argv: object) -> Outcome:
        capsys.readouterr()
        try:
            code = main([str(word) for word in argv])
        except SystemExit as err:
            code = int(err.code or 0)
        out, err_text = capsys.readouterr()
        return Outcome(code, out, err_text)

    return run


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("MLSPEC_", "MLFLOW_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database with its schema made: the slow part, done once and copied."""
    mlflow = pytest.importorskip("mlflow", reason="needs the extra mlspec[runtime]")
    pytest.importorskip("alembic", reason="MLflow on SQLite needs alembic and sqlalchemy")
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    mlflow.MlflowClient(tracking_uri=f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def client(migrated_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of a fresh MLflow, which the step's environment points to as well."""
    import mlflow

    shutil.copy(migrated_database, tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)  # artifacts go to ./mlruns
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "wine-quality")
    monkeypatch.setenv("MLSPEC_RUN", "wine-quality-x7k2p")
    monkeypatch.setenv("MLSPEC_PROJECT", "wine-quality")
    monkeypatch.setenv("MLSPEC_ENVIRONMENT", "dev")
    return mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `mlflow.sklearn.save_model` makes of a small fitted model of two features."""
    sklearn_models = pytest.importorskip("sklearn.linear_model", reason="needs scikit-learn")
    flavour = pytest.importorskip("mlflow.sklearn", reason="needs mlflow")
    folder = tmp_path_factory.mktemp("model") / "model"
    model = sklearn_models.LogisticRegression().fit([[0.0, 0.0], [1.0, 1.0]], [0, 1])
    flavour.save_model(model, str(folder), pip_requirements=["scikit-learn"])
    return folder


@dataclass(frozen=True)
class Server:
    port: int
    user: str

    def execute(self, *statements: str) -> None:
        import psycopg

        place = {"host": "127.0.0.1", "port": self.port, "dbname": "postgres"}
        with psycopg.connect(user=self.user, password=SERVER_PASSWORD, **place) as connection:
            for statement in statements:
                connection.execute(statement)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL on loopback that asks for a password."""
    for program in ("initdb", "pg_ctl"):
        if shutil.which(program) is None:
            pytest.skip(f"needs PostgreSQL's {program}")
    pytest.importorskip("psycopg", reason="needs the driver psycopg")
    pytest.importorskip("sqlalchemy", reason="needs the extra mlspec[runtime]")
    owner = _server_owner()
    # Not below pytest's own folder, which no other user may enter.
    folder = Path(tempfile.mkdtemp(prefix="mlspec-pg-"))
    password = folder / "password"
    password.write_text(SERVER_PASSWORD)
    for path in (folder, password):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    as_owner: dict[str, Any] = {
        "user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": [], "cwd": folder,
        "check": True, "stdout": subprocess.DEVNULL,
    } if os.geteuid() == 0 else {"check": True, "stdout": subprocess.DEVNULL}  # fmt: skip
    data, port = folder / "data", _free_port()
    make = ["initdb", "-D", data, "-U", "reader", "--auth=scram-sha-256", f"--pwfile={password}"]
    subprocess.run([*make, "--no-sync", "-E", "UTF8", "--locale=C"], **as_owner)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = ["pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], **as_owner)
    try:
        yield Server(port, "reader")
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **as_owner)
        shutil.rmtree(folder, ignore_errors=True)


def _server_owner() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.skip("PostgreSQL refuses to run as root, and there is no user to run it as")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
