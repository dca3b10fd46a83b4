"""What holds for every format: nothing on the way to a stream can fail or cost what is not used."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.diagnostics import Diagnostic, Edit, Fix, Related, Span
from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.report import FORMATS, write_report
from tests.diagnostics.samples import FIXABLE, SUMMARY, UNKNOWN, diagnostic, report

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
    fix=st.none()
    | st.builds(
        Fix,
        message=_TEXT,
        edits=st.lists(st.builds(Edit, span=_SPAN, text=_TEXT), min_size=1, max_size=2).map(tuple),
        is_safe=st.booleans(),
    ),
    is_strict=st.booleans(),
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


# The locale says how a program reads the names of files. In `C`, all but ASCII is bytes to it.
_IN_C = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
_PROGRAM = r"""
import io, os, sys
from mlspec.diagnostics.report import Summary, write_report
from mlspec.diagnostics import Diagnostic, Span
file = os.fsdecode(b"na\xc3\xafve-\xff.yaml")
found = [Diagnostic(code="MLS101", message="m", span=Span(file=file, line=1))]
summary = Summary(projects=1, files=1, environments=1, seconds=0.0)
write_report(found, format=sys.argv[1], stream=sys.stdout, sources=lambda f: None, color=False,
             summary=summary)
"""


def _written(format: str, environment: dict[str, str]) -> bytes:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "PY"))}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, format],
        capture_output=True, check=True, cwd=ROOT, env={**kept, **environment},
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize(
    ("format", "name"),
    [
        ("json", rb'"file": "na\u00efve-\ufffd.yaml"'),
        ("sarif", b'"uri": "na%C3%AFve-%FF.yaml"'),
        ("gitlab", rb'"path": "na\u00efve-\ufffd.yaml"'),
        ("text", "--> naïve-\\xff.yaml:1\n".encode()),
        ("github", "file=naïve-\\xff.yaml,".encode()),
    ],
)
def test_the_name_of_a_file_is_the_same_in_every_locale(format: str, name: bytes) -> None:
    in_utf8, in_c = _written(format, {"PYTHONUTF8": "1"}), _written(format, _IN_C)
    assert name in in_utf8
    assert in_c == in_utf8.decode().encode("ascii", "backslashreplace")


def test_no_more_are_shown_than_asked_for_and_all_are_counted() -> None:
    shown = report([FIXABLE, FIXABLE.replace(message="b"), FIXABLE.replace(message="c")], limit=2)
    assert shown.count("error[MLS201]") == 2
    assert shown.splitlines()[-3:] == [
        "3 errors in 1 project (0.05 s)",
        "1 of them are not shown (--max-errors)",
        "3 can be mended by `mlspec validate --fix`",
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_quiet_says_nothing_but_errors(format: str) -> None:
    summary = SUMMARY.replace(is_quiet=True)
    warning = diagnostic(UNKNOWN.span, code="MLS204", message="only a warning")
    written = report([UNKNOWN, warning], format=format, summary=summary)
    assert "is not a data set" in written and "only a warning" not in written
    assert "1 error in" not in written


def test_quiet_with_nothing_to_say_is_silent() -> None:
    summary = SUMMARY.replace(is_quiet=True)
    assert [report([], format=format, summary=summary) for format in ("text", "github")] == ["", ""]


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
