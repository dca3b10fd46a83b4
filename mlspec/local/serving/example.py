"""A request that fits a model, for the user to try a service with: its input example, or zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.local.files import read_object

if TYPE_CHECKING:
    from pathlib import Path

    from mlspec.local.serving.protocol import Signature, Tensor
    from mlspec.local.serving.rows import Row

_ROWS = 3


def example_rows(signature: Signature, model: Path) -> list[Row]:
    """Rows that `mlspec predict` reads. `input_example.json` is what MLflow saves of a data frame:
    columns and data (pandas' orient `split`)."""
    found = read_object(model / "input_example.json")
    columns, data = found.get("columns"), found.get("data")
    if not signature.is_tensor and isinstance(columns, list) and isinstance(data, list) and data:
        rows = [dict(zip(columns, row, strict=False)) for row in data[:_ROWS]]
        if all(each.name in rows[0] for each in signature.inputs):
            return rows
    return [_zeros(signature)]


def _zeros(signature: Signature) -> Row:
    if signature.is_tensor:
        tensor = signature.inputs[0]
        return {f"x{number}": _zero(tensor) for number in range(max(tensor.shape[-1], 1))}
    return {each.name: _zero(each) for each in signature.inputs}


def _zero(tensor: Tensor) -> Any:
    if tensor.content_type == "datetime":
        return "2024-01-01T00:00:00"
    kind = "INT" if "INT" in tensor.datatype else tensor.datatype[:2]
    return {"FP": 0.0, "INT": 0, "BO": False}.get(kind, "")
