"""`mlspec diff` of a change that means nothing: keys in another order, comments, quotes, layout."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from mlspec.cli.app import app
from tests.cli.diff_cases import LOCK, PLATFORM, PROJECT
from tests.gitops.repositories import example, repository

MORE = """\
  rank:
    run: python -m wine.rank ${{ inputs.tidy }} ${{ outputs.ranked }} --top ${{ params.top }}
    inputs: [tidy]
    outputs: {ranked: {format: parquet, schema: {grade: int, rank: int}}}
    params: {top: 10, by: grade}
    env: {LEVEL: info, TRACE: "1"}
  tag:
    run: python -m wine.tag ${{ inputs.tidy }} ${{ outputs.tagged }}
    inputs: [tidy]
    outputs: [tagged]
    cache: true
  label:
    run: python -m wine.label ${{ inputs.tidy }} ${{ outputs.labelled }}
    inputs: [tidy]
    outputs: [labelled]
    cache: true
  cut:
    run: python -m wine.cut ${{ inputs.tagged }} ${{ inputs.labelled }} ${{ outputs.pieces }}
    inputs: [tagged, labelled]
    outputs: [pieces]
    cache: true

training:
"""
"""Steps between which the data leaves a choice of order."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    files = example()
    files[PROJECT] = (
        files[PROJECT]
        .replace("training:\n", MORE, 1)
        .replace("params: {trees: 200}", "params: {trees: 200, depth: 8, seed: 1}")
    )
    place = repository(tmp_path_factory.mktemp("nothing") / "ml", files)
    before = Path.cwd()
    os.chdir(place)
    yield place
    os.chdir(before)


def shuffled(value: Any, random: Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    if isinstance(value, list):
        return [shuffled(item, random) for item in value]
    return value


def rewritten(text: str, random: Random) -> str:
    """The same document, written by somebody else."""
    document = yaml.safe_load(text)
    dumped = yaml.safe_dump(
        shuffled(document, random),
        sort_keys=False,
        default_flow_style=random.choice([None, False]),
        width=random.choice([60, 1000]),
        indent=random.choice([2, 4]),
    )
    lines = [f"# {random.random()}", *dumped.splitlines()]
    return "".join(f"{line}\n" for line in lines)


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32))
def test_the_same_in_other_words_is_no_change(folder: Path, seed: int) -> None:
    random = Random(seed)
    for name in (PROJECT, PLATFORM, LOCK):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(rewritten(text, random), encoding="utf-8")

    result = CliRunner().invoke(app, ["diff", "--fields"], catch_exceptions=False)

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("no changes to the cluster"), result.stdout
