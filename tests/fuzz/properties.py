"""What must hold for every project, platform and lock that anyone could hand to mlspec.

It ends in a tree or in diagnostics, and the two readers of YAML read the same. Diagnostics have
known codes and places inside the text, each comes once, and all four reports of them are
well-formed. What is mended stays mended. What validates renders, and every object passes the
schemas of those who will read it.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from zlib import crc32

import pytest
import yaml

from mlspec.cli.fixing import fix_all
from mlspec.cli.rendering import trees_of
from mlspec.cli.reporting import projects_at
from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.excerpt import split_lines
from mlspec.diagnostics.report import FORMATS, Summary, prepare, write_report
from mlspec.language.secrets import mask_secrets
from mlspec.source.reader import SourceError, decode
from tests.fuzz import bases
from tests.source.agreement import is_of_the_core
from tests.upstream import crds_folder, upstream_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlspec.cli.compilation import Compilation
    from mlspec.diagnostics import Diagnostic, Span
    from tests.fuzz.bases import Case, Kind

_FILES: dict[Kind, str] = {
    "project": "project.yaml",
    "platform": "platform.yaml",
    "lock": "mlspec.lock",
}


class Broken(AssertionError):
    """A property does not hold. `what` says which, in the same words for all cases of it."""

    def __init__(self, what: str, detail: str = "") -> None:
        super().__init__(f"{what}: {detail}"[:2000])
        self.what = what


_folders: list[tempfile.TemporaryDirectory[str]] = []
"""Removed when the process ends."""


@cache
def _folder(kind: Kind, is_small: bool) -> Path:
    """A folder where everything but the document of that kind is valid, in memory if possible."""
    memory = Path("/dev/shm")
    made = tempfile.TemporaryDirectory(prefix="mlspec-", dir=memory if memory.is_dir() else None)
    _folders.append(made)
    place = Path(made.name)
    for other in bases.KINDS:
        (place / _FILES[other]).write_text(bases.beside(kind, other, is_small), encoding="utf-8")
    return place


def check(case: Case) -> str:
    """Raises Broken, or whatever mlspec raised. Says how far the case came, for statistics."""
    _check_readers(case)
    place = _folder(case.kind, case.is_small)
    (place / _FILES[case.kind]).write_bytes(case.text)
    [result] = _compiled(place)
    found = prepare(result.diagnostics, result.environments)
    _check_diagnostics(found, place, case)
    _check_reports(found, result)
    if any(each.fix and each.fix.is_safe for each in found) and crc32(case.text) % _MENDED == 0:
        _check_fixes(place, case)
    if result.failed:
        return "refused"
    _check_tree(result)
    return "rendered"


def _check_readers(case: Case) -> None:
    try:
        text = decode(case.text, "f.yaml")
    except SourceError:
        return
    is_of_the_core(text)


def _compiled(place: Path) -> list[Compilation]:
    return projects_at([str(place / "project.yaml")], str(place / "platform.yaml"))


# ── diagnostics ───────────────────────────────────────────────────────────────────────────────────


def _check_diagnostics(found: Sequence[Diagnostic], place: Path, case: Case) -> None:
    lines: dict[str, list[str]] = {}
    seen = set()
    for diagnostic in found:
        if diagnostic.code not in CODES:
            raise Broken("an unknown code", diagnostic.code)
        key = (diagnostic.code, diagnostic.span, diagnostic.message)
        if key in seen:
            raise Broken("a diagnostic comes twice", str(key))
        seen.add(key)
        edits = diagnostic.fix.edits if diagnostic.fix else ()
        for holder in (diagnostic, *diagnostic.related, *edits):
            span = holder.span
            if span.file not in lines:
                lines[span.file] = _lines_of(span.file, place, case)
            _check_span(span, lines[span.file], diagnostic)


def _lines_of(file: str, place: Path, case: Case) -> list[str]:
    kinds = [kind for kind in bases.KINDS if file == str(place / _FILES[kind])]
    if not kinds:
        raise Broken("a span in a file that is not looked at", file)
    if kinds[0] == case.kind:
        data = case.text
    else:
        data = bases.beside(case.kind, kinds[0], case.is_small).encode()
    try:
        return split_lines(data.decode("utf-8-sig"))
    except UnicodeDecodeError:  # no YAML, so only `\n` ends a line
        return data.decode("utf-8-sig", "replace").split("\n")


def _check_span(span: Span, lines: list[str], diagnostic: Diagnostic) -> None:
    if span.line == 0:
        inside = (span.column, span.end_line, span.end_column) == (0, 0, 0)
    else:
        inside = (
            1 <= span.line <= span.end_line <= len(lines)
            and 1 <= span.column <= len(lines[span.line - 1]) + 1
            # At the end of a line a mark of one character stands for "something is missing here".
            and 1 <= span.end_column <= len(lines[span.end_line - 1]) + 2
            and (span.line, span.column) <= (span.end_line, span.end_column)
        )
    if not inside:
        where = f"{span}, {len(lines)} lines: {diagnostic}"
        raise Broken(f"a span of {diagnostic.code} is outside of the text", where)


# ── reports ───────────────────────────────────────────────────────────────────────────────────────


def _check_reports(found: Sequence[Diagnostic], result: Compilation) -> None:
    texts = {tree.file: mask_secrets(tree.text) for tree in result.trees}
    summary = Summary(
        projects=1, files=len(texts), environments=len(result.environments), seconds=0
    )
    for format in FORMATS:
        stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
        write_report(
            found,
            format=format,
            stream=cast("Any", stream),
            sources=texts.get,
            color=False,
            summary=summary,
        )
        stream.flush()
        _check_report(format, cast("io.BytesIO", stream.buffer).getvalue().decode(), len(found))


def _check_report(format: str, text: str, count: int) -> None:
    if format in ("json", "sarif", "gitlab"):
        json.loads(text)
        return
    lines = text.split("\n")
    if not all(line.isprintable() or line.replace("\u3000", "").isprintable() for line in lines):
        raise Broken(f"a {format} report holds a character that a terminal obeys or hides", text)
    commands = sum(line.startswith("::") for line in lines)
    if format == "github" and commands != count:  # what follows is for the reader of the log
        raise Broken("a github report has more or fewer commands than diagnostics", text)


# ── fixes ─────────────────────────────────────────────────────────────────────────────────────────


_MENDED = 3
"""One case of so many is mended, as each means to compile it several times."""


def _check_fixes(place: Path, case: Case) -> None:
    fix_all(lambda: _compiled(place), [str(place)])
    text = (place / _FILES[case.kind]).read_bytes()
    [result], counts, _, wrong = fix_all(lambda: _compiled(place), [str(place)])
    if counts or wrong:
        raise Broken("what is mended can be mended again", f"{counts} {wrong}")
    found = prepare(result.diagnostics, result.environments)
    _check_diagnostics(found, place, case._replace(text=text))


# ── manifests ─────────────────────────────────────────────────────────────────────────────────────

_is_name = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\Z").match
_is_label = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?\Z").match
_is_file = re.compile(r"[A-Za-z0-9_][-A-Za-z0-9._]{0,250}\Z").match

_accepted: set[bytes] = set()
"""Digests of the files that passed: most of what a mutated spec renders came before."""
_MOST_ACCEPTED = 100_000


def _check_tree(result: Compilation) -> None:
    trees, wrong = trees_of([result], None)
    assert result.platform is not None
    named = result.platform.renderers
    if wrong and (named.folders or named.packages) and {d.code for d in wrong} == {"MLS606"}:
        return  # the platform names a renderer that is not there
    if wrong:
        raise Broken(f"what validates does not render, {wrong[0].code}", wrong[0].message)
    argo = "4.1" if result.platform.argo_workflows.version >= "4" else "3.7"
    for path, data in trees[0].files.items():
        if not all(_is_file(part) for part in path.split("/")):
            raise Broken("a path that is no file name", path)
        _check_file(path, data, argo)


def _check_file(path: str, data: bytes, argo: Any) -> None:
    key = blake2b(data, key=argo.encode(), digest_size=16).digest()
    if key in _accepted:
        return
    for manifest in yaml.load_all(data, yaml.CSafeLoader):
        errors = _refused_by_kubernetes(manifest)
        if upstream_is_there():
            errors += upstream_errors(manifest, argo)
        if errors:
            raise Broken(f"upstream refuses a {manifest.get('kind')}", f"{path}: {errors}")
    if len(_accepted) >= _MOST_ACCEPTED:
        _accepted.clear()
    _accepted.add(key)


def _refused_by_kubernetes(manifest: dict[str, Any]) -> list[str]:
    """What no schema says: names and labels have a form, and a size."""
    metadata = manifest["metadata"]
    errors = [] if _is_name(metadata["name"]) else [f"the name {metadata['name']!r}"]
    labels = metadata.get("labels", {}).items()
    return errors + [f"the label {key}={value!r}" for key, value in labels if not _is_label(value)]


@cache
def upstream_is_there() -> bool:
    try:
        return bool(crds_folder())
    except pytest.skip.Exception:
        return False


def remove_folders() -> None:
    """For a process that ends without Python's own farewell."""
    for folder in _folders:
        folder.cleanup()
