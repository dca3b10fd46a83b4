"""Reading order, and one message a mistake."""

from __future__ import annotations

from mlspec.diagnostics import Span
from mlspec.diagnostics.report import prepare
from tests.diagnostics.samples import UNKNOWN, diagnostic, span


def _in(*environments: str) -> list[str]:
    return [
        d.environment for d in prepare(UNKNOWN.replace(environment=name) for name in environments)
    ]


def test_reading_order() -> None:
    ordered = [
        diagnostic(Span(file="a")),
        diagnostic(span(1, 2, 1, 3, file="a")),
        diagnostic(span(1, 10, 1, 11, file="a"), code="MLS101"),
        diagnostic(span(1, 10, 1, 11, file="a"), code="MLS102"),
        diagnostic(span(1, 10, 1, 12, file="a"), code="MLS102"),
        diagnostic(span(10, 1, 10, 2, file="a")),
        diagnostic(Span(file="b")),
    ]
    assert prepare(reversed(ordered)) == ordered


def test_exact_duplicates_are_one() -> None:
    assert prepare([UNKNOWN, UNKNOWN]) == [UNKNOWN]


def test_different_places_or_messages_stay_apart() -> None:
    others = [UNKNOWN.replace(message="other"), UNKNOWN.replace(span=span(1, 1, 1, 2))]
    assert len(prepare([UNKNOWN, *others])) == 3


def test_one_environment_keeps_its_name() -> None:
    assert _in("prod") == ["prod"]


def test_some_environments_are_named_together() -> None:
    assert _in("dev", "prod", "dev") == ["dev, prod"]


def test_a_mistake_of_the_base_document_names_none() -> None:
    assert _in("dev", "", "prod") == [""]


def test_a_mistake_of_all_environments_names_none() -> None:
    both = [UNKNOWN.replace(environment=name) for name in ("dev", "prod")]
    assert [d.environment for d in prepare(both, ["prod", "dev"])] == [""]
    assert [d.environment for d in prepare(both, ["prod", "dev", "test"])] == ["dev, prod"]
    assert [d.environment for d in prepare(both[:1], ["dev", "prod"])] == ["dev"]


def test_preparing_twice_changes_nothing() -> None:
    once = prepare(UNKNOWN.replace(environment=name) for name in ("prod", "dev"))
    assert prepare(once) == once
