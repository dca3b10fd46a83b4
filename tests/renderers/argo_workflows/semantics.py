"""What Argo Workflows and the kubelet make of a template's text, written from their own sources."""

from __future__ import annotations

import re
from collections.abc import Mapping


def expand(text: str, env: Mapping[str, str]) -> str:
    """What the kubelet makes of command, args and env (third_party/forked/golang/expansion)."""
    out, at = "", 0
    while at < len(text):
        rest = text[at + 1 :]
        if text[at] != "$" or not rest:
            out, at = out + text[at], at + 1
        elif rest[0] == "$":
            out, at = out + "$", at + 2
        elif rest[0] == "(" and ")" in rest:
            name = rest[1 : rest.index(")")]
            out, at = out + env.get(name, f"$({name})"), at + len(name) + 3
        else:
            out, at = out + "$" + rest[0], at + 2
    return out


def substitute(text: str, values: Mapping[str, str]) -> str:
    """What Argo makes of a template: the first `}}` after a `{{` closes it; twice, since the
    controller replaces in the template and again in the pod."""
    for _ in range(2):
        text = re.sub(r"\{\{(.*?)\}\}", lambda found: values[found[1]], text, flags=re.DOTALL)
        assert "{{" not in text
    return text
