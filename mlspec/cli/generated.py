"""What is wrong with a generated tree, in words: of `render` and of `verify` alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.diagnostics import Diagnostic, Span
from mlspec.output.provenance import is_synced

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from mlspec.cli.rendering import Tree
    from mlspec.output.edits import Edit
    from mlspec.output.tree import Changes

_WAS_EDITED = {
    "text": "was edited by hand",
    "line ends": "has other line ends than mlspec wrote",
    "conflict": "holds the conflict of a Git merge",
    "replaced": "was replaced by something that is not a file",
}


def render_command(output: Path, *options: str) -> str:
    """The command that writes the trees anew, as one would type it."""
    where = () if output.as_posix() == "generated" else ("-o", output.as_posix())
    return " ".join(("`mlspec render", *where, *options)) + "`"


def edited(
    tree: Tree, output: Path, edits: Iterable[Edit], *, is_mixed: bool = False
) -> Iterator[Diagnostic]:
    """MLS607 for each file of ours that someone edited.

    `is_mixed`: the tree was put together from several renders, so it may well have been no one.
    """
    force = render_command(output, "--force")
    for edit in edits:
        file = f"{output / tree.name}/{edit.path}"
        what = _WAS_EDITED[edit.how]
        help = f"carry the change over to {tree.file}, or run {force} to overwrite it"
        if edit.how == "line ends":
            help = f"put `{output.as_posix()}/** -text` into .gitattributes, and run {force}"
        elif edit.how == "conflict" or is_mixed:
            what = what if edit.how == "conflict" else "is from another render than provenance.json"
            help = f"solve the merge in {tree.file}, then run {force} to write all files anew"
        elif edit.is_stale:
            what += ", and the spec no longer renders it"
            help = f"move it out of {output.as_posix()}, or run {force} to remove it"
        yield Diagnostic(code="MLS607", message=f"{file} {what}", span=_span(file, edit), help=help)


def _span(file: str, edit: Edit) -> Span:
    if not edit.line:
        return Span(file=file)
    return Span(
        file=file, line=edit.line, column=1, end_line=edit.line, end_column=max(edit.width, 1) + 1
    )


def unexpected(
    root: Path, paths: Iterable[str], ours: Collection[str], output: Path
) -> Iterator[Diagnostic]:
    """MLS603 for each file that no spec renders; those of `ours` go with the next render."""
    for path in paths:
        file = f"{root}/{path}"
        message = f"{file} is not rendered by the spec, but would be synced"
        help = "mlspec does not know it for its own: delete it, or move it elsewhere"
        if path in ours:
            help = f"run {render_command(output)}"
        yield Diagnostic(code="MLS603", message=message, span=Span(file=file), help=help)


def left_over(
    tree: Tree, output: Path, changes: Changes, *, environment: str | None, force: bool
) -> Iterator[Diagnostic]:
    """MLS603 for what a render left though it would be synced, if it may be a stale file of ours.

    With an inventory, and no force, stale files of ours are removed, and all others are foreign.
    """
    if changes.is_sure and not force:
        return
    folders = tree.synced if environment is None else (environment,)
    paths = [path for path in changes.foreign if is_synced(path, folders)]
    yield from unexpected(output / tree.name, paths, (), output)
