"""`mlspec validate`: what it says, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, PROJECT, write

REPOSITORY = Path(__file__).parents[2]
LOCK = "apiVersion: mlspec.io/v1alpha1\nkind: Lock\n"


def codes(output: str) -> list[str]:
    """The codes of a JSON report, in order."""
    return [each["code"] for each in json.loads(output)["diagnostics"]]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["wine/project.yaml"], id="file"),
        pytest.param(["wine"], id="folder"),
        pytest.param([], id="current-folder"),
    ],
)
def test_a_right_project_passes(run: Run, place: Path, arguments: list[str]) -> None:
    result = run("validate", *arguments, code=0)

    assert result.stdout.startswith("1 project, 3 environments: no problems (")
    assert result.stderr == ""


def test_the_example_passes(run: Run) -> None:
    assert "no problems" in run("validate", REPOSITORY / "projects" / "example", code=0).stdout


def test_every_project_below_a_folder_is_checked(run: Run, place: Path) -> None:
    beer = PROJECT.replace("name: wine", "name: beer")
    write(place, {"beer/project.yaml": beer, "deep/down/project.yaml": beer.replace("beer", "gin")})

    assert run("validate", code=0).stdout.startswith("3 projects")


def test_independent_mistakes_come_in_one_run_each_at_its_place(run: Run, place: Path) -> None:
    text = PROJECT.replace("inputs: [raw]", "inputs: [row]").replace("team: cellar", "taem: cellar")
    text = text.replace("wine:1.0.0", "wine:latest").replace("csv, cred", "csw, cred")
    write(place, {"wine/project.yaml": text})

    result = run("validate", "wine", code=1)

    assert "error[MLS101]: there is no key `taem` in `metadata`" in result.stdout
    assert " --> wine/project.yaml:3:24\n" in result.stdout
    assert "did you mean `team`?" in result.stdout
    assert "error[MLS104]: `csw` is not a value that `format` can have" in result.stdout
    assert "error[MLS402]: the image is not pinned" in result.stdout
    assert "error[MLS201]: `row` is not a data set" in result.stdout
    assert "4 errors in 1 project" in result.stdout


def test_a_warning_does_not_fail(run: Run, place: Path) -> None:
    unused = "sources:\n    idle: {type: http, uri: 'https://example.com/a.csv', format: csv}\n"
    write(place, {"wine/project.yaml": PROJECT.replace("sources:\n", unused)})

    result = run("validate", code=0)

    assert "warning[MLS204]" in result.stdout
    assert "1 warning in 1 project" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["nowhere"], "nowhere does not exist", id="missing-path"),
        pytest.param(["empty"], "there is no project.yaml in or below empty", id="no-project"),
        pytest.param(["--platform", "none.yaml"], "none.yaml does not exist", id="no-platform"),
        pytest.param(["--format", "xml"], "'xml' is not one of", id="format"),
        pytest.param(["--fromat", "json"], "--fromat", id="option"),
    ],
)
def test_wrong_usage(run: Run, place: Path, arguments: list[str], said: str) -> None:
    (place / "empty").mkdir()

    result = run("validate", *arguments, code=2)

    assert said in result.stderr
    assert result.stdout == ""


def test_two_projects_of_one_name(run: Run, place: Path) -> None:
    write(place, {"copy/project.yaml": PROJECT})

    result = run("validate", code=1)

    assert "error[MLS203]: two projects are called `wine`" in result.stdout
    assert " --> wine/project.yaml:3:18\n" in result.stdout
    assert "the other is copy/project.yaml" in result.stdout
    assert "1 error in 2 projects" in result.stdout


@pytest.mark.parametrize("format", ["text", "json", "sarif", "github", "gitlab"])
@pytest.mark.parametrize("text", [PROJECT, PROJECT.replace("[raw]", "[row]")], ids=["ok", "wrong"])
def test_formats(run: Run, place: Path, format: str, text: str) -> None:
    write(place, {"wine/project.yaml": text})
    is_wrong = text != PROJECT

    out = run("validate", "--format", format, code=int(is_wrong)).stdout

    if format == "json":
        assert ("MLS201" in codes(out)) == is_wrong
    elif format == "sarif":
        report = json.loads(out)
        assert report["version"] == "2.1.0"
        assert bool(report["runs"][0]["results"]) == is_wrong
    else:
        assert ("MLS201" in out) == is_wrong
        assert ("::error file=wine/project.yaml,line=11," in out) == (
            is_wrong and format == "github"
        )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "MLS006", id="empty"),
        pytest.param(b"a: [", "MLS003", id="syntax"),
        pytest.param(b"\xff\xfe\x00", "MLS002", id="binary"),
        pytest.param(b"- 1\n", "MLS006", id="list"),
        pytest.param(b"a: 1\na: 2\n", "MLS004", id="twice"),
        pytest.param(b"[" * 100_000, "MLS00", id="deep"),
    ],
)
def test_whatever_is_in_a_file_it_ends_in_diagnostics(
    run: Run, place: Path, content: bytes, said: str
) -> None:
    (place / "wine" / "project.yaml").write_bytes(content)

    assert f"error[{said}" in run("validate", code=1).stdout


def test_a_secret_is_not_printed(run: Run, place: Path) -> None:
    token = "ghp_" + "a1B2" * 10
    text = PROJECT.replace("inputs: [raw]", f"inputs: [raw]\n    env: {{API_TOKEN: {token}}}")
    write(place, {"wine/project.yaml": text})

    for format in ("text", "json", "sarif", "github", "gitlab"):
        result = run("validate", "--format", format, code=1)
        assert "MLS401" in result.stdout
        assert token not in result.output

    other = text.replace("{API_TOKEN", "{bad-name: x, API_TOKEN")  # shown for another mistake
    write(place, {"wine/project.yaml": other})
    result = run("validate", code=1)
    assert "env: {bad-name: x, API_TOKEN: ***" in result.stdout
    assert token not in result.stdout


# ── platform and lock ─────────────────────────────────────────────────────────────────────────────


def test_the_nearest_platform_above_a_project_counts(run: Run, place: Path) -> None:
    without_dev = PLATFORM.replace("  dev: {}\n", "")
    write(place, {"platform.yaml": without_dev})
    assert "the platform has no environment `dev`" in run("validate", code=1).stdout

    write(place, {"wine/platform.yaml": PLATFORM})
    assert run("validate", code=0)


def test_platforms_outside_of_the_git_repository_are_not_taken(run: Run, place: Path) -> None:
    write(place, {"platform.yaml": "broken", "wine/.git/HEAD": ""})

    run("validate", code=0)


def test_a_named_platform_comes_before_those_that_are_found(run: Run, place: Path) -> None:
    write(place, {"platform.yaml": "broken", "other.yaml": PLATFORM})

    run("validate", code=1)
    run("validate", "--platform", "other.yaml", code=0)


def test_a_broken_platform_is_reported_once_at_its_own_place(run: Run, place: Path) -> None:
    beer = PROJECT.replace("name: wine", "name: beer")
    broken = PLATFORM.replace("mlflow:", "mlfow:")
    write(place, {"platform.yaml": broken, "beer/project.yaml": beer})

    result = run("validate", code=1)

    assert " --> platform.yaml:5:1\n" in result.stdout
    assert "did you mean `mlflow`?" in result.stdout
    assert "1 error in 2 projects" in result.stdout


def test_a_broken_lock_is_reported_at_its_own_place(run: Run, place: Path) -> None:
    lock = LOCK + "environments:\n  dev: {images: {'ghcr.io/acme/wine:1.0.0': 'sha1:abc'}}\n"
    write(place, {"wine/mlspec.lock": lock})

    result = run("validate", code=1)

    assert "error[MLS105]" in result.stdout
    assert " --> wine/mlspec.lock:4:" in result.stdout


@pytest.mark.parametrize("name", ["platform.yaml", "wine/platform.yaml", "wine/mlspec.lock"])
def test_a_link_to_nowhere_is_not_passed_over(run: Run, place: Path, name: str) -> None:
    (place / name).symlink_to("nowhere")

    assert f"error[MLS001]: cannot read {name}" in run("validate", code=1).stdout


def test_a_protected_environment_needs_a_lock(run: Run, place: Path) -> None:
    digest = "sha256:" + "0" * 64
    images = ["ghcr.io/acme/wine:1.0.0", "ghcr.io/mlspec/mlspec-runtime:0.1.0"]
    locked = "".join(f"      {image}: {digest}\n" for image in images)
    write(place, {"wine/project.yaml": PROJECT + "  prod: {}\n"})

    assert "error[MLS403]: `prod` is protected" in run("validate", code=1).stdout
    write(place, {"wine/mlspec.lock": LOCK + f"environments:\n  prod:\n    images:\n{locked}"})
    run("validate", code=0)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param(
            "platform.yaml", "http://mlflow", "http://ana:hunter2hunter2@mlflow", id="platform"
        ),
        pytest.param(
            "wine/project.yaml",
            "metadata:",
            "x-mine: {url: 'postgres://ana:hunter2hunter2@db/wine'}\nmetadata:",
            id="key-of-ones-own",
        ),
    ],
)
def test_a_secret_is_found_in_what_no_model_reads_and_is_not_shown(
    run: Run, place: Path, file: str, old: str, new: str
) -> None:
    write(place, {"platform.yaml": PLATFORM})
    write(place, {file: (place / file).read_text().replace(old, new, 1)})

    result = run("validate", "wine", code=1)

    assert result.stdout.count("error[MLS401]") == 1
    assert f" --> {file}:" in result.stdout
    assert "hunter2" not in result.stdout + result.stderr


def test_a_lock_that_cannot_be_read_is_one_mistake(run: Run, place: Path) -> None:
    text = PROJECT.replace("staging:", "prod: {}\n  staging:")
    write(place, {"wine/project.yaml": text, "wine/mlspec.lock": LOCK + "enviroments: {}\n"})

    result = run("validate", "wine", "--format", "json", code=1)

    assert codes(result.stdout) == ["MLS101"]


def test_the_value_of_a_key_that_means_a_secret_is_not_shown(run: Run, place: Path) -> None:
    text = PROJECT.replace("format: csv,", "format: csv, password: hunter2,")
    write(place, {"wine/project.yaml": text})

    result = run("validate", "wine", code=1)

    assert "there is no key `password`" in result.stdout
    assert "hunter2" not in result.stdout


def test_a_misspelt_input_does_not_make_its_source_unused(run: Run, place: Path) -> None:
    write(place, {"wine/project.yaml": PROJECT.replace("inputs: [raw]", "inputs: [rew]")})

    assert "MLS204" not in run("validate", "wine", code=1).stdout


def test_a_cron_expression_without_quotes_is_told_of_them(run: Run, place: Path) -> None:
    write(place, {"wine/project.yaml": PROJECT + "pipeline:\n  schedule: * 2 * * *\n"})

    result = run("validate", "wine", code=1)

    assert "begin an alias or an anchor" in result.stdout
    assert "put the value in quotes" in result.stdout


def test_a_secret_in_a_wrong_place_is_not_quoted_back(run: Run, place: Path) -> None:
    token = "ghp_" + "a1B2" * 9
    text = PROJECT.replace("credentials: {secret: s3}", f"credentials: {token}")
    write(place, {"wine/project.yaml": text})

    for format in ("text", "json", "sarif", "github", "gitlab"):
        said = run("validate", "--format", format, code=1).output
        assert "MLS103" in said
        assert token not in said
