"""`mlspec predict`: rows of a file, sent to a service that runs here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlspec.cli.here import project_option, told

if TYPE_CHECKING:
    from mlspec.local.serving.client import Predictions

ROWS = 10


@click.command("predict")
@click.argument("service")
@click.option(
    "--data", required=True, type=click.Path(), metavar="FILE",
    help="Rows to predict: csv, json, jsonl or parquet.",
)  # fmt: skip
@click.option(
    "--rows", type=click.IntRange(min=0), default=ROWS, show_default=True, metavar="N",
    help="Send the first N rows; 0 is all.",
)  # fmt: skip
@project_option
@click.option("--format", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(service: str, data: str, rows: int, project: str, format: str) -> None:
    """Ask a running SERVICE for predictions of the rows of a file.

    The request has the columns that the model's signature names; others in the file are left out.

    \b
    Examples:
      mlspec predict wine-api --data data/tastings.csv
      mlspec predict wine-api --data data/tastings.csv --rows 3 --format json

    Exit codes: 0 predictions were printed, 1 there were none to get, 2 wrong usage.
    """
    from mlspec.cli.local_plan import project_folder
    from mlspec.local.folder import Folder
    from mlspec.local.serving.errors import Refused
    from mlspec.local.serving.rows import read_rows
    from mlspec.local.serving.service import Place

    place = Place(Folder(project_folder(project)), service)
    with told():
        client = place.client()
        try:
            found = client.predict(read_rows(Path(data), rows))
        except Refused as error:
            if error.code < 500:
                raise
            raise Refused(f"{error}; the logs of {service} are in {place.root}") from error
    click.echo(_json(service, found) if format == "json" else _text(service, found))


def _json(service: str, found: Predictions) -> str:
    document = {
        "service": service,
        "predictor": found.predictor,
        "version": found.version,
        "rows": [
            {"inputs": row, "predictions": answer}
            for row, answer in zip(found.rows, found.answers, strict=True)
        ],
    }
    return json.dumps(document, indent=2)


def _text(service: str, found: Predictions) -> str:
    from mlspec.cli.table import table

    outputs = list(found.answers[0])
    heads = [*found.rows[0], *outputs]
    cells = [
        [*row.values(), *answer.values()]
        for row, answer in zip(found.rows, found.answers, strict=True)
    ]
    who = f"{service}: {found.predictor}, version {found.version}" if found.version else service
    return f"{table(heads, cells, kept=len(outputs))}\n{who}"
