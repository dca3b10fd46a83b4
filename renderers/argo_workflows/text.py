"""Text of users on its way to a container, which it must reach unchanged.

Two substitutions lie on that way. Argo's controller replaces `{{…}}` in the whole template
(util/template in its source) and has no escape for it: such text is refused here, as the language
refuses it before (MLS301). The kubelet replaces `$(NAME)` in command, args and env and reads `$$`
as `$`: a dollar that could start either is doubled.
https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.plan.model import Placeholder, Step, Word

_OPENING = "{{"
_double = re.compile(r"\$(?=[$(])").sub
_double_open = re.compile(r"\$(?=[$(]|\Z)").sub


class TemplateSyntaxError(ValueError):
    """Text that Argo would take for one of its own variables."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"expected no '{_OPENING}' in text for Argo Workflows, found {text!r}")


def plain(text: str) -> str:
    """`text` for a field that only Argo reads: refused if Argo would change it."""
    if _OPENING in text:
        raise TemplateSyntaxError(text)
    return text


def literal(text: str, *, more_follows: bool = False) -> str:
    """`text` for a command, an argument or an environment variable. A dollar at the end is active
    where more may follow in the same word: that could begin with `$` or `(`."""
    plain(text)
    if "$" not in text:  # nearly all
        return text
    return (_double_open if more_follows else _double)("$$", text)


def words(step: Step) -> list[str]:
    """The words of a step's command."""
    defaults = {param.name: param.value for param in step.params}
    return [_word(parts, step, defaults) for parts in step.argv]


def _word(parts: Word, step: Step, defaults: Mapping[str, str]) -> str:
    """The neighbours of a parameter matter: `{` before it would open a variable of another name,
    and its default must not make one with what stands beside it."""
    if len(parts) == 1 and isinstance(parts[0], str):
        return literal(parts[0])
    values = [p if isinstance(p, str) else _value(p, step, defaults) for p in parts]
    plain("".join(values))
    written = ""
    for number, (part, value) in enumerate(zip(parts, values, strict=True), start=1):
        if isinstance(part, str) or part.kind != "param":
            written += literal(value, more_follows=number < len(parts))
        elif written.endswith("{"):
            raise TemplateSyntaxError(f"{written}{parameter(part.name)}")
        else:
            written += parameter(part.name)
    return written


def parameter(name: str) -> str:
    """The variable that stands for a parameter of the step."""
    return f"{{{{inputs.parameters.{name}}}}}"


def _value(part: Placeholder, step: Step, defaults: Mapping[str, str]) -> str:
    return defaults.get(part.name, "") if part.kind == "param" else _path(part, step)


def _path(part: Placeholder, step: Step) -> str:
    if part.kind == "input":
        return paths.input_path(step, part.name)
    if part.kind == "output":
        return paths.output_path(part.name)
    return paths.metrics_path(step)
