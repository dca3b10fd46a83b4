"""Changes that people make, each as edits of the example's files.

An edit replaces a text, which must be there, in a file. A file whose text is "" to begin with is
new.
"""

from __future__ import annotations

from typing import NamedTuple

PROJECT = "projects/example/project.yaml"
PLATFORM = "projects/platform.yaml"
LOCK = "projects/example/mlspec.lock"
TARGET = "projects/targets/storage/__init__.py"

STORAGE = """\
from mlspec.manifests.manifest import Manifest

KINDS = ("PersistentVolumeClaim",)


def applies(plan):
    return plan.environment == "prod"


def render(plan):
    metadata = {"name": "scratch", "namespace": plan.namespace}
    yield Manifest(
        body={
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": metadata,
            "spec": {
                "storageClassName": "standard",
                "resources": {"requests": {"storage": "10Gi"}},
            },
        }
    )
"""
"""A target of the users' own, of a kind with immutable fields."""


class Edit(NamedTuple):
    file: str
    old: str
    new: str


class Case(NamedTuple):
    """`before` are edits that both sides have."""

    edits: tuple[Edit, ...]
    before: tuple[Edit, ...] = ()


def project(old: str, new: str) -> Edit:
    return Edit(PROJECT, old, new)


def platform(old: str, new: str) -> Edit:
    return Edit(PLATFORM, old, new)


def lock(old: str, new: str) -> Edit:
    return Edit(LOCK, old, new)


def case(*edits: Edit, before: tuple[Edit, ...] = ()) -> Case:
    return Case(edits, before)


CANARY = "        rollout: {strategy: canary, candidate: challenger, weight: 10}\n"
REPLICAS = "        replicas: {min: 3, max: 6, target: {cpu: 70}}\n"
SERVING = """\
serving:
  wine-api:
    model: wine-grader
    replicas: 1
    resources: {cpu: 500m, memory: 1Gi}
"""
MONITORING = """\
monitoring:
  wine-api:
    slo:
      availability: 99.5%
      latency: {p95: 250ms}
    notify: {severity: critical, channel: cellar}
"""
EXPOSE = "        expose: {host: wine.example.com, timeout: 5s}\n"
IN_PROD = f"""\
    serving:
      wine-api:
{REPLICAS}{CANARY}{EXPOSE}"""
IN_DEV = (
    "    serving: {wine-api: {alias: challenger, expose: {host: wine.dev.example.com}}}\n  prod:"
)
AUDITOR = """\
    auditor:
      subjects: [group:auditors]
      may: [view]
"""
CLEAN_ENV = project("    cache: true\n", "    cache: true\n    env: {LEVEL: info}\n")
DIGEST = "sha256:6d3b1f0c9a7e4b52d81c3f6a90e7b4c25d1f8e3a6b9c0d7e2f5a8b1c4d7e0f3a"
OTHER = "sha256:" + "0123456789abcdef" * 4
TARGETS = (
    Edit(TARGET, "", STORAGE),
    platform("environments:\n", "renderers: {folders: [targets]}\nenvironments:\n"),
)
STAGING = (
    platform("  prod:\n", "  staging: {}\n  prod:\n"),
    project("  prod:\n", "  staging:\n    pipeline: {schedule: null}\n  prod:\n"),
)

EXTERNAL = platform(
    "environments:\n",
    """\
secrets:
  type: external-secrets
  backend: {type: vault, server: "http://vault.vault.svc:8200"}
  remote: "ml/{project}/{environment}/{secret}"
environments:
""",
)

CASES: dict[str, Case] = {
    # ── services ──────────────────────────────────────────────────────────────────────────────────
    "canary-weight": case(project("weight: 10", "weight: 25")),
    "canary-ends": case(project(CANARY, "")),
    "canary-begins": case(
        project(REPLICAS, REPLICAS + CANARY), before=(project(CANARY, ""),)
    ),
    "canary-becomes-shadow": case(
        project("{strategy: canary, candidate: challenger, weight: 10}",
                "{strategy: shadow, candidate: challenger}")
    ),
    "canary-becomes-ab-test": case(
        project("{strategy: canary, candidate: challenger, weight: 10}",
                "{strategy: ab, variants: {champion: 60, challenger: 40}}")
    ),
    "model-version": case(
        lock('version: "7"', 'version: "9"'),
        lock("3/5c1e0f2a9b7d4c38a6e1d2f4b8c0a795/artifacts", "3/0a1b/artifacts"),
        lock("run_id: 5c1e0f2a9b7d4c38a6e1d2f4b8c0a795", "run_id: 0a1b"),
    ),
    "model-at-another-place": case(
        platform("s3://mlspec-artifacts/projects", "s3://mlspec-models/projects")
    ),
    "replicas-scaled": case(project("{min: 3, max: 6,", "{min: 2, max: 12,")),
    "replicas-fixed": case(project("{min: 3, max: 6, target: {cpu: 70}}", "4")),
    "one-replica-instead-of-three": case(project("{min: 3, max: 6, target: {cpu: 70}}", "1")),
    "scaling-target": case(project("target: {cpu: 70}", "target: {cpu: 50, memory: 80}")),
    "service-resources": case(
        project("    replicas: 1\n    resources: {cpu: 500m, memory: 1Gi}",
                "    replicas: 1\n    resources: {cpu: 1, memory: 2Gi}")
    ),
    "service-removed": case(
        project(SERVING, ""),
        project(MONITORING, ""),
        project(IN_PROD, "    description: null\n"),
        project(IN_DEV, "  prod:"),
        project("    serving: {wine-api: {alias: challenger}}\n", ""),
        project("    description: null\n", "    pipeline: {timeout: 2h}\n"),
    ),
    "service-renamed": case(
        project("serving:\n  wine-api:", "serving:\n  wine-grades:"),
        project("monitoring:\n  wine-api:", "monitoring:\n  wine-grades:"),
        project("    serving: {wine-api: {alias", "    serving: {wine-grades: {alias"),
        project(IN_DEV, IN_DEV.replace("wine-api", "wine-grades")),
        project("      wine-api:\n", "      wine-grades:\n"),
    ),
    "service-new": case(
        project(
            "monitoring:\n",
            "  wine-batch:\n    model: wine-grader\n    replicas: 2\n"
            "    resources: {cpu: 500m, memory: 1Gi}\n\nmonitoring:\n",
        ),
        project("    serving: {wine-api: {alias: challenger}}\n",
                "    serving: {wine-api: {alias: challenger}, wine-batch: {alias: challenger}}\n"),
        project("{host: wine.dev.example.com}}}\n",
                "{host: wine.dev.example.com}}, wine-batch: {alias: challenger}}\n"),
    ),
    "secret-of-models": case(platform("model_secret: mlspec-models", "model_secret: rclone")),
    # ── monitoring ────────────────────────────────────────────────────────────────────────────────
    "slo-availability": case(project("availability: 99.5%", "availability: 99.9%")),
    "slo-latency": case(project("{p95: 250ms}", "{p95: 400ms}")),
    "slo-latency-removed": case(project("      latency: {p95: 250ms}\n", "")),
    "slo-latency-added": case(project("{p95: 250ms}", "{p95: 250ms, p99: 1s}")),
    "slo-removed": case(project(MONITORING, "")),
    "alert-severity": case(
        project("notify: {severity: critical, channel: cellar}",
                "notify: {severity: warning, channel: cellar}")
    ),
    "alert-channel": case(
        project("notify: {severity: critical, channel: cellar}",
                "notify: {severity: critical, channel: on-call}")
    ),
    "owners": case(project("[ana@example.com]", "[ana@example.com, bo@example.com]")),
    "monitoring-labels": case(
        platform("release: kube-prometheus-stack", "release: prometheus")
    ),
    # ── the schedule and the pipeline ─────────────────────────────────────────────────────────────
    "schedule-changed": case(project('cron: "0 3 * * *"', 'cron: "30 5 * * 1"')),
    "schedule-time-zone": case(project("Europe/Paris", "Asia/Tokyo")),
    "schedule-removed": case(
        project('  schedule: {cron: "0 3 * * *", timezone: Europe/Paris}\n', ""),
        project("    pipeline: {schedule: null}\n", ""),
    ),
    "schedule-added": case(project("    pipeline: {schedule: null}\n", "")),
    "concurrency": case(project("concurrency: forbid", "concurrency: allow")),
    "pipeline-timeout": case(project("  timeout: 2h\n", "  timeout: 3h30m\n")),
    # ── steps ─────────────────────────────────────────────────────────────────────────────────────
    "step-new": case(
        project(
            "training:\n",
            "  rank:\n    run: python -m wine.rank ${{ inputs.tidy }} ${{ outputs.ranked }}\n"
            "    inputs: [tidy]\n    outputs: {ranked: {format: parquet}}\n\ntraining:\n",
        ),
        project("    inputs: [tidy]\n    expects", "    inputs: [tidy, ranked]\n    expects"),
        project("      --data ${{ inputs.tidy }}\n      --model ${{ outputs",
                "      --data ${{ inputs.tidy }} ${{ inputs.ranked }}\n      --model ${{ outputs"),
    ),
    "step-renamed": case(project("  clean:\n", "  tidy-up:\n")),
    "check-removed": case(
        project("        schema: {alcohol: float, malic_acid: float, proline: float, grade: int}\n",
                ""),
        project("    expects: {tidy: {alcohol: float, grade: int}}\n", ""),
    ),
    "check-of-a-column": case(project("alcohol: {type: float, min: 0, max: 25}",
                                      "alcohol: {type: float, min: 0, max: 18}")),
    "gate-removed": case(
        project(
            "      gates:\n        f1_macro: {min: 0.85, no_worse_than: champion}\n"
            "        accuracy: {min: 0.85}\n", ""
        )
    ),
    "gate-loosened": case(project("f1_macro: {min: 0.85, no_worse_than: champion}",
                                  "f1_macro: {min: 0.8}")),
    "gate-tightened": case(project("accuracy: {min: 0.85}", "accuracy: {min: 0.9}")),
    "gate-on-fewer-metrics": case(project("        accuracy: {min: 0.85}\n", "")),
    "alias-of-new-versions": case(
        project("      alias: challenger\n", "      alias: candidate\n"),
        project("    serving: {wine-api: {alias: challenger}}\n",
                "    serving: {wine-api: {alias: candidate}}\n"),
        project(IN_DEV, IN_DEV.replace("alias: challenger", "alias: candidate")),
    ),
    "image": case(
        project("wine-quality:1.4.0", "wine-quality:1.5.0"),
        lock("wine-quality:1.4.0", "wine-quality:1.5.0"),
        lock(DIGEST, OTHER),
    ),
    "image-of-another-digest": case(lock(DIGEST, OTHER)),
    "command": case(project("--trees ${{ params.trees }}", "--trees ${{ params.trees }} --fast")),
    "parameter-default": case(project("params: {trees: 200}", "params: {trees: 300}")),
    "parameter-new": case(project("params: {trees: 200}", "params: {trees: 200, depth: 8}")),
    "parameter-renamed": case(
        project("params: {trees: 200}", "params: {size: 200}"),
        project("params.trees", "params.size"),
    ),
    "variable-new": case(CLEAN_ENV),
    "variable-changed": case(project("LEVEL: info", "LEVEL: debug"), before=(CLEAN_ENV,)),
    "step-resources": case(project("resources: {cpu: 2, memory: 4Gi}",
                                   "resources: {cpu: 4, memory: 8Gi}")),
    "step-on-a-gpu": case(project("resources: {cpu: 2, memory: 4Gi}",
                                  "resources: {cpu: 2, memory: 4Gi, gpu: 1}")),
    "step-retries": case(project("{limit: 2, backoff: 1m}", "{limit: 5, backoff: 1m}")),
    "step-backoff": case(project("{limit: 2, backoff: 1m}", "{limit: 2, backoff: 5m}")),
    "retries-of-all-steps": case(project("  retries: 1\n", "  retries: 3\n")),
    "step-timeout": case(project("    timeout: 1h\n", "    timeout: 90m\n")),
    "cache-off": case(project("    cache: true\n", "")),
    "source-elsewhere": case(project("s3://cellar/tastings/tastings.csv",
                                     "s3://cellar/tastings/2026.csv")),
    "secret-of-a-source": case(project("credentials: {secret: cellar-s3}",
                                       "credentials: {secret: cellar-admin}")),
    "variables-of-runs": case(platform("http://mlflow.mlops.svc:5000",
                                       "http://mlflow.tracking.svc:5000")),
    # ── access ────────────────────────────────────────────────────────────────────────────────────
    "rights-widened": case(project("may: [view]", "may: [view, logs, stop]")),
    "rights-narrowed": case(project("may: [view, logs, run]", "may: [view]")),
    "subject-added": case(project("[group:auditors]", "[group:auditors, user:eve@example.com]")),
    "subject-removed": case(
        project("[group:cellar-data-scientists]", "[group:cellar-leads]")
    ),
    "role-new": case(
        project(AUDITOR, f"{AUDITOR}    operator:\n      subjects: [group:on-call]\n"
                         "      may: [logs, stop]\n")
    ),
    "role-removed": case(project(AUDITOR, "")),
    "role-renamed": case(project("    auditor:\n", "    reviewer:\n")),
    "cloud-identity": case(
        platform("credentials: {secret: mlspec-artifacts}",
                 "credentials: {workload_identity: \"arn:aws:iam::123456789012:role/ml\"}"),
        platform("endpoint: minio.minio.svc:9000\n  insecure: true\n", "region: eu-west-1\n"),
    ),
    # ── network ───────────────────────────────────────────────────────────────────────────────────
    "network-to-the-internet": case(platform('"http://mlflow.mlops.svc:5000"',
                                             '"https://mlflow.example.com:8443"')),
    "network-to-storage": case(platform("minio.minio.svc:9000", "minio.storage.svc:9000")),
    "gateway-elsewhere": case(platform("  namespace: istio-system", "  namespace: edge")),
    "prometheus-elsewhere": case(platform("monitoring: {namespace: monitoring",
                                          "monitoring: {namespace: observability")),
    # ── delivery ──────────────────────────────────────────────────────────────────────────────────
    "branch-followed": case(
        platform('{repository: "https://github.com/acme/ml.git"}',
                 '{repository: "https://github.com/acme/ml.git", revision: release}')
    ),
    "repository-followed": case(platform("acme/ml.git", "acme/cellar.git")),
    "argo-cd-elsewhere": case(
        platform('acme/ml.git"}', 'acme/ml.git", namespace: gitops}')
    ),
    "namespace-moved": case(
        platform("  dev:\n    quota", '  dev:\n    namespace: "ml-{project}"\n    quota')
    ),
    "cluster-moved": case(
        platform(
            "  dev:\n    quota", "  dev:\n    cluster: https://dev.example.com:6443\n    quota"
        )
    ),
    "environment-new": case(*STAGING),
    "environment-gone": case(
        project("  staging:\n    pipeline: {schedule: null}\n", ""), before=STAGING
    ),
    "protected-environment-gone": case(
        project(f"  prod:\n{IN_PROD}", ""),
    ),
    "protected-no-more": case(platform("    protected: true\n", "")),
    # ── people and texts ──────────────────────────────────────────────────────────────────────────
    "team": case(project("team: cellar", "team: vault")),
    "description": case(project("Tells the grade", "Guesses the grade")),
    "project-renamed": case(
        project("  name: wine-quality\n", "  name: wine-grades\n"),
    ),
    # ── other targets ─────────────────────────────────────────────────────────────────────────────
    "immutable-field": case(
        Edit(TARGET, '"storageClassName": "standard"', '"storageClassName": "fast"'),
        before=TARGETS,
    ),
    "quota-grows": case(
        platform("quota: {cpu: 32, memory: 64Gi}", "quota: {cpu: 64, memory: 64Gi}")
    ),
    "quota-shrinks": case(
        platform("quota: {cpu: 32, memory: 64Gi}", "quota: {cpu: 32, memory: 48Gi}")
    ),
    "quota-removed": case(platform("    quota: {cpu: 32, memory: 64Gi}\n", "")),
    "quota-new": case(
        platform("    protected: true\n",
                 "    protected: true\n    quota: {cpu: 32, memory: 64Gi}\n"),
        before=(platform("    quota: {cpu: 32, memory: 64Gi}\n", ""),),
    ),
    "defaults-of-containers": case(
        platform("environments:\n", "defaults: {resources: {cpu: 1, memory: 2Gi}}\nenvironments:\n")
    ),
    # ── the ways in, and secrets ──────────────────────────────────────────────────────────────────
    "exposed-elsewhere": case(project("host: wine.example.com", "host: grades.example.com")),
    "exposed-below-a-path": case(
        project("host: wine.example.com", "host: wine.example.com, path: /grades")
    ),
    "exposed-no-more": case(project(EXPOSE, "")),
    "exposed": case(project(CANARY, CANARY + EXPOSE), before=(project(EXPOSE, ""),)),
    "waits-longer": case(project("timeout: 5s", "timeout: 20s")),
    "another-gateway": case(platform("resource: {name: public", "resource: {name: internal")),
    "secrets-from-a-store": case(EXTERNAL),
    "secrets-from-another-store": case(
        platform("vault.vault.svc", "vault.security.svc"), before=(EXTERNAL,)
    ),
    "secrets-elsewhere-in-the-store": case(
        platform('remote: "ml/', 'remote: "mlops/'), before=(EXTERNAL,)
    ),
    "secrets-by-hand-again": case(
        platform(EXTERNAL.new, "environments:\n"), before=(EXTERNAL,)
    ),
    "pull-secret": case(
        platform("environments:\n", "registry: {pull_secret: ghcr}\nenvironments:\n")
    ),
    "pull-secret-gone": case(
        platform("registry: {pull_secret: ghcr}\n", ""),
        before=(platform("environments:\n", "registry: {pull_secret: ghcr}\nenvironments:\n"),),
    ),
    "another-pull-secret": case(
        platform("pull_secret: ghcr}", "pull_secret: harbor}"),
        before=(platform("environments:\n", "registry: {pull_secret: ghcr}\nenvironments:\n"),),
    ),
    "secrets-by-another-login": case(
        platform('svc:8200"}', 'svc:8200", role: admin, path: kv}'), before=(EXTERNAL,)
    ),
    "secrets-through-a-store-of-others": case(
        platform('{type: vault, server: "http://vault.vault.svc:8200"}',
                 "{type: store, name: company}"),
        before=(EXTERNAL,),
    ),
    "secrets-arrive-sooner": case(
        platform("  remote:", "  refresh: 5m\n  remote:"), before=(EXTERNAL,)
    ),
    "claim-shrinks": case(
        Edit(TARGET, '"storage": "10Gi"', '"storage": "5Gi"'), before=TARGETS
    ),
    "field-without-words": case(
        Edit(TARGET, '"storage": "10Gi"', '"storage": "20Gi"'), before=TARGETS
    ),
    "target-removed": case(
        platform("renderers: {folders: [targets]}\n", ""), before=TARGETS
    ),
    # ── nothing ───────────────────────────────────────────────────────────────────────────────────
    "comments": case(
        project("image:", "# the image of all steps\nimage:"),
        platform("environments:", "# by name\n\nenvironments:"),
        lock("    models:", "    # from the registry\n    models:"),
    ),
    "quotes": case(
        project("name: wine-quality", 'name: "wine-quality"'),
        project('cron: "0 3 * * *"', "cron: '0 3 * * *'"),
    ),
    "key-order": case(
        project("  name: wine-quality\n  team: cellar\n", "  team: cellar\n  name: wine-quality\n"),
        project("{alcohol: float, malic_acid: float, proline: float, grade: int}",
                "{grade: int, proline: float, malic_acid: float, alcohol: float}"),
        project("        accuracy: {min: 0.85}\n", ""),
        project("        f1_macro: {min", "        accuracy: {min: 0.85}\n        f1_macro: {min"),
    ),
    "same-amount": case(
        project("    replicas: 1\n    resources: {cpu: 500m, memory: 1Gi}",
                "    replicas: 1\n    resources: {cpu: 0.5, memory: 1024Mi}")
    ),
    "layout": case(
        project("    params: {trees: 200}\n", "    params:\n      trees:    200\n"),
    ),
    "one-environment-of-nothing": case(project("owners: [ana@example.com]",
                                               "owners:\n  - ana@example.com")),
}  # fmt: skip
