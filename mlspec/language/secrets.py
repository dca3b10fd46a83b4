"""What a secret looks like, and how one is kept out of everything that is said.

Three signs: the shape of well-known tokens, a user and password inside a URL, and a key that means
a secret beside a value that looks like one.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Literal

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
    ("a Stripe key", r"\b(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,}"),
    ("an OpenAI or Anthropic key", r"\bsk-[A-Za-z0-9_-]{20,}"),
    ("a Databricks token", r"\bdapi[a-f0-9]{32}\b"),
    ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    ("a JSON web token", r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."),
    ("a password in a URL", r"[a-z][a-z0-9+.-]{0,30}://[^/\s:@]*:[^/\s:@]+@"),
)
_SIGNS = (
    "AKIA", "ASIA", "github_pat_", "glpat-", "xox", "AIza", "hf_", "k_live_", "k_test_", "whsec_",
    "dapi", "-----BEGIN ", "eyJ",
)  # fmt: skip
_LONGER_SIGNS = (
    re.compile("gh[pousr]_"),
    re.compile(r"sk-[A-Za-z0-9_-]{20}"),  # not a `task-`
    re.compile(r"://[^/\s:@]*:[^/\s:@]+@"),
)
"""Every token has one of these in it, and looking for them takes a tenth of the time that all
of _TOKENS do: none begins with a choice."""
_TELLING_KEY = re.compile(
    r"(?i)(pass(word|wd|phrase)?|secret|token|api_?key|access_?key|private_?key)$"
)
_TELLING_WORDS = ("password", "passwd", "secret", "token", "apikey")
_TELLING_LINE = (
    r"(?i)((?:pass(?:word|wd|phrase)|token|api_?key|private_?key)[\"']?[ \t]*:[ \t]+)"
    r"([^\s,}{\[\]]+)"
)
_KEYS_OF_NAMES = {"secret", "model_secret", "credentials"}
"""Keys of the language whose value is, or is taken for, the name of a secret."""
MAPS_OF_NAMES = {"keys"}
HARMLESS_KEYS: set[str] = set()
"""Keys that were asked for and say nothing of what is beside them. Nearly all keys of a spec are
the language's own, and the same few again and again."""
_MAX_HARMLESS = 1024
_PIECE = r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^A-Za-z0-9]"
MIN_ENTROPY = 3.0
"""Bits a character: words of a language stay below, random text of twelve characters is above."""
_MIN_PIECE = 3
"""Letters a piece: names are made of words, random text of letters and digits in turns."""
SHORTEST = 8
"""Characters of a secret that is known by its key."""
_SHOWN = 40
"""A secret that is longer is known by its beginning: messages quote no more of it."""


@cache
def _any_token() -> re.Pattern[str]:
    # Compiled when it is needed: that takes 0.6 ms, and most files have no sign of a secret.
    return re.compile("|".join(f"(?:{pattern})" for _, pattern in _TOKENS))


def secret_in(text: str) -> str | None:
    """What kind of secret the text holds, by its look alone."""
    if not _any_token().search(text):
        return None
    return next(what for what, pattern in _TOKENS if re.search(pattern, text))


def secret_at(path: Path, text: str) -> str | None:
    """What kind of secret the text at a path holds, by its look and by the keys above it."""
    return secret_in(text) or is_telling(path, text)


def secrets_at(texts: Sequence[tuple[Path, str]]) -> list[tuple[Path, str, str]]:
    """Those of the texts that hold a secret, with what kind that is. One look at all of them
    together tells that none has the look of one, as is nearly always so."""
    may_look_so = may_look_like_secrets("\n".join([text for _, text in texts]))
    return [
        (path, text, what)
        for path, text in texts
        if (what := (may_look_so and secret_in(text)) or is_telling(path, text))
    ]


def may_look_like_secrets(texts: str) -> bool:
    """Whether a line may look like a secret. No token goes on over the end of a line."""
    return _has_sign(texts) and _any_token().search(texts) is not None


def _has_sign(texts: str) -> bool:
    """Whether there is what every token has in it; mostly there is not."""
    return any(map(texts.__contains__, _SIGNS)) or any(sign.search(texts) for sign in _LONGER_SIGNS)


def is_telling(path: Path, text: str) -> str | None:
    """What kind of secret the text at a path is, by the keys above it."""
    if len(text) < SHORTEST or " " in text or not path:  # most texts
        return None
    key = str(path[-1])
    if key == text:
        return None
    meaning = _meaning_of(key[-_SHOWN:])
    if meaning == "name" or (len(path) > 1 and path[-2] in MAPS_OF_NAMES):
        is_secret = looks_unlike_a_name(text)
    elif meaning == "secret":
        is_secret = looks_random(text)
    else:
        is_secret = _resembles(key) and _is_mixed(text) and looks_random(text)
    return f"the value of `{key}`" if is_secret else None


def _resembles(key: str) -> bool:
    """Whether a key that means no secret nearly does."""
    if _nearly_tells(key[-_SHOWN:]):
        return True
    if len(key) <= _SHOWN and len(HARMLESS_KEYS) < _MAX_HARMLESS:
        HARMLESS_KEYS.add(key)
    return False


@lru_cache(maxsize=1024)
def _meaning_of(key: str) -> Literal["name", "secret", ""]:
    """What a key, of which the end is enough, says of its value."""
    if key in _KEYS_OF_NAMES:
        return "name"
    return "secret" if _TELLING_KEY.search(key) else ""


@lru_cache(maxsize=1024)
def _nearly_tells(key: str) -> bool:
    """Whether the key ends in a misspelt word for a secret."""
    from mlspec.language.suggestions import distance

    parts = re.split(r"[-_.\s]", key.lower())
    ends = {parts[-1], "".join(parts[-2:])}
    if parts[-1].removesuffix("s") in _TELLING_WORDS:  # several tokens are something to count
        return False
    return any(
        distance(end, word) <= allowed
        for word in _TELLING_WORDS
        for end in ends
        # A step brings one letter at most: few keys are so long, and have so many of a word's.
        if abs(len(end) - len(word)) <= (allowed := 2 if len(word) >= 8 else 1)
        and len(set(word).difference(end)) <= allowed
    )


def _is_mixed(text: str) -> bool:
    return any(map(str.isdigit, text)) and any(map(str.isalpha, text))


def looks_random(text: str) -> bool:
    """Whether a text is long and mixed enough to be a secret rather than a word."""
    if len(text) < SHORTEST or " " in text or text.startswith("${{"):
        return False
    if any(map(str.isdigit, text)):
        return True
    from collections import Counter
    from math import log2

    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * log2(share) for share in shares) >= MIN_ENTROPY


def looks_unlike_a_name(text: str) -> bool:
    """The same where a name is wanted, which may be long and mixed itself: `dbPassword2Prod`."""
    if not 12 <= len(text) <= 1000 or " " in text:
        return False
    kinds = (str.islower, str.isupper, str.isdigit)
    pieces = len(re.findall(_PIECE, text))
    return all(any(map(kind, text)) for kind in kinds) and len(text) < _MIN_PIECE * pieces


def hidden_with(text: str) -> tuple[str, ...]:
    """What betrays a text that is a secret, wherever it is: how each of its lines begins."""
    lines = [line.strip() for line in text.split("\n")]
    return tuple(line[:_SHOWN] for line in lines if len(line) >= 8)


def masker(known: Iterable[str] = ()) -> Callable[[str], str]:
    """A function that replaces every secret in a text by as many asterisks: those that are known,
    in capitals or not, and what looks like one."""
    longest_first = sorted(set(known), key=len, reverse=True)
    forms = (re.escape(t) + (r"[^\s`…]*" if len(t) >= _SHOWN else "") for t in longest_first)
    found = re.compile("|".join(forms), re.IGNORECASE)

    def mask(text: str) -> str:
        hidden = found.sub(lambda match: "*" * len(match[0]), text) if longest_first else text
        return mask_secrets(hidden)

    return mask


def mask_secrets(text: str) -> str:
    """The text with every secret in it replaced by as many asterisks, for excerpts."""
    hidden = text
    if _has_sign(text):
        hidden = _any_token().sub(lambda match: "*" * len(match[0]), text)
    return re.sub(_TELLING_LINE, lambda match: match[1] + "*" * len(match[2]), hidden)
