"""Image references as registries read them: `python:3.12` is a repository of Docker's registry."""

from __future__ import annotations

import re
from typing import NamedTuple

DOCKER_HUB = "docker.io"
_DOCKER_HUB_API = "registry-1.docker.io"
_LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?\Z")


class ImageName(NamedTuple):
    """`registry/repository:tag`, each part as it goes into a request."""

    registry: str
    repository: str
    tag: str

    @property
    def base(self) -> str:
        """The registry's address. Plain HTTP is for this machine only, as for Docker itself."""
        host = _DOCKER_HUB_API if self.registry == DOCKER_HUB else self.registry
        return f"{'http' if is_loopback(host) else 'https'}://{host}"


def is_loopback(host: str) -> bool:
    return bool(_LOOPBACK.match(host))


def parse_image(reference: str) -> ImageName:
    """The parts of a reference without a digest. The rules are those of distribution/reference: the
    first part is a host if it has a dot or a port, or is `localhost`."""
    first, slash, rest = reference.partition("/")
    is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    registry, name = (first, rest) if is_host else (DOCKER_HUB, reference)
    if registry == "index.docker.io":
        registry = DOCKER_HUB
    folder, _, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    repository = f"{folder}/{last}" if folder else last
    if registry == DOCKER_HUB and "/" not in repository:
        repository = f"library/{repository}"
    return ImageName(registry, repository, tag or "latest")
