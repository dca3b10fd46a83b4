"""Mistakes that people make in platform.yaml, and what they are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, write

BASE = PLATFORM.replace("renderers: {folders: [targets]}\n", "")


@pytest.mark.parametrize(
    ("mistake", "code", "at", "says"),
    [
        ("secrets: vault", "MLS103", "vault", "for example `{type: kubernetes}`"),
        ("secrets: {type: vault}", "MLS104", "vault", "it is one of: kubernetes, external-secrets"),
        ("secrets: {type: external-secrets}", "MLS102", "secrets", "add `backend:`"),
        (
            "secrets: {type: external-secrets, backend: {type: valut, server: 'https://v'}}",
            "MLS104",
            "valut",
            "did you mean `vault`?",
        ),
        (
            "secrets: {type: external-secrets, backend: {type: vault}}",
            "MLS102",
            "backend",
            "add `server:`",
        ),
        (
            "secrets: {type: external-secrets, backend: {type: store, name: a}, remote: a/b}",
            "MLS105",
            "a/b",
            "for example `{project}/{environment}/{secret}`",
        ),
        ("gateway: {name: public}", "MLS101", "name", "write `resource: {name: public}`"),
        (
            "gateway: {resource: {name: public}, domains: ['*.example.com']}",
            "MLS105",
            "*.example.com",
            "for example `wine.example.com`",
        ),
        ("registry: {pull_secrets: [a]}", "MLS101", "pull_secrets", "did you mean `pull_secret`?"),
        ("registry: {pull_secret: a_b}", "MLS105", "a_b", "did you mean `a-b`?"),
    ],
)
def test_a_mistake_is_met_where_it_is(
    run: Run, place: Path, mistake: str, code: str, at: str, says: str
) -> None:
    write(place, {"platform.yaml": f"{BASE}{mistake}\n"})

    out = run("validate", code=1).stdout

    assert f"error[{code}]" in out
    line, column = len(BASE.splitlines()) + 1, mistake.index(at) + 1
    quote = mistake[column - 2] == "'"
    assert f"platform.yaml:{line}:{column - quote}" in out
    assert says in out


def test_quotas_have_units(run: Run, place: Path) -> None:
    write(place, {"platform.yaml": BASE.replace("dev: {}", "dev: {quota: {memory: 64}}")})

    out = run("validate", code=1).stdout

    assert "error[MLS103]: `memory` must be a memory quantity with its unit" in out
    assert "say the unit: `64Gi` or `64Mi`" in out
