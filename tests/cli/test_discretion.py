"""No report holds a secret, in any format: not quoted, not suggested, not in a fix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlspec.diagnostics.report import FORMATS
from tests.cli.conftest import Run
from tests.cli.samples import PROJECT, write

GITHUB = "ghp_" + "ABCDEFGHIJ" * 4
AWS = "AKIA" + "ABCDEFGHIJKLMNOP"
RANDOM = "Tr0ub4dor&3xyzQ"
SECRET = "credentials: {secret: s3}"
FOLDED = str.maketrans("_", "-")

LEAKS = {
    "fix-of-a-list": (AWS, PROJECT + f"access: {{roles: {{ds: {{may: {AWS}}}}}}}\n"),
    "fix-that-puts-quotes": ("8675309123", PROJECT.replace(
        "inputs: [raw]", "inputs: [raw]\n    env: {DB_PASSWORD: 8675309123}")),
    "suggested-name-of-a-secret": (
        GITHUB, PROJECT.replace(SECRET, f"credentials: {{secret: {GITHUB}}}")),
    "suggested-name": (GITHUB, PROJECT + f"x-a: 1\nserving: {{s: {{model: {GITHUB}}}}}\n"),
    "suggested-address": (AWS, PROJECT.replace("s3://cellar/raw.csv", f"gs://{AWS}/raw.csv")),
    "text-for-a-mapping": (RANDOM, PROJECT.replace(SECRET, f'credentials: "{RANDOM}"')),
    "misspelt-key": ("hunter2secret", PROJECT.replace(SECRET, "pasword: hunter2secret!")),
    "where-it-is-no-secret-by-its-key": (
        RANDOM, PROJECT.replace(SECRET, f'password: "{RANDOM}"')
        + f'access: {{roles: {{ds: {{may: ["{RANDOM}"]}}}}}}\n'),
}  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("where", LEAKS)
def test_a_secret_is_told_in_no_form(run: Run, place: Path, where: str, format: str) -> None:
    secret, text = LEAKS[where]
    write(place, {"wine/project.yaml": text})

    said = run("validate", "--format", format, code=1).output

    assert "MLS" in said
    assert secret.lower().translate(FOLDED) not in said.lower().translate(FOLDED)


def test_a_fix_beside_no_secret_stays(run: Run, place: Path) -> None:
    text = PROJECT.replace(SECRET, "pasword: hunter2secret!")
    write(place, {"wine/project.yaml": text.replace("environments:", "enviroments:")})

    found = json.loads(run("validate", "--format", "json", code=1).stdout)["diagnostics"]

    assert [each["code"] for each in found if each["fix"]] == ["MLS101"]


def test_a_password_among_the_credentials_is_told_once(run: Run, place: Path) -> None:
    entry = "credentials: {secret: s3, password: hunter2secret!}"
    write(place, {"wine/project.yaml": PROJECT.replace(SECRET, entry)})

    said = run("validate", code=1).stdout

    assert "1 error in" in said
    assert "put it into a Kubernetes Secret" in said


def test_a_key_of_the_credentials_belongs_in_the_secret(run: Run, place: Path) -> None:
    entry = "credentials: {secret: s3, username: ana}"
    write(place, {"wine/project.yaml": PROJECT.replace(SECRET, entry)})

    said = run("validate", code=1).stdout

    assert "help: it belongs in the Kubernetes Secret that `secret` names" in said
