"""`mlspec explain`: the long story of a diagnostic, or of a key of the language."""

from __future__ import annotations

import json
import re
from typing import Any

import click

_DOCUMENTS = ("project", "platform", "lock", "guardrail_tests")
_MOST_PLACES = 3


@click.command("explain")
@click.argument("subject", metavar="CODE|FIELD")
def command(subject: str) -> None:
    """Tell the long story of a diagnostic, or of a key of the language.

    \b
    Examples:
      mlspec explain MLS201
      mlspec explain serving.rollout
      mlspec explain platform.artifacts
    """
    if re.fullmatch(r"(?i)MLS\d+", subject):
        click.echo(_code(subject.upper()))
    else:
        click.echo(_field(subject))


def _code(code: str) -> str:
    from mlspec.diagnostics.codes import CODES
    from mlspec.diagnostics.explain import explanation

    if code not in CODES:
        from mlspec.language.suggestions import did_you_mean

        raise click.UsageError(f"there is no diagnostic {code}; {did_you_mean(code, CODES)}")
    return explanation(code).rstrip()


def _field(path: str) -> str:
    from mlspec.language.fields import UnknownField, describe

    document, _, rest = path.partition(".")
    if document not in _DOCUMENTS:
        document, rest = "project", path
    try:
        return describe(_schema(document), rest.split(".") if rest else [])
    except UnknownField as error:
        elsewhere = _elsewhere(path.rpartition(".")[2])
        raise click.UsageError(f"{error.said}; {elsewhere}" if elsewhere else str(error)) from error


def _elsewhere(name: str) -> str:
    """Where there is a key that was asked for without what it belongs to, or below another."""
    from mlspec.language.fields import places

    found = [
        place if document == "project" else f"{document}.{place}"
        for document in _DOCUMENTS
        for place in places(_schema(document), name)
    ]
    shown = [f"`mlspec explain {place}`" for place in found[:_MOST_PLACES]]
    return f"try {' or '.join(shown)}" if shown else ""


def _schema(document: str) -> dict[str, Any]:
    from mlspec.package_data import schemas_folder

    file = schemas_folder() / f"{document}.schema.json"
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema
