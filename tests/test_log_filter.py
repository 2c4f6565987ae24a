"""A store that is away is one line a minute in the log; every other line stays as it is."""

from __future__ import annotations

import errno
import io
import logging
import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.log_filter import AGAIN_S, HELD_ACTIONS, MOST, StoreFilter, fault_of_store
from bot.run import quiet_logging


class Log:
    """A logger with the filter, its clock, and what was written."""

    def __init__(self) -> None:
        self.now, self._out = 0.0, io.StringIO()
        self.filter = StoreFilter(lambda: self.now)
        handler = logging.StreamHandler(self._out)
        handler.addFilter(self.filter)
        self.log = logging.Logger("bot.part")
        self.log.addHandler(handler)

    def fail(self, error: Exception, words: str = "A tick failed", **extra: str) -> None:
        try:
            raise error
        except type(error):
            self.log.exception(words, extra={"action": "tick_failed", **extra})

    @property
    def text(self) -> str:
        return self._out.getvalue()


def away() -> OperationalError:
    return OperationalError("INSERT INTO person", {"name": "Jansen"}, Exception("Jansen is weg"))


def refused() -> IntegrityError:
    return IntegrityError("INSERT", {}, Exception("no row"))


def test_a_store_that_is_away_is_one_short_line_without_what_was_written() -> None:
    log = Log()
    log.fail(away())
    assert log.text == "A tick failed: OperationalError\n"


def test_the_same_line_comes_once_a_minute_and_says_how_often_it_was_held_back() -> None:
    log = Log()
    for _ in range(8):
        log.fail(away())
        log.now += 1
    log.now = AGAIN_S
    log.fail(away())
    assert log.text.splitlines() == [
        "A tick failed: OperationalError",
        "A tick failed: OperationalError (and 7 times more since the last one)",
    ]


def test_another_line_another_kind_and_another_action_are_not_held_back() -> None:
    log = Log()
    log.fail(away())
    log.fail(away(), "A step failed")
    log.fail(PoolTimeout("full"))
    log.fail(away(), action="other")
    assert len(log.text.splitlines()) == 4


@pytest.mark.parametrize(
    "error", [refused(), ValueError("odd"), FileNotFoundError(2, "no"), ConnectionResetError()]
)
def test_any_other_fault_keeps_its_traceback_each_time(error: Exception) -> None:
    log = Log()
    log.fail(error)
    log.fail(error)
    assert log.text.count("Traceback") == 2


def test_lines_that_operators_count_stay_one_for_each_event() -> None:
    log = Log()
    for _ in range(3):
        log.log.warning("A holder is gone", extra={"action": "duty_rescued"})
    assert log.text.count("A holder is gone") == 3


def test_that_nobody_can_be_alerted_is_said_once_in_ten_minutes() -> None:
    log = Log()
    action, again_s = "alert_reaches_nobody", HELD_ACTIONS["alert_reaches_nobody"]
    assert again_s == 600
    while log.now <= again_s:
        log.log.error("Nobody can be alerted", extra={"action": action})
        log.now += 5
    assert log.text.splitlines() == [
        "Nobody can be alerted",
        "Nobody can be alerted (and 119 times more since the last one)",
    ]


def test_lines_that_differ_each_time_do_not_pile_up_in_memory() -> None:
    log = Log()
    for number in range(MOST * 3):
        log.fail(away(), f"Task {number} failed")
    assert len(vars(log.filter)["_said"]) <= MOST


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (away, "OperationalError"),
        (lambda: sqlite3.OperationalError("full"), "OperationalError"),
        (lambda: OSError(errno.ENOSPC, "full"), "OSError"),
        (lambda: ExceptionGroup("", [away(), away()]), "OperationalError"),
        (lambda: ExceptionGroup("", [away(), ValueError()]), ""),
        (refused, ""),
        (lambda: ConnectionRefusedError(), ""),
    ],
)
def test_only_what_the_store_itself_fails_in_is_its_fault(
    error: Callable[[], Exception], kind: str
) -> None:
    assert fault_of_store(error()) == kind


def test_what_was_raised_from_a_fault_of_the_store_is_one() -> None:
    error = RuntimeError("the job was not fetched")
    error.__cause__ = away()
    assert fault_of_store(error) == "OperationalError"


def test_the_log_of_the_house_has_it_and_tables_are_made_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[logging.Handler] = []
    monkeypatch.setattr(logging, "basicConfig", lambda **said: given.extend(said["handlers"]))
    quiet_logging()
    assert [type(one) for handler in given for one in handler.filters] == [StoreFilter]
    assert not logging.getLogger("alembic.runtime.migration").isEnabledFor(logging.INFO)
