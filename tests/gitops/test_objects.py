"""Which object before is which after: by identity, by a move, by a new name."""

from __future__ import annotations

from typing import Any

from mlspec.gitops.objects import Environment, Object, Pair, pairs
from mlspec.manifests.manifest import Manifest


def thing(name: str, namespace: str = "a", kind: str = "Thing", **spec: Any) -> Object:
    body = {
        "apiVersion": "example.com/v1", "kind": kind,
        "metadata": {"name": name, "namespace": namespace}, "spec": {"name": name, **spec},
    }  # fmt: skip
    return Object("things", Manifest(body=body))


def environment(*objects: Object, cluster: str = "one") -> Environment:
    return Environment(
        project="wine", name="dev", file="project.yaml", cluster=cluster, namespace="a",
        objects=objects,
    )  # fmt: skip


def found(before: list[Object], after: list[Object], **to: str) -> list[tuple[str, str, str]]:
    return [_told(each) for each in pairs(environment(*before), environment(*after, **to))]


def _told(pair: Pair) -> tuple[str, str, str]:
    names = [each.manifest.name if each else "" for each in (pair.before, pair.after)]
    return pair.how, names[0], names[1]


MANY = {f"key{n}": n for n in range(20)}


def test_the_same_identity() -> None:
    assert found([thing("x")], [thing("x", size=2)]) == [("changed", "x", "x")]


def test_new_and_gone() -> None:
    assert found([thing("x", size=1)], [thing("y", kind="Other")]) == [
        ("removed", "x", ""),
        ("added", "", "y"),
    ]


def test_another_namespace_is_a_move() -> None:
    assert found([thing("x")], [thing("x", "b")]) == [("moved", "x", "x")]


def test_another_cluster_is_a_move() -> None:
    assert found([thing("x")], [thing("x")], cluster="two") == [("moved", "x", "x")]


def test_nearly_the_same_body_under_another_name() -> None:
    assert found([thing("x", **MANY)], [thing("y", **{**MANY, "key1": 0})]) == [
        ("renamed", "x", "y")
    ]


def test_another_body_under_another_name_is_another_object() -> None:
    other = dict.fromkeys(MANY, -1)

    assert [how for how, *_ in found([thing("x", **MANY)], [thing("y", **other)])] == [
        "removed",
        "added",
    ]


def test_the_most_alike_go_together() -> None:
    before = [thing("x", **MANY, color="red"), thing("y", **MANY, color="blue")]
    after = [thing("p", **MANY, color="blue"), thing("q", **MANY, color="red")]

    assert set(found(before, after)) == {("renamed", "x", "q"), ("renamed", "y", "p")}


def test_another_kind_is_never_a_new_name() -> None:
    hows = [how for how, *_ in found([thing("x", **MANY)], [thing("y", kind="Z", **MANY)])]

    assert hows == ["removed", "added"]
