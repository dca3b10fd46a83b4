"""Diagnostics → the same without secrets: whatever is quoted, suggested or mended.

A secret may stand in a wrong place, where some other mistake is told of it; or the same one twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlspec.diagnostics.excerpt import split_lines
from mlspec.language.secrets import masker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mlspec.diagnostics import Diagnostic, Fix
    from mlspec.source.tree import Tree

_BETWEEN = re.compile(r"[\"']?\s*:\s*")
"""What stands between a key and its value."""


def _secrets_of(trees: Iterable[Tree]) -> Iterator[str]:
    from mlspec.checks.secrets import known_secrets  # all checks: not where all is known

    return (text for tree in trees for text in known_secrets(tree.root))


class Discretion:
    """What may be said of files that were read. Of those in the cache, which are not, all may be
    said, but for what another's secret betrays (`mlspec.cli.retold`)."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        self.mask = masker(_secrets_of(trees)) if trees else masker()
        self._lines = {tree.file: split_lines(tree.text) for tree in trees}

    def of(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        found = list(diagnostics)
        secrets = [each for each in found if each.code == "MLS401"]
        return [self._discreet(each) for each in found if not self._is_echo(each, secrets)]

    def _is_echo(self, diagnostic: Diagnostic, secrets: Sequence[Diagnostic]) -> bool:
        """Whether it says of a secret's key that there is none: the secret must go anyhow."""
        return diagnostic.code == "MLS101" and any(
            self._is_key_of(diagnostic, secret) for secret in secrets
        )

    def _is_key_of(self, key: Diagnostic, value: Diagnostic) -> bool:
        one, other = key.span, value.span
        lines = self._lines.get(one.file, [])
        if (one.file, one.end_line) != (other.file, other.line) or one.end_line > len(lines):
            return False
        between = lines[one.end_line - 1][one.end_column - 1 : other.column - 1]
        return other.column > one.end_column and bool(_BETWEEN.fullmatch(between))

    def _discreet(self, diagnostic: Diagnostic) -> Diagnostic:
        related = (each.replace(message=self.mask(each.message)) for each in diagnostic.related)
        return diagnostic.replace(
            message=self.mask(diagnostic.message),
            label=self.mask(diagnostic.label),
            help=self.mask(diagnostic.help),
            related=tuple(related),
            fix=None if diagnostic.fix and self._tells(diagnostic.fix) else diagnostic.fix,
        )

    def _tells(self, fix: Fix) -> bool:
        """Whether a fix would write a secret, or stands beside one."""
        texts = [fix.message, *(edit.text for edit in fix.edits)]
        for edit in fix.edits:
            lines = self._lines.get(edit.span.file, [])
            texts += lines[max(0, edit.span.line - 1) : edit.span.end_line]
        return any(self.mask(text) != text for text in texts)
