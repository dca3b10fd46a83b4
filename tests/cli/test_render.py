"""`mlspec render`: which files it writes, and when it writes none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, PROJECT, renderer, tree, write

MAPS = [
    f"{environment}/maps/configmap-{step}.yaml"
    for environment in ("dev", "staging")
    for step in ("clean", "ingest-raw")
]


def rendered(place: Path, folder: str = "generated/wine") -> list[str]:
    return sorted(name for name in tree(place / folder) if name.count("/") == 2)


def test_files_lie_where_they_are_expected(run: Run, rendering: Path) -> None:
    result = run("render", code=0)

    assert [n for n in rendered(rendering) if "report" not in n] == MAPS
    assert (rendering / "generated/wine/provenance.json").is_file()
    assert result.stdout.startswith("generated/wine: ")
    assert "(dev, staging); " in result.stdout
    assert result.stderr == ""
    image = "image: ghcr.io/acme/wine:2.0.0"
    assert image in (rendering / "generated/wine/staging/maps/configmap-clean.yaml").read_text()


def test_the_local_environment_is_never_rendered(run: Run, rendering: Path) -> None:
    run("render", code=0)
    assert not (rendering / "generated/wine/local").exists()

    result = run("render", "--env", "local", code=2)
    assert "`local` is this machine and is never rendered" in result.stderr


def test_the_same_again_changes_nothing(run: Run, rendering: Path) -> None:
    run("render", code=0)
    before = {f: f.stat().st_mtime_ns for f in (rendering / "generated").rglob("*")}

    assert "no changes" in run("render", code=0).stdout
    assert {f: f.stat().st_mtime_ns for f in (rendering / "generated").rglob("*")} == before


def test_one_environment_leaves_the_others_as_they_are(run: Run, rendering: Path) -> None:
    run("render", code=0)
    before = tree(rendering / "generated/wine")
    newer = PROJECT.replace("wine:1.0.0", "wine:1.1.0").replace("wine:2.0.0", "wine:2.1.0")
    write(rendering, {"wine/project.yaml": newer})

    run("render", "--env", "staging", code=0)

    after = tree(rendering / "generated/wine")
    changed = {name for name in after if after[name] != before.get(name)}
    assert "staging/maps/configmap-clean.yaml" in changed
    assert all(name.startswith("staging/") for name in changed - {"provenance.json"})
    assert before.keys() == after.keys()


def test_a_project_without_the_environment_is_left_alone(run: Run, rendering: Path) -> None:
    beer = PROJECT.replace("name: wine", "name: beer").split("  staging:")[0]
    write(rendering, {"beer/project.yaml": beer})

    result = run("render", "--env", "staging", code=0)

    assert rendered(rendering)
    assert not (rendering / "generated/beer").exists()
    assert "beer" not in result.stdout


def test_an_unknown_environment_is_wrong_usage(run: Run, rendering: Path) -> None:
    result = run("render", "--env", "stagging", code=2)

    assert "no project has an environment `stagging`; did you mean `staging`?" in result.stderr
    assert not (rendering / "generated").exists()


def test_a_broken_project_is_reported_before_its_environments_are_missed(
    run: Run, rendering: Path
) -> None:
    write(rendering, {"wine/project.yaml": "a: ["})

    assert "error[MLS003]" in run("render", "--env", "dev", code=1).stdout


def test_an_environment_that_is_gone_loses_its_files(run: Run, rendering: Path) -> None:
    run("render", code=0)
    (rendering / "generated/wine/staging/notes.txt").write_text("mine")
    write(rendering, {"wine/project.yaml": PROJECT.split("  staging:")[0]})

    result = run("render", code=0)

    assert "removed" in result.stdout
    left = [n for n in tree(rendering / "generated/wine") if n.startswith("staging/")]
    assert left == ["staging/notes.txt"]  # what mlspec did not write is not its to delete


def test_output_folder(run: Run, rendering: Path) -> None:
    run("render", "-o", "out/here", code=0)

    assert rendered(rendering, "out/here/wine")
    assert not (rendering / "generated").exists()


def test_nothing_is_written_when_any_project_is_wrong(run: Run, rendering: Path) -> None:
    beer = PROJECT.replace("name: wine", "name: beer").replace("[raw]", "[row]")
    write(rendering, {"beer/project.yaml": beer})

    result = run("render", code=1)

    assert "error[MLS201]" in result.stdout
    assert not (rendering / "generated").exists()


def test_warnings_are_shown_and_do_not_stop_it(run: Run, rendering: Path) -> None:
    unused = "sources:\n    idle: {type: http, uri: 'https://example.com/a.csv', format: csv}\n"
    write(rendering, {"wine/project.yaml": PROJECT.replace("sources:\n", unused)})

    result = run("render", code=0)

    assert "warning[MLS204]" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("generated/wine: ")
    assert rendered(rendering)


def test_a_project_without_environments_says_so(run: Run, rendering: Path) -> None:
    write(rendering, {"wine/project.yaml": PROJECT.split("environments:")[0]})

    assert "0 manifests (no environment to render)" in run("render", code=0).stdout


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_formats_for_programs_are_not_mixed_with_text(
    run: Run, rendering: Path, format: str
) -> None:
    result = run("render", "--format", format, code=0)

    json.loads(result.stdout)
    assert rendered(rendering)


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        pytest.param(
            lambda root: root.write_text(""), "it is a file, not a folder", id="file-in-the-way"
        ),
        pytest.param(
            lambda root: root.symlink_to("elsewhere"), "it is a symbolic link", id="link"
        ),
        pytest.param(
            lambda root: (root / "dev/maps/configmap-clean.yaml/mine").mkdir(parents=True),
            "cannot write generated/wine", id="folder-in-the-way",
        ),
    ],
)  # fmt: skip
def test_output_that_cannot_be_written_is_told_in_plain_words(
    run: Run, rendering: Path, prepare: object, said: str
) -> None:
    (rendering / "generated").mkdir()
    assert callable(prepare)
    prepare(rendering / "generated/wine")
    before = tree(rendering / "generated")

    result = run("render", code=1)

    assert "error[MLS604]: cannot write generated/wine: " in result.stdout
    assert said in result.stdout
    assert tree(rendering / "generated") == before
    report = json.loads(run("render", "--format", "json", code=1).stdout)
    assert [each["code"] for each in report["diagnostics"]] == ["MLS604"]


def test_the_output_of_one_project_fails_and_the_others_are_written(
    run: Run, rendering: Path
) -> None:
    write(rendering, {"beer/project.yaml": PROJECT.replace("name: wine", "name: beer")})
    write(rendering, {"generated/beer": "in the way"})

    result = run("render", code=1)

    assert "MLS604" in result.stdout
    assert "generated/wine: " in result.stdout
    assert rendered(rendering)


def test_renderers_see_no_folder_clock_or_order(run: Run, rendering: Path) -> None:
    run("render", "-o", "one", code=0)
    write(rendering, {"elsewhere/platform.yaml": PLATFORM, "elsewhere/wine/project.yaml": PROJECT})
    write(rendering / "elsewhere", renderer("maps"))

    run("render", "elsewhere", "-o", "two", code=0)

    assert tree(rendering / "one") == tree(rendering / "two")


MAP = "generated/wine/dev/maps/configmap-clean.yaml"


def edit(place: Path, file: str = MAP) -> str:
    text = (place / file).read_text().replace("wine:1.0.0", "wine:9.9.9")
    write(place, {file: text})
    return text


def test_a_file_that_was_edited_by_hand_is_not_overwritten(run: Run, rendering: Path) -> None:
    write(rendering, {"beer/project.yaml": PROJECT.replace("name: wine", "name: beer")})
    run("render", code=0)
    edit(rendering)
    newer = PROJECT.replace("wine:2.0.0", "wine:2.1.0")
    write(rendering, {"wine/project.yaml": newer})
    write(rendering, {"beer/project.yaml": newer.replace("name: wine", "name: beer")})
    before = tree(rendering / "generated/wine")

    result = run("render", code=1)

    assert f"error[MLS607]: {MAP} was edited by hand" in result.stdout
    assert f" --> {MAP}:6:1" in result.stdout and "wine:9.9.9" in result.stdout
    assert (
        "help: carry the change over to wine/project.yaml, or run `mlspec render --force`"
        in result.stdout
    )
    assert tree(rendering / "generated/wine") == before  # nothing of this project is written
    assert "generated/beer: " in result.stdout  # and the others are
    other = (rendering / "generated/beer/staging/maps/configmap-clean.yaml").read_text()
    assert "wine:2.1.0" in other


def test_each_edited_file_is_reported(run: Run, rendering: Path) -> None:
    run("render", code=0)
    for environment in ("dev", "staging"):
        write(rendering, {f"generated/wine/{environment}/maps/configmap-clean.yaml": "a: 1\n"})

    report = json.loads(run("render", "--format", "json", code=1).stdout)

    assert [each["code"] for each in report["diagnostics"]] == ["MLS607", "MLS607"]


def test_an_edited_file_is_overwritten_by_force(run: Run, rendering: Path) -> None:
    run("render", code=0)
    before = tree(rendering / "generated")
    edit(rendering)
    write(rendering, {"generated/wine/dev/NOTES": "mine"})

    assert "1 written, 0 removed" in run("render", "--force", code=0).stdout
    assert tree(rendering / "generated") == {**before, "wine/dev/NOTES": b"mine"}


def test_an_edited_file_is_not_removed_with_its_environment(run: Run, rendering: Path) -> None:
    run("render", code=0)
    file = "generated/wine/staging/maps/configmap-clean.yaml"
    write(rendering, {file: "a: 1\n", "wine/project.yaml": PROJECT.split("  staging:")[0]})

    result = run("render", code=1)

    assert f"{file} was edited by hand, and the spec no longer renders it" in result.stdout
    assert "move it out of generated, or run `mlspec render --force` to remove it" in result.stdout
    run("render", "--force", code=0)
    assert not (rendering / "generated/wine/staging").exists()


def test_line_ends_that_git_rewrote_are_called_that(run: Run, rendering: Path) -> None:
    run("render", "-o", "out", code=0)
    file = rendering / MAP.replace("generated", "out")
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    result = run("render", "-o", "out", code=1)

    assert "has other line ends than mlspec wrote" in result.stdout
    help = "put `out/** -text` into .gitattributes, and run `mlspec render -o out --force`"
    assert help in result.stdout


def test_an_edit_in_another_environment_is_not_in_question(run: Run, rendering: Path) -> None:
    run("render", code=0)
    text = edit(rendering)

    run("render", "--env", "staging", code=0)

    assert (rendering / MAP).read_text() == text


@pytest.mark.parametrize("text", [None, "{"], ids=["missing", "damaged"])
def test_without_an_inventory_force_names_what_may_be_stale(
    run: Run, rendering: Path, text: str | None
) -> None:
    run("render", code=0)
    (rendering / "generated/wine/provenance.json").unlink()
    if text:
        write(rendering, {"generated/wine/provenance.json": text})
    edit(rendering)
    old = {f"generated/wine/{e}/old.yaml": "a: 1\n" for e in ("dev", "prod", "mine")}
    write(rendering, old)

    state = "missing" if text is None else "damaged"
    assert f"provenance.json is {state}" in run("render", code=1).stdout
    result = run("render", "--force", code=1)

    # dev is rendered; prod is an environment of the platform, which the spec may have had once.
    assert "error[MLS603]: generated/wine/dev/old.yaml is not rendered" in result.stdout
    assert "error[MLS603]: generated/wine/prod/old.yaml is not rendered" in result.stdout
    assert "mine/old.yaml" not in result.stdout
    assert all((rendering / name).read_text() == "a: 1\n" for name in old)
    assert "wine:9.9.9" not in (rendering / MAP).read_text()
    assert "no changes" in run("render", code=0).stdout


def test_two_renders_at_once_into_one_tree(run: Run, place: Path) -> None:
    """Two real processes, of two specs of one name; whichever comes last, its tree is whole."""
    images = {"one": "wine:1.1.0", "two": "wine:1.2.0"}
    possible = []
    write(place, {"platform.yaml": PLATFORM.split("renderers:")[0]})
    for name, image in images.items():
        text = PROJECT.replace("wine:1.0.0", image)
        write(
            place, {f"{name}/project.yaml": text, "platform.yaml": PLATFORM.split("renderers")[0]}
        )
        run("render", name, "-o", f"{name}/generated", code=0)
        possible.append(tree(place / name / "generated"))
    command = [sys.executable, "-c", "from mlspec.cli.app import app; app()", "render"]

    for _ in range(3):
        started = [
            subprocess.Popen([*command, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for name in images
        ]
        said = [process.communicate()[0] for process in started]
        assert [process.returncode for process in started] == [0, 0], said
        assert tree(place / "generated") in possible
        assert list((place / "generated").iterdir()) == [place / "generated/wine"]
