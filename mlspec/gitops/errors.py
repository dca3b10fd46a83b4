"""Why what touches Git, a registry or MLflow does not go on. Only `cli/` catches these."""

from __future__ import annotations


class GitopsError(Exception):
    """`message` says what is wrong, `help` what to do about it."""

    def __init__(self, message: str, help: str = "") -> None:
        from mlspec.runtime.errors import redact  # what others have said may hold a password

        self.message, self.help = redact(message), redact(help)
        super().__init__(f"{self.message}; {self.help}" if help else self.message)


class GitError(GitopsError):
    """Git cannot answer, or will not. `stderr` is what it, or a hook of the user's, said."""

    def __init__(self, message: str, help: str = "", stderr: str = "") -> None:
        super().__init__(message, help)
        self.stderr = stderr
