"""What users and platforms write arrives as they wrote it."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from mlspec.output.yaml_writer import dump
from tests.upstream import upstream_errors

from .cases import ALONE, deployment_of, predictor_plan

HOSTILE = (
    "s3://models/{{workflow.name}}",
    "s3://models/$(cat /etc/passwd)",
    "s3://models/{{ $labels.pod }}",
    "s3://models/%s/{node}",
    'gs://a b/"quoted": {x: !!python/none}',
    "no",
    "0o17",
    "- item\n# comment\n---\nkind: Secret",
)

texts = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
)


@given(uri=texts)
def test_address_of_a_model(uri: str) -> None:
    body = deployment_of(predictor_plan(ALONE.replace(model_uri=uri)))
    assert upstream_errors(body) == []
    read = yaml.safe_load(dump(body))
    assert read == body
    assert read["spec"]["predictors"][0]["graph"]["modelUri"] == uri
