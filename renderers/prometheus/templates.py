"""User text in the labels and annotations of alerts.

Prometheus expands both as Go templates, with access to queries:
https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/#templating
"""

from __future__ import annotations

import re

_BRACES = re.compile(r"\{+")


def literal(text: str) -> str:
    """`text` as a template that expands to `text`: each run of opening braces becomes a string.

    Lone braces too, since one at the end of a text would join a template that follows it. Closing
    braces mean nothing outside a template.
    """
    if "{" not in text:  # nearly all
        return text
    return _BRACES.sub(lambda run: f'{{{{ "{run[0]}" }}}}', text)
