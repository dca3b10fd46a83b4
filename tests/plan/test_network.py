"""Workloads: who talks to whom, as the data flow says."""

from __future__ import annotations

import pytest

from mlspec.plan.model import Endpoint, Workload
from tests.specs import plan

STORE = Endpoint(name="artifacts", host="minio.minio.svc", port=9000, namespace="minio")
MLFLOW = Endpoint(name="mlflow", host="mlflow.mlops.svc", port=5000, namespace="mlops")


def workloads(patch: str = "", **where: str) -> dict[str, Workload]:
    return {workload.component: workload for workload in plan(patch, **where).workloads}


def test_a_pipeline_reaches_its_store_mlflow_and_its_sources() -> None:
    found = workloads()["pipeline"]

    assert found.reaches == (
        STORE,
        MLFLOW,
        Endpoint(name="tastings", host="s3.amazonaws.com", port=443),
    )
    assert found.calls_kubernetes_api
    assert not found.serves


def test_a_server_reaches_its_models_only() -> None:
    found = workloads()["model-server"]

    assert (found.name, found.reaches, found.serves) == ("api", (STORE,), True)
    assert not found.calls_kubernetes_api


def test_a_source_that_nobody_reads_is_not_reached() -> None:
    patch = "data: {sources: {spare: {type: http, uri: 'https://spare/x', format: csv}}}"

    assert "spare" not in [e.host for e in workloads(patch)["pipeline"].reaches]


def test_an_address_is_listed_once() -> None:
    patch = """
data: {sources: {more: {type: s3, uri: s3://cellar/y, format: csv}}}
transforms: {clean: {inputs: [tastings, more]}}
"""
    found = [(e.host, e.port) for e in workloads(patch)["pipeline"].reaches]

    assert len(set(found)) == len(found)


def test_what_is_not_there_has_no_workload() -> None:
    assert plan("{transforms: null, training: null, serving: null}").workloads == ()


@pytest.mark.parametrize("part", ["pipeline", "model-server"])
def test_a_cloud_identity_needs_its_token_server(part: str) -> None:
    on = "artifacts: {credentials: {workload_identity: 'arn:aws:iam::123456789012:role/r'}}"

    assert "sts.amazonaws.com" in [e.host for e in workloads(on=on)[part].reaches]


def test_the_gateway_reaches_what_is_exposed_or_without_routes_of_ours_every_service() -> None:
    gateway = "gateway: {resource: {name: public}}"
    exposed = "serving: {api: {expose: {host: wine.example.com}}}"

    assert plan().workloads[-1].from_gateway == ("http", "grpc")
    assert plan(on=gateway).workloads[-1].from_gateway == ()
    assert plan(exposed, on=gateway).workloads[-1].from_gateway == ("http",)
