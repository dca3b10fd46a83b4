"""Manifest: one Kubernetes object as a renderer makes it, in plain Python values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from typing import Any


class Manifest(Record):
    """One Kubernetes object. `body` is the object itself, in the order in which it is written.

    Nothing is checked here: the properties below answer "" where the body lacks the field, and
    `output.schemas` reports it.
    """

    body: dict[str, Any]

    @property
    def api_version(self) -> str:
        """`apiVersion` as it stands: "apps/v1", or "v1" for the core group."""
        return str(self.body.get("apiVersion", ""))

    @property
    def kind(self) -> str:
        return str(self.body.get("kind", ""))

    @property
    def group(self) -> str:
        """The API group: "apps", or "" for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def full_kind(self) -> str:
        """`Kind` or `Kind.group`, as renderers declare it."""
        kind, group = self.kind, self.group
        return f"{kind}.{group}" if group else kind

    @property
    def name(self) -> str:
        return self._metadata("name")

    @property
    def namespace(self) -> str:
        """The namespace, or "" for an object that names none."""
        return self._metadata("namespace")

    @property
    def filename(self) -> str:
        """`<kind>-<name>.yaml`, the kind in lower case."""
        return f"{self.kind.lower()}-{self.name}.yaml"

    def _metadata(self, key: str) -> str:
        metadata = self.body.get("metadata")
        return str(metadata.get(key, "")) if isinstance(metadata, dict) else ""
