"""Writes what is derived from the code: the schemas of the language, and pages and pictures of
docs/.

    python docs/generate.py            write them
    python docs/generate.py --check    exit 1 and name those that are not what would be written

A file is a function from nothing to its text, listed in FILES.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCS = Path(__file__).resolve().parent
SCHEMAS = DOCS.parent / "schemas"
IMAGES = DOCS / "images"
EXAMPLE = DOCS.parent / "projects" / "example" / "project.yaml"
sys.path[:0] = [str(DOCS.parent), str(DOCS)]  # a plain checkout, in which mlspec is not installed

from language_page import language_page  # noqa: E402  # needs the path set just above

from mlspec.diagnostics.codes import CODES  # noqa: E402  # as above
from mlspec.diagnostics.explain import explanation  # noqa: E402  # as above

NOTICE = "<!-- Written by docs/generate.py. Do not edit: edit what it is made from. -->\n"

DOCUMENTS = ("project", "platform", "lock", "guardrail_tests")

STAGES = {  # by the first digit of a code, as codes.py has it
    "0": "Reading text",
    "1": "Shape",
    "2": "References and meaning",
    "3": "Foreign template syntax",
    "4": "Security",
    "5": "Platform and Kubernetes",
    "6": "The generated tree",
    "8": "Guardrails",
}

INTRO = """\
# Diagnostics

Everything that mlspec has to say about a project carries a code. A code never changes its meaning
and is never used again for another one, so it is safe to search for. `mlspec explain CODE` prints
the text below in the terminal. An error stops rendering; a warning does not.

For programs there are JSON ([its shape](diagnostics-json.md)), SARIF 2.1.0 and annotations for
GitHub.
"""


def main(arguments: list[str]) -> int:
    """Write or check all files; the exit code."""
    is_stale = False
    for path, text in _files():  # written one by one: the pages read the schemas
        if _read(path) == text:
            continue
        is_stale = True
        folders = {SCHEMAS: "schemas", IMAGES: "docs/images"}
        name = f"{folders.get(path.parent, 'docs')}/{path.name}"
        if "--check" in arguments:
            print(f"{name} is out of date: run `python docs/generate.py`")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {name}")
    return 1 if is_stale and "--check" in arguments else 0


def _files() -> Iterator[tuple[Path, str]]:
    for document in DOCUMENTS:
        yield SCHEMAS / f"{document}.schema.json", schema_text(document)
    for name, build in PAGES.items():
        yield DOCS / name, build()
    yield IMAGES / "wine-quality.svg", example_picture()


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


@cache
def _schema(document: str) -> dict[str, Any]:
    from mlspec.language.schema import json_schema

    return json_schema(document)


def schema_text(document: str) -> str:
    """The JSON Schema of one of DOCUMENTS, as it is committed."""
    return json.dumps(_schema(document), indent=2, ensure_ascii=False) + "\n"


def reference_page() -> str:
    """Every key of the language."""
    names = DOCUMENTS
    return NOTICE + language_page({name: _schema(name) for name in names})


def example_picture() -> str:
    """The example in production, as `mlspec graph --env prod --format svg` draws it."""
    from mlspec.cli.compilation import compile_project, plans_of
    from mlspec.graph.build import graph_of
    from mlspec.graph.svg import svg

    [plan] = plans_of(compile_project(str(EXAMPLE)), "prod")
    return svg(graph_of(plan))


def diagnostics_page() -> str:
    """All codes: a table to find one by, then the explanation of each."""
    parts = [NOTICE + INTRO, _table_of_codes()]
    for digit, stage in STAGES.items():
        parts.append(f"## {stage}\n")
        parts += [
            demoted(explanation(code), 2) for code in sorted(CODES) if code[len("MLS")] == digit
        ]
    return "\n".join(parts)


def _table_of_codes() -> str:
    rows = ["| Code | Name | Severity | Meaning |", "|---|---|---|---|"]
    for code, about in sorted(CODES.items()):
        anchor = f"{code.lower()}-{about.name}"
        rows.append(f"| [{code}](#{anchor}) | `{about.name}` | {about.severity} | {about.title} |")
    return "\n".join(rows) + "\n"


def demoted(markdown: str, levels: int) -> str:
    """`markdown` with its headings `levels` deeper, and the comments in its code left alone."""
    lines, is_code = [], False
    for line in markdown.splitlines():
        is_code ^= line.startswith("```")
        is_heading = line.startswith("#") and not is_code
        lines.append("#" * levels * is_heading + line)
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "diagnostics.md": diagnostics_page,
    "language.md": reference_page,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
