"""The names of the metrics that a pipeline reports of itself, shared by the targets that emit and
that watch them. A workflow engine may put its own prefix before them."""

RUNS_TOTAL = "mlspec_pipeline_runs_total"
"""Counter of ended runs; labels: project, environment, pipeline, status."""

LAST_SUCCESS = "mlspec_pipeline_last_success_timestamp_seconds"
"""Gauge, unix time of the newest run that succeeded; labels: project, environment, pipeline."""

DATA_TIMESTAMP = "mlspec_data_timestamp_seconds"
"""Gauge, unix time of the newest data of a source; labels: project, environment, source."""
