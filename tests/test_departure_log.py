"""After a kill the file of departures says what left; when it is in doubt nobody believes it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import utc_now
from contacts import departure_log
from contacts.claiming import owned_by
from contacts.departure_log import DepartureLog, Left, read_lines, whole_lines
from contacts.directory import Role
from contacts.outbox import DeliveryStatus
from contacts.records import Database
from contacts.transport import Later, Moved, Outcome, Refused, Sent, Unknown
from tests.outbox_world import (
    MAIL,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_deliveries,
)

BOOT = "the-boot"
#: answers that say that it did not arrive
NOT_SENT: list[Outcome] = [Later(utc_now(), "x"), Refused("x"), Moved("7")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "departures.log"


@pytest.fixture
def log(path: Path) -> Iterator[DepartureLog]:
    """A run that began."""
    log = DepartureLog(path, utc_now)
    assert log.take_over() is None
    log.begin()
    yield log
    log.close()


def left_by(log: DepartureLog, path: Path) -> Left | None:
    """What the next process finds once this one is dead."""
    log.close()
    after = DepartureLog(path, utc_now)
    try:
        return after.take_over()
    finally:
        after.close()


def test_what_left_and_did_not_come_back_is_away_and_the_rest_is_not(
    log: DepartureLog, path: Path
) -> None:
    log.marked([1, 2, 3, 4])
    for ident in (1, 2, 3):
        log.leaves(ident)
    log.came_back(1, Sent("101"))
    log.came_back(2, Unknown("read_timeout"))
    assert left_by(log, path) == Left(log.run, frozenset({2, 3}), {1: "101"})


@pytest.mark.parametrize("outcome", NOT_SENT)
def test_what_came_back_unsent_is_not_away(log: DepartureLog, path: Path, outcome: Outcome) -> None:
    log.leaves(1)
    log.came_back(1, outcome)
    assert left_by(log, path) == Left(log.run)


def test_a_second_try_that_did_not_leave_is_not_the_first_one(
    log: DepartureLog, path: Path
) -> None:
    log.leaves(1)
    log.came_back(1, Unknown("x"))
    log.marked([1])
    assert left_by(log, path) == Left(log.run)


def test_as_long_as_its_process_lives_nobody_believes_it(log: DepartureLog, path: Path) -> None:
    log.leaves(1)
    other = DepartureLog(path, utc_now)
    assert other.take_over() is None
    other.begin()
    assert other.run == ""
    other.leaves(2)
    assert left_by(log, path) == Left(log.run, frozenset({1}))


def test_after_a_restart_of_the_machine_it_is_not_believed(
    log: DepartureLog, path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log.leaves(1)
    boot = tmp_path / "boot"
    boot.write_text("another\n")
    monkeypatch.setattr(departure_log, "BOOT", boot)
    assert left_by(log, path) is None


def test_a_machine_that_does_not_number_its_boots_has_none(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(departure_log, "BOOT", tmp_path / "nowhere")
    log = DepartureLog(path, utc_now)
    log.take_over()
    log.begin()
    log.leaves(1)
    assert log.run == ""
    assert left_by(log, path) is None


def no_room(*_given: object) -> None:
    raise OSError("no space")


def test_a_full_disk_makes_it_worthless_instead_of_wrong(
    log: DepartureLog, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.marked([1])

    with monkeypatch.context() as patched:
        patched.setattr(os, "posix_fallocate", no_room)
        log.marked(range(20_000))
    log.leaves(2)
    assert left_by(log, path) is None


def test_a_disk_that_is_full_at_the_start_leaves_no_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = DepartureLog(path, utc_now)
    log.take_over()
    with monkeypatch.context() as patched:
        patched.setattr(os, "posix_fallocate", no_room)
        log.begin()
    log.leaves(1)
    assert left_by(log, path) is None


def test_once_there_is_room_again_it_is_written_again(
    log: DepartureLog, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "posix_fallocate", no_room)
        log.marked(range(20_000))
        log.tidy({5})
    log.tidy({5, 6})
    log.came_back(6, Sent("106"))
    assert left_by(log, path) == Left(log.run, frozenset({5}), {6: "106"})


def test_it_grows_with_what_is_written(log: DepartureLog, path: Path) -> None:
    log.marked(range(20_000))
    log.leaves(7)
    assert path.stat().st_size > departure_log.ROOM * 2
    assert left_by(log, path) == Left(log.run, frozenset({7}))


def test_what_a_kill_tore_was_not_written(log: DepartureLog, path: Path) -> None:
    log.leaves(1)
    log.leaves(2)
    log.close()
    raw = path.read_bytes()
    end = raw.index(b"\0")
    for torn in range(2, 12):
        path.write_bytes(raw[: end - torn] + bytes(torn) + raw[end:])
        assert left_by(log, path) == Left(log.run, frozenset({1}))
    # Its end was written before its beginning.
    path.write_bytes(raw[: end - 9] + bytes(4) + raw[end - 5 :])
    assert left_by(log, path) == Left(log.run, frozenset({1}))


def test_it_tells_when_the_last_of_it_was_written(path: Path, now: datetime) -> None:
    log = DepartureLog(path, lambda: now)
    log.take_over()
    log.begin()
    log.leaves(1)
    left = left_by(log, path)
    assert left is not None
    assert left.by is not None
    assert now <= left.by < now + timedelta(milliseconds=3)


def test_it_stays_small_and_keeps_what_is_under_way(
    log: DepartureLog, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departure_log, "SMALL", 100)
    monkeypatch.setattr(departure_log, "LARGE", 100)
    for ident in range(100):
        log.leaves(ident)
        if ident % 2:
            log.came_back(ident, Sent(str(ident)))
    log.never_settled(3)
    log.tidy({4, 6})
    assert len(path.read_bytes().rstrip(b"\0")) < 300
    log.leaves(200)
    assert left_by(log, path) == Left(log.run, frozenset({3, 4, 6, 200}))


def test_without_a_path_there_is_nothing_to_know(tmp_path: Path) -> None:
    log = DepartureLog(None, utc_now)
    assert log.take_over() is None
    log.begin()
    log.leaves(1)
    log.tidy(())
    log.close()
    assert log.run == ""
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.text(max_size=40)))
def test_whatever_stands_in_the_file_is_believed_or_not_and_never_raises(lines: list[str]) -> None:
    assert read_lines(lines, BOOT) is None


def test_a_line_that_is_none_makes_all_of_it_doubtful() -> None:
    head, whole = f'["{BOOT}", "run"]', '["l", 1, null, 5]'
    assert read_lines([head, whole], BOOT) == Left("run", frozenset({1}))
    assert read_lines([head, whole[:-4], whole], BOOT) is None
    assert read_lines([whole], BOOT) is None


@given(st.binary(max_size=80))
def test_any_bytes_are_lines_or_no_text(raw: bytes) -> None:
    with suppress(UnicodeDecodeError):
        assert all(isinstance(line, str) for line in whole_lines(raw))


async def test_only_what_was_under_way_is_uncertain_after_a_kill(
    db: Database, now: datetime, log: DepartureLog, path: Path
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
        people = [await a_person(session, now, chat=str(n)) for n in range(6)]
        deliveries = await a_briefing(session, people, now)
        owners = [owned_by("test", log.run)] * 4 + [owned_by("test", "other"), "test"]
        for delivery, owner in zip(deliveries, owners, strict=True):
            delivery.status, delivery.lease_owner = DeliveryStatus.SENDING, owner
            delivery.lease_until = now + timedelta(seconds=60)
    arrived, away, refused, stayed, *_ = [one.id or 0 for one in deliveries]
    log.marked([one.id or 0 for one in deliveries])
    for ident in (arrived, away, refused):
        log.leaves(ident)
    log.came_back(arrived, Sent("41"))
    log.came_back(refused, Refused("blocked", closes_channel=True))
    log.close()
    pump = a_pump(db, Scripted(), Scripted(MAIL), departures=path)
    assert await pump.recover(now=now) == 6
    await pump.close()
    rows = (await all_deliveries(db))[:6]
    assert [row.status.value for row in rows] == [
        "sent", "unknown", "planned", "planned", "unknown", "unknown",
    ]  # fmt: skip
    assert rows[0].external_id == "41"
    assert (rows[3].id, rows[3].attempts, rows[3].lease_owner) == (stayed, 0, None)


async def test_what_arrived_before_a_kill_is_noted_as_of_then(
    db: Database, log: DepartureLog, path: Path
) -> None:
    """Or what waits is held up as if it had left just now."""
    async with db.begin() as session:
        person = await a_person(session, utc_now(), chat="1")
        [delivery] = await a_briefing(session, [person], utc_now())
        delivery.status, delivery.lease_owner = DeliveryStatus.SENDING, owned_by("test", log.run)
    log.leaves(delivery.id or 0)
    log.came_back(delivery.id or 0, Sent("41"))
    log.close()
    pump = a_pump(db, Scripted(), departures=path)
    await pump.recover(now=utc_now() + timedelta(hours=1))
    await pump.close()
    [row] = await all_deliveries(db)
    assert row.status is DeliveryStatus.SENT
    assert row.done_at is not None
    assert row.done_at < utc_now() + timedelta(minutes=1)
