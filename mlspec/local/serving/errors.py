"""What keeps a service from being started or asked. The message says what to do."""

from __future__ import annotations


class ServingError(Exception):
    """The base of them all."""


class MissingExtra(ServingError):
    """A package of an extra is not installed."""

    def __init__(self, package: str, *, what: str, where: str = "") -> None:
        """`where` is what it can be installed on, if not here."""
        self.package = package
        how = f"pip install 'mlspec[seldon]'{f', on {where}' if where else ''}"
        super().__init__(f"{what} needs {package}: {how}")


class NothingRegistered(ServingError):
    """There is no version of the model that could answer."""


class BusyPort(ServingError):
    """Something listens on the port already."""

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__(
            f"port {port} is taken by another program: choose one with --port, "
            "or let the system choose with --port 0"
        )


class DidNotStart(ServingError):
    """A server ended, or did not become ready. Carries what its log tells of it."""

    def __init__(self, what: str, reason: str, log: str, tail: str) -> None:
        self.log, self.tail = log, tail
        super().__init__(f"{what} {reason}; its log is {log}" + (f"\n{tail}" if tail else ""))


class NotRunning(ServingError):
    """Nothing answers where the service should be."""


class Refused(ServingError):
    """The service answered with an error. `code` is its HTTP status, 0 where it had none."""

    def __init__(self, message: str, *, code: int = 0) -> None:
        self.code = code
        super().__init__(message)


class BadData(ServingError):
    """The rows of a file cannot be sent to this model."""
