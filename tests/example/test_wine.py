"""The example as a user runs it: its three programs, then the steps that mlspec adds, for real."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pd = pytest.importorskip("pandas", reason="the example needs pandas")
for module in ("sklearn", "mlflow", "alembic"):
    pytest.importorskip(module, reason=f"the example needs {module}")

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "projects" / "example"
TASTINGS = EXAMPLE / "data" / "tastings.csv"
SCHEMA = {
    "alcohol": {"type": "float", "min": 0, "max": 25},
    "proline": {"type": "float", "min": 0},
    "grade": {"type": "int", "enum": [0, 1, 2]},
}


@dataclass(frozen=True)
class Place:
    """A folder of outputs, and an environment as the pipeline gives it to every step."""

    folder: Path
    environ: dict[str, str]

    def run(self, *words: object, succeeds: bool = True) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", *map(str, words)]
        done = subprocess.run(
            command, env=self.environ, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert (done.returncode == 0) == succeeds, done.stderr
        return done


def make_place(folder: Path) -> Place:
    return Place(
        folder,
        {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": os.pathsep.join((str(EXAMPLE), str(REPOSITORY))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "MLSPEC_RUN": "wine-quality-1",
            "MLSPEC_PROJECT": "wine-quality",
            "MLSPEC_ENVIRONMENT": "local",
            "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
            "MLFLOW_EXPERIMENT_NAME": "wine-quality",
        },
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """After clean, train and evaluate."""
    place = make_place(tmp_path_factory.mktemp("wine"))
    place.run("wine.clean", "--in", TASTINGS, "--out", "tidy.parquet")
    place.run("wine.train", "--data", "tidy.parquet", "--model", "model", "--trees", 50)
    paths = ("--model", "model", "--data", "tidy.parquet", "--metrics", "metrics.json")
    place.run("wine.evaluate", *paths)
    return place


def test_the_data_is_what_scikit_learn_ships() -> None:
    from sklearn.datasets import load_wine

    shipped = load_wine(as_frame=True).frame
    found = pd.read_csv(TASTINGS)
    assert len(found) == 178
    assert (found.to_numpy() == shipped.to_numpy()).all()


def test_the_raw_and_the_tidy_data_keep_their_schema(trained: Place) -> None:
    schema = json.dumps(SCHEMA)
    for data, format in ((TASTINGS, "csv"), ("tidy.parquet", "parquet")):
        check = ("check", "--data", data, "--format", format, "--schema", schema)
        assert "178 rows" in trained.run("mlspec.runtime", *check).stdout


def test_the_model_grades_unseen_wines_well(trained: Place) -> None:
    metrics = json.loads((trained.folder / "metrics.json").read_text())
    assert set(metrics) == {"f1_macro", "accuracy"}
    assert all(0.85 <= value <= 1 for value in metrics.values())


def test_a_good_model_passes_the_gate_is_registered_and_serves_by_its_alias(trained: Place) -> None:
    gates = {"f1_macro": {"min": 0.85, "no_worse_than": "challenger"}}
    gate = ("mlspec.runtime", "gate", "--metrics", "metrics.json", "--model", "wine-grader")
    first = trained.run(*gate, "--gates", json.dumps(gates))
    assert "no model has this alias yet" in first.stdout
    trained.run(
        "mlspec.runtime", "register", "--model", "model", "--metrics", "metrics.json",
        "--name", "wine-grader", "--alias", "challenger", "--param", "trees=50",
        "--result", "registered.json",
    )  # fmt: skip
    assert json.loads((trained.folder / "registered.json").read_text())["version"] == "1"
    assert (
        "no worse than challenger: >= " in trained.run(*gate, "--gates", json.dumps(gates)).stdout
    )
    assert serve(trained) == [0, 2]


def serve(place: Place) -> list[int]:
    """Grades of a wine of grade 0 and one of grade 2 by the model behind the alias."""
    program = """
import json, mlflow, pandas
model = mlflow.pyfunc.load_model("models:/wine-grader@challenger")
tidy = pandas.read_parquet("tidy.parquet").drop(columns="grade")
print(json.dumps(model.predict(tidy.iloc[[0, -1]]).tolist()))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=place.environ, cwd=place.folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    grades: list[int] = json.loads(done.stdout)
    return grades


def test_a_gate_that_is_too_high_stops_the_model(trained: Place) -> None:
    gates = json.dumps({"f1_macro": {"min": 1.01}})
    gate = ("gate", "--metrics", "metrics.json", "--model", "wine-grader", "--gates", gates)
    assert "1 of 1 gates failed" in trained.run("mlspec.runtime", *gate, succeeds=False).stderr


def test_training_twice_gives_the_same_model(trained: Place) -> None:
    trained.run("wine.train", "--data", "tidy.parquet", "--model", "again", "--trees", 50)
    first, again = (trained.folder / name / "model.pkl" for name in ("model", "again"))
    assert first.read_bytes() == again.read_bytes()


def test_a_saved_model_says_what_it_takes(trained: Place) -> None:
    text = (trained.folder / "model" / "MLmodel").read_text()
    assert "signature:" in text and "od280_od315" in text
    assert (trained.folder / "model" / "input_example.json").is_file()


def test_no_wine_is_both_trained_on_and_held_out_and_order_does_not_matter(
    trained: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLE))
    from wine.split import split

    tidy = pd.read_parquet(trained.folder / "tidy.parquet")
    known, held_out = split(tidy)
    assert len(known) + len(held_out) == len(tidy)
    assert set(known.index).isdisjoint(held_out.index)
    assert set(held_out["grade"]) == {0, 1, 2}
    shuffled = split(tidy.sample(frac=1, random_state=1))[1]
    assert set(shuffled.index) == set(held_out.index)
    fewer = split(tidy.iloc[:-10])[1]
    assert set(fewer.index) <= set(held_out.index)


def test_cleaning_drops_what_cannot_be_right_and_standardises_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLE))
    from wine.clean import clean

    raw = pd.read_csv(TASTINGS).head(5).astype(object)
    raw.columns = [name.replace("_", " ").title() for name in raw.columns]
    raw = pd.concat([raw, raw.head(1)], ignore_index=True)  # a duplicate
    raw.loc[1, "Alcohol"] = 99
    raw.loc[2, "Hue"] = None
    raw.loc[3, "Grade"] = 7
    assert clean(raw).equals(clean(pd.read_csv(TASTINGS).iloc[[0, 4]]))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("clean", "--in", "gone", "--out", "x"), "No such file", id="no-input"),
        pytest.param(("clean", "--in", "bad.csv", "--out", "x"), "expected the columns", id="csv"),
        pytest.param(
            ("train", "--data", "bad.parquet", "--model", "x", "--trees", 1),
            "expected the columns",
            id="train-on-other-data",
        ),
        pytest.param(
            ("evaluate", "--model", "gone", "--data", "tidy.parquet", "--metrics", "x"),
            "evaluate: ",
            id="no-model",
        ),
    ],
)
def test_wrong_input_is_told_without_a_traceback(
    trained: Place, words: tuple[Any, ...], told: str
) -> None:
    (trained.folder / "bad.csv").write_text("a\n1\n")
    pd.DataFrame({"a": [1]}).to_parquet(trained.folder / "bad.parquet")
    done = trained.run(f"wine.{words[0]}", *words[1:], succeeds=False)
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (trained.folder / "x").exists()
