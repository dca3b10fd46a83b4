"""Bytes of a file → text, or a diagnostic: only a plain, small UTF-8 file gets by."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from mlspec.diagnostics import Diagnostic, Span

MAX_BYTES = 2 * 1024 * 1024
"""A project.yaml of a thousand steps is a tenth of this; what is larger is not a spec."""


class SourceError(Exception):
    """A text that cannot become a tree; carries what to tell the user, in reading order."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(diagnostics[-1].message)
        self.diagnostics = diagnostics


def read_text(file: str) -> str:
    """The file's text with `\\n` line ends and without a byte order mark.

    Raises SourceError (MLS001, MLS002). Opened without blocking, so that a FIFO cannot hang us.
    """
    return decode(_read_bytes(file), file)


def _read_bytes(file: str) -> bytes:
    try:
        with open(file, "rb", opener=_without_waiting) as stream:
            info = os.fstat(stream.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise _unreadable(file, "it is not a regular file")
            if leads_out(file):
                raise _unreadable(
                    file, "it is a link to a place outside of the repository",
                    "copy the file, or link to one inside",
                )  # fmt: skip
            # Room for what is allowed costs more than all the rest, and few files need it.
            data = stream.read(min(info.st_size, MAX_BYTES) + 1)
            if len(data) > info.st_size:  # it grows, or is of the kernel's, which have no size
                data += stream.read(MAX_BYTES + 1 - len(data))
    except OSError as error:
        raise _unreadable(file, (error.strerror or "unknown error").lower()) from error
    except ValueError as error:  # a NUL in the name
        raise _unreadable(file.replace("\0", "\\0"), "its name is not a file name") from error
    if len(data) > MAX_BYTES:
        raise _unreadable(file, f"it is larger than {MAX_BYTES // 1024 // 1024} MiB")
    return data


def _without_waiting(file: str, flags: int) -> int:
    return os.open(file, flags | os.O_NONBLOCK)


def leads_out(file: str) -> bool:
    """Whether links lead from the file's name out of its Git repository, or out of its folder where
    there is none.

    A stranger's pull request may hold a link, and what it leads to would be quoted in diagnostics:
    `/proc/self/environ` has the secrets of the build in it.
    """
    # Not resolve(): that follows links, and it is asked whether there are any.
    written_at, leads_to = os.path.abspath(file), os.path.realpath(file)  # noqa: PTH100
    if written_at == leads_to:  # nearly always; the rest of this costs as much as all the reading
        return False
    written, real = Path(written_at), Path(leads_to)
    if written == real:
        return False
    repositories = (f for f in written.parents if os.path.lexists(f / ".git"))
    root = next(repositories, written.parent)
    return not real.is_relative_to(os.path.realpath(root))


def _unreadable(file: str, why: str, help: str = "") -> SourceError:
    message = f"cannot read {file}: {why}"
    return SourceError(Diagnostic(code="MLS001", message=message, span=Span(file=file), help=help))


def decode(data: bytes, file: str) -> str:
    """UTF-8 bytes → text. Raises SourceError (MLS002) with the place of the first bad byte."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(_not_utf_8(data, error.start, file)) from error
    if "\r" not in text:
        return text
    # A carriage return more is a line end more, as it is to the parser.
    return re.sub("\r+\n", lambda found: "\n" * (len(found[0]) - 1), text)


def _not_utf_8(data: bytes, at: int, file: str) -> Diagnostic:
    line = data.count(b"\n", 0, at) + 1
    column = len(data[data.rfind(b"\n", 0, at) + 1 : at].decode("utf-8-sig", "replace")) + 1
    is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    found = "UTF-16" if is_wide else f"byte 0x{data[at]:02x}"
    return Diagnostic(
        code="MLS002",
        message=f"{file} is not UTF-8 text: found {found} on line {line}",
        span=Span(file=file, line=line, column=column, end_line=line, end_column=column + 1),
        help="save the file as UTF-8",
    )
