"""When a step that failed is tried again.

`backoff.cap` bounds each wait; Argo 3.6 does not know it and lets them grow. `maxDuration` is
something else: it counts from the start of the first attempt, and a step that runs longer than it
would never be tried again (processNodeRetries in workflow/controller/operator.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.plan import contract

from . import versions

if TYPE_CHECKING:
    from mlspec.plan.model import Plan, Retry, Step

_UNLESS_VERDICT = f"asInt(lastRetry.exitCode) not in {list(contract.VERDICT_CODES)}"
"""An eviction, a lost node (-1) or lack of memory (137) is no verdict; Argo calls them failures
like it (inferFailedReason), so `retryPolicy: OnError` would not do."""


def retry_strategy(step: Step, retry: Retry, plan: Plan) -> dict[str, Any]:
    """For any other step an attempt that failed tells nothing of the next one."""
    capped = versions.has(plan, versions.BACKOFF_HAS_CAP)
    return {
        "limit": str(retry.limit),
        "retryPolicy": "Always",
        **({"expression": _UNLESS_VERDICT} if step.kind in contract.VERDICT_KINDS else {}),
        "backoff": {
            "duration": f"{retry.backoff_seconds}s",
            "factor": str(retry.factor),
            **({"cap": f"{retry.max_seconds}s"} if capped else {}),
        },
    }
