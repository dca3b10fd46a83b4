"""Each built-in rule: a project that keeps it, and one that breaks it, with the place and words."""

from __future__ import annotations

import pytest

from mlspec.guardrails import rules
from mlspec.guardrails.finding import Break
from mlspec.language import guardrails
from mlspec.language.guardrails import CelGuardrail, Guardrail
from tests.guardrails.judged import findings, told
from tests.specs import ROOT

SERVED = "registry: {type: mlflow, models: {grader: {alias: champion, gates: %s}}}"
PII = "data: {sources: {tastings: {schema: {taster: {type: string, pii: true}}}}}"
GPUS = """
serving: {api: {replicas: 2, resources: {gpu: 1}}}
training: {grader: {resources: {gpu: 1}}}
"""
CANARY = "serving: {api: {rollout: {strategy: canary, candidate: next, weight: %s}}}"

KEPT = [
    ("{rule: min-replicas, min: 2}", "serving: {api: {replicas: 2}}"),
    ("{rule: min-replicas, min: 2}", "serving: {api: {replicas: {min: 2, max: 9}}}"),
    ("{rule: min-replicas, min: 2}", "serving: null"),
    ("{rule: max-replicas, max: 4}", "serving: {api: {replicas: {min: 1, max: 4}}}"),
    ("{rule: allowed-registries, registries: [ghcr.io/acme]}", ""),
    ("{rule: allowed-registries, registries: [ghcr.io/acme/wine]}", ""),
    ("{rule: allowed-registries, registries: [ghcr.io]}", "image: {repository: ghcr.io/a, tag: b}"),
    ("{rule: allowed-registries, registries: [docker.io/library]}", "image: python:3.12"),
    ("{rule: max-resources, cpu: 1, memory: 1Gi, gpu: 0}", ""),
    ("{rule: max-gpus, max: 3}", GPUS),
    ("{rule: owners-required}", "metadata: {owners: [a@b.org]}"),
    ("{rule: owners-required, domains: [Acme.com]}", "metadata: {owners: [a@acme.COM]}"),
    ("{rule: gates-required}", SERVED % "{f1: {min: 1}}"),
    ("{rule: gates-required, metrics: [f1]}", SERVED % "{f1: {min: 1}}"),
    ("{rule: gates-required, no_worse_than: champion}", SERVED % "{f1: {no_worse_than: champion}}"),
    ("{rule: gates-required}", "serving: null"),
    ("{rule: slo-required}", "monitoring: {api: {slo: {latency: {p95: 1s}}}}"),
    ("{rule: slo-required, availability: 99%}", "monitoring: {api: {slo: {availability: 99.0%}}}"),
    ("{rule: allowed-sources, types: [s3, gcs]}", ""),
    ("{rule: schema-required}", PII),
    ("{rule: pii-location, buckets: [cellar]}", PII),
    ("{rule: pii-location, buckets: [other]}", ""),
    ("{rule: no-pii-in-training}", PII),
    ("{rule: min-interval, interval: 1h}", "pipeline: {schedule: '@hourly'}"),
    ("{rule: min-interval, interval: 1d}", "pipeline: {schedule: {cron: 0 3 * * *}}"),
    ("{rule: min-interval, interval: 1h}", ""),
    ("{rule: rollout-required}", CANARY % 10),
    ("{rule: rollout-required, max_weight: 10}", CANARY % 10),
]

BROKEN = [
    ("{rule: min-replicas, min: 2}", "", "api", "`api` has 1 copy, and 2 are the least"),
    (
        "{rule: min-replicas, min: 3}", "serving: {api: {replicas: {min: 2, max: 9}}}",
        "2", "`api` may have 2 copies, and 3 are the least",
    ),
    (
        "{rule: max-replicas, max: 4}", "serving: {api: {replicas: 5}}",
        "5", "`api` may have 5 copies, and 4 are the most",
    ),
    (
        "{rule: max-replicas, max: 2}",
        "serving: {api: {replicas: 2, rollout: {strategy: shadow, candidate: next}}}",
        "2", "`api` may have 4 copies (2 of `champion`, 2 of `next`), and 2 are the most",
    ),
    (
        "{rule: allowed-registries, registries: [ghcr.io/acm]}", "",
        "ghcr.io/acme/wine:1.4.0", "the image comes from `ghcr.io/acme`, which is not allowed",
    ),
    (
        "{rule: allowed-registries, registries: [ghcr.io/acme]}",
        "training: {grader: {evaluate: {image: 'evil/tool:1'}}}",
        "evil/tool:1", "the image comes from `docker.io/evil`, which is not allowed",
    ),
    (
        "{rule: allowed-registries, registries: [ghcr.io/acme/wines]}", "",
        "ghcr.io/acme/wine:1.4.0", "the image comes from `ghcr.io/acme`, which is not allowed",
    ),
    (
        "{rule: max-resources, memory: 2Gi}", "training: {grader: {resources: {memory: 2049Mi}}}",
        "2049Mi", "`grader` asks for 2049Mi of memory, and 2Gi is the most for a pod",
    ),
    (
        "{rule: max-resources, gpu: 0}", "data: {sources: {tastings: {resources: {gpu: 1}}}}",
        "1", "`tastings` asks for 1 of GPUs, and 0 is the most for a pod",
    ),
    (
        "{rule: max-gpus, max: 2}", GPUS,
        "1",
        "the project may hold 3 GPUs at a time (2 by `api`, 1 by `grader`), and 2 are the "
        "most",
    ),
    ("{rule: owners-required}", "", "metadata", "the project names no owner"),
    (
        "{rule: owners-required, min: 2}", "metadata: {owners: [a@b.org, a@b.org]}",
        "owners", "the project names 1 owner, and 2 are the least",
    ),
    (
        "{rule: owners-required, domains: [acme.com]}",
        "metadata: {owners: [a@acme.com, b@acme.com.evil.org]}",
        "b@acme.com.evil.org", "`b@acme.com.evil.org` is not an address at `acme.com`",
    ),
    (
        "{rule: gates-required}", "",
        "grader", "`api` serves `grader`, which no gate judges",
    ),
    ("{rule: gates-required}", SERVED % "{}", "grader", "the model `grader` has no gate"),
    (
        "{rule: gates-required, metrics: [auc, f1]}", SERVED % "{f1: {min: 1}}",
        "gates", "the model `grader` has no gate on `auc`",
    ),
    (
        "{rule: gates-required, no_worse_than: champion}", SERVED % "{f1: {min: 1}}",
        "gates", "no gate compares `grader` with `champion`",
    ),
    ("{rule: slo-required}", "", "api", "nothing is promised of `api`"),
    (
        "{rule: slo-required}", "monitoring: {api: {slo: {}}}",
        "slo", "nothing is promised of `api`",
    ),
    (
        "{rule: slo-required, availability: 99.9%}",
        "monitoring: {api: {slo: {availability: 99.5%}}}",
        "99.5%", "99.5% is promised of `api`, and 99.9% is the least",
    ),
    (
        "{rule: slo-required, availability: 99%}", "monitoring: {api: {slo: {latency: {p95: 1s}}}}",
        "slo", "no availability is promised of `api`",
    ),
    (
        "{rule: slo-required, latency: true}", "monitoring: {api: {slo: {availability: 99%}}}",
        "slo", "no latency is promised of `api`",
    ),
    (
        "{rule: slo-required, channel: true}", "monitoring: {api: {slo: {availability: 99%}}}",
        "api", "the alerts of `api` name no channel",
    ),
    (
        "{rule: allowed-sources, types: [gcs]}", "",
        "s3", "sources of type `s3` are not allowed",
    ),
    ("{rule: schema-required}", "", "tastings", "the source `tastings` declares no columns"),
    (
        "{rule: pii-location, buckets: [other]}", PII,
        "s3://cellar/tastings.csv",
        "`tastings` has personal data (`taster`) outside of where it may be",
    ),
    (
        "{rule: pii-location, buckets: [cellar]}",
        f"{{{PII}, transforms: {{clean: {{outputs: {{tidy: {{schema: {{taster: string}}}}}}}}}}}}",
        "taster", "`taster` is personal data in `tastings`, and is not marked so in `tidy`",
    ),
    (
        "{rule: pii-location, buckets: [cellar, artifacts]}",
        "transforms: {clean: {outputs: {tidy: {schema: {who: {type: string, pii: true}}}}}}",
        "who",
        "`tidy` has personal data (`who`), and the platform keeps outputs outside of where it "
        "may be",
    ),
    (
        "{rule: no-pii-in-training}",
        "transforms: {clean: {outputs: {tidy: {schema: {who: {type: string, pii: true}}}}}}",
        "tidy", "`grader` is trained on `tidy`, whose column `who` tells who a person is",
    ),
    (
        "{rule: min-interval, interval: 1h}", "pipeline: {schedule: '*/20 * * * *'}",
        "'*/20 * * * *'", "the pipeline runs every 20m at times, and 1h is the shortest",
    ),
    (
        "{rule: min-interval, interval: 2h}", "pipeline: {schedule: {cron: '30 0,23 * * *'}}",
        "30 0,23 * * *", "the pipeline runs every 1h at times, and 2h is the shortest",
    ),
    ("{rule: rollout-required}", "", "api", "new versions take over `api` at once"),
    (
        "{rule: rollout-required}",
        "serving: {api: {rollout: {strategy: shadow, candidate: next}}}",
        "shadow", "the strategy `shadow` will not do for `api`",
    ),
    (
        "{rule: rollout-required, max_weight: 10}", CANARY % 11,
        "11", "the candidate of `api` gets 11 % of the requests, and 10 % is the most",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "patch"), KEPT)
def test_a_project_that_keeps_a_rule(rule: str, patch: str) -> None:
    assert findings(rule, patch) == []


@pytest.mark.parametrize(("rule", "patch", "place", "message"), BROKEN)
def test_a_project_that_breaks_a_rule(rule: str, patch: str, place: str, message: str) -> None:
    assert told(rule, patch) == [(place, message)]


def built_in() -> set[str]:
    """The names of the built-in rules, as the language has them."""
    found = set()
    for model in vars(guardrails).values():
        if isinstance(model, type) and issubclass(model, Guardrail):
            text = model.__annotations__.get("rule", "")
            found |= {text[len('Literal["') : -len('"]')]} if text else set()
    return found - {"cel"}


def test_every_rule_of_the_language_has_a_file_and_examples() -> None:
    folder = ROOT / "mlspec" / "guardrails" / "rules"
    files = {path.stem.replace("_", "-") for path in folder.glob("*.py")}

    assert len(built_in()) == 14
    assert built_in() == files - {"--init--", "words", "pii"}
    for examples in (KEPT, BROKEN):
        assert built_in() == {each[0].removeprefix("{rule: ").strip("}").partition(",")[0]
                              for each in examples}  # fmt: skip
    assert rules.__doc__ and CelGuardrail.__doc__


PLACES = [
    ("regions: [eu-west-1]", "region: eu-west-1", True),
    ("regions: [eu-west-1]", "", False),
    ("regions: [eu-west-1]", "{region: eu-west-1, endpoint: 'minio.example.com:9000'}", False),
    ("buckets: [cellar]", "endpoint: 'minio.example.com:9000'", False),
    ("hosts: ['*.example.com']", "endpoint: 'minio.example.com:9000'", True),
    ("hosts: [example.com]", "endpoint: 'minio.example.com:9000'", False),
    ("hosts: ['*.example.com']", "endpoint: 'example.com.evil.org'", False),
    ("hosts: [data.eu]", "{type: http, uri: 'https://data.eu/a.csv'}", True),
    ("hosts: [data.eu]", "{type: http, uri: 'https://data.eu.evil.org/a.csv'}", False),
    ("hosts: [data.eu]", "{type: http, uri: 'https://data.eu@evil.org/a.csv'}", False),
    ("hosts: [data.eu]", "{type: git, uri: 'git@data.eu:a/b', path: a}", True),
    ("buckets: [acct]", "{type: azure-blob, uri: 'https://acct.blob.core.windows.net/abc'}", True),
    ("buckets: [cellar]", "{type: gcs, uri: 'gs://cellar/a'}", True),
    (
        "hosts: [db]", "{type: postgres, uri: null, format: null, host: db, database: a, table: b}",
        True,
    ),
    ("regions: [eu]", "{type: kinesis, uri: null, stream: a, region: eu, run: a}", True),
    ("hosts: ['*.a']", "{type: kafka, uri: null, brokers: ['a:1'], topic: t, run: a}", False),
]  # fmt: skip


@pytest.mark.parametrize(("inside", "source", "is_inside"), PLACES)
def test_where_personal_data_may_lie(inside: str, source: str, is_inside: bool) -> None:
    patch = source if source.startswith("{") or not source else f"{{{source}}}"
    schema = "schema: {taster: {type: string, pii: true}}"
    merged = f"{patch[:-1]}, {schema}}}" if patch else f"{{{schema}}}"

    found = findings(
        f"{{rule: pii-location, {inside}}}", f"data: {{sources: {{tastings: {merged}}}}}"
    )

    assert (found == []) is is_inside


@pytest.mark.parametrize(
    ("patch", "help"),
    [
        ("", "add `owners: [ana@example.com]` to `metadata`"),
        ("metadata: {owners: [a@b.org]}", "add the address of another person"),
    ],
)
def test_who_has_an_owner_is_asked_for_another(patch: str, help: str) -> None:
    [finding] = findings("{rule: owners-required, min: 2}", patch)

    assert isinstance(finding.found, Break)
    assert finding.found.help == help


def test_the_default_of_the_platform_is_judged_and_told_to_be_that() -> None:
    found = told("{rule: max-resources, cpu: 100m}", "{training: null, serving: null}")

    assert [message for _, message in found] == [
        "`clean` asks for 500m of CPU, and 100m is the most for a pod (the platform's default)"
    ]
