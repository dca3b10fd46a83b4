"""Who may do what: the rights of each action, merged, and never more than was asked for."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlspec.renderers.rbac.actions import GRANTS, Grant
from mlspec.renderers.rbac.rules import policy_rules

from mlspec.plan import model
from mlspec.plan.model import Use

from .cases import CASES, bodies, identity_plan, rules_of

if TYPE_CHECKING:
    from typing import TypeAlias

    Right: TypeAlias = tuple[str, str, str, str]

ARGO = ["argoproj.io"]
UNNAMEABLE = {"create", "list", "watch", "deletecollection"}

all_uses = st.lists(
    st.builds(
        lambda action, names: Use(action=action, names=tuple(names)),
        st.sampled_from(sorted(GRANTS)),
        st.lists(st.sampled_from(["wine", "beer", "mead"]), max_size=3),
    )
)


def test_the_executor_may_report_task_results_and_nothing_else() -> None:
    (rule,) = policy_rules((Use(action="report-task-results"),))
    assert rule == {
        "apiGroups": ARGO,
        "resources": ["workflowtaskresults"],
        "verbs": ["create", "patch"],
    }


def test_submitting_from_a_template_needs_that_template_and_creating_workflows() -> None:
    assert policy_rules((Use(action="run-pipeline", names=("wine-quality",)),)) == [
        {"apiGroups": ARGO, "resources": ["workflows"], "verbs": ["create"]},
        {
            "apiGroups": ARGO,
            "resources": ["workflowtemplates"],
            "resourceNames": ["wine-quality"],
            "verbs": ["get"],
        },
    ]


def test_what_two_uses_share_is_said_once() -> None:
    uses = (
        Use(action="view-runs"),
        Use(action="stop-runs"),
        Use(action="run-pipeline", names=("b",)),
        Use(action="run-pipeline", names=("a",)),
    )
    assert policy_rules(uses) == [
        {
            "apiGroups": ARGO,
            "resources": ["workflows"],
            "verbs": ["get", "list", "watch", "create", "patch"],
        },
        {
            "apiGroups": ARGO,
            "resources": ["workflowtemplates"],
            "resourceNames": ["a", "b"],
            "verbs": ["get"],
        },
    ]


def test_a_right_on_all_objects_makes_one_on_a_single_object_needless(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_one = Grant(group="argoproj.io", resources=("workflows",), verbs=("get",), by_name=True)
    monkeypatch.setitem(GRANTS, "stop-runs", (on_one,))
    uses = (Use(action="stop-runs", names=("wine",)), Use(action="view-runs"))
    assert policy_rules(uses) == policy_rules(uses[1:])


def test_a_use_by_name_that_names_nothing_grants_nothing() -> None:
    assert policy_rules((Use(action="view-pipeline"), Use(action="view-services"))) == []
    assert [b["kind"] for b in bodies(CASES["nothing-named"])] == ["ServiceAccount"]


def test_an_unknown_action_is_an_error() -> None:
    use: Any = Use(action="view-runs").replace(action="delete-everything")
    with pytest.raises(ValueError, match="delete-everything"):
        policy_rules((use,))


def test_every_action_of_the_plan_has_its_rights() -> None:
    known = re.findall(r"[a-z-]{3,}", Use.__annotations__["action"].removeprefix("Literal"))
    assert sorted(known) == sorted(GRANTS)


def test_no_grant_by_name_has_a_verb_that_kubernetes_cannot_hold_to_names() -> None:
    by_name = [grant for grants in GRANTS.values() for grant in grants if grant.by_name]
    assert by_name
    assert not any(UNNAMEABLE & set(grant.verbs) for grant in by_name)


@pytest.mark.parametrize("case", CASES)
def test_no_wildcard_and_nothing_that_makes_more_rights(case: str) -> None:
    for rule in rules_of(CASES[case]):
        assert "*" not in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]]
        assert not {"escalate", "bind", "impersonate"} & set(rule["verbs"])
        assert not {"secrets", "pods/exec"} & set(rule["resources"])


@given(all_uses)
def test_the_rules_allow_what_the_uses_ask_for_and_not_one_thing_more(uses: list[Use]) -> None:
    rules = policy_rules(uses)
    objects = ("wine", "beer", "mead", "another")
    asked = {
        (grant.group, resource, verb, name)
        for use in uses
        for grant in GRANTS[use.action]
        for resource in grant.resources
        for verb in grant.verbs
        for name in (use.names if grant.by_name else objects)
    }
    assert {right for rule in rules for right in _allowed(rule, objects)} == asked


@given(all_uses)
def test_no_right_is_said_twice_and_order_does_not_matter(uses: list[Use]) -> None:
    rules = policy_rules(uses)
    rights = [right for rule in rules for right in _allowed(rule, ("",))]
    assert len(rights) == len(set(rights))
    assert policy_rules(uses[::-1] + uses) == rules
    assert all(rule.get("resourceNames") != [] for rule in rules)


def test_what_one_role_is_given_is_not_shared_with_another() -> None:
    uses = [Use(action="view-pipeline", names=("wine",)), Use(action="view-logs")]
    wanted = deepcopy(policy_rules(uses))
    for rule in policy_rules(uses):
        for values in rule.values():
            values.append("changed")

    assert policy_rules(uses) == wanted


def test_people_are_bound_beside_the_account_of_the_role() -> None:
    (binding,) = bodies(CASES["operator"], "RoleBinding")
    assert binding["roleRef"]["kind"] == "Role"
    assert [(s["kind"], s["name"], s.get("namespace")) for s in binding["subjects"]] == [
        ("ServiceAccount", "wine-quality-robot", "wine-quality-prod"),
        ("User", "ana@example.com", None),
        ("Group", "on-call", None),
        ("ServiceAccount", "ci", "build"),
        ("ServiceAccount", "local", "wine-quality-prod"),
    ]


def test_a_subject_is_bound_once() -> None:
    twice = (model.Subject(kind="group", name="ds"),) * 2
    plan = identity_plan(uses=(Use(action="view-runs"),), subjects=twice)
    (binding,) = bodies(plan, "RoleBinding")
    assert [s["kind"] for s in binding["subjects"]] == ["ServiceAccount", "Group"]


@given(st.text(min_size=1))
def test_names_of_people_arrive_literally(name: str) -> None:
    subjects = (model.Subject(kind="user", name=name),)
    plan = identity_plan(uses=(Use(action="view-runs"),), subjects=subjects)
    (binding,) = bodies(plan, "RoleBinding")
    assert binding["subjects"][-1]["name"] == name


def _allowed(rule: dict[str, Any], objects: tuple[str, ...]) -> list[Right]:
    return [
        (group, resource, verb, name)
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
        for name in rule.get("resourceNames", objects)
    ]
