"""What mlspec tells of itself: help, version, completion, schema, explain, colour."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import mlspec
from mlspec.cli.app import COMMANDS
from mlspec.diagnostics.codes import CODES
from tests.cli.conftest import Run
from tests.cli.samples import PROJECT

ROOT = Path(__file__).parents[2]
NEVER_WRONG = ("init", "guardrails", "runs", "ui", "schema", "explain", "completion")
"""Commands that judge nothing and start nothing: 0, or else wrong usage."""


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_every_command(run: Run, flag: str) -> None:
    out = run(flag, code=0).stdout

    assert all(f"  {name} " in out for name in COMMANDS)
    assert "Examples:" in out and "Exit codes:" in out


@pytest.mark.parametrize("command", sorted(COMMANDS))
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_of_a_command_has_an_example(run: Run, command: str, flag: str) -> None:
    out = run(command, flag, code=0).stdout

    assert out.startswith(f"Usage: mlspec {command} ")
    assert f"  mlspec {command}" in out.partition("Examples:")[2]


@pytest.mark.parametrize(
    "command",
    [name for name in COMMANDS if name not in NEVER_WRONG],
)
def test_help_of_what_a_script_may_call_has_its_exit_codes(run: Run, command: str) -> None:
    assert re.search(r"Exit codes: 0 .*\b1 .*\b2\b", run(command, "-h", code=0).stdout, re.DOTALL)


def test_no_command_shows_help(run: Run) -> None:
    assert "Commands:" in run(code=2).output


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_version(run: Run, flag: str) -> None:
    assert run(flag, code=0).stdout == f"mlspec {mlspec.__version__}\n"


@pytest.mark.parametrize("module", ["mlspec", "mlspec.cli.app"])
def test_version_and_help_import_little(module: str) -> None:
    """Both ways to `--version`, and help: neither click nor pydantic nor YAML nor Jinja2."""
    flag = "--version" if module == "mlspec" else "--help"
    script = (
        "import sys, runpy\n"
        f"sys.argv = ['mlspec', {flag!r}]\n"
        "try: runpy.run_module('mlspec', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(sorted({'click', 'pydantic', 'yaml', 'jinja2', 'jsonschema_rs'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_the_same_with_click_and_without(run: Run, flag: str) -> None:
    done = subprocess.run([sys.executable, "-m", "mlspec", flag], capture_output=True, text=True)

    assert done.stdout == run(flag, code=0).stdout


def test_an_unknown_command_is_answered_with_the_nearest(run: Run) -> None:
    assert "no command `valdate`; did you mean `validate`?" in run("valdate", code=2).stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_accepted_by_the_shell(run: Run, shell: str, tmp_path: Path) -> None:
    script = run("completion", shell, code=0).stdout

    assert "_MLSPEC_COMPLETE" in script
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here to read it")
    file = tmp_path / "completion"
    file.write_text(script)
    done = subprocess.run([program, "-n", str(file)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_completion_offers_commands_and_files() -> None:
    def offered(words: str, position: int) -> str:
        environment = {**os.environ, "_MLSPEC_COMPLETE": "bash_complete", "COMP_WORDS": words}
        environment["COMP_CWORD"] = str(position)
        command = [sys.executable, "-m", "mlspec"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)
        return done.stdout

    assert "plain,validate\n" in offered("mlspec val", 1)
    assert "file,projects\n" in offered("mlspec validate projects", 2)


def test_completion_for_another_shell(run: Run) -> None:
    assert "'csh' is not one of" in run("completion", "csh", code=2).stderr


@pytest.mark.parametrize(
    "document", ["project", "platform", "lock", "guardrail_tests", "diagnostics", "diff"]
)
def test_schema_is_the_committed_one(run: Run, document: str) -> None:
    committed = (ROOT / "schemas" / f"{document}.schema.json").read_text(encoding="utf-8")

    assert run("schema", document, code=0).stdout == committed


def test_schema_into_a_file(run: Run, tmp_path: Path) -> None:
    assert run("schema", "lock", "-o", "a/b/lock.json", code=0).output == ""
    assert json.loads((tmp_path / "a/b/lock.json").read_text())["title"] == "mlspec lock"
    assert "cannot write a/b/lock.json/c" in run("schema", "lock", "-o", "a/b/lock.json/c").stderr


def test_schema_of_something_else(run: Run) -> None:
    assert "'plan' is not one of" in run("schema", "plan", code=2).stderr


@pytest.mark.parametrize("code", sorted(CODES))
def test_explain_a_code(run: Run, code: str) -> None:
    out = run("explain", code, code=0).stdout

    assert out.startswith(f"# {code}: {CODES[code].name}\n")
    assert out == run("explain", code.lower(), code=0).stdout


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param("serving.rollout", "Keys (canary):", id="choice"),
        pytest.param("serving.wine-api.rollout", "Keys (canary):", id="name-of-an-entry"),
        pytest.param("serving.rollout.strategy", "`canary`, or `shadow`, or `ab`", id="tag"),
        pytest.param("training.params", "a map by name", id="map"),
        pytest.param("pipeline.timeout", "Default: 24h", id="default"),
        pytest.param("serving.rollout.weight", "a whole number from 0 to 100", id="bounds"),
        pytest.param("platform.artifacts", "model_secret", id="platform"),
        pytest.param("lock.environments", "images", id="lock"),
        pytest.param("project", "* metadata", id="document"),
    ],
)
def test_explain_a_key(run: Run, path: str, said: str) -> None:
    assert said in run("explain", path, code=0).stdout


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        pytest.param("training.retires", "did you mean `retries`?", id="misspelt-below-a-name"),
        ("MLS999", "there is no diagnostic MLS999"),
        ("servin", "the document has no key `servin`; did you mean `serving`?"),
        ("training.grader.retires", "did you mean `retries`?"),
        ("pipeline.timeout.deep", "`pipeline.timeout` has no key `deep`"),
        ("platform.mlfow", "did you mean `mlflow`?"),
        pytest.param("slo", "try `mlspec explain monitoring.slo`", id="without-its-section"),
        pytest.param("serving.slo", "try `mlspec explain monitoring.slo`", id="below-another"),
        ("quota", "`quota`; try `mlspec explain platform.environments.quota`"),
    ],
)
def test_explain_what_there_is_not(run: Run, subject: str, said: str) -> None:
    assert said in run("explain", subject, code=2).stderr


def on_a_terminal(folder: Path, **environment: str) -> str:
    """What `mlspec validate` writes when its output is a terminal."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM", "FORCE_COLOR")}
    ours, theirs = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-m", "mlspec", "validate"], stdout=theirs, cwd=folder, check=False,
            env={**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment},
        )  # fmt: skip
        return os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize(
    ("environment", "has_colour"),
    [
        pytest.param({}, True, id="terminal"),
        pytest.param({"NO_COLOR": "1"}, False, id="no-color"),
        pytest.param({"NO_COLOR": ""}, True, id="no-color-is-empty"),
        pytest.param({"TERM": "dumb"}, False, id="dumb-terminal"),
    ],
)
def test_colour(tmp_path: Path, environment: dict[str, str], has_colour: bool) -> None:
    (tmp_path / "project.yaml").write_text(PROJECT.replace("kind: Project", "kind: Projet"))

    out = on_a_terminal(tmp_path, **environment)

    assert "MLS104" in out
    assert bool(re.search(r"\x1b\[", out)) == has_colour


def test_no_colour_where_there_is_no_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text(PROJECT.replace("kind: Project", "kind: Projet"))

    assert "\x1b" not in run("validate", code=1).stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_the_output_is_told_without_a_traceback() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mlspec", "schema", "project"],
            stdout=full, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr == "mlspec: No space left on device\n"
