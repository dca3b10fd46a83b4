"""`registry`: which models are registered, and what they must achieve first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from mlspec.language.scalars import MetricName, Name, Number


class Gate(Record):
    """What a metric must be before the model may be registered."""

    min: Number | None = None
    """The smallest value allowed."""
    max: Number | None = None
    """The largest value allowed."""
    no_worse_than: Name = ""
    """A registry alias: the model behind it must not be better."""
    better: Literal["higher", "lower"] = "higher"
    """Which direction is better, for `no_worse_than`."""


class RegisteredModel(Record):
    """How one model is registered."""

    gates: Mapping[MetricName, Gate] = {}
    """What its metrics must be. All gates must pass."""
    alias: Name = "challenger"
    """The registry alias that a new version gets."""


class Registry(Record):
    """Where models are registered."""

    type: Literal["mlflow"]
    """`mlflow`; the platform says where it is."""
    models: Mapping[Name, RegisteredModel] = {}
    """The models that are registered, by the name of their training."""
