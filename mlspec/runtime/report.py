"""`report`: the exit handler of a pipeline run. Records the outcome in MLflow, and never fails the
run itself: when MLflow cannot be reached it warns and leaves with 0."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from mlspec.runtime import tracking
from mlspec.runtime.environment import StepEnvironment
from mlspec.runtime.errors import StepFailure, redact

HELP = "Record the outcome of the pipeline run in MLflow."
# What Argo calls a good end; everything else (Failed, Error, Terminated) is none.
GOOD = "succeeded"
# MLflow takes tags of at most 8000 characters (older servers: 5000).
LONGEST_TAG = 4_900


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--status", required=True, help="as the workflow engine tells it")
    parser.add_argument("--failures", default="", metavar="JSON", help="Argo's workflow.failures")


def run(args: argparse.Namespace) -> int:
    environment = StepEnvironment.read()
    summary = summarise(args.failures)
    print(f"{environment.run or 'pipeline run'}: {args.status}")
    if summary:
        print(redact(summary))
    try:
        environment.require("run", "tracking_uri", "experiment")
        _record(environment, args.status, redact(summary))
    except StepFailure as err:
        print(redact(f"report: warning: not recorded: {err.message}"), file=sys.stderr)
    return 0


def _record(environment: StepEnvironment, status: str, summary: str) -> None:
    client = tracking.connect(environment)
    tags = environment.tags("report") | {"mlspec.status": status, "mlspec.kind": "pipeline"}
    if summary:
        tags["mlspec.failures"] = summary[:LONGEST_TAG]
    with tracking.talking():
        experiment = tracking.experiment_id(client, environment.experiment)
        identity = {"mlspec.run": environment.run, "mlspec.kind": "pipeline"}
        found = tracking.find_run(client, experiment, identity)
        if found is None:
            found = client.create_run(experiment, run_name=environment.run, tags=tags)
        else:
            for key, value in tags.items():
                client.set_tag(found.info.run_id, key, value)
        end = "FINISHED" if status.lower() == GOOD else "FAILED"
        client.set_terminated(found.info.run_id, end)


def summarise(failures: str) -> str:
    """One line a failed step: `step: phase: message`. Other text comes back as it is."""
    found = _parse(failures)
    if found is None:
        return ""
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        return failures.strip()
    return "\n".join(_line(item) for item in found)


def _parse(text: str) -> Any:
    """Argo gives the list as JSON within a quoted string (strconv.Quote in its operator.go)."""
    try:
        value = json.loads(text or "null")
        return json.loads(value or "null") if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return text


def _line(failure: dict[str, Any]) -> str:
    name = failure.get("displayName") or failure.get("templateName") or "a step"
    words = [name, failure.get("phase"), failure.get("message")]
    return ": ".join(str(word) for word in words if word)
