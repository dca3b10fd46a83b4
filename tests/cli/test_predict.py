"""`mlspec predict`: what it sends, shows and says. Real predictions are in test_serve.py."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mlspec.local.folder import Folder
from mlspec.local.serving.service import Place
from tests.cli.conftest import Run
from tests.local.serving_samples import make_project, standing_in

SIGNATURE = {
    "inputs": [
        {
            "name": "alcohol",
            "datatype": "FP64",
            "shape": [-1, 1],
            "parameters": {"content_type": "np"},
        }
    ],
    "parameters": {"content_type": "pd"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "rows.csv").write_text("alcohol\n14\n", encoding="utf-8")
    return make_project(tmp_path)


@contextmanager
def running(
    folder: Folder, service: str, infer: object, code: int = 200, pid: int | None = None
) -> Iterator[None]:
    """A server that stands in for a service: it has the metadata, and one answer. `pid` is that of
    `mlspec serve`, for which this process stands in."""
    answers = {"GET /v2/models/grader": (200, SIGNATURE)}
    with standing_in(answers.get, (code, infer)) as (port, _):
        place = Place(folder, service)
        place.root.mkdir(parents=True)
        found = {"url": f"http://127.0.0.1:{port}", "node": "grader", "pid": pid or os.getpid()}
        place.running.write_text(json.dumps(found), encoding="utf-8")
        yield


def outputs(**values: list[object]) -> dict[str, object]:
    found = [{"name": name, "shape": [len(v), 1], "data": v} for name, v in values.items()]
    return {"outputs": found}


def test_a_table_has_what_was_sent_and_what_came_back(run: Run, folder: Folder) -> None:
    (folder.project / "rows.csv").write_text("grade,alcohol\n0,14\n1,13.25\n", encoding="utf-8")

    with running(folder, "api", outputs(grade=[1, 0], chance=[0.75, 0.5])):
        result = run("predict", "api", "--data", "rows.csv", code=0)

    assert result.stdout == (
        "alcohol  grade  chance\n"
        "     14      1    0.75\n"
        "  13.25      0     0.5\n"
        "api\n"
    )  # fmt: skip


def test_json_is_for_programs(run: Run, folder: Folder) -> None:
    with running(folder, "api", outputs(grade=[1])):
        result = run("predict", "api", "--data", "rows.csv", "--format", "json", code=0)

    assert json.loads(result.stdout)["rows"] == [
        {"inputs": {"alcohol": 14.0}, "predictions": {"grade": 1}}
    ]


def test_only_so_many_rows_are_sent(run: Run, folder: Folder) -> None:
    (folder.project / "rows.csv").write_text("alcohol\n" + "14\n" * 20, encoding="utf-8")

    with running(folder, "api", outputs(grade=[1, 2, 3])):
        result = run("predict", "api", "--data", "rows.csv", "--rows", 3, code=0)

    assert result.stdout.count("14") == 3


def test_a_service_that_does_not_run(run: Run, folder: Folder) -> None:
    result = run("predict", "api", "--data", "rows.csv", code=1)

    assert "api is not running; start it with: mlspec serve api" in result.output


def test_a_service_that_was_killed_is_not_running(run: Run, folder: Folder) -> None:
    killed = subprocess.Popen(["true"])
    killed.wait()
    with running(folder, "api", outputs(grade=[1]), pid=killed.pid):
        result = run("predict", "api", "--data", "rows.csv", code=1)

    assert "api is not running; start it with: mlspec serve api" in result.output


def test_an_address_where_nothing_answers(run: Run, folder: Folder) -> None:
    with running(folder, "api", outputs(grade=[1])):
        pass

    result = run("predict", "api", "--data", "rows.csv", code=1)

    assert "nothing answers at http://127.0.0.1:" in result.output


def test_a_misspelt_service(run: Run, folder: Folder) -> None:
    with running(folder, "wine-api", outputs(grade=[1])):
        result = run("predict", "wine-apy", "--data", "rows.csv", code=1)

    assert "wine-apy is not running; did you mean `wine-api`, which is?" in result.output


@pytest.mark.parametrize(
    ("code", "answer", "said"),
    [
        pytest.param(
            400, {"error": "no such model"}, "the service answered 400: no such model\n", id="error"
        ),
        pytest.param(
            422, {"detail": [{"msg": "Field required"}]},
            "the service answered 422: [{'msg': 'Field required'}]\n", id="detail",
        ),
        pytest.param(
            500, {"error": "it broke"},
            "the service answered 500: it broke; the logs of api are in ", id="log",
        ),
        pytest.param(
            200, outputs(grade=[1, 2]), "the service answered 2 values of grade for 1 rows",
            id="count",
        ),
    ],
)  # fmt: skip
def test_an_error_of_the_service_is_told_in_its_words(
    run: Run, folder: Folder, code: int, answer: object, said: str
) -> None:
    with running(folder, "api", answer, code):
        result = run("predict", "api", "--data", "rows.csv", code=1)

    assert said in result.output


def test_data_that_does_not_fit_is_told_before_it_is_sent(run: Run, folder: Folder) -> None:
    (folder.project / "rows.csv").write_text("alcohl\n14\n", encoding="utf-8")

    with running(folder, "api", outputs(grade=[1])):
        result = run("predict", "api", "--data", "rows.csv", code=1)

    assert "there is no column `alcohol`; did you mean `alcohl`?" in result.output
