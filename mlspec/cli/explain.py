"""`mlspec explain`: the long story of a diagnostic, or of a key of the language."""

from __future__ import annotations

import json
import re
from typing import Any

import click


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
    from mlspec.package_data import schemas_folder

    document, _, rest = path.partition(".")
    if document not in ("project", "platform", "lock", "guardrail_tests"):
        document, rest = "project", path
    file = schemas_folder() / f"{document}.schema.json"
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    try:
        return describe(schema, rest.split(".") if rest else [])
    except UnknownField as error:
        raise click.UsageError(str(error)) from error
