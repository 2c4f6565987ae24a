"""Who sleeps gets one text in the morning, that holds then; who got nothing hears of no error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.approving import follow_sending
from briefings.approval import Approved, Submitted, approve, retract, submit
from briefings.calling_off import call_off, stop
from briefings.distribution import distribute_due
from briefings.drafting import current_briefing, draft_briefing, texts_of
from briefings.facts import set_next_update
from briefings.missing import NothingToSend, plan_missed, seal_of, send_to_missed
from briefings.past_promise import without_promise
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.directory import Audience, Channel, ChannelKind
from contacts.journal import JournalEntry
from contacts.outbox import Content, Delivery, DeliveryAct, DeliveryStatus, Message
from contacts.quiet import QUIET_HOURS
from contacts.records import Database
from tests.approving import a_draft
from tests.briefings_cast import NOW, SETTINGS, Cast, let_go, send, sure

#: 18.05 on 3 March; the sleeper wants nothing from 18.00 to 07.00
EVENING = NOW + timedelta(hours=4)
MORNING = NOW + timedelta(hours=13)
SEVEN = NOW.replace(hour=6, minute=0) + timedelta(days=1)
PROMISED = "Volgende update"


@dataclass(frozen=True)
class Got:
    """What is on its way to somebody, or came."""

    status: DeliveryStatus
    reason: str | None
    chat: str
    mail: str
    version: int | None


async def asleep(session: AsyncSession, *people: int) -> tuple[Cast, Briefing]:
    cast, briefing = await a_draft(session, severity=3, suggested_severity=3)
    for number in people or (0,):
        person = cast.people[number]
        person.quiet_from, person.quiet_until = time(18, 0), time(7, 0)
        session.add(person)
    await session.flush()
    return cast, briefing


async def told(session: AsyncSession, cast: Cast, number: int = 0) -> list[Got]:
    found = await session.exec(
        select(Delivery, Message)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Delivery.person_id) == cast.people[number].id,
            col(Delivery.act) == DeliveryAct.SEND,
        )
        .order_by(col(Delivery.id))
    )
    rows = []
    for delivery, message in found.all():
        content = Content.from_json(message.content)
        chat = content.telegram.text if content.telegram else ""
        mail = content.email.text if content.email else ""
        row = Got(delivery.status, delivery.reason, chat, mail, message.briefing_id)
        rows.append(row)
    return rows


async def all_sent(session: AsyncSession, cast: Cast, numbers: tuple[int, ...]) -> None:
    """What these people were to get has arrived."""
    ids = [cast.people[number].id for number in numbers]
    found = await session.exec(select(Delivery).where(col(Delivery.person_id).in_(ids)))
    for delivery in found.all():
        if delivery.status is DeliveryStatus.PLANNED:
            delivery.status = DeliveryStatus.SENT
            session.add(delivery)
    await session.flush()


async def test_who_sleeps_until_the_promise_is_over_is_not_promised_anything(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await asleep(session)
        await let_go(session, cast, briefing)
        [sleeper] = await told(session, cast)
        [awake] = await told(session, cast, 3)
        stored = {text.audience: text for text in await texts_of(session, briefing.id or 0)}
    assert (sleeper.status, sleeper.reason) == (DeliveryStatus.PLANNED, QUIET_HOURS)
    assert PROMISED in stored[Audience.TEACHER_VO_MBO].telegram
    for form in (sleeper.chat, sleeper.mail):
        assert PROMISED not in form
        assert "22.00" not in form
        assert "drie mensen aangehouden" in form
    assert awake.chat.splitlines()[-1] == "Volgende update: dinsdag 3 maart, 22.00 uur"


async def test_a_promise_that_still_holds_in_the_morning_stays(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await asleep(session)
        await set_next_update(
            session, cast.event.id or 0, SEVEN + timedelta(minutes=15), editor_id=1, now=NOW
        )
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
        await let_go(session, cast, briefing)
        [sleeper] = await told(session, cast)
    assert sleeper.chat.splitlines()[-1] == "Volgende update: woensdag 4 maart, 07.15 uur"


async def test_an_update_takes_the_place_of_what_still_waits(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await asleep(session)
        await let_go(session, cast, briefing)
        await sure(session, cast.event, "De Testlaan is dicht.", at=EVENING)
        update = await send(session, cast, BriefingKind.UPDATE, now=EVENING)
        first, second = await told(session, cast)
        assert (first.status, first.reason) == (DeliveryStatus.CANCELLED, "superseded")
        assert (second.status, second.version) == (DeliveryStatus.PLANNED, update.id)
        awake = await told(session, cast, 3)
        assert [one.status for one in awake] == [DeliveryStatus.PLANNED] * 2
        lines = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "held_superseded")
        )
        assert [line.detail["to"] for line in lines.all()] == ["cancelled"]
        await send(session, cast, BriefingKind.CLOSING, now=EVENING + timedelta(hours=1))
        _, second, closing = await told(session, cast)
    assert (second.status, closing.status) == (DeliveryStatus.PLANNED,) * 2


@pytest.mark.parametrize("waits", [{"attempts": 1, "reason": "smtp_451"}, {"fallback_of_id": 1}])
async def test_an_update_takes_the_place_of_what_was_put_off_or_was_to_go_another_way(
    db: Database, waits: dict[str, Any]
) -> None:
    async with db.begin() as session:
        cast, briefing = await asleep(session)
        await let_go(session, cast, briefing)
        found = await session.exec(
            select(Delivery).where(col(Delivery.person_id) == cast.people[3].id)
        )
        old = found.one()
        for name, value in waits.items():
            setattr(old, name, value)
        old.not_before = EVENING + timedelta(minutes=4)
        session.add(old)
        await session.flush()
        await sure(session, cast.event, "De Testlaan is dicht.", at=EVENING)
        update = await send(session, cast, BriefingKind.UPDATE, now=EVENING)
        await session.refresh(old)
        first, second = await told(session, cast, 3)
    assert (first.status, first.reason) == (DeliveryStatus.CANCELLED, "superseded")
    assert (second.status, second.version) == (DeliveryStatus.PLANNED, update.id)


async def test_who_waits_for_an_update_that_is_called_off_gets_the_next_one(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await asleep(session)
        await let_go(session, cast, briefing)
        await all_sent(session, cast, (1, 3))
        await sure(session, cast.event, "De Testlaan is dicht.", at=EVENING)
        update = await send(session, cast, BriefingKind.UPDATE, now=EVENING)
        await all_sent(session, cast, (1, 3))
        await stop(session, update, who=cast.writer.who, now=EVENING)
        await call_off(session, update, who=cast.writer.who, now=EVENING)
        assert [one.status for one in await told(session, cast)] == [DeliveryStatus.CANCELLED] * 2
        await sure(session, cast.event, "De Testlaan is weer open.", at=MORNING)
        await send(session, cast, BriefingKind.UPDATE, now=MORNING)
        newest = (await told(session, cast))[-1]
    assert newest.status is DeliveryStatus.PLANNED
    assert "De Testlaan is weer open." in newest.chat


async def test_an_update_for_the_morning_takes_that_place_when_it_goes(db: Database) -> None:
    """Until then somebody may still withdraw it, and the sleeper would have nothing."""
    early = SEVEN - timedelta(minutes=15)
    async with db.begin() as session:
        cast, briefing = await asleep(session)
        await let_go(session, cast, briefing)
        await sure(session, cast.event, "De Testlaan is dicht.", at=EVENING)
        await set_next_update(
            session, cast.event.id or 0, SEVEN + timedelta(hours=5), editor_id=1, now=EVENING
        )
        update = await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS, editor_id=1,
            now=EVENING,
        )  # fmt: skip
        done = await submit(session, update, cast.writer, SETTINGS, now=EVENING)
        assert isinstance(done, Submitted), done
        await approve(
            session, update, cast.approver, SETTINGS, expected_hash=done.content_hash,
            now=EVENING, send_at=early,
        )  # fmt: skip
        assert [one.status for one in await told(session, cast)] == [DeliveryStatus.PLANNED] * 2
        await distribute_due(session, now=early)
        statuses = [one.status for one in await told(session, cast)]
    assert statuses == [DeliveryStatus.CANCELLED, DeliveryStatus.PLANNED]


async def test_a_retraction_stops_what_waits_and_wakes_nobody_who_got_nothing(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, briefing = await asleep(session)
        await let_go(session, cast, briefing)
        await all_sent(session, cast, (1, 3))
        done = await retract(
            session, cast.event, cast.approver, SETTINGS, wrong="het aantal", now=EVENING
        )
        assert isinstance(done, Approved), done
        [held] = await told(session, cast)
        assert held.status is DeliveryStatus.CANCELLED
        awake = await told(session, cast, 3)
        assert "Gebruik ons bericht van" in awake[-1].chat
        await sure(session, cast.event, "De Testlaan is dicht.", at=MORNING)
        update = await send(session, cast, BriefingKind.UPDATE, now=MORNING)
        _, fresh = await told(session, cast)
    assert (fresh.version, fresh.status) == (update.id, DeliveryStatus.PLANNED)
    assert "De Testlaan is dicht." in fresh.chat


async def test_who_may_have_got_it_hears_that_it_is_taken_back(db: Database) -> None:
    """Minutes before it goes it may be on its way before anybody stops it."""
    close = SEVEN - timedelta(minutes=2)
    async with db.begin() as session:
        cast, briefing = await asleep(session)
        await let_go(session, cast, briefing)
        done = await retract(
            session, cast.event, cast.approver, SETTINGS, wrong="het aantal", now=close
        )
        assert isinstance(done, Approved), done
        held, retraction = await told(session, cast)
    assert held.status is DeliveryStatus.CANCELLED
    assert "Gebruik ons bericht van" in retraction.chat


async def test_what_everybody_still_waits_for_can_be_taken_back(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await asleep(session, 0, 1, 3)
        await let_go(session, cast, briefing)
        done = await retract(
            session, cast.event, cast.approver, SETTINGS, wrong="het aantal", now=EVENING,
            bare=True,
        )  # fmt: skip
        assert isinstance(done, Approved), done
        assert done.deliveries == 0
        retraction = await current_briefing(session, cast.event.id or 0)
        assert retraction is not None
        await follow_sending(session, cast.event, retraction, now=EVENING)
        await session.refresh(briefing)
        got = [one.status for number in (0, 1, 3) for one in await told(session, cast, number)]
    assert briefing.status is BriefingStatus.RETRACTED
    assert got == [DeliveryStatus.CANCELLED] * 3


@pytest.mark.parametrize(("hours", "is_told"), [(1, True), (5, False)])
async def test_who_missed_a_text_gets_no_promise_that_is_over(
    db: Database, hours: int, is_told: bool
) -> None:
    at = NOW + timedelta(hours=hours)
    async with db.begin() as session:
        cast, briefing = await a_draft(session)
        await let_go(session, cast, briefing)
        late = cast.people[2]
        channel = Channel(
            person_id=late.id or 0, kind=ChannelKind.TELEGRAM, address="13", created_at=at
        )
        session.add(channel)
        await session.flush()
        plan = await plan_missed(session, cast.event, briefing)
        await send_to_missed(
            session, cast.event, briefing, SETTINGS, seen=seal_of(plan), who=cast.writer.who,
            now=at,
        )  # fmt: skip
        [got] = await told(session, cast, 2)
    assert "drie mensen aangehouden" in got.chat
    assert (PROMISED in got.chat, PROMISED in got.mail) == (is_told, is_told)


async def test_nobody_is_asked_to_a_meeting_that_is_over(db: Database) -> None:
    meeting = NOW + timedelta(days=30)
    async with db.begin() as session:
        cast, briefing = await a_draft(session)
        await let_go(session, cast, briefing)
        invitation = await send(session, cast, BriefingKind.LOOK_BACK, now=NOW, meets_at=meeting)
        got = (await told(session, cast))[-1]
        assert "Terugkijken" in got.chat
        failed = await session.exec(
            select(Delivery).where(col(Delivery.person_id) == cast.people[0].id)
        )
        for delivery in failed.all():
            delivery.status = DeliveryStatus.FAILED
            session.add(delivery)
        await session.flush()
        plan = await plan_missed(session, cast.event, invitation)
        assert plan.recipients
        seen, after = seal_of(plan), meeting + timedelta(minutes=1)
        with pytest.raises(NothingToSend):
            await send_to_missed(
                session, cast.event, invitation, SETTINGS, seen=seen, who=cast.writer.who,
                now=after,
            )  # fmt: skip


async def test_only_the_promise_is_left_out(db: Database) -> None:
    async with db.begin() as session:
        _, briefing = await a_draft(session)
        texts = await texts_of(session, briefing.id or 0)
        promised = NOW.replace(hour=21, minute=0)
        for text in texts:
            short = without_promise(text, promised)
            assert short.telegram == text.telegram.rsplit("\n\n", 1)[0]
            before, _, after = text.html.partition('<section data-deel="volgende">')
            assert short.html == before + after.partition("</section>")[2].lstrip()
            assert PROMISED not in short.plain
            gone = set(text.plain.splitlines()) - set(short.plain.splitlines())
            assert all("pdate" in line or "geen nieuws" in line for line in gone if line.strip("-"))
