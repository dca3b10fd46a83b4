"""Plain values to YAML text, for the fields in which Argo wants YAML inside a string.

Every scalar that is not a bare word is written as JSON, which YAML reads alike.
"""

from __future__ import annotations

import re
from json import JSONEncoder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

# Words and Kubernetes quantities, and no word that YAML 1.1 takes for something else.
_is_bare = re.compile(
    r"""
    (?! (?i: true | false | null | yes | no | on | off | y | n ) \Z )
    (?: [A-Za-z/] [\w./-]* | [1-9][0-9]* (?: m | Mi | Gi ) ) \Z
    """,
    re.ASCII | re.VERBOSE,
).match

_encode = JSONEncoder(ensure_ascii=False).encode  # json.dumps makes an encoder each time
_escape_all = re.compile(r"[^ -~]").sub


def dump(value: dict[str, Any]) -> str:
    return "".join(f"{line}\n" for line in _lines(value))


def _lines(value: Any) -> list[str]:
    if isinstance(value, list):
        return [line for item in value for line in _item(item)]
    lines = []
    for key, child in value.items():
        if isinstance(child, dict | list) and child:
            lines.append(f"{_scalar(key)}:")
            indent = "  " if isinstance(child, dict) else ""
            lines += [f"{indent}{line}" for line in _lines(child)]
        else:
            lines.append(f"{_scalar(key)}: {_scalar(child)}")
    return lines


def _item(value: Any) -> list[str]:
    """A member of a list: a dash before the first line, the others beneath it."""
    if not (isinstance(value, dict | list) and value):
        return [f"- {_scalar(value)}"]
    first, *others = _lines(value)
    return [f"- {first}", *(f"  {line}" for line in others)]


def _scalar(value: Any) -> str:
    """YAML wants one escape for a character beyond U+FFFF, where JSON writes two."""
    if isinstance(value, str) and _is_bare(value):
        return value
    quoted = _encode(value)
    return _escape_all(lambda found: f"\\U{ord(found[0]):08x}", quoted)
