"""What each action of the plan is in terms of the Kubernetes API: the one table of rights.

Sources, all in argoproj/argo-workflows unless named otherwise:

- report-task-results: docs/workflow-rbac.md, the minimum of the executor since 3.4.
- collect-artifacts: docs/walk-through/artifacts.md, "Service Accounts and Annotations".
- run-pipeline: server/workflow/workflow_server.go, `SubmitWorkflow`: gets the template with the
  caller's rights to validate against it, then creates the Workflow.
- stop-runs: workflow/util/util.go, `patchShutdownStrategy`: gets the Workflow, then patches
  `spec.shutdown`. `update` is for single suspended nodes, which our pipelines have none of.
- view-logs: util/logs/workflow-logger.go: lists and watches the pods of a run, reads their logs.
- view-events: server/event/, and `kubectl get events`: the core group's events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

CORE = ""
ARGO = "argoproj.io"
SELDON = "machinelearning.seldon.io"


class Grant(Record):
    """`by_name`: on the objects that the use names, not on all of the namespace.

    Kubernetes cannot hold `create` and `deletecollection` to names, as the request carries none;
    and a named `list` or `watch` allows only requests with `fieldSelector=metadata.name=NAME`,
    which is not what people's tools send. So those verbs are never granted by name.
    https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
    """

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    by_name: bool = False


_READ = ("get", "list", "watch")

GRANTS: Mapping[str, tuple[Grant, ...]] = {
    "report-task-results": (
        Grant(group=ARGO, resources=("workflowtaskresults",), verbs=("create", "patch")),
    ),
    "collect-artifacts": (
        Grant(group=ARGO, resources=("workflowartifactgctasks",), verbs=("list", "watch")),
        Grant(group=ARGO, resources=("workflowartifactgctasks/status",), verbs=("patch",)),
    ),
    "view-pipeline": (
        Grant(
            group=ARGO,
            resources=("cronworkflows", "workflowtemplates"),
            verbs=("get",),
            by_name=True,
        ),
    ),
    "view-runs": (Grant(group=ARGO, resources=("workflows",), verbs=_READ),),
    "run-pipeline": (
        Grant(group=ARGO, resources=("workflowtemplates",), verbs=("get",), by_name=True),
        Grant(group=ARGO, resources=("workflows",), verbs=("create",)),
    ),
    "stop-runs": (Grant(group=ARGO, resources=("workflows",), verbs=("get", "patch")),),
    "view-services": (
        Grant(group=SELDON, resources=("seldondeployments",), verbs=("get",), by_name=True),
    ),
    "view-logs": (
        Grant(group=CORE, resources=("pods",), verbs=_READ),
        Grant(group=CORE, resources=("pods/log",), verbs=("get",)),
    ),
    "view-events": (Grant(group=CORE, resources=("events",), verbs=_READ),),
}


def grants_of(action: str) -> tuple[Grant, ...]:
    """ValueError: an action that this table does not know. Guessing rights is not an option."""
    if action not in GRANTS:
        raise ValueError(f"no rights are written down for the action {action!r}")
    return GRANTS[action]
