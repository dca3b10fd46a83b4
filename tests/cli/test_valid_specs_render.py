"""A spec that validates also renders, and every manifest of it passes the schemas.

Names are drawn from those that mlspec, Argo and Kubernetes use themselves, and from the longest
ones; a spec may be refused, but never accepted and then rendered wrongly.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mlspec.cli.compilation import Platforms, compile_project
from mlspec.cli.rendering import trees_of

PROJECTS = Path(__file__).parents[2] / "projects"
EXAMPLE = (PROJECTS / "example" / "project.yaml").read_text(encoding="utf-8")
LOCK = (PROJECTS / "example" / "mlspec.lock").read_text(encoding="utf-8")

NAMES = st.sampled_from(
    [
        "a", "data", "main", "report", "default", "digest", "timestamp", "model", "metrics", "tmp",
        "outputs", "wait", "init", "pipeline", "executor", "artifact-gc", "wine-quality",
        "wine-quality-pipeline", "wine-quality-artifact-gc", "ingest-tastings", "check-tidy",
        "null", "true", "on", "x-y", "a" * 63, "b" * 40, f"{'c' * 31}-{'d' * 31}",
    ]
)  # fmt: skip


def rename(node: Any, old: str, new: str) -> Any:
    """A plain tree in which a name is another one, wherever it stands, in commands too."""
    if isinstance(node, dict):
        return {rename(k, old, new): rename(v, old, new) for k, v in node.items()}
    if isinstance(node, list):
        return [rename(item, old, new) for item in node]
    if isinstance(node, str) and "${{" in node:
        return node.replace(f"s.{old} ", f"s.{new} ")
    return new if node == old else node


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spec")
    (folder / "mlspec.lock").write_text(LOCK, encoding="utf-8")
    return folder


@settings(max_examples=60)
@given(
    source=NAMES,
    output=NAMES,
    step=NAMES,
    service=NAMES,
    role=NAMES,
    description=st.sampled_from(["", "x" * 4000, "a\nb: c # d", "{{x}} $(y) ${{ z }}", "é" * 300]),
)
def test_what_validates_renders(
    folder: Path, source: str, output: str, step: str, service: str, role: str, description: str
) -> None:
    spec = yaml.safe_load(EXAMPLE)
    for old, new in (
        ("tastings", source), ("tidy", output), ("clean", step), ("wine-api", service),
        ("data-scientist", role),
    ):  # fmt: skip
        spec = rename(spec, old, new)
    spec["metadata"]["description"] = description
    (folder / "project.yaml").write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")

    result = compile_project(
        str(folder / "project.yaml"), Platforms(str(PROJECTS / "platform.yaml"))
    )
    if result.failed:
        return
    [tree], wrong = trees_of([result], None)

    assert wrong == []
    assert tree.files
