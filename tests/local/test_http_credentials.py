"""Credentials of an HTTP source: asked for before anything runs, and given to what fetches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlspec.local.errors import CannotRun
from mlspec.plan.model import Credentials, Fetch, HttpLocation
from tests.local.pipelines import plan, run_plan, run_steps, step
from tests.local.test_fetch import address  # noqa: F401 (a fixture)

KEYS = {"username": "user", "password": "pass"}


@pytest.fixture(autouse=True)
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for role in ("USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"MLSPEC_CREDENTIAL_{role}", raising=False)


def ingest(url: str) -> Any:
    credentials = Credentials(secret="cellar", keys=KEYS)
    fetch = Fetch(name="wine", location=HttpLocation(url=url), credentials=credentials)
    return step("ingest", "cp <input wine> <output out>", kind="ingest", fetch=fetch)


def test_missing_ones_are_named_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(CannotRun) as refused:
        run_steps(tmp_path, step("first", "touch ran"), ingest("https://wine.invalid/raw.csv"))

    assert str(refused.value).splitlines() == [
        f"ingest needs a secret in the environment variable MLSPEC_CREDENTIAL_{role.upper()} "
        f"(in the cluster: key `{key}` of Secret `cellar`)"
        for role, key in KEYS.items()
    ]
    assert not (tmp_path / "ran").exists()


def test_they_reach_what_fetches_and_no_other_step(
    tmp_path: Path,
    address: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLSPEC_CREDENTIAL_USERNAME", "ana")
    monkeypatch.setenv("MLSPEC_CREDENTIAL_PASSWORD", "hush")
    show = step("other", 'echo "$MLSPEC_CREDENTIAL_PASSWORD" > <output out>')

    ran = run_plan(tmp_path, plan(ingest(f"{address}/cellar.csv"), show))

    assert ran.state == "succeeded", ran.log("ingest")
    assert ran.read("ingest") == "grade\n1\n"
    assert ran.read("other") == "\n"


def test_a_log_in_of_netrc_is_as_good(tmp_path: Path, address: str) -> None:  # noqa: F811
    place = tmp_path / ".netrc"
    place.write_text("machine 127.0.0.1 login ana password hush\n")
    place.chmod(0o600)

    ran = run_steps(tmp_path, ingest(f"{address}/cellar.csv"))

    assert ran.state == "succeeded", ran.log("ingest")
