"""Who can be reached changes while a text lies with the approvers: that is no other text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator import approved_texts, texts
from bot.config import Config
from briefings.approval import ApprovalRefused, Approved, Submitted, approve, submit
from briefings.drafting import draft_briefing
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.calling import CallItem, CallReason
from contacts.directory import Audience, Channel, ChannelKind, Organisation, Person, Role
from contacts.outbox import Content, Delivery, DeliveryStatus, Message
from contacts.people import close_channel
from contacts.records import Database
from tests import partner_world
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS, Cast, add_person, facts_for, send, the_cast
from tests.console_desk import Desk, a_desk
from tests.partner_world import Chat
from tests.test_part_flow import waiting

LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def checked_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real event goes out only with lines that somebody checked."""
    monkeypatch.setattr(partner_world, "CONFIG", Config(briefings=SETTINGS))


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def closed(session: object, kind: ChannelKind, address: str) -> None:
    assert await close_channel(session, kind, address, reason="blocked", now=LATER)


async def addresses(session: AsyncSession, briefing: Briefing) -> set[str]:
    found = await session.exec(
        select(Delivery.address)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(col(Message.briefing_id) == briefing.id)
    )
    return set(found.all())


async def go(session: object, cast: Cast, briefing: Briefing, seen: str) -> object:
    return await approve(session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=LATER)


async def an_update(session: object, cast: Cast) -> tuple[Briefing, str]:
    """The second text, handed in."""
    briefing = await draft_briefing(
        session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS,
        editor_id=cast.writer.person_id, now=NOW,
    )  # fmt: skip
    done = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
    assert isinstance(done, Submitted), done
    return briefing, done.content_hash


async def test_who_blocks_the_bot_after_handing_in_goes_to_the_list_of_calls(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await closed(session, ChannelKind.TELEGRAM, "12")
        done = await go(session, cast, briefing, seen)
        assert done == Approved(deliveries=2, unreachable=2)
        assert await addresses(session, briefing) == {"11", "b@x.test"}
        calls = (await session.exec(select(CallItem))).all()
    assert {(one.person_id, one.why) for one in calls} == {
        (cast.people[index].id, CallReason.NO_CHANNEL) for index in (2, 3)
    }


async def test_who_has_another_channel_gets_it_there(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await closed(session, ChannelKind.TELEGRAM, "11")
        assert isinstance(await go(session, cast, briefing, seen), Approved)
        assert await addresses(session, briefing) == {"a@x.test", "b@x.test", "12"}


async def test_who_can_be_reached_again_gets_it(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        session.add(
            Channel(
                person_id=cast.people[2].id, kind=ChannelKind.EMAIL, address="c@x.test", rank=1,
                created_at=LATER,
            )
        )  # fmt: skip
        await session.flush()
        assert await go(session, cast, briefing, seen) == Approved(deliveries=4, unreachable=0)


@pytest.mark.parametrize("closes", [True, False])
async def test_an_earlier_text_that_bounces_after_handing_in_is_no_obstacle(
    db: Database, closes: bool
) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        await send(session, cast, BriefingKind.FIRST)
        await session.exec(update(Delivery).values(status=DeliveryStatus.SENT))
        briefing, seen = await an_update(session, cast)
        await session.exec(
            update(Delivery)
            .where(col(Delivery.address) == "b@x.test")
            .values(status=DeliveryStatus.FAILED)
        )
        if closes:
            await closed(session, ChannelKind.EMAIL, "b@x.test")
        assert isinstance(await go(session, cast, briefing, seen), Approved)
        assert await addresses(session, briefing) == {"11", "12"}


@pytest.mark.parametrize("index", [1, 2])
async def test_another_audience_is_another_list_reached_or_not(db: Database, index: int) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        person = await session.get_one(Person, cast.people[index].id)
        person.audiences = [Audience.PARENTS.value]
        session.add(person)
        await session.flush()
        assert await go(session, cast, briefing, seen) == ApprovalRefused("list_changed")


async def test_who_left_is_off_the_list_of_what_follows(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        await send(session, cast, BriefingKind.FIRST)
        briefing, seen = await an_update(session, cast)
        person = await session.get_one(Person, cast.people[0].id)
        person.left_at = LATER
        session.add(person)
        await session.flush()
        assert await go(session, cast, briefing, seen) == ApprovalRefused("list_changed")


async def sure(phone: Chat) -> None:
    """Up to the last question; none of the texts was opened."""
    await phone.press(texts.APPROVE)
    await phone.press("Toch verder")


async def shut(phone: Chat, *chats: str) -> None:
    async with phone.db.begin() as session:
        for chat in chats:
            await closed(session, ChannelKind.TELEGRAM, chat)


async def a_writer(phone: Chat, channel: str = "writer@x.test") -> None:
    """Another coordinator, with a mail address."""
    async with phone.db.begin() as session:
        city = await session.get_one(Organisation, 1)
        await add_person(session, city, "collega", [], email=channel, role=Role.COORDINATOR)


async def told(phone: Chat) -> list[str]:
    """What coordinators got by mail."""
    async with phone.db.read() as session:
        found = await session.exec(
            select(Message)
            .join(Delivery, col(Delivery.message_id) == col(Message.id))
            .where(col(Delivery.address) == "writer@x.test")
        )
        forms = [Content.from_json(message.content).email for message in found.all()]
    return [form.html for form in forms if form is not None]


@pytest.mark.parametrize("at_the_last_step", [True, False])
async def test_on_the_phone_a_channel_that_closed_stops_no_approval(
    db: Database, now: datetime, at_the_last_step: bool
) -> None:
    phone = await waiting(db, now)
    if at_the_last_step:
        await sure(phone)
    await shut(phone, "12")
    if not at_the_last_step:
        await sure(phone)
        assert "1 persoon krijgt dit nu. 1 persoon komt erbij op de bellijst." in await phone.text()
    await phone.press(texts.APPROVE_SURE)
    [briefing] = await phone.all(Briefing)
    assert briefing.status is BriefingStatus.DISTRIBUTED
    async with phone.db.read() as session:
        assert await addresses(session, briefing) == {"11"}


async def test_who_came_on_the_list_is_asked_about_anew_and_the_coordinator_hears(
    db: Database, now: datetime
) -> None:
    phone = await waiting(db, now)
    await a_writer(phone)
    await sure(phone)
    question = await phone.buttons()
    async with phone.db.begin() as session:
        city = await session.get_one(Organisation, 1)
        await add_person(session, city, "nieuw", [Audience.PARENTS], telegram="13")
    await phone.press(texts.APPROVE_SURE)
    assert f"Niet verzonden. {texts.REFUSALS['list_changed']}" in await phone.text()
    [said] = await told(phone)
    assert "U hoeft niet opnieuw in te dienen" in said
    await phone.tap(question[0].data or "")
    assert approved_texts.ASKED_ANEW in await phone.text()
    await phone.press(approved_texts.READ_REQUEST)
    assert "3 mensen bij" in await phone.text()
    await sure(phone)
    await phone.press(texts.APPROVE_SURE)
    [briefing] = await phone.all(Briefing)
    async with phone.db.read() as session:
        assert await addresses(session, briefing) == {"11", "12", "13"}


async def test_where_nobody_is_left_to_reach_the_request_stays_and_the_coordinator_hears_once(
    db: Database, now: datetime
) -> None:
    phone = await waiting(db, now)
    await a_writer(phone)
    await shut(phone, "11", "12")
    for _ in range(2):
        await sure(phone)
        await phone.press(texts.APPROVE_SURE)
        assert f"Niet verzonden. {texts.REFUSALS['no_recipients']}" in await phone.text()
        await phone.press(approved_texts.READ_REQUEST)
    [said] = await told(phone)
    assert "ligt nog ter goedkeuring" in said


async def test_at_the_desk_a_channel_that_closed_stops_no_approval(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        city = await session.get_one(Organisation, 1)
        await add_person(session, city, "ouder", [Audience.PARENTS], telegram="4711")
    await desk.fact()
    await desk.press("indienen", versie=1)
    [briefing] = [one for one in await desk.rows(Briefing) if one.event_id == desk.number]
    async with desk.world.db.begin() as session:
        await closed(session, ChannelKind.TELEGRAM, "4711")
    done = await desk.press("goedkeuren", gelezen=briefing.content_hash)
    assert done.headers["location"].endswith("klaar=approved")
    async with desk.world.db.read() as session:
        assert "4711" not in await addresses(session, briefing)


async def test_at_the_desk_who_came_on_the_list_is_counted_and_then_approved(desk: Desk) -> None:
    await desk.fact()
    await desk.press("indienen", versie=1)
    [briefing] = [one for one in await desk.rows(Briefing) if one.event_id == desk.number]
    async with desk.world.db.begin() as session:
        city = await session.get_one(Organisation, 1)
        await add_person(session, city, "ouder", [Audience.PARENTS], telegram="4711")
    refused = await desk.press("goedkeuren", gelezen=briefing.content_hash)
    assert texts.REFUSALS["list_changed"] in (await desk.web.get(refused.headers["location"])).text
    [again] = [one for one in await desk.rows(Briefing) if one.event_id == desk.number]
    done = await desk.press("goedkeuren", gelezen=again.content_hash)
    assert done.headers["location"].endswith("klaar=approved")
    async with desk.world.db.read() as session:
        assert "4711" in await addresses(session, briefing)
