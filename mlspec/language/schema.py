"""The language's models → pydantic models → JSON Schema (2020-12).

pydantic evaluates the annotations of the models, which name the forms in scalars.py, and writes the
schema that is committed under schemas/. It is what editors complete from and what `reader.py`
reads specs by. Nothing here is imported to read a spec.
"""

from __future__ import annotations

import collections.abc
import importlib
import inspect
import pkgutil
import typing
import warnings
from typing import Any

import pydantic
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

import mlspec.language as language
from mlspec.language import scalars
from mlspec.language.docs import field_docs, type_aliases
from mlspec.language.normal_form import normalised
from mlspec.record import Record

ROOTS = {
    "project": "Project",
    "platform": "Platform",
    "lock": "Lock",
    "guardrail_tests": "GuardrailTests",
}
"""What `mlspec schema` prints → the model that is the root of that document."""

_NOT_MODELS = {
    "acceptance",
    "scalars",
    "schema",
    "docs",
    "normal_form",
    "reader",
    "validator",
    "not_yet",
    "suggestions",
    "units",
    "commands",
}


def json_schema(document: str) -> dict[str, Any]:
    """The JSON Schema of one of ROOTS. Raises KeyError for another word."""
    schema = pydantic_model(ROOTS[document]).model_json_schema(schema_generator=_Generator)
    schema.pop("title", None)
    schema = normalised(schema, schema["$defs"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://mlspec.io/schemas/{document}.schema.json",
        "title": f"mlspec {document}",
        **schema,
    }


def pydantic_model(name: str) -> type[BaseModel]:
    """The pydantic model of the language's model of that name. Raises KeyError."""
    return _pydantic_models()[name]


class _Base(BaseModel):
    # The forms in scalars.py use look-around, which pydantic's own engine does not know.
    model_config = ConfigDict(extra="forbid", protected_namespaces=(), regex_engine="python-re")


class _Generator(GenerateJsonSchema):
    """pydantic's JSON Schema without the titles, which say the key again."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def models() -> dict[str, type[Record]]:
    """All models of the language by class name, in the order of their files."""
    found: dict[str, type[Record]] = {}
    for info in pkgutil.iter_modules(language.__path__):
        if info.name in _NOT_MODELS:
            continue
        module = importlib.import_module(f"{language.__name__}.{info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Record) and value is not Record:
                found.setdefault(value.__name__, value)
    return found


def _pydantic_models() -> dict[str, type[BaseModel]]:
    namespace: dict[str, Any] = {**vars(typing), **vars(collections.abc), **vars(scalars)}
    built: dict[str, type[BaseModel]] = {}
    for name, cls in models().items():
        docs = field_docs(cls)
        fields: dict[str, Any] = {}
        for field in cls._fields:
            default = cls._defaults.get(field, ...)
            fields[field] = (_annotation(cls, field), _field(default, docs[field]))
        with warnings.catch_warnings():
            # BaseModel has a deprecated method `schema`, which our key of that name may hide.
            warnings.filterwarnings("ignore", 'Field name "schema"', UserWarning)
            built[name] = pydantic.create_model(
                name, __base__=_Base, __doc__=cls.__doc__, __module__=__name__, **fields
            )
    namespace.update(built)
    namespace.update(_aliases(namespace))
    for model in built.values():
        model.model_rebuild(_types_namespace=namespace)
    return built


def _annotation(cls: type, field: str) -> str:
    for base in cls.__mro__:
        if field in inspect.get_annotations(base):
            return str(inspect.get_annotations(base)[field])
    raise KeyError(field)


def _field(default: Any, description: str) -> Any:
    if isinstance(default, Record):
        default = _plain(default)
    if isinstance(default, dict) or default is ...:
        return Field(default, description=description, validate_default=False)
    return Field(default, description=description)


def _plain(record: Record) -> dict[str, Any]:
    """A default that is a model, as it would be written: only what differs from its defaults."""
    return {
        name: value for name, value in vars(record).items() if record._defaults.get(name) != value
    }


def _aliases(namespace: dict[str, Any]) -> dict[str, Any]:
    """The type aliases that the models' modules declare for type checkers, evaluated."""
    found: dict[str, Any] = {}
    for module in {cls.__module__ for cls in models().values()}:
        for name, text in type_aliases(module).items():
            found[name] = eval(text, {**namespace, **found})  # our own source text
    return found
