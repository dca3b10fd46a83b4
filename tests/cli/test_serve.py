"""`mlspec serve`, with the real MLServer behind it, and `mlspec predict` asking it."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest
from mlspec.renderers.prometheus import render as render_prometheus
from mlspec.renderers.seldon import render as render_seldon

from mlspec.cli.local_plan import local_plan
from mlspec.local.serving import mlserver
from mlspec.local.warden import processes_of
from tests.cli.conftest import Run
from tests.cli.long_running import SECONDS, LongRunning
from tests.local.serving_samples import PROJECT, Registry, made_once, make_project

needs_mlserver = pytest.mark.skipif(
    find_spec("mlserver_mlflow") is None, reason="needs the extra mlspec[seldon]"
)
pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{category}")  # MLflow's, of its own future
    for category in ("DeprecationWarning", "FutureWarning", "UserWarning")
]

ROWS = "grade,proline,alcohol\n1,1065,14.23\n1,1050,13.2\n"
INFER = "/v2/models/grader/infer"


class Served:
    """A service that runs, and where."""

    def __init__(self, root: Path, command: LongRunning) -> None:
        self.root, self.command = root, command
        self.url = command.until(r"is ready at (\S+) after")[1]

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, str, str]:
        """Status, content, and who answered."""
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode(), answer.headers["mlspec-predictor"]
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers["mlspec-predictor"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two registered versions: 1 is champion and answers 1, 2 is challenger."""
    pytest.importorskip("mlflow", reason="needs the extra mlspec[runtime]")
    folder = make_project(tmp_path_factory.mktemp("serve") / "wine")
    registry = Registry(folder, *made_once(tmp_path_factory.mktemp("models")))
    registry.register("champion")
    registry.register("challenger")
    (folder.project / "rows.csv").write_text(ROWS, encoding="utf-8")
    return folder.project


@pytest.fixture(scope="module")
def served(project: Path) -> Iterator[Served]:
    with LongRunning(project, "serve", "--port", "0", "--seed", "1") as command:
        yield Served(project, command)


@needs_mlserver
def test_the_service_speaks_the_open_inference_protocol_under_the_name_of_the_cluster(
    served: Served,
) -> None:
    plan = local_plan(str(served.root))
    [deployment] = [m.body for m in render_seldon(plan) if m.kind == "SeldonDeployment"]
    node = deployment["spec"]["predictors"][0]["graph"]["name"]

    assert served.ask("/v2/health/live")[0] == 200
    assert served.ask("/v2/health/ready")[0] == 200
    assert served.ask(f"/v2/models/{node}/ready")[0] == 200
    inputs = json.loads(served.ask(f"/v2/models/{node}")[1])["inputs"]
    assert [(each["name"], each["datatype"]) for each in inputs] == [
        ("alcohol", "FP64"),
        ("proline", "INT64"),
    ]


@needs_mlserver
def test_it_says_how_to_try_it_and_what_it_says_works(served: Served) -> None:
    predict = served.command.until(r"try +mlspec (predict .+)\n")[1]
    curl = served.command.until(r"or +curl -s (\S+) .* -d @(\S+)\n")

    tried = subprocess.run(
        [*LongRunning.program, *predict.split()],
        cwd=served.root, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert tried.stdout.splitlines()[0].split() == ["alcohol", "proline", "output-1"]
    code, text, predictor = served.ask(
        curl[1].removeprefix(served.url), (served.root / curl[2]).read_bytes()
    )
    assert code == 200
    version = {"champion": 1, "challenger": 2}[predictor]
    assert json.loads(text)["outputs"][0]["data"] == [version, version]


@needs_mlserver
def test_each_version_gets_its_share_and_the_log_tells_which(
    run: Run, served: Served, project: Path
) -> None:
    answers: dict[tuple[str, str], set[int]] = {}
    for _ in range(12):
        result = run(
            "predict", "api", "--data", project / "rows.csv", "--project", project,
            "--format", "json", code=0,
        )  # fmt: skip
        found = json.loads(result.stdout)
        said = {row["predictions"]["output-1"] for row in found["rows"]}
        answers.setdefault((found["predictor"], found["version"]), set()).update(said)

    assert answers == {("champion", "1"): {1}, ("challenger", "2"): {2}}
    for predictor in ("champion", "challenger"):
        served.command.until(rf"POST {INFER}  200  {predictor}  \d+ ms")


@needs_mlserver
def test_a_canary_is_split_as_declared_and_the_metrics_of_the_alerts_count_both(
    served: Served,
) -> None:
    request = (served.root / ".mlspec/serving/api/request.json").read_bytes()
    before = counted(served)

    predictors = [served.ask(INFER, request)[2] for _ in range(100)]

    share = predictors.count("challenger")
    assert 8 <= share <= 50, "of 25; by chance one in 100 000 seeds is beyond, and ours is fixed"
    assert predictors.count("champion") == 100 - share
    asked_of = {name for name, _ in alert_selectors(served) if name.endswith(("_count", "_bucket"))}
    assert len(asked_of) == 2
    for metric in asked_of:
        for predictor, version, asked in (
            ("champion", "1", 100 - share), ("challenger", "2", share),
        ):  # fmt: skip
            series = (metric, predictor, version)
            assert counted(served)[series] - before.get(series, 0) == asked, series


def counted(served: Served) -> dict[tuple[str, str, str], float]:
    """Successful predictions by metric, predictor and version; of buckets, the one of them all."""
    found = {}
    for metric, labels, value in samples(served):
        of_all = {"service": "predictions", "code": "200", "le": labels.get("le")} | (
            {"le": "+Inf"} if metric.endswith("_bucket") else {}
        )
        if {name: labels.get(name) for name in of_all} == of_all:
            found[metric, labels["predictor_name"], labels["predictor_version"]] = value
    return found


SELECTOR = re.compile(r"(seldon_\w+)\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"')
SAMPLE = re.compile(r"^(seldon_\w+)\{(.*)\} (\S+)$", re.MULTILINE)


def matches(labels: dict[str, str], name: str, operator: str, wanted: str) -> bool:
    """As Prometheus does it."""
    value, wanted = labels.get(name, ""), wanted.replace(r"\\", "\\")
    if "~" in operator:
        return (re.fullmatch(wanted, value) is not None) == (operator == "=~")
    return (value == wanted) == (operator == "=")


def alert_selectors(served: Served) -> set[tuple[str, str]]:
    """The metrics of the rendered alerts, and the text of their matchers."""
    return {
        found
        for manifest in render_prometheus(local_plan(str(served.root)))
        if manifest.kind == "PrometheusRule"
        for group in manifest.body["spec"]["groups"]
        for rule in group["rules"]
        for found in SELECTOR.findall(rule["expr"])
    }


def samples(served: Served) -> list[tuple[str, dict[str, str], float]]:
    """What `/metrics` says now: metric, labels, value."""
    return [
        (metric, {name: value for name, _, value in MATCHER.findall(labels)}, float(value))
        for metric, labels, value in SAMPLE.findall(served.ask("/metrics")[1])
    ]


@needs_mlserver
def test_every_selector_of_the_rendered_alerts_finds_its_series(served: Served) -> None:
    request = (served.root / ".mlspec/serving/api/request.json").read_bytes()
    lacking = b'{"inputs": [{"name": "alcohol", "shape": [1, 1], "datatype": "FP64", "data": [1]}]}'
    assert served.ask(INFER, request)[0] == 200
    assert served.ask(INFER, lacking)[0] == 500
    selectors, present = alert_selectors(served), samples(served)

    assert len(selectors) > 4
    for metric, text in selectors:
        # Prometheus itself adds the namespace: the executor does not know it either.
        matchers = [m for m in MATCHER.findall(text) if m[0] != "namespace"]
        found = [
            value
            for name, labels, value in present
            if name == metric and all(matches(labels, *matcher) for matcher in matchers)
        ]
        assert sum(found) > 0, f"{metric}{{{text}}}"


@needs_mlserver
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_however_it_ends(project: Path, number: int) -> None:
    with LongRunning(project, "serve", "--port", "0", "--alias", "champion") as command:
        Served(project, command)
        name = f"serve-api-{command.process.pid}"
        assert processes_of(name)

        code = command.end(number)

        if number == signal.SIGINT:
            assert code == 0
            assert command.said.endswith("api has stopped\n")
        else:
            wait_until_gone(name)  # the warden sees to it after we are gone
        assert not processes_of(name)


def wait_until_gone(name: str) -> None:
    for pid in processes_of(name):
        with suppress(ProcessLookupError):
            handle = os.pidfd_open(pid)
            assert select.select([handle], [], [], SECONDS)[0]
            os.close(handle)


def test_a_port_that_is_taken(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlserver, "_PACKAGES", ())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--project", project, "--port", port, code=1)

    assert f"port {port} is taken by another program: choose one with --port" in result.output


def test_without_the_extra_it_says_what_to_install(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mlserver, "_PACKAGES", ("no_such_package_at_all",))

    result = run("serve", "--project", project, code=1)

    assert "mlspec serve needs MLServer: pip install 'mlspec[seldon]'" in result.output


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        pytest.param(PROJECT, ["apy"], "no service `apy`; did you mean `api`?", id="unknown"),
        pytest.param(
            PROJECT.replace("serving:", "serving:\n  other: {model: grader}"), [],
            "name one of the services: other, api", id="several",
        ),
        pytest.param(
            PROJECT[: PROJECT.index("serving:")], [],
            "wine has no services: `serving` is empty", id="none",
        ),
    ],
)  # fmt: skip
def test_which_service(run: Run, tmp_path: Path, text: str, words: list[str], said: str) -> None:
    (tmp_path / "project.yaml").write_text(text, encoding="utf-8")

    assert said in run("serve", *words, code=2).output


def test_a_service_whose_model_was_never_made(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mlserver, "_PACKAGES", ())
    make_project(tmp_path)

    result = run("serve", "--port", "0", code=1)

    assert "nothing is registered here yet; run `mlspec run` first" in result.output


@pytest.mark.parametrize("command", ["serve", "ui"])
def test_a_database_that_is_none_is_told_with_what_to_do(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(mlserver, "_PACKAGES", ())
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    database = make_project(tmp_path).database
    database.write_text("no database")

    result = run(command, "--port", "0", code=1)

    moved = f"move it away (mv {database} {database}.old)"
    assert f"Error: {database} is damaged, or no database of MLflow: {moved}" in result.output


@needs_mlserver
def test_a_model_that_cannot_be_loaded_is_told_with_the_cause_from_the_log(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "wine")
    models, database = made_once(tmp_path)
    (models / "1" / "model.pkl").unlink()
    Registry(folder, models, database).register("champion")

    with LongRunning(folder.project, "serve", "--port", "0") as command:
        said = command.until(r"Error: the server of champion ended \(.*\); its log is (\S+)\n")
        assert command.process.wait(SECONDS) == 1

    assert Path(said[1]).is_file()
    assert "No such file or directory" in command.said
