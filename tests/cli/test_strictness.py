"""`--strict`, `--quiet` and `--max-errors`, which all commands about diagnostics have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.samples import PROJECT, write
from tests.cli.test_ignore import UNUSED

FILE = "wine/project.yaml"
WRONG = UNUSED.replace("[raw]", "[rwa]").replace("wine:1.0.0", "wine:latest")
"""Two errors and one warning."""
COMMANDS = ("validate", "render", "verify")
FORMATS = ("text", "json", "sarif", "github")


def count(output: str, format: str) -> tuple[int, int]:
    """How many errors and warnings are shown."""
    if format == "json":
        levels = [each["severity"] for each in json.loads(output)["diagnostics"]]
    elif format == "sarif":
        levels = [each["level"] for each in json.loads(output)["runs"][0]["results"]]
    else:
        sign = "::" if format == "github" else ""
        begin = {"error": f"{sign}error", "warning": f"{sign}warning"}
        after = {"github": " ", "text": "["}[format]
        levels = [
            level
            for line in output.splitlines()
            for level, start in begin.items()
            if line.startswith(start + after)
        ]
    return levels.count("error"), levels.count("warning")


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("options", "shown"),
    [
        pytest.param((), (2, 1), id="all"),
        pytest.param(("--quiet",), (2, 0), id="quiet"),
        pytest.param(("--strict",), (3, 0), id="strict"),
        pytest.param(("--strict", "--quiet"), (3, 0), id="strict-and-quiet"),
        pytest.param(("--max-errors", "1"), (1, 0), id="the-first"),
    ],
)
def test_what_is_shown(
    rendering: Path,
    run: Run,
    command: str,
    format: str,
    options: tuple[str, ...],
    shown: tuple[int, int],
) -> None:
    write(rendering, {FILE: WRONG})

    result = run(command, "wine", "--format", format, *options, code=1)

    found = count(result.stdout, format)
    assert sum(found) == sum(shown) if "--max-errors" in options else found == shown


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_warning_alone_fails_only_the_strict(
    rendering: Path, run: Run, command: str, format: str
) -> None:
    write(rendering, {FILE: UNUSED})
    run("render", "wine", code=0)

    assert count(run(command, "wine", "--format", format, code=0).stdout, format) == (0, 1)
    strict = run(command, "wine", "--format", format, "--strict", code=1)
    assert count(strict.stdout, format) == (1, 0)


@pytest.mark.parametrize("format", ["text", "github"])
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("text", [UNUSED, PROJECT])
def test_quiet_without_an_error_says_nothing(
    rendering: Path, run: Run, command: str, format: str, text: str
) -> None:
    write(rendering, {FILE: text})
    run("render", "wine", code=0)

    assert run(command, "wine", "--format", format, "--quiet", code=0).output == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_with_strict_nothing_is_written_for_a_warning(
    rendering: Path, run: Run, command: str
) -> None:
    write(rendering, {FILE: UNUSED})

    run(command, "wine", "--strict", code=1)

    assert not (rendering / "generated").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_summary_counts_what_is_not_shown(rendering: Path, run: Run, command: str) -> None:
    write(rendering, {FILE: WRONG})

    text = run(command, "wine", "--max-errors", 1, code=1).stdout
    summary = json.loads(run(command, "wine", "--max-errors", 1, "--format", "json", code=1).stdout)

    assert "2 errors, 1 warning in 1 project" in text
    assert "2 of them are not shown (--max-errors)" in text
    assert summary["summary"]["errors"] == 2
    assert summary["summary"]["warnings"] == 1
    assert summary["summary"]["left_out"] == 2


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_the_number_must_be_one(run: Run, place: Path, number: str) -> None:
    assert "--max-errors" in run("validate", "--max-errors", number, code=2).stderr
