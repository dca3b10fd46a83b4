"""No alert without a page that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from .cases import CASES, alerts_of

FOLDER = Path(__file__).parents[3] / "docs" / "runbooks"
ALERTS = sorted({rule["alert"] for plan in CASES.values() for rule in alerts_of(plan)})


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_has_its_runbook(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    headings = [line for line in text.splitlines() if line.startswith("#")]
    sections = ["## Meaning", "## Impact", "## First checks", "## Mitigation"]
    assert headings == [f"# {name}", *sections]


def test_every_runbook_has_its_alert() -> None:
    assert sorted(file.stem for file in FOLDER.glob("Mlspec*.md")) == ALERTS


def test_alerts_point_at_their_page_below_the_platforms_prefix() -> None:
    for rule in alerts_of(CASES["example"]):
        url = f"https://runbooks.example.com/mlspec/{rule['alert']}"
        assert rule["annotations"]["runbook_url"] == url
