"""Projects that are compiled together do not stand in each other's place."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, PROJECT, write

SERVING = """\
training:
  grader: {run: python -m wine.train, inputs: [tidy]}
serving:
  api: {model: grader}
"""


def shared(namespace: str) -> str:
    """The platform with one namespace for all projects of an environment."""
    return PLATFORM.replace("dev: {}", f"dev: {{namespace: '{namespace}'}}").replace(
        "staging: {}", f"staging: {{namespace: '{namespace}'}}"
    )


def test_two_environments_in_one_namespace_are_an_error(run: Run, place: Path) -> None:
    write(place, {"platform.yaml": shared("ml")})

    out = run("validate", code=1).stdout

    assert "error[MLS203]: `staging` and `dev` share the namespace `ml`" in out


def test_two_services_of_one_name_in_one_namespace_are_an_error(run: Run, place: Path) -> None:
    text = PROJECT.replace("environments:", SERVING + "environments:")
    beer = text.replace("name: wine", "name: beer")
    platform = shared("{team}-{environment}")
    write(place, {"platform.yaml": platform, "wine/project.yaml": text, "beer/project.yaml": beer})

    out = run("validate", code=1).stdout

    assert "two services are called `api` in the namespace `cellar-dev`" in out


def test_projects_with_namespaces_of_their_own_do_not_meet(run: Run, place: Path) -> None:
    text = PROJECT.replace("environments:", SERVING + "environments:")
    beer = text.replace("name: wine", "name: beer")
    write(place, {"wine/project.yaml": text, "beer/project.yaml": beer})

    assert run("validate", code=0).stdout.startswith("2 projects")


GATEWAY = PLATFORM + "gateway: {resource: {name: public}}\n"
EXPOSED = SERVING.replace("{model: grader}", "{model: grader, expose: {host: wine.example.com}}")


def test_a_host_belongs_to_one_environment_of_a_cluster(run: Run, place: Path) -> None:
    text = PROJECT.replace("environments:", EXPOSED + "environments:")
    write(place, {"wine/project.yaml": text, "platform.yaml": GATEWAY})

    out = run("validate", code=1).stdout

    assert "`wine.example.com` is the host of `dev` and of `staging`, in one cluster" in out

    elsewhere = GATEWAY.replace("dev: {}", "dev: {cluster: 'https://dev.example.com'}")
    write(place, {"platform.yaml": elsewhere})
    run("validate", code=0)


def test_a_host_belongs_to_one_project(run: Run, place: Path) -> None:
    wine = PROJECT.replace("environments:", EXPOSED + "environments:")
    wine = wine.partition("environments:")[0] + "environments: {dev: {}}\n"
    beer = wine.replace("name: wine", "name: beer").replace(
        "example.com}", "example.com, path: /b}"
    )
    files = {"platform.yaml": GATEWAY, "wine/project.yaml": wine, "beer/project.yaml": beer}
    write(place, files)

    out = run("validate", "wine", "beer", code=1).stdout

    assert "`wine.example.com` is the host of the project `wine` already" in out
