"""What comes back when it is of the past goes nowhere else; a person hears of it all the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from contacts.arrival import record_bounce
from contacts.directory import Channel, Person
from contacts.escalation import escalate_due
from contacts.journal import SYSTEM
from contacts.outbox import UNDER_WAY, Delivery, DeliveryStatus, MessageKind
from contacts.outdated import HISTORY_AFTER
from contacts.records import Database
from contacts.sending import channels_of, halt_message, post
from contacts.settings import SendingSettings
from contacts.verdicts import Untold
from tests.outbox_world import BOTH, CHAT, MAIL, a_person, all_deliveries
from tests.test_escalation import a_back_up, calls

SETTINGS = SendingSettings()
MINUTE = timedelta(minutes=1)
FIVE_DAYS = timedelta(days=5)


async def a_reader(db: Database, now: datetime) -> Person:
    """Mail first, then the chat; with a back-up."""
    async with db.begin() as session:
        person = await a_person(session, now, mail="a@example.org")
        session.add(
            Channel(person_id=person.id or 0, kind=CHAT, address="1", rank=5, created_at=now)
        )
        await a_back_up(session, person, now, chat="2")
    return person


async def left(
    db: Database, person: Person, version: int, at: datetime, *,
    kind: MessageKind = MessageKind.BRIEFING, by_chat: bool = False,
    became: DeliveryStatus = DeliveryStatus.SENT, due: datetime | None = None,
) -> int:  # fmt: skip
    """A version of the same event went to this reader at that moment, or is to go at another."""
    async with db.begin() as session:
        channels = await channels_of(session, person.id or 0)
        wanted = CHAT if by_chat else MAIL
        (delivery,) = await post(
            session, kind=kind, content=BOTH, to=[c for c in channels if c.kind is wanted],
            severity=3, event_id=1, briefing_id=version, now=at, send_at=due,
        )  # fmt: skip
        delivery.status, delivery.sending_at, delivery.done_at = became, at, at
        return delivery.id or 0


async def bounces(db: Database, number: int, now: datetime) -> list[Delivery]:
    """The mail comes back; what was planned since."""
    before = len(await all_deliveries(db))
    async with db.begin() as session:
        assert await record_bounce(session, number, "bounce_4.4.7", closes_channel=False, now=now)
    rows = await all_deliveries(db)
    assert (rows[number - 1].status, rows[number - 1].untold) == ("failed", Untold.BOUNCED)
    await escalate_due(db, SETTINGS, now=now)
    return (await all_deliveries(db))[before:]


async def test_a_bounce_of_an_old_text_sends_it_nowhere_after_a_newer_one_came(
    db: Database, now: datetime
) -> None:
    person = await a_reader(db, now)
    first = await left(db, person, 1, now)
    closing = MessageKind.CLOSING
    await left(db, person, 2, now + MINUTE, kind=closing, by_chat=True)
    assert await bounces(db, first, now + 2 * MINUTE) == []
    assert await calls(db) == []


@pytest.mark.parametrize("became", [DeliveryStatus.FAILED, DeliveryStatus.CANCELLED])
async def test_a_newer_text_that_did_not_get_there_is_no_reason_to_keep_the_old_one_back(
    db: Database, now: datetime, became: DeliveryStatus
) -> None:
    person = await a_reader(db, now)
    first = await left(db, person, 1, now)
    await left(db, person, 2, now + MINUTE, by_chat=True, became=became)
    since = await bounces(db, first, now + 2 * MINUTE)
    assert CHAT in [other.kind for other in since if other.fallback_of_id == first]


@pytest.mark.parametrize("kept_back", ["approved for later", "quiet hours", "halted"])
@pytest.mark.parametrize("became", [DeliveryStatus.PLANNED, DeliveryStatus.CLAIMED])
async def test_a_newer_text_that_is_not_to_go_yet_does_not_keep_the_old_one_back(
    db: Database, now: datetime, kept_back: str, became: DeliveryStatus
) -> None:
    person, later = await a_reader(db, now), now + HISTORY_AFTER / 4
    first = await left(db, person, 1, now)
    due = later if kept_back == "approved for later" else None
    newer = await left(db, person, 2, now + MINUTE, by_chat=True, became=became, due=due)
    async with db.begin() as session:
        delivery = await session.get_one(Delivery, newer)
        if kept_back == "quiet hours":
            delivery.not_before = later
        if kept_back == "halted":
            await halt_message(
                session, delivery.message_id, who=SYSTEM, reason="by_hand", now=now + MINUTE
            )
    since = await bounces(db, first, now + 2 * MINUTE)
    assert CHAT in [other.kind for other in since if other.fallback_of_id == first]


@pytest.mark.parametrize("became", [*UNDER_WAY, DeliveryStatus.SENT, DeliveryStatus.UNKNOWN])
async def test_a_newer_text_that_may_go_now_keeps_the_old_one_back(
    db: Database, now: datetime, became: DeliveryStatus
) -> None:
    person = await a_reader(db, now)
    first = await left(db, person, 1, now)
    await left(db, person, 2, now + MINUTE, by_chat=True, became=became)
    assert await bounces(db, first, now + 2 * MINUTE) == []


async def test_a_refused_text_goes_to_the_back_up_while_the_newer_one_waits_for_the_morning(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, mail="a@example.org")
        await a_back_up(session, person, now, chat="2")
    await left(db, person, 1, now, became=DeliveryStatus.FAILED)
    await left(
        db, person, 2, now + MINUTE, became=DeliveryStatus.PLANNED, due=now + HISTORY_AFTER / 4
    )
    await escalate_due(db, SETTINGS, now=now + 2 * MINUTE)
    assert [row.address for row in await all_deliveries(db) if row.is_backup] == ["2"]


async def test_a_text_that_comes_back_days_later_goes_to_nobody_and_on_the_list_to_call(
    db: Database, now: datetime
) -> None:
    person = await a_reader(db, now)
    first = await left(db, person, 1, now)
    assert await bounces(db, first, now + FIVE_DAYS) == []
    assert await calls(db) == [("failed", "open")]


async def test_a_text_that_comes_back_within_a_day_goes_by_the_next_channel(
    db: Database, now: datetime
) -> None:
    person = await a_reader(db, now)
    first = await left(db, person, 1, now)
    (other,) = await bounces(db, first, now + HISTORY_AFTER - MINUTE)
    assert (other.kind, other.address) == (CHAT, "1")


async def test_an_answer_to_a_signal_keeps_its_worth_however_late_it_comes_back(
    db: Database, now: datetime
) -> None:
    person = await a_reader(db, now)
    answer = await left(db, person, 1, now, kind=MessageKind.FEEDBACK)
    (other,) = await bounces(db, answer, now + FIVE_DAYS)
    assert (other.kind, other.fallback_of_id) == (CHAT, answer)
