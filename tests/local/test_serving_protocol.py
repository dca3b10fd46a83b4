"""Rows of a file become a request that fits the model, and its answer a prediction a row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlspec.local.serving.errors import BadData, Refused
from mlspec.local.serving.protocol import fitted, predictions_in, request_for, signature_of
from mlspec.local.serving.rows import read_rows


def column(name: str, datatype: str, content_type: str = "np") -> dict[str, Any]:
    parameters = {"content_type": content_type}
    return {"name": name, "datatype": datatype, "shape": [-1, 1], "parameters": parameters}


TABLE = signature_of(
    {
        "inputs": [column("alcohol", "FP64"), column("proline", "INT64"), column("red", "BOOL")],
        "parameters": {"content_type": "pd"},
    }
)
ARRAY = signature_of(
    {
        "inputs": [{**column("input-0", "FP64"), "shape": [-1, 2]}],
        "parameters": {"content_type": "np"},
    }
)


def test_columns_are_sent_by_name_as_their_types_and_others_are_left_out() -> None:
    rows = [
        {"grade": "2", "red": "true", "proline": "1065.0", "alcohol": "14"},
        {"grade": "1", "red": False, "proline": 1050, "alcohol": 13.5},
    ]

    request = request_for(TABLE, fitted(TABLE, rows))

    assert request == {
        "parameters": {"content_type": "pd"},
        "inputs": [
            {
                "name": name,
                "shape": [2, 1],
                "datatype": datatype,
                "parameters": {"content_type": "np"},
                "data": data,
            }
            for name, datatype, data in (
                ("alcohol", "FP64", [14.0, 13.5]),
                ("proline", "INT64", [1065, 1050]),
                ("red", "BOOL", [True, False]),
            )
        ],
    }


def test_a_model_of_an_array_takes_the_columns_in_their_order() -> None:
    rows = fitted(ARRAY, [{"b": "1", "a": "2"}, {"b": "3", "a": "4"}])

    [sent] = request_for(ARRAY, rows)["inputs"]

    assert (sent["shape"], sent["data"]) == ([2, 2], [1.0, 2.0, 3.0, 4.0])


GOOD = {"alcohol": "14", "proline": "1065", "red": "true"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        pytest.param(
            {"alcohl": "14", "proline": "1", "red": "1"},
            "there is no column `alcohol`; did you mean `alcohl`?", id="missing",
        ),
        pytest.param({**GOOD, "alcohol": "much"}, "row 1: `alcohol`: 'much' is no FP64", id="text"),
        pytest.param({**GOOD, "alcohol": "nan"}, "row 1: `alcohol`: 'nan' is no FP64", id="nan"),
        pytest.param({**GOOD, "proline": "1.5"}, "row 1: `proline`: '1.5' is no INT64", id="part"),
        pytest.param({**GOOD, "red": "perhaps"}, "row 1: `red`: 'perhaps' is no BOOL", id="truth"),
        pytest.param({**GOOD, "red": ""}, "row 1: `red` is empty", id="empty"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit(row: dict[str, str], said: str) -> None:
    with pytest.raises(BadData) as error:
        fitted(TABLE, [row])

    assert said in str(error.value)


def test_too_few_numbers_for_an_array() -> None:
    with pytest.raises(BadData, match="row 2: the model takes 2 numbers, found 1"):
        fitted(ARRAY, [{"a": "1", "b": "2"}, {"a": "1"}])


def test_a_model_without_a_signature_cannot_be_asked() -> None:
    with pytest.raises(Refused, match="save the model with a signature"):
        signature_of({"name": "grader", "inputs": []})


def test_an_answer_of_several_outputs_and_of_several_numbers() -> None:
    answer = {
        "outputs": [
            {"name": "grade", "shape": [2, 1], "data": [1, 0]},
            {"name": "chances", "shape": [2, 2], "data": [0.1, 0.9, 0.8, 0.2]},
        ]
    }

    assert predictions_in(answer, 2) == [
        {"grade": 1, "chances": [0.1, 0.9]},
        {"grade": 0, "chances": [0.8, 0.2]},
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("rows.csv", "a,b\n1,x\n2,y\n", id="csv"),
        pytest.param("rows.json", '[{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]', id="json"),
        pytest.param("rows.jsonl", '{"a": "1", "b": "x"}\n\n{"a": "2", "b": "y"}', id="jsonl"),
    ],
)
def test_rows_are_read_whatever_the_format(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text("\ufeff" + text, encoding="utf-8")

    assert read_rows(tmp_path / name, 0) == [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]
    assert read_rows(tmp_path / name, 1) == [{"a": "1", "b": "x"}]


def test_rows_of_parquet(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra mlspec[runtime]")
    import pyarrow as pa

    parquet.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), tmp_path / "rows.parquet")

    assert read_rows(tmp_path / "rows.parquet", 1) == [{"a": 1, "b": "x"}]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param("rows.xlsx", "", "expected a file of the kind .csv, .json", id="kind"),
        pytest.param("gone.csv", None, "no such file", id="gone"),
        pytest.param("rows.csv", "a,b\n", "there is no row in it", id="no-row"),
        pytest.param("rows.csv", "a,b\n1\n", "more or fewer fields than the head", id="ragged"),
        pytest.param("rows.json", '{"a": ', "cannot be read as json", id="broken"),
        pytest.param("rows.json", "[1]", "expected objects", id="no-objects"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(BadData) as error:
        read_rows(tmp_path / name, 0)

    assert said in str(error.value)
