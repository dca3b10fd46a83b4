"""Environments: what is wrong in an overlay is shown in the overlay, with its environment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.samples import PROJECT, write

LINE = len(PROJECT.splitlines()) + 1


def report(run: Run, place: Path, overlay: str) -> str:
    """The report on the project with one more environment, whose line is the last."""
    write(place, {"wine/project.yaml": f"{PROJECT}  prod: {overlay}\n"})
    return run("validate", code=1).stdout


@pytest.mark.parametrize(
    ("overlay", "at", "said"),
    [
        pytest.param("{imgae: a}", "imgae", "MLS101]: there is no key `imgae`", id="unknown-key"),
        pytest.param(
            "{transforms: {clean: {timeout: 5}}}", "5", "MLS103]: `timeout` must be", id="type"
        ),
        pytest.param(
            "{transforms: {clean: {inputs: [row]}}}", "row", "MLS201]", id="unknown-reference"
        ),
        pytest.param(
            "{transforms: {dry: {inputs: [tidy], outputs: [x]}}}", "dry",
            "MLS102]: `run` is missing", id="missing-key",
        ),
        pytest.param(
            "{serving: null}", "serving", "MLS201]: there is no `serving` here", id="null"
        ),
        pytest.param(
            "{transforms: {claen: null}}", "claen", "MLS201]: there is no `claen` here",
            id="deep-null",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_an_overlay_is_shown_there(
    run: Run, place: Path, overlay: str, at: str, said: str
) -> None:
    found = report(run, place, overlay)

    block = next(b for b in found.split("\n\n") if said in b)
    line = f"  prod: {overlay}"
    assert f" --> wine/project.yaml:{LINE}:{line.index(at) + 1}\n" in block
    assert f"{LINE} | {line}" in block
    assert "(in environment prod)" in block


@pytest.mark.parametrize("section", ["apiVersion", "kind", "metadata", "environments"])
def test_what_the_project_is_cannot_be_changed(run: Run, place: Path, section: str) -> None:
    found = report(run, place, f"{{{section}: null}}")

    assert f"error[MLS101]: an environment cannot change `{section}`" in found
    assert f" --> wine/project.yaml:{LINE}:10\n" in found
    assert f"`{section}` is missing" not in found  # one mistake, said once


def test_a_null_that_removes_something_is_fine(run: Run, place: Path) -> None:
    write(place, {"wine/project.yaml": PROJECT.replace("dev: {}", "dev: {transforms: null}")})

    result = run("validate", code=0)

    assert "warning[MLS204]" in result.stdout  # with the transform gone, nothing reads the source
    assert "(in environment dev)" in result.stdout


def test_a_mistake_of_the_base_is_said_once(run: Run, place: Path) -> None:
    write(place, {"wine/project.yaml": PROJECT.replace("wine:1.0.0", "wine:latest")})

    result = run("validate", code=1)

    assert result.stdout.count("error[MLS402]") == 1
    assert "(in environments local, dev)" in result.stdout  # staging brings an image of its own


def test_an_overlay_can_mend_what_the_base_lacks(run: Run, place: Path) -> None:
    text = PROJECT.replace("image: ghcr.io/acme/wine:1.0.0\n", "")
    write(place, {"wine/project.yaml": text})

    result = run("validate", code=1)

    assert "(in environments local, dev)" in result.stdout
    assert "1 error in 1 project" in result.stdout


@pytest.mark.parametrize("overlay", ["5", "text", "[a]"])
def test_an_overlay_must_be_a_mapping(run: Run, place: Path, overlay: str) -> None:
    assert "error[MLS103]" in report(run, place, overlay)


def test_an_environment_that_the_platform_lacks(run: Run, place: Path) -> None:
    write(place, {"wine/project.yaml": PROJECT + "  stagging: {}\n"})

    result = run("validate", code=1)

    assert "error[MLS504]: the platform has no environment `stagging`" in result.stdout
    assert "did you mean `staging`?" in result.stdout


def test_what_misses_a_removed_thing_shows_where_it_is_removed(run: Run, place: Path) -> None:
    text = PROJECT + "  prod: {data: {sources: {raw: null}}}\n"
    write(place, {"wine/project.yaml": text})

    found = run("validate", code=1).stdout

    block = next(b for b in found.split("\n\n") if "MLS201" in b)
    assert "--> wine/project.yaml:11:14" in block  # the input of the step
    assert f"note: `raw` is removed for prod here: wine/project.yaml:{LINE}:27" in block
    assert "(in environment prod)" in block


def test_what_misses_the_output_of_a_removed_step_shows_that(run: Run, place: Path) -> None:
    more = "  dry: {run: dry, inputs: [tidy], outputs: [dried]}\nenvironments:"
    text = PROJECT.replace("environments:", more) + "  prod: {transforms: {clean: null}}\n"
    write(place, {"wine/project.yaml": text})

    found = run("validate", code=1).stdout

    block = next(b for b in found.split("\n\n") if "`tidy` is not a data set" in b)
    assert f"note: `clean` is removed for prod here: wine/project.yaml:{LINE + 1}:" in block


def test_a_source_that_only_a_removed_step_read_is_no_further_mistake(
    run: Run, place: Path
) -> None:
    more = "  dry: {run: dry, inputs: [tidy], outputs: [dried]}\nenvironments:"
    text = PROJECT.replace("environments:", more) + "  prod: {transforms: {clean: null}}\n"
    write(place, {"wine/project.yaml": text})

    found = run("validate", code=1).stdout

    assert "`tidy` is not a data set" in found
    assert "MLS204" not in found


def test_a_misspelt_section_is_read_with_the_checks_that_follow(run: Run, place: Path) -> None:
    found = report(run, place, "{trnsforms: {clean: {inputs: [row]}}}")

    assert "there is no key `trnsforms` in the overlay `prod`" in found
    assert "`row` is not a data set" in found
    assert re.findall(r"error\[(MLS[12]..)", found) == ["MLS101", "MLS201"]


def test_a_mistake_of_the_project_is_said_once(run: Run, place: Path) -> None:
    text = PROJECT.replace("transforms:", "Transforms:")
    text = text.replace("metadata:", "Pipeline: {zzqxj: 1}\nmetadata:")
    write(place, {"wine/project.yaml": text + "  prod: {transforms: {clean: {retries: 2}}}\n"})

    found = run("validate", code=1).stdout

    assert found.count("there is no key `Transforms`") == 1
    assert found.count("there is no key `zzqxj`") == 1
    assert not re.search(r"there is no key .*\(in environment", found)


def test_a_value_of_the_wrong_type_is_not_blamed_on_a_removal(run: Run, place: Path) -> None:
    text = PROJECT.replace("metadata:", "pipeline: {timeout: 1h}\nmetadata:")
    overlay = "{pipeline: {timeout: null}, transforms: {clean: {timeout: [x]}}}"
    write(place, {"wine/project.yaml": f"{text}  prod: {overlay}\n"})

    found = run("validate", code=1).stdout

    assert "MLS103]: `timeout` must be" in found
    assert "is removed for prod here" not in found


def test_too_many_environments_are_refused(run: Run, place: Path) -> None:
    more = "".join(f"  e{number}: {{image: 'a/b:1'}}\n" for number in range(400))
    write(place, {"wine/project.yaml": PROJECT + more})

    found = run("validate", code=1).stdout

    assert "error[MLS106]: 403 environments are too many for so long a file" in found
    assert found.count("error[") == 1
