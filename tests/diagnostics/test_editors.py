"""What editors and CI read out of the text report is what the JSON report says.

Their own programs cannot run here, but for Vim: a matcher's patterns are tried as both VS Code and
the runner of GitHub Actions try two patterns, on each line and the one after it.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pytest
import yaml
from click.testing import CliRunner

from mlspec.cli.app import app
from tests.cli.samples import PROJECT, write
from tests.diagnostics.samples import report
from tests.diagnostics.test_text_excerpts import CASES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/editors.md").read_text(encoding="utf-8")
MATCHER_FILE = ROOT / ".github/mlspec-problem-matcher.json"
MATCHERS = json.loads(MATCHER_FILE.read_text(encoding="utf-8"))["problemMatcher"]
MISTAKES = (
    PROJECT.replace("kind: Project", "kind: Projekt")
    .replace("inputs: [raw]", "inputs: [rawr]")
    .replace("wine:1.0.0", "wine:latest")
)
ONLY_IN_DEV = PROJECT.replace(": wine", ": mead").replace("dev: {}", "dev: {transforms: null}")
IGNORE = "# mlspec: ignore[MLS204] there is nothing to ignore"

Mlspec: TypeAlias = Callable[..., str]


class Found(NamedTuple):
    """What every reader of a report has to find of a diagnostic."""

    severity: str
    code: str
    message: str
    file: str
    line: int | None
    column: int | None


@pytest.fixture
def mlspec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mlspec:
    """Runs `mlspec …` where specs are wrong in many ways, one of them in a folder with a space."""
    write(tmp_path, {"my wine/project.yaml": MISTAKES, "empty/project.yaml": ""})
    write(tmp_path, {"mead/project.yaml": ONLY_IN_DEV})
    write(tmp_path, {"other/project.yaml": f"{IGNORE}\n" + PROJECT.replace(": wine", ": beer")})
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, words)
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result.stdout

    return run


def _said(document: str) -> list[Found]:
    """What a JSON report says."""
    found = []
    for each in json.loads(document)["diagnostics"]:
        message = each["message"].splitlines()[0]
        if each["environment"] and message == each["message"].rstrip("\n"):
            noun = "environments" if "," in each["environment"] else "environment"
            message += f" (in {noun} {each['environment']})"
        place = (each["file"], each["line"], each["column"])
        found.append(Found(each["severity"], each["code"], message, *place))
    return found


def _matched(text: str) -> list[Found]:
    """What the problem matchers find in a text report."""
    lines = text.split("\n")
    found = []
    for pair in pairwise(lines):
        for matcher in MATCHERS:
            groups = [
                re.search(pattern["regexp"], line, re.ASCII)
                for pattern, line in zip(matcher["pattern"], pair, strict=True)
            ]
            if all(groups):
                found.append(_values(matcher["pattern"], groups))
    return found


def _values(patterns: list[dict[str, Any]], matches: list[Any]) -> Found:
    values: dict[str, Any] = dict.fromkeys(Found._fields)
    for pattern, match in zip(patterns, matches, strict=True):
        values |= {key: match[pattern[key]] for key in Found._fields if key in pattern}
    numbers = {key: values[key] and int(values[key]) for key in ("line", "column")}
    return Found(**{**values, **numbers})


COMMANDS = [
    ["validate"],
    ["validate", "--strict"],
    ["validate", "--quiet"],
    ["validate", "--max-errors", "2"],
    ["verify", "other", "--output", "not there"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_matchers_find_what_is_reported(mlspec: Mlspec, command: list[str]) -> None:
    assert _matched(mlspec(*command)) == _said(mlspec(*command, "--format", "json"))


def test_the_commands_report_all_that_a_matcher_has_to_cope_with(mlspec: Mlspec) -> None:
    found = [each for c in COMMANDS for each in _said(mlspec(*c, "--format", "json"))]
    assert {each.severity for each in found} == {"error", "warning"}
    assert any(" " in each.file for each in found)
    assert any("(in environment dev)" in each.message for each in found)
    assert any(each.line is None for each in found) and any(each.line for each in found)


# Of these the text report shows a part only, or escapes, and a matcher cannot know.
ESCAPED = {"hostile-message", "huge-message", "lone-surrogates"}


@pytest.mark.parametrize("case", sorted(CASES.keys() - ESCAPED))
def test_the_matchers_cope_with_every_case(case: str) -> None:
    text, diagnostics = CASES[case]
    assert _matched(report(diagnostics, text=text)) == _said(
        report(diagnostics, format="json", text=text)
    )


def test_a_matcher_is_one_that_vs_code_and_the_runner_accept() -> None:
    """The runner: `Validate` in actions/runner's IssueMatcher.cs. VS Code: `ProblemPatternParser`
    in its problemMatcher.ts. Both know lookahead and none of what Python adds to it."""
    assert len({matcher["owner"] for matcher in MATCHERS}) == len(MATCHERS)
    for matcher in MATCHERS:
        first, *others = matcher["pattern"]
        groups = [key for each in matcher["pattern"] for key in each.keys() & {*Found._fields}]
        assert sorted(groups) == sorted(set(groups)) and {"file", "message"} <= {*groups}
        assert ("line" in groups) == (first.get("kind") != "file")
        assert all("kind" not in each for each in others)
        expressions = [each["regexp"] for each in matcher["pattern"]]
        assert not any(re.search(r"\(\?[<P#]|\\[AZ]", each) for each in expressions)


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_task_of_vs_code_has_the_matchers() -> None:
    settings, tasks = map(json.loads, _blocks("json"))
    assert [task["problemMatcher"] for task in tasks["tasks"]] == [MATCHERS]
    assert [task["command"] for task in tasks["tasks"]] == ["mlspec validate"]
    written = [line.split()[-1] for line in _blocks("sh")[0].splitlines()]
    assert [*settings["yaml.schemas"]] == written


def test_the_schemas_are_written_as_the_page_says(mlspec: Mlspec, tmp_path: Path) -> None:
    for line in _blocks("sh")[0].splitlines():
        words = shlex.split(line)
        mlspec(*words[1:])
        assert json.loads((tmp_path / words[-1]).read_text())["title"] == f"mlspec {words[2]}"


def test_emacs_finds_every_diagnostic_with_a_line(mlspec: Mlspec) -> None:
    """By its regular expression as Python writes it; no Emacs is run."""
    (snippet,) = re.findall(r'"(\^.+?\$)"\s+2 3 4 \(1\)', _blocks("elisp")[0], re.DOTALL)
    pattern = re.sub(r"\\\\([()|\[\]])|([()])", _python_group, snippet).replace(r"\n", "\n")
    text = mlspec("validate")
    found = [
        ("warning" if match[1] else "error", match[2], int(match[3]), int(match[4]))
        for match in re.finditer(pattern, text, re.MULTILINE)
    ]
    said = [each for each in _said(mlspec("validate", "--format", "json")) if each.line]
    assert found == [(each.severity, each.file, each.line, each.column) for each in said]


def _python_group(match: re.Match[str]) -> str:
    """A group is `\\(…\\)` in Emacs; what stands for itself there is escaped in Python."""
    if match[2]:
        return f"\\{match[2]}"
    return f"\\{match[1]}" if match[1] in "[]" else match[1]


VIM = """\
set nocompatible
command! -nargs=+ CompilerSet setlocal <args>
source compiler.vim
cgetfile report.txt
let found = map(filter(getqflist(), 'v:val.valid'),
  \\ '[v:val.type, v:val.nr, v:val.text, bufname(v:val.bufnr), v:val.lnum, v:val.col]')
call writefile([json_encode(found)], 'found.json')
qall!
"""


def test_vim_finds_every_diagnostic(mlspec: Mlspec, tmp_path: Path) -> None:
    vim = shutil.which("vim")
    if vim is None:
        pytest.skip("there is no vim here to read the report")
    (snippet,) = _blocks("vim")
    (tmp_path / "compiler.vim").write_text(snippet, encoding="utf-8")
    (tmp_path / "run.vim").write_text(VIM, encoding="utf-8")
    (tmp_path / "report.txt").write_text(mlspec("validate"), encoding="utf-8")
    subprocess.run(
        [vim, "-Nu", "NONE", "-i", "NONE", "-es", "-S", "run.vim"],
        check=True, cwd=tmp_path, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert found == [
        [
            each.severity[0],
            int(each.code.removeprefix("MLS")),
            each.message,
            each.file,
            each.line or 0,
            each.column or 0,
        ]
        for each in _said(mlspec("validate", "--format", "json"))
    ]


def test_the_hooks_of_the_page_exist() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    page, job, steps = map(yaml.safe_load, _blocks("yaml")[1:])
    used = [hook["id"] for repo in page["repos"] for hook in repo["hooks"]]
    assert used == [hook["id"] for hook in hooks]
    called = job["jobs"]["mlspec"]
    workflow = yaml.safe_load((ROOT / called["uses"].split("@")[0].split("/", 2)[2]).read_text())
    assert called["with"].keys() <= workflow[True]["workflow_call"]["inputs"].keys()
    asked = [right for each in workflow["jobs"].values() for right in each["permissions"].items()]
    assert job["jobs"]["mlspec"]["permissions"] == dict(asked)
    assert steps["steps"][-1]["uses"] in {
        step.get("uses") for step in workflow["jobs"]["sarif"]["steps"]
    }


def test_the_steps_of_the_page_report_in_formats_for_github(mlspec: Mlspec) -> None:
    (steps,) = [yaml.safe_load(b)["steps"] for b in _blocks("yaml") if b.startswith("steps:")]
    annotations, scanning = (shlex.split(step["run"].split(" > ")[0]) for step in steps[:2])
    assert mlspec(*annotations[1:]).startswith("::error file=")
    assert json.loads(mlspec(*scanning[1:]))["version"] == "2.1.0"
    assert steps[1]["run"].split(" > ")[1].split()[0] == steps[2]["with"]["sarif_file"]
