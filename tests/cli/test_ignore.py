"""`# mlspec: ignore[CODE] reason` silences a warning of its line, and is watched itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.cli.silencing import _SIGN, _has_sign
from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, PROJECT, write

FILE = "wine/project.yaml"
SOURCE = '    spare: {type: s3, uri: "s3://cellar/x", format: csv, credentials: {secret: s3}}'
UNUSED = PROJECT.replace("transforms:", f"{SOURCE}\ntransforms:")
"""A project with one warning, MLS204 at `spare`."""
IGNORE = "# mlspec: ignore[MLS204] the audit needs it"


def report(run: Run, place: Path, text: str, code: int = 0, *options: str) -> str:
    write(place, {FILE: text})
    return run("validate", *options, code=code).stdout


def test_the_project_has_a_warning(run: Run, place: Path) -> None:
    assert "1 warning in 1 project" in report(run, place, UNUSED)


@pytest.mark.parametrize("text", [f"{SOURCE}  {IGNORE}", f"    {IGNORE}\n{SOURCE}"])
@pytest.mark.parametrize("options", [(), ("--strict",)])
def test_a_comment_silences_it(run: Run, place: Path, text: str, options: tuple[str, ...]) -> None:
    found = report(run, place, UNUSED.replace(SOURCE, text), 0, *options)

    assert "no problems" in found


@pytest.mark.parametrize("written", ["# Mlspec: ignore[mls204]", "#  MLSPEC: Ignore[mls204]"])
def test_capitals_make_no_difference(run: Run, place: Path, written: str) -> None:
    found = report(run, place, UNUSED.replace(SOURCE, f"{SOURCE}  {written} the audit needs it"))

    assert "no problems" in found


def test_a_warning_of_one_environment_is_silenced(run: Run, place: Path) -> None:
    text = PROJECT.replace("dev: {}", "dev: {transforms: null}")
    assert "MLS204" in report(run, place, text)

    raw = next(line for line in text.splitlines() if line.startswith("    raw:"))
    assert "no problems" in report(run, place, text.replace(raw, f"{raw} {IGNORE}"))


def test_an_error_that_goes_by_looks_is_silenced(run: Run, place: Path) -> None:
    text = PROJECT.replace("    inputs: [raw]", "    env: {TOKEN: x9f2kq81zz}\n    inputs: [raw]")
    assert "error[MLS401]" in report(run, place, text, 1)

    ignored = text.replace("zz}\n", "zz}  # mlspec: ignore[MLS401] the public key of a demo\n")
    assert "no problems" in report(run, place, ignored)


def test_an_error_is_not_silenced(run: Run, place: Path) -> None:
    text = PROJECT.replace("inputs: [raw]", "inputs: [rwa]  # mlspec: ignore[MLS201] trust me")

    found = report(run, place, text, 1)

    assert "error[MLS201]" in found
    assert "warning[MLS008]: MLS201 is an error, and errors cannot be ignored" in found


def test_a_comment_without_use_is_a_warning_and_strictly_an_error(run: Run, place: Path) -> None:
    text = PROJECT.replace("kind: Project", f"kind: Project  {IGNORE}")

    assert "warning[MLS007]: there is no MLS204 on line 2 to ignore" in report(run, place, text)
    assert "error[MLS007]" in report(run, place, text, 1, "--strict")


def test_beside_a_mistake_of_shape_no_comment_is_called_useless(run: Run, place: Path) -> None:
    text = PROJECT.replace("kind: Project", f"kind: Project  {IGNORE}") + "zzqxj: 1\n"

    assert "MLS007" not in report(run, place, text, 1)


def test_beside_a_mistake_of_meaning_it_is(run: Run, place: Path) -> None:
    text = PROJECT.replace("kind: Project", f"kind: Project  {IGNORE}").replace("[raw]", "[rwa]")

    assert "MLS007" in report(run, place, text, 1)


@pytest.mark.parametrize(
    "comment", ["# mlspec:ignore MLS204", "# noqa: MLS204 it is for the audit"]
)
def test_a_comment_that_was_meant_to_says_how_to_write_it(
    run: Run, place: Path, comment: str
) -> None:
    found = report(run, place, UNUSED.replace(SOURCE, f"{SOURCE}  {comment}"))

    assert "warning[MLS204]" in found
    assert "warning[MLS008]: this comment ignores nothing" in found
    assert "write `# mlspec: ignore[MLS204] reason`" in found


def test_a_comment_of_a_shared_platform_is_judged_once(run: Run, place: Path) -> None:
    write(place, {"platform.yaml": PLATFORM.replace("kind: Platform", f"kind: Platform  {IGNORE}")})
    write(place, {"beer/project.yaml": PROJECT.replace("name: wine", "name: beer")})

    result = run("validate")

    assert result.stdout.count("MLS007") == 1
    assert "--> platform.yaml:2:17" in result.stdout


def test_a_comment_of_the_lock_is_judged(run: Run, place: Path) -> None:
    lock = f"apiVersion: mlspec.io/v1alpha1\nkind: Lock  {IGNORE}\nenvironments: {{}}\n"
    write(place, {"wine/mlspec.lock": lock})

    assert "--> wine/mlspec.lock:2:13" in run("validate").stdout


PARTS = (
    *("apiVersion: mlspec.io/v1", "\n", "# mlspec: ", "#\tMLSpec", "MLS201", "mls", "a"),
    "#ml\u017fpec",  # which a pattern that ignores case takes for an s
)


@given(st.lists(st.sampled_from(PARTS), max_size=6))
def test_a_comment_that_may_silence_is_never_overlooked(parts: list[str]) -> None:
    text = "".join(parts)

    assert _has_sign(text) == (_SIGN.search(text) is not None)
