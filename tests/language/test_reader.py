"""A parsed file → the model of its document, or diagnostics at their places."""

from __future__ import annotations

import subprocess
import sys

from mlspec.language.project import Project
from mlspec.language.reader import read
from mlspec.source.overlay import merge
from mlspec.source.parser import parse, parse_file
from tests.specs import EXAMPLE, FILE, PLATFORM, PROJECT, ROOT, found_at, read_text


def test_the_example_and_its_platform_are_read() -> None:
    project, complaints, _ = read("project", parse_file(str(EXAMPLE)))
    assert complaints == []
    assert isinstance(project, Project)
    assert project.metadata.name == "wine-quality"

    platform, complaints, _ = read("platform", parse_file(str(ROOT / "projects/platform.yaml")))
    assert complaints == []
    assert platform.environments["prod"].protected


def test_a_lock_is_read() -> None:
    text = f"""\
apiVersion: mlspec.io/v1alpha1
kind: Lock
environments:
  prod:
    images: {{"a/b:1": "sha256:{"a" * 64}"}}
    models: {{grader: {{champion: {{version: "7", uri: "s3://models/7"}}}}}}
    data: {{tastings: {{revision: {"0" * 7}a}}}}
"""
    lock, complaints, _ = read("lock", parse(text, "mlspec.lock"))

    assert complaints == []
    assert lock.environments["prod"].models["grader"]["champion"].version == "7"


def test_what_is_wrong_is_left_out_and_the_rest_is_read() -> None:
    text = PROJECT.replace("format: csv", "format: 7").replace(
        "metrics:\n      - f1", "metrics:\n      - [f1]"
    )

    project, complaints, gaps = read("project", parse(text, FILE))

    assert [d.code for d in complaints] == ["MLS103", "MLS103"]
    assert project.data.sources["tastings"].format == "csv"
    assert project.training["grader"].inputs == ("tidy",)
    assert gaps.lost == [("training", "grader", "evaluate", "metrics")]
    assert gaps.guessed == [("data", "sources", "tastings", "format")]


def test_a_document_without_what_it_is_about_is_read_with_a_stand_in() -> None:
    project, complaints, gaps = read("project", parse("kind: Project\n", FILE))

    assert [d.code for d in complaints] == ["MLS102", "MLS102"]
    assert gaps.guessed == [("apiVersion",), ("metadata",)]
    assert project.metadata.name == "wine-quality"


def test_a_mistake_is_pointed_at_in_the_text() -> None:
    text = PROJECT.replace("format: csv", "format: cvs")

    [found] = read_text(text)

    assert (found.code, found.span.line, found.span.column) == ("MLS104", 12, 15)
    assert found_at(found, text) == "cvs"
    assert found.help.startswith("did you mean `csv`?")


def test_a_mistake_in_an_overlay_is_pointed_at_in_the_overlay() -> None:
    text = PROJECT.replace("  prod: {}", "  prod: {serving: {api: {replicas: many}}}")
    tree = parse(text, FILE)

    _, [found], _ = read(
        "project", tree._replace(root=merge(tree.root, tree.root["environments"]["prod"]))
    )

    assert found.span.line == text.count("\n")
    assert found_at(found, text) == "many"


def test_the_platform_may_leave_out_what_has_a_default() -> None:
    platform, complaints, _ = read("platform", parse(PLATFORM, "platform.yaml"))

    assert complaints == []
    assert platform.argo_workflows.version == "3.7"
    assert platform.defaults.resources.cpu == "500m"


def test_reading_imports_no_pydantic() -> None:
    code = (
        "import sys\n"
        "from mlspec.source.parser import parse_file\n"
        "from mlspec.language.reader import read\n"
        f"project, found, _ = read('project', parse_file({str(EXAMPLE)!r}))\n"
        "assert project is not None\n"
        "print('pydantic' in sys.modules, 'mlspec.language.scalars' in sys.modules)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert done.stdout == "False False\n"
