"""The difference for programs: docs/diff-json.md and schemas/diff.schema.json promise its shape."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mlspec.diagnostics.visible import file_name
from mlspec.manifests.fields import ABSENT, shown

if TYPE_CHECKING:
    from mlspec.gitops.diff_report import Report
    from mlspec.gitops.difference import Difference, Section
    from mlspec.gitops.repository import Revision
    from mlspec.manifests.fields import Field

VERSION = 1


def to_json(report: Report) -> str:
    return json.dumps(document(report), indent=2, default=str) + "\n"


def document(report: Report) -> dict[str, Any]:
    return {
        "version": VERSION,
        "base": _revision(report.base),
        "head": _revision(report.head),
        "summary": {
            **report.counts,
            "objects": sum(len(each.differences) for each in report.sections),
            "environments": len(report.sections),
            "projects": report.projects,
            "touched": report.touched,
        },
        "notes": list(report.notes),
        "environments": [_section(each) for each in report.sections],
    }


def _revision(revision: Revision | None) -> dict[str, Any]:
    """The working tree has no commit; nor has what is not committed yet."""
    if revision is None:
        return {"name": "working tree", "commit": None}
    return {"name": revision.name, "commit": revision.commit or None}


def _section(section: Section) -> dict[str, Any]:
    return {
        "project": section.project,
        "environment": section.environment,
        "file": file_name(section.file),
        "state": section.state,
        "cluster": section.cluster,
        "namespace": section.namespace,
        "risk": section.risk,
        "lines": [
            {
                "risk": line.risk,
                "text": line.text,
                "loud": line.loud,
                "objects": list(line.objects),
            }
            for line in section.lines
        ],
        "objects": [_difference(each) for each in section.differences],
    }


def _difference(each: Difference) -> dict[str, Any]:
    kind, _, group = each.kind.partition(".")
    return {
        "how": each.how,
        "target": each.target,
        "group": group,
        "kind": kind,
        "namespace": each.namespace,
        "name": each.name,
        "old_namespace": each.old_namespace or None,
        "old_name": each.old_name or None,
        "risk": each.risk,
        "changes": [{"risk": change.risk, "text": change.text} for change in each.changes],
        "fields": [_field(field) for field in each.fields],
    }


def _field(field: Field) -> dict[str, Any]:
    """Without `before` a field is new, without `after` it is gone; null is a value."""
    found: dict[str, Any] = {"path": shown(field.path)}
    if field.before is not ABSENT:
        found["before"] = field.before
    if field.after is not ABSENT:
        found["after"] = field.after
    return found
