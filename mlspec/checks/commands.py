"""Commands: every placeholder names something the step has, and no shell is expected to help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.checks.context import Context
from mlspec.language.commands import CommandError, Reference, UnknownPlaceholder, split
from mlspec.language.suggestions import did_you_mean, shown
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlspec.source.tree import Path

_SHELL_WORDS = {"&&", "||", "|", ";", "&", ">", ">>", "<", "2>", "2>&1"}


def check_commands(context: Context) -> Iterator[Problem]:
    for node in context.flow.nodes:
        known = {
            "inputs": [*node.inputs, *(["model"] if node.kind == "evaluate" else [])],
            "outputs": [*node.outputs, *(["model"] if node.kind == "train" else [])],
            "params": list(node.spec.params),
            "metrics": [""] if node.kind == "evaluate" else [],
        }
        producers = context.flow.producers
        if any(name not in producers for name in node.inputs):
            # A misspelt input is said by check_references; what it should be is no second mistake.
            known["inputs"] += producers
        yield from _command(node.spec.run, (*node.path, "run"), known)
    for name, source in context.project.data.sources.items():
        if source.run:
            known = {"inputs": [], "outputs": [name], "params": [], "metrics": []}
            yield from _command(source.run, ("data", "sources", name, "run"), known)


def _command(run: Any, path: Path, known: Mapping[str, list[str]]) -> Iterator[Problem]:
    try:
        words = split(run)
    except UnknownPlaceholder as error:
        yield Problem(
            "MLS209", path, f"`${{{{ {shown(error.text)} }}}}` is not a placeholder",
            help="write `${{ inputs.NAME }}`, `${{ outputs.NAME }}`, `${{ params.NAME }}` or "
            "`${{ metrics }}`",
        )  # fmt: skip
        return
    except CommandError as error:
        help = "close the quotes, or write a list of words" if "quotation" in str(error) else ""
        yield Problem("MLS105", path, str(error), help=help)
        return
    for word in words:
        for part in word:
            if isinstance(part, Reference) and part.name not in known[part.group]:
                yield _unknown(part, path, known)
    if isinstance(run, str):
        yield from _shell(words, path)


def _unknown(reference: Reference, path: Path, known: Mapping[str, list[str]]) -> Problem:
    group, name = reference
    if group == "metrics":
        return Problem(
            "MLS209", path, "`${{ metrics }}` is for evaluations only",
            help="measure the model in `evaluate`",
        )  # fmt: skip
    elsewhere = [other for other, names in known.items() if name in names]
    if elsewhere:
        help = f"did you mean `${{{{ {elsewhere[0]}.{name} }}}}`?"
    else:
        help = did_you_mean(name, known[group], f"this step has no {group}")
    return Problem(
        "MLS209", path, f"`${{{{ {group}.{name} }}}}` names nothing", help=help,
        label=f"`{name}` is not among the {group} of this step",
    )  # fmt: skip


def _shell(words: tuple[Any, ...], path: Path) -> Iterator[Problem]:
    found = [w[0] for w in words if len(w) == 1 and isinstance(w[0], str) and w[0] in _SHELL_WORDS]
    if found:
        yield Problem(
            "MLS302", path, f"no shell reads this command: `{found[0]}` is passed on as a word",
            help="if you need a shell, write a list of words: [sh, -c, \"… && …\"]",
        )  # fmt: skip
