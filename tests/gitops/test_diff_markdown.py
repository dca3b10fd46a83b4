"""The comment on a pull request: whatever users wrote stays text, and GitHub takes it."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mlspec.gitops.diff_markdown import LIMIT, MARKER, code, markdown, plain, words
from mlspec.gitops.diff_report import Report
from mlspec.gitops.difference import Difference, Line, Section
from mlspec.gitops.repository import Revision
from mlspec.manifests.change import RISKS, Change, quoted
from mlspec.manifests.fields import Field

HOSTILE = (
    "@team `code` |cell| <img src=x onerror=alert(1)> <!-- --> **b** _i_ [l](http://evil) #12 "
    "https://evil.example www.evil.example $x$ ~~s~~ \\ &amp; ```\n```"
)
TAGS = r"</?(?:code|details|summary)>|<br>|<!-- mlspec diff -->"


def section(number: int, *lines: Line, fields: int = 0, **more: Any) -> Section:
    differences = tuple(
        Difference(
            how="changed", target="maps", kind="ConfigMap", name=f"map-{n}", namespace="x",
            changes=(Change(risk="changes", text="x"),),
            fields=(Field(path=("data", HOSTILE), before=HOSTILE * 20, after=None),),
        )
        for n in range(fields)
    )  # fmt: skip
    return Section(
        project=f"project-{number}", environment="dev", file="project.yaml", state="changed",
        cluster="", namespace="", differences=differences, lines=lines, **more,
    )  # fmt: skip


def report(*sections: Section, notes: tuple[str, ...] = (), graph: str = "") -> Report:
    return Report(
        base=Revision("main", "0" * 40), head=None, sections=sections, notes=notes, projects=1,
        touched=1, graphs={(s.project, s.environment): graph for s in sections} if graph else {},
    )  # fmt: skip


def line(text: str, risk: Any = "changes", *objects: str) -> Line:
    return Line(risk=risk, text=text, objects=objects)


def size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def assert_tame(text: str) -> None:
    """No markup but ours, no mention, no link, no issue."""
    assert not re.search(r"[<>]", re.sub(TAGS, "", text).replace("\n> ", "\n"))
    assert "@" not in text
    assert not re.search(r"(?i)https?:|www\.", text)
    assert not re.search(r"(?<!&)#(?=\d)", re.sub(r"&#\d+;", "", text))


def test_the_first_line_is_the_marker_that_ci_looks_for() -> None:
    assert markdown(report()).split("\n")[0] == MARKER == "<!-- mlspec diff -->"


def test_nothing_is_said_in_one_line() -> None:
    assert "### ✅ No changes to the cluster" in markdown(report())


def test_hostile_text_stays_text_wherever_it_stands() -> None:
    found = markdown(
        report(section(1, line(f"`{HOSTILE}` is {HOSTILE}", "removes", HOSTILE), fields=2),
               notes=(HOSTILE,))
    )  # fmt: skip

    assert_tame(found.replace(MARKER, ""))
    assert all(row.count("|") == 4 for row in found.split("\n") if row.startswith("| <code>data"))


@given(st.text())
def test_any_text_stays_text(text: str) -> None:
    for shown in (code(text), plain(text), words(text), words(quoted(text))):
        assert_tame(shown)
        assert "\n" not in shown
        assert "`" not in shown and "|" not in shown and "*" not in shown and "[" not in shown


def test_the_most_dangerous_is_kept_where_there_is_no_room_for_all() -> None:
    lines = [line(f"change {n} " + "x" * 200, risk) for risk in reversed(RISKS) for n in range(200)]

    found = markdown(report(section(1, *lines, fields=50), graph="flowchart LR\n" * 1000))

    assert size(found) <= LIMIT
    assert found.count("**removes**") == 200
    assert found.count("**harmless**") < 200
    assert "_Left out, as the comment would be too long: " in found
    assert re.search(r"\d+ lines.*50 table of fieldss?.*1 picture", found)


@settings(max_examples=25)
@given(st.integers(0, 300), st.integers(0, 200), st.sampled_from(["x", "é", "😀", "`", "|"]))
def test_the_comment_is_never_too_long(count: int, fields: int, char: str) -> None:
    lines = [line(f"`{char * 300}`", RISKS[n % 5], char * 50) for n in range(count)]

    found = markdown(report(section(1, *lines, fields=fields), notes=(char * 1000,)))

    assert size(found) <= LIMIT < 65_536
    assert found.count("<details>") == found.count("</details>")


def test_the_sections_come_with_a_table_when_there_are_several() -> None:
    found = markdown(report(section(1, line("a", "removes")), section(2, line("b"))))

    assert "| project-1 · dev | 1 |   |   |   |   |" in found
    assert "| project-2 · dev |   |   |   | 1 |   |" in found


def test_a_picture_stands_in_a_fence_of_its_own() -> None:
    found = markdown(report(section(1, line("a")), graph="flowchart LR\n"))

    assert "\n```mermaid\nflowchart LR\n```\n" in found
