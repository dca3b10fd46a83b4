"""The last line of a report."""

from __future__ import annotations

import pytest

from mlspec.diagnostics import Span
from mlspec.diagnostics.report import Summary
from tests.diagnostics.samples import diagnostic, report


def _line(codes: list[str], **changes: int | float) -> str:
    counts: dict[str, int | float] = {"projects": 1, "files": 1, "environments": 3, "seconds": 0.05}
    summary = Summary(**{**counts, **changes})  # type: ignore[arg-type]
    diagnostics = [diagnostic(Span(file=f"{i}"), code=code) for i, code in enumerate(codes)]
    return report(diagnostics, text=None, summary=summary).splitlines()[-1]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            _line(["MLS101", "MLS101", "MLS204"]),
            "2 errors, 1 warning in 1 project (0.05 s)",
            id="both",
        ),
        pytest.param(_line(["MLS204"]), "1 warning in 1 project (0.05 s)", id="warning"),
        pytest.param(_line(["MLS101"], projects=2), "1 error in 2 projects (0.05 s)", id="error"),
        pytest.param(_line([]), "1 project, 3 environments: no problems (0.05 s)", id="none"),
        pytest.param(_line([], environments=0), "1 project: no problems (0.05 s)", id="no-env"),
        pytest.param(
            _line([], projects=0, environments=1, files=1),
            "1 file, 1 environment: no problems (0.05 s)",
            id="no-project",
        ),
        pytest.param(
            _line([], projects=1000, environments=3000, seconds=2.126),
            "1,000 projects, 3,000 environments: no problems (2.13 s)",
            id="many",
        ),
    ],
)
def test_the_last_line_counts(line: str, expected: str) -> None:
    assert line == expected
