"""`mlspec validate --fix` mends what can only be meant one way, and leaves all else as it is."""

from __future__ import annotations

import errno
import json
import os
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mlspec.cli.compilation import compile_project
from mlspec.cli.fixing import fix_all
from mlspec.source.edits import mended
from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, PROJECT, write

FILE = "wine/project.yaml"


def fixed(run: Run, place: Path, text: str, code: int = 0) -> str:
    """The project's text after `--fix`."""
    (place / FILE).write_bytes(text.encode())
    run("validate", "--fix", "wine", code=code)
    return (place / FILE).read_bytes().decode()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("metadata:", "metadta:", id="key"),
        pytest.param('"metadata":', '"metadta":', id="quoted-key"),
        pytest.param("format: csv", "format: csvv", id="choice"),
        pytest.param("apiVersion: mlspec.io/v1alpha1\n", "", id="missing-constant"),
        pytest.param("apiVersion: mlspec.io/v1alpha1\nkind: Project\n", "", id="missing-constants"),
        pytest.param("    inputs: [raw]", "    inptus: [raw]", id="key-of-a-step"),
    ],
)
def test_a_mistake_is_mended(run: Run, place: Path, right: str, wrong: str) -> None:
    text = PROJECT.replace("metadata:", '"metadata":') if '"' in right else PROJECT
    assert right in text

    assert (
        fixed(run, place, text.replace(right, wrong, 1)).replace('"metadata"', "metadata")
        == PROJECT
    )


MORE = PROJECT.replace(
    "environments:",
    """\
training:
  grader:
    inputs: [tidy]
    image: {repository: a/b, tag: "1.10"}
    run: python train.py
    retries: {limit: 2}
serving: {api: {model: grader, replicas: 3}}
environments:""",
).replace("outputs: [tidy]", "outputs: [tidy]\n    cache: false")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("replicas: 3", 'replicas: "3"'),
        ("limit: 2", "limit: '2'"),
        ("cache: false", "cache: no"),
        ('tag: "1.10"', "tag: 1.10"),
        ("inputs: [tidy]", "inputs: tidy"),
    ],
)
def test_a_value_of_the_wrong_type_is_written_as_it_was_meant(
    run: Run, place: Path, right: str, wrong: str
) -> None:
    assert right in MORE

    assert fixed(run, place, MORE.replace(right, wrong, 1)) == MORE


def test_what_is_hidden_behind_a_mistake_is_mended_in_the_same_run(run: Run, place: Path) -> None:
    text = PROJECT.replace("outputs: [tidy]", "outptus: {tidy: {fromat: parquet}}")

    assert "    outputs: {tidy: {format: parquet}}" in fixed(run, place, text)


def test_a_name_that_the_user_chose_is_left_alone(run: Run, place: Path) -> None:
    text = PROJECT.replace("inputs: [raw]", "inputs: [rwa]")

    assert fixed(run, place, text, code=1) == text


def test_an_overlay_is_mended_in_the_overlay(run: Run, place: Path) -> None:
    text = PROJECT.replace("staging: {", "staging: {piplin: {timeout: 2h}, ")

    assert fixed(run, place, text) == text.replace("piplin", "pipeline")


def test_a_part_that_others_refer_to_is_left_alone(run: Run, place: Path) -> None:
    text = PROJECT + "x-all: &all {timeot: 1h}\n"
    text = text.replace("    outputs: [tidy]", "    outputs: [tidy]\n    <<: *all")
    text = text.replace("x-all: &all {timeot: 1h}\n", "").replace(
        "transforms:", "x-all: &all {timeot: 1h}\ntransforms:"
    )
    (place / FILE).write_text(text)

    result = run("validate", "--fix", "wine", code=1)

    assert (place / FILE).read_text() == text
    assert (
        f"left {FILE} as it is: other places refer to what is wrong by an anchor" in result.stdout
    )
    assert "[--fix]" not in result.stdout
    assert "can be mended" not in result.stdout


def test_it_says_what_it_did(run: Run, place: Path) -> None:
    write(place, {FILE: PROJECT.replace("metadata:", "metadta:").replace("csv,", "csvv,", 1)})

    result = run("validate", "--fix", code=0)

    assert "mended 2 mistakes in wine/project.yaml" in result.stdout
    assert "no problems" in result.stdout


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_stdout_stays_one_document(run: Run, place: Path, format: str) -> None:
    write(place, {FILE: PROJECT.replace("metadata:", "metadta:")})

    result = run("validate", "--fix", "--format", format, code=0)

    assert isinstance(json.loads(result.stdout), dict)
    assert "mended 1 mistake in" in result.stderr


def test_quiet_says_nothing(run: Run, place: Path) -> None:
    write(place, {FILE: PROJECT.replace("metadata:", "metadta:")})

    assert run("validate", "--fix", "--quiet", code=0).output == ""


def test_a_platform_elsewhere_is_its_owners_to_mend(run: Run, place: Path) -> None:
    wrong = PLATFORM.replace("metadata:", "metadta:")
    write(place, {"platform.yaml": wrong})

    result = run("validate", "--fix", "wine", code=1)

    assert (place / "platform.yaml").read_text() == wrong
    assert "left platform.yaml as it is: it is not below the paths that were given" in result.stdout


def test_a_platform_of_several_projects_is_mended_once(run: Run, place: Path) -> None:
    write(place, {"platform.yaml": PLATFORM.replace("metadata:", "metadta:")})
    write(place, {"beer/project.yaml": PROJECT.replace("name: wine", "name: beer")})

    result = run("validate", "--fix")

    assert (place / "platform.yaml").read_text() == PLATFORM
    assert "mended 1 mistake in platform.yaml" in result.stdout


# ── the file itself ───────────────────────────────────────────────────────────────────────────────

WRONG = PROJECT.replace("metadata:", "metadta:")


def test_a_link_stays_and_its_target_is_mended(run: Run, place: Path) -> None:
    write(place, {"shared.yaml": WRONG, ".git/HEAD": ""})
    (place / FILE).unlink()
    (place / FILE).symlink_to("../shared.yaml")

    run("validate", "--fix", "wine", code=0)

    assert str((place / FILE).readlink()) == "../shared.yaml"
    assert (place / "shared.yaml").read_text() == PROJECT


def test_mode_and_owner_stay(run: Run, place: Path) -> None:
    write(place, {FILE: WRONG})
    (place / FILE).chmod(0o640)
    if os.geteuid() == 0:
        os.chown(place / FILE, 1234, 1235)
    before = (place / FILE).stat()

    run("validate", "--fix", code=0)

    after = (place / FILE).stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )
    assert after.st_ino != before.st_ino, "it was replaced in one step"


def test_a_read_only_file_stays_and_is_an_error(run: Run, place: Path) -> None:
    write(place, {FILE: WRONG})
    (place / FILE).chmod(0o444)

    result = run("validate", "--fix", code=1)

    assert (place / FILE).read_text() == WRONG
    assert "error[MLS604]: cannot write wine/project.yaml: it is read-only" in result.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into any folder")
def test_a_read_only_folder_is_an_error(run: Run, place: Path) -> None:
    write(place, {FILE: WRONG})
    (place / "wine").chmod(0o555)

    result = run("validate", "--fix", code=1)

    (place / "wine").chmod(0o755)
    assert (place / FILE).read_text() == WRONG
    assert "error[MLS604]: cannot write wine/project.yaml" in result.stdout


@pytest.mark.parametrize("call", ["fsync", "fchmod", "fchown"])
def test_with_a_failing_disk_simulated_the_old_file_stays(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    write(place, {FILE: WRONG})

    def fail(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(f"os.{call}", fail)
    if call == "fchown":
        if os.geteuid() != 0:
            pytest.skip("only root can give a file away, so as to take it over")
        os.chown(place / FILE, 1234, 1235)

    result = run("validate", "--fix", code=1)

    assert (place / FILE).read_text() == WRONG
    assert [file.name for file in (place / "wine").iterdir()] == ["project.yaml"]
    assert "error[MLS604]: cannot write wine/project.yaml: no space left on device" in result.stdout


def test_a_file_that_changed_meanwhile_is_not_overwritten(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changed between the look at it and the mending of it, by way of the compiler."""
    monkeypatch.chdir(place)
    write(place, {FILE: WRONG})
    newer = WRONG + "# a thought\n"
    seen = []

    def compile() -> list[Any]:
        result = compile_project(FILE)
        if not seen:
            write(place, {FILE: newer})
        seen.append(result)
        return [result]

    done = fix_all(compile, [])

    assert (place / FILE).read_text() == newer
    assert done.counts == {}


def test_a_file_that_is_saved_while_it_is_mended_is_not_overwritten(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(place, {FILE: WRONG})
    newer = WRONG + "# a thought\n"

    def slow(data: bytes, fixes: Any) -> tuple[bytes, int]:
        write(place, {FILE: newer})
        return mended(data, fixes)

    monkeypatch.setattr("mlspec.cli.fixing.mended", slow)

    result = run("validate", "--fix", code=1)

    assert (place / FILE).read_text() == newer
    assert "it was changed meanwhile" in result.stdout


def test_a_pipe_in_the_place_of_a_file_does_not_hang(run: Run, place: Path) -> None:
    (place / FILE).unlink()
    os.mkfifo(place / FILE)

    assert "MLS001" in run("validate", "--fix", code=1).stdout
    assert stat.S_ISFIFO((place / FILE).stat().st_mode)


# ── nothing else changes ──────────────────────────────────────────────────────────────────────────

SLIPS = {
    "metadata:": "metadta:", "image: ghcr": "imagge: ghcr", "transforms:": "transfroms:",
    "format: csv": "fromat: csv", "outputs: [tidy]": "outptus: [tidy]",
    "environments:": "enviroments:", "credentials: {secret: s3}": "credentails: {secret: s3}",
}  # fmt: skip
NOISE = ("# note", "", "   ", "# metadta: fine", "#", "# \u00e9\u4e2d\U0001f377", "  # indented")


@st.composite
def noisy(draw: st.DrawFn) -> tuple[str, str]:
    """A spec with comments and blank lines strewn in, and the same with mistakes."""
    lines: list[str] = []
    for line in PROJECT.splitlines():
        lines += draw(st.lists(st.sampled_from(NOISE), max_size=2))
        trailing = draw(st.sampled_from(("", "  # why", "\t# tab", "   ")))
        lines.append(line + trailing)
    right = wrong = "\n".join(lines) + draw(st.sampled_from(("\n", "", "\n\n")))
    for good in draw(st.sets(st.sampled_from(sorted(SLIPS)))):
        wrong = wrong.replace(good, SLIPS[good], 1)
    end, mark = draw(st.sampled_from(("\n", "\r\n"))), draw(st.sampled_from(("", "\ufeff")))
    return mark + right.replace("\n", end), mark + wrong.replace("\n", end)


@settings(max_examples=40)
@given(noisy())
def test_after_the_fix_the_file_is_as_if_the_mistakes_had_never_been_made(
    run: Run, place: Path, pair: tuple[str, str]
) -> None:
    right, wrong = pair

    once = fixed(run, place, wrong)

    assert once.encode() == right.encode()
    assert fixed(run, place, once) == once
    assert comments(once) == comments(wrong)


def comments(text: str) -> list[str]:
    """What ruamel.yaml's round trip finds, as a second opinion. (It takes no tab before one.)"""
    out = StringIO()
    yaml = YAML()
    yaml.dump(yaml.load(text.replace("\r\n", "\n").replace("\t", " ").removeprefix("\ufeff")), out)
    return [line[line.index("#") :].strip() for line in out.getvalue().splitlines() if "#" in line]


# ── comments that silence ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("kind: Project  # mlspec: ignore[MLS204] x\n", "kind: Project\n", id="behind"),
        pytest.param(
            "  # mlspec: ignore[MLS204] x\nkind: Project\n", "kind: Project\n", id="alone"
        ),
        pytest.param(
            "kind: Project # y # mlspec: ignore[MLS204] x\n", "kind: Project # y\n", id="both"
        ),
    ],
)
def test_a_comment_without_use_is_removed(run: Run, place: Path, before: str, after: str) -> None:
    assert fixed(run, place, PROJECT.replace("kind: Project\n", before)) == PROJECT.replace(
        "kind: Project\n", after
    )


def test_of_two_codes_the_one_without_use_is_removed(run: Run, place: Path) -> None:
    used = "    raw: {type"
    text = PROJECT.replace("transforms:", "x-transforms:").replace(
        used, "    # mlspec: ignore[MLS302, MLS204] x\n" + used
    )

    assert "# mlspec: ignore[MLS204] x\n" in fixed(run, place, text)
