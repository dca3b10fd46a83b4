"""Small specs, as YAML text, and the way from there to each stage's result.

Tests state what is special about a spec as a patch: YAML that is merged (RFC 7386: `null` removes)
into a project that is valid and has one of everything that matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from mlspec.checks import Context, dataflow_of, run_checks
from mlspec.diagnostics import Diagnostic
from mlspec.diagnostics.codes import CODES
from mlspec.language.lock import LockedEnvironment
from mlspec.language.platform import Platform
from mlspec.language.project import Project
from mlspec.language.reader import read
from mlspec.plan.build import build_plan
from mlspec.plan.inputs import Inputs
from mlspec.plan.model import Pipeline, Plan, Step
from mlspec.source.overlay import merge
from mlspec.source.parser import parse
from mlspec.source.problem import Problem, diagnose
from mlspec.source.tree import Tree

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "projects" / "example" / "project.yaml"
FILE = "project.yaml"

PROJECT = """\
apiVersion: mlspec.io/v1alpha1
kind: Project
metadata:
  name: wine-quality
  team: cellar
image: ghcr.io/acme/wine:1.4.0
data:
  sources:
    tastings:
      type: s3
      uri: s3://cellar/tastings.csv
      format: csv
transforms:
  clean:
    run: python clean.py ${{ inputs.tastings }} ${{ outputs.tidy }}
    inputs:
    - tastings
    outputs:
      tidy:
        format: parquet
training:
  grader:
    run: python train.py ${{ inputs.tidy }} ${{ outputs.model }}
    inputs:
    - tidy
    evaluate:
      run: python evaluate.py ${{ inputs.model }} ${{ inputs.tidy }} ${{ metrics }}
      metrics:
      - f1
serving:
  api:
    model: grader
environments:
  dev: {}
  prod: {}
"""

PLATFORM = """\
apiVersion: mlspec.io/v1alpha1
kind: Platform
metadata: {name: acme}
artifacts: {type: s3, uri: s3://artifacts/projects, endpoint: minio.minio.svc:9000, insecure: true}
mlflow: {uri: http://mlflow.mlops.svc:5000}
runtime: {image: ghcr.io/mlspec/runtime:0.1.0}
argo_cd: {repository: https://github.com/acme/ml.git}
environments:
  dev: {}
  prod: {protected: true}
"""

LOCK = """\
apiVersion: mlspec.io/v1alpha1
kind: Lock
environments: {}
"""

Check = Callable[[Context], Iterator[Problem]]


def merged(base: str, patch: str) -> str:
    """The text of `base` with `patch` merged in, written in block style in the order of `base`."""
    if not patch:
        return base
    root = merge(parse(base, FILE).root, parse(patch, "patch.yaml").root)
    return yaml.safe_dump(plain(root), sort_keys=False, width=1000, allow_unicode=True)


def plain(node: Any) -> Any:
    """A tree as plain dicts and lists."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    return [plain(item) for item in node] if isinstance(node, list) else node


def tree(patch: str = "") -> Tree:
    return parse(merged(PROJECT, patch), FILE)


def read_text(text: str, document: str = "project") -> list[Diagnostic]:
    """What reading the text says; the model is thrown away."""
    return read(document, parse(text, FILE)).diagnostics


def read_patch(patch: str) -> list[Diagnostic]:
    """What reading the minimal project with the patch says."""
    return read("project", tree(patch)).diagnostics


def project(patch: str = "", environment: str = "") -> Project:
    """The project with the patch, and its environment's overlay merged in. It must be readable."""
    found: Project = _model("project", in_environment(tree(patch), environment))
    return found


@cache
def platform(patch: str = "") -> Platform:
    found: Platform = _model("platform", parse(merged(PLATFORM, patch), "platform.yaml"))
    return found


def locked(patch: str = "", environment: str = "prod") -> LockedEnvironment:
    """One environment of a lock; `patch` is what it holds."""
    if not patch:
        return LockedEnvironment()
    indented = "".join(f"    {line}\n" for line in patch.splitlines())
    text = merged(LOCK, f"environments:\n  {environment}:\n{indented}")
    lock = _model("lock", parse(text, "mlspec.lock"))
    found: LockedEnvironment = lock.environments[environment]
    return found


def _model(document: str, tree: Tree) -> Any:
    model, diagnostics, _ = read(document, tree)
    assert model is not None, diagnostics
    assert diagnostics == []
    return model


def in_environment(tree: Tree, environment: str) -> Tree:
    overlay = tree.root.get("environments", {}).get(environment)
    return tree._replace(root=merge(tree.root, overlay)) if overlay else tree


def context(patch: str = "", *, environment: str = "dev", on: str = "", lock: str = "") -> Context:
    """What a check looks at. `on` is a patch of the platform, `lock` what the lock holds."""
    found = project(patch, environment)
    return Context(found, environment, platform(on), locked(lock, environment), dataflow_of(found))


def problems(check: Check, patch: str = "", **where: str) -> list[Problem]:
    return list(check(context(patch, **where)))


def problem(check: Check, patch: str = "", **where: str) -> Problem:
    """The only problem that the check finds."""
    found: Problem = only(problems(check, patch, **where))
    return found


def only(found: Iterable[Any]) -> Any:
    [one] = found
    return one


def diagnosed(check: Check, patch: str, **where: str) -> Diagnostic:
    """The only problem that the check finds, with its places in the text of the patched project."""
    environment = where.get("environment", "dev")
    return diagnose(in_environment(tree(patch), environment), problem(check, patch, **where))


def found_at(diagnostic: Diagnostic, text: str) -> str:
    """The stretch of the text that the diagnostic points at."""
    return span_text(diagnostic.span, text)


def span_text(span: Any, text: str) -> str:
    lines = text.split("\n")
    assert 0 < span.line <= len(lines), span
    if span.line == span.end_line:
        return str(lines[span.line - 1][span.column - 1 : span.end_column - 1])
    inner = lines[span.line : span.end_line - 1]
    tail = lines[span.end_line - 1][: span.end_column - 1]
    return "\n".join((lines[span.line - 1][span.column - 1 :], *inner, tail))


def inputs(patch: str = "", *, environment: str = "dev", on: str = "", lock: str = "") -> Inputs:
    """What a plan is made of. No check may object, as `build_plan` relies on them."""
    given = context(patch, environment=environment, on=on, lock=lock)
    objections = [p for p in run_checks(given) if CODES[p.code].severity == "error"]
    assert objections == []
    return Inputs(*given)


def plan(patch: str = "", **where: str) -> Plan:
    return build_plan(inputs(patch, **where))


def pipeline(patch: str = "", **where: str) -> Pipeline:
    found = plan(patch, **where).pipeline
    assert found is not None
    return found


def steps(patch: str = "", **where: str) -> dict[str, Step]:
    """The pipeline's steps by name, in their order."""
    return {step.name: step for step in pipeline(patch, **where).steps}


def command(step: Step) -> list[str]:
    """A step's command with placeholders as `<input tidy>`, for reading."""
    return ["".join(_shown(part) for part in word) for word in step.argv]


def _shown(part: Any) -> str:
    return part if isinstance(part, str) else f"<{f'{part.kind} {part.name}'.strip()}>"
