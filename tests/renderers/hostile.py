"""Hostile text in a spec, followed to where it arrives in a target's manifests.

The same spec is rendered twice: once with a harmless word in a field, once with hostile text. Where
the word arrived, the text must have arrived, as the target reads it; everything else must be alike.
How a target reads its manifests is told by a `Reading`, written from the target's own documents.
"""

from __future__ import annotations

import copy
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mlspec.cli.compilation import Platforms, compile_project, plans_of
from mlspec.manifests import Manifest
from mlspec.output.yaml_writer import dump
from mlspec.plan.names import PREDICTOR_LIMIT, shorten

Leaves: TypeAlias = dict[tuple[str | int, ...], Any]
Reader: TypeAlias = Callable[[tuple[str | int, ...]], Any]
Reading: TypeAlias = Callable[[Leaves], Reader]
"""All values of the manifests → for each place, what the target takes the value there for."""

WORD = "canary"

HOSTILE = (
    "{{workflow.name}}", "{{=1+1}}", "{{inputs.parameters.x}}", "{{", "}}", "{", "a{", "{{{{a}}}}",
    "$(HOME)", "$$(HOME)", "$(A)$(B)", "$", "$$", "$HOME", "${HOME}", "$(",
    "{{ $labels.pod }}", '{{ query "up" }}', "{{- end }}", '{{ "}}" }}', "{%raw%}", "<no value>",
    '"} or vector(1) #', "x' OR '1'='1", "'; DROP TABLE wines; --",
    "; rm -rf /", "`id`", "a && b", "a | b", "$(id)", "*", "?", "~", "!!", "a\\b", "\\", "\\n",
    "a: b", "a #b", "# a", "&a", "*a", "!!python/name:x", "---", "...", "%YAML 1.1", "- a", "@a",
    "no", "on", "y", "true", "null", "0o17", "017", "1:30", "1e3", ".inf", "2024-01-01", "=", "<<",
    '{"a": [1]}', "[1", '"', "'", "''", '"""', "a,b", "http://ana@example.com/", "%2e%2e/%00",
    "../../etc/passwd", "/etc/passwd", "C:\\\\", "a\nb", "a\tb", "a\r\nb", "\n", "\0", "\x1b[31m",
    "\x85", "\u2028", "\u202e", "\u200b", "\ufeff", "é", "e\u0301", "名",
    "🍷", "👩\u200d🔬", " ", "a b",
    " a", "a ", "<script>", "&amp;", "%s", "%(a)s", "x" * 900, "é" * 900, "{" * 200,
)  # fmt: skip

texts = (
    st.sampled_from(HOSTILE)
    | st.text(min_size=1, max_size=12)
    | st.text("{}$()\"'`\\ :#-%\n\taé", min_size=1, max_size=12)
    | st.tuples(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE)).map("".join)
)


def texts_for(field: Field) -> st.SearchStrategy[str]:
    """… of which many begin like something that the field takes."""
    return texts | st.tuples(st.sampled_from(("a", "a-", "a/", "a.b")), texts).map("".join)


_SOURCES = """
  s3: {type: s3, uri: s3://cellar/a.csv, region: r, format: csv, credentials: {secret: s},
       schema: {grade: {type: string, pattern: a, enum: [a], description: a}}}
  http: {type: http, uri: "https://example.com/a.csv", format: csv}
  git: {type: git, uri: "https://example.com/r.git", revision: main, path: a, format: csv}
  hdfs: {type: hdfs, uri: "hdfs://example.com/a.csv", user: a, format: csv}
  sql: {type: postgres, host: db.example.com, database: a, query: Q, credentials: {secret: s}}
  run: {type: jdbc, uri: "jdbc:a", format: csv, run: [fetch, "${{ outputs.run }}"]}
"""

_SPEC = f"""
apiVersion: mlspec.io/v1alpha1
kind: Project
metadata: {{name: wine, team: cellar, owners: [ana@example.com], description: a}}
image: ghcr.io/acme/wine:1.4.0
data:
 sources:{_SOURCES}
transforms:
  clean:
    description: a
    run: [clean, a, "--in=${{{{ inputs.s3 }}}}"]
    inputs: [s3, http, git, hdfs, sql, run]
    outputs: [tidy]
    env: {{NOTE: a}}
training:
  grader:
    run: train ${{{{ inputs.tidy }}}} ${{{{ outputs.model }}}} --p=${{{{ params.trees }}}}
    inputs: [tidy]
    params: {{trees: a, run: b, description: c}}
    evaluate: {{run: [evaluate, a, "${{{{ metrics }}}}"], metrics: [f1], env: {{NOTE: a}}}}
pipeline: {{schedule: "0 3 * * *", notify: {{channel: a}}}}
registry: {{type: mlflow, models: {{grader: {{gates: {{f1: {{min: 0.5}}}}}}}}}}
serving: {{api: {{model: grader, expose: {{host: wine.example.com, path: /a}}}}}}
monitoring:
  api:
    slo: {{availability: 99.5%, latency: {{p95: 250ms}}}}
    notify: {{channel: a, runbook: "https://a"}}
access: {{roles: {{ds: {{subjects: [group:ds], may: [view, run]}}}}}}
environments: {{dev: {{}}}}
"""

_PLATFORM = """
apiVersion: mlspec.io/v1alpha1
kind: Platform
metadata: {name: acme}
artifacts: {type: s3, uri: s3://artifacts/projects, region: r, model_secret: models}
mlflow: {uri: "http://mlflow.mlops.svc:5000"}
runtime: {image: "ghcr.io/mlspec/runtime:0.1.0"}
argo_cd: {repository: "https://github.com/acme/ml.git", revision: main}
gateway: {resource: {name: public, listener: https}}
registry: {pull_secret: pull}
secrets:
  type: external-secrets
  backend: {type: vault, server: "https://vault", path: kv, mount: login, role: a}
monitoring: {runbooks: "https://a/{alert}"}
environments: {dev: {quota: {cpu: 1000, memory: 1Ti}}}
"""

_LOCK = """
apiVersion: mlspec.io/v1alpha1
kind: Lock
environments: {dev: {models: {grader: {champion: {version: "7", uri: "s3://models/7"}}}}}
"""

Field: TypeAlias = tuple[str, str]
"""Where the text goes (document and path, with dots), and the form in which it stands there."""

FIELDS: tuple[Field, ...] = (
    ("project.metadata.description", "{}"),
    ("project.metadata.owners.0", "{}@example.com"),
    ("project.metadata.name", "{}"),
    ("project.metadata.team", "{}"),
    ("project.image", "ghcr.io/acme/wine:{}"),
    ("project.data.sources.s3.uri", "s3://cellar/{}"),
    ("project.data.sources.s3.region", "{}"),
    ("project.data.sources.s3.endpoint", "{}"),
    ("project.data.sources.s3.credentials.secret", "{}"),
    ("project.data.sources.s3.schema.grade.pattern", "{}"),
    ("project.data.sources.s3.schema.grade.enum.0", "{}"),
    ("project.data.sources.s3.schema.grade.description", "{}"),
    ("project.data.sources.http.uri", "https://example.com/{}"),
    ("project.data.sources.http.uri", "http://{}"),
    ("project.data.sources.git.uri", "https://example.com/{}"),
    ("project.data.sources.git.uri", "git@example.com:{}"),
    ("project.data.sources.git.revision", "{}"),
    ("project.data.sources.git.path", "{}"),
    ("project.data.sources.hdfs.uri", "hdfs://example.com/{}"),
    ("project.data.sources.hdfs.user", "{}"),
    ("project.data.sources.sql.host", "{}"),
    ("project.data.sources.sql.database", "{}"),
    ("project.data.sources.sql.query", "{}"),
    ("project.data.sources.run.uri", "jdbc:{}"),
    ("project.data.sources.run.run.0", "{}"),
    ("project.transforms.clean.description", "{}"),
    ("project.transforms.clean.run.1", "{}"),
    ("project.transforms.clean.run.2", "--in={}${{ inputs.s3 }}{}"),
    ("project.transforms.clean.env.NOTE", "{}"),
    ("project.training.grader.params.trees", "{}"),
    ("project.training.grader.params.run", "{}"),
    ("project.training.grader.params.description", "{}"),
    ("project.training.grader.evaluate.run.1", "{}"),
    ("project.training.grader.evaluate.env.NOTE", "{}"),
    ("project.pipeline.schedule", "{}"),
    ("project.pipeline.notify.channel", "{}"),
    ("project.monitoring.api.notify.channel", "{}"),
    ("project.monitoring.api.notify.runbook", "https://{}"),
    ("project.serving.api.alias", "{}"),
    ("project.serving.api.expose.host", "{}.example.com"),
    ("project.serving.api.expose.path", "/{}"),
    ("project.access.roles.ds.subjects.0", "group:{}"),
    ("project.access.roles.ds.subjects.0", "serviceaccount:ci:{}"),
    ("platform.artifacts.uri", "s3://artifacts/{}"),
    ("platform.artifacts.region", "{}"),
    ("platform.artifacts.endpoint", "{}"),
    ("platform.mlflow.uri", "http://{}"),
    ("platform.argo_cd.repository", "https://example.com/{}"),
    ("platform.argo_cd.revision", "{}"),
    ("platform.argo_cd.path", "{}"),
    ("platform.gateway.resource.name", "{}"),
    ("platform.registry.pull_secret", "{}"),
    ("platform.secrets.backend.server", "https://{}"),
    ("platform.secrets.backend.path", "{}"),
    ("platform.secrets.backend.mount", "{}"),
    ("platform.secrets.backend.role", "{}"),
    ("platform.secrets.remote", "{}/{secret}"),
    ("platform.gateway.resource.listener", "{}"),
    ("platform.monitoring.runbooks", "https://a/{}"),
    ("platform.monitoring.labels.release", "{}"),
    ("lock.environments.dev.models.grader.champion.uri", "s3://models/{}"),
    ("lock.environments.dev.models.grader.champion.version", "{}"),
)


def fields_of(target: str) -> list[Field]:
    """The fields whose text is in the target's manifests, found out with a harmless word."""
    return [field for field in FIELDS if WORD in str(harmless(target, field))]


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def _documents(field: Field, text: str) -> dict[str, Any]:
    documents = copy.deepcopy(_parsed())
    (*steps, last), form = field[0].split("."), field[1]
    node: Any = documents
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
    node[int(last) if isinstance(node, list) else last] = form.replace("{}", text)
    return documents


@cache
def _parsed() -> dict[str, Any]:
    texts = {"project": _SPEC, "platform": _PLATFORM, "lock": _LOCK}
    return {name: yaml.safe_load(text) for name, text in texts.items()}


_FILES = {"project": "project.yaml", "platform": "platform.yaml", "lock": "mlspec.lock"}


def rendered(target: str, field: Field, text: str) -> list[dict[str, Any]] | None:
    """The target's manifests of the spec with the text in the field; None where it is refused,
    with a diagnostic that has a place."""
    folder = Path(_folder().name)
    for name, document in _documents(field, text).items():
        (folder / _FILES[name]).write_text(_escaped(document), encoding="ascii")
    result = compile_project(str(folder / "project.yaml"), Platforms(str(folder / "platform.yaml")))
    if result.failed:
        assert all(found.span.line > 0 for found in result.diagnostics)
        return None
    [plan] = plans_of(result)
    renderer = import_module(f"mlspec.renderers.{target}")
    if hasattr(renderer, "render"):
        return [manifest.body for manifest in renderer.render(plan)]
    others = [Manifest(body={"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}})]
    return [manifest.body for manifest in renderer.render_last(plan, others, ["Secret"])]


def _escaped(document: Any) -> str:
    """JSON, which is YAML but for the escape of a character beyond U+FFFF. All that is not ASCII is
    escaped, or it would be refused where it cannot be seen."""
    text = json.dumps(document, indent=1, ensure_ascii=False)
    return re.sub(r"[^\n -~]", lambda found: f"\\U{ord(found[0]):08x}", text)


@cache
def harmless(target: str, field: Field) -> list[dict[str, Any]]:
    """… with a harmless word in the field, and in no field if even that is refused."""
    found = rendered(target, field, WORD)
    if found is None:
        found = rendered(target, ("project.metadata.description", "a"), "")
    assert found is not None
    return found


def as_it_is(values: Leaves) -> Reader:
    """The reading of a target that looks into no text."""
    return values.__getitem__


def arrives_or_is_refused(target: str, field: Field, text: str, reading: Reading) -> bool:
    """Asserts what the name says; whether it arrived somewhere."""
    bodies = rendered(target, field, text)
    if bodies is None:
        return False
    before, after = leaves(harmless(target, field)), leaves(bodies)
    assert set(after) == set(before)
    read_before, read_after = reading(before), reading(after)
    arrived = False
    for place, value in after.items():
        if WORD in str(before[place]) or value != before[place]:
            meant = read_before(place)
            arrived |= WORD in str(meant)
            _assert_literal(meant, read_after(place), text)
    assert_same_in_yaml(bodies)
    assert_legal_metadata(bodies)
    return arrived


def _assert_literal(meant: Any, read: Any, text: str) -> None:
    """Where the word stands within JSON, the program that gets it reads JSON. In the name of a
    predictor a long one is cut."""
    if isinstance(meant, str) and meant[:1] in ("{", "["):
        meant, read = json.loads(meant), json.loads(read)
    assert read in (_put(meant, text), _put(meant, shorten(text, PREDICTOR_LIMIT)))


def _put(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return value.replace(WORD, text)
    if isinstance(value, dict):
        return {_put(k, text): _put(v, text) for k, v in value.items()}
    return [_put(item, text) for item in value] if isinstance(value, list) else value


def leaves(node: Any, place: tuple[str | int, ...] = ()) -> Leaves:
    """Every value that is no collection, with its place."""
    if isinstance(node, dict):
        items: Iterator[tuple[Any, Any]] = iter(node.items())
    elif isinstance(node, list):
        items = iter(enumerate(node))
    else:
        return {place: node}
    found: Leaves = {}
    for key, value in items:
        found |= leaves(value, (*place, key))
    return found


# ── what holds for every target ──────────────────────────────────────────────────────────────────


def assert_same_in_yaml(bodies: list[dict[str, Any]]) -> None:
    """A reader of YAML 1.1 and one of YAML 1.2 find what was meant."""
    for body in bodies:
        written = dump(body)
        assert yaml.load(written, Loader=yaml.CSafeLoader) == body
    strings = sorted({value for value in leaves(bodies).values() if isinstance(value, str)})
    modern = YAML(typ="safe", pure=True)
    suspects = [s for s in strings if not re.fullmatch(r"[a-z][a-z/.-]*", s)][:40]
    written = dump({"texts": suspects})
    assert modern.load(io.StringIO(written))["texts"] == suspects


_LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_MAX_ANNOTATIONS = 256 * 1024
"""All of an object's together: apimachinery, TotalAnnotationSizeLimitB."""


def assert_legal_metadata(bodies: list[dict[str, Any]]) -> None:
    """https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ and …/names/"""
    for metadata in _metadata(bodies):
        for key, value in metadata.get("labels", {}).items():
            assert _LABEL.fullmatch(value), (key, value)
        pairs = metadata.get("annotations", {}).items()
        size = sum(len(key.encode()) + len(value.encode()) for key, value in pairs)
        assert size <= _MAX_ANNOTATIONS
        assert len(metadata.get("name", "")) <= 253


def _metadata(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("metadata"), dict):
            yield node["metadata"]
        for value in node.values():
            yield from _metadata(value)
    elif isinstance(node, list):
        for item in node:
            yield from _metadata(item)
