"""Bytes of a file → text, or a diagnostic: only a plain, small UTF-8 file gets by."""

from __future__ import annotations

import os
import stat

from mlspec.diagnostics import Diagnostic, Span

MAX_BYTES = 2 * 1024 * 1024
"""A project.yaml of a thousand steps is a tenth of this; what is larger is not a spec."""


class SourceError(Exception):
    """A text that cannot become a tree; carries what to tell the user."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def read_text(file: str) -> str:
    """The file's text with `\\n` line ends and without a byte order mark.

    Raises SourceError (MLS001, MLS002). Opened without blocking, so that a FIFO cannot hang us.
    """
    return decode(_read_bytes(file), file)


def _read_bytes(file: str) -> bytes:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _unreadable(file, "it is not a regular file")
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(file, (error.strerror or "unknown error").lower()) from error
    except ValueError as error:  # a NUL in the name
        raise _unreadable(file.replace("\0", "\\0"), "its name is not a file name") from error
    if len(data) > MAX_BYTES:
        raise _unreadable(file, f"it is larger than {MAX_BYTES // 1024 // 1024} MiB")
    return data


def _unreadable(file: str, why: str) -> SourceError:
    return SourceError(
        Diagnostic(code="MLS001", message=f"cannot read {file}: {why}", span=Span(file=file))
    )


def decode(data: bytes, file: str) -> str:
    """UTF-8 bytes → text. Raises SourceError (MLS002) with the place of the first bad byte."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = (
            "UTF-16"
            if data[:2] in (b"\xff\xfe", b"\xfe\xff")
            else f"byte 0x{data[error.start]:02x}"
        )
        raise SourceError(
            Diagnostic(
                code="MLS002",
                message=f"{file} is not UTF-8 text: found {found} on line {line}",
                span=Span(file=file),
                help="save the file as UTF-8",
            )
        ) from error
    return text.replace("\r\n", "\n")
