"""A key is another one as soon as anything else could come out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import mlspec
from mlspec.cache import key as module
from mlspec.cache.key import code_stamp, key_of
from tests.specs import ROOT


def test_the_same_texts_have_the_same_key() -> None:
    assert key_of(("a", "b", None)) == key_of(("a", "b", None))


@pytest.mark.parametrize(
    "texts", [("b", "a", None), ("ab", "", None), ("a", "b", ""), ("a", "b"), ("a", "b", "-"), ()]
)
def test_other_texts_have_another_key(texts: tuple[str | None, ...]) -> None:
    assert key_of(texts) != key_of(("a", "b", None))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the code, which the stamp is of."""
    (tmp_path / "pyproject.toml").touch()
    for name in ("mlspec", "renderers", "schemas"):
        without = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=without)
    monkeypatch.setattr(mlspec, "__file__", str(tmp_path / "mlspec" / "__init__.py"))
    code_stamp.cache_clear()
    yield tmp_path
    code_stamp.cache_clear()


@pytest.mark.parametrize(
    "file",
    [
        "mlspec/plan/build.py",
        "renderers/seldon/deployment.py",
        "mlspec/cli/default_platform.yaml",
        "schemas/manifests/core/secret_v1.json",
    ],
)
def test_other_code_has_another_key(checkout: Path, file: str) -> None:
    before = code_stamp()
    place = checkout / file
    if not place.exists():
        place = next((checkout / "schemas" / "manifests").rglob("*.json"))
    place.write_bytes(place.read_bytes() + b"\n")
    code_stamp.cache_clear()

    assert code_stamp() != before


def test_a_new_file_of_code_has_another_key(checkout: Path) -> None:
    before = code_stamp()
    (checkout / "renderers" / "kubeflow").mkdir()
    (checkout / "renderers" / "kubeflow" / "__init__.py").touch()
    code_stamp.cache_clear()

    assert code_stamp() != before


def test_compiled_code_does_not_count(checkout: Path) -> None:
    before = code_stamp()
    (checkout / "mlspec" / "__pycache__").mkdir()
    (checkout / "mlspec" / "__pycache__" / "a.pyc").touch()
    os.utime(checkout / "mlspec")
    code_stamp.cache_clear()

    assert code_stamp() == before


def test_another_version_has_another_key(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_stamp()
    monkeypatch.setattr(mlspec, "__version__", "9.9.9")
    code_stamp.cache_clear()

    assert code_stamp() != before


def test_an_installed_package_has_another_key(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "lib" / "site-packages"
    place.mkdir(parents=True)
    monkeypatch.setattr(module.sys, "path", [str(place)])
    code_stamp.cache_clear()
    before = code_stamp()
    os.utime(place, ns=(1, 1))
    code_stamp.cache_clear()

    assert code_stamp() != before
