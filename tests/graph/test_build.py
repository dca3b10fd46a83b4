"""What there is to draw of a plan."""

from __future__ import annotations

from mlspec.graph.build import graph_of
from mlspec.plan.model import Predictor, Replicas
from tests.graph.graphs import chain, ends, node, wine_graph
from tests.plans import NOTIFY, wine_pipeline, wine_plan, wine_service, wine_steps
from tests.specs import plan


def test_the_example_from_the_source_to_the_alerts() -> None:
    assert ends(wine_graph()) == [
        ("tastings", "ingest-tastings", ""),
        ("ingest-tastings", "check-tastings", "tastings"),
        ("ingest-tastings", "clean", "tastings"),
        ("check-tastings", "clean", "waits"),
        ("clean", "wine-grader", "tidy"),
        ("clean", "evaluate-wine-grader", "tidy"),
        ("wine-grader", "evaluate-wine-grader", "model"),
        ("evaluate-wine-grader", "gate-wine-grader", "metrics"),
        ("wine-grader", "register-wine-grader", "model"),
        ("evaluate-wine-grader", "register-wine-grader", "metrics"),
        ("gate-wine-grader", "register-wine-grader", "waits"),
        ("register-wine-grader", "report", "waits"),
        ("register-wine-grader", "wine-grader", "challenger"),
        ("wine-grader", "champion · v7", "champion"),
        ("champion · v7", "wine-api", "90 %"),
        ("wine-grader", "challenger · v8", "challenger"),
        ("challenger · v8", "wine-api", "10 %"),
        ("wine-api", "wine-api", "waits"),
        ("report", "wine-quality runs", "waits"),
    ]


def test_every_part_is_in_its_cluster() -> None:
    found = {(each.cluster, each.kind) for each in wine_graph().nodes}

    steps = ("ingest", "check", "transform", "train", "evaluate", "gate", "register", "report")
    assert found == {
        ("data", "source"),
        *(("pipeline", kind) for kind in steps),
        ("registry", "model"),
        ("serving", "predictor"),
        ("serving", "service"),
        ("monitoring", "alerts"),
    }


def test_the_pipeline_says_when_it_runs() -> None:
    by_hand = wine_graph(pipeline=wine_pipeline(schedule=None))

    assert wine_graph().clusters[1].note == "0 3 * * * Europe/Paris"
    assert by_hand.clusters[1].note == "started by hand"


def test_a_gate_shows_its_bounds() -> None:
    gate = node(wine_graph(), "gate-wine-grader", "gate")

    assert gate.lines == ("f1_macro ≥ 0.85, no worse than champion",)
    assert dict(gate.details)["Gates"] == "f1_macro ≥ 0.85, no worse than champion"


def test_a_command_is_told_as_the_spec_has_it() -> None:
    clean = dict(node(wine_graph(), "clean", "transform").details)

    assert clean["Command"] == (
        "python -m wine.clean --in ${{ inputs.tastings }} --out=${{ outputs.tidy }}"
    )
    assert clean["Timeout"] == "30 min"


def test_a_secret_is_named_and_never_more() -> None:
    assert dict(node(wine_graph(), "tastings", "source").details)["Secret"] == "cellar-s3"


def test_a_step_that_is_waited_for_anyway_is_not_drawn_twice() -> None:
    """check-tidy → train → evaluate: that evaluate waits for check-tidy too goes without saying."""
    checked = "transforms: {clean: {outputs: {tidy: {format: parquet, schema: {a: int}}}}}"
    graph = graph_of(plan(checked))

    assert ("check-tidy", "grader", "waits") in ends(graph)
    assert ("check-tidy", "evaluate-grader", "waits") not in ends(graph)


def test_the_report_follows_the_end_of_the_longest_way_alone() -> None:
    *steps, register = wine_steps()
    early = register.replace(name="register-early", inputs=register.inputs[:1], after=())
    graph = graph_of(wine_plan(pipeline=wine_pipeline(steps=(*steps, early, register))))

    assert [e for e in ends(graph) if e[1] == "report"] == [
        ("register-wine-grader", "report", "waits")
    ]


def test_alerts_on_time_need_a_schedule() -> None:
    scheduled, by_hand = wine_graph(), wine_graph(pipeline=wine_pipeline(schedule=None))

    assert node(scheduled, "wine-quality runs", "alerts").lines == (
        "a run fails",
        "no success in time",
        "tastings older than 1 d",
        "critical, to #cellar",
    )
    assert node(by_hand, "wine-quality runs", "alerts").lines[:-1] == ("a run fails",)


def test_alerts_of_a_service_are_its_broken_objectives() -> None:
    assert node(wine_graph(), "wine-api", "alerts").lines == (
        "availability < 99.5 %",
        "p95 > 250 ms",
        "no pod reports",
        "critical, to #cellar",
    )


def test_a_service_without_objectives_has_no_alerts() -> None:
    graph = wine_graph(services=(wine_service(slo=None),))

    assert [each.label for each in graph.nodes if each.kind == "alerts"] == ["wine-quality runs"]


def test_a_shadow_answers_nobody() -> None:
    shadow = Predictor(
        name="shadow",
        role="shadow",
        alias="next",
        model_uri="s3://m",
        traffic=20,
        shadow=True,
        replicas=Replicas(min=1, max=1),
    )
    service = wine_service(predictors=(*wine_service().predictors, shadow))
    [edge] = [e for e in wine_graph(services=(service,)).edges if e.label == "copy of 20 %"]

    assert not edge.flow


def test_a_model_that_the_pipeline_does_not_register_is_drawn_as_such() -> None:
    graph = wine_graph(pipeline=None)

    assert node(graph, "wine-grader", "model").lines == ("registered elsewhere",)
    assert [each.name for each in graph.clusters] == ["registry", "serving", "monitoring"]


def test_a_plan_of_nothing_has_nothing_to_draw() -> None:
    graph = wine_graph(pipeline=None, services=())

    assert (graph.clusters, graph.nodes, graph.edges) == ((), (), ())


def test_a_long_pipeline_is_no_trouble() -> None:
    assert len(graph_of(chain(1000)).nodes) == 1002


def test_sources_tell_where_they_are() -> None:
    sources = """\
data:
  sources:
    tastings: {type: postgres, uri: null, format: null, host: db.example.com, database: cellar,
               table: tastings, credentials: {secret: pg}}
"""
    source = node(graph_of(plan(sources)), "tastings", "source")

    assert source.lines == ("postgres · tastings",)
    assert dict(source.details)["Secret"] == "pg"


def test_who_is_told_needs_no_channel() -> None:
    quiet = wine_pipeline(notify=NOTIFY.replace(channel=""))

    assert node(wine_graph(pipeline=quiet), "wine-quality runs", "alerts").lines[-1] == "critical"
