"""One alerting rule: who hears of it, how loudly, and where the way out is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

from .templates import literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from mlspec.plan.model import Notify, Plan


class Subject(Record):
    """What the alert is about. `labels` name it: `{"service": "wine-api"}`."""

    labels: Mapping[str, str]
    notify: Notify


def alert(
    plan: Plan,
    subject: Subject,
    *,
    name: str,
    expr: str,
    wait: str = "",
    severity: str = "",
    labels: Mapping[str, str] | None = None,
    summary: str,
    description: str,
) -> dict[str, Any]:
    """`wait` is the rule's `for`. Without a `severity` the alert has the one that the user chose.

    `summary` and `description` are templates: names in them are legal Kubernetes names, any other
    user text goes through `literal`.
    """
    notify = subject.notify
    rule: dict[str, Any] = {"alert": name, "expr": expr}
    if wait:
        rule["for"] = wait
    rule["labels"] = {
        "severity": severity or notify.severity,
        **_origin(plan),
        **{key: literal(value) for key, value in subject.labels.items()},
        **(labels or {}),
        **({"channel": literal(notify.channel)} if notify.channel else {}),
    }
    rule["annotations"] = {
        "summary": summary,
        "description": description,
        "runbook_url": literal(
            notify.runbook or plan.platform.runbook_url.replace("{alert}", name)
        ),
        **({"owners": literal(", ".join(plan.owners))} if plan.owners else {}),
    }
    return rule


def _origin(plan: Plan) -> dict[str, str]:
    """`namespace` is there for Alertmanager: an AlertmanagerConfig sees only alerts of its own.

    https://prometheus-operator.dev/docs/developer/alerting/#using-alertmanagerconfig-resources
    """
    return {
        "namespace": plan.namespace,
        "project": literal(plan.project),
        "environment": literal(plan.environment),
        "team": literal(plan.team),
    }


def ticket_severity(notify: Notify) -> str:
    """A slow burn waits for working hours, and is never louder than what the user chose."""
    return "info" if notify.severity == "info" else "warning"
