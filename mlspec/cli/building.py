"""Many projects at once: each compiled and, where that is asked for, rendered; or known already.

What there is nothing to say of shrinks to a `Clean` at once, so that a thousand projects never lie
in memory as they are compiled. What the cache knows is not compiled at all. The rest is shared out
to as many processes as are allowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mlspec.cli.clean import Clean, Rendering, clashing, from_entry, to_entry
from mlspec.cli.timings import stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mlspec.cache.store import Store
    from mlspec.cli.clean import Stand
    from mlspec.cli.compilation import Compilation
    from mlspec.cli.rendering import Tree
    from mlspec.diagnostics import Diagnostic

_KIND = "projects"


class Order(NamedTuple):
    """What is asked for of each project."""

    platform: str | None = None
    """That of all projects; else each has the nearest above it."""
    own_renderers: bool = True
    """Whether code may be run that a platform names."""
    renders: bool = False
    environment: str | None = None
    """Only this one is rendered."""


class Built(NamedTuple):
    """A project, and the tree that it renders to if that was asked for and is not known to be in
    its place; `wrong` is about its renderers."""

    result: Compilation | Clean
    tree: Tree | None = None
    wrong: tuple[Diagnostic, ...] = ()


def build(
    files: Sequence[str],
    order: Order,
    store: Store | None = None,
    jobs: int | None = None,
    is_in_place: Callable[[Clean, Rendering], bool] | None = None,
    watch: Callable[[Iterator[Built], int], Iterator[Built]] = lambda found, total: found,
) -> list[Built]:
    """Builds each project, and looks at them together. `is_in_place` is asked of a project whose
    rendering is known whether it need not be rendered again. `jobs`: None, as many as there are
    cores."""
    known: dict[str, Built] = {}
    if store is not None:
        with stage("cache"):
            cleans = dict(_known(files, order, store))
        for file, clean in cleans.items():
            rendering = clean.rendering
            if not order.renders or (rendering and is_in_place and is_in_place(clean, rendering)):
                known[file] = Built(clean)
    missing = [file for file in files if file not in known]
    if missing:
        from mlspec.cli.workshop import built

        found = watch(built(missing, order, store, jobs), len(missing))
        known.update(zip(missing, found, strict=True))
    return _beside_each_other([known[file] for file in files], order)


def _known(files: Sequence[str], order: Order, store: Store) -> Iterator[tuple[str, Clean]]:
    """The projects that were found to be clean, with the very same texts and code."""
    from mlspec.cache.key import key_of
    from mlspec.cli.discovery import find_platform, lock_of
    from mlspec.source.reader import SourceError, read_text

    platforms: dict[str, str] = {}
    for file in files:
        platform = order.platform or find_platform(file)
        lock = lock_of(file)
        try:
            if platform not in platforms:
                platforms[platform] = read_text(platform)
            locked = None if lock is None else read_text(lock)
            key = key_of((read_text(file), platforms[platform], locked))
        except SourceError:
            continue
        entry = store.get(_KIND, key)
        read = (file, platform) if lock is None else (file, platform, lock)
        clean = from_entry(entry, read) if entry is not None else None
        if clean is not None:
            yield file, clean


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
    from mlspec.cli.compilation import Platforms, compile_project
    from mlspec.cli.neighbours import with_collisions

    platforms = Platforms(order.platform)
    numbers = sorted(clash)
    results = [
        compile_project(result.file, platforms) if isinstance(result, Clean) else result
        for result in (found[number].result for number in numbers)
    ]
    for number, result in zip(numbers, with_collisions(results), strict=True):
        found[number] = found[number]._replace(result=result)
    return found


def _standing(result: Compilation | Clean) -> tuple[str, tuple[Stand, ...]]:
    if isinstance(result, Clean):
        return result.name, result.stands
    from mlspec.cli.neighbours import stands_of

    return result.name, stands_of(result)
