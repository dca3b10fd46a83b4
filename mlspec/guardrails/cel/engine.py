"""The process that evaluates CEL, as an object: started when first asked, and anew when it dies.

An expression that takes too much time or memory ends the process, not mlspec, and only that
expression goes unanswered.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

LIBRARY = "cel_expr_python"
EXTRA = "mlspec[guardrails]"
_WORKER = Path(__file__).with_name("worker.py")


class Program(NamedTuple):
    """A rule: its variables in their order, and its expression."""

    variables: tuple[tuple[str, str], ...]
    expression: str

    def to_json(self) -> dict[str, Any]:
        return {"variables": self.variables, "expression": self.expression}


class ExpressionError(Exception):
    """No answer: the library is missing, or the process died over the expression. The message says
    so in full."""


class Unavailable(NamedTuple):
    message: str
    help: str


def unavailable() -> Unavailable | None:
    """Why no expression can be evaluated here, and what to do; None where it can be."""
    if find_spec(LIBRARY) is not None:
        return None
    message = f"expressions need the extra `guardrails`, which is not installed ({LIBRARY})"
    return Unavailable(message, f"run `pip install '{EXTRA}'`")


class Engine:
    """Compiles and evaluates. A context manager, which ends the process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._context: Mapping[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def compile(self, program: Program) -> dict[str, Any]:
        """`errors`: the key of each text that is wrong → what the library says; `type`: what the
        expression gives, as far as that is known. Raises ExpressionError."""
        return self._ask({"compile": program.to_json()})

    def use(self, context: Mapping[str, Any]) -> None:
        """Sets `project` and `environment` for what is judged from now on."""
        self._context = context
        if self._process is not None:
            self._ask({"context": context})

    def judge(self, program: Program, value: Any) -> dict[str, Any]:
        """`holds`, or `error` and the key of the text that it is `in`, or the wrong `type`. Raises
        ExpressionError."""
        return self._ask({"judge": program.to_json(), "object": value})

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        process = self._process or self._start()
        answer = self._exchange(process, request)
        if answer is None:
            raise ExpressionError(_cause(self._end()))
        return answer

    def _start(self) -> subprocess.Popen[str]:
        missing = unavailable()
        if missing is not None:
            raise ExpressionError(missing.message)
        # -P: the worker's folder is not searched for modules.
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_WORKER)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"},
        )  # fmt: skip
        if self._exchange(self._process, {"context": self._context}) is None:
            self._end()
            raise ExpressionError(f"the library for expressions cannot be used: {_why_not()}")
        return self._process

    def _exchange(
        self, process: subprocess.Popen[str], request: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """The answer; None where the process died instead."""
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline() or "null")
        except (OSError, ValueError):
            return None
        return answer if isinstance(answer, dict) else None

    def _end(self) -> int:
        """Ends the process; its exit status."""
        process, self._process = self._process, None
        if process is None:
            return 0
        assert process.stdin is not None and process.stdout is not None
        with suppress(OSError):  # it is gone, with something still to be written
            process.stdin.close()
        process.stdout.close()
        try:
            return process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def _cause(status: int) -> str:
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return "it takes too much time: evaluation was stopped"
    return "it takes too much memory: evaluation was stopped"


def _why_not() -> str:
    """What the worker says when it cannot start, in one line."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"from {LIBRARY} import cel"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"exit status {done.returncode}"
