"""docs/diagnostics.md is what docs/generate.py writes."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mlspec.diagnostics.codes import CODES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def generate(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", list(sys.path))  # the script adds to it
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, DOCS / "generate.py", "--check"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_stale_page_is_named_and_written(
    generate: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    assert generate.main(["--check"]) == 1
    assert "docs/diagnostics.md is out of date" in capsys.readouterr().out
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    page = (tmp_path / "diagnostics.md").read_text(encoding="utf-8")
    assert all(f"\n### {code}: {about.name}\n" in page for code, about in CODES.items())


def test_comments_in_examples_are_not_taken_for_headings(generate: ModuleType) -> None:
    text = "# a\n\n```yaml\n# b\n```\n\n## c\n"
    assert generate.demoted(text, 1) == "## a\n\n```yaml\n# b\n```\n\n### c\n"
