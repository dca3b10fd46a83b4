"""Rows → a request of the Open Inference Protocol, and an answer → a prediction a row.

What the model takes is read from its metadata (`GET /v2/models/NAME`), which MLServer derives from
the model's signature: so it is the same here and in the cluster.
https://github.com/kserve/open-inference-protocol
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from mlspec.local.serving.errors import BadData, Refused
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlspec.local.serving.rows import Row

_COLUMNS = "pd"
"""The content type of a model whose signature has columns."""
_TENSOR = "np"
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class Tensor(Record):
    """An input of a model. `content_type` is MLServer's word for how it is decoded."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    content_type: str


class Signature(Record):
    """What a model takes. `content_type` is how its inputs are put together."""

    inputs: tuple[Tensor, ...]
    content_type: str

    @property
    def is_tensor(self) -> bool:
        """One array, in which a row of a file is a row."""
        return self.content_type == _TENSOR and len(self.inputs) == 1


def signature_of(metadata: dict[str, Any]) -> Signature:
    """Refused where the model does not say what it takes."""
    inputs = tuple(
        Tensor(
            name=each["name"],
            datatype=each["datatype"],
            shape=tuple(each["shape"]),
            content_type=(each.get("parameters") or {}).get("content_type") or "",
        )
        for each in metadata.get("inputs") or ()
    )
    if not inputs:
        name = metadata.get("name", "the model")
        raise Refused(f"{name} does not say what it takes: save the model with a signature")
    content_type = (metadata.get("parameters") or {}).get("content_type") or ""
    return Signature(inputs=inputs, content_type=content_type)


def fitted(signature: Signature, rows: Sequence[Row]) -> list[Row]:
    """The rows as the model takes them: its columns, each value of its type. BadData where a column
    is missing, or a value is not of its type."""
    if signature.is_tensor:
        tensor = signature.inputs[0]
        width = math.prod(tensor.shape[1:])
        for number, row in enumerate(rows, 1):
            if len(row) != width:
                raise BadData(f"row {number}: the model takes {width} numbers, found {len(row)}")
        columns = dict.fromkeys(rows[0], tensor)
    else:
        columns = {each.name: each for each in signature.inputs}
        for tensor in signature.inputs:
            _require_column(tensor, rows[0])
    return [
        {
            name: _value(row.get(name), tensor, f"row {number}: `{name}`")
            for name, tensor in columns.items()
        }
        for number, row in enumerate(rows, 1)
    ]


def _require_column(tensor: Tensor, row: Row) -> None:
    if tensor.shape[1:] not in ((), (1,)):
        shape = list(tensor.shape)
        raise BadData(f"`{tensor.name}` is an array of the shape {shape}: no table can hold it")
    if tensor.name not in row:
        from mlspec.language.suggestions import did_you_mean

        raise BadData(f"there is no column `{tensor.name}`; {did_you_mean(tensor.name, row)}")


def request_for(signature: Signature, rows: Sequence[Row]) -> dict[str, Any]:
    """For rows that are `fitted`."""
    if signature.is_tensor:
        [tensor] = signature.inputs
        inputs = [_input(tensor, len(rows), [value for row in rows for value in row.values()])]
    else:
        inputs = [
            _input(tensor, len(rows), [row[tensor.name] for row in rows])
            for tensor in signature.inputs
        ]
    return {**_decoded(signature.content_type), "inputs": inputs}


def _input(tensor: Tensor, count: int, data: list[Any]) -> dict[str, Any]:
    return {
        "name": tensor.name,
        "shape": [count, *tensor.shape[1:]],
        "datatype": tensor.datatype,
        **_decoded(tensor.content_type),
        "data": data,
    }


def _decoded(content_type: str) -> dict[str, Any]:
    return {"parameters": {"content_type": content_type}} if content_type else {}


def _value(value: Any, tensor: Tensor, place: str) -> Any:
    """The value as the datatype wants it."""
    if value is None or (value == "" and tensor.datatype != "BYTES"):
        raise BadData(f"{place} is empty, the model takes {tensor.datatype}")
    try:
        if tensor.datatype.startswith("FP"):
            return _finite(float(value))
        if "INT" in tensor.datatype:
            return _whole(value)
        if tensor.datatype == "BOOL":
            return value if isinstance(value, bool) else _TRUTH[str(value).strip().lower()]
    except (ValueError, TypeError, KeyError) as error:
        raise BadData(f"{place}: {value!r} is no {tensor.datatype}") from error
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if isinstance(value, str) else json.dumps(value)


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError("JSON has no word for it")
    return number


def _whole(value: Any) -> int:
    try:
        return int(value) if not isinstance(value, float) else _exactly(value)
    except ValueError:
        return _exactly(float(value))  # "3.0", as many programs write a column of integers


def _exactly(number: float) -> int:
    if int(number) != number:
        raise ValueError("not whole")
    return int(number)


def predictions_in(answer: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """For each row what the model says of it, by the name of the output."""
    found: list[dict[str, Any]] = [{} for _ in range(count)]
    for output in answer.get("outputs") or ():
        data, width = output["data"], math.prod(output["shape"][1:])
        if len(data) != count * width:
            raise Refused(
                f"the service answered {len(data)} values of {output['name']} for {count} rows"
            )
        for number, row in enumerate(found):
            part = data[number * width : (number + 1) * width]
            row[output["name"]] = part[0] if width == 1 else part
    return found
