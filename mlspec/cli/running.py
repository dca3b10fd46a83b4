"""How the work is done, and the way from paths to built projects that heeds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mlspec.cli import timings
from mlspec.cli.clean import Clean
from mlspec.cli.reporting import files_at, usage_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mlspec.cache.store import Store
    from mlspec.cli.building import Built, Order
    from mlspec.cli.clean import Rendering
    from mlspec.cli.compilation import Compilation
    from mlspec.cli.reporting import Reporting


class Running(NamedTuple):
    """How the work is to be done. Nothing of it changes what comes out."""

    jobs: int | None = None
    no_cache: bool = False
    timings: bool = False

    def store(self) -> Store | None:
        from mlspec.cache.store import Store, default_folder

        folder = None if self.no_cache else default_folder()
        return Store(folder) if folder is not None else None


AS_BEST = Running()


def built_at(
    paths: Sequence[str],
    order: Order,
    running: Running,
    reporting: Reporting,
    is_in_place: Callable[[Clean, Rendering], bool] | None = None,
) -> list[Built]:
    """Finds and builds, with what comments silence, and strictness, applied. A path without a
    project is wrong usage (exit code 2)."""
    from mlspec.cli.building import build
    from mlspec.cli.progress import watched

    with timings.stage("find"):
        files = files_at(paths, order.platform)
    timings.count(len(files))

    def watch(found: Iterator[Built], total: int) -> Iterator[Built]:
        return watched(found, total, "Compiling", quiet=reporting.quiet)

    built = build(files, order, running.store(), running.jobs, is_in_place, watch)
    return _with_policy(built, strict=reporting.strict)


def _with_policy(built: list[Built], *, strict: bool) -> list[Built]:
    told = {n: each.result for n, each in enumerate(built) if not isinstance(each.result, Clean)}
    if told:
        from mlspec.cli.silencing import with_policy

        results = with_policy(list(told.values()), strict=strict)
        for n, result in zip(told, results, strict=True):
            built[n] = built[n]._replace(result=result)
    return [_strict(each) for each in built] if strict else built


def _strict(built: Built) -> Built:
    """With the warnings of a summary as errors. No comment silences any, or it would be whole."""
    result = built.result
    if not isinstance(result, Clean) or not result.diagnostics:
        return built
    from mlspec.cli.silencing import as_errors

    return built._replace(result=result._replace(diagnostics=as_errors(result.diagnostics)))


def must_exist(
    results: Sequence[Compilation | Clean], environment: str | None, option: str = "--env"
) -> None:
    """An environment that no project names is wrong usage; `option` is what named it."""
    known = {name for result in results for name in result.environments}
    if environment is not None and environment not in known:
        from mlspec.language.suggestions import did_you_mean

        names = sorted(known)
        raise usage_error(
            f"{option}: no project has an environment `{environment}`; "
            f"{did_you_mean(environment, names, 'none is declared')}"
        )
    if environment == "local":
        raise usage_error(f"{option}: `local` is this machine and is never rendered")
