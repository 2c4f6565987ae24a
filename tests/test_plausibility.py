"""What an approver is told about the recipients, before the button."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, time

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.approving import request_view
from briefings.audience import Planned, Reader, RecipientPlan
from briefings.counting import Overview, doubles, lonely
from briefings.plausibility import (
    Finding,
    Notice,
    compare,
    look_over,
    shares_a_word,
    tally,
)
from briefings.rows import Briefing
from contacts.directory import Audience, ChannelKind, Person
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Delivery, Message
from contacts.people import open_channel
from contacts.quiet import QUIET_HOURS, set_quiet_hours
from contacts.records import Database
from contacts.sending import Recipient
from feeds.rows import Event
from tests.console_desk import Desk, a_desk

MAIL = ChannelKind.EMAIL


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as desk:
        yield desk


def to(address: str, person: int, organisation: int | None) -> Planned:
    return Planned(Recipient(MAIL, address, person, organisation), Audience.PARENTS, ())


def someone(organisation: int) -> Reader:
    return Reader(9, organisation, "x", "", None, ("ouders",), False)


def test_an_organisation_with_one_person_is_lonely_also_when_that_one_has_no_channel() -> None:
    plan = RecipientPlan(
        [to("a", 1, 1), to("b", 2, 1), to("c", 3, 2), to("d", 4, None)], [someone(3), someone(2)]
    )
    assert lonely(plan) == [3]


def test_one_address_in_two_spellings_is_double() -> None:
    plan = RecipientPlan([to("a@x.nl", 1, 1), to("A@x.nl ", 2, 1), to("b@x.nl", 3, 1)])
    assert doubles(plan) == 1


@pytest.mark.parametrize(
    ("people", "before", "found"),
    [
        (243, None, []),
        (243, 239, []),
        (247, 239, [Finding(Notice.MORE, 8)]),
        (199, 239, [Finding(Notice.FEWER, 40)]),
        (10_250, 10_000, []),
        (6, 2, []),
    ],
)
def test_only_an_odd_difference_with_before_stands_out(
    people: int, before: int | None, found: list[Finding]
) -> None:
    assert compare(people, before) == found


@pytest.mark.parametrize("notice", list(Notice))
def test_every_finding_has_its_sentence_and_its_count(notice: Notice, now: datetime) -> None:
    for count in (1, 40):
        sentence = Finding(notice, count, ("School",), now).sentence
        assert str(count) in sentence
        assert "{" not in sentence
    assert tally([Finding(notice, 3, ("School",))]) == {notice.value: 3}


async def a_crowd(desk: Desk, count: int) -> None:
    async with desk.world.db.begin() as session:
        for number in range(count):
            person = Person(
                organisation_id=desk.world.organisation_id, name=f"Docent {number}",
                audiences=["docent_vo_mbo"], created_at=desk.world.now,
            )  # fmt: skip
            session.add(person)
            await session.flush()
            await open_channel(
                session, person, MAIL, f"d{number}@school.example", rank=1, now=desk.world.now
            )


async def test_the_page_and_the_chat_say_what_stands_out_and_the_journal_keeps_it(
    desk: Desk,
) -> None:
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        await set_quiet_hours(session, teacher, time(17), time(20), who=SYSTEM, now=desk.world.now)
    await desk.fact("Er was vanmiddag onrust in de wijk.")
    page = await desk.page("verzenden")
    assert "1 organisatie heeft maar één contact: Voorbeeldcollege" in page
    assert "1 persoon heeft nu rusttijd en krijgt het later, om 20.00 uur" in page
    await desk.press("indienen", versie=1)
    async with desk.world.db.read() as session:
        bound = await session.exec(select(Briefing).where(col(Briefing.event_id) == desk.number))
        briefing = bound.one()
    async with desk.world.db.read() as session:
        event = await session.get_one(Event, desk.number)
        text, _ = await request_view(session, event, briefing, now=desk.world.now)
        assert await look_over(session, event, briefing, Overview(), now=desk.world.now) == []
    assert "<b>Dit valt op</b>\n· 1 organisatie heeft maar één contact: Voorbeeldcollege" in text
    assert (await desk.press("goedkeuren", gelezen=briefing.content_hash)).status_code == 303
    async with desk.world.db.read() as session:
        entry = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "briefing_approved")
        )
        assert entry.one().detail["noticed"] == {"one_contact": 1, "quiet_hours": 1}


async def test_some_of_the_texts_are_compared_with_nothing(desk: Desk) -> None:
    await desk.fact("Er was vanmiddag onrust in de wijk.")
    await desk.press("indienen", versie=1)
    assert "heeft maar één contact" in await desk.page("verzenden")
    assert "heeft maar één contact" not in await desk.page("goedkeuren?tekst=ouders")


async def test_facts_beside_the_point_stand_out_at_the_desk(desk: Desk) -> None:
    await desk.fact("Er zijn geen gewonden.")
    said = "Er is 1 feit, en dat lijkt niet te zeggen wat er gebeurde."
    page = await desk.page("verzenden")
    assert said in page
    assert page.index(said) < page.index("Per kanaal"), "before the numbers, which are usual"
    await desk.fact("Er was vanmiddag onrust in de wijk.")
    assert said not in await desk.page("verzenden")


async def test_an_update_is_compared_with_the_version_before_it(desk: Desk) -> None:
    await a_crowd(desk, 9)
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        found = await session.exec(select(Briefing).where(col(Briefing.event_id) == desk.number))
        first = found.one()
        update = Briefing(**first.model_dump(exclude={"id"}) | {"version": 2, "kind": "update"})
        session.add(update)
        await session.flush()
        noticed = await look_over(
            session, event, update, Overview(by_channel={MAIL: 2}),
            now=desk.world.now,
        )  # fmt: skip
        assert noticed == [Finding(Notice.FEWER, 8)]


async def test_who_was_called_off_and_sent_it_late_is_one_reader_of_the_version_before(
    desk: Desk,
) -> None:
    await a_crowd(desk, 9)
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        found = await session.exec(select(Briefing).where(col(Briefing.event_id) == desk.number))
        first = found.one()
        for one in (await session.exec(select(Message))).all():
            if one.briefing_id == first.id:
                again = Message(**one.model_dump(exclude={"id"}))
                session.add(again)
                await session.flush()
                sent = await session.exec(select(Delivery).where(Delivery.message_id == one.id))
                for delivery in sent.all():
                    copied = delivery.model_dump(exclude={"id", "message_id"})
                    session.add(Delivery(**copied, message_id=again.id or 0))
        update = Briefing(**first.model_dump(exclude={"id"}) | {"version": 2, "kind": "update"})
        session.add(update)
        await session.flush()
        noticed = await look_over(
            session, event, update, Overview(by_channel={MAIL: 10}), now=desk.world.now
        )
        assert noticed == []


@pytest.mark.parametrize(
    ("facts", "tells"),
    [
        (["Er zijn geen gewonden en het gevaar is voorbij."], False),
        (["Er was vanochtend brand bij een moskee."], True),
        (["Er zijn geen gewonden.", "De branden zijn geblust."], True),
        (["De politie zoekt getuigen."], False),
    ],
)
def test_a_first_text_that_does_not_say_what_happened_stands_out(
    facts: list[str], tells: bool
) -> None:
    title = "Brand gesticht bij moskee in Malburgen, dreigbrief gevonden"
    assert shares_a_word(title, facts) is tells


def test_a_title_of_short_words_asks_nothing() -> None:
    assert shares_a_word("Rel in wijk", ["De politie is er."])


async def test_an_earlier_text_that_is_put_off_stands_out_before_the_next_one_goes(
    desk: Desk,
) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        found_versions = await session.exec(
            select(Briefing).where(col(Briefing.event_id) == desk.number)
        )
        first = found_versions.one()
        first.distributed_at = desk.world.now
        later = Briefing(**first.model_dump(exclude={"id"}) | {"version": 2, "kind": "afsluiting"})
        delivery = (
            await session.exec(
                select(Delivery)
                .join(Message, col(Message.id) == col(Delivery.message_id))
                .where(col(Message.briefing_id) == first.id)
            )
        ).one()
        assert await _earlier(session, event, later, desk.world.now) == []
        delivery.attempts, delivery.reason = 1, "smtp_451"
        await session.flush()
        assert await _earlier(session, event, later, desk.world.now) == [
            "bij 1 ontvanger werd een eerdere tekst nog niet aangenomen: eerste bericht, versie 1"
        ]
        delivery.reason = QUIET_HOURS
        await session.flush()
        assert await _earlier(session, event, later, desk.world.now) == []


async def _earlier(
    session: AsyncSession, event: Event, version: Briefing, now: datetime
) -> list[str]:
    found = await look_over(session, event, version, Overview(), now=now)
    return [one.sentence for one in found if one.notice is Notice.EARLIER_WAITS]
