"""A mistake in an overlay is one mistake, said in the overlay's words, and hides no other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.language.environments import overlays_of
from mlspec.language.overlays import Overlaid, as_meant, overlaid
from mlspec.language.reader import read, validator
from mlspec.language.validator import INVALID
from mlspec.source.overlay import merge
from mlspec.source.parser import parse
from mlspec.source.tree import MappingNode
from tests.specs import EXAMPLE, FILE, PROJECT, found_at, merged

BASE = merged(PROJECT, "pipeline: {schedule: '0 3 * * *'}\nenvironments: null")


def text(overlay: str, base: str = BASE) -> str:
    return f"{base}environments:\n  live: {overlay}\n"


def found(overlay: str, base: str = BASE) -> Overlaid:
    tree = parse(text(overlay, base), FILE)
    patch = overlays_of(tree)["live"]
    assert isinstance(patch, MappingNode)
    gaps = read("project", tree).gaps
    return overlaid(as_meant(tree, gaps), "live", patch, gaps.elsewhere)


def said(overlay: str, base: str = BASE) -> list[tuple[str, str, str]]:
    """The code of each mistake, what it points at, and its help."""
    spec = text(overlay, base)
    return [(d.code, found_at(d, spec), d.help) for d in found(overlay, base).diagnostics]


def test_an_overlay_without_mistakes_is_merged() -> None:
    result = found("{serving: {api: {replicas: 3}}, pipeline: {schedule: null}}")

    assert (result.is_whole, result.diagnostics) == (True, [])
    assert result.value.serving["api"].replicas == 3
    assert result.value.pipeline.schedule is None
    assert list(result.removed) == [("environments", "live", "pipeline", "schedule")]


@pytest.mark.parametrize(
    ("overlay", "at", "meant"),
    [
        pytest.param("{trainng: {grader: {retries: 3}}}", "trainng", "training", id="section"),
        pytest.param(
            "{training: {grader: {evalute: {timeout: 1h}}}}", "evalute", "evaluate", id="key"
        ),
        pytest.param("{pipline: {schedule: null}}", "pipline", "pipeline", id="above-a-null"),
        pytest.param("{regstry: {type: mlflow}}", "regstry", "registry", id="not-in-the-base"),
    ],
)
def test_a_misspelt_key_of_what_the_base_has_can_be_mended(
    overlay: str, at: str, meant: str
) -> None:
    result = found(overlay)

    [one] = result.diagnostics
    assert (one.code, found_at(one, text(overlay))) == ("MLS101", at)
    assert one.help == f"did you mean `{meant}`?"
    assert one.fix is not None
    assert one.fix.is_safe
    assert not result.is_whole


def test_a_misspelt_key_is_read_as_what_was_meant() -> None:
    result = found("{trainng: {grader: {retries: 3, image: b:1}}, pipline: {schedule: null}}")

    assert result.value.training["grader"].retries == 3
    assert result.value.training["grader"].inputs == ("tidy",)
    assert result.value.pipeline.schedule is None
    assert result.gaps.lost == []


def test_what_a_misspelt_key_holds_is_judged_at_its_place() -> None:
    assert said("{trainng: {grader: {tmeout: 1h, retries: true}}}") == [
        ("MLS101", "trainng", "did you mean `training`?"),
        ("MLS101", "tmeout", "did you mean `timeout`?"),
        ("MLS103", "true", ""),
    ]


def test_two_that_both_stand_in_the_overlay_are_one_too_many() -> None:
    [(code, at, help)] = said("{serving: {api: {replicas: 3}}, servng: {}}")

    assert (code, at) == ("MLS101", "servng")
    assert help == "`serving` is there already: remove one of the two"


def test_a_key_that_is_like_no_other_is_told_what_an_overlay_can_have() -> None:
    [one] = found("{zzqxj: {schedule: null}}").diagnostics

    assert one.message == "there is no key `zzqxj` in the overlay `live`"
    assert one.help == (
        "the keys here are: image, data, transforms, training, pipeline, registry, serving, "
        "monitoring, access"
    )


@pytest.mark.parametrize(
    ("overlay", "codes"),
    [
        pytest.param("{metadata: {team: x}, training: 5}", ["MLS101", "MLS103"], id="fixed"),
        pytest.param("{kind: Foo, environments: null, servin: {}}", ["MLS101"] * 3, id="all-fixed"),
        pytest.param("{metadata: null, apiVersion: null}", ["MLS101"] * 2, id="fixed-removed"),
        pytest.param(
            "{transforms: {claen: null}, training: 5}", ["MLS201", "MLS103"], id="vain-null"
        ),
        pytest.param("{transforms: {claen: {run: null}}}", ["MLS201"], id="vain-null-in-nothing"),
        pytest.param("{access: {roles: null}}", ["MLS201"], id="vain-null-in-no-section"),
    ],
)
def test_what_cannot_be_merged_hides_nothing_else(overlay: str, codes: list[str]) -> None:
    assert [code for code, _, _ in said(overlay)] == codes


def test_what_was_meant_to_be_removed_is_a_gap() -> None:
    result = found("{transforms: {claen: null}}")

    assert result.gaps.guessed == [("transforms", "clean")]
    assert "clean" in result.value.transforms


@pytest.mark.parametrize(
    "base",
    [
        pytest.param(BASE.replace("serving:", "servin:"), id="slip"),
        pytest.param(BASE.replace("serving:", "service:"), id="another-word"),
        pytest.param(BASE.replace("  api:", "  Api:"), id="a-name-of-wrong-form"),
    ],
)
def test_what_is_misspelt_in_the_base_is_not_missed_in_the_overlay(base: str) -> None:
    assert base != BASE

    codes = [code for code, _, _ in said("{serving: {api: {replicas: 3}}}", base)]

    assert "MLS102" not in codes


SECTIONS = parse(EXAMPLE.read_text(encoding="utf-8"), FILE).root
PATCHES = st.dictionaries(
    st.sampled_from(["image", "data", "training", "serving", "access", "pipelin", "x-note"]),
    st.none()
    | st.sampled_from([*SECTIONS.values(), {"a": 1}, "text"])
    | st.dictionaries(st.sampled_from(["wine-grader", "roles", "timeout"]), st.none()),
    max_size=3,
)


def node_of(value: Any) -> Any:
    return parse(json.dumps(value), FILE).root if isinstance(value, dict) else value


@given(PATCHES)
def test_what_an_overlay_leaves_as_it_is_need_not_be_read_again(patch: dict[str, Any]) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    overlay = node_of(patch)
    fresh, read_before = parse(text, FILE), parse(text, FILE)
    base = read("project", read_before)

    again = validator("project").read(merge(read_before.root, overlay))

    assert again == validator("project").read(merge(fresh.root, overlay))
    if again.value is not INVALID and "monitoring" not in patch:
        assert again.value.monitoring["wine-api"] is base.value.monitoring["wine-api"]
