"""Work shared out to processes that are forked from this one, with all that it has imported."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any, TypeVar

from mlspec.cli import timings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Item = TypeVar("Item")
    Result = TypeVar("Result")

_WORTH_A_PROCESS = 32
"""With fewer items the start of other processes takes longer than they save (measured)."""

_work: Callable[[Any], Iterable[Any]] | None = None
"""In a worker: what it does with a batch."""


def available_cores() -> int:
    """Those that this process may use: under taskset fewer than there are."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


def processes_for(items: int, jobs: int | None, worth_a_process: int = _WORTH_A_PROCESS) -> int:
    """How many processes are to share so many items; `jobs`: None, as many as there are cores."""
    return (jobs or available_cores()) if items >= worth_a_process else 1


def shared_out(
    items: Sequence[Item],
    make: Callable[[], Callable[[Sequence[Item]], Iterable[Result]]],
    jobs: int | None,
    size: int,
    worth_a_process: int = _WORTH_A_PROCESS,
) -> Iterator[Result]:
    """What `make()`, called once in each process, returns for the items in batches of `size`, in
    their order, if they are worth a second process. An exception in a worker is raised here; a
    worker that is lost ends the command.
    """
    batches = [items[start : start + size] for start in range(0, len(items), size)]
    processes = min(processes_for(len(items), jobs, worth_a_process), len(batches))
    if processes > 1:
        for done in _spread(batches, make, processes):
            yield from done
        return
    work = make()
    for batch in batches:
        yield from work(batch)


def _spread(
    batches: Sequence[Any], make: Callable[[], Callable[[Any], Iterable[Any]]], jobs: int
) -> Iterator[list[Any]]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    context = get_context("fork")  # so that nothing is imported, or read, twice
    with ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(make,)) as pool:
        try:
            for done, spent in pool.map(_done, batches):
                timings.add(spent)
                yield done
        except BrokenProcessPool as error:
            import click

            raise click.ClickException(
                "a worker process was ended from outside, for want of memory perhaps: "
                "try again with -j 1"
            ) from error
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _begin(make: Callable[[], Callable[[Any], Iterable[Any]]]) -> None:
    """Ctrl-C reaches every process of a terminal's group; it is the first that ends them all."""
    global _work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    timings.taken()  # what the first process has counted already
    _work = make()


def _done(batch: Any) -> tuple[list[Any], dict[str, float]]:
    assert _work is not None
    return list(_work(batch)), timings.taken()
