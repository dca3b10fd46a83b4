"""Keys that are not of the language: where they belong, and what other tools' keys are here."""

from __future__ import annotations

import pytest

from mlspec.language.habits import HABITS, OF_SOURCES
from mlspec.language.reader import validator
from mlspec.language.schema import models
from tests.specs import read_patch, tree


def help_of(patch: str) -> str:
    """The help of the only problem of the minimal project with the patch."""
    [found] = validator("project").read(tree(patch).root).problems
    assert found.code in ("MLS101", "MLS102")
    return found.help


@pytest.mark.parametrize(
    ("patch", "help"),
    [
        pytest.param(
            "{training: {grader: {memory: 4Gi}}}",
            "it belongs in `resources`: write `resources: {memory: 4Gi}`",
            id="too-high",
        ),
        pytest.param(
            "{training: {grader: {gpu: 1, resources: {cpu: 1}}}}",
            "it belongs in `resources`: indent it below that",
            id="too-high-beside-its-home",
        ),
        pytest.param(
            "{sources: {}}", "it belongs in `data`: indent it below that", id="at-the-top"
        ),
        pytest.param(
            "{rollout: {}}", "it belongs in `serving.api`: indent it below that", id="in-a-map"
        ),
        pytest.param(
            "{expects: {}}",
            "it belongs in `transforms.clean` or `training.grader`",
            id="in-one-of-two-maps",
        ),
        pytest.param(
            "{training: {grader: {resources: {timeout: 1h}}}}",
            "it belongs in `grader`: indent it as far as `resources`",
            id="too-low",
        ),
        pytest.param(
            "{metadata: {serving: {}}}",
            "it belongs at the top of the document: indent it as far as `metadata`",
            id="too-low-at-the-top",
        ),
    ],
)
def test_a_key_in_the_wrong_place_is_told_where_it_belongs(patch: str, help: str) -> None:
    assert help_of(patch) == help


def test_a_required_key_in_the_wrong_place_is_one_mistake() -> None:
    patch = "{training: {grader: {metrics: [f1], evaluate: {metrics: null}}}}"

    assert help_of(patch) == "it belongs in `evaluate`: indent it below that"


def test_a_key_of_another_tool_stands_for_ours_that_is_required() -> None:
    patch = "{transforms: {clean: {run: null, cmd: python clean.py}}}"

    assert help_of(patch) == "write the program and its arguments as `run`"


def test_what_an_overlay_misspells_is_no_new_thing() -> None:
    patch = (
        "{environments: {dev: {serving: {apis: {replicas: 2}}}}, serving: {apis: {replicas: 2}}}"
    )

    assert help_of(patch).startswith("did you mean `api`? For a new `apis`, add `model:`.")


def test_a_misspelt_entry_of_an_overlay_lacks_many_keys_and_is_one_mistake() -> None:
    steps = "{cleen: {timeout: 1h}}"
    patch = f"{{environments: {{dev: {{transforms: {steps}}}}}, transforms: {steps}}}"

    assert help_of(patch).startswith("did you mean `clean`? For a new `cleen`, add `run:`.")


def test_what_the_document_itself_has_is_what_it_is() -> None:
    patch = "{environments: {dev: {serving: {apis: {replicas: 2}}}}, serving: {apis: {alias: x}}}"

    assert help_of(patch) == "add `model:`. The model, by the name of its training"


def test_a_letter_that_only_looks_like_ours_is_named() -> None:
    [found] = read_patch("{metadata: {team: c\u0435llar}}")

    assert found.label == "`\u0435` in it is U+0435 CYRILLIC SMALL LETTER IE, not `e`"


@pytest.mark.parametrize("model", HABITS)
def test_habits_are_of_models_and_never_keys_of_ours(model: str) -> None:
    fields = models()[model]._fields

    for key, habit in HABITS[model].items():
        assert key not in fields
        assert not habit.key or habit.key in fields


def test_habits_of_sources_lead_to_keys_of_sources() -> None:
    for key, habit in OF_SOURCES.items():
        assert not habit.key or habit.key in models()["S3Source"]._fields
        assert key not in models()["S3Source"]._fields
