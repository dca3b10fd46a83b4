"""The rules of a service: its objectives, and whether it reports at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .alerts import Subject, alert, ticket_severity
from .burn_rate import Indicator, budget_of, condition, reachable, recording_rules
from .latency import LatencyBound, slow_count, slow_ratio
from .promql import matcher, number, selector
from .scraping import scrape_job
from .seldon import error_count, error_ratio, requests_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from mlspec.plan.model import LatencyObjective, Plan, Service

    from .burn_rate import Window

ERROR_BUDGET_BURN = "MlspecServiceErrorBudgetBurn"
LATENCY_BUDGET_BURN = "MlspecServiceLatencyBudgetBurn"
REPORTS_NOTHING = "MlspecServiceReportsNothing"

_PERIODS = {"1h": "hour", "6h": "6 hours", "1d": "day", "3d": "3 days"}


def service_groups(plan: Plan, service: Service) -> list[dict[str, Any]]:
    """A rule group an objective, and one for a silent service; none without an objective."""
    slo = service.slo
    if slo is None or not (slo.availability or slo.latency):
        return []
    groups = []
    if slo.availability:
        rules = list(_availability_rules(plan, service, slo.availability))
        groups.append(_group(service, "availability", rules))
    for objective in slo.latency:
        rules = list(_latency_rules(plan, service, objective))
        groups.append(_group(service, f"latency-{_name(objective)}", rules))
    if any(p.replicas.min for p in service.predictors):
        groups.append(_group(service, "presence", [_reports_nothing(plan, service)]))
    return groups


def _group(service: Service, topic: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    """Every minute: the shortest window is five, and the longest reads days of samples."""
    return {"name": f"{service.name}.{topic}", "interval": "1m", "rules": rules}


def _subject(service: Service) -> Subject:
    return Subject(labels={"service": service.name}, notify=service.notify)


def _series(plan: Plan, service: Service, **more: str) -> dict[str, str]:
    return {"namespace": plan.namespace, "service": service.name, **more}


def _severity(service: Service, window: Window) -> str:
    return "" if window.page else ticket_severity(service.notify)


def _availability_rules(plan: Plan, service: Service, target: str) -> Iterator[dict[str, Any]]:
    requests, subject = requests_of(plan, service), _subject(service)
    indicator = Indicator(
        noun="errors",
        ratio=lambda window: error_ratio(requests, window),
        count=lambda window: error_count(requests, window),
        labels=_series(plan, service),
    )
    budget = budget_of(target)
    yield from recording_rules(indicator)
    for window in reachable(budget):
        yield alert(
            plan,
            subject,
            name=ERROR_BUDGET_BURN,
            expr=condition(indicator, window, budget),
            wait=window.wait,
            severity=_severity(service, window),
            labels={"window": window.long},
            summary=f"{service.name} in {plan.environment} fails too many requests",
            description=(
                f"{{{{ $value | humanizePercentage }}}} of the requests of the last "
                f"{_PERIODS[window.long]} failed; the objective of {target}% allows "
                f"{number(budget * 100)}%. {_outlook(window)}"
            ),
        )


def _latency_rules(
    plan: Plan, service: Service, objective: LatencyObjective
) -> Iterator[dict[str, Any]]:
    requests, subject = requests_of(plan, service), _subject(service)
    bound = LatencyBound(objective.threshold_ms)
    name = _name(objective)
    indicator = Indicator(
        noun="slow",
        ratio=lambda window: slow_ratio(requests, bound, window),
        count=lambda window: slow_count(requests, bound, window),
        labels=_series(plan, service, objective=name),
    )
    budget = budget_of(objective.percentile)
    yield from recording_rules(indicator)
    for window in reachable(budget):
        description = (
            f"{{{{ $value | humanizePercentage }}}} of the answers of the last "
            f"{_PERIODS[window.long]} took more than {objective.threshold_ms}ms; the objective "
            f"allows {number(budget * 100)}%. {_outlook(window)} {bound.note()}"
        )
        yield alert(
            plan,
            subject,
            name=LATENCY_BUDGET_BURN,
            expr=condition(indicator, window, budget),
            wait=window.wait,
            severity=_severity(service, window),
            labels={"objective": name, "window": window.long},
            summary=f"{service.name} in {plan.environment} answers too many requests late",
            description=description.rstrip(),
        )


def _outlook(window: Window) -> str:
    return f"At this rate the budget of 30 days lasts at most {window.exhausted}."


def _name(objective: LatencyObjective) -> str:
    return f"p{objective.percentile}-{objective.threshold_ms}ms"


def _reports_nothing(plan: Plan, service: Service) -> dict[str, Any]:
    """`up`, not the request metrics: those are absent until the first request."""
    up = selector("up", matcher("job", scrape_job(plan, service)))
    return alert(
        plan,
        _subject(service),
        name=REPORTS_NOTHING,
        expr=f"absent({up} == 1)",
        wait="15m",
        summary=f"No pod of {service.name} in {plan.environment} reports metrics",
        description=(
            f"Prometheus has reached no pod of {service.name} for 15 minutes: the service is "
            f"down, or nobody would know if it were."
        ),
    )
