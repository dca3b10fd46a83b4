"""Rules in CEL: what they see, what is said of a wrong one and where, and hostile ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given as given_by_hypothesis
from hypothesis import settings
from hypothesis import strategies as st

from mlspec.guardrails.cel.engine import Engine, ExpressionError, Program, unavailable
from mlspec.guardrails.cel.judging import mistakes, narrowed
from mlspec.guardrails.cel.positions import place_in
from mlspec.guardrails.cel.views import Thing
from mlspec.guardrails.evaluate import look_at
from mlspec.guardrails.finding import Break, Failure
from mlspec.guardrails.telling import wrong
from mlspec.language.guardrails import CelGuardrail
from mlspec.manifests.manifest import Manifest
from mlspec.source.parser import parse
from tests.guardrails.judged import findings, on_manifests, told
from tests.specs import platform, span_text


def rule(expression: str, each: str = "service", more: str = "") -> str:
    text = json.dumps(expression)
    return f"{{rule: cel, each: {each}, expression: {text}, message: no{more}}}"


HOLDS = [
    ("service", "object.name == 'api' && object.model == 'grader'"),
    ("service", "object.replicas.min == 1 && object.replicas.max == 1"),
    ("service", "quantity(object.resources.cpu) <= 0.5 && object.resources.gpu == 0"),
    ("service", "quantity(object.resources.memory) < quantity('2Gi')"),
    ("service", "quantity('1Gi').isGreaterThan(quantity('1G')) && isQuantity('1Gi')"),
    ("service", "quantity('500m').compareTo(quantity('0.5')) == 0 && !isQuantity('x')"),
    ("service", "!has(object.rollout)"),
    ("service", "object.?rollout.?weight.orValue(0) <= 20"),
    ("service", "project.training[object.model].framework == 'mlflow'"),
    ("service", "!(object.name in project.monitoring)"),
    ("service", "environment.name == 'dev' && !environment.protected"),
    ("service", "environment.namespace == 'wine-quality-dev'"),
    ("project", "object.metadata.team == 'cellar' && size(object.serving) == 1"),
    ("project", "object.serving.all(name, object.serving[name].replicas.min > 0)"),
    ("project", "object.image.matches('^ghcr[.]io/acme/')"),
    ("project", "object.pipeline.schedule == {'cron': '@daily', 'timezone': 'UTC'}"),
    ("source", "object.type == 's3' && object.uri.startsWith('s3://cellar/')"),
    ("source", "object.schema.a == {'type': 'int', 'enum': [], 'pattern': '', 'nullable': false,"
               "'unique': false, 'pii': false, 'description': ''}"),
    ("source", "duration(object.freshness.within) == duration('168h')"),
    ("step", "object.kind in ['transform', 'train', 'evaluate']"),
    ("step", "object.kind != 'evaluate' || object.image == 'ghcr.io/acme/wine:1.4.0'"),
    ("step", "object.kind != 'transform' || object.outputs.tidy.format == 'parquet'"),
    ("step", "duration(object.timeout) <= duration('24h') && object.retries.limit == 0"),
    ("model", "object.gates.exists(m, has(object.gates[m].min))"),
    ("service", "object.name.upperAscii() == 'API' && 'a,b'.split(',').join('-') == 'a-b'"),
    ("service", "[1, 2, 3].filter(x, x > 1).map(x, x * 2) == [4, 6] && [1].exists_one(x, true)"),
]  # fmt: skip
PATCH = """
data: {sources: {tastings: {schema: {a: int, t: timestamp}, freshness: 7d}}}
pipeline: {schedule: '@daily'}
registry: {type: mlflow, models: {grader: {alias: champion, gates: {f1: {min: 1}}}}}
"""


@pytest.mark.parametrize(("each", "expression"), HOLDS)
def test_what_an_expression_sees(each: str, expression: str, engine: Engine) -> None:
    assert findings(rule(expression, each), PATCH, engine) == []


@pytest.mark.parametrize(("each", "expression"), HOLDS)
def test_what_holds_is_not_simply_unjudged(each: str, expression: str, engine: Engine) -> None:
    found = findings(rule(f"!({expression})", each), PATCH, engine)

    assert found
    assert all(isinstance(each.found, Break) for each in found)


def test_variables_are_evaluated_in_their_order(engine: Engine) -> None:
    more = ", variables: {least: object.replicas.min, twice: variables.least * 2}"

    assert findings(rule("variables.twice == 2", more=more), "", engine) == []


BROKEN = [
    # The one key that the expression asks for is the place, also in an overlay.
    ("object.replicas.min >= 2", "serving: {api: {replicas: {min: 1, max: 3}}}", "1"),
    ("object.replicas.min >= 2", "serving: {api: {replicas: 1}}", "1"),
    ("object.replicas.min >= 2", "", "api"),
    ("object.replicas.min > object.replicas.max", "serving: {api: {replicas: {min: 1}}}", "1"),
    # Of several, the one that the overlay brings; else the entry.
    ("object.alias == object.model", "serving: {api: {alias: next}}", "api"),
    (
        "object.alias == object.model", "environments: {dev: {serving: {api: {alias: next}}}}",
        "next",
    ),
    ("object.name != 'api'", "", "api"),
    ("project.metadata.team == ''", "", "api"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "patch", "place"), BROKEN)
def test_where_a_broken_expression_points(
    expression: str, patch: str, place: str, engine: Engine
) -> None:
    assert told(rule(expression), patch, engine) == [(place, "the service `api`: no")]


def text_of(expression: str, each: str = "service") -> str:
    return f"""\
guardrails:
  the-rule:
    rule: cel
    each: {each}
    expression: {expression}
    message: no
"""


def told_of_mistakes(text: str, engine: Engine) -> list[tuple[str, str]]:
    """What is wrong with the guardrail of a text: the place, and the message."""
    tree = parse(text, "platform.yaml")
    bad = look_at(platform(text), engine)
    assert bad.unusable == ({"the-rule"} if bad.failures else set())
    diagnostics = [wrong("MLS803", failure, tree) for failure in bad.failures]
    prefix = "the guardrail `the-rule`: "
    return [
        (span_text(each.span, text + " "), each.message.removeprefix(prefix))
        for each in diagnostics
    ]


WRONG = [
    ("object.name == nosuch", "nosuch", "there is no variable `nosuch`"),
    ("obejct.name == 'a'", "obejct", "there is no variable `obejct`"),
    ("object.name.startWith('a')", "startWith", "there is no function `startWith`"),
    ("object.name ==", "", "the expression ends too early"),
    ("object.name == )", ")", "`)` does not belong here"),
    ("object.name = 'a'", "=", "`=` does not belong here"),
    ("size(1) == 1", "size", "`size` cannot take (int)"),
    ("1 + 1.0 == 2.0", "+", "`+` cannot take (int, double)"),
    ("object.modl == 'a'", "modl", "a service has no key `modl`"),
    ("object.replicas.mn > 1", "mn", "a service has no key `mn`"),
    ("has(object.rollot)", "rollot", "a service has no key `rollot`"),
    ("project.servng == {}", "servng", "a service has no key `servng`"),
    ("object.name + 'a'", "expression",
     "the expression gives a value of type `string`, not true or false"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "place", "message"), WRONG)
def test_a_wrong_expression_is_told_at_its_column(
    expression: str, place: str, message: str, engine: Engine
) -> None:
    [(where, said)] = told_of_mistakes(text_of(expression), engine)

    assert (where, said) == (place, message)


STYLES = {
    "plain": "object.name == 'ü' && nosuch",
    "double quotes": '"object.name == \\"ü\\" && nosuch"',
    "single quotes": "'object.name == ''ü'' && nosuch'",
    "literal block": "|\n      object.name == 'ü' &&\n        nosuch",
    "folded block": ">-\n      object.name == 'ü'\n      && nosuch",
    "plain in two lines": "object.name == 'ü' &&\n      nosuch",
    "an escaped line end": "\"object.name == 'ü' &&\\n nosuch\"",
}


@pytest.mark.parametrize("style", STYLES)
def test_the_place_is_right_however_the_text_is_written(style: str, engine: Engine) -> None:
    assert told_of_mistakes(text_of(STYLES[style]), engine) == [
        ("nosuch", "there is no variable `nosuch`")
    ]


def test_a_wrong_variable_is_told_where_it_stands(engine: Engine) -> None:
    text = text_of("variables.a == 1") + "    variables: {a: object.replicas.nim}\n"

    assert told_of_mistakes(text, engine) == [("nim", "a service has no key `nim`")]


def test_keys_in_texts_and_of_maps_by_name_are_left_alone(engine: Engine) -> None:
    for expression in ("'object.nosuch' != ''", "project.serving.anything.model == 'a'"):
        assert told_of_mistakes(text_of(json.dumps(expression)), engine) == []


@settings(max_examples=60)
@given_by_hypothesis(st.text(min_size=1, max_size=60), st.data())
def test_a_place_is_always_within_its_text(value: str, data: st.DataObject) -> None:
    text = f"a: {json.dumps(value, ensure_ascii=False)}\n"
    tree = parse(text, "f.yaml") if value.isprintable() else None
    if tree is None:
        return
    offset = data.draw(st.integers(0, len(value)))

    span = place_in(tree, ("a",), str(tree.root["a"]), offset, 1)

    assert 4 <= span.column <= len(text)
    assert span.line == 1


UNJUDGED = [
    ("object.rollout.weight > 1", "there is no key `rollout`"),
    ("object.name > 1", "`>` cannot take (string, int)"),
    ("object.replicas.min / 0 == 1", "divide by zero"),
    ("object.name", "it gives a value of type `string`, not true or false"),
    ("object.name.matches('(')", "invalid regular expression: missing ): ("),
    ("quantity(object.name) > 1.0", "`api` is not a quantity"),
]


@pytest.mark.parametrize(("expression", "message"), UNJUDGED)
def test_what_cannot_be_judged_is_no_verdict(expression: str, message: str, engine: Engine) -> None:
    [finding] = findings(rule(expression), "", engine)

    assert isinstance(finding.found, Failure)
    assert finding.found.message == f"cannot judge the service `api`: {message}"
    assert finding.found.help


LIST = "[1,2,3,4,5,6,7,8,9,10]"


def nested(depth: int) -> str:
    text = "true"
    for number in range(depth):
        text = f"{LIST}.all(v{number}, {text})"
    return text


HOSTILE = {
    "nested loops": nested(9),
    "a list that doubles": "[[1]]" + ".map(a, a + a)" * 28 + ".size() > 0",
    "a text that doubles": "['aaaa']" + ".map(a, a + a)" * 28 + ".size() > 0",
    "a text in a text": "['" + "a" * 900 + "'].all(x, x" + ".replace('a', x)" * 3 + " == '')",
    "a regular expression of old": f"'{'a' * 900}b'.matches('(a+)+$')",
    "a large regular expression": "'a'.matches('((a{1,100}){1,100}){1,100}')",
    "parentheses": "(" * 1900 + "true" + ")" * 1900,
    "brackets": "[" * 1900 + "]" * 1900 + " == []",
    "negations": "!" * 3900 + "true",
    "a long sum": "1" + "+1" * 1900 + " > 0",
    "a long chain": "object" + ".a" * 1900,
    "a long format": "'%.999999999f'.format([1.0]) == ''",
    "a zero byte": "object.name == '\x01'",
    "an overflow": "9223372036854775807 + 1 > 0",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_expression_ends_in_a_verdict_or_a_failure(name: str, engine: Engine) -> None:
    """Time and memory are bounded by the process's own limits: 2 s and 512 MB for a request."""
    program = Program((), HOSTILE[name])
    for ask in (engine.compile, lambda asked: engine.judge(asked, {"name": "a"})):
        try:
            assert isinstance(ask(program), dict)
        except ExpressionError as error:
            assert "evaluation was stopped" in str(error)


def test_after_an_expression_that_ends_the_process_the_next_is_judged(engine: Engine) -> None:
    engine.use({"project": {"a": 1}, "environment": {}})
    heavy = Program((), "object.l.all(x, !object.s.matches('(a|b)*c'))")
    with pytest.raises(ExpressionError, match="too much time"):
        engine.judge(heavy, {"l": list(range(9000)), "s": "ab" * 1_000_000})

    assert engine.judge(Program((), "project.a == 1"), {}) == {"holds": True}


@settings(max_examples=150)
@given_by_hypothesis(
    st.text(alphabet="objectprj.[](){}'\"!&|=<>+-*/%?:,0123 \n\\x\u00e9", max_size=80)
)
def test_no_expression_makes_a_traceback(text: str) -> None:
    given = CelGuardrail(rule="cel", each="service", expression=text or "x", message="no")
    with Engine() as own:
        for failure in mistakes(given, ENGINE if unavailable() is None else own):
            assert failure.message and failure.help
            assert failure.line <= text.count("\n") + 1


ENGINE = Engine()


@pytest.fixture(scope="module", autouse=True)
def _one_process() -> object:
    with ENGINE:
        yield


ROLE = Manifest(
    body={
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
        "metadata": {"name": "a", "labels": {"app.kubernetes.io/name": "api"}},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("more", "is_found"),
    [
        ("", True),
        (", kinds: [Role]", True),
        (", kinds: [Role.rbac.authorization.k8s.io]", True),
        (", kinds: [Role.other.io]", False),
        (", kinds: [RoleBinding]", False),
    ],
)
def test_a_manifest_is_judged_if_it_is_of_the_kinds(
    more: str, is_found: bool, engine: Engine
) -> None:
    found = on_manifests(rule("object.kind != 'Role'", "manifest", more), [ROLE], engine)

    assert [each.found.message for each in found] == ["the Role `a`: no"] * is_found


def test_a_manifest_stands_for_the_section_that_it_derives_from(engine: Engine) -> None:
    def section(name: str) -> object:
        labels = {"app.kubernetes.io/name": name}
        manifest = Manifest(body={**ROLE.body, "metadata": {"name": "a", "labels": labels}})
        [found] = on_manifests(
            rule("false", "manifest"), [manifest], engine,
            "access: {roles: {viewer: {subjects: [group:a], may: [view]}}}",
        )  # fmt: skip
        assert isinstance(found.found, Break)
        return found.found.path

    assert section("api") == ("serving", "api")
    assert section("wine-quality") == ("pipeline",)
    assert section("viewer") == ("access", "roles", "viewer")
    assert section("anything else") == ("metadata", "name")


def test_a_plan_is_judged(engine: Engine) -> None:
    expression = "object.project == 'wine-quality' && object.services[0].predictors.size() == 1"

    assert on_manifests(rule(expression, "plan"), [], engine) == []
    assert len(on_manifests(rule(f"!({expression})", "plan"), [], engine)) == 1


def test_what_is_not_of_the_spec_has_no_narrower_place() -> None:
    given = CelGuardrail(rule="cel", each="plan", expression="object.a == 1", message="no")

    assert narrowed(given, Thing("the plan", (), {}), {"a": 1}, {}) is None


def test_the_worker_imports_nothing_of_mlspec() -> None:
    folder = Path(__file__).parents[2] / "mlspec" / "guardrails" / "cel"

    assert "mlspec" not in [
        line.split()[1].partition(".")[0]
        for line in (folder / "worker.py").read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    ]
