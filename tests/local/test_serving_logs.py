"""What of a server's log is shown when the server fails."""

from __future__ import annotations

from mlspec.local.serving.logs import telling

STARTING = ["INFO: starting", "INFO: loading"]
FAILURE = [
    "Traceback (most recent call last):",
    '  File "server.py", line 125, in start',
    "    await load()",
    "FileNotFoundError: model.pkl",
]
CONSEQUENCE = [
    "",
    "During handling of the above exception, another exception occurred:",
    "",
    "Traceback (most recent call last):",
    '  File "server.py", line 130, in start',
    "RuntimeError: cannot load",
]
SHUTDOWN = [
    "INFO: shutting down",
    "Traceback (most recent call last):",
    '  File "queues.py", line 158, in get',
    "asyncio.exceptions.CancelledError",
]


def test_the_first_exception_is_shown_not_what_follows_from_shutting_down() -> None:
    assert telling([*STARTING, *FAILURE, *SHUTDOWN], 20) == [*STARTING, *FAILURE]


def test_an_exception_is_shown_with_those_that_it_led_to() -> None:
    shown = telling([*STARTING, *FAILURE, *CONSEQUENCE, *SHUTDOWN], 20)

    assert shown[-1] == "RuntimeError: cannot load"
    assert "FileNotFoundError: model.pkl" in shown


def test_of_many_lines_the_nearest_to_the_exception_are_shown() -> None:
    assert telling([*STARTING, *FAILURE, *SHUTDOWN], 2) == FAILURE[-2:]


def test_without_an_exception_the_end_is_shown() -> None:
    assert telling(STARTING, 1) == STARTING[-1:]


def test_an_exception_that_is_cut_off_is_shown_to_where_it_goes() -> None:
    assert telling([*STARTING, *FAILURE[:-1]], 20) == [*STARTING, *FAILURE[:-1]]


def test_nothing_is_shown_of_an_empty_log() -> None:
    assert telling([], 20) == []
