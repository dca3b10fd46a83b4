"""Exposed services: a gateway lets requests in, and one address leads to one service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.checks.replicas import behind
from mlspec.language.units import milliseconds
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.language.serving import Expose

_LONGEST_MS = 86_400_000
_MOST_VERSIONS = 16
"""Of the backends of one rule of an HTTPRoute: its CRD, maxItems."""


def check_exposure(context: Context) -> Iterator[Problem]:
    if not context.in_cluster:
        return
    first: dict[tuple[str, str], str] = {}
    for name, service in context.project.serving.items():
        if service.expose is None:
            continue
        yield from _gateway(context, name, service.expose)
        other = first.setdefault((service.expose.host, service.expose.path), name)
        if other != name:
            yield Problem(
                "MLS203", ("serving", name, "expose", "host"),
                f"`{other}` and `{name}` are exposed at the same address",
                help="give one of them another `host`, or a `path` of its own",
                related=(("the other is here", ("serving", other, "expose")),),
            )  # fmt: skip
        if milliseconds(service.expose.timeout) > _LONGEST_MS:
            yield Problem(
                "MLS106", ("serving", name, "expose", "timeout"),
                f"{service.expose.timeout} is too long: a gateway waits for a day at most",
                help="write `24h` or less",
            )  # fmt: skip
        if len(behind(service)) > _MOST_VERSIONS:
            yield Problem(
                "MLS106", ("serving", name, "rollout", "variants"),
                f"a route leads to {_MOST_VERSIONS} versions at most, and these are "
                f"{len(behind(service))}", on_key=True,
                help="compare fewer at a time, or do not `expose` this service",
            )  # fmt: skip


def _gateway(context: Context, name: str, expose: Expose) -> Iterator[Problem]:
    gateway, path = context.platform.gateway, ("serving", name, "expose")
    if gateway.resource is None:
        yield Problem(
            "MLS508", path, f"`{name}` cannot be exposed: the platform names no Gateway",
            on_key=True,
            help="remove `expose`, or ask the platform team for `gateway.resource` in "
            "platform.yaml",
        )  # fmt: skip
    elif gateway.domains and not any(_is_within(expose.host, each) for each in gateway.domains):
        domains = ", ".join(f"`{domain}`" for domain in gateway.domains)
        yield Problem(
            "MLS509", (*path, "host"), f"`{expose.host}` is no host of this platform",
            help=f"take a name below {domains}",
        )  # fmt: skip


def _is_within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
