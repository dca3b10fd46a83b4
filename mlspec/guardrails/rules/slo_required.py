"""slo-required: every service promises something, and somebody hears when it does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.guardrails.finding import Break
from mlspec.language.units import percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import SloRequired
    from mlspec.language.monitoring import Monitoring


def check(rule: SloRequired, context: Context) -> Iterator[Break]:
    for name in context.project.serving:
        found = context.project.monitoring.get(name)
        if found is None:
            yield Break(
                ("serving", name), f"nothing is promised of `{name}`", on_key=True,
                help=f"add `slo` under monitoring.{name}",
            )  # fmt: skip
        else:
            yield from _promises(rule, name, found)


def _promises(rule: SloRequired, name: str, found: Monitoring) -> Iterator[Break]:
    path, slo = ("monitoring", name), found.slo
    if rule.availability is not None:
        help = f"write `availability: {rule.availability}` or more"
        at = (*path, "slo", "availability")
        if slo.availability is None:
            yield Break(at, f"no availability is promised of `{name}`", help=help, on_key=True)
        elif float(percent(slo.availability)) < float(percent(rule.availability)):
            least = f"and {rule.availability} is the least"
            yield Break(at, f"{slo.availability} is promised of `{name}`, {least}", help=help)
    if rule.latency and not slo.latency:
        yield Break(
            (*path, "slo", "latency"), f"no latency is promised of `{name}`", on_key=True,
            help="write `latency: {p95: 250ms}`, say",
        )  # fmt: skip
    if not (slo.availability or slo.latency or rule.latency or rule.availability):
        yield Break(
            (*path, "slo"), f"nothing is promised of `{name}`", on_key=True,
            help="write `availability: 99.5%` or `latency: {p95: 250ms}`",
        )  # fmt: skip
    if rule.channel and not found.notify.channel:
        yield Break(
            (*path, "notify", "channel"), f"the alerts of `{name}` name no channel", on_key=True,
            help="write `notify: {channel: …}`",
        )  # fmt: skip
