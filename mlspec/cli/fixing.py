"""`mlspec validate --fix`: mends what can be mended safely, in the files themselves."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mlspec.diagnostics import Diagnostic, Fix, Span
from mlspec.source.edits import mended
from mlspec.source.parser import parse
from mlspec.source.reader import SourceError, decode
from mlspec.source.repair import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlspec.cli.compilation import Compilation
    from mlspec.source.tree import Tree

MAX_ROUNDS = 10
"""What is mended may bring to light what it hid. This is more often than any file needs it."""


class Mending(NamedTuple):
    """What became of the files: how many mistakes were mended in each, and why some were left."""

    results: list[Compilation]
    counts: dict[str, int]
    left: dict[str, str]
    wrong: list[Diagnostic]
    """What could not be written."""


def fix_all(compile: Callable[[], list[Compilation]], paths: Sequence[str]) -> Mending:
    """Compiles and mends until there is nothing left to mend."""
    done = Mending(compile(), {}, {}, [])
    for _ in range(MAX_ROUNDS):
        if not sum(_mend(tree, fixes, done) for tree, fixes in _fixes(done, paths)):
            break
        done = done._replace(results=compile())
    for result in done.results:
        for each in result.diagnostics:
            if each.fix is not None and each.fix.message.endswith(SHARED):
                why = "other places refer to what is wrong by an anchor"
                done.left.setdefault(each.span.file, why)
    return done


def _fixes(done: Mending, paths: Sequence[str]) -> list[tuple[Tree, list[Fix]]]:
    """Each file with its safe fixes, each once, in reading order. A platform that lies elsewhere
    than what was asked for is its owners' to mend."""
    found: dict[str, tuple[Tree, dict[Fix, None]]] = {}
    for result in done.results:
        trees = {tree.file: tree for tree in result.trees}
        for diagnostic in sorted(result.diagnostics, key=Diagnostic.sort_key):
            fix, file = diagnostic.fix, diagnostic.span.file
            if fix is None or not fix.is_safe or file not in trees:
                continue
            if file == result.platform_file and not _is_within(file, paths or ["."]):
                done.left[file] = "it is not below the paths that were given"
                continue
            found.setdefault(file, (trees[file], {}))[1][fix] = None
    return [(tree, list(fixes)) for tree, fixes in found.values() if tree.file not in done.left]


def _is_within(file: str, paths: Sequence[str]) -> bool:
    real = Path(os.path.realpath(file))
    return any(real.is_relative_to(os.path.realpath(path)) for path in paths)


def _mend(tree: Tree, fixes: list[Fix], done: Mending) -> int:
    """Writes the file, mended, and notes it. Returns how many fixes that were."""
    file = tree.file
    try:
        count = _write(file, tree.text, fixes)
    except SourceError:
        done.left[file] = "mended, it would not be YAML any more"
        return 0
    except OSError as error:
        done.left[file] = (error.strerror or "unknown error").lower()
        message = f"cannot write {file}: {done.left[file]}"
        done.wrong.append(Diagnostic(code="MLS604", message=message, span=Span(file=file)))
        return 0
    if count:
        done.counts[file] = done.counts.get(file, 0) + count
    return count


def _write(file: str, text: str, fixes: list[Fix]) -> int:
    """Mends the file, in one step. Returns how many fixes were applied: none if the file is not
    what was read any more. Raises OSError, and SourceError if the outcome would be no YAML."""
    target = Path(os.path.realpath(file))  # a link stays one
    data, state = _read(target)
    if data is None or decode(data, file) != text:
        return 0
    new, count = mended(data, fixes)
    parse(decode(new, file), file)
    _replace(target, new, state)
    return count


def _read(target: Path) -> tuple[bytes | None, os.stat_result]:
    descriptor = os.open(target, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        state = os.fstat(descriptor)
        return stream.read() if stat.S_ISREG(state.st_mode) else None, state


def _replace(target: Path, data: bytes, state: os.stat_result) -> None:
    """Puts `data` in place of the file of that state, with its mode and owner: the old file or the
    new one is there at each moment."""
    if not state.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(0, "it is read-only")
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            if (state.st_uid, state.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(descriptor, state.st_uid, state.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(state.st_mode))
            os.fsync(descriptor)
        now = target.stat()
        if (now.st_ino, now.st_mtime_ns) != (state.st_ino, state.st_mtime_ns):
            raise InterruptedError(0, "it was changed meanwhile")
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
