"""What is told of a manifest without looking into it further."""

from __future__ import annotations

from typing import Any

import pytest

from mlspec.manifests.manifest import Manifest


@pytest.mark.parametrize(
    ("body", "full"),
    [
        ({"apiVersion": "v1", "kind": "Secret"}, "Secret"),
        ({"apiVersion": "apps/v1", "kind": "Deployment"}, "Deployment.apps"),
        ({"kind": "Secret"}, "Secret"),
        ({}, ""),
    ],
)
def test_the_kind_is_told_with_its_group(body: dict[str, Any], full: str) -> None:
    assert Manifest(body=body).full_kind == full
