"""What was agreed and learnt in the chat, and the invitation to a meeting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter

import pytest
from icalendar import Calendar, Event
from sqlmodel import col, select

from bot import agreement_texts as texts
from bot.overleg_inviting import invitation
from bot.overleg_reminding import late_content, near_content
from briefings.learning.rows import Lesson, LessonStatus
from briefings.moments import local_date
from briefings.overleg.rows import (
    Agreement,
    AgreementKind,
    AgreementStatus,
    Overleg,
    OverlegKind,
)
from contacts.directory import (
    ContactGroup,
    GroupMember,
    LinkPurpose,
    Organisation,
    Person,
    Role,
)
from contacts.journal import SYSTEM, JournalEntry
from contacts.links import mint_person_link
from contacts.outbox import Delivery, Message
from contacts.people import grant
from contacts.permissions import NotAllowed
from contacts.records import Database
from tests.console_desk import Desk, a_desk
from tests.overleg_world import act, page_of, planned
from tests.partner_world import Chat, a_partner, an_event


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def a_list(chat: Chat) -> None:
    """One action and one lesson of the own school, one of each of somebody else."""
    event = await an_event(chat)
    today = local_date(chat.now)
    async with chat.db.begin() as session:
        own = (await session.exec(select(Organisation))).one()
        overleg = Overleg(
            starts_at=chat.now, kind=OverlegKind.REGULAR, host_id=own.id or 0, edited_at=chat.now
        )
        session.add(overleg)
        await session.flush()
        for number, (name, ident) in enumerate([(own.name, own.id), ("adviseur", None)]):
            session.add_all([
                Agreement(
                    overleg_id=overleg.id or 0, kind=AgreementKind.ACTION,
                    words=f"Zaal {number} regelen.", owner=name, owner_id=ident,
                    due=today - timedelta(days=1), made_at=chat.now,
                ),
                Lesson(
                    event_id=event, change=f"Les {number} doen.", owner=name,
                    due=today + timedelta(days=400), made_at=chat.now,
                ),
            ])  # fmt: skip


async def test_a_member_sees_what_the_own_organisation_took_on_and_settles_it(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    await a_list(chat)
    await chat.command("/afspraken")
    text = await chat.text()
    assert texts.TITLE_OWN in text
    assert "Zaal 0" in text
    assert "Les 0" in text
    assert "Zaal 1" not in text
    assert "Les 1" not in text
    assert "te laat" in text
    assert str(now.year + 1) in text
    for number in (1, 2):
        await chat.press(f"{number} gedaan")
        # What is done stands so in the list that somebody looks at.
        lines = (await chat.text()).split("\n")
        ticked = [line for line in lines if line.startswith("☑ ")]
        assert len(ticked) == number
        assert f"{number} gedaan" not in await chat.labels()
    # Who changed a row last moves it on PostgreSQL.
    actions, lessons = [sorted(await chat.all(one), key=attrgetter("id"))
                        for one in (Agreement, Lesson)]  # fmt: skip
    assert [one.status for one in actions] == [AgreementStatus.DONE, AgreementStatus.OPEN]
    assert [one.status for one in lessons] == [LessonStatus.DONE, LessonStatus.OPEN]
    await chat.command("/afspraken")
    assert await chat.text() == texts.NOTHING_OWN


async def test_what_others_took_on_cannot_be_settled_by_a_member(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    await a_list(chat)
    for wire in ("agree:2:done", "lesson:2:done", "lesson:1:later"):
        with pytest.raises(NotAllowed):
            await chat.tap(wire)
    with pytest.raises(ValueError, match="old button"):
        await chat.tap("agree:1:drop")
    assert {one.status for one in await chat.all(Agreement)} == {AgreementStatus.OPEN}


async def test_who_leads_sees_everything_with_whose_it_is(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    await a_list(chat)
    async with db.begin() as session:
        await grant(session, chat.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
    await chat.command("/afspraken")
    text = await chat.text()
    assert texts.TITLE in text
    assert "actie van adviseur" in text
    assert "les van adviseur" in text
    await chat.press("2 gedaan")
    assert {one.status for one in await chat.all(Agreement)} == {
        AgreementStatus.OPEN, AgreementStatus.DONE,
    }  # fmt: skip
    await chat.tap("agree:2:done")
    assert chat.toast in (texts.SETTLED_TOAST, texts.DONE_TOAST)


def test_reminders_have_the_same_button() -> None:
    one = Agreement(
        id=7, overleg_id=1, kind=AgreementKind.ACTION, words="Bel.", owner="x",
        due=date(2026, 6, 9), made_at=datetime(2026, 6, 1, tzinfo=UTC),
    )  # fmt: skip
    for content in (near_content(one, "School"), late_content([one], "http://x")):
        assert content.telegram is not None
        assert [row[0].data for row in content.telegram.buttons] == ["agree:7:done"]


async def test_members_are_invited_with_the_way_to_their_calendar(desk: Desk) -> None:
    overleg = await planned(desk)
    before = len(await desk.rows(Delivery))
    assert (await act(desk, overleg, "uitnodigen", gezien=f"{overleg.version}-")).status_code == 303
    to = [one.address for one in (await desk.rows(Delivery))[before:]]
    assert "docent@school.example" in to
    assert len(to) == len(set(to))
    mail = (await desk.rows(Message))[-1].content["email"]
    # The only organisation on this list receives the others.
    assert mail["subject"].startswith("U bent gastheer: ")
    assert "/overleg.ics" in mail["text"]
    [line] = [e for e in await desk.rows(JournalEntry) if e.action == "overleg_invited"]
    assert line.detail == {"count": len(to)}
    async with desk.world.db.begin() as session:
        number = next(o.person_id for o in (await desk.rows(Delivery))[before:] if o.person_id)
        token = await mint_person_link(session, number, LinkPurpose.OWN_PAGE, now=desk.world.now)
    file = await desk.web.get(f"/p/{token}/overleg.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert isinstance(event, Event)
    assert event.start == overleg.starts_at
    assert (await desk.web.get("/p/nergens/overleg.ics")).status_code in (404, 410)


async def test_a_group_can_be_invited_and_the_page_says_that_a_change_is_told(desk: Desk) -> None:
    overleg = await planned(desk)
    async with desk.world.db.begin() as session:
        group = ContactGroup(name="Onderwijs")
        session.add(group)
        teacher = await session.exec(select(Person).where(col(Person.name) == "Docent"))
        await session.flush()
        session.add(GroupMember(group_id=group.id or 0, person_id=teacher.one().id or 0))
        number = group.id
    before = len(await desk.rows(Delivery))
    await act(desk, overleg, "uitnodigen", gezien="1-", groep=str(number))
    assert [o.address for o in (await desk.rows(Delivery))[before:]] == ["docent@school.example"]
    page = await page_of(desk, overleg)
    assert "De uitnodiging ging uit op" in page
    assert "Daarna is het overleg gewijzigd" not in page
    await act(
        desk, overleg, "wijzigen", dag="2026-06-19", tijd="15:00", duur="90", plek="Zaal 3",
        gastheer=str(overleg.host_id),
    )  # fmt: skip
    assert "Daarna is het overleg gewijzigd" not in await page_of(desk, overleg)
    assert [o.address for o in (await desk.rows(Delivery))[before:]] == [
        "docent@school.example"
    ] * 2


async def test_what_is_over_is_not_invited_to_and_only_then_has_been(desk: Desk) -> None:
    overleg = await planned(desk)
    assert "Dit overleg is geweest" not in await page_of(desk, overleg)
    assert "Stuur de uitnodiging" in await page_of(desk, overleg)
    async with desk.world.db.begin() as session:
        row = await session.get_one(Overleg, overleg.id)
        row.starts_at = desk.world.now - timedelta(hours=1)
        session.add(row)
    page = await page_of(desk, overleg)
    assert "Dit overleg is geweest" in page
    assert "Stuur de uitnodiging" not in page
    before = len(await desk.rows(Delivery))
    await act(desk, overleg, "uitnodigen", gezien=f"{overleg.version}-")
    assert len(await desk.rows(Delivery)) == before


def test_the_invitation_says_the_year_when_it_is_another_one() -> None:
    at = datetime.fromisoformat("2027-01-12T15:00:00+01:00")
    overleg = Overleg(starts_at=at, kind=OverlegKind.REGULAR, host_id=1, edited_at=at)
    content = invitation(overleg, "School", now=datetime.fromisoformat("2026-12-01T12:00:00+01:00"))
    assert content.telegram is not None
    assert "dinsdag 12 januari 2027" in content.telegram.text
