"""One process for expressions, for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mlspec.guardrails.cel.engine import Engine


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as found:
        yield found
