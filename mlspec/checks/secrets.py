"""Secrets: none is written in plain text, whatever the key it hides under.

Three signs: the shape of well-known tokens, a user and password inside a URL, and a key that means
a secret beside a value that looks like one. What is found is never printed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlspec.checks.context import Context
from mlspec.checks.templates import strings
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.source.tree import Path

# (what it is, what it looks like): the issuers' own documented prefixes. No pattern may read on to
# the end of a long text from every place where it could begin, or that would take for ever.
_TOKENS = (
    ("an AWS access key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})"),
    ("a GitLab token", r"\bglpat-[A-Za-z0-9_-]{20,}"),
    ("a Slack token", r"\bxox[abposr]-[A-Za-z0-9-]{10,}"),
    ("a Google API key", r"\bAIza[A-Za-z0-9_-]{35}\b"),
    ("a Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}"),
    ("an OpenAI or Anthropic key", r"\bsk-[A-Za-z0-9_-]{20,}"),
    ("a Databricks token", r"\bdapi[a-f0-9]{32}\b"),
    ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    ("a JSON web token", r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."),
    ("a password in a URL", r"[a-z][a-z0-9+.-]{0,30}://[^/\s:@]*:[^/\s:@]+@"),
)
_QUICK = re.compile("|".join(f"(?:{pattern})" for _, pattern in _TOKENS))
_TELLING_KEY = re.compile(
    r"(?i)(pass(word|wd|phrase)?|secret|token|api_?key|access_?key|private_?key)$"
)
_TELLING_LINE = re.compile(
    r"(?i)((?:pass(?:word|wd|phrase)|token|api_?key|private_?key)[\"']?[ \t]*:[ \t]+)"
    r"([^\s,}{\[\]]+)"
)
_REFERENCE_KEYS = {"secret", "model_secret"}
"""Keys of the language whose value is the name of a secret."""
_MODELS_OF_NAMES = {"keys"}
MIN_ENTROPY = 3.0
"""Bits a character: words of a language stay below, random text of twelve characters is above."""


def check_secrets(context: Context) -> Iterator[Problem]:
    return secrets_in(context.project)


def secrets_in(value: Any) -> Iterator[Problem]:
    """Secrets in a typed spec, or in the tree of any file of ours: that also holds what no model
    reads (keys of the user's own) and what is not a project (a platform's addresses)."""
    for path, text in strings(value, ()):
        what = secret_in(text) or _telling(path, text)
        if what is not None:
            yield Problem(
                "MLS401", path, f"{what} is written in plain text here", label="not shown",
                on_key=bool(path) and path[-1] == text,
                help="put it into a Kubernetes Secret, name that under `credentials`, and change "
                "the secret: Git remembers it",
            )  # fmt: skip


def secret_in(text: str) -> str | None:
    """What kind of secret the text holds, by its look alone."""
    if not _QUICK.search(text):
        return None
    return next(what for what, pattern in _TOKENS if re.search(pattern, text))


def _telling(path: Path, text: str) -> str | None:
    key = str(path[-1])
    named = len(path) > 1 and path[-2] in _MODELS_OF_NAMES
    if named or key in _REFERENCE_KEYS or key == text or not _TELLING_KEY.search(key):
        return None
    return f"the value of `{key}`" if looks_random(text) else None


def looks_random(text: str) -> bool:
    """Whether a text is long and mixed enough to be a secret rather than a word."""
    if len(text) < 8 or " " in text or text.startswith("${{"):
        return False
    from collections import Counter
    from math import log2

    shares = [count / len(text) for count in Counter(text).values()]
    entropy = -sum(share * log2(share) for share in shares)
    return entropy >= MIN_ENTROPY or any(character.isdigit() for character in text)


def mask_secrets(text: str) -> str:
    """The text with every secret in it replaced by as many asterisks, for excerpts."""
    hidden = _QUICK.sub(lambda match: "*" * len(match[0]), text)
    return _TELLING_LINE.sub(lambda match: match[1] + "*" * len(match[2]), hidden)
