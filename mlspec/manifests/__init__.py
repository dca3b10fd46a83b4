"""Manifests: the values that renderers yield, and what they share in making them."""

from mlspec.manifests.manifest import Manifest

__all__ = ["Manifest"]
