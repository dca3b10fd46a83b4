"""`register`: record a trained model in MLflow, make it a version of its name and give it an alias.

Made to be retried: every thing it makes carries tags by which a second try of the same pipeline run
finds it again, and the version is made last, with its tags, so one that exists is complete.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mlspec.runtime import gate, tracking
from mlspec.runtime.environment import StepEnvironment
from mlspec.runtime.errors import StepFailure, UsageError
from mlspec.runtime.extras import need
from mlspec.runtime.ingest import copy_tree, folder_digest
from mlspec.runtime.jsonfile import object_argument, read_metrics

HELP = "Record a model and its metrics in MLflow, as a version with an alias."
# Where the model lies among the artifacts of its run.
ARTIFACT_PATH = "model"
MODEL_TAG, RUN_TAG = "mlspec.model", "mlspec.run"
DIGEST_TAG = "mlspec.digest"
"""`sha256:…` of the list of the model's files and their digests, as `sha256sum` writes it."""
GATES_TAG, VERDICTS_TAG = "mlspec.gates", "mlspec.gates.verdicts"
"""`passed`, `failed`, or `none` for a model without gates; and the rules one by one, as JSON. A
promotion goes by them."""
# Limits of MLflow (mlflow/utils/validation.py): a longer parameter is refused by its server.
LONGEST_PARAM = 6_000
PARAMS_AT_ONCE = 100
LONGEST_TAG = 4_900  # of a model version: 5000 in older servers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", required=True, type=Path, metavar="PATH", help="MLflow model")
    parser.add_argument("--metrics", type=Path, metavar="PATH", help="of its evaluation, if any")
    parser.add_argument("--name", required=True, help="of the model in the registry")
    parser.add_argument("--alias", required=True, help="that the new version gets")
    parser.add_argument("--gates", default="{}", metavar="JSON", help="that were passed: recorded")
    parser.add_argument("--param", action="append", default=[], metavar="K=V")
    parser.add_argument("--tag", action="append", default=[], metavar="K=V")
    parser.add_argument("--publish", type=Path, metavar="PATH", help="receives a copy of the model")
    parser.add_argument("--result", type=Path, metavar="PATH", help="receives what was registered")


def run(args: argparse.Namespace) -> int:
    environment = StepEnvironment.read()
    environment.require("run", "tracking_uri", "experiment")
    params, tags = _pairs(args.param, "--param"), _pairs(args.tag, "--tag")
    metrics = _finite(read_metrics(args.metrics), args.metrics) if args.metrics else {}
    gates = gate.parse_gates(object_argument(args.gates, "--gates"))
    _require_model_folder(args.model)
    client = tracking.connect(environment)
    registration = Registration(client, environment, args.name, args.alias)
    with tracking.talking():
        version = registration.earlier_version()
        if version is None:
            proved = gate_tags(gates, metrics, args.name)
            proved |= {DIGEST_TAG: f"sha256:{folder_digest(args.model)}"}
            version = registration.new_version(args.model, metrics, params, tags | proved)
            registration.point_alias(version)
        else:
            print(f"{args.name} version {version.version} is of this run already: not made again")
            registration.point_alias_unless_newer(version)
    if args.publish:
        copied = sum(1 for _ in copy_tree(args.model, args.publish))
        print(f"published {copied} files")
    result = registration.result(version)
    print(json.dumps(result))
    if args.result:
        args.result.parent.mkdir(parents=True, exist_ok=True)
        args.result.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


class Registration:
    """One model name of one pipeline run, in one MLflow."""

    def __init__(self, client: Any, environment: StepEnvironment, name: str, alias: str) -> None:
        self._client, self._environment = client, environment
        self._name, self._alias = name, alias
        self._own_tags = environment.tags("register") | {MODEL_TAG: name}

    def earlier_version(self) -> Any | None:
        """The version that an earlier try of this step made."""
        wanted = (
            f"name = {tracking.quoted(self._name)} and "
            f"tags.`{RUN_TAG}` = {tracking.quoted(self._environment.run)}"
        )
        versions = self._client.search_model_versions(wanted)
        # Tries that overlapped may have made two; the first is the one that was told of.
        return min(versions, key=lambda version: int(version.version), default=None)

    def new_version(
        self, model: Path, metrics: dict[str, float], params: dict[str, str], tags: dict[str, str]
    ) -> Any:
        run = self._run(tags)
        run_id = run.info.run_id
        entities = need("mlflow.entities")
        # All of one time: MLflow shows the latest value of a metric, and a retry may repeat them.
        now = run.info.start_time
        numbers = [entities.Metric(name, value, now, 0) for name, value in metrics.items()]
        self._client.log_batch(run_id, metrics=numbers)
        words = [entities.Param(name, value) for name, value in params.items()]
        for start in range(0, len(words), PARAMS_AT_ONCE):
            self._client.log_batch(run_id, params=words[start : start + PARAMS_AT_ONCE])
        self._client.log_artifacts(run_id, str(model), ARTIFACT_PATH)
        self._ensure_model()
        # The real place, not runs:/..., so that a server without MLflow can load it by its URI.
        version = self._client.create_model_version(
            self._name,
            source=f"{run.info.artifact_uri.rstrip('/')}/{ARTIFACT_PATH}",
            run_id=run_id,
            tags=tags | self._own_tags,
        )
        self._client.set_terminated(run_id, "FINISHED")
        return version

    def _run(self, tags: dict[str, str]) -> Any:
        experiment = tracking.experiment_id(self._client, self._environment.experiment)
        identity = {RUN_TAG: self._environment.run, MODEL_TAG: self._name}
        found = tracking.find_run(self._client, experiment, identity)
        if found is not None:
            return found
        name = self._environment.run
        return self._client.create_run(experiment, run_name=name, tags=tags | self._own_tags)

    def _ensure_model(self) -> None:
        exceptions = need("mlflow.exceptions")
        try:
            self._client.create_registered_model(self._name)
        except exceptions.MlflowException as err:
            if err.error_code != "RESOURCE_ALREADY_EXISTS":
                raise

    def point_alias(self, version: Any) -> None:
        self._client.set_registered_model_alias(self._name, self._alias, str(version.version))

    def point_alias_unless_newer(self, version: Any) -> None:
        """A late retry must not take the alias back from the version of a later run."""
        current = tracking.version_of(self._client, self._name, self._alias)
        if current is None or int(current.version) < int(version.version):
            self.point_alias(version)
        elif int(current.version) > int(version.version):
            print(f"alias {self._alias} stays with the newer version {current.version}")

    def result(self, version: Any) -> dict[str, str]:
        return {
            "name": self._name,
            "version": str(version.version),
            "run_id": str(version.run_id),
            "uri": f"models:/{self._name}/{version.version}",
            "source": str(version.source),
            "alias": self._alias,
        }


def gate_tags(gates: list[gate.Gate], metrics: dict[str, float], name: str) -> dict[str, str]:
    """What the gates say of these metrics, for whoever is to decide about the version later."""
    verdicts = gate.judge_all(gates, metrics, name)
    if not verdicts:
        return {GATES_TAG: "none"}
    rows = [[v.metric, v.expected, v.found, "pass" if v.passed else "fail"] for v in verdicts]
    passed = all(verdict.passed for verdict in verdicts)
    told = json.dumps(rows, ensure_ascii=False)
    return {
        GATES_TAG: "passed" if passed else "failed",
        **({VERDICTS_TAG: told} if len(told) <= LONGEST_TAG else {}),
    }


def _pairs(texts: Iterable[str], flag: str) -> dict[str, str]:
    pairs = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise UsageError(f"{flag}: expected KEY=VALUE, found {text!r}")
        if len(value) > LONGEST_PARAM:
            raise UsageError(f"{flag}: {key}: expected at most {LONGEST_PARAM} characters")
        pairs[key] = value
    return pairs


def _finite(metrics: dict[str, float], path: Path) -> dict[str, float]:
    wrong = [name for name, value in metrics.items() if not math.isfinite(value)]
    if wrong:
        raise StepFailure(f"{path}: expected finite metrics, found NaN or infinity: {wrong}")
    return metrics


def _require_model_folder(path: Path) -> None:
    if not path.is_dir():
        raise StepFailure(f"{path}: expected an MLflow model folder, found none")
    if not (path / "MLmodel").is_file():
        inside = ", ".join(sorted(p.name for p in path.iterdir())[:10]) or "nothing"
        raise StepFailure(f"{path}: expected an MLmodel file in the folder, found: {inside}")
