"""YAML text → Tree, positions included: by `core` where the text is as plain as most, else by
`libyaml`, which judges all that is unusual or wrong."""

from __future__ import annotations

from mlspec.source import core
from mlspec.source.hidden import hidden_characters
from mlspec.source.reader import read_text
from mlspec.source.tree import Tree


def parse_file(file: str) -> Tree:
    """Reads and parses one file. Raises SourceError with what stops it."""
    return parse(read_text(file), file)


def parse(text: str, file: str) -> Tree:
    """Parses text; `file` is what diagnostics call it. Raises SourceError with what stops it, and
    with what was wrong before that."""
    errors = hidden_characters(text, file)
    root = core.read(text)
    if root is not None:
        return Tree(file, text, root, tuple(errors))
    from mlspec.source import libyaml  # 9 ms, for files that nobody but it can read

    return libyaml.parse(text, file, errors)
