"""Digests of tags, asked of a registry that stands in for a real one."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlspec.gitops.errors import GitopsError
from mlspec.gitops.locking.credentials import Credentials, credentials_for
from mlspec.gitops.locking.image_names import ImageName, parse_image
from mlspec.gitops.locking.registry import ACCEPT, WAITS, Registries
from tests.gitops.locking.registry_stand_in import (
    DIGEST,
    IDENTITY,
    PASSWORD,
    USER,
    StandIn,
    registry,
)


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with registry() as found:
        yield found


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of Docker's configuration, empty."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    return tmp_path


def registries(waited: list[float] | None = None) -> Registries:
    return Registries(sleep=(waited if waited is not None else []).append)


def configure(docker: Path, **config: object) -> None:
    (docker / "config.json").write_text(json.dumps(config), encoding="utf-8")


def auth() -> str:
    return base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def helper(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    file = folder / "docker-credential-safe"
    file.write_text(f"#!/bin/sh\nread key\n{script}\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("python:3.12", ImageName("docker.io", "library/python", "3.12")),
        ("acme/wine", ImageName("docker.io", "acme/wine", "latest")),
        ("index.docker.io/acme/wine:1", ImageName("docker.io", "acme/wine", "1")),
        ("ghcr.io/acme/a/wine:1.4.0", ImageName("ghcr.io", "acme/a/wine", "1.4.0")),
        ("localhost/wine:1", ImageName("localhost", "wine", "1")),
        ("registry:5000/wine", ImageName("registry:5000", "wine", "latest")),
    ],
)
def test_references_are_read_as_docker_reads_them(reference: str, name: ImageName) -> None:
    assert parse_image(reference) == name


@pytest.mark.parametrize(
    ("reference", "base"),
    [
        ("python:3.12", "https://registry-1.docker.io"),
        ("ghcr.io/acme/wine:1", "https://ghcr.io"),
        ("127.0.0.1:5000/wine:1", "http://127.0.0.1:5000"),
        ("localhost.example.com/wine:1", "https://localhost.example.com"),
    ],
)
def test_all_but_this_machine_is_asked_over_https(reference: str, base: str) -> None:
    assert parse_image(reference).base == base


def test_a_registry_that_stands_in_gives_a_token_to_anybody(
    stand_in: StandIn, docker: Path
) -> None:
    assert registries().digest_of(f"{stand_in.host}/acme/wine:1") == DIGEST
    assert stand_in.requests() == [
        "HEAD /v2/acme/wine/manifests/1",
        "GET /token",
        "HEAD /v2/acme/wine/manifests/1",
    ]
    assert set(stand_in.accepted) == {ACCEPT}
    assert ACCEPT.startswith("application/vnd.oci.image.index.v1+json")


def test_each_image_and_each_token_is_asked_for_once(stand_in: StandIn, docker: Path) -> None:
    asked = registries()
    for _ in range(2):
        asked.digest_of(f"{stand_in.host}/acme/wine:1")
    asked.digest_of(f"{stand_in.host}/acme/wine:2")

    assert stand_in.requests().count("GET /token") == 1
    assert stand_in.requests()[-1] == "HEAD /v2/acme/wine/manifests/2"
    assert len(stand_in.had) == 4


def test_a_registry_that_stands_in_and_names_no_digest_gives_the_bytes(
    stand_in: StandIn, docker: Path
) -> None:
    stand_in.tells_digest = False

    assert registries().digest_of(f"{stand_in.host}/wine:1") == DIGEST
    assert stand_in.requests()[-1] == "GET /v2/wine/manifests/1"


def test_credentials_of_docker_s_file(stand_in: StandIn, docker: Path) -> None:
    stand_in.private = True
    configure(docker, auths={f"http://{stand_in.host}/v2/": {"auth": auth()}})

    assert registries().digest_of(f"{stand_in.host}/wine:1") == DIGEST


def test_a_registry_that_stands_in_and_asks_for_a_password(stand_in: StandIn, docker: Path) -> None:
    stand_in.basic = True
    configure(docker, auths={stand_in.host: {"username": USER, "password": PASSWORD}})

    assert registries().digest_of(f"{stand_in.host}/wine:1") == DIGEST


def test_credentials_of_a_helper(
    stand_in: StandIn, docker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in.private = True
    answer = json.dumps({"ServerURL": "", "Username": USER, "Secret": PASSWORD})
    helper(docker, monkeypatch, f"[ \"$key\" = {stand_in.host} ] && echo '{answer}'")
    configure(docker, credHelpers={stand_in.host: "safe"}, credsStore="none")

    assert registries().digest_of(f"{stand_in.host}/wine:1") == DIGEST


def test_an_identity_token_of_a_helper_is_exchanged(
    stand_in: StandIn, docker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in.private = True
    answer = json.dumps({"Username": "<token>", "Secret": IDENTITY})
    helper(docker, monkeypatch, f"echo '{answer}'")
    configure(docker, credsStore="safe")

    assert registries().digest_of(f"{stand_in.host}/wine:1") == DIGEST
    assert "POST /token" in stand_in.requests()


def test_a_helper_that_knows_nothing_leaves_it_to_the_file(
    docker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper(docker, monkeypatch, "echo 'credentials not found in native keychain'; exit 1")
    configure(docker, credsStore="safe", auths={"ghcr.io": {"auth": auth()}})

    assert credentials_for("ghcr.io") == Credentials(USER, PASSWORD)
    assert credentials_for("quay.io") is None


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo s3cr3t; exit 2", "docker-credential-safe failed with exit code 2"),
        ("echo s3cr3t", "gave an answer that cannot be read"),
    ],
)
def test_a_helper_that_fails_is_told_of_without_what_it_says(
    docker: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: str
) -> None:
    helper(docker, monkeypatch, script)
    configure(docker, credsStore="safe")

    with pytest.raises(GitopsError, match=told) as found:
        credentials_for("ghcr.io")
    assert "s3cr3t" not in str(found.value)


def test_a_refusal_names_the_way_in_and_no_secret(stand_in: StandIn, docker: Path) -> None:
    stand_in.private = True
    wrong = base64.b64encode(b"ana:wr0ng-pass").decode()
    configure(docker, auths={stand_in.host: {"auth": wrong}})

    with pytest.raises(GitopsError) as found:
        registries().digest_of(f"{stand_in.host}/wine:1")
    assert f"docker login {stand_in.host}" in found.value.help
    assert "wr0ng-pass" not in str(found.value) and wrong not in str(found.value)


def test_a_tag_that_is_not_there(stand_in: StandIn, docker: Path) -> None:
    with pytest.raises(GitopsError, match=r"there is no image `.*/wine:gone`"):
        registries().digest_of(f"{stand_in.host}/wine:gone")


def test_what_passes_is_tried_again_after_the_time_that_is_asked_for(
    stand_in: StandIn, docker: Path
) -> None:
    stand_in.failures, waited = [503, 429], []

    assert registries(waited).digest_of(f"{stand_in.host}/wine:1") == DIGEST
    assert waited == [1.0, 1.0]


def test_what_does_not_pass_is_given_up(stand_in: StandIn, docker: Path) -> None:
    stand_in.failures, waited = [503] * 9, []

    with pytest.raises(GitopsError, match="answers 503"):
        registries(waited).digest_of(f"{stand_in.host}/wine:1")
    assert len(waited) == len(WAITS)


def test_nobody_there(docker: Path) -> None:
    waited: list[float] = []

    with pytest.raises(GitopsError, match="does not answer") as found:
        registries(waited).digest_of("127.0.0.1:9/wine:1")
    assert waited == list(WAITS)
    assert "--image REF=DIGEST" in found.value.help


def test_a_host_that_does_not_answer_is_waited_for_once(docker: Path) -> None:
    waited: list[float] = []
    asked = registries(waited)

    for tag in ("1", "2", "3"):
        with pytest.raises(GitopsError, match=f"wine:{tag}: 127.0.0.1:9 does not answer"):
            asked.digest_of(f"127.0.0.1:9/wine:{tag}")
    assert waited == list(WAITS)


def test_a_registry_that_stands_in_and_hangs_up_has_not_answered(
    stand_in: StandIn, docker: Path
) -> None:
    stand_in.open, stand_in.tells_digest, stand_in.hangs_up = True, False, True

    with pytest.raises(GitopsError, match="does not answer"):
        registries().digest_of(f"{stand_in.host}/wine:1")


def test_too_many_requests_ask_for_a_login(stand_in: StandIn, docker: Path) -> None:
    stand_in.failures = [429] * 9

    with pytest.raises(GitopsError, match="too many requests") as found:
        registries().digest_of(f"{stand_in.host}/wine:1")
    assert f"docker login {stand_in.host}" in found.value.help


@pytest.mark.parametrize(
    ("image", "realm"),
    [
        ("ghcr.io/acme/wine:1", "http://elsewhere/token"),
        ("ghcr.io/acme/wine:1", "http://localhost/token"),
        ("localhost:5000/wine:1", "http://elsewhere/token"),
        ("localhost:5000/wine:1", "file:///etc/passwd"),
    ],
)
def test_no_credentials_go_over_plain_http_to_a_stranger(
    image: str, realm: str, docker: Path
) -> None:
    with pytest.raises(GitopsError, match="not over HTTPS"):
        registries()._token(parse_image(image), {"realm": realm}, Credentials(USER, PASSWORD))


@pytest.mark.parametrize(
    "challenge",
    [
        pytest.param('Bearer realm="{realm}",service=stand-in,scope="{scope}"', id="bare"),
        pytest.param('bearer realm = "{realm}" , service = "stand-in"', id="spaced"),
        pytest.param(
            'Basic realm="here", Bearer realm="{realm}",service="stand-in"', id="the second of two"
        ),
        pytest.param(
            'Bearer realm="{realm}",service="stand-in",error_description="say \\"a, b\\""',
            id="escaped",
        ),
    ],
)
def test_every_form_of_a_challenge_is_read(stand_in: StandIn, docker: Path, challenge: str) -> None:
    stand_in.challenge = challenge

    assert registries().digest_of(f"{stand_in.host}/wine:1") == DIGEST


def test_a_configuration_that_cannot_be_read(docker: Path) -> None:
    (docker / "config.json").write_text("{", encoding="utf-8")

    with pytest.raises(GitopsError, match="it is not JSON"):
        credentials_for("ghcr.io")


def test_a_redirect_to_another_host_is_followed_without_our_token(
    stand_in: StandIn, docker: Path
) -> None:
    with registry() as other:
        other.open, stand_in.moved_to = True, other.host

        assert registries().digest_of(f"{stand_in.host}/wine:1") == DIGEST

    assert other.requests() == ["HEAD /v2/wine/manifests/1"]
    assert (stand_in.proofs[-1][:6], other.proofs) == ("Bearer", [""])
