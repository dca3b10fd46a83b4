"""Commands: every placeholder names something the step has, and no shell is expected to help."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlspec.checks.context import Context
from mlspec.language.commands import (
    CommandError,
    Reference,
    UnknownPlaceholder,
    command,
    without_placeholders,
)
from mlspec.language.suggestions import did_you_mean, nearest, shown
from mlspec.source.problem import Problem, Repair

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlspec.source.tree import Path

_SHELL_WORDS = {"&&", "||", "|", ";", "&", ">", ">>", "<", "2>", "2>&1"}
_HELP_BY_ERROR = (
    ("quotation", "close the quotes, or write a list of words"),
    ("NUL", "remove it"),
    ("", "name the program to run"),
)
_SHORT = 100
"""A command that is short enough to be shown whole."""
_VARIABLE = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\})")


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
        found = command(run)
    except UnknownPlaceholder as error:
        yield _no_placeholder(error.text, run, path, known)
        return
    except CommandError as error:
        help = next(help for part, help in _HELP_BY_ERROR if part in str(error))
        yield Problem("MLS105", path, str(error), help=help)
        return
    for part in found.references:
        if part.name not in known[part.group]:
            yield _unknown(part, run, path, known)
    if isinstance(run, str) and not found.is_plain:
        yield from _shell(run, found.words, path)


def _no_placeholder(text: str, run: Any, path: Path, known: Mapping[str, list[str]]) -> Problem:
    wrong = Problem("MLS209", path, f"`${{{{ {shown(text)} }}}}` is not a placeholder")
    last = text.rpartition(".")[2].strip()
    meant = next((f"{group}.{last}" for group, names in known.items() if last in names), "")
    if meant.strip("."):
        wrong = _with_repair(wrong, meant)
    else:
        groups = ("inputs.NAME", "outputs.NAME", "params.NAME", "metrics")
        forms = [f"`${{{{ {group} }}}}`" for group in groups]
        wrong = wrong._replace(help=f"write {', '.join(forms[:-1])} or {forms[-1]}")
    return _at_placeholder(wrong, text, run)


def _unknown(reference: Reference, run: Any, path: Path, known: Mapping[str, list[str]]) -> Problem:
    group, name = reference
    if group == "metrics":
        message = "`${{ metrics }}` is for evaluations only"
        misplaced = Problem("MLS209", path, message, help="measure the model in `evaluate`")
        return _at_placeholder(misplaced, group, run)
    label = f"`{name}` is not among the {group} of this step"
    wrong = Problem("MLS209", path, f"`${{{{ {group}.{name} }}}}` names nothing", label)
    elsewhere = next((other for other, names in known.items() if name in names), "")
    near = nearest(name, known[group])
    if elsewhere:
        wrong = _with_repair(wrong, f"{elsewhere}.{name}")
    elif near is not None:
        wrong = _with_repair(wrong, f"{group}.{near}")
    else:
        none = f"add `{name}` to the {group} of this step: it has none"
        wrong = wrong._replace(help=did_you_mean(name, known[group], none))
    return _at_placeholder(wrong, f"{group}.{name}", run)


def _with_repair(problem: Problem, meant: str) -> Problem:
    text = f"${{{{ {meant} }}}}"
    return problem._replace(help=f"did you mean `{text}`?", repair=Repair(f"write `{text}`", text))


def _at_placeholder(problem: Problem, inside: str, run: Any) -> Problem:
    """The problem at the placeholder with that inside, as it is written in the command."""
    form = re.compile(r"\$\{\{\s*" + re.escape(inside) + r"\s*\}\}")
    for number, text in enumerate([run] if isinstance(run, str) else run):
        if match := form.search(text):
            path = problem.path if isinstance(run, str) else (*problem.path, number)
            return problem._replace(path=path, part=match[0])
    return problem._replace(repair=None)


def _for_a_shell(run: str) -> str:
    """The command as a list; in quotes YAML would join its lines."""
    if "\n" in run.strip():
        return "a list of three items: `- sh`, `- -c`, and `- |` with these lines below it"
    return f"`run: [sh, -c, {_quoted(run)}]`"


def _quoted(run: str) -> str:
    """The command for `sh -c`, if it is the same there: a parameter may be anything."""
    is_same = len(run) <= _SHORT and "'" not in run and "params." not in run
    return f"'{run}'" if is_same else '"… && …"'


def _shell(run: str, words: tuple[Any, ...], path: Path) -> Iterator[Problem]:
    plain = [w[0] for w in words if len(w) == 1 and isinstance(w[0], str)]
    found = next((word for word in plain if word in _SHELL_WORDS), "")
    variable = None if "'" in run else _VARIABLE.search(without_placeholders(run))
    if found:
        yield Problem(
            "MLS302", path, f"no shell reads this command: `{found}` is passed on as a word",
            help=f"if you need a shell, write {_for_a_shell(run)}",
            part=found,
        )  # fmt: skip
    elif variable:
        yield Problem(
            "MLS302", path, f"no shell reads this command: `{variable[0]}` is passed on as it is",
            help="write a parameter as `${{ params.NAME }}`, or read the variable in your program",
            part=variable[0],
        )  # fmt: skip
