"""What the pages name is there: commands with their options, files and folders."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import click
import pytest

from mlspec.cli.app import COMMANDS, app

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
    *sorted((ROOT / "docs" / "runbooks").glob("*.md")),
    *sorted((ROOT / "renderers").rglob("*.md")),
]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

# A command stands between backticks, or in a block; it ends where a comment or a pipe begins.
COMMAND = re.compile(r"(?:`|^    |\$ |run: |&& )mlspec ([^`\n#|>&;]+)", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`((?:bench|bin|deploy|docs|mlspec|projects|renderers|schemas)/[\w./-]+)`")


def commands(page: Path) -> list[list[str]]:
    text = FENCE.sub(lambda found: indent(found[0], " " * 4), page.read_text(encoding="utf-8"))
    return [found.split() for found in COMMAND.findall(text)]


def flaws(words: list[str]) -> list[str]:
    """What of a command there is not. Words that are no options are not looked at."""
    context = click.Context(app, help_option_names=["-h", "--help"])
    command: click.Command | None = app.get_command(context, words[0])
    if command is None:
        return [words[0]]
    if isinstance(command, click.Group) and len(words) > 1:
        command = command.get_command(context, words[1])
        if command is None:
            return [" ".join(words[:2])]
    known = {name for param in command.get_params(context) for name in param.opts}
    options = [word.partition("=")[0].rstrip(".,:)") for word in words if word.startswith("--")]
    return [f"{words[0]} {option}" for option in options if option not in known | {"--"}]


@each_page
def test_every_command_on_a_page_is_one(page: Path) -> None:
    asked = [words for words in commands(page) if re.match(r"[a-z]+$", words[0])]

    assert [flaw for words in asked for flaw in flaws(words)] == []


@each_page
def test_every_file_on_a_page_is_there(page: Path) -> None:
    named = FILE.findall(page.read_text(encoding="utf-8"))

    assert [name for name in named if not any(ROOT.glob(name.rstrip("/")))] == []


def test_commands_and_their_flaws_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "`mlspec render --forse`, or\n\n    $ mlspec guardrails tset  # all\n\n"
        "mlspec is no command here\n\n```sh\nmlspec vrfy\n```\n"
    )

    assert commands(page) == [["render", "--forse"], ["guardrails", "tset"], ["vrfy"]]
    assert [flaws(words) for words in commands(page)] == [
        ["render --forse"], ["guardrails tset"], ["vrfy"],
    ]  # fmt: skip


def test_the_readme_has_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in COMMANDS if f"mlspec {name}" not in text] == []
