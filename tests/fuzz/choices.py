"""Decisions out of bytes: what a fuzzer changes in the bytes changes one decision.

When the bytes are used up every decision is 0, and 0 is always the plainest answer, so that
whatever is generated ends, and a shorter input is a simpler case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class Choices:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def below(self, limit: int) -> int:
        """A number from 0 up to `limit`, which is left out; 65536 at most."""
        if limit <= 1:
            return 0
        size = 1 if limit <= 256 else 2
        taken = self._data[self._at : self._at + size]
        self._at += size
        return int.from_bytes(taken, "little") % limit

    def once_in(self, times: int) -> bool:
        """True for one value of `times`, and never for 0."""
        return self.below(times) == times - 1

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def some_bytes(self, most: int) -> bytes:
        size = self.below(most + 1)
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken
