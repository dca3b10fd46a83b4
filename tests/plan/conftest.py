"""Examples that hypothesis makes are judged by what comes out, never by how long it takes."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("mlspec", deadline=None)
settings.load_profile("mlspec")
