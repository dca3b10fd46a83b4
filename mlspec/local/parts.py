"""What a step depends on, part by part. The key of its result is the digest of them; a comparison
tells why the step is run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.local.code import changed_files
from mlspec.local.digests import of_value
from mlspec.plan.model import Placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlspec.local.code import Code
    from mlspec.local.folder import Folder
    from mlspec.plan.model import Pipeline, Step

Parts = dict[str, Any]

_OURS = [["-m"], ["mlspec.runtime"]]
"""How the command of a program of mlspec goes on after `python`."""
_PLACES = ("MLFLOW_TRACKING_URI",)
"""Variables that say where something is, not what it is."""


def parts_of(
    step: Step, pipeline: Pipeline, inputs: Mapping[str, str], code: Code, python: str
) -> Parts:
    """`inputs` are the digests of what the step reads, by the input's name."""
    env = {**pipeline.env, **step.env}
    return {
        "kind": step.kind,
        "command": [[_part(part) for part in word] for word in step.argv],
        "outputs": [[output.name, output.kind] for output in step.outputs],
        "environment": {name: value for name, value in env.items() if name not in _PLACES},
        "secrets": [secret.name for secret in step.secrets],
        "fetch": repr(step.fetch.location) if step.fetch else "",
        "parameters": {param.name: param.value for param in step.params},
        "inputs": dict(inputs),
        "code": code.digest,
        "python": python,
    }


def _part(part: str | Placeholder) -> str | list[str]:
    return part if isinstance(part, str) else [part.kind, part.name]


def key_of(parts: Mapping[str, Any], run: str = "") -> str:
    """With `run`, a key that no other run will find."""
    return of_value([parts, run])[:32]


def is_ours(step: Step) -> bool:
    """Whether the step runs a program of mlspec, which the project's code does not reach."""
    return [list(word) for word in step.argv[1:3]] == _OURS


def differences(before: Mapping[str, Any], now: Parts, code: Code, folder: Folder) -> list[str]:
    """In words, what differs from an earlier result of the same step."""
    found = list(_parameters(before.get("parameters", {}), now["parameters"]))
    earlier, inputs = before.get("inputs", {}), now["inputs"]
    changed = [name for name in inputs if earlier.get(name) != inputs[name]]
    if changed:
        found.append(f"inputs changed: {', '.join(changed)}")
    if before.get("code") != now["code"]:
        found.append(_code_change(before, now, code, folder))
    if before.get("environment") != now["environment"]:
        names = _changed_names(before.get("environment", {}), now["environment"])
        found.append(f"environment variables changed: {', '.join(names)}")
    for part, words in _OTHERS.items():
        if before.get(part) != now[part]:
            found.append(words)
    return found


_OTHERS = {
    "command": "its command has changed",
    "outputs": "its outputs have changed",
    "secrets": "its secrets have changed",
    "fetch": "the place of its data has changed",
    "python": "the installed Python packages have changed",
}


def _parameters(before: Mapping[str, str], now: Mapping[str, str]) -> Iterable[str]:
    for name in _changed_names(before, now):
        if name not in before:
            yield f"parameter {name} is new"
        elif name not in now:
            yield f"parameter {name} is gone"
        else:
            yield f"parameter {name} {before[name]} → {now[name]}"


def _changed_names(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [name for name in {**now, **before} if before.get(name) != now.get(name)]


def _code_change(before: Mapping[str, Any], now: Parts, code: Code, folder: Folder) -> str:
    subject = "mlspec" if now["command"][1:3] == _OURS else "the code"
    files = changed_files(folder, str(before.get("code", "")), code)
    shown = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
    return f"{subject} has changed ({shown})" if files else f"{subject} has changed"
