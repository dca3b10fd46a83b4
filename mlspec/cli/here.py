"""What `serve`, `predict` and `ui` share: options, messages, and how they end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from mlspec.plan.model import Plan, Service

_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def project_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--project",
        type=click.Path(),
        default=".",
        metavar="PATH",
        help="The project.yaml, or its folder. Default: this folder.",
    )(function)


def environment_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--env",
        "environment",
        metavar="NAME",
        help="The environment. Default: local.",
    )(function)


@contextmanager
def told() -> Iterator[None]:
    """Turns what keeps a service from being started or asked into a message, and exit code 1."""
    from mlspec.local.errors import CannotRun
    from mlspec.local.serving.errors import ServingError

    try:
        yield
    except (ServingError, CannotRun) as error:
        raise click.ClickException(str(error)) from error


def service_named(plan: Plan, name: str | None) -> Service:
    """The service, or the only one there is. UsageError otherwise."""
    from mlspec.language.suggestions import did_you_mean

    names = [service.name for service in plan.services]
    if not names:
        raise click.UsageError(f"{plan.project} has no services: `serving` is empty")
    if name is None and len(names) > 1:
        raise click.UsageError(f"name one of the services: {', '.join(names)}")
    found = next((each for each in plan.services if each.name == (name or names[0])), None)
    if found is None:
        raise click.UsageError(f"there is no service `{name}`; {did_you_mean(name or '', names)}")
    return found


@contextmanager
def until_signalled() -> Iterator[threading.Event]:
    """An event, set when the user, or whatever started us, wants this to end."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in _ENDS}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
