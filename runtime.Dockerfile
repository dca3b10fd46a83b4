# The image of the steps that mlspec adds to a pipeline: ingest, check, gate, register, report.
# Runs without root and under a read-only root file system: nothing is written outside the
# outputs that a step is given and /tmp (mount an empty volume there).
#
#   docker build -f runtime.Dockerfile -t mlspec-runtime .
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/venv
COPY pyproject.toml README.md LICENSE ./
COPY mlspec mlspec
COPY renderers renderers
COPY schemas schemas
RUN /opt/venv/bin/pip install --no-cache-dir ".[runtime]"

FROM python:3.12-slim
LABEL org.opencontainers.image.title="mlspec-runtime" \
      org.opencontainers.image.licenses="Apache-2.0"
# GIT_PYTHON_REFRESH: MLflow asks for git at import, and does without it here.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    GIT_PYTHON_REFRESH=quiet
COPY --from=build /opt/venv /opt/venv
WORKDIR /tmp
USER 65532:65532
ENTRYPOINT ["python", "-m", "mlspec.runtime"]
