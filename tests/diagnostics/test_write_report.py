"""What holds for every format: nothing on the way to a stream can fail or cost what is not used."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.diagnostics import Diagnostic, Related, Span
from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.report import FORMATS, write_report
from tests.diagnostics.samples import SUMMARY, UNKNOWN, report

ROOT = Path(__file__).parents[2]

_TEXT = st.text(st.characters(), max_size=30)  # with control characters and lone surrogates
_NUMBER = st.integers(0, 6)
_SPAN = st.builds(
    Span,
    file=st.sampled_from(["a.yaml", "b\udcff.yaml", "", "../c:d,e%.yaml"]),
    line=_NUMBER,
    column=_NUMBER,
    end_line=_NUMBER,
    end_column=_NUMBER,
)
_DIAGNOSTIC = st.builds(
    Diagnostic,
    code=st.sampled_from(sorted(CODES)),
    message=_TEXT,
    span=_SPAN,
    label=_TEXT,
    help=_TEXT,
    related=st.lists(st.builds(Related, message=_TEXT, span=_SPAN), max_size=2).map(tuple),
    environment=st.sampled_from(["", "dev", "dev, prod"]),
)


@given(st.lists(_DIAGNOSTIC, max_size=4), st.text(st.characters(), max_size=60) | st.none())
def test_any_input_is_reported(diagnostics: list[Diagnostic], text: str | None) -> None:
    for format in FORMATS:
        written = report(diagnostics, format=format, text=text)
        written.encode("utf-8")  # no lone surrogate is left
        assert written.endswith("\n")
        assert all(line.isprintable() or "\u3000" in line for line in written.split("\n"))


def test_no_trailing_blanks_in_text() -> None:
    assert all(line == line.rstrip() for line in report([UNKNOWN]).splitlines())


def test_a_stream_without_unicode_gets_escapes() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", newline="\n")
    for format in FORMATS:
        write_report(
            [UNKNOWN.replace(message="caf\xe9 \u5b57")], format=format, stream=stream,
            sources=lambda _: None, color=False, summary=SUMMARY,
        )  # fmt: skip
    stream.flush()
    assert rb"caf\xe9 \u5b57" in raw.getvalue()


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no format 'xml'; there are text, json, sarif, github"):
        report([], format="xml")


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_report(format: str) -> None:
    assert report([], format=format).strip()


def _modules_of(program: str) -> set[str]:
    code = (
        f"import sys, io; sys.path.insert(0, {str(ROOT)!r}); before = set(sys.modules)\n{program}\n"
        "print(*set(sys.modules) - before)"
    )
    # -S: what a virtual environment's own start-up imports is not to be counted.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


EXPENSIVE = {"json", "unicodedata", "pathlib", "dataclasses", "inspect", "hashlib", "pydantic"}


def test_importing_report_imports_no_writer() -> None:
    modules = _modules_of("import mlspec.diagnostics.report")
    assert not modules & {*FORMATS.values(), *EXPENSIVE}


def test_a_clean_run_in_text_imports_no_excerpts() -> None:
    modules = _modules_of(
        "from mlspec.diagnostics.report import *\n"
        "s = Summary(projects=1, files=1, environments=1, seconds=0.0)\n"
        "write_report([], format='text', stream=io.StringIO(), sources=lambda f: None,"
        " color=False, summary=s)"
    )
    assert "mlspec.diagnostics.text" in modules
    assert not modules & {"mlspec.diagnostics.excerpt", *EXPENSIVE}
