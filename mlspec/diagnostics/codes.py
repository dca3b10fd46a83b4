"""The table of diagnostic codes. The long story of each is `explanations/<CODE>.md`.

The first digit says which stage speaks: 0 reading text, 1 shape, 2 references and meaning,
3 foreign template syntax, 4 security, 5 platform and Kubernetes, 6 the generated tree,
8 the platform's guardrails.
A code is never given a second meaning; a code that is retired is never used again.
"""

from __future__ import annotations

from typing import NamedTuple

from mlspec.diagnostics.diagnostic import Severity


class Code(NamedTuple):
    """What is fixed about a code: its severity, a kebab-case name and a one-line title."""

    severity: Severity
    name: str
    title: str
    is_guess: bool = False
    """Whether it goes by looks, and may be wrong: then it may be ignored though it is an error."""


CODES: dict[str, Code] = {
    "MLS001": Code("error", "unreadable-file", "A file cannot be read"),
    "MLS002": Code("error", "not-text", "A file is not UTF-8 text"),
    "MLS003": Code("error", "yaml-syntax", "A file is not well-formed YAML"),
    "MLS004": Code("error", "duplicate-key", "A key is written twice in one mapping"),
    "MLS005": Code("error", "yaml-not-accepted", "A YAML feature that mlspec does not accept"),
    "MLS006": Code("error", "not-a-mapping", "A document is empty or is not a mapping"),
    "MLS009": Code("error", "hidden-character", "A character that a reader would not see"),
    "MLS007": Code("warning", "unused-ignore", "A comment that silences nothing"),
    "MLS008": Code("warning", "wrong-ignore", "A comment that cannot silence what it names"),
    "MLS101": Code("error", "unknown-key", "A key that the language does not have"),
    "MLS102": Code("error", "missing-key", "A required key is missing"),
    "MLS103": Code("error", "wrong-type", "A value is of the wrong type"),
    "MLS104": Code("error", "not-a-choice", "A value is not one of the choices"),
    "MLS105": Code("error", "wrong-form", "A text does not have the form that its key asks for"),
    "MLS106": Code("error", "out-of-range", "A number or a list is too small or too large"),
    "MLS107": Code("error", "not-yet-supported", "A part of the language that is not built yet"),
    "MLS201": Code("error", "unknown-reference", "A name that refers to nothing"),
    "MLS202": Code("error", "cycle", "Steps that wait for each other in a circle"),
    "MLS203": Code("error", "written-twice", "One name is given to two things"),
    "MLS204": Code("warning", "unused-source", "A data source that no step reads"),
    "MLS205": Code("error", "missing-column", "A consumer expects a column that is not produced"),
    "MLS206": Code("error", "column-mismatch", "A column is produced as one type, read as another"),
    "MLS207": Code("error", "metric-not-reported", "A gate on a metric that nothing reports"),
    "MLS208": Code("error", "traffic-sum", "Traffic weights that do not sum to 100"),
    "MLS209": Code("error", "unknown-placeholder", "A placeholder that names nothing"),
    "MLS210": Code("error", "wrong-kind-of-reference", "A name that refers to the wrong thing"),
    "MLS211": Code("error", "no-built-in-ingest", "A source type that needs a program of yours"),
    "MLS212": Code("error", "bad-schedule", "A schedule that is not a cron expression"),
    "MLS213": Code("error", "schedule-never-fires", "A schedule that never comes"),
    "MLS214": Code("error", "empty-range", "A minimum above its maximum"),
    "MLS215": Code("error", "same-version", "A rollout between a version and itself"),
    "MLS216": Code("error", "age-unknown", "Freshness without a column that tells the time"),
    "MLS217": Code("error", "unreadable-format", "A format that mlspec's own steps cannot read"),
    "MLS218": Code("error", "two-identities", "One account for two identities of one cloud"),
    "MLS219": Code("error", "no-effect", "A key that would have no effect where it is"),
    "MLS301": Code("error", "template-syntax", "Text that the target would take for a template"),
    "MLS302": Code("warning", "shell-syntax", "Shell syntax in a command that no shell reads"),
    "MLS401": Code("error", "plain-secret", "A secret is written in plain text", is_guess=True),
    "MLS402": Code("error", "unpinned-image", "An image without a tag, or with a moving one"),
    "MLS403": Code("error", "image-not-locked", "A protected environment with an unlocked image"),
    "MLS501": Code("error", "illegal-name", "A name that Kubernetes would refuse"),
    "MLS502": Code("error", "over-quota", "Resources beyond the environment's quota"),
    "MLS503": Code("error", "model-not-locked", "A protected environment with an unlocked model"),
    "MLS504": Code(
        "error", "unknown-environment", "An environment that the platform does not have"
    ),
    "MLS505": Code("error", "local-only-source", "A source that a cluster cannot reach"),
    "MLS506": Code("error", "data-not-locked", "A protected environment with moving data"),
    "MLS507": Code("warning", "never-published", "A service waits for a model nobody publishes"),
    "MLS508": Code("error", "no-gateway", "An exposed service where the platform has no Gateway"),
    "MLS509": Code("error", "foreign-host", "A host that is not among the platform's domains"),
    "MLS601": Code("error", "stale-manifest", "A generated file is not what the spec renders to"),
    "MLS602": Code("error", "missing-manifest", "A generated file is missing"),
    "MLS603": Code(
        "error", "unexpected-manifest", "A generated file that the spec does not render"
    ),
    "MLS604": Code("error", "unwritable-output", "A file or folder cannot be written"),
    "MLS605": Code(
        "error", "invalid-manifest", "A renderer made a manifest that its schema refuses"
    ),
    "MLS606": Code("error", "renderer-failed", "A renderer cannot be found or loaded, or fails"),
    "MLS607": Code("error", "edited-manifest", "A generated file was edited by hand"),
    "MLS801": Code("error", "guardrail-broken", "A project breaks a rule of the platform"),
    "MLS802": Code("warning", "guardrail-warning", "A project should not break this rule"),
    "MLS803": Code("error", "bad-guardrail", "A rule of the platform is wrong itself"),
    "MLS804": Code("error", "guardrail-not-judged", "A rule of the platform cannot be judged"),
}
