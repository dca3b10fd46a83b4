"""What a run misses is said before anything runs, all of it at once."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from mlspec.local.errors import CannotRun
from mlspec.plan.model import Fetch, S3Location, SecretEnv
from tests.local.pipelines import plan, run_plan, run_steps, step

OURS = (("python",), ("-m",), ("mlspec.runtime",), ("check",))
SECRETS = (
    SecretEnv(name="MLSPEC_SQL_USERNAME", secret="db", key="user"),
    SecretEnv(name="MLSPEC_SQL_PASSWORD", secret="db", key="password"),
)


def hide(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """As if the packages were not installed."""
    find = importlib.util.find_spec

    def found(name: str, *more: Any) -> Any:
        return None if name in modules else find(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", found)


def test_the_extra_is_named_where_a_package_of_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, "mlflow", "alembic")

    with pytest.raises(CannotRun) as refused:
        run_steps(tmp_path, step("check", argv=OURS))

    assert str(refused.value) == (
        "mlflow and alembic are not installed; install with: pip install 'mlspec[local]'"
    )
    assert not (tmp_path / ".mlspec").exists()


def test_a_pipeline_without_programs_of_ours_needs_no_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, "mlflow", "alembic", "pyarrow", "sqlalchemy")

    assert run_steps(tmp_path, step("clean")).state == "succeeded"


def test_a_step_alone_needs_nothing_of_what_concludes_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, "mlflow")
    whole = plan(step("clean"), on_exit=step("report", argv=OURS, outputs=()))

    with pytest.raises(CannotRun, match="mlflow is not installed"):
        run_plan(tmp_path, whole)
    assert run_plan(tmp_path, whole, only="clean").state == "succeeded"


def test_the_package_that_fetches_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "s3fs")
    fetch = Fetch(name="wine", location=S3Location(bucket="b", key="k", endpoint="s3.test"))

    with pytest.raises(CannotRun, match=r"ingest fetches its data with s3fs.*pip install s3fs"):
        run_steps(tmp_path, step("ingest", fetch=fetch))


def test_every_missing_secret_is_named_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLSPEC_SQL_USERNAME", raising=False)
    monkeypatch.delenv("MLSPEC_SQL_PASSWORD", raising=False)

    with pytest.raises(CannotRun) as refused:
        run_steps(tmp_path, step("first", "touch ran"), step("ask", secrets=SECRETS))

    assert str(refused.value).splitlines() == [
        "ask needs a secret in the environment variable MLSPEC_SQL_USERNAME "
        "(in the cluster: key `user` of Secret `db`)",
        "ask needs a secret in the environment variable MLSPEC_SQL_PASSWORD "
        "(in the cluster: key `password` of Secret `db`)",
    ]
    assert not (tmp_path / "ran").exists()


def test_a_secret_reaches_the_step_that_asks_for_it_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for secret in SECRETS:
        monkeypatch.setenv(secret.name, "hush")
    show = 'echo "$MLSPEC_SQL_PASSWORD" > <output out>'

    ran = run_steps(tmp_path, step("ask", show, secrets=SECRETS), step("other", show))

    assert (ran.read("ask"), ran.read("other")) == ("hush\n", "\n")
