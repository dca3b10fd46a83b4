"""guardrails_test.yaml: examples that guardrails must pass or break. Written by the platform team
beside platform.yaml, run by `mlspec guardrails test`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal

    from mlspec.language.scalars import ApiVersion, Name


class GuardrailTest(Record):
    """One example, and the guardrails that it must break or pass. Exactly one of `project` and
    `object`."""

    project: Mapping[str, Any] | None = None
    """Sections of a project.yaml, merged into one that has nothing but a name and a team. For rules
    over plans and manifests the whole must be a project without mistakes."""
    object: Mapping[str, Any] | None = None
    """For rules in CEL: what `object` is, just so. A manifest, mostly."""
    environment: Name = ""
    """Where it is judged. Default: the first environment where the guardrails hold."""
    breaks: tuple[Name, ...] = ()
    """Guardrails that must find it wrong."""
    passes: tuple[Name, ...] = ()
    """Guardrails that must find nothing wrong with it."""


class GuardrailTests(Record):
    """Examples that guardrails must pass or break."""

    apiVersion: ApiVersion
    """The version of the language."""
    kind: Literal["GuardrailTests"]
    """`GuardrailTests`"""
    tests: Mapping[Name, GuardrailTest]
    """The examples, by name."""
