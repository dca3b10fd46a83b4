"""What fuzzing has found stays found: every kept case, and a short run of each target.

The long runs are `python -m tests.fuzz.run`; CONTRIBUTING.md says how.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from random import Random
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import bases, targets
from tests.fuzz.bases import Case, Kind
from tests.fuzz.engines import mutated_seed
from tests.fuzz.properties import check

FILES = sorted(
    file for kind in bases.KINDS for file in Path(__file__).parent.glob(f"corpus/*.{kind}")
)

short_run = settings(max_examples=200, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.name))
def test_a_kept_case_holds(file: Path) -> None:
    target = file.name.partition("-")[0]
    kind = cast("Kind", file.suffix.removeprefix("."))
    check(Case(kind, file.read_bytes(), is_small=target == "bytes"))


@pytest.mark.parametrize(
    "case",
    [Case(kind, text.encode()) for kind in ("project", "platform") for text in bases.texts(kind)],
    ids=lambda case: f"{case.kind}-{sha256(case.text).hexdigest()[:6]}",
)
def test_what_is_mutated_is_valid_to_begin_with(case: Case) -> None:
    assert check(case) == "rendered"


@short_run
@given(random=st.randoms(use_true_random=False))
def test_any_bytes_end_in_a_tree_or_in_diagnostics(random: Random) -> None:
    targets.run("bytes", mutated_seed(random))


@short_run
@given(data=st.binary(min_size=60, max_size=300))
def test_any_yaml_tree_ends_in_a_tree_or_in_diagnostics(data: bytes) -> None:
    targets.run("trees", data)


@short_run
@given(data=st.binary(min_size=20, max_size=120))
def test_any_near_valid_spec_ends_in_a_tree_or_in_diagnostics(data: bytes) -> None:
    targets.run("specs", data)
