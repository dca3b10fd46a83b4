"""Data that a cluster's drivers would bring is brought before the step starts."""

from __future__ import annotations

import base64
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mlspec.local import fetch as program
from mlspec.plan.model import Fetch, GitLocation, HttpLocation
from tests.local.pipelines import run_steps, step


class Wines(BaseHTTPRequestHandler):
    """Gives wine to who has the password."""

    def do_GET(self) -> None:
        wanted = "Basic " + base64.b64encode(b"ana:hush").decode()
        allowed = self.path != "/cellar.csv" or self.headers.get("Authorization") == wanted
        self.send_response(200 if allowed else 401)
        self.end_headers()
        self.wfile.write(b"grade\n1\n" if allowed else b"no")

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Wines) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def ingest(location: Any) -> Any:
    fetch = Fetch(name="wine", location=location)
    return step("ingest", "cp -r <input wine> <output out>", kind="ingest", fetch=fetch)


def test_http(tmp_path: Path, address: str) -> None:
    ran = run_steps(tmp_path, ingest(HttpLocation(url=f"{address}/open.csv")))

    assert ran.state == "succeeded", ran.log("ingest")
    assert ran.read("ingest") == "grade\n1\n"


def test_http_with_a_password(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "wine"
    url = f"{address}/cellar.csv"
    with pytest.raises(OSError, match="401"):
        program.http(target, url=url)
    monkeypatch.setenv("MLSPEC_CREDENTIAL_USERNAME", "ana")
    monkeypatch.setenv("MLSPEC_CREDENTIAL_PASSWORD", "hush")

    program.http(target, url=url)

    assert target.read_text(encoding="utf-8") == "grade\n1\n"


def test_what_cannot_be_fetched_fails_the_step_and_its_program_is_not_started(
    tmp_path: Path,
) -> None:
    ran = run_steps(tmp_path, ingest(HttpLocation(url="http://127.0.0.1:1/wine.csv")))

    assert ran.state == "failed"
    assert "cannot fetch http data: " in ran.log("ingest")
    assert "cp:" not in ran.log("ingest")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits: the first, tagged `old`, says 1; the tip of `main` says 2."""
    place = tmp_path / "repository"
    (place / "data").mkdir(parents=True)

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=ana", "-c", "user.email=ana@example.com")
        subprocess.run(["git", *who, *arguments], cwd=place, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    for number in (1, 2):
        (place / "data/wine.csv").write_text(f"grade\n{number}\n", encoding="utf-8")
        git("add", ".")
        git("commit", "-q", "-m", f"{number}")
        if number == 1:
            git("tag", "old")
    return place


@pytest.mark.parametrize(("revision", "grade"), [("main", "2"), ("old", "1")])
def test_git_at_a_branch_or_a_tag(
    tmp_path: Path, repository: Path, revision: str, grade: str
) -> None:
    location = GitLocation(repository=str(repository), revision=revision, path="data/wine.csv")
    project = tmp_path / "project"
    project.mkdir()

    ran = run_steps(project, ingest(location))

    assert ran.state == "succeeded", ran.log("ingest")
    assert ran.read("ingest") == f"grade\n{grade}\n"


def test_a_path_that_the_repository_has_not_is_named(tmp_path: Path, repository: Path) -> None:
    location = GitLocation(repository=str(repository), revision="main", path="data/beer.csv")
    project = tmp_path / "project"
    project.mkdir()

    log = run_steps(project, ingest(location)).log("ingest")

    assert "data/beer.csv" in log
    assert f"not in {repository} at main" in log
