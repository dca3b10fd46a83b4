"""`run`: a command line → words with placeholders.

A line is split as a POSIX shell splits it into words, and that is all of the shell there is: no
variables, pipes or globs. A placeholder is `${{ inputs.x }}`, `${{ outputs.x }}`, `${{ params.x }}`
or `${{ metrics }}`; it never splits a word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias


class Reference(NamedTuple):
    """A placeholder: `group` is inputs, outputs, params or metrics (then `name` is empty)."""

    group: str
    name: str


if TYPE_CHECKING:
    Word: TypeAlias = tuple[str | Reference, ...]

_PLACEHOLDER = re.compile(r"\$\{\{((?:(?!\$\{\{).)*?)\}\}", re.DOTALL)
"""From the last `${{` before a `}}`: so a text full of either is looked at once, not n times."""
_INSIDE = re.compile(r"\s*(inputs|outputs|params)\.([A-Za-z0-9_-]+)\s*|\s*metrics\s*")
_MARK = "\x00"
_QUOTING = re.compile(r"""["'\\]""")
_PLAIN_WORD = re.compile(r"[^ \t\r\n]+")
_SIGNS = re.compile(r"[{$&|;<>]")
_SHORT = 1000
"""A command that is longer is not kept."""


class CommandError(ValueError):
    """A command that cannot be split; the message says why."""


class UnknownPlaceholder(CommandError):
    """`${{ … }}` with something inside that is no placeholder; `text` is that."""

    def __init__(self, text: str) -> None:
        super().__init__(f"`${{{{ {text} }}}}` is not a placeholder")
        self.text = text


class Command(NamedTuple):
    """A command that was split."""

    words: tuple[Word, ...]
    references: tuple[Reference, ...]
    """Its placeholders, in order."""
    is_plain: bool
    """Whether it has no sign that means something to a shell, to Argo or to Kubernetes, nor a part
    of one."""


def split(run: str | tuple[str, ...]) -> tuple[Word, ...]:
    """The words of a command. Raises CommandError."""
    return command(run).words


def command(run: str | tuple[str, ...]) -> Command:
    """A command, split. Raises CommandError."""
    size = len(run) if isinstance(run, str) else sum(map(len, run))
    return _command(run) if size > _SHORT else _short_command(run)


@lru_cache(maxsize=1024)  # a project may have a thousand steps
def _short_command(run: str | tuple[str, ...]) -> Command:
    """A command that is the same in each environment is asked for by several checks, for each."""
    return _command(run)


def _command(run: str | tuple[str, ...]) -> Command:
    if _MARK in (run if isinstance(run, str) else "".join(run)):
        raise CommandError("the command holds a NUL character")
    if isinstance(run, str):
        text, references = _cut(run)
        left = iter(references)
        words = tuple([_word(word, left) for word in _words(text)])
        return Command(_checked(words), tuple(references), not _SIGNS.search(text))
    cuts = [_cut(item) for item in run]
    words = tuple([_word(text, iter(found)) for text, found in cuts])
    is_plain = not any(_SIGNS.search(text) for text, _ in cuts)
    return Command(_checked(words), tuple([r for _, found in cuts for r in found]), is_plain)


def _words(text: str) -> list[str]:
    if not _QUOTING.search(text):  # shlex would do the same, and takes 20 times as long
        return _PLAIN_WORD.findall(text)
    from shlex import split as split_words

    try:
        return split_words(text)
    except ValueError as error:
        raise CommandError(f"the command cannot be split into words: {error}".lower()) from error


def _checked(words: tuple[Word, ...]) -> tuple[Word, ...]:
    if not words or not words[0]:
        raise CommandError("the command is empty: it names no program")
    return words


def _cut(text: str) -> tuple[str, list[Reference]]:
    """The text with NUL in place of each placeholder; and the placeholders."""
    if "${{" not in text:  # most items of a list
        return text, []
    parts = _PLACEHOLDER.split(text)
    return _MARK.join(parts[::2]), [_reference(inside) for inside in parts[1::2]]


def _reference(inside: str) -> Reference:
    found = _INSIDE.fullmatch(inside)
    if found is None:
        raise UnknownPlaceholder(inside.strip())
    group, name = found.groups("")
    return Reference(group or "metrics", name)


def _word(text: str, references: Iterator[Reference]) -> Word:
    """A word, with the next of the placeholders wherever one stood."""
    if _MARK not in text:  # most words
        return (text,) if text else ()
    first, *others = text.split(_MARK)
    parts: list[str | Reference] = [first] if first else []
    for other in others:
        parts.append(next(references))
        if other:
            parts.append(other)
    return tuple(parts)


def without_placeholders(text: str) -> str:
    """The text that would reach a target literally."""
    return _PLACEHOLDER.sub("", text)
