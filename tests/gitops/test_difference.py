"""What is said of one object: by its target, by Kubernetes' rules, and by nobody in particular."""

from __future__ import annotations

from typing import Any

import pytest
from mlspec.renderers.argo_cd import changes as argo_cd
from mlspec.renderers.network import changes as network
from mlspec.renderers.prometheus import changes as prometheus
from mlspec.renderers.rbac import changes as rbac
from mlspec.renderers.seldon import changes as seldon

from mlspec.gitops.difference import Section, compare
from mlspec.gitops.objects import Environment, Object
from mlspec.manifests.change import Change
from mlspec.manifests.manifest import Manifest

WORDS = {
    "argo_cd": argo_cd.explain,
    "network": network.explain,
    "prometheus": prometheus.explain,
    "rbac": rbac.explain,
    "seldon": seldon.explain,
}


def thing(target: str, kind: str, **body: Any) -> Object:
    name, _, group = kind.partition(".")
    version = f"{group}/v1" if group else "v1"
    metadata = {"name": "x", "namespace": "a", **body.pop("metadata", {})}
    return Object(
        target,
        Manifest(body={"apiVersion": version, "kind": name, "metadata": metadata, **body}),
    )


def environment(*objects: Object) -> Environment:
    return Environment(
        project="wine", name="dev", file="project.yaml", cluster="", namespace="a", objects=objects
    )


def section(before: Object | None, after: Object | None) -> Section:
    return compare(
        environment(*([before] if before else [])),
        environment(*([after] if after else [])),
        lambda target, one, other: WORDS[target](one, other) if target in WORDS else (),
    )


def said(before: Object | None, after: Object | None) -> list[tuple[str, str]]:
    return [(line.risk, line.text) for line in section(before, after).lines]


def application(**policy: Any) -> Object:
    return thing("argo_cd", "Application.argoproj.io", spec={"syncPolicy": policy})


def test_syncing_by_hand_from_now_on() -> None:
    [(risk, text)] = said(application(automated={"prune": True}), application())

    assert risk == "interrupts"
    assert text.startswith("Argo CD no longer syncs by itself: ")


def test_syncing_by_itself_from_now_on() -> None:
    [(_, text)] = said(application(), application(automated={"prune": True}))

    assert text == "Argo CD syncs by itself: what is merged is live, and what leaves Git is pruned"


def test_what_nobody_has_words_for_is_shown_though_other_fields_are_told() -> None:
    after = application(automated={"prune": True}, retry={"limit": 9})

    assert ("changes", '`spec.syncPolicy.retry` is set: `{"limit": 9}`') in said(
        application(), after
    )


def test_a_role_of_a_binding_cannot_change() -> None:
    kind = "RoleBinding.rbac.authorization.k8s.io"
    before, after = (thing("rbac", kind, roleRef={"name": n}, subjects=[]) for n in ("r", "s"))

    assert said(before, after)[0] == (
        "interrupts",
        "immutable field `roleRef.name`: Argo CD must replace the RoleBinding (sync it with "
        "Replace and Force), else the sync fails",
    )


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("Secret", {"type": "Opaque"}, {"type": "kubernetes.io/tls"}),
        ("ConfigMap", {"immutable": True, "data": {"a": "1"}}, {"immutable": True, "data": {}}),
        ("Deployment.apps", {"spec": {"selector": {"a": "b"}}}, {"spec": {"selector": {}}}),
        ("ResourceQuota", {"spec": {"scopes": ["BestEffort"]}}, {"spec": {"scopes": []}}),
        ("Job.batch", {"spec": {"template": {"x": 1}}}, {"spec": {"template": {"x": 2}}}),
    ],
)
def test_immutable_fields(kind: str, before: Any, after: Any) -> None:
    found = said(thing("other", kind, **before), thing("other", kind, **after))

    assert any("immutable field" in text for _, text in found)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("ConfigMap", {"data": {"a": "1"}}, {"data": {"a": "2"}}),
        ("Deployment.apps", {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}),
    ],
)
def test_fields_that_can_change(kind: str, before: Any, after: Any) -> None:
    found = said(thing("other", kind, **before), thing("other", kind, **after))

    assert [risk for risk, _ in found] == ["changes"]


def test_what_a_secret_holds_is_shown_nowhere() -> None:
    before, after = (thing("other", "Secret", data={"k": v}) for v in ("b25l", "dHdv"))

    found = section(before, after)

    assert "b25l" not in repr(found) and "dHdv" not in repr(found)
    assert found.lines[0].text == "`data.k`: `(hidden)` → `(hidden)`"


def test_any_right_to_anything() -> None:
    kind = "Role.rbac.authorization.k8s.io"
    rule = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}

    [(risk, text)] = said(thing("rbac", kind, rules=[]), thing("rbac", kind, rules=[rule]))

    assert (risk, text) == ("widens", "who has the role `x` may now do anything to everything")


def test_a_right_within_a_wider_one_is_no_new_right() -> None:
    kind = "Role.rbac.authorization.k8s.io"
    wide = {"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}
    narrow = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], "resourceNames": ["p"]}

    [(risk, text)] = said(
        thing("rbac", kind, rules=[wide]), thing("rbac", kind, rules=[wide, narrow])
    ) or [("", "")]

    assert risk in ("", "harmless", "changes")
    assert "may now" not in text


def test_a_token_that_pods_get() -> None:
    before = thing("rbac", "ServiceAccount", automountServiceAccountToken=False)

    assert said(before, thing("rbac", "ServiceAccount")) == [
        ("widens", "pods of `x` get a token for the cluster's API")
    ]


def test_the_policy_that_denies_all_is_gone() -> None:
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}

    [(risk, _)] = said(thing("network", "NetworkPolicy.networking.k8s.io", spec=spec), None)

    assert risk == "widens"


def predictor(**more: Any) -> dict[str, Any]:
    return {"name": "main", "traffic": 100, "graph": {"name": "m"}, **more}


def seldon_deployment(protocol: str = "v2", **more: Any) -> Object:
    spec = {"protocol": protocol, "predictors": [predictor(**more)]}
    return thing("seldon", "SeldonDeployment.machinelearning.seldon.io", spec=spec)


def test_another_protocol_is_another_address_and_restarts_all() -> None:
    risks = [risk for risk, _ in said(seldon_deployment(), seldon_deployment("seldon"))]

    assert risks == ["interrupts", "interrupts"]


def test_the_number_of_replicas_restarts_nothing() -> None:
    found = said(seldon_deployment(replicas=1), seldon_deployment(replicas=2))

    assert found == [("changes", "`main` runs with 2 replicas instead of 1 replica")]


def test_all_else_of_a_predictor_restarts_its_pods() -> None:
    found = said(seldon_deployment(), seldon_deployment(progressDeadlineSeconds=9))

    assert ("interrupts", "pods will restart, one after another: those of `main`") in found


def test_the_same_on_many_objects_is_said_once() -> None:
    def labelled(team: str) -> list[Object]:
        names = [f"x{number}" for number in range(5)]
        return [
            thing("other", "Thing", metadata={"name": n, "labels": {"mlspec.io/team": team}})
            for n in names
        ]

    found = compare(environment(*labelled("a")), environment(*labelled("b")), lambda *_: ())

    [line] = found.lines
    assert line.risk == "harmless"
    assert len(line.objects) == 5


def test_a_change_without_a_text_hides_no_object() -> None:
    silent = Change(risk="harmless", text="", paths=(("spec",),))
    before, after = (thing("other", "Thing", spec={"a": value}) for value in (1, 2))

    found = compare(environment(before), environment(after), lambda *_: [silent])

    assert [line.text for line in found.lines] == ["`spec.a`: `1` → `2`"]
