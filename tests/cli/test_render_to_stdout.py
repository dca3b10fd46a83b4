"""`mlspec render -o -`: one environment as one YAML stream, for Argo CD's plugin and for pipes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, PROJECT, tree, write

EXAMPLE = Path(__file__).parents[2] / "projects" / "example"
GENERATED = Path(__file__).parents[2] / "generated" / "wine-quality"


def documents(text: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(text))


def test_stdout_holds_the_manifests_of_the_tree_but_argo_cds_own(run: Run) -> None:
    result = run("render", EXAMPLE, "--env", "prod", "-o", "-", code=0)

    committed = [
        yaml.safe_load(file.read_bytes())
        for file in sorted(GENERATED.glob("prod/*/*.yaml"))
        if file.parent.name != "argo_cd"
    ]
    assert documents(result.stdout) == committed
    assert not {"Application", "AppProject"} & {each["kind"] for each in committed}
    assert result.stderr == ""


def test_each_document_says_which_file_it_would_be(run: Run) -> None:
    text = run("render", EXAMPLE, "--env", "dev", "-o", "-", code=0).stdout

    first, *rest = text.split("---\n# ")
    assert first == ""
    for document in rest:
        path, _, content = document.partition("\n")
        assert content == (GENERATED.parent / path).read_text(encoding="utf-8")
    assert [each.partition("\n")[0] for each in rest] == sorted(
        each.partition("\n")[0] for each in rest
    )


def test_what_argo_cd_syncs_keeps_its_sync_waves(run: Run) -> None:
    manifests = documents(run("render", EXAMPLE, "--env", "prod", "-o", "-", code=0).stdout)

    [role, *_] = [each for each in manifests if each["kind"] == "Role"]
    assert role["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] == "-1"


def test_no_file_is_written(run: Run, rendering: Path) -> None:
    before = tree(rendering)

    run("render", "--env", "dev", "-o", "-", code=0)

    assert {k: v for k, v in tree(rendering).items() if "__pycache__" not in k} == before


def test_two_projects_come_in_the_order_of_their_folders(run: Run, rendering: Path) -> None:
    write(rendering, {"a/project.yaml": PROJECT.replace("name: wine", "name: beer")})

    text = run("render", "--env", "dev", "-o", "-", code=0).stdout

    comments = [line[2:].split("/")[0] for line in text.splitlines() if line.startswith("# ")]
    assert list(dict.fromkeys(comments)) == ["beer", "wine"]


def test_a_mistake_goes_to_stderr_and_stdout_stays_empty(run: Run, rendering: Path) -> None:
    write(rendering, {"wine/project.yaml": PROJECT.replace("[raw]", "[rawr]")})

    result = run("render", "--env", "dev", "-o", "-", code=1)

    assert result.stdout == ""
    assert "error[MLS201]" in result.stderr


def test_a_renderer_that_fails_leaves_stdout_empty(run: Run, rendering: Path) -> None:
    write(rendering, {"targets/maps/__init__.py": "KINDS = ()\ndef applies(plan): return True\n"})

    result = run("render", "--env", "dev", "-o", "-", code=1)

    assert result.stdout == ""
    assert "MLS606" in result.stderr


def test_warnings_go_to_stderr(run: Run, rendering: Path) -> None:
    other = "type: s3, uri: 's3://cellar/other.csv', format: csv, credentials: {secret: s3}"
    unused = f"    unused: {{{other}}}\n"
    text = PROJECT.replace("transforms:", f"{unused}transforms:")
    write(rendering, {"wine/project.yaml": text})

    result = run("render", "--env", "dev", "-o", "-", code=0)

    assert "warning[" in result.stderr
    assert [each["kind"] for each in documents(result.stdout)]


def test_no_manifest_at_all_is_an_error_and_not_an_empty_stream(run: Run, rendering: Path) -> None:
    # Argo CD prunes what a plugin no longer prints.
    text = (rendering / "targets/maps/__init__.py").read_text()
    silent = text.replace("plan.pipeline.steps", "()")
    write(rendering, {"targets/maps/__init__.py": silent})

    result = run("render", "--env", "dev", "-o", "-", code=1)

    assert result.stdout == ""
    assert "Error: there is nothing to print" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param([], "--env must say which environment to print", id="no-environment"),
        pytest.param(["--env", "dev", "--force"], "--force is for files", id="force"),
        pytest.param(["--env", "dve"], "did you mean `dev`?", id="unknown-environment"),
    ],
)
def test_wrong_usage(run: Run, rendering: Path, arguments: list[str], said: str) -> None:
    result = run("render", "-o", "-", *arguments, code=2)

    assert said in result.stderr
    assert result.stdout == ""


def test_renderers_of_the_repository_are_not_loaded_where_only_built_in_ones_may_be(
    run: Run, rendering: Path
) -> None:
    write(rendering, {"targets/maps/__init__.py": "raise SystemExit('loaded')\n"})

    result = run("render", "--env", "dev", "-o", "-", "--built-in-only", code=1)

    assert "Error: platform.yaml names renderers (targets), which run as code" in result.stderr
    assert result.stdout == ""


def test_installed_renderers_are_refused_as_well(run: Run, place: Path) -> None:
    named = PLATFORM.replace("folders: [targets]", "packages: [acme]")
    write(place, {"platform.yaml": named})

    assert "(acme)" in run("render", "--built-in-only", code=1).stderr


def test_built_in_only_renders_what_names_no_renderer(run: Run, place: Path) -> None:
    run("render", "--built-in-only", code=0)
