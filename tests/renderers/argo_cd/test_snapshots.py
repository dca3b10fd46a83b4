"""Both objects of the telling cases, to be read as one reads code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlspec.renderers.argo_cd import render_last
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from mlspec.output.yaml_writer import dump

from .cases import ALLOWED, CASES, OTHERS

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion


class YamlSnapshotExtension(SingleFileSnapshotExtension):
    file_extension = "yaml"
    _write_mode = WriteMode.TEXT


@pytest.mark.parametrize("case", ["example", "unprotected", "by-hand"])
def test_manifests(case: str, snapshot: SnapshotAssertion) -> None:
    yaml_snapshot = snapshot.use_extension(YamlSnapshotExtension)
    for manifest in render_last(CASES[case], OTHERS, ALLOWED):
        assert dump(manifest.body) == yaml_snapshot(name=manifest.filename.removesuffix(".yaml"))
