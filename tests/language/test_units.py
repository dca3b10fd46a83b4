"""Quantities of the language as numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.language.units import (
    cpu_quantity,
    memory_bytes,
    memory_quantity,
    millicores,
    milliseconds,
    percent,
    seconds,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("250ms", 250),
        ("30s", 30_000),
        ("10m", 600_000),
        ("24h", 86_400_000),
        ("7d", 604_800_000),
        ("1h30m", 5_400_000),
        ("1d2h3m4s5ms", 93_784_005),
        ("5m30ms", 300_030),
        ("0s", 0),
        ("007s", 7_000),
    ],
)
def test_durations_are_sums_of_their_parts(text: str, expected: int) -> None:
    assert milliseconds(text) == expected


@given(st.integers(0, 999), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_every_part_of_a_duration_counts(days: int, hours: int, minutes: int, rest: int) -> None:
    total = ((days * 24 + hours) * 60 + minutes) * 60 + rest

    assert seconds(f"{days}d{hours}h{minutes}m{rest}s") == total


@pytest.mark.parametrize(("text", "expected"), [("1ms", 1), ("1000ms", 1), ("1001ms", 2)])
def test_less_than_a_second_counts_as_one(text: str, expected: int) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    ("cpu", "expected", "quantity"),
    [
        pytest.param("500m", 500, "500m", id="milli"),
        pytest.param("2000m", 2000, "2", id="whole-in-milli"),
        pytest.param(2, 2000, "2", id="whole"),
        pytest.param(0.5, 500, "500m", id="float"),
        pytest.param(0.1 + 0.2, 301, "301m", id="float-with-noise-rounds-up"),
        pytest.param(2.0, 2000, "2", id="whole-float"),
        pytest.param("0.5", 500, "500m", id="text"),
        pytest.param(1e-05, 1, "1m", id="least"),
        pytest.param(100000.0, 100_000_000, "100000", id="greatest"),
    ],
)
def test_cpus_are_millicores(cpu: str | int | float, expected: int, quantity: str) -> None:
    assert millicores(cpu) == expected
    assert cpu_quantity(cpu) == quantity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("512Mi", 512 * 2**20),
        ("4Gi", 4 * 2**30),
        ("1.5Gi", 1610612736),
        ("1Ki", 1024),
        ("1Ti", 2**40),
        ("1k", 1000),
        ("1M", 10**6),
        ("1G", 10**9),
        ("1T", 10**12),
    ],
)
def test_memory_is_bytes(text: str, expected: int) -> None:
    assert memory_bytes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("99.50%", "99.5"), ("100%", "100"), ("0%", "0"), ("99.999%", "99.999")]
)
def test_percentages_are_decimals_in_their_shortest_form(text: str, expected: str) -> None:
    assert percent(text) == expected


@pytest.mark.parametrize(
    ("memory", "quantity"),
    [
        ("1Gi", "1Gi"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("1000M", "1G"),
        ("1024M", "1024M"),
        ("0.3Gi", "0.3Gi"),
    ],
)
def test_memory_is_written_as_kubernetes_writes_it(memory: str, quantity: str) -> None:
    assert memory_quantity(memory) == quantity


@given(st.integers(1, 10**6), st.sampled_from(["Ki", "Mi", "Gi", "k", "M", "G"]))
def test_another_way_to_write_memory_is_no_other_amount(number: int, unit: str) -> None:
    assert memory_bytes(memory_quantity(f"{number}{unit}")) == memory_bytes(f"{number}{unit}")
