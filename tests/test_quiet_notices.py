"""A notice that can be read in the morning as well wakes nobody; what is urgent comes at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select, update

from bot.daily import send_daily_list
from bot.poll_asking import next_office_hour
from briefings.overleg.rows import Overleg
from contacts.directory import ContactGroup, Domain, GroupMember, Person
from contacts.journal import SYSTEM
from contacts.local_time import AMSTERDAM
from contacts.messages import default_priority
from contacts.outbox import Delivery, DeliveryStatus, Message, MessageKind
from contacts.quiet import QUIET_HOURS, count_resting, set_quiet_hours
from contacts.records import Database
from contacts.sending import tell_people
from tests.console_desk import Desk, a_desk
from tests.console_world import press
from tests.helping import somebody
from tests.outbox_world import BOTH, a_person
from tests.overleg_world import FORM, act, planned
from tests.partner_world import Chat, a_partner
from tests.peer_groups_world import asked, begun, said_yes, told
from tests.test_daily_list import AT, MORNING, an_event
from tests.test_daily_list import a_desk as a_coordinator
from tests.test_group_chat import a_coordinator as who_leads
from tests.test_group_chat import read_back
from tests.test_polls import over

HOUR = timedelta(hours=1)


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def all_rest(db: Database, now: datetime, until: timedelta = 2 * HOUR) -> datetime:
    """Everybody has quiet hours now; returns when they are over."""
    begin, end = (now - HOUR).astimezone(AMSTERDAM), (now + until).astimezone(AMSTERDAM)
    end = end.replace(second=0, microsecond=0)
    async with db.begin() as session:
        await session.exec(
            update(Person).values(
                quiet_from=begin.time().replace(tzinfo=None),
                quiet_until=end.time().replace(tzinfo=None),
            )
        )
    return end


async def last_sent(db: Database) -> list[Delivery]:
    """The deliveries of the newest message."""
    async with db.read() as session:
        newest = (await session.exec(select(Message).order_by(col(Message.id).desc()))).first()
        assert newest is not None
        found = await session.exec(select(Delivery).where(col(Delivery.message_id) == newest.id))
        return list(found.all())


@pytest.mark.parametrize(
    ("kind", "may_rest"),
    [
        (MessageKind.NOTICE, True),
        (MessageKind.DIALOGUE, True),
        (MessageKind.NOTICE, False),
        (MessageKind.APPROVAL, False),
        (MessageKind.DIALOGUE, False),
    ],
)
async def test_a_notice_waits_when_it_may_and_keeps_its_place_in_the_queue(
    db: Database, now: datetime, kind: MessageKind, may_rest: bool
) -> None:
    night = datetime(2026, 3, 3, 23, tzinfo=AMSTERDAM)
    async with db.begin() as session:
        sleeper = await a_person(session, now, chat="1")
        awake = await a_person(session, now, chat="2")
        await set_quiet_hours(
            session, sleeper, night.time(), night.time().replace(hour=7), who=SYSTEM, now=now
        )
        rows = await tell_people(
            session, [sleeper, awake], BOTH, kind=kind, may_rest=may_rest, is_exercise=False,
            now=night,
        )  # fmt: skip
        assert [row.reason for row in rows] == [QUIET_HOURS if may_rest else None, None]
        assert [row.not_before == night for row in rows] == [not may_rest, True]
        assert {row.priority for row in rows} == {int(default_priority(kind, 0))}
        both = [sleeper.id or 0, awake.id or 0]
        assert await count_resting(session, both, at=night) == (
            1, datetime(2026, 3, 4, 7, tzinfo=AMSTERDAM),
        )  # fmt: skip


async def invited(desk: Desk, overleg: Overleg) -> list[Delivery]:
    """The invitation goes out; what it wrote."""
    before = len(await desk.rows(Delivery))
    await act(desk, overleg, "uitnodigen", gezien=f"{overleg.version}-")
    rows = (await desk.rows(Delivery))[before:]
    assert rows
    return rows


async def test_an_invitation_to_an_overleg_wakes_nobody(desk: Desk) -> None:
    overleg = await planned(desk)
    ends = await all_rest(desk.world.db, desk.world.now)
    rows = await invited(desk, overleg)
    assert {(row.not_before, row.reason) for row in rows} == {(ends, QUIET_HOURS)}


async def test_an_invitation_that_would_come_too_late_goes_at_once(desk: Desk) -> None:
    overleg = await planned(desk)
    await all_rest(desk.world.db, desk.world.now)
    async with desk.world.db.begin() as session:
        soon = desk.world.now + 2 * HOUR + timedelta(minutes=30)
        await session.exec(update(Overleg).values(starts_at=soon))
    rows = await invited(desk, overleg)
    assert {row.reason for row in rows} == {None}


@pytest.mark.parametrize(("what", "news"), [("wijzigen", "Gewijzigd"), ("stand", None)])
async def test_news_comes_in_the_place_of_an_invitation_that_waits_and_what_is_off_says_nothing(
    desk: Desk, what: str, news: str | None
) -> None:
    overleg = await planned(desk)
    ends = await all_rest(desk.world.db, desk.world.now)
    waiting = await invited(desk, overleg)
    form = {**FORM, "gastheer": str(overleg.host_id), "dag": "2026-06-19"}
    await act(desk, overleg, what, **(form if news else {"doe": "niet"}))
    rows = {row.id: row for row in await desk.rows(Delivery)}
    assert {rows[one.id].status for one in waiting} == {DeliveryStatus.CANCELLED}
    if news is None:
        assert max(rows) == waiting[-1].id, "they never heard of it"
        return
    after = await last_sent(desk.world.db)
    assert (await desk.rows(Message))[-1].content["email"]["subject"].startswith(news)
    assert sorted(one.address for one in after) == sorted(one.address for one in waiting)
    assert {one.not_before for one in after} == {ends}


async def test_who_was_still_to_be_invited_hears_that_it_goes_on_after_all(desk: Desk) -> None:
    overleg = await planned(desk)
    await all_rest(desk.world.db, desk.world.now)
    waiting = await invited(desk, overleg)
    for word in ("niet", "weer"):
        await act(desk, (await desk.rows(Overleg))[-1], "stand", doe=word)
    after = await last_sent(desk.world.db)
    assert {one.status for one in after} == {DeliveryStatus.PLANNED}
    assert sorted(one.address for one in after) == sorted(one.address for one in waiting)


async def test_somebody_who_said_yes_to_a_group_wakes_nobody(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    other = await somebody(chat, "Ander", Domain.CIVIL)
    event = await told(chat, chat.person_id, other)
    group = await begun(chat, chat.person_id, event)
    ends = await all_rest(db, chat.now)
    await asked(chat, group, chat.person_id, other)
    assert {one.not_before for one in await last_sent(db)} == {ends}, "being asked waits as well"
    assert await said_yes(chat, group, other) is None
    rows = await last_sent(db)
    assert {(one.person_id, one.reason) for one in rows} == {(chat.person_id, QUIET_HOURS)}


async def test_the_daily_list_waits_for_who_rises_later(db: Database) -> None:
    await a_coordinator(db)
    await an_event(db, "Demonstratie A")
    ends = await all_rest(db, MORNING)
    assert await send_daily_list(db, AT, is_exercise=False, now=MORNING) == 1
    assert [one.not_before for one in await last_sent(db)] == [ends]


async def test_a_message_to_a_group_says_before_it_goes_who_gets_it_later_in_the_chat(
    db: Database, now: datetime
) -> None:
    chat: Chat = await who_leads(db, now)
    ends = await all_rest(db, now)
    await read_back(chat)
    assert f"2 van hen hebben rusttijd en krijgen het daarna, de eersten om {ends:%H.%M}" in (
        await chat.text()
    )
    await chat.press("Versturen aan 2 contacten")
    mails = [one for one in await chat.all(Delivery) if "lid" in one.address]
    assert {one.reason for one in mails} == {QUIET_HOURS}


async def test_a_message_to_a_group_says_so_on_the_page_as_well(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        session.add(ContactGroup(name="Klein"))
        await session.flush()
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        session.add(GroupMember(group_id=1, person_id=teacher.id or 0))
    ends = await all_rest(desk.world.db, desk.world.now)
    answer = await desk.world.press(
        "/groep/1/bericht", titel="Wie begeleidt dinsdag?", tekst="Er zijn nog twee groepen."
    )
    assert f"1 van hen heeft rusttijd en krijgt het daarna, om {ends:%H.%M} uur" in answer.text


@pytest.mark.parametrize("what", ["peiling", "vraag"])
async def test_questions_to_everybody_wake_nobody(desk: Desk, what: str) -> None:
    if what == "vraag":
        await over(desk)
    leaves = next_office_hour(desk.world.now) if what == "vraag" else desk.world.now
    ends = await all_rest(desk.world.db, leaves)
    act_of = {"peiling": "/peiling", "vraag": f"/gebeurtenis/{desk.number}/vraag"}
    assert (await press(desk.web, desk.world.sealer, act_of[what])).status_code == 303
    rows = await last_sent(desk.world.db)
    assert rows
    assert {(row.not_before, row.reason) for row in rows} == {(ends, QUIET_HOURS)}
