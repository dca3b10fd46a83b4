"""Model versions behind a service: shares, shadows, downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .cases import ALONE, CASES, only_predictor, predictor_plan, predictors_of

if TYPE_CHECKING:
    from mlspec.plan.model import Plan


@pytest.mark.parametrize("plan", CASES.values(), ids=CASES.keys())
def test_traffic_without_shadows_sums_to_100(plan: Plan) -> None:
    predictors = predictors_of(plan).values()
    assert sum(p["traffic"] for p in predictors if not p.get("shadow")) == 100


def test_canary_keeps_order_and_shares() -> None:
    shares = [(p["name"], p["traffic"]) for p in predictors_of(CASES["canary"]).values()]
    assert shares == [("champion", 90), ("challenger", 10)]


def test_shadow_is_marked_and_has_the_share_that_is_copied() -> None:
    predictors = predictors_of(CASES["shadow"])
    assert "shadow" not in predictors["champion"]
    assert predictors["challenger"]["shadow"] is True
    assert predictors["challenger"]["traffic"] == 25


def test_variants_share_the_traffic() -> None:
    shares = {name: p["traffic"] for name, p in predictors_of(CASES["ab"]).items()}
    assert shares == {"red": 50, "white": 30, "rose": 20}


def test_each_predictor_serves_its_own_model_under_one_address() -> None:
    graphs = [p["graph"] for p in predictors_of(CASES["canary"]).values()]
    assert [g["modelUri"] for g in graphs] == [
        "s3://cellar-models/wine-grader/7/model",
        "s3://cellar-models/wine-grader/8/model",
    ]
    assert {g["name"] for g in graphs} == {"wine-grader"}


def test_model_is_downloaded_with_the_secret() -> None:
    for predictor in predictors_of(CASES["canary"]).values():
        assert predictor["graph"]["envSecretRefName"] == "mlspec-models"


def test_workload_identity_has_no_secret_but_its_account() -> None:
    predictor = only_predictor(CASES["workload-identity"])
    assert "envSecretRefName" not in predictor["graph"]
    assert predictor["componentSpecs"][0]["spec"]["serviceAccountName"] == "wine-api"


def test_version_of_the_model_reaches_the_metrics() -> None:
    assert predictors_of(CASES["canary"])["champion"]["annotations"] == {"version": "7"}
    assert "annotations" not in only_predictor(CASES["unlocked"])


@pytest.mark.parametrize("version", ["1 2", "-7", "7/8", "ü", "x" * 3 + "\n"])
def test_version_that_could_not_be_a_key_is_left_out(version: str) -> None:
    plan = predictor_plan(ALONE.replace(model_version=version))
    assert "annotations" not in only_predictor(plan)
