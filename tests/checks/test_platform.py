"""What a platform's shape alone cannot say."""

from __future__ import annotations

import pytest

from mlspec.checks.platform import check_platform
from tests.specs import platform

ROLE = "arn:aws:iam::123456789012:role/x"


@pytest.mark.parametrize("credentials", ["{secret: s}", f"{{workload_identity: '{ROLE}'}}"])
def test_one_way_to_prove_who_reads(credentials: str) -> None:
    assert list(check_platform(platform(f"artifacts: {{credentials: {credentials}}}"))) == []


@pytest.mark.parametrize("credentials", ["{}", f"{{secret: s, workload_identity: '{ROLE}'}}"])
def test_none_or_two_ways(credentials: str) -> None:
    [found] = check_platform(platform(f"artifacts: {{credentials: {credentials}}}"))

    assert (found.code, found.path) == ("MLS102", ("artifacts", "credentials"))
