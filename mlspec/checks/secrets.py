"""Secrets: none is written in plain text, whatever the key it hides under. What is found is never
printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.checks.context import Context
from mlspec.checks.texts import strings
from mlspec.language.secrets import hidden_with, secret_in, secrets_at
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.texts import Texts


def check_secrets(context: Context) -> Iterator[Problem]:
    return secrets_in(context.project, context.texts)


def secrets_in(value: Any, texts: Texts) -> Iterator[Problem]:
    """Secrets in a typed spec, or in the tree of any file of ours: that also holds what no model
    reads (keys of the user's own) and what is not a project (a platform's addresses)."""
    if not texts.may_hold_secrets:  # nearly always
        return
    for path, text, what in secrets_at(strings(value, ())):
        yield Problem(
            "MLS401", path, f"{what} is written in plain text here", label="not shown",
            on_key=bool(path) and path[-1] == text,
            help="put it into a Kubernetes Secret, name that under `credentials`, and change "
            "the secret: Git remembers it",
        )  # fmt: skip


def known_secrets(tree: Any) -> Iterator[str]:
    """What no report may say, of the secrets in a tree: those that no look betrays."""
    for _, text, what in secrets_at(strings(tree, ())):
        if what == "a private key" or secret_in(text) is None:
            yield from hidden_with(text)
