"""The long explanation of each code, kept as Markdown in `explanations/` and shipped in the wheel.

Called by `mlspec explain`, the SARIF writer and the documentation. No network.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "explanations"


@cache
def explained_codes() -> tuple[str, ...]:
    """The codes that have an explanation, in order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("MLS*.md")))


def explanation(code: str) -> str:
    """The explanation of `code` as Markdown. An unknown code is a KeyError."""
    if code not in explained_codes():  # also keeps a code that is really a path out of open()
        raise KeyError(code)
    return (_FOLDER / f"{code}.md").read_text(encoding="utf-8")
