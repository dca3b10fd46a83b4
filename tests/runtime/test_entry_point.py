"""The command line as a whole: exit codes, no secrets, and a start that imports nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec import runtime
from mlspec.runtime import check
from mlspec.runtime.errors import SHORTEST_SECRET, redact

HEAVY = ("mlflow", "pandas", "pyarrow", "sqlalchemy", "numpy", "pydantic", "yaml", "click")
SECRETS = st.text(min_size=SHORTEST_SECRET).filter(lambda s: set(s) - set("*"))


@pytest.mark.parametrize("words", [[], ["unknown"], ["check"], ["gate", "--nope"]])
def test_wrong_words_are_exit_code_2(step, words: list[str]) -> None:
    assert step(*words).code == 2


def test_help_is_exit_code_0_and_names_every_verb(step) -> None:
    outcome = step("--help")
    assert outcome.code == 0
    for verb in ("ingest", "check", "gate", "register", "report"):
        assert verb in outcome.out


def test_starting_imports_no_heavy_library() -> None:
    code = "import sys, mlspec.runtime.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint(HEAVY)


def test_nothing_of_the_compiler_is_imported() -> None:
    for path in Path(runtime.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                own = name == "mlspec.runtime" or name.startswith("mlspec.runtime.")
                assert own or name.partition(".")[0] != "mlspec", f"{path.name} imports {name}"


def test_a_defect_of_ours_keeps_its_traceback_but_shows_no_secret(step, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("at postgres://user:hidden-word@host/db, token tok-12345")

    monkeypatch.setenv("SOME_API_TOKEN", "tok-12345")
    monkeypatch.setattr(check, "parse_schema", fail)
    outcome = step("check", "--data", "x", "--format", "csv", "--schema", "{}")
    assert outcome.code == 1
    assert "Traceback" in outcome.err
    assert "hidden-word" not in outcome.err and "tok-12345" not in outcome.err


def test_a_missing_extra_is_named(step, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "x").write_text("a\n1\n")
    outcome = step("check", "--data", tmp_path / "x", "--format", "csv", "--schema", "{}")
    assert outcome.code == 1
    assert "pip install 'mlspec[runtime]'" in outcome.err


@given(secret=SECRETS, before=st.text(), after=st.text())
def test_no_secret_of_the_environment_survives_in_a_text(
    secret: str, before: str, after: str
) -> None:
    text = redact(f"{before}{secret}{after}", {"MLSPEC_SQL_PASSWORD": secret})
    assert text.count(secret) == 0


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("http://u:pw@h/x failed", "http://u:***@h/x failed"),
        ("http://:pw@h", "http://:***@h"),
        ("http://h:5000/x@y", "http://h:5000/x@y"),
        ("at 10:30 me@x", "at 10:30 me@x"),
    ],
)
def test_only_the_password_of_a_url_is_hidden(text: str, hidden: str) -> None:
    assert redact(text, {}) == hidden


def test_a_password_with_slashes_is_hidden_when_the_environment_holds_its_url() -> None:
    url = "http://u:a%2Fb%40c@h"
    assert "a/b@c" not in redact("login a/b@c refused", {"MLFLOW_TRACKING_URI": url})
