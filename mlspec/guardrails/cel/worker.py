"""The program that compiles and evaluates CEL: one JSON line in, one JSON line out.

A process of its own, since an expression of forty characters can ask for any amount of memory
(`[[1]].map(a, a + a).map(a, a + a)…` doubles at each step), which only a limit of the operating
system stops. Run by its path (engine.py), it imports nothing of mlspec.

    {"compile": {"variables": [[NAME, EXPRESSION], …], "expression": EXPRESSION}}
        → {"errors": {"expression": TEXT, "variables.NAME": TEXT}, "type": "bool"}
    {"context": {"project": …, "environment": …}}           → {}
    {"judge": {"variables": …, "expression": …}, "object": …} → {"holds": true} or {"error": TEXT}
"""

from __future__ import annotations

import json
import re
import resource
import sys
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

from cel_expr_python import cel  # type: ignore[import-untyped]
from cel_expr_python.ext import (  # type: ignore[import-untyped]
    ext_bindings,
    ext_math,
    ext_optional,
    ext_strings,
)

SECONDS = 2
"""Of processor time, for one request."""
MEMORY = 1 << 29
"""Bytes of address space; the libraries take a fifth of it."""

_QUANTITY = re.compile(r"([+-]?[0-9.]+)(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei|n|u|[eE][+-]?[0-9]+)?")
_SUFFIX = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1),
    "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9), "T": Decimal(10**12),
    "P": Decimal(10**15), "E": Decimal(10**18),
    "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30), "Ti": Decimal(2**40),
    "Pi": Decimal(2**50), "Ei": Decimal(2**60),
}  # fmt: skip
"""https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/"""


def quantity(text: str) -> float:
    """A Kubernetes quantity as a number."""
    match = _QUANTITY.fullmatch(text) if len(text) <= 64 else None
    suffix = (match[2] or "") if match else ""
    try:
        if match and suffix in _SUFFIX:
            return float(Decimal(match[1]) * _SUFFIX[suffix])
        if match:
            return float(Decimal(match[1] + suffix))
    except (InvalidOperation, OverflowError):
        pass
    raise ValueError(f"`{text[:64]}` is not a quantity")


def is_quantity(text: str) -> bool:
    try:
        quantity(text)
    except ValueError:
        return False
    return True


def environment() -> Any:
    """What expressions may use: CEL's standard library, its extensions for strings, numbers,
    optional values and bindings, and the functions of Kubernetes for quantities."""
    types = cel.Type
    number, text, truth, whole = types.DOUBLE, types.STRING, types.BOOL, types.INT

    def function(name: str, *overloads: tuple[Any, list[Any], Any]) -> Any:
        made = [
            cel.Overload(
                f"{name}_{index}", return_type=result, parameters=given, impl=impl,
                is_member=given[0] is number and len(given) == 2,
            )
            for index, (result, given, impl) in enumerate(overloads)
        ]  # fmt: skip
        return cel.FunctionDecl(name, made)

    return cel.NewEnv(
        variables=dict.fromkeys(("object", "project", "environment", "variables"), types.DYN),
        extensions=[
            ext_strings.ExtStrings(), ext_math.ExtMath(), ext_optional.ExtOptional(),
            ext_bindings.ExtBindings(),
        ],
        functions=[
            function(
                "quantity",
                (number, [text], quantity), (number, [whole], float), (number, [number], float),
            ),
            function("isQuantity", (truth, [text], is_quantity)),
            function("isLessThan", (truth, [number, number], lambda a, b: a < b)),
            function("isGreaterThan", (truth, [number, number], lambda a, b: a > b)),
            function("compareTo", (whole, [number, number], lambda a, b: (a > b) - (a < b))),
        ],
    )  # fmt: skip


class Worker:
    def __init__(self) -> None:
        self._environment = environment()
        self._context: dict[str, Any] = {}
        self._compiled: dict[str, Any] = {}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        if "context" in request:
            self._context = request["context"]
            return {}
        if "compile" in request:
            return self._check(request["compile"])
        return self._judge(request["judge"], request["object"])

    def _check(self, program: dict[str, Any]) -> dict[str, Any]:
        errors, found = {}, ""
        texts = [(f"variables.{name}", text) for name, text in program["variables"]]
        for key, text in [*texts, ("expression", program["expression"])]:
            try:
                found = self._compile(text).return_type().name().lower()
            except Exception as error:
                errors[key] = str(error)
        return {"errors": errors, "type": found}

    def _compile(self, text: str) -> Any:
        if text not in self._compiled:
            self._compiled[text] = self._environment.compile(text)
        return self._compiled[text]

    def _judge(self, program: dict[str, Any], given: Any) -> dict[str, Any]:
        variables: dict[str, Any] = {}
        errors: dict[str, str] = {}
        data = {**self._context, "object": given, "variables": variables}
        for name, text in program["variables"]:
            value, error = self._value(text, data)
            if error:
                errors[name] = error
            else:
                variables[name] = value.plain_value()
        value, error = self._value(program["expression"], data)
        if not error and value.type().name() != "BOOL":
            return {"type": value.type().name().lower()}
        if not error:
            return {"holds": value.value()}
        # What misses a variable fails because of it; the variable says why.
        culprit = next((name for name in errors if f'"{name}"' in error), None)
        if culprit is not None:
            return {"error": errors[culprit], "in": f"variables.{culprit}"}
        return {"error": error, "in": "expression"}

    def _value(self, text: str, data: dict[str, Any]) -> tuple[Any, str]:
        try:
            value = self._compile(text).eval(data=data)
        except Exception as error:
            return None, str(error) or type(error).__name__
        return value, str(value.value()) if value.type().name() == "ERROR" else ""


def limit() -> None:
    """No more processor time for the next request than SECONDS, and never more memory."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + 1 + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):  # not every system has this limit
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))
    worker = Worker()
    for line in sys.stdin:
        limit()
        print(json.dumps(worker.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
