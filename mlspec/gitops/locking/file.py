"""The file of a lock: read as text, and written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mlspec.gitops.errors import GitopsError


def read_lock(file: Path) -> str | None:
    """The text, its line ends as they are; None where there is no lock."""
    try:
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _cannot("read", file, error) from error


def write_lock(file: Path, text: str) -> None:
    """Puts the text in the place of the file. A link stays one, and the mode stays as it was."""
    place = Path(os.path.realpath(file))
    scratch = ""
    try:
        mode = place.stat().st_mode & 0o7777 if place.exists() else 0o644
        handle, scratch = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        Path(scratch).chmod(mode)
        Path(scratch).replace(place)
    except OSError as error:
        raise _cannot("write", file, error) from error
    finally:
        if scratch:
            Path(scratch).unlink(missing_ok=True)


def _cannot(what: str, file: Path, error: Exception) -> GitopsError:
    reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
    return GitopsError(f"cannot {what} {file}: {(reason or str(error)).lower()}")
