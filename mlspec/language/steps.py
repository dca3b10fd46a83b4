"""`transforms` and `training`: the project's own programs, and what they read and write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from mlspec.language.data import Column, ColumnType, DataFormat
    from mlspec.language.image import Image
    from mlspec.language.resources import Resources, Retries
    from mlspec.language.scalars import (
        ColumnName,
        Command,
        Count,
        Duration,
        EnvName,
        ImageReference,
        Line,
        MetricName,
        Name,
        ParamName,
        Scalar,
        Text,
    )

    Framework = Literal["sklearn", "xgboost", "lightgbm", "tensorflow", "pytorch", "mlflow"]


class Step(Record):
    """What all programs of the project have in common."""

    run: Command | tuple[Command, ...]
    """The command: one line, split into words as a shell would, but read by no shell; or a list of
    words. `${{ inputs.NAME }}`, `${{ outputs.NAME }}`, `${{ params.NAME }}` and `${{ metrics }}`
    stand for paths and values."""
    params: Mapping[ParamName, Scalar] = {}
    """Parameters: `${{ params.NAME }}`, `MLSPEC_PARAM_NAME`, and changeable for a single run."""
    image: ImageReference | Image | None = None
    """The image it runs in. Default: the project's."""
    resources: Resources | None = None
    """What its pod gets."""
    retries: Count | Retries | None = None
    """How often it is tried again when it fails. Default: the pipeline's."""
    timeout: Duration = ""
    """How long one attempt may take. Default: the pipeline's timeout."""
    env: Mapping[EnvName, Line] = {}
    """Environment variables."""
    description: Text = ""
    """What it does."""


class Output(Record):
    """A data set that a step writes."""

    format: DataFormat = "parquet"
    """How it is written."""
    schema: Mapping[ColumnName, ColumnType | Column] = {}
    """Its columns. With it, every run checks the data before anything reads it."""


class Transform(Step):
    """A program that makes data sets of data sets."""

    inputs: tuple[Name, ...]
    """Data sets it reads: sources, or outputs of other transforms."""
    outputs: tuple[Name, ...] | Mapping[Name, Output]
    """Data sets it writes; a list of names is short for a map of names to defaults."""
    expects: Mapping[Name, Mapping[ColumnName, ColumnType]] = {}
    """Columns that it needs of an input: checked against what the producer declares."""
    cache: bool = False
    """Whether a run may take over the outputs of an earlier one that had the same inputs, image and
    command. It takes effect where that can be told: the image is pinned by a digest, the step and
    those before it have no `params` and are cached too, and mlspec itself reads the one to three
    sources behind it."""


class Evaluate(Step):
    """A program that measures a model. It reads the model as `${{ inputs.model }}` and writes a
    flat JSON map of numbers to `${{ metrics }}`."""

    inputs: tuple[Name, ...] = ()
    """Data sets it reads besides the model. Default: those of the training."""
    metrics: tuple[MetricName, ...]
    """The metrics it reports. Gates can only be on these."""


class Training(Step):
    """A program that makes a model: an MLflow model folder at `${{ outputs.model }}`. The model has
    the training's name."""

    inputs: tuple[Name, ...]
    """Data sets it reads."""
    expects: Mapping[Name, Mapping[ColumnName, ColumnType]] = {}
    """Columns that it needs of an input: checked against what the producer declares."""
    framework: Framework = "mlflow"
    """What the model is made with; a tag on every registered version."""
    evaluate: Evaluate | None = None
    """How the model is measured."""
