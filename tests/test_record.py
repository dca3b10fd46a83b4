"""Records: values that are equal by content and never change."""

from __future__ import annotations

import copy
import pickle

import pytest

from mlspec.record import Record


class Wine(Record):
    name: str
    year: int = 2020


class Sparkling(Wine):
    bar: float
    name: str = "crémant"


class Aged(Record):
    months: int = 0


class Reserve(Wine, Aged):
    pass


def test_fields_are_given_by_keyword_and_defaults_fill_the_rest() -> None:
    wine = Wine(name="nebbiolo")

    assert (wine.name, wine.year) == ("nebbiolo", 2020)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({}, "Wine: missing ['name'], unknown nothing", id="missing"),
        pytest.param({"name": "x", "age": 1}, "missing nothing, unknown ['age']", id="unknown"),
        pytest.param({"nam": "x"}, "missing ['name'], unknown ['nam']", id="misspelt"),
    ],
)
def test_wrong_fields_are_named(fields: dict[str, object], said: str) -> None:
    with pytest.raises(TypeError) as raised:
        Wine(**fields)  # type: ignore[arg-type]

    assert said in str(raised.value)


def test_a_record_of_values_is_the_same_as_one_that_is_called() -> None:
    wine = Wine.of({"name": "nebbiolo", "year": 2015})

    assert wine == Wine(name="nebbiolo", year=2015)
    assert hash(wine) == hash(Wine(name="nebbiolo", year=2015))
    with pytest.raises(AttributeError):
        wine.year = 2021  # type: ignore[misc]


def test_a_record_cannot_be_changed() -> None:
    wine = Wine(name="nebbiolo")

    with pytest.raises(AttributeError, match=r"Wine\.year cannot be changed"):
        wine.year = 2021  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del wine.name
    assert wine == Wine(name="nebbiolo", year=2020)


def test_replace_makes_a_changed_copy() -> None:
    wine = Wine(name="nebbiolo")

    assert wine.replace(year=2015) == Wine(name="nebbiolo", year=2015)
    assert wine.year == 2020


def test_records_are_equal_by_class_and_content() -> None:
    class Beer(Record):
        name: str
        year: int = 2020

    assert Wine(name="x") == Wine(name="x")
    assert Wine(name="x") != Wine(name="y")
    assert Wine(name="x") != Beer(name="x")


def test_equal_records_have_equal_hashes_however_they_were_made() -> None:
    class Cask(Record):
        wood: str
        litres: int

    first, second = Cask(wood="oak", litres=225), Cask(litres=225, wood="oak")

    assert first == second
    assert hash(first) == hash(second)
    assert {first: "known"}[second] == "known"


def test_subclasses_add_fields_and_defaults() -> None:
    assert Sparkling._fields == ("name", "year", "bar")
    assert Sparkling(bar=6.0).name == "crémant"


def test_the_first_base_of_several_wins() -> None:
    assert Reserve._fields == ("months", "name", "year")
    assert Reserve(name="x") == Reserve(name="x", year=2020, months=0)


def test_a_default_of_one_class_is_not_seen_by_its_base() -> None:
    with pytest.raises(TypeError):
        Wine()  # type: ignore[call-arg]


def test_the_repr_shows_every_field() -> None:
    assert repr(Wine(name="x")) == "Wine(name='x', year=2020)"


def test_records_are_copied_and_pickled() -> None:
    wine = Sparkling(bar=6.0)

    assert copy.deepcopy(wine) == wine
    assert pickle.loads(pickle.dumps(wine)) == wine
