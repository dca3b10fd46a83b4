"""What the rules do with time series: the scenarios in promtool/, run by the real promtool.

Each scenario is a unit-test file for rules; the case whose rules it judges stands here.
https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .cases import CASES
from .promtool import promtool, write_rules

FOLDER = Path(__file__).parent / "promtool"

SCENARIOS = {
    "failures-page": "strict",
    "failures-open-tickets": "example",
    "failures-that-do-not-matter": "example",
    "failures-of-shadows": "shadow",
    "latency-on-a-bucket": "example",
    "latency-between-buckets": "between-buckets",
    "latency-whole-second": "whole-second",
    "service-silent": "example",
    "pipeline-failed": "example",
    "pipeline-not-run": "example",
    "data-stale": "example",
}


@pytest.mark.parametrize("case", [case for case in CASES if case not in ("no-slo", "empty-slo")])
def test_promtool_accepts_the_rules(case: str, tmp_path: Path) -> None:
    write_rules(CASES[case], tmp_path)
    promtool(tmp_path, "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_rules_do_what_they_are_for(scenario: str, tmp_path: Path) -> None:
    write_rules(CASES[SCENARIOS[scenario]], tmp_path)
    shutil.copy(FOLDER / f"{scenario}.yaml", tmp_path)
    promtool(tmp_path, "test", "rules", f"{scenario}.yaml")


def test_every_scenario_is_run() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.yaml")) == sorted(SCENARIOS)
