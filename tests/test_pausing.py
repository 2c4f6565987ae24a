"""One recipient that a mail server refuses with words about us does not stop the channel."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.clock import utc_now
from contacts.directory import Role
from contacts.outbox import ChannelPause, Delivery, DeliveryStatus, Message, MessageKind
from contacts.pausing import BEHIND, IN_A_ROW, Doubts, pause_channel, put_behind
from contacts.records import Database
from contacts.settings import SendingSettings
from contacts.transport import Later
from contacts.verdicts import decide
from tests.mail_world import HELLO, a_transport
from tests.outbox_world import (
    MAIL,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_deliveries,
    notices,
    running,
    statuses,
    until,
)
from tests.test_mail_answers import GREETING, Talking

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def refused_us(now: datetime, wait: timedelta = timedelta(seconds=90)) -> Later:
    return Later(
        now + wait, "sender_refused", whole_channel=True, if_its_own="smtp_554", at_first_sight=True
    )


def silent(now: datetime) -> Later:
    return Later(now + 5 * SECOND, "not_reachable", whole_channel=True, if_its_own="no_answer")


def due_at(
    now: datetime, *, ident: int = 1, reason: str | None = None, attempts: int = 0
) -> Delivery:
    return Delivery(
        id=ident, message_id=1, kind=MAIL, address="a@example.org", not_before=now, planned_at=now,
        reason=reason, attempts=attempts,
    )  # fmt: skip


async def a_list(db: Database, count: int) -> list[Delivery]:
    """So many by mail, and a coordinator with a chat."""
    async with db.begin() as session:
        now = utc_now()
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
        people = [await a_person(session, now, mail=f"{n}@example.org") for n in range(count)]
        return await a_briefing(session, people, now)


async def _all_but(db: Database, refused: int, kind: MessageKind) -> list[Delivery]:
    """Once ten others got their mail; the first rows are refused, and go before them."""
    mail = Scripted(MAIL)
    mail.latency_s = 0.05  # the pause stands before the next one leaves
    addresses = [f"bad{n}@example.org" for n in range(refused)]
    mail.script = {one: [lambda now: refused_us(now, SECOND)] for one in addresses}
    async with db.begin() as session:
        now = utc_now()
        for one in addresses:
            await a_briefing(session, [await a_person(session, now, mail=one)], now, kind=kind)
    await a_list(db, 10)
    settings = SendingSettings(mail_per_s=10, mail_domain_per_min=0, max_attempts=1)
    async with running(a_pump(db, mail, settings=settings)), asyncio.timeout(40):
        return await until(
            db,
            lambda rows: (
                statuses(rows).count("sent") == 10
                and all(row.status is DeliveryStatus.FAILED for row in rows[:refused])
            ),
        )


@pytest.mark.parametrize(
    ("refused", "kind"),
    [(1, MessageKind.ALERT), (2, MessageKind.ALERT), (1, MessageKind.FEEDBACK)],
)
async def test_a_refused_one_that_is_more_urgent_comes_behind_the_others_too(
    db: Database, refused: int, kind: MessageKind
) -> None:
    """It was the first again after every pause, and nobody else got any mail; with two of them
    each would give way to the other."""
    rows = await _all_but(db, refused, kind)
    assert {row.reason for row in rows[:refused]} == {"smtp_554"}


async def test_what_stopped_the_channel_is_due_a_while_after_the_pause_that_it_got(
    db: Database, now: datetime
) -> None:
    """The pause may be longer than was asked; and what a person put off stays so."""
    async with db.begin() as session:
        people = [await a_person(session, now, mail=f"{n}@example.org") for n in range(3)]
        rows = await a_briefing(session, people, now)
        rows[1].not_before = tomorrow = now + timedelta(days=1)
        doubts = Doubts()
        for row in rows[:2]:
            assert not doubts.is_its_own(refused_us(now), row, at=now)
        pause = await pause_channel(session, MAIL, [refused_us(now)], now=now)
        pause.until = until = now + timedelta(minutes=7)
        await put_behind(session, doubts, pause)
    found = [row.not_before for row in await all_deliveries(db)]
    assert found == [until + BEHIND, tomorrow, now]


@pytest.mark.parametrize("place", [0, 20])
async def test_the_others_get_their_mail_and_a_person_hears_whom_it_is_about(
    db: Database, place: int
) -> None:
    """The first of all stops the channel once, and comes behind the others; further on nobody
    waits. It stopped the channel again and again, and stayed the first."""
    mail = Scripted(MAIL)
    wait = 90 * SECOND if place else SECOND
    mail.script[f"{place}@example.org"] = [lambda now: refused_us(now, wait)]
    await a_list(db, 40)
    settings = SendingSettings(mail_per_s=100, mail_domain_per_min=0, max_attempts=1)
    async with running(a_pump(db, Scripted(), mail, settings=settings)), asyncio.timeout(30):
        rows = await until(db, lambda rows: statuses(rows).count("sent") == 40)
    assert (rows[place].status, rows[place].reason) == (DeliveryStatus.FAILED, "smtp_554")
    (notice,) = await notices(db)
    assert f"Niet iedereen bereikt bij: School {place + 1}." in notice
    if not place:
        assert [one.address for one in mail.sent].index("39@example.org") < len(mail.sent) - 1


async def test_when_everybody_is_refused_the_channel_waits_and_few_attempts_are_counted(
    db: Database,
) -> None:
    mail = Scripted(MAIL)
    mail.script = {f"{n}@example.org": [lambda now: refused_us(now)] for n in range(20, 60)}
    await a_list(db, 60)
    settings = SendingSettings(mail_per_s=100, mail_domain_per_min=0)
    async with running(a_pump(db, Scripted(), mail, settings=settings)):
        await until(db, lambda rows: any(row.reason == "sender_refused" for row in rows))
        await asyncio.sleep(1)
        async with db.read() as session:
            pause = (await session.exec(select(ChannelPause))).one()
    assert pause.until > utc_now() + timedelta(seconds=60)
    rows = (await all_deliveries(db))[:60]  # and a notice
    assert statuses(rows).count("sent") == 20
    assert 1 <= sum(row.attempts for row in rows) <= IN_A_ROW
    assert len(mail.sent) < 50


def test_what_the_server_says_of_one_is_its_own_once_others_were_taken() -> None:
    doubts, own = Doubts(), refused_us(NOW)
    assert not doubts.is_its_own(own, due_at(NOW), at=NOW), "nothing was taken yet"
    doubts.took(NOW + SECOND)
    assert doubts.is_its_own(own, due_at(NOW + 9 * SECOND), at=NOW), "since it stopped the channel"
    assert doubts.is_its_own(own, due_at(NOW, ident=2), at=NOW), "since it was due"
    later = due_at(NOW + 2 * SECOND, ident=3)
    assert not doubts.is_its_own(own, later, at=NOW), "nothing since it is due"
    about_all = Later(NOW, "too_many_requests", whole_channel=True)
    assert not doubts.is_its_own(about_all, due_at(NOW), at=NOW)


def test_silence_is_its_own_only_the_second_time() -> None:
    doubts = Doubts()
    doubts.took(NOW + SECOND)
    assert not doubts.is_its_own(silent(NOW), due_at(NOW), at=NOW)
    assert doubts.is_its_own(silent(NOW), due_at(NOW, reason="not_reachable"), at=NOW)
    later = due_at(NOW + SECOND * 9, reason="no_answer", attempts=1)
    assert doubts.is_its_own(silent(NOW), later, at=NOW), "it was before"


def test_so_many_in_a_row_are_the_channel() -> None:
    doubts, own = Doubts(), refused_us(NOW)
    doubts.took(NOW)
    said = [doubts.is_its_own(own, due_at(NOW, ident=n), at=NOW) for n in range(IN_A_ROW + 1)]
    assert said == [*[True] * IN_A_ROW, False]


def test_what_was_said_of_one_stops_the_channel_and_uses_no_attempt() -> None:
    message = Message(kind=MessageKind.BRIEFING, content={}, created_at=NOW, send_at=NOW)
    for outcome in (refused_us(NOW), silent(NOW)):
        said = decide(outcome, due_at(NOW), message, max_attempts=3, chance=lambda: 0.5, now=NOW)
        assert (said.status, said.attempted) == (DeliveryStatus.PLANNED, False)
        assert (said.not_before, said.pause) == (None, outcome)


@pytest.mark.parametrize(
    ("script", "own"),
    [
        (("421 too many connections",), None),
        ((*GREETING, "550 not you"), None),
        ((*GREETING, Talking.HANG), None),
        ((*GREETING, "250 ok", "554 5.7.1 Relay access denied"), "smtp_554"),
        ((*GREETING, "250 ok", "421 closing"), "smtp_421"),
        ((*GREETING, "250 ok", Talking.HANG), "no_answer"),
        ((*GREETING, "250 ok", "250 ok", "354 go", "550 5.7.26 fails DMARC"), "smtp_550"),
    ],
)
async def test_only_what_is_said_after_the_recipient_was_named_can_be_about_it(
    script: Sequence[str], own: str | None
) -> None:
    async with Talking(*script) as server:
        transport = a_transport(server.port, timeout_s=0.5 if Talking.HANG in script else 20.0)
        outcome = await transport.send(HELLO)
        await transport.close()
    assert isinstance(outcome, Later)
    assert (outcome.whole_channel, outcome.if_its_own) == (True, own)
