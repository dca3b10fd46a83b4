"""Data of clouds, fetched by the libraries that the user installs for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlspec.plan.model import Fetch, S3Location
from tests.local.pipelines import Ran, run_steps, step


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of moto's S3, which has the bucket `cellar` with a file and a folder."""
    moto = pytest.importorskip("moto.server", reason="needs moto[server], which stands in for S3")
    pytest.importorskip("s3fs", reason="needs s3fs, which users install to read S3")
    import boto3

    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in (("ACCESS_KEY_ID", "ana"), ("SECRET_ACCESS_KEY", "hush")):
            monkeypatch.setenv(f"AWS_{name}", value)
        running = moto.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
        running.start()
        address = "{}:{}".format(*running.get_host_and_port())
        try:
            client = boto3.client("s3", endpoint_url=f"http://{address}", region_name="us-east-1")
            client.create_bucket(Bucket="cellar")
            for key in ("wine.csv", "wines/red.csv", "wines/old/white.csv"):
                client.put_object(Bucket="cellar", Key=key, Body=f"{key}\n".encode())
            yield address
        finally:
            running.stop()


def fetched(project: Path, server: str, key: str, bucket: str = "cellar") -> Ran:
    location = S3Location(
        bucket=bucket, key=key, endpoint=server, region="us-east-1", insecure=True
    )
    fetch = Fetch(name="wine", location=location)
    found: Any = step("ingest", "cp -r <input wine> <output out>", kind="ingest", fetch=fetch)
    return run_steps(project, found)


def test_a_file_of_s3_as_moto_s_server_has_it(tmp_path: Path, server: str) -> None:
    ran = fetched(tmp_path, server, "wine.csv")

    assert ran.state == "succeeded", ran.log("ingest")
    assert ran.read("ingest") == "wine.csv\n"


def test_a_folder_of_s3_as_moto_s_server_has_it(tmp_path: Path, server: str) -> None:
    ran = fetched(tmp_path, server, "wines")

    assert ran.state == "succeeded", ran.log("ingest")
    place = ran.output("ingest")
    found = sorted(str(file.relative_to(place)) for file in place.rglob("*.csv"))
    assert found == ["old/white.csv", "red.csv"]


@pytest.mark.parametrize(("bucket", "key"), [("cellar", "beer.csv"), ("brewery", "beer.csv")])
def test_what_s3_has_not_as_moto_s_server_says_it(
    tmp_path: Path, server: str, bucket: str, key: str
) -> None:
    ran = fetched(tmp_path, server, key, bucket)

    assert ran.state == "failed"
    assert "cannot fetch s3 data: " in ran.log("ingest")
    assert "does not exist" in ran.log("ingest")
    assert "hush" not in ran.log("ingest")
