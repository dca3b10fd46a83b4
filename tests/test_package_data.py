"""Where the schemas are found: in a wheel, in a checkout, and never in a stranger's package."""

from __future__ import annotations

from pathlib import Path

import pytest

import mlspec
from mlspec.package_data import schemas_folder


def test_in_a_checkout_the_schemas_stand_beside_the_package() -> None:
    assert schemas_folder() == Path(mlspec.__file__).parents[1] / "schemas"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            ["site/mlspec/schemas/x", "site/schemas/x"], "site/mlspec/schemas", id="wheel"
        ),
        pytest.param(["site/pyproject.toml", "site/schemas/x"], "site/schemas", id="checkout"),
        pytest.param(["site/schemas/x"], "site/mlspec/schemas", id="a-foreign-package-beside-it"),
    ],
)
def test_where_schemas_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[str], expected: str
) -> None:
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    monkeypatch.setattr(mlspec, "__file__", str(tmp_path / "site/mlspec/__init__.py"))
    assert schemas_folder() == tmp_path / expected
