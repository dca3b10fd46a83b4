"""`mlspec init`: a project that is right as it is, and nothing overwritten on the way to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

import mlspec
import mlspec.renderers
from mlspec.cli.scaffold.scaffold import CI_FILES, SCHEMA, Values, scaffold
from mlspec.source.parser import parse
from tests.cli.conftest import Run
from tests.cli.samples import RENDERER, renderer, tree, write
from tests.upstream import ROOT, upstream_errors

EXAMPLE = ROOT / "generated"

FILES = {
    ".dockerignore",
    ".gitignore",
    ".mlspec/project.schema.json",
    "Dockerfile",
    "README.md",
    "data/sample.csv",
    "project.yaml",
    "requirements.txt",
    "steps/__init__.py",
    "steps/clean.py",
    "steps/columns.py",
    "steps/evaluate.py",
    "steps/train.py",
}


GITHUB = ".github/workflows/mlspec.yaml"


def values(**changes: str) -> Values:
    given = {"name": "wine", "team": "cellar", "version": "1.2.3", "schema": "{}\n"}
    return Values(**given | changes)


def yaml_of(text: str) -> Any:
    return parse(text, "file.yaml").root


# ── the files ─────────────────────────────────────────────────────────────────────────────────────


def test_the_files() -> None:
    files = scaffold(values())

    assert set(files) == FILES
    assert list(files) == sorted(files)
    assert all(text.endswith("\n") and "@{" not in text for text in files.values())


@pytest.mark.parametrize("name", ["null", "true", "no", "on", "y", "a--b", "e5", "a"])
def test_names_that_yaml_or_registries_take_for_something_else(name: str) -> None:
    project = yaml_of(scaffold(values(name=name, team=name))["project.yaml"])

    assert dict(project["metadata"]) | {"name": name, "team": name} == dict(project["metadata"])
    assert "--" not in project["image"]


def test_the_programs_compile() -> None:
    for path, text in scaffold(values()).items():
        if path.endswith(".py"):
            compile(text, path, "exec")


def test_the_image_runs_without_root() -> None:
    lines = scaffold(values())["Dockerfile"].splitlines()

    assert [line for line in lines if line.startswith("USER")] == ["USER 65532:65532"]


def test_the_editors_schema_is_where_the_project_says_and_stays_out_of_git() -> None:
    files = scaffold(values(schema='{"title": "x"}\n'))

    assert files["project.yaml"].startswith(f"# yaml-language-server: $schema={SCHEMA}\n")
    assert json.loads(files[SCHEMA]) == {"title": "x"}
    assert f"{SCHEMA.partition('/')[0]}/" in files[".gitignore"].splitlines()


def test_the_same_requirements_as_the_example() -> None:
    example = Path(__file__).parents[2] / "projects" / "example" / "requirements.txt"

    assert scaffold(values())["requirements.txt"] == example.read_text(encoding="utf-8")


def test_the_programs_run(tmp_path: Path) -> None:
    for module in ("pandas", "pyarrow", "sklearn", "mlflow"):
        pytest.importorskip(module, reason=f"the scaffold's programs need {module}")
    write(tmp_path, scaffold(values()))
    commands = {
        "clean": "--in data/sample.csv --out tidy.parquet",
        "train": "--data tidy.parquet --model model --trees 20",
        "evaluate": "--model model --data tidy.parquet --metrics metrics.json",
    }
    for step, arguments in commands.items():
        command = [sys.executable, "-m", f"steps.{step}", *arguments.split()]
        environment = {**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/mlflow.db"}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert set(metrics) == {"f1_macro", "accuracy"}
    assert metrics["f1_macro"] >= 0.8  # the gate that project.yaml sets


# ── the command ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["wine-quality", "a", "null", "a--b", "n" * 59])
def test_the_new_project_is_right(run: Run, tmp_path: Path, name: str) -> None:
    run("init", name, "--into", "it", code=0)

    result = run("validate", "it", code=0)

    assert result.stdout.startswith("1 project, 2 environments: no problems")


def test_the_new_project_renders(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlspec.renderers, "__path__", [str(tmp_path / "built_in")])
    steps = RENDERER.replace("in plan.pipeline.steps", "in plan.pipeline.steps[:2]")
    write(tmp_path, renderer("maps", steps, folder="built_in"))

    run("init", "wine", code=0)
    run("render", "wine", code=0)
    run("verify", "wine", code=0)

    assert (tmp_path / "generated/wine/dev/maps/configmap-ingest-flowers.yaml").is_file()


def test_the_new_project_renders_with_the_built_in_targets(run: Run) -> None:
    run("init", "wine", code=0)

    assert "(dev); " in run("render", "wine", code=0).stdout


def test_what_is_made_and_said(run: Run, tmp_path: Path) -> None:
    result = run("init", "wine-quality", "--team", "cellar", code=0)

    assert set(tree(tmp_path / "wine-quality")) == {*FILES, GITHUB}
    metadata = yaml_of((tmp_path / "wine-quality/project.yaml").read_text())["metadata"]
    assert (metadata["name"], metadata["team"]) == ("wine-quality", "cellar")
    assert f"mlspec=={mlspec.__version__}" in (tmp_path / "wine-quality" / GITHUB).read_text()
    commands = [line.strip() for line in result.stdout.splitlines() if line.startswith("  ")]
    assert commands == ["cd wine-quality", "mlspec validate", "mlspec render"]


def test_into_a_folder_with_files_of_its_own(run: Run, tmp_path: Path) -> None:
    write(tmp_path, {"my place/notes.txt": "mine"})

    result = run("init", "wine", "--into", "my place", code=0)

    assert "  cd 'my place'\n" in result.stdout
    assert set(tree(tmp_path / "my place")) == {*FILES, GITHUB, "notes.txt"}


def test_into_the_current_folder(run: Run, tmp_path: Path) -> None:
    result = run("init", "wine", "--into", ".", code=0)

    assert "  mlspec validate\n  mlspec render\n  git add --all\n" in result.stdout
    assert set(tree(tmp_path)) == {*FILES, GITHUB}


@pytest.mark.parametrize(
    ("existing", "named"),
    [
        pytest.param({"wine/README.md": "mine"}, "wine/README.md", id="file"),
        pytest.param({"wine/steps": "mine"}, "wine/steps", id="file-for-a-folder"),
        pytest.param({"wine": "mine"}, "wine", id="file-for-the-project"),
        pytest.param({"wine/README.md/a": "mine"}, "wine/README.md", id="folder-for-a-file"),
    ],
)
def test_nothing_is_overwritten(
    run: Run, tmp_path: Path, existing: dict[str, str], named: str
) -> None:
    write(tmp_path, existing)
    before = tree(tmp_path)

    result = run("init", "wine", code=2)

    assert f"nothing was written: in the way is {named}; move it away, " in result.stderr
    assert tree(tmp_path) == before


def test_a_link_to_nowhere_is_in_the_way(run: Run, tmp_path: Path) -> None:
    (tmp_path / "wine").mkdir()
    (tmp_path / "wine" / "Dockerfile").symlink_to("elsewhere")

    assert "in the way is wine/Dockerfile" in run("init", "wine", code=2).stderr
    assert not (tmp_path / "wine" / "elsewhere").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["Wine_Quality"], "did you mean `wine-quality`?", id="case"),
        pytest.param(["9lives"], "did you mean `lives`?", id="digit"),
        pytest.param(["../wine"], "did you mean `wine`?", id="path"),
        pytest.param(["wine-"], "did you mean `wine`?", id="dash"),
        pytest.param(["..."], "for example `wine-quality`", id="nothing-left"),
        pytest.param(["wine\n"], "did you mean `wine`?", id="newline"),
        pytest.param(["n" * 64], f"did you mean `{'n' * 63}`?", id="long"),
        pytest.param(["n" * 60], "more than 63 characters", id="namespace"),
        pytest.param(["wine", "--team", "The Cellar"], "did you mean `the-cellar`?", id="team"),
        pytest.param([], "Missing argument 'NAME'", id="no-name"),
        pytest.param(["--ci", "none"], "Missing argument 'NAME'", id="nothing-asked-for"),
        pytest.param(["--ci", "github", "--team", "a"], "no project without NAME", id="no-team"),
        pytest.param(["wine", "--repository", "https://x/y"], "is for --platform", id="no-root"),
        pytest.param(["--platform", "Acme"], "did you mean `acme`?", id="platform"),
        pytest.param(["--platform", "n" * 59], "more than 63 characters", id="application"),
        pytest.param(
            ["--platform", "acme", "--repository", "git.example.com/ml"],
            "is not a Git address (https or ssh); for example `https://",
            id="repository",
        ),
    ],
)
def test_a_name_that_is_not_legal(
    run: Run, tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = run("init", *arguments, code=2)

    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []


# ── CI ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ci", "files"),
    [
        ("github", {GITHUB}),
        ("gitlab", {".gitlab-ci.yml", ".gitlab/mlspec_note.py"}),
        ("jenkins", {"Jenkinsfile"}),
    ],
)
def test_the_ci_of_a_repository_that_is_there(
    run: Run, tmp_path: Path, ci: str, files: set[str]
) -> None:
    write(tmp_path, {"notes.txt": "mine"})

    result = run("init", "--ci", ci, code=0)

    assert set(tree(tmp_path)) == {*files, "notes.txt"}
    assert f"mlspec=={mlspec.__version__}" in (tmp_path / min(files)).read_text()
    assert result.stdout.endswith("  git add --all\n")


@pytest.mark.parametrize("ci", ["github", "gitlab", "jenkins"])
def test_a_project_with_the_ci_of_a_forge(run: Run, tmp_path: Path, ci: str) -> None:
    run("init", "wine", "--ci", ci, code=0)

    assert CI_FILES[ci] in tree(tmp_path / "wine")
    assert f"4. `{CI_FILES[ci]}`:" in (tmp_path / "wine/README.md").read_text()
    run("validate", "wine", code=0)


def test_a_project_in_a_repository_that_has_its_ci(run: Run, tmp_path: Path) -> None:
    run("init", "wine", "--ci", "none", code=0)

    assert set(tree(tmp_path / "wine")) == FILES
    assert "at the top of a repository" not in (tmp_path / "wine/README.md").read_text()


@pytest.mark.parametrize("ci", ["github", "gitlab", "jenkins"])
def test_a_ci_file_is_not_overwritten(run: Run, tmp_path: Path, ci: str) -> None:
    write(tmp_path, {CI_FILES[ci]: "mine"})

    assert f"in the way is {CI_FILES[ci]}; move it away, " in run("init", "--ci", ci, code=2).stderr
    assert tree(tmp_path) == {CI_FILES[ci]: b"mine"}


# ── a platform ────────────────────────────────────────────────────────────────────────────────────

REPOSITORY = "https://github.com/acme/ml.git"


def test_a_platform_and_its_root(run: Run, tmp_path: Path) -> None:
    result = run("init", "--platform", "acme", "--repository", REPOSITORY, code=0)

    assert set(tree(tmp_path)) == {"platform.yaml", "argocd/root.yaml"}
    assert yaml_of((tmp_path / "platform.yaml").read_text())["argo_cd"]["repository"] == REPOSITORY
    assert "  kubectl apply -f argocd/root.yaml\n" in result.stdout


@pytest.mark.parametrize("name", ["acme", "null", "a--b", "n" * 58])
def test_a_project_on_a_new_platform_is_right(run: Run, tmp_path: Path, name: str) -> None:
    run("init", "--platform", name, code=0)
    run("init", "wine", "--into", "projects/wine", "--ci", "none", code=0)

    assert "no problems" in run("validate", code=0).stdout
    run("validate", "projects", "--platform", "platform.yaml", "--strict", code=0)


def test_a_repository_of_projects_is_started_by_two_commands(run: Run, tmp_path: Path) -> None:
    run("init", "--platform", "acme", "--ci", "gitlab", code=0)
    next = run("init", "wine", "--into", "projects/wine", "--ci", "none", code=0).stdout
    assert next.endswith("Next:\n\n  mlspec validate\n  mlspec render\n  git add --all\n")
    assert "the top of the repository" in (tmp_path / "projects/wine/README.md").read_text()
    run("render", code=0)

    run("verify", code=0)
    assert (tmp_path / "generated/wine/dev/argo_cd/application-wine-dev.yaml").is_file()


def documents_of_the_root(run: Run, tmp_path: Path) -> list[dict[str, Any]]:
    run("init", "--platform", "acme", "--repository", REPOSITORY, code=0)
    return list(yaml.safe_load_all((tmp_path / "argocd/root.yaml").read_text()))


def test_argo_cd_accepts_the_root(run: Run, tmp_path: Path) -> None:
    for document in documents_of_the_root(run, tmp_path):
        assert upstream_errors(document) == []


def test_the_root_reads_the_repository_that_the_platform_names(run: Run, tmp_path: Path) -> None:
    project, application = documents_of_the_root(run, tmp_path)
    argo_cd = yaml_of((tmp_path / "platform.yaml").read_text())["argo_cd"]

    source = application["spec"]["source"]
    assert source["repoURL"] == argo_cd["repository"] == project["spec"]["sourceRepos"][0]
    assert source["targetRevision"] == argo_cd["revision"]
    assert application["metadata"]["namespace"] == argo_cd["namespace"]


def test_the_root_syncs_what_argo_cd_itself_needs_and_nothing_else(
    run: Run, tmp_path: Path
) -> None:
    _, application = documents_of_the_root(run, tmp_path)
    source = application["spec"]["source"]
    assert source["path"] == "generated"
    assert source["directory"]["recurse"] is True

    # Argo CD matches the path below `path`, and `*` crosses slashes, as fnmatch's does:
    # `findManifests` in reposerver/repository/repository.go.
    include = source["directory"]["include"]
    synced = [file for file in tree(EXAMPLE) if fnmatchcase(file, include)]

    assert synced == [file for file in tree(EXAMPLE) if "/argo_cd/" in file]
    assert len(synced) == 4


def test_the_root_may_bring_in_no_other_kind(run: Run, tmp_path: Path) -> None:
    project, application = documents_of_the_root(run, tmp_path)

    kinds = {each["kind"] for each in project["spec"]["namespaceResourceWhitelist"]}
    assert kinds == {"AppProject", "Application"}
    assert project["spec"]["clusterResourceWhitelist"] == []
    assert project["spec"]["destinations"] == [application["spec"]["destination"]]
    assert application["spec"]["project"] == project["metadata"]["name"]
    assert "finalizers" not in application["metadata"]
