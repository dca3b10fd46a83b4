"""YAML text → Tree, positions included."""

from __future__ import annotations

from mlspec.source import libyaml
from mlspec.source.hidden import hidden_characters
from mlspec.source.reader import read_text
from mlspec.source.tree import Tree


def parse_file(file: str) -> Tree:
    """Reads and parses one file. Raises SourceError with what stops it."""
    return parse(read_text(file), file)


def parse(text: str, file: str) -> Tree:
    """Parses text; `file` is what diagnostics call it. Raises SourceError with what stops it, and
    with what was wrong before that."""
    return libyaml.parse(text, file, hidden_characters(text, file))
