"""The documentation of keys is the docstring that follows each field."""

from __future__ import annotations

from mlspec.language.data import S3Source
from mlspec.language.docs import field_docs, type_aliases
from mlspec.language.steps import Training
from mlspec.record import Record


def test_a_field_s_docstring_is_its_documentation_on_one_line() -> None:
    docs = field_docs(Training)

    assert docs["framework"].startswith("What the model is made with")
    assert "\n" not in docs["run"]


def test_fields_of_bases_are_documented_there() -> None:
    docs = field_docs(S3Source)

    assert docs["format"] == "How the files are written."
    assert docs["region"] == "The region, where the store asks for it."


def test_models_of_others_have_no_documentation() -> None:
    class Foreign(Record):
        field: str
        """Not in mlspec.language."""

    assert field_docs(Foreign) == {}


def test_type_aliases_are_read_from_the_source_text() -> None:
    aliases = type_aliases("mlspec.language.serving")

    assert aliases["Rollout"] == "Canary | Shadow | AbTest"


def test_literals_among_the_aliases_are_read_too() -> None:
    assert type_aliases("mlspec.language.steps")["Framework"].startswith("Literal['sklearn'")
