"""Which changes of a living object Kubernetes refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mlspec.manifests.fields import ABSENT
from mlspec.manifests.immutable import refusal
from mlspec.manifests.manifest import Manifest

if TYPE_CHECKING:
    from mlspec.manifests.fields import Path

SIZE = ("spec", "resources", "requests", "storage")


def living(kind: str, version: str = "v1", **body: Any) -> Manifest:
    return Manifest(body={"apiVersion": version, "kind": kind, **body})


@pytest.mark.parametrize(
    ("manifest", "path"),
    [
        (living("RoleBinding", "rbac.authorization.k8s.io/v1"), ("roleRef", "name")),
        (living("Deployment", "apps/v1"), ("spec", "selector", "matchLabels", "app")),
        (living("Job", "batch/v1"), ("spec", "template", "spec", "containers", "[main]", "image")),
        (living("ConfigMap", immutable=True), ("data", "a")),
        (living("Secret", immutable=True), ("immutable",)),
    ],
)
def test_an_immutable_field_is_named(manifest: Manifest, path: Path) -> None:
    assert refusal(manifest, path, "old", "new").startswith(f"immutable field `{path[0]}")


@pytest.mark.parametrize(
    ("manifest", "path"),
    [
        (living("RoleBinding", "rbac.authorization.k8s.io/v1"), ("subjects",)),
        (living("Deployment", "extensions.example.com/v1"), ("spec", "selector")),
        (living("Job", "batch/v1"), ("spec", "suspend")),
        (living("ConfigMap"), ("data", "a")),
    ],
)
def test_other_fields_and_other_kinds_may_change(manifest: Manifest, path: Path) -> None:
    assert refusal(manifest, path, "old", "new") == ""


def test_an_address_that_the_cluster_chose_may_be_written_down() -> None:
    path = ("spec", "clusterIP")

    assert refusal(living("Service"), path, ABSENT, "10.0.0.7") == ""
    assert refusal(living("Service"), path, "10.0.0.7", "10.0.0.8")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("10Gi", "20Gi", ""),
        ("1Gi", "1024Mi", ""),
        ("1Gi", "1000Mi", "`spec.resources.requests.storage` cannot shrink"),
    ],
)
def test_a_claim_may_grow_and_not_shrink(old: str, new: str, why: str) -> None:
    assert refusal(living("PersistentVolumeClaim"), SIZE, old, new) == why
