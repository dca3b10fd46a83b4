"""What `mlspec run` was asked, and the commands that it may tell the user to give next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import NamedTuple


class Asked(NamedTuple):
    """The options that decide what a run is; not those that decide how it is shown."""

    path: str = "."
    environment: str | None = None
    platform: str | None = None
    only: str | None = None
    start: str | None = None
    params: tuple[str, ...] = ()
    no_cache: bool = False

    def again(self) -> str:
        """The same command; after an interruption it goes on with the same run."""
        choice = _options(("--step", self.only), ("--from", self.start))
        return self._run(*choice, *self._params(), *(["--no-cache"] if self.no_cache else []))

    def first(self, step: str) -> str:
        """The one that runs another step alone; without a name, the whole pipeline."""
        return self._run("--step", step) if step else self._run(*self._params())

    def later(self, *words: str) -> str:
        """Another of the commands, about the same project."""
        place = "" if self.path == "." else self.path
        return shlex.join(["mlspec", *words, *_options(("--project", place))])

    def serve(self, service: str = "") -> str:
        """Without a name, the only service that there is."""
        words = [service] if service else []
        return self.later("serve", *words, *_options(("--env", self.environment)))

    def _run(self, *options: str) -> str:
        path = [] if self.path == "." else [self.path]
        place = _options(("--env", self.environment), ("--platform", self.platform))
        return shlex.join(["mlspec", "run", *path, *place, *options])

    def _params(self) -> Iterator[str]:
        return _options(*(("--param", param) for param in self.params))


def _options(*pairs: tuple[str, str | None]) -> Iterator[str]:
    for name, value in pairs:
        if value:
            yield from (name, value)
