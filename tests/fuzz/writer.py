"""Plain data → YAML text in every style that YAML has; what is written need not be well-formed."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.fuzz.choices import Choices
from tests.fuzz.hostile import Raw

_is_plain = re.compile(r"[A-Za-z][A-Za-z0-9_./@-]*\Z").match
_RESERVED = frozenset(("true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL"))
_TO_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\u200b-\u200f\u202a-\u202e]")


def plain_yaml(value: Any) -> str:
    """Block style all through, the way that people write."""
    return _Writer(None).document(value)


def odd_yaml(value: Any, choices: Choices) -> str:
    """Styles, anchors, aliases, merge keys and line ends as the choices have it."""
    text = _Writer(choices).document(value)
    frame = choices.below(24)
    text = text.replace("\n", "\r\n") if frame == 1 else text
    before, after = _FRAMES.get(frame, ("", ""))
    return before + text + after


_FRAMES = {
    2: ("---\n", ""), 3: ("\ufeff", ""), 4: ("%YAML 1.2\n---\n", "...\n"), 5: ("", "---\na: b\n"),
    6: ("# mlspec: ignore[MLS101] all of it\n", ""), 7: ("\n\n", "\n\n\n"), 8: ("", "# end"),
    9: ("%YAML 1.1\n---\n", ""), 10: ("", "\t\n"), 11: ("", "\x00"), 12: ("# \u202e\n", "...\n"),
}  # fmt: skip


class _Writer:
    def __init__(self, choices: Choices | None) -> None:
        self.choices = choices
        self.anchors = 0

    def document(self, value: Any) -> str:
        if isinstance(value, (dict, list)) and value and self.style(32) != 1:
            return self.block(value, "").removeprefix("\n") + "\n"
        return self.flow(value) + "\n"

    def style(self, limit: int) -> int:
        return self.choices.below(limit) if self.choices else 0

    def block(self, value: Any, pad: str) -> str:
        """What stands after `key:` or `-`, with the space or line break before it."""
        before = self.anchor()
        if before.startswith("*"):
            return f" {before}"
        if not isinstance(value, (dict, list)) or not value or self.style(12) == 1:
            return f" {before}{self.flow(value, pad)}"
        inner = pad + ("  " if self.style(10) != 1 else "    ")
        if isinstance(value, dict):
            lines = [f"{self.key(key)}:{self.block(v, inner)}" for key, v in value.items()]
            if self.anchors and self.style(16) == 1:
                lines.insert(0, f"<<: *a{self.style(self.anchors) + 1}")
        else:
            lines = [f"-{self.block(item, inner)}" for item in value]
        comment = " # mlspec: ignore[MLS103] so" if self.style(40) == 1 else ""
        return (
            f" {before}".rstrip()
            + comment
            + "".join(f"\n{pad}{self.gap()}{line}" for line in lines)
        )

    def gap(self) -> str:
        return {1: "\t", 2: " ", 3: "\n"}.get(self.style(200), "")

    def anchor(self) -> str:
        """Nothing, the anchor of what follows, or an alias that stands in its place."""
        kind = self.style(24)
        if kind == 1:
            self.anchors += 1
            return f"&a{self.anchors} "
        if kind == 2 and self.anchors:
            return f"*a{self.style(self.anchors) + 1}"
        return ""

    def key(self, key: Any) -> str:
        kind = self.style(40)
        if not isinstance(key, str):
            return self.scalar(key, "")
        if kind == 1:
            return f"? {self.text(key, '')}\n"
        return self.text(key, "") if _is_plain(key) is None or kind == 2 else key

    def flow(self, value: Any, pad: str = "") -> str:
        if isinstance(value, dict):
            pairs = (f"{self.key(key)}: {self.flow(v)}" for key, v in value.items())
            return "{" + ", ".join(pairs) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self.flow(item) for item in value) + "]"
        return self.scalar(value, pad)

    def scalar(self, value: Any, pad: str) -> str:
        if isinstance(value, Raw):
            return str(value)
        if isinstance(value, str):
            return self.text(value, pad)
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        return repr(value)

    def text(self, value: str, pad: str) -> str:
        kind = self.style(12)
        if kind == 1:
            return value
        if kind == 2:
            return "'" + value.replace("'", "''") + "'"
        if kind in (3, 4) and pad:
            lines = value.split("\n")
            return (
                "|>"[kind - 3]
                + ("-" if self.style(2) else "")
                + "".join(f"\n{pad}  {line}" for line in lines)
            )
        if kind == 5:
            return f"!!str {json.dumps(value)}"
        if kind == 0 and _is_plain(value) and value not in _RESERVED:
            return value
        return quoted(value)


def quoted(value: str) -> str:
    """The text in double quotes, with what YAML does not let stand as escapes."""
    text = json.dumps(value, ensure_ascii=False)
    return _TO_ESCAPE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
