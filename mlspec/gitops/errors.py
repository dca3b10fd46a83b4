"""GitError: Git cannot answer. Only the CLI catches it."""

from __future__ import annotations


class GitError(Exception):
    """The message says what cannot be done, `help` what to do about it."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(f"{message}; {help}" if help else message)
        self.message = message
        self.help = help
