"""What holds for every manifest of every target, on all plans that any target is tried on."""

from __future__ import annotations

import pytest

from mlspec.output.schemas import schema_errors
from tests.upstream import upstream_errors

from .corpus import manifests, plans, renderers

PLANS = dict(plans())

COMMON_LABELS = {
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/component",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/managed-by",
}


@pytest.mark.parametrize("name", PLANS)
def test_manifests_pass_our_schemas_and_upstreams(name: str) -> None:
    plan = PLANS[name]
    argo = "4.1" if plan.platform.argo_workflows_version >= "4" else "3.7"
    for target, manifest in manifests(plan):
        assert schema_errors(manifest) == [], f"{target}/{manifest.filename}"
        assert upstream_errors(manifest.body, argo=argo) == [], f"{target}/{manifest.filename}"


@pytest.mark.parametrize("name", PLANS)
def test_manifests_have_places_of_their_own_and_the_labels_of_their_project(name: str) -> None:
    plan = PLANS[name]
    seen = set()
    for target, manifest in manifests(plan):
        assert (target, manifest.filename) not in seen
        seen.add((target, manifest.filename))
        in_project = plan.delivery.argo_cd_namespace if target == "argo_cd" else plan.namespace
        assert manifest.namespace == in_project
        labels = manifest.body["metadata"]["labels"]
        assert set(labels) >= COMMON_LABELS
        assert labels["app.kubernetes.io/part-of"] == plan.project
        assert labels["app.kubernetes.io/managed-by"] == "mlspec"


@pytest.mark.parametrize("name", PLANS)
def test_rendering_is_pure(name: str) -> None:
    assert manifests(PLANS[name]) == manifests(PLANS[name])


@pytest.mark.parametrize("name", PLANS)
def test_targets_emit_only_the_kinds_that_they_declare(name: str) -> None:
    declared = {each.name: set(each.module.KINDS) for each in renderers()}
    for target, manifest in manifests(PLANS[name]):
        kind = f"{manifest.kind}.{manifest.group}" if manifest.group else manifest.kind
        assert kind in declared[target]


@pytest.mark.parametrize("name", PLANS)
def test_service_accounts_are_there_and_mount_a_token_only_to_call_the_api(name: str) -> None:
    """A plan made by hand for one target may lack identities; those are left out by name."""
    found = manifests(PLANS[name])
    accounts = {m.name for _, m in found if m.kind == "ServiceAccount"}
    known = {identity.name for identity in PLANS[name].identities}
    callers = [i for i in PLANS[name].identities if i.kind == "service" and i.uses]
    for manifest in (m for _, m in found):
        for used in _values(manifest.body, "serviceAccountName"):
            assert used in accounts or used not in known
        for mounts in _values(manifest.body, "automountServiceAccountToken"):
            assert mounts is False or callers


def _values(node: object, key: str) -> list[object]:
    if isinstance(node, dict):
        own = [node[key]] if key in node else []
        return own + [found for inner in node.values() for found in _values(inner, key)]
    if isinstance(node, list):
        return [found for inner in node for found in _values(inner, key)]
    return []


@pytest.mark.parametrize("name", PLANS)
def test_no_secret_holds_data_and_no_rule_has_a_wildcard(name: str) -> None:
    for _, manifest in manifests(PLANS[name]):
        assert "stringData" not in manifest.body
        assert not (manifest.kind == "Secret" and "data" in manifest.body)
        assert not manifest.kind.startswith("Cluster")
        for rule in manifest.body.get("rules", ()):
            assert not any("*" in value for values in rule.values() for value in values)
