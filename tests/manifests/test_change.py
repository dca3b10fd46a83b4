"""How changes are put into words."""

from __future__ import annotations

from mlspec.manifests.change import moves


def test_what_differs_is_told_with_both_values() -> None:
    before = {"cpu": "1", "memory": "1Gi", "gpu": "1"}
    after = {"cpu": "2", "memory": "1Gi", "disk": "5Gi"}

    assert moves(before, after) == "cpu 1 → 2, gpu 1 → none, disk none → 5Gi"
    assert moves(before, before) == ""


def test_only_what_has_a_name_is_told_by_it() -> None:
    names = {"cap": "longest wait", "factor": "each wait times"}
    before, after = {"cap": "1m", "factor": 2, "other": 1}, {"cap": "5m", "factor": 2, "other": 2}

    assert moves(before, after, names) == "longest wait 1m → 5m"
