"""*Alsnog* sends the newest text that went out, and never one that was followed by another."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import texts
from bot.chat.coordinator.missed_flow import LOOK
from briefings.missing import in_force
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.calling import About, CallItem, CallReason, CallStatus, add_calls
from contacts.directory import Audience
from contacts.escalation import escalate_due
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Delivery, DeliveryStatus, Message
from contacts.records import Database
from contacts.settings import SendingSettings
from tests.console_desk import Desk, a_desk
from tests.test_late_chat import opened, phone_of, somebody, to_people

NEWS = "De straat is weer open."
POLICE = Audience.POLICE_DISTRICT


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    """A first text and an update went out; Anna had no address for either, and has one now."""
    async with a_desk(db, now) as started:
        anna = await somebody(started, "Anna")
        await started.fact()
        await started.send(1)
        await started.press("nieuwe-versie", soort="update")
        await started.fact(NEWS)
        await started.send(2)
        await opened(started, anna)
        yield started


async def versions_to(desk: Desk) -> list[int | None]:
    """The versions that are on their way to who had no address."""
    messages = {one.id: one for one in await desk.rows(Message)}
    numbers = {one.id: one.version for one in await desk.rows(Briefing)}
    late = [one for one in await desk.rows(Delivery) if "nu" in one.address]
    return [numbers[messages[one.message_id].briefing_id] for one in late]


async def seen_of(desk: Desk, version: int) -> str:
    page = await desk.page(f"ontvangers?groep=alsnog&versie={version}")
    found = re.search(r'name="gezien" value="(\w+)"', page)
    return found[1] if found else ""


async def test_who_missed_everything_gets_the_update_on_the_phone(desk: Desk) -> None:
    chat = phone_of(desk)
    await chat.tap(f"rcpt:{desk.number}", message=0)
    assert [one for one in await chat.labels() if "Alsnog" in one] == [
        "Alsnog aan 1: update, versie 2"
    ]
    await chat.press("Alsnog aan 1")
    await chat.press("Stuur alsnog aan 1")
    assert await versions_to(desk) == [2]


async def test_an_old_button_of_the_first_text_is_refused_with_why(desk: Desk) -> None:
    chat = phone_of(desk)
    await chat.tap(f"{LOOK}:{desk.number}:1", message=0)
    assert chat.toast == texts.OUTDATED_LATE
    assert await to_people(desk) == []


async def test_the_desk_says_why_an_old_text_stays_and_where_the_newest_is(desk: Desk) -> None:
    page = await desk.page("ontvangers?groep=alsnog&versie=1")
    assert "Anna" in page
    assert "Versie 1 gaat niet meer uit" in page
    assert 'href="?versie=2&amp;groep=alsnog"' in page
    assert "Stuur het alsnog" not in page
    newest = await seen_of(desk, 2)
    assert newest
    assert (await desk.press("alsnog", versie="1", gezien=newest)).status_code == 409
    assert await versions_to(desk) == []
    assert (await desk.press("alsnog", versie="2", gezien=newest)).status_code == 303
    assert await versions_to(desk) == [2]


async def test_who_missed_everything_gets_the_correction_and_no_taking_back(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        newest = (await session.exec(select(Briefing).where(col(Briefing.version) == 2))).one()
        newest.kind = BriefingKind.RETRACTION
    assert await seen_of(desk, 2) == ""
    async with desk.world.db.begin() as session:
        newest = (await session.exec(select(Briefing).where(col(Briefing.version) == 2))).one()
        newest.kind = BriefingKind.CORRECTION
    assert await seen_of(desk, 2)


def test_parts_stand_beside_each_other_and_an_update_ends_only_what_it_tells() -> None:
    rest = [one for one in Audience if one is not POLICE]
    all_but = version(1, rest)
    police = version(2, [POLICE])
    update = version(3, [POLICE])
    assert in_force(all_but, [all_but, police]) == frozenset(rest)
    assert in_force(all_but, [all_but, police, update]) == frozenset(rest)
    assert in_force(police, [all_but, police, update]) == frozenset()
    update.status = BriefingStatus.SUBMITTED
    assert in_force(police, [all_but, police, update]) == frozenset([POLICE])


def version(number: int, audiences: list[Audience]) -> Briefing:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Briefing(
        event_id=1, version=number, kind=BriefingKind.FIRST, facts_version=1, edited_at=now,
        created_at=now, audiences=[*map(str, audiences)], status=BriefingStatus.DISTRIBUTED,
    )  # fmt: skip


async def test_whom_the_text_reached_after_all_is_taken_off_the_list_to_call(
    desk: Desk, now: datetime
) -> None:
    await escalate_due(desk.world.db, SendingSettings(), now=now)
    assert [(one.why, one.status) for one in await desk.rows(CallItem)] == [
        (CallReason.NO_CHANNEL, CallStatus.OPEN)
    ]
    await desk.press("alsnog", versie="2", gezien=await seen_of(desk, 2))
    await escalate_due(desk.world.db, SendingSettings(), now=now)
    (item,) = await desk.rows(CallItem)
    assert item.status is CallStatus.OPEN, "it did not leave yet"
    await arrived(desk)
    await escalate_due(desk.world.db, SendingSettings(), now=now)
    (item,) = await desk.rows(CallItem)
    assert (item.status, item.done_by) == (CallStatus.NOT_NEEDED, None)
    lines = [one for one in await desk.rows(JournalEntry) if one.action == "calls_got_it_late"]
    assert [one.actor for one in lines] == [str(SYSTEM)]
    assert "Bel deze mensen" not in await desk.page("verzenden")


async def arrived(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        for delivery in (await session.exec(select(Delivery))).all():
            if "nu" in delivery.address:
                delivery.status = DeliveryStatus.SENT


async def test_whose_late_text_bounced_comes_back_on_the_list_to_call(
    desk: Desk, now: datetime
) -> None:
    await desk.press("alsnog", versie="2", gezien=await seen_of(desk, 2))
    await arrived(desk)
    await escalate_due(desk.world.db, SendingSettings(), now=now)
    (item,) = await desk.rows(CallItem)
    about = About(desk.number, item.briefing_id, None, is_exercise=False)
    async with desk.world.db.begin() as session:
        for reason, new in ((CallReason.NO_CHANNEL, 0), (CallReason.FAILED, 1)):
            who = [(item.person_id, item.organisation_id, reason)]
            later = now + timedelta(minutes=5)
            assert await add_calls(session, about, who, now=later) == new
    await escalate_due(desk.world.db, SendingSettings(), now=now)
    assert [one.status for one in await desk.rows(CallItem)] == [
        CallStatus.NOT_NEEDED, CallStatus.OPEN,
    ]  # fmt: skip
