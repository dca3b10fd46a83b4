"""What the environment's quota allows is enough for what the project asks for."""

from __future__ import annotations

import pytest

from mlspec.checks.limits import HELPER, PROXY, check_quota, check_sizes, copies
from tests.specs import (
    PROJECT,
    diagnosed,
    found_at,
    inputs,
    merged,
    plan,
    problem,
    problems,
    project,
)

SERVING = "serving: {api: {replicas: %s, resources: {cpu: 1, memory: 1Gi}}}"
"""A copy is of 1.5 CPUs and 1.5Gi with its proxy. Beside it, the minimal project's greediest step
takes the default, 500m and 1Gi, and 250m and 512Mi for what carries its data."""


def quota(text: str) -> str:
    return f"environments: {{dev: {{quota: {text}}}}}"


def test_without_a_quota_anything_goes() -> None:
    assert problems(check_quota, SERVING % 10000) == []


@pytest.mark.parametrize("text", ["{cpu: 5.25}", "{memory: 6Gi}", "{cpu: 5250m, memory: 6144Mi}"])
def test_what_is_asked_for_may_be_the_whole_quota(text: str) -> None:
    assert problems(check_quota, SERVING % 2, on=quota(text)) == []


@pytest.mark.parametrize(
    ("text", "kind", "said", "label"),
    [
        (
            "{cpu: 5.249}",
            "cpu",
            "5.25 of cpu are asked for in `dev`, where the quota is 5.249",
            "`api` x 2: 3 + one more `api` during an update: 1.5 + the step `clean`: 0.75",
        ),
        (
            "{memory: 6143Mi}",
            "memory",
            "6Gi of memory are asked for in `dev`, where the quota is 5.9990234375Gi",
            "`api` x 2: 3Gi + one more `api` during an update: 1.5Gi + the step `clean`: 1.5Gi",
        ),
    ],
)
def test_more_than_the_quota(text: str, kind: str, said: str, label: str) -> None:
    found = diagnosed(check_quota, SERVING % 2, on=quota(text))

    assert (found.code, found.message, found.label) == ("MLS502", said, label)
    assert found_at(found, merged(PROJECT, SERVING % 2)) == kind


def test_one_service_is_updated_at_a_time_and_the_greediest_needs_most_room() -> None:
    patch = """
serving:
  api: {resources: {gpu: 1}}
  other: {model: grader, resources: {gpu: 2}}
"""
    assert problems(check_quota, patch, on=quota("{gpu: 5}")) == []
    found = problem(check_quota, patch, on=quota("{gpu: 4}"))
    assert found.label == "`api` x 1: 1 + `other` x 1: 2 + one more `other` during an update: 2"


def test_what_a_pod_has_beside_its_program_is_told_where_it_counts() -> None:
    cpu = problem(check_quota, SERVING % 9, on=quota("{cpu: 1}"))
    gpu = problem(check_quota, "serving: {api: {resources: {gpu: 1}}}", on=quota("{gpu: 0}"))

    said = "(0.5 of a copy is its proxy, 0.25 of a step is what carries its data)"
    assert (cpu.help or "").endswith(said)
    assert gpu.help == "ask for less or for fewer copies, or ask the platform team for more"


def test_the_plan_gives_pods_what_was_counted() -> None:
    found = plan()

    assert found.pipeline is not None
    assert (found.pipeline.helper.cpu, found.pipeline.helper.memory) == (HELPER.cpu, HELPER.memory)
    [service] = found.services
    assert (service.proxy.cpu, service.proxy.memory) == (PROXY.cpu, PROXY.memory)


def test_the_greediest_step_counts_and_no_other() -> None:
    patch = "{serving: null, training: {grader: {resources: {gpu: 2}}}}"

    assert problems(check_quota, patch, on=quota("{gpu: 2}")) == []
    found = problem(check_quota, patch, on=quota("{gpu: 1}"))
    assert found.path == ("training", "grader", "resources", "gpu")
    assert found.label == "the step `grader`: 2"


def test_who_asks_for_most_is_pointed_at() -> None:
    found = problem(check_quota, SERVING % 9, on=quota("{cpu: 1}"))

    assert found.path == ("serving", "api", "resources", "cpu")


def test_every_kind_is_said_on_its_own() -> None:
    found = problems(check_quota, SERVING % 9, on=quota("{cpu: 1, memory: 1Gi, gpu: 0}"))

    assert [p.path[-1] for p in found] == ["cpu", "memory"]


def test_this_machine_has_no_quota() -> None:
    assert problems(check_quota, SERVING % 9, environment="local", on=quota("{cpu: 1}")) == []


@pytest.mark.parametrize(
    ("text", "pods"),
    [
        pytest.param("replicas: 3", 3, id="fixed"),
        pytest.param("replicas: {min: 1, max: 5}", 5, id="at-most"),
        pytest.param(
            "replicas: 10, rollout: {strategy: canary, candidate: x, weight: 25}", 13, id="canary"
        ),
        pytest.param("replicas: 3, rollout: {strategy: shadow, candidate: x}", 6, id="shadow"),
        pytest.param("replicas: 3, rollout: {strategy: ab, variants: {a: 50, b: 50}}", 4, id="ab"),
    ],
)
def test_all_copies_count(text: str, pods: int) -> None:
    assert copies(project(f"serving: {{api: {{{text}}}}}").serving["api"]) == pods


def test_defaults_of_the_platform_count_as_the_plan_takes_them() -> None:
    """Also where the platform names a default of one kind only."""
    platform = "{defaults: {resources: {memory: 2Gi}}, environments: {dev: {quota: {cpu: 999m}}}}"

    found = problem(check_quota, on=platform)

    assert inputs(on="{defaults: {resources: {memory: 2Gi}}}").resources(None).cpu == "500m"
    assert found.message == "2.75 of cpu are asked for in `dev`, where the quota is 0.999"


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        pytest.param(
            "training: {grader: {resources: {cpu: 500}}}", ("training", "grader"), id="step"
        ),
        pytest.param("serving: {api: {resources: {cpu: 500}}}", ("serving", "api"), id="service"),
    ],
)
def test_thousandths_of_a_cpu_without_their_unit(patch: str, path: tuple[str, ...]) -> None:
    found = problem(check_sizes, patch)

    assert (found.code, found.path) == ("MLS106", (*path, "resources", "cpu"))
    assert found.message == "500 CPUs are more than a machine has"
    assert found.help == "write `500m` for 0.5 of a CPU"


@pytest.mark.parametrize("cpu", ["64", "448", "500m", "0.5"])
def test_as_many_cpus_as_a_machine_may_have(cpu: str) -> None:
    assert problems(check_sizes, f"training: {{grader: {{resources: {{cpu: {cpu}}}}}}}") == []
