"""Many projects at once: each compiled and, where that is asked for, rendered; or known already.

What is right, but for warnings perhaps, shrinks to a `Clean` at once, so that a thousand projects
never lie in memory as they are compiled. What the cache knows is not compiled at all. The rest is
shared out to as many processes as are allowed.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from mlspec.cli.clean import Clean, Rendering, clashing, from_entry, to_entry
from mlspec.cli.timings import stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeAlias

    from mlspec.cache.store import Store
    from mlspec.cli.clean import Stand
    from mlspec.cli.compilation import Compilation
    from mlspec.cli.rendering import Tree
    from mlspec.cli.spool import Spool
    from mlspec.diagnostics import Diagnostic

    InPlace: TypeAlias = Callable[[Clean, Rendering], bool]

_KIND = "projects"
_MANY = 500
"""As many known projects take as long to look up as other processes take to start (measured)."""
_LONGEST_KEPT = 64 * 1024
_MOST_KEPT = 16 * 1024 * 1024
"""Characters of a text, and of all, that are kept from the look into the cache until they are
compiled. What is beyond is read once more: that is a small part of compiling it."""


class Order(NamedTuple):
    """What is asked for of each project."""

    platform: str | None = None
    """That of all projects; else each has the nearest above it."""
    own_renderers: bool = True
    """Whether code may be run that a platform names."""
    renders: bool = False
    environment: str | None = None
    """Only this one is rendered."""
    judge: Callable[[Tree], Iterable[Diagnostic]] | None = None
    """Asked of each tree what is wrong with it; then nobody needs the tree any more."""
    spool: Spool | None = None
    """Where the trees of many projects are kept."""


class Built(NamedTuple):
    """A project, and the tree that it renders to if that was asked for and is not known to be in
    its place; `wrong` is about its renderers, `judged` about the tree."""

    result: Compilation | Clean
    tree: Tree | None = None
    wrong: tuple[Diagnostic, ...] = ()
    judged: tuple[Diagnostic, ...] = ()


def build(
    files: Sequence[str],
    order: Order,
    store: Store | None = None,
    jobs: int | None = None,
    is_in_place: InPlace | None = None,
    watch: Callable[[Iterator[Built], int], Iterator[Built]] = lambda found, total: found,
) -> list[Built]:
    """Builds each project, and looks at them together. `is_in_place` is asked of a project whose
    rendering is known whether it need not be rendered again. `jobs`: None, as many as there are
    cores."""
    known: dict[str, Built] = {}
    texts: dict[str, str] = {}
    room = _MOST_KEPT
    if store is not None:
        from mlspec.cli.workers import shared_out

        look = partial(_Memory, order, store, is_in_place)
        looked = shared_out(files, look, jobs, size=50, worth_a_process=_MANY)
        for file, found in zip(files, looked, strict=True):
            if isinstance(found, Clean):
                known[file] = Built(found)
            elif room > 0:
                texts.update(found)
                room -= sum(map(len, found.values()))
    missing = [file for file in files if file not in known]
    if missing:
        from mlspec.cli.workshop import built

        made = watch(built(missing, order, store, jobs, texts), len(missing))
        known.update(zip(missing, made, strict=True))
    return _beside_each_other([known[file] for file in files], order)


class _Memory:
    """Projects that were found to have no error, with the very same texts and code, and of which
    nothing is left to do."""

    def __init__(self, order: Order, store: Store, is_in_place: InPlace | None) -> None:
        self._order = order
        self._store = store
        self._is_in_place = is_in_place
        self._platforms: dict[str, str] = {}
        self._found: dict[str, str] = {}

    def __call__(self, files: Sequence[str]) -> Iterator[Clean | dict[str, str]]:
        """For each project what is known of it; where it must be built, the texts that were read
        of it, by their files."""
        for file in files:
            with stage("cache"):
                clean, texts = self._recalled(file)
            yield clean if clean is not None and self._is_done(clean) else texts

    def _is_done(self, clean: Clean) -> bool:
        if not self._order.renders:
            return True
        rendering, is_in_place = clean.rendering, self._is_in_place
        return bool(rendering and is_in_place and is_in_place(clean, rendering))

    def _recalled(self, file: str) -> tuple[Clean | None, dict[str, str]]:
        from mlspec.cache.key import key_of
        from mlspec.cli.discovery import find_platform, lock_of
        from mlspec.source.reader import SourceError, read_text

        platform = self._order.platform or find_platform(file, self._found)
        lock = lock_of(file)
        try:
            if platform not in self._platforms:
                self._platforms[platform] = read_text(platform)
            texts = {name: read_text(name) for name in (file, lock) if name is not None}
        except SourceError:
            return None, {}  # told of when it is compiled
        key = key_of((texts[file], self._platforms[platform], texts.get(lock) if lock else None))
        entry = self._store.get(_KIND, key)
        read = (file, platform) if lock is None else (file, platform, lock)
        short = {name: text for name, text in texts.items() if len(text) <= _LONGEST_KEPT}
        return from_entry(entry, read) if entry is not None else None, short


def keep(store: Store, clean: Clean, texts: Sequence[str | None]) -> None:
    """`texts`: of the project, its platform and its lock, as they were compiled."""
    from mlspec.cache.key import key_of

    store.put(_KIND, key_of(texts), to_entry(clean))


def _beside_each_other(found: list[Built], order: Order) -> list[Built]:
    """The same, with where one project stands in another's place. Those are compiled once more, if
    only their summary is left: there is something to tell of them now."""
    clash = clashing([_standing(each.result) for each in found])
    if not clash:
        return found
    from mlspec.cli.compilation import Compilation, Platforms, compile_project, guarded
    from mlspec.cli.neighbours import with_collisions

    platforms = Platforms(order.platform)
    numbers = sorted(clash)
    results = [found[number].result for number in numbers]
    known = [result.file for result in results if isinstance(result, Clean)]
    anew = [compile_project(file, platforms) for file in known]
    made = dict(zip(known, guarded(anew, own_renderers=order.own_renderers), strict=True))
    whole = [each if isinstance(each, Compilation) else made[each.file] for each in results]
    for number, result in zip(numbers, with_collisions(whole), strict=True):
        found[number] = found[number]._replace(result=result)
    return found


def _standing(result: Compilation | Clean) -> tuple[str, tuple[Stand, ...]]:
    if isinstance(result, Clean):
        return result.name, result.stands
    from mlspec.cli.neighbours import stands_of

    return result.name, stands_of(result)
