"""The plugin for Argo CD: its command as Argo CD's server runs it, and its files as a cluster reads
them. The image itself is not built here."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import mlspec
import mlspec.renderers
from mlspec.cli.compilation import compile_project
from mlspec.cli.targets import load_renderers
from tests.cli.samples import PROJECT, write
from tests.upstream import ROOT, upstream_errors

FOLDER = ROOT / "deploy" / "argocd-plugin"
PLUGIN: dict[str, Any] = yaml.safe_load((FOLDER / "plugin.yaml").read_text())
GENERATED = ROOT / "generated" / "wine-quality"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """As the sidecar has it: files, without `.git`."""
    shutil.copytree(ROOT / "projects", tmp_path / "repository" / "projects")
    return tmp_path / "repository"


def generate(folder: Path, commands: Path, **variables: object) -> subprocess.CompletedProcess[str]:
    """`generate` in an Application's folder: `runCommand` of cmpserver/plugin/plugin.go."""
    command = PLUGIN["spec"]["generate"]
    environment = {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "ARGOCD_APP_NAME": "it",
        "ARGOCD_APP_PARAMETERS": "null",
        **{name: str(value) for name, value in variables.items()},
    }
    return subprocess.run(
        [*command["command"], *command["args"]],
        cwd=folder, env=environment, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("variable", ["PARAM_ENVIRONMENT", "ARGOCD_ENV_ENVIRONMENT"])
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_what_is_generated_is_what_would_be_committed(
    repository: Path, commands: Path, environment: str, variable: str
) -> None:
    done = generate(repository / "projects/example", commands, **{variable: environment})

    assert done.returncode == 0, done.stderr
    assert list(yaml.safe_load_all(done.stdout)) == [
        yaml.safe_load(file.read_bytes())
        for file in sorted(GENERATED.glob(f"{environment}/*/*.yaml"))
        if file.parent.name != "argo_cd"
    ]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        pytest.param("", "does not set the parameter environment", id="none"),
        pytest.param("stage", "no project has an environment `stage`", id="unknown"),
        pytest.param("--help", "no project has an environment `--help`", id="an-option"),
        pytest.param("dev; touch x", "no project has an environment `dev; touch x`", id="command"),
        pytest.param("$(touch x)", "no project has an environment `$(touch x)`", id="expansion"),
    ],
)
def test_what_an_application_says_is_never_more_than_a_name(
    repository: Path, commands: Path, environment: str, said: str
) -> None:
    folder = repository / "projects/example"

    done = generate(folder, commands, PARAM_ENVIRONMENT=environment)

    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert not (folder / "x").exists()


def test_a_mistake_ends_without_output_and_says_where(repository: Path, commands: Path) -> None:
    project = repository / "projects/example/project.yaml"
    project.write_text(project.read_text().replace("[tidy]", "[tidyy]"))

    done = generate(project.parent, commands, PARAM_ENVIRONMENT="dev")

    assert (done.returncode, done.stdout) == (1, "")
    assert "error[MLS201]" in done.stderr


def test_code_of_the_repository_does_not_run(repository: Path, commands: Path) -> None:
    write(
        repository,
        {
            "projects/platform.yaml": (repository / "projects/platform.yaml").read_text()
            + "renderers: {folders: [targets]}\n",
            "projects/targets/evil/__init__.py": "open('/dev/stderr', 'w').write('it ran')\n",
        },
    )

    done = generate(repository / "projects/example", commands, PARAM_ENVIRONMENT="dev")

    assert (done.returncode, done.stdout) == (1, "")
    assert "names renderers (targets), which run as code" in done.stderr
    assert "it ran" not in done.stderr


def test_whoever_runs_argo_cd_may_set_the_platform(
    repository: Path, commands: Path, tmp_path: Path
) -> None:
    platform = (repository / "projects/platform.yaml").read_text()
    write(tmp_path, {"ours.yaml": platform.replace("dev:\n", "dev:\n    namespace: ours\n")})
    folder = repository / "projects/example"
    ours = tmp_path / "ours.yaml"

    done = generate(folder, commands, PARAM_ENVIRONMENT="dev", MLSPEC_PLATFORM=ours)
    other = generate(folder, commands, PARAM_ENVIRONMENT="dev", ARGOCD_ENV_MLSPEC_PLATFORM=ours)

    assert "namespace: ours\n" in done.stdout
    assert "namespace: ours\n" not in other.stdout


def test_a_folder_is_a_projects_where_its_file_is(repository: Path) -> None:
    pattern = PLUGIN["spec"]["discover"]["fileName"]

    assert list((repository / "projects/example").glob(pattern))
    assert not list((repository / "projects").glob(pattern))


def test_the_configuration_has_no_field_that_argo_cd_does_not_know() -> None:
    """`PluginConfigSpec` of cmpserver/plugin/config.go: others are ignored in silence."""
    known = {"version", "init", "generate", "discover", "parameters", "preserveFileMode"}
    announced = {"name", "title", "tooltip", "required", "itemType", "collectionType", "string"}

    assert set(PLUGIN) == {"apiVersion", "kind", "metadata", "spec"}
    assert set(PLUGIN["spec"]) <= known | {"provideGitCreds"}
    assert set(PLUGIN["spec"]["discover"]) <= {"fileName", "find"}
    for parameter in PLUGIN["spec"]["parameters"]["static"]:
        assert set(parameter) <= announced | {"array", "map"}


def test_the_image_runs_as_argo_cds_user_with_this_version() -> None:
    lines = (FOLDER / "Dockerfile").read_text().splitlines()

    assert [line for line in lines if line.startswith("USER")] == ["USER 999:999"]
    assert f"ARG MLSPEC=mlspec=={mlspec.__version__}" in lines
    assert "COPY plugin.yaml /home/argocd/cmp-server/config/plugin.yaml" in lines


def test_the_cluster_accepts_the_patched_repo_server() -> None:
    patch = yaml.safe_load((FOLDER / "repo-server.patch.yaml").read_text())
    [sidecar] = patch["spec"]["template"]["spec"]["containers"]
    assert sidecar["securityContext"]["runAsUser"] == 999
    assert sidecar["command"] == ["/var/run/argocd/argocd-cmp-server"]

    patch["spec"]["selector"] = {"matchLabels": {"app": "a"}}  # what it patches has it
    assert upstream_errors(patch) == []


def test_argo_cd_accepts_the_application_set() -> None:
    documents = list(yaml.safe_load_all((FOLDER / "applicationset.yaml").read_text()))

    assert [each["kind"] for each in documents] == ["AppProject", "ApplicationSet"]
    for document in documents:
        assert upstream_errors(document) == []


def test_its_applications_are_what_the_plugin_takes() -> None:
    project, applications = yaml.safe_load_all((FOLDER / "applicationset.yaml").read_text())
    spec = applications["spec"]["template"]["spec"]

    assert spec["project"] == project["metadata"]["name"]
    assert spec["source"]["plugin"]["name"] == PLUGIN["metadata"]["name"]  # it has no version
    given = {each["name"] for each in spec["source"]["plugin"]["parameters"]}
    assert given == {each["name"] for each in PLUGIN["spec"]["parameters"]["static"]}
    committed = yaml.safe_load(
        (GENERATED / "dev/argo_cd/application-wine-quality-dev.yaml").read_text()
    )
    assert spec["syncPolicy"] == committed["spec"]["syncPolicy"]


def test_its_project_allows_what_the_built_in_targets_render(tmp_path: Path) -> None:
    project, _ = yaml.safe_load_all((FOLDER / "applicationset.yaml").read_text())
    allowed = {
        f"{each['kind']}.{each['group']}".rstrip(".")
        for each in project["spec"]["namespaceResourceWhitelist"]
    }
    write(tmp_path, {"project.yaml": PROJECT})
    compiled = compile_project(str(tmp_path / "project.yaml"))
    assert compiled.platform is not None

    renderers = load_renderers(compiled.platform, compiled.platform_file)

    rendered = {kind for each in renderers if each.name != "argo_cd" for kind in each.module.KINDS}
    assert rendered <= allowed
