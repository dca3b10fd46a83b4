"""What Prometheus makes of labels and annotations of an alert: Go templates, as far as these go.

https://pkg.go.dev/text/template: `{{` begins an action wherever it stands, and a string in it may
hold `}}`. An action that is a string constant gives its value; any other asks for something.
"""

from __future__ import annotations

import json
import re

_STRING = r'"(?:[^"\\]|\\.)*"'
_ACTION = re.compile(
    rf"\{{\{{(?:-\s)?\s*(?:(?P<text>{_STRING})|(?P<other>(?:{_STRING}|`[^`]*`|(?!\}}\}}).)*?))"
    r"\s*(?:\s-)?\}\}",
    re.DOTALL,
)


def expand(template: str) -> str:
    """The text that the template gives, with `<…>` for every action that is no constant."""

    def value(action: re.Match[str]) -> str:
        if action["text"] is not None:
            return str(json.loads(action["text"]))
        return f"<{action['other'].strip()}>"

    rest = _ACTION.sub("", template)
    assert "{{" not in rest, f"an action that does not end: {template!r}"
    return _ACTION.sub(value, template)
