"""The forms of the language's scalars: which texts they take, and which not."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from pydantic import ConfigDict, TypeAdapter

from mlspec.language import scalars
from mlspec.language.forms import matcher

A64 = "a" * 64

FORMS: dict[str, tuple[list[str], list[str]]] = {
    # form: (texts that it takes, texts that it refuses)
    "Name": (
        ["a", "wine-quality", "a1", "a" * 63, "x-y"],
        ["", "Wine", "1a", "-a", "a-", "a_b", "a.b", "a" * 64, "é", "a b"],
    ),
    "SecretName": (
        ["a", "cellar-s3", "1a", "a.b", "a" * 253],
        ["", "A", ".a", "a.", "a-", "a" * 254, "a_b", "a/b"],
    ),
    "SecretKey": (["AWS_ACCESS_KEY_ID", "a.json", "-", "a" * 253], ["", "a b", "a/b", "a" * 254]),
    "ParamName": (["trees", "learning_rate", "a1"], ["", "Trees", "_a", "a-b", "1a", "a" * 64]),
    "EnvName": (
        ["OMP_NUM_THREADS", "_A", "A1", "MLSPECX"],
        ["", "a", "1A", "MLSPEC_RUN", "MLSPEC_", "A-B", "A" * 128],
    ),
    "MetricName": (["f1_macro", "F1", "a.b", "_x"], ["", "1f", "a-b", "a b", "a" * 101]),
    "ColumnName": (["alcohol", "Größe in cm", "a/b", "1"], ["", "a\tb", "a\0", "a" * 256]),
    "Line": (["a", "one line", "é" * 1000], ["", "a\nb", "a\x7f", "a" * 1001]),
    "Email": (
        ["ana@example.com", "a.b+c@x.y.z"],
        ["", "ana", "ana@example", "a b@x.y", "a@b@c.d", "a@.", "@x.y", "a,b@x.y"],
    ),
    "ImageReference": (
        [
            "python",
            "python:3.12",
            "ghcr.io/acme/wine-quality:1.4.0",
            "localhost:5000/a",
            "localhost:5000/a/b:1",
            "a/b__c/d_e/f--g:V1.0-rc.1",
            f"a/b@sha256:{A64}",
            f"a/b:1@sha256:{A64}",
        ],
        [
            "",
            "A/b:1",
            "a/b:",
            "a/b:-1",
            "a//b",
            "a/",
            "a/b:1 ",
            "https://a/b",
            f"a/b@sha256:{A64[1:]}",
            f"a/b@sha512:{A64}",
            "a:b:c",
            "a" + "_" * 5000 + "!",
        ],
    ),
    "ImageRepository": (
        ["ghcr.io/acme/wine", "localhost:5000/a", "a"],
        ["ghcr.io/acme/wine:1.4.0", "ghcr.io/acme/wine:latest", f"a@sha256:{A64}", "A", "a_"],
    ),
    "ImageTag": (["1.4.0", "latest", "V_1", "a" * 128], ["", ".a", "-a", "a" * 129, "a:b", "a/b"]),
    "Digest": ([f"sha256:{A64}"], [A64, f"sha256:{A64}a", f"sha256:{'A' * 64}", "sha256:"]),
    "RelativePath": (
        ["data/tastings.csv", "a", "a..b/c", ".hidden", "a/.b", "...", "é/ü"],
        ["", "/a", "../a", "a/../b", "a/..", "..", "a\\b", "a\nb", "a\0"],
    ),
    "MountPath": (["secret", "kv/ml", "a.b"], ["", "/kv", "kv/../a", "a\nb"]),
    "StoreName": (["acme-vault", "a.b", "1"], ["", "A", "a.", "a/b", "a" * 254]),
    "Duration": (
        ["250ms", "30s", "10m", "24h", "7d", "1h30m", "1d2h3m4s5ms"],
        [
            "0s",
            "0d0ms",
            "",
            "1",
            "h",
            "1h 30m",
            "30m1h",
            "1w",
            "1.5h",
            "-1h",
            "1H",
            "1m5",
            "ms",
            "1s1s",
        ],
    ),
    "Memory": (
        ["512Mi", "4Gi", "1.5Gi", "1k", "1M"],
        ["", "4", "4gi", "4GB", "4 Gi", "-4Gi", "Gi", "4Ei", ".5Gi"],
    ),
    "Percent": (
        ["99.5%", "9.123456%", "0.1%"],
        [
            "",
            "100%",
            "100.0%",
            "0%",
            "0.0%",
            "99.5",
            "101%",
            "100.5%",
            "99.%",
            "-1%",
            "99,5%",
            " 99%",
        ],
    ),
    "Percentile": (["p95", "p99.9", "p5", "p99.99"], ["", "95", "p0", "p100", "P95", "p99.999"]),
    "WorkloadIdentity": (
        [
            "arn:aws:iam::123456789012:role/a/b",
            "reader@project.iam.gserviceaccount.com",
            "01234567-89ab-cdef-0123-456789abcdef",
        ],
        ["", "reader", "arn:aws:iam::1:role/a", "ana@example.com", "arn:aws:s3:::bucket"],
    ),
    "Url": (["http://a", "https://a.b/c?d=e"], ["", "a.b", "ftp://a", "http://", "https://a b"]),
    "S3Uri": (
        ["s3://bucket", "s3://cellar/tastings/", "s3://a.b-c/d"],
        ["", "s3://", "s3://b", "s3://Bucket/a", "s3a://bucket/a", "s3://bucket/a b", "s3://a_b/c"],
    ),
    "GcsUri": (["gs://bucket/key", "gs://a_b/c"], ["", "gs://b", "gcs://bucket", "gs://B/c"]),
    "AzureUri": (
        ["https://acct.blob.core.windows.net/box", "https://acct.blob.core.windows.net/box/a/b"],
        ["", "https://acct.blob.core.windows.net/", "http://acct.blob.core.windows.net/box"],
    ),
    "HdfsUri": (["hdfs://node:8020/a", "hdfs://node/"], ["", "hdfs://node", "hdfs:///a"]),
    "GitUri": (
        ["https://github.com/a/b.git", "git@github.com:a/b", "ssh://git@h/a"],
        ["", "github.com/a/b", "http://h/a", "git@github.com", "https://a b"],
    ),
    "Host": (["db.example.com", "DB", "10.0.0.1"], ["", "-a", "a-", "a:1", "a/b", "http://a"]),
    "HostPattern": (
        ["db.example.com", "*.eu.example.com", "10.0.0.1"],
        ["", "*", "*.", "a.*", "*a.example.com", "**.a", "*.*.a", "a:1", "http://a"],
    ),
    "Domain": (
        ["example.com", "a.b.example.org", "EXAMPLE.com"],
        ["", "example", "@example.com", "example.", ".com", "a..b", "*.example.com", "-a.com"],
    ),
    "Bucket": (
        ["cellar-eu", "acme.tastings", "a_b_c"],
        ["", "ab", "s3://cellar", "Cellar", "cellar/eu", "-cellar", "cellar-"],
    ),
    "VariableName": (
        ["limits", "_x", "isOk", "a1"],
        ["", "Limits", "1a", "a-b", "a.b", "a b", "x" * 64],
    ),
    "ManifestKind": (
        ["Role", "NetworkPolicy.networking.k8s.io", "SeldonDeployment.machinelearning.seldon.io"],
        ["", "role", "Role.", "Role.X", "v1/Role", "Role/x", "Role rbac"],
    ),
    "PublicHost": (
        ["wine.example.com", "a.b", "x-1.2.example", f"{'a' * 63}.b"],
        [
            "",
            "a",
            "A.b",
            "1.2.3.4",
            "*.a.b",
            "a.b:80",
            "http://a.b",
            "a..b",
            ".a.b",
            "a.b.",
            "-a.b",
            "a_b.c",
            f"{'a' * 64}.b",
            ".".join(["a" * 60] * 5),
        ],
    ),
    "PublicPath": (
        ["/", "/a", "/a/b-1.2_3~", "/~a", "/" + "a" * 199],
        ["", "a", "/a/", "//", "/..", "/a/.b", "/a b", "/a%20", "/{a}", "/a?b", "/" + "a" * 200],
    ),
    "RemotePattern": (
        ["{secret}", "{team}/{project}/{environment}/{secret}", "/a.b_c/{secret}-x"],
        [
            "",
            "a",
            "{project}",
            "{name}{secret}",
            "{{secret}}",
            "a b{secret}",
            "{secret",
            "${secret}",
        ],
    ),
    "RolePattern": (
        ["a", "{project}-{environment}", "ml_{team}.x"],
        ["", "{secret}", "a b", "{", "{{project}}", "a/b"],
    ),
    "AwsRolePattern": (
        ["arn:aws:iam::123456789012:role/{project}-x", "arn:aws-cn:iam::123456789012:role/a/b"],
        [
            "",
            "role/x",
            "arn:aws:iam::1:role/x",
            "arn:aws:iam::123456789012:role/{x}",
            "arn:aws:iam::123456789012:role/",
        ],
    ),
    "GoogleAccountPattern": (
        ["{project}@acme.iam.gserviceaccount.com", "ml-{team}@a.iam.gserviceaccount.com"],
        ["", "a@b.c", "@a.iam.gserviceaccount.com", "{x}@a.iam.gserviceaccount.com"],
    ),
    "HostPort": (
        ["minio.minio.svc:9000", "a"],
        ["", "a:", ":1", "http://a:1", "a:b", "a:123456", "a:1/b"],
    ),
    "Subject": (
        [
            "user:ana",
            "group:ds",
            "serviceaccount:ns:sa",
            "user:ana@example.com",
            "group:system:serviceaccounts:ns",
        ],
        ["", "ana", "role:x", "user:", "user:a b", "serviceaccount:bob", "serviceaccount:a:b:c"],
    ),
    "NamespacePattern": (
        ["{project}-{environment}", "ml", "{team}-x1"],
        ["", "{Project}", "{name}", "a_b", "A", "{}", "{project", "a.b"],
    ),
}

NUMBERS: dict[str, tuple[list[Any], list[Any]]] = {
    "Cpu": ([1, 2, 0.5, "500m", "2", "0.5", 100000], [0, 0.0, -1, True, "", "m", "1.2345", "1 "]),
    "Count": ([0, 10000], [-1, 10001, True, 1.0, "1"]),
    "Positive": ([1, 10000], [0, 10001, True, "1"]),
    "Port": ([1, 65535], [0, 65536, "80"]),
    "Share": ([0, 100], [-1, 101, 0.5]),
    "Utilisation": ([1, 100], [0, 101]),
    "Number": ([0, -1.5, 10**20], ["1", True]),
    "Scalar": ([True, 1, 1.5, "a", ""], [[1], {}]),
    "Text": (["", "a\nb", "é" * 4000], ["é" * 4001, 1]),
    "Command": (["a", " "], ["", "a" * 8001, 1]),
    "Cron": (["@daily", "x"], ["", "a" * 201]),
}


@cache
def pattern(form: str) -> str:
    """The pattern of a form, as the schema has it."""
    return str(adapter(form).json_schema()["pattern"])


def adapter(form: str) -> TypeAdapter[Any]:
    return TypeAdapter(getattr(scalars, form), config=ConfigDict(regex_engine="python-re"))


def cases(which: int) -> list[Any]:
    return [
        pytest.param(form, text, id=f"{form}-{number}")
        for form, texts in FORMS.items()
        for number, text in enumerate(texts[which])
    ]


@pytest.mark.parametrize(("form", "text"), cases(0))
def test_a_form_takes(form: str, text: str) -> None:
    assert matcher(pattern(form))(text)


@pytest.mark.parametrize(("form", "text"), cases(1))
def test_a_form_refuses(form: str, text: str) -> None:
    assert not matcher(pattern(form))(text)


@pytest.mark.parametrize("form", FORMS)
def test_no_form_takes_a_newline_at_either_end(form: str) -> None:
    good = FORMS[form][0][0]

    assert matcher(pattern(form))(good)
    assert not matcher(pattern(form))(good + "\n")
    assert not matcher(pattern(form))("\n" + good)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_says_what_it_is_and_its_example_is_one(form: str) -> None:
    schema = adapter(form).json_schema()

    assert schema["patternErrorMessage"]
    for example in schema.get("examples") or ():
        assert matcher(schema["pattern"])(example)


@pytest.mark.parametrize("form", FORMS)
def test_a_pattern_is_anchored_at_both_ends(form: str) -> None:
    """`matcher` leaves the anchors away and relies on their having been there."""
    assert re.fullmatch(r"\^.+\$", pattern(form))


@pytest.mark.parametrize(
    ("form", "hostile"),
    [
        pytest.param("ImageReference", "a" + "_a" * 100_000 + "!", id="image-of-many-words"),
        pytest.param("ImageReference", "a" + "_" * 100_000 + "!", id="image-of-underscores"),
        pytest.param("ImageReference", "a" + ":1/a" * 100_000 + "!", id="image-of-ports"),
        pytest.param("Email", "a@" + "." * 500_000 + " ", id="dots"),
        pytest.param("RelativePath", "/".join(["a"] * 250_000), id="path"),
        pytest.param("NamespacePattern", "{project}" * 50_000 + "!", id="namespace"),
        pytest.param("GitUri", "a" * 500_000 + "!", id="git"),
        pytest.param("Url", "https://" + "a" * 500_000 + " ", id="url"),
    ],
)
def test_a_hostile_text_is_refused_without_trying_for_ever(form: str, hostile: str) -> None:
    assert not matcher(pattern(form))(hostile)


@pytest.mark.parametrize(
    ("form", "value"),
    [(form, value) for form, (good, _) in NUMBERS.items() for value in good],
    ids=lambda value: None if not isinstance(value, str) or len(value) < 30 else "long",
)
def test_a_number_or_text_is_taken(form: str, value: Any) -> None:
    assert adapter(form).validate_python(value, strict=True) == value


@pytest.mark.parametrize(
    ("form", "value"),
    [(form, value) for form, (_, bad) in NUMBERS.items() for value in bad],
    ids=lambda value: None if not isinstance(value, str) or len(value) < 30 else "long",
)
def test_a_number_or_text_is_refused(form: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"validation error"):
        adapter(form).validate_python(value, strict=True)


def test_every_form_with_a_pattern_is_tested_here() -> None:
    with_pattern = {
        name
        for name, value in vars(scalars).items()
        for field in getattr(value, "__metadata__", ())
        if "patternErrorMessage" in (getattr(field, "json_schema_extra", None) or {})
    }

    assert with_pattern == set(FORMS)
