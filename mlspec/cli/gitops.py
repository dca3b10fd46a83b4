"""What `lock`, `promote` and `rollback` share: errors in one form, and MLflow."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.cli.compilation import Compilation, Variant
    from mlspec.gitops.errors import GitopsError
    from mlspec.gitops.locking.models import Models
    from mlspec.language.registry import RegisteredModel

LOCK_CODES = frozenset({"MLS403", "MLS503", "MLS506"})
"""What a lock mends: of a project that has only these, the lock can be written."""


class Told(click.ClickException):
    """`Error: …` and what to do, exit code 1."""

    def __init__(self, error: GitopsError) -> None:
        lines = [error.message, *(f"  {line}" for line in error.help.splitlines())]
        super().__init__("\n".join(lines))


@contextmanager
def unwound() -> Iterator[None]:
    """Whoever ends us by a signal lets us put things back first, as Ctrl-C does."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def told() -> Iterator[None]:
    """Turns what Git, a registry or MLflow refuses into a message, and exit code 1."""
    from mlspec.gitops.errors import GitopsError

    try:
        yield
    except GitopsError as error:
        raise Told(error) from error


def refuse(message: str, help: str = "") -> NoReturn:
    from mlspec.gitops.errors import GitopsError

    raise Told(GitopsError(message, help))


def hindrances(result: Compilation) -> Compilation:
    """The project with only those errors that keep a lock from being written."""
    return result._replace(
        diagnostics=tuple(
            each
            for each in result.diagnostics
            if each.code not in LOCK_CODES and each.severity == "error"
        )
    )


def context_of(result: Compilation, variant: Variant) -> Context:
    from mlspec.checks.context import Context

    assert result.platform is not None
    return Context(
        variant.project,
        variant.environment,
        result.platform,
        result.locked(variant.environment),
        variant.flow,
    )


def registered_name(context: Context, model: str) -> str:
    from mlspec.plan.inputs import Inputs

    return Inputs(*context).registered_name(model)


def registered_model(context: Context, model: str) -> RegisteredModel | None:
    """What the project says of a model under `registry`, if it does."""
    registry = context.project.registry
    return registry.models.get(model) if registry else None


class Registry:
    """MLflow for many projects: one connection to each server."""

    def __init__(self) -> None:
        self._servers: dict[str, Models] = {}

    def of(self, context: Context) -> Models:
        from mlspec.gitops.locking.models import Models, tracking_uri

        uri = tracking_uri(context.platform)
        return self._servers.setdefault(uri, Models(uri))

    def entry(self, context: Context, model: str, alias: str) -> dict[str, str]:
        """What the lock should say of an alias. GitopsError where MLflow has none."""
        from mlspec.gitops.errors import GitopsError
        from mlspec.gitops.locking.resolve import entry_of

        name = registered_name(context, model)
        found = self.of(context).behind(name, alias)
        if found is None:
            raise GitopsError(
                f"MLflow has no version of `{name}` with the alias `{alias}`",
                "run the pipeline there, set the alias, or promote a version: "
                f"`mlspec promote SERVICE --to {context.environment} --from ENVIRONMENT`",
            )
        locked = context.locked.models.get(model, {}).get(alias)
        if found.gates == "failed" and (locked is None or locked.version != found.version):
            raise GitopsError(
                f"version {found.version} of `{name}`, which is its `{alias}`, has not passed its "
                "gates",
                "give the alias to another version, or pass over it where people see it: `mlspec "
                f"promote SERVICE --to {context.environment} --model-version {found.version} "
                "--force-gates REASON`",
            )
        return entry_of(found, context.platform, name)


def short(value: str) -> str:
    """A digest or commit as people tell it."""
    if value.startswith("sha256:"):
        return value[: len("sha256:") + 12]
    return value[:12] if len(value) == 40 and set(value) <= set("0123456789abcdef") else value
