"""A protected environment serves locked model versions and reads locked data only."""

from __future__ import annotations

import pytest

from mlspec.checks.lock import check_locked_models
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems

CHAMPION = "models: {grader: {champion: {version: '7', uri: s3://m/7}}}"
GIT = "data: {sources: {tastings: {type: git, uri: 'https://h/r.git', path: a, revision: %s}}}"
COMMIT = "0123456789abcdef" * 2 + "01234567"


def test_other_environments_follow_aliases() -> None:
    assert problems(check_locked_models) == []
    assert problems(check_locked_models, GIT % "main") == []


def test_a_locked_model_is_served() -> None:
    assert problems(check_locked_models, environment="prod", lock=CHAMPION) == []


def test_a_model_that_is_not_locked() -> None:
    patch = "serving: {api: {alias: champion}}"

    found = diagnosed(check_locked_models, patch, environment="prod")

    assert found.code == "MLS503"
    assert "does not say which version of `grader` is the champion" in found.message
    assert found.help == (
        "run `mlspec lock --env prod`, or promote a version: `mlspec promote api --to prod`"
    )
    assert found_at(found, merged(PROJECT, patch)) == "champion"


def test_an_alias_by_default_is_pointed_at_by_its_service() -> None:
    assert found_at(diagnosed(check_locked_models, "", environment="prod"), PROJECT) == "api"


@pytest.mark.parametrize(
    ("rollout", "place"),
    [
        ("{strategy: canary, candidate: new, weight: 5}", "candidate"),
        ("{strategy: shadow, candidate: new}", "candidate"),
    ],
)
def test_a_candidate_that_is_not_locked(rollout: str, place: str) -> None:
    patch = f"serving: {{api: {{rollout: {rollout}}}}}"

    found = problem(check_locked_models, patch, environment="prod", lock=CHAMPION)

    assert (found.code, found.path) == ("MLS503", ("serving", "api", "rollout", place))


def test_variants_that_are_not_locked() -> None:
    patch = "serving: {api: {rollout: {strategy: ab, variants: {champion: 50, new: 50}}}}"

    found = problem(check_locked_models, patch, environment="prod", lock=CHAMPION)

    assert found.path == ("serving", "api", "rollout", "variants", "new")


def test_a_model_that_is_not_there_is_for_another_check() -> None:
    patch = "serving: {api: {model: gradr}}"

    assert problems(check_locked_models, patch, environment="prod") == []


@pytest.mark.parametrize("revision", ["main", "v1", COMMIT[1:], COMMIT + "0", COMMIT.upper()])
def test_data_that_moves(revision: str) -> None:
    patch = GIT % f"'{revision}'"

    found = diagnosed(check_locked_models, f"serving: null\n{patch}", environment="prod")

    assert (found.code, found.message) == (
        "MLS506",
        f"`prod` is protected, and `{revision}` is not a commit",
    )
    assert found.help == "run `mlspec lock --env prod`"
    assert revision in found_at(found, merged(PROJECT, f"serving: null\n{patch}"))


@pytest.mark.parametrize(
    ("revision", "lock"), [(COMMIT, ""), ("main", f"data: {{tastings: {{revision: '{COMMIT}'}}}}")]
)
def test_data_that_is_fixed(revision: str, lock: str) -> None:
    patch = f"serving: null\n{GIT % repr(revision)}"

    assert problems(check_locked_models, patch, environment="prod", lock=lock) == []


def test_a_service_that_waits_for_a_model_nobody_publishes_is_warned_of() -> None:
    patch = "registry: {type: mlflow, models: {grader: {alias: next}}}"

    found = problem(check_locked_models, patch, environment="dev")

    assert (found.code, found.path) == ("MLS507", ("serving", "api", "alias"))
    assert "registers it as `next`" in found.message


@pytest.mark.parametrize(
    ("patch", "lock"),
    [
        pytest.param("alias: champion", "", id="published"),
        pytest.param(
            "alias: next",
            "models: {grader: {champion: {version: '1', uri: s3://m/1}}}",
            id="locked",
        ),
    ],
)
def test_a_service_whose_model_is_published_or_locked(patch: str, lock: str) -> None:
    registry = f"registry: {{type: mlflow, models: {{grader: {{{patch}}}}}}}"

    assert problems(check_locked_models, registry, environment="dev", lock=lock) == []
