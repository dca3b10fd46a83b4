"""`mlspec schema`: the JSON Schema of a document that mlspec reads or writes."""

from __future__ import annotations

from pathlib import Path

import click

DOCUMENTS = ("project", "platform", "lock", "guardrail_tests", "diagnostics", "diff")


@click.command("schema")
@click.argument("document", type=click.Choice(DOCUMENTS))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False), metavar="FILE",
    help="Write it to FILE, making folders as needed, instead of printing it.",
)  # fmt: skip
def command(document: str, output: str | None) -> None:
    """Print the JSON Schema of project.yaml, platform.yaml or mlspec.lock.

    Editors with a YAML language server complete and check by it. `guardrail_tests` is that of
    guardrails_test.yaml, `diagnostics` of what `--format json` writes, `diff` of what
    `mlspec diff --format json` writes.

    \b
    Examples:
      mlspec schema project -o .mlspec/project.schema.json
      mlspec schema platform > platform.schema.json
    """
    text = schema_text(document)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        Path(output).parent.mkdir(parents=True, exist_ok=True)
        Path(output).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.UsageError(f"--output: cannot write {output}: {error.strerror}") from error


def schema_text(document: str) -> str:
    """The JSON Schema of one of DOCUMENTS, as it is shipped."""
    from mlspec.package_data import schemas_folder

    return (schemas_folder() / f"{document}.schema.json").read_text(encoding="utf-8")
