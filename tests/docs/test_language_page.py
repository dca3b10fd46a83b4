"""docs/language.md tells every key of the language; docs/generate.py keeps it and the schemas."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "language.md"
DOCUMENTS = ("project", "platform", "lock", "guardrail_tests")


def schema(document: str) -> dict[str, Any]:
    text = (ROOT / "schemas" / f"{document}.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@pytest.fixture
def generate(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", list(sys.path))  # the script adds to it
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_and_the_schemas_are_current(generate: ModuleType) -> None:
    assert [path.name for path, text in generate._files() if generate._read(path) != text] == []


def test_a_stale_schema_is_named_and_written(
    generate: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(generate, "SCHEMAS", tmp_path)
    assert generate.main(["--check"]) == 1
    assert "schemas/lock.schema.json is out of date" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
    assert generate.main([]) == 0
    for document in DOCUMENTS:
        written = (tmp_path / f"{document}.schema.json").read_text(encoding="utf-8")
        assert json.loads(written) == schema(document)
    assert generate.main(["--check"]) == 0


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_key_of_every_model_is_on_the_page(document: str) -> None:
    keys = set(re.findall(r"^\| \*{0,2}`(\w+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    described = schema(document)
    models = [described, *described["$defs"].values()]
    tags = {k for model in models for k, v in model["properties"].items() if "const" in v}

    assert {k for model in models for k in model["properties"]} <= keys | tags


def test_every_model_is_described() -> None:
    text = PAGE.read_text(encoding="utf-8")

    for document in DOCUMENTS:
        for name, model in schema(document)["$defs"].items():
            assert model["description"] in text, name


def test_tables_are_whole() -> None:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 5, line


def test_a_bar_does_not_end_a_cell(generate: ModuleType) -> None:
    schemas = {document: schema(document) for document in DOCUMENTS}
    schemas["lock"]["properties"]["kind"]["description"] = "this | that"

    assert r"this \| that |" in generate.language_page(schemas)


def test_a_required_key_is_told_from_others() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert "| **`metadata`** | a mapping |" in text
    assert "| `timeout` | a duration, such as" in text
    assert '| `"24h"` | How long one run may take' in text
