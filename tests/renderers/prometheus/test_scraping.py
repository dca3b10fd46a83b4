"""The PodMonitor finds the pods that the model server's target labels, and the alert its job."""

from __future__ import annotations

from mlspec.renderers.seldon import render as render_seldon

from mlspec.manifests.labels import selector_labels
from tests.plans import wine_plan, wine_service

from .cases import CASES, alerts_of, bodies, records_of


def test_each_service_has_a_monitor_that_selects_its_pods_alone() -> None:
    plan = wine_plan(services=(wine_service(), wine_service(name="other", slo=None)))
    monitors = [body for body in bodies(plan) if body["kind"] == "PodMonitor"]
    assert [body["metadata"]["name"] for body in monitors] == ["wine-api", "other"]
    for body in monitors:
        name = body["metadata"]["name"]
        labels = selector_labels(plan, name=name, component="model-server")
        assert body["spec"]["selector"] == {"matchLabels": labels}


def test_the_presence_alert_watches_the_monitors_job() -> None:
    (rule,) = alerts_of(CASES["example"], "MlspecServiceReportsNothing")
    assert rule["expr"] == 'absent(up{job="wine-quality-prod/wine-api"} == 1)'


def test_only_the_executor_is_scraped() -> None:
    monitor = bodies(CASES["example"])[0]
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("metrics", "/prometheus")
    (relabeling,) = endpoint["relabelings"]
    assert relabeling["regex"] == "seldon-container-engine"


def test_long_names_are_matched_as_the_model_servers_target_cuts_them() -> None:
    main, shadow = CASES["shadow"].services[0].predictors[:2]
    service = wine_service(name="w" * 50, predictors=(main, shadow.replace(name="s" * 40)))
    plan = wine_plan(services=(service,), pipeline=None)
    (deployment,) = (m.body for m in render_seldon(plan) if m.kind == "SeldonDeployment")
    names = [predictor["name"] for predictor in deployment["spec"]["predictors"]]
    expr = records_of(plan)["service:slo_errors:increase1h"]["expr"]
    assert f'deployment_name="{deployment["metadata"]["name"]}"' in expr
    assert [name for name in names if f'predictor_name!="{name}"' in expr] == names[1:]
