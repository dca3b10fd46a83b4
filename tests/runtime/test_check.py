"""Data against its declared schema: every rule, every format, and no personal data in the log."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.runtime import reading
from mlspec.runtime.check import Review
from mlspec.runtime.schema import parse_schema

from .conftest import Outcome, Step

pa = pytest.importorskip("pyarrow", reason="needs the extra mlspec[runtime]")
pq = pytest.importorskip("pyarrow.parquet", reason="needs the extra mlspec[runtime]")

INT, FLOAT, STRING = {"type": "int"}, {"type": "float"}, {"type": "string"}


def write_rows(path: Path, format: str, rows: list[dict[str, Any]]) -> Path:
    """The same rows in any of the formats; None is null."""
    if format == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif format == "csv":
        lines = [",".join(rows[0])]
        lines += [",".join("" if v is None else str(v) for v in row.values()) for row in rows]
        path.write_text("\n".join(lines) + "\n")
    elif format == "avro":
        write_avro(path, rows)
    else:
        texts = [json.dumps(row, default=str) for row in rows]
        path.write_text(f"[{','.join(texts)}]" if format == "json" else "\n".join(texts))
    return path


def write_avro(path: Path, rows: list[dict[str, Any]]) -> None:
    fastavro = pytest.importorskip("fastavro", reason="avro needs fastavro")
    names = {int: "long", float: "double", str: "string"}
    kinds = {name: {names[type(r[name])] for r in rows if r[name] is not None} for name in rows[0]}
    fields = [{"name": name, "type": ["null", *sorted(k)]} for name, k in kinds.items()]
    with path.open("wb") as out:
        fastavro.writer(out, {"type": "record", "name": "row", "fields": fields}, rows)


@pytest.fixture
def check(step: Step, tmp_path: Path):
    def run(data: str | Path, schema: dict[str, Any], format: str = "csv", *more: Any) -> Outcome:
        if isinstance(data, str):
            (tmp_path / "data").write_text(data)
            data = tmp_path / "data"
        text = json.dumps(schema)
        return step("check", "--data", data, "--format", format, "--schema", text, *more)

    return run


ROWS = [{"id": 1, "price": 2.5, "word": "a"}, {"id": 2, "price": None, "word": "b"}]
FORMATS = ["csv", "json", "jsonl", "parquet", "avro"]


@pytest.mark.parametrize("format", FORMATS)
def test_right_data_passes_in_every_format(check, tmp_path, format: str) -> None:
    path = write_rows(tmp_path / f"x.{format}", format, ROWS)
    schema = {
        "id": {"type": "int", "min": 1, "max": 2, "unique": True},
        "price": {"type": "float", "nullable": True, "max": 2.5},
        "word": {"type": "string", "enum": ["a", "b"], "pattern": "[a-z]"},
    }
    outcome = check(path, schema, format)
    assert outcome.code == 0, outcome.err
    assert "2 rows" in outcome.out


@pytest.mark.parametrize("format", FORMATS)
def test_every_kind_of_violation_is_told_in_one_run_of_every_format(
    check, tmp_path, format: str
) -> None:
    rows = [
        {"id": 1, "low": 1, "high": 9, "kind": "a", "code": "x1", "gap": 1},
        {"id": 1, "low": 5, "high": 1, "kind": "z", "code": "xx", "gap": None},
    ]
    schema = {
        "id": {"type": "int", "unique": True},
        "low": {"type": "int", "min": 2},
        "high": {"type": "float", "max": 8},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "code": {"type": "string", "pattern": "x[0-9]"},
        "gap": {"type": "int"},
        "missing": {"type": "int"},
    }
    outcome = check(write_rows(tmp_path / f"x.{format}", format, rows), schema, format)
    assert outcome.code == 1
    assert "7 violations in 2 rows" in outcome.err
    for line in (
        "id: expected distinct values, found 1 that repeat, in 2 rows (1 in 2 rows)",
        "low: expected at least 2, found 1 row (row 1: ",
        "high: expected at most 8.0, found 1 row (row 1: ",
        "kind: expected one of 'a', 'b', found 1 row (row 2: 'z')",
        "code: expected the pattern x[0-9], found 1 row (row 2: 'xx')",
        "gap: expected no null, found 1 row (row 2)",
        "missing: expected a column, found none; found: code, gap, high, id, kind, low",
    ):
        assert line in outcome.err


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("int", ["1", "-7", "3.0", str(2**63 - 1), str(-(2**63))], ["1.5", "x", "1_0", str(2**63)]),
        ("float", ["1", ".5", "-1e-3", " 2 "], ["1,5", "x", "1_0"]),
        ("bool", ["true", "FALSE", "1", "0"], ["yes", "2"]),
        ("date", ["2024-02-29"], ["2023-02-29", "29.2.2024", "2024-02-29T01:00:00"]),
        ("timestamp", ["2024-01-01", "2024-01-01T00:00:00+02:00", "2024-01-01 00:00:00.5"], ["x"]),
        ("string", ["1", "NA", "x"], []),
    ],
)
def test_text_is_read_as_the_declared_type(check, kind, right, wrong) -> None:
    lines = [f'"{text}"' for text in (*right, *wrong)]
    outcome = check("c\n" + "\n".join(lines) + "\n", {"c": {"type": kind}})
    if not wrong:
        assert outcome.code == 0, outcome.err
        return
    assert outcome.code == 1
    assert f"{kind}, found {len(wrong)} row" in outcome.err
    for row, text in enumerate(wrong, len(right) + 1):
        assert f"row {row}: {text!r}" in outcome.err


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("int", [1, 3.0, -(2**63)], [1.5, "1", True, 2**63, [1]]),
        ("float", [1, 1.5], ["1.5", True, {}]),
        ("string", ["1"], [1, True]),
        ("bool", [True], [1, "true"]),
        ("date", ["2024-01-01"], ["soon", 20240101]),
    ],
)
def test_json_values_are_not_converted_from_other_types(check, kind, right, wrong) -> None:
    text = json.dumps([{"c": value} for value in (*right, *wrong)])
    outcome = check(text, {"c": {"type": kind}}, "json")
    assert f"{kind}, found {len(wrong)} row" in outcome.err


@pytest.mark.parametrize(
    ("array", "kind", "wrong"),
    [
        (pa.array([1, 2], pa.uint64()), "int", 0),
        (pa.array([1, 2**63], pa.uint64()), "int", 1),
        (pa.array([1.0, 2.5]), "int", 1),
        (pa.array([1.0, float("inf"), 1e300]), "int", 2),
        (pa.array(["1", "2"]), "int", 2),
        (pa.array([1, 2], pa.int8()), "float", 0),
        (pa.array([True]), "float", 1),
        (pa.array(["a", "b"]).dictionary_encode(), "string", 0),
        (pa.array([b"a"]), "string", 1),
        (pa.array([date(2024, 1, 1)]), "date", 0),
        (pa.array([datetime(2024, 1, 1), datetime(2024, 1, 1, 5)]), "date", 1),
        (pa.array([date(2024, 1, 1)]), "timestamp", 0),
        (pa.array([datetime(2024, 1, 1)], pa.timestamp("ns", "UTC")), "timestamp", 0),
        (pa.array(["2024-01-01"]), "timestamp", 1),
        (pa.array([[1]]), "int", 1),
    ],
)
def test_typed_formats_must_store_the_declared_type_or_the_same_values(
    check, tmp_path, array, kind: str, wrong: int
) -> None:
    pq.write_table(pa.table({"c": array}), tmp_path / "x.parquet")
    outcome = check(tmp_path / "x.parquet", {"c": {"type": kind}}, "parquet")
    assert outcome.code == (1 if wrong else 0), outcome.err
    if wrong:
        assert f", found {wrong} row" in outcome.err
        assert "stored as" in outcome.err


def test_bounds_and_members_of_dates_and_timestamps_are_values_of_time(check) -> None:
    schema = {
        "day": {"type": "date", "min": "2024-01-01", "enum": ["2024-01-01", "2023-12-31"]},
        "at": {"type": "timestamp", "max": "2024-01-01T00:00:00Z"},
    }
    outcome = check("day,at\n2024-01-01,2024-01-01T01:00:00+01:00\n2023-12-31,2024-06-01\n", schema)
    assert "day: expected at least 2024-01-01, found 1 row (row 2: '2023-12-31')" in outcome.err
    assert "at: expected at most 2024-01-01T00:00:00+00:00, found 1 row (row 2" in outcome.err


def test_whole_columns_may_have_bounds_between_and_beyond_integers(check) -> None:
    schema = {"c": {"type": "int", "min": 0.5, "max": 1e300}}
    outcome = check("c\n0\n1\n9223372036854775807\n", schema)
    assert "c: expected at least 1, found 1 row (row 1: '0')" in outcome.err
    assert "1 violation in" in outcome.err


def test_a_pattern_describes_the_whole_value(check) -> None:
    outcome = check("c\nab\nxab\nabx\n", {"c": {"type": "string", "pattern": "zz|ab"}})
    assert "found 2 rows (row 2: 'xab'; row 3: 'abx')" in outcome.err


def test_nan_counts_as_null(check, tmp_path) -> None:
    pq.write_table(pa.table({"c": [1.0, float("nan")]}), tmp_path / "x.parquet")
    for path, format in ((tmp_path / "x.parquet", "parquet"), ("c\n1\nNaN\n", "csv")):
        outcome = check(path, {"c": FLOAT}, format)
        assert "c: expected no null, found 1 row (row 2)" in outcome.err
        assert check(path, {"c": FLOAT | {"nullable": True}}, format).code == 0


def test_values_of_personal_columns_are_never_printed(check) -> None:
    text = "id,mail\nSECRET1,SECRET2\nSECRET1,SECRET2\n3,\nSECRET5,too,many\n"
    schema = {
        "id": {"type": "int", "pii": True},
        "mail": {
            "type": "string",
            "pattern": ".*@.*",
            "enum": ["x@y"],
            "unique": True,
            "pii": True,
        },
    }
    outcome = check(text, schema)
    assert outcome.code == 1
    assert "SECRET" not in outcome.out + outcome.err
    assert "id: expected an int, found 2 rows (row 1; row 2) [values not shown" in outcome.err


@pytest.mark.parametrize(
    ("declared", "suggested"), [("colour", "color"), ("Color", "color"), ("qqq", None)]
)
def test_a_missing_column_suggests_the_nearest_one(check, declared, suggested) -> None:
    outcome = check("color,size\nred,1\n", {declared: STRING})
    assert outcome.code == 1
    assert (f"did you mean {suggested!r}?" if suggested else "found: color, size") in outcome.err


def test_extra_columns_are_allowed(check) -> None:
    assert check("a,b\n1,x\n", {"a": INT}).code == 0
    assert check("a,b\n1,x\n", {}).code == 0


@pytest.mark.parametrize(
    ("text", "format"),
    [("", "csv"), ("\n\n", "csv"), ("a\n", "csv"), ("[]", "json"), ("", "jsonl")],
)
def test_an_empty_data_set_is_a_violation(check, text: str, format: str) -> None:
    outcome = check(text, {"a": INT}, format)
    assert outcome.code == 1
    assert "the data set is empty" in outcome.err


def test_a_folder_is_one_data_set_and_markers_of_other_tools_are_no_data(check, tmp_path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "a.csv").write_text("id,x\n1,1\n2,1\n")
    (folder / "b.csv").write_text("x,id\n1,2\n")
    for marker in ("_SUCCESS", ".a.csv.crc", "README.md"):
        (folder / marker).write_text("not data")
    outcome = check(folder, {"id": {"type": "int", "unique": True, "max": 1}, "x": INT})
    assert "in 3 rows" in outcome.err
    assert "id: expected distinct values, found 1 that repeat, in 2 rows" in outcome.err
    assert "(a.csv row 2: '2'; b.csv row 1: '2')" in outcome.err


def test_a_column_missing_in_one_part_is_told_with_the_part(check, tmp_path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "a.csv").write_text("id\n1\n")
    (folder / "b.csv").write_text("ID\n2\n")
    outcome = check(folder, {"id": INT})
    assert "id: expected a column, found none in b.csv; did you mean 'ID'?" in outcome.err


def test_rows_are_numbered_on_over_batches(check, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 10)
    values = [1] * 24 + [99]
    for format in ("parquet", "jsonl"):
        path = write_rows(tmp_path / "x", format, [{"c": value} for value in values])
        outcome = check(path, {"c": {"type": "int", "max": 5, "unique": True}}, format)
        assert "found 1 row (row 25: 99)" in outcome.err
        assert "found 1 that repeat, in 24 rows" in outcome.err


def test_compressed_text_is_read(check, tmp_path) -> None:
    import gzip

    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(b"a\n1\n2\n"))
    assert check(tmp_path / "x.csv.gz", {"a": INT}).code == 0


@pytest.mark.parametrize(
    ("data", "format", "told"),
    [
        pytest.param(b"a,b\n1,2\n3\n", "csv", "line 3 has 1 of 2 fields", id="short-row"),
        pytest.param(b"a,a\n1,2\n", "csv", "found twice: ['a']", id="column-twice"),
        pytest.param(b"a\n\xff\xfe\n", "csv", "UTF", id="csv-bytes"),
        pytest.param(b"\xff\xfe", "jsonl", "found other bytes", id="jsonl-bytes"),
        pytest.param(b'{"a": 1}\n{"a": \n', "jsonl", "line 2 cannot be read", id="broken-line"),
        pytest.param(b"[1]", "json", "item 1: expected an object, found int", id="no-object"),
        pytest.param(b'{"a": 1}', "json", "expected a JSON array", id="no-array"),
        pytest.param(b'{"a": 1}\n{"a": 2}', "json", "is it jsonl", id="jsonl-as-json"),
        pytest.param(b"[" * 100_000, "json", "too deep", id="too-deep"),
        pytest.param(b"PAR1 no", "parquet", "cannot be read as parquet", id="no-parquet"),
        pytest.param(b"", "parquet", "cannot be read as parquet", id="empty-parquet"),
    ],
)
def test_what_cannot_be_read_is_told_without_a_traceback(
    check, tmp_path, data: bytes, format: str, told: str
) -> None:
    (tmp_path / "x").write_bytes(data)
    outcome = check(tmp_path / "x", {"a": INT}, format)
    assert outcome.code == 1
    assert told in outcome.err
    assert "Traceback" not in outcome.err


def test_a_missing_path_and_a_folder_without_files_are_told(check, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no such file or folder" in check(tmp_path / "gone", {"a": INT}).err
    assert "the data set is empty" in check(tmp_path / "empty", {"a": INT}).err


@pytest.mark.parametrize(
    ("age", "told"),
    [
        pytest.param(50, None, id="fresh"),
        pytest.param(7200, "expected data at most 1.0 h old, found it 2.0 h old", id="stale"),
        pytest.param(-10 * 86_400, "in the future", id="future"),
        pytest.param(-3600, None, id="clock-skew"),
    ],
)
def test_freshness_is_judged_by_the_timestamp_file(check, tmp_path, monkeypatch, age, told) -> None:
    monkeypatch.setattr("time.time", lambda: 1_700_000_000.0)
    (tmp_path / "ts").write_text(f"{1_700_000_000 - age}\n")
    outcome = check(
        "a\n1\n", {"a": INT}, "csv", "--freshness", 3600, "--timestamp", tmp_path / "ts"
    )
    assert outcome.code == (0 if told is None else 1), outcome.err
    assert told is None or told in outcome.err


def test_staleness_and_wrong_data_are_told_together(check, tmp_path) -> None:
    (tmp_path / "ts").write_text("1\n")
    outcome = check("a\nx\n", {"a": INT}, "csv", "--freshness", 1, "--timestamp", tmp_path / "ts")
    assert "2 violations" in outcome.err


def test_a_timestamp_file_without_a_number_is_told(check, tmp_path) -> None:
    (tmp_path / "ts").write_text("yesterday")
    outcome = check("a\n1\n", {"a": INT}, "csv", "--freshness", 1, "--timestamp", tmp_path / "ts")
    assert outcome.code == 1
    assert "expected unix seconds" in outcome.err


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        pytest.param({"type": "integer"}, "type: expected one of", id="type"),
        pytest.param({"type": "int", "mim": 1}, "unknown ['mim']", id="key"),
        pytest.param({"type": "int", "min": "x"}, "min: expected a float, found 'x'", id="bound"),
        pytest.param({"type": "int", "min": 1e30}, "64-bit", id="bound-beyond"),
        pytest.param({"type": "string", "min": 1}, "min applies to", id="bound-of-text"),
        pytest.param({"type": "int", "enum": ["a"]}, "enum: expected a int", id="member"),
        pytest.param({"type": "int", "enum": []}, "enum: expected a list", id="no-members"),
        pytest.param({"type": "int", "pattern": "x"}, "pattern: expected", id="pattern-of-int"),
        pytest.param({"type": "string", "pattern": "("}, "pattern: ", id="pattern"),
        pytest.param({"type": "int", "pii": 1}, "pii: expected true or false", id="flag"),
        pytest.param("int", "expected a map", id="no-map"),
    ],
)
def test_a_wrong_schema_is_wrong_usage(check, rules, told: str) -> None:
    outcome = check("a\n1\n", {"a": rules})
    assert outcome.code == 2
    assert told in outcome.err


def test_a_missing_library_of_a_format_names_the_package(check, tmp_path, monkeypatch) -> None:
    import sys

    for format, package in (("delta", "deltalake"), ("iceberg", "pyiceberg"), ("avro", "fastavro")):
        for name in [n for n in sys.modules if n.partition(".")[0] == package]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, package, None)
        (tmp_path / "x").write_bytes(b"")
        outcome = check(tmp_path / "x", {"a": INT}, format)
        assert outcome.code == 1
        assert f"pip install '{package}" in outcome.err


def test_a_delta_table_is_read_through_its_log(check, tmp_path) -> None:
    deltalake = pytest.importorskip("deltalake", reason="delta needs deltalake")
    table = tmp_path / "table"
    deltalake.write_deltalake(str(table), pa.table({"a": [1, 2]}))
    deltalake.write_deltalake(str(table), pa.table({"a": [7]}), mode="overwrite")
    assert check(table, {"a": {"type": "int", "min": 7}}, "delta").code == 0
    assert "row 1: 7" in check(table, {"a": {"type": "int", "max": 6}}, "delta").err
    assert "cannot be read as delta" in check("x", {"a": INT}, "delta").err


@given(
    values=st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=1),
    lowest=st.integers(-(2**53), 2**53),
)
def test_counts_are_those_of_plain_python_for_any_integers(
    tmp_path_factory: pytest.TempPathFactory, values: list[int | None], lowest: int
) -> None:
    path = tmp_path_factory.mktemp("ints") / "x.parquet"
    pq.write_table(pa.table({"c": pa.array(values, pa.int64())}), path)
    (column,) = parse_schema({"c": {"type": "int", "min": lowest, "unique": True}})
    found = " ".join(Review(path, "parquet", [column]).violations())
    there = [value for value in values if value is not None]
    below = sum(value < lowest for value in there)
    repeated = {value for value in there if there.count(value) > 1}
    assert ("expected no null" in found) == (None in values)
    assert ("expected at least" in found) == bool(below)
    assert below == 0 or f"found {below} row" in found
    assert ("that repeat" in found) == bool(repeated)
    assert not repeated or f"found {len(repeated)} that repeat" in found
