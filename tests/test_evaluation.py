"""The evaluation of an event: pace, reach and answers, as a page, on paper and as numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.console.number_files import Number, write_numbers
from briefings.learning.pace import Sent, Step, moments_of, read_moments, work_time
from briefings.learning.reached import read_reached, summed
from briefings.learning.timeline import lines_of
from briefings.pdf import can_print
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.calling import CallItem, CallReason
from contacts.directory import ChannelKind, Domain, Organisation, Person
from contacts.journal import JournalEntry
from contacts.outbox import (
    Acknowledgement,
    AcknowledgementKind,
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
)
from contacts.records import Database
from feeds.rows import Event, Origin
from signals.looking_back import read_told, told_of
from signals.retention import fold_codes
from signals.rows import Setting, Signal, SignalStatus
from tests.console_desk import Desk, a_desk

AT = datetime.fromisoformat("2026-03-03T17:42:00+01:00")


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def an_event(**given: Any) -> Event:
    return Event(title="x", type="algemeen", origin=Origin.FEED, detected_at=AT, **given)


def a_first(**given: Any) -> Briefing:
    return Briefing(
        event_id=1, version=1, kind=BriefingKind.FIRST, facts_version=1,
        edited_at=AT, created_at=given.pop("created_at"), **given,
    )  # fmt: skip


@dataclass(frozen=True)
class Got:
    """One organisation with one address: when it got the text, when somebody said so."""

    at: datetime | None
    read_after: int | None = None
    domain: Domain = Domain.EDUCATION


async def a_sent_text(db: Database, got: list[Got]) -> Briefing:
    """A first text that went out at ``AT``, and what became of it."""
    async with db.begin() as session:
        session.add(an_event(id=1))
        await session.flush()
        first = a_first(created_at=AT, distributed_at=AT, status=BriefingStatus.DISTRIBUTED)
        session.add(first)
        await session.flush()
        for one in got:
            await add_reader(session, first, one)
    return first


async def an_organisation(session: AsyncSession, domain: Domain) -> int:
    number = (await session.exec(select(func.count()).select_from(Organisation))).one() + 1
    made = Organisation(name=f"Organisatie {number}", domain=domain, created_at=AT)
    session.add(made)
    await session.flush()
    assert made.id is not None
    return made.id


async def add_reader(session: AsyncSession, first: Briefing, got: Got) -> None:
    owner = await an_organisation(session, got.domain)
    message = Message(
        kind=MessageKind.BRIEFING, event_id=1, briefing_id=first.id, content={},
        created_at=AT, send_at=AT,
    )  # fmt: skip
    session.add(message)
    await session.flush()
    assert message.id is not None
    delivery = Delivery(
        message_id=message.id, organisation_id=owner, kind=ChannelKind.EMAIL,
        address=f"{owner}@school.example", not_before=AT, planned_at=AT, done_at=got.at,
        status=DeliveryStatus.SENT if got.at else DeliveryStatus.FAILED,
    )  # fmt: skip
    session.add(delivery)
    await session.flush()
    if got.read_after is not None:
        assert delivery.id is not None
        session.add(
            Acknowledgement(
                delivery_id=delivery.id, message_id=message.id, organisation_id=owner, event_id=1,
                kind=AcknowledgementKind.READ, at=AT + timedelta(minutes=got.read_after),
            )
        )  # fmt: skip
        await session.flush()


async def add_unreachable(session: AsyncSession, first: Briefing, domain: Domain) -> None:
    """An organisation that had to be called, for want of a channel: twice on the list."""
    owner = await an_organisation(session, domain)
    for key in ("a", "b"):
        person = Person(organisation_id=owner, name=key, created_at=AT)
        session.add(person)
        await session.flush()
        session.add(
            CallItem(
                event_id=1, briefing_id=first.id, organisation_id=owner, person_id=person.id,
                why=CallReason.NO_CHANNEL, added_at=AT,
            )
        )  # fmt: skip
    await session.flush()


MINUTES = st.lists(st.integers(0, 600), min_size=6, max_size=6)


@given(MINUTES)
def test_bars_lie_within_the_evening_and_every_step_stands_in_order(minutes: list[int]) -> None:
    at = [AT + timedelta(minutes=count) for count in minutes]
    event = an_event(alerted_at=at[0], confirmed_at=at[1], closed_at=at[5] + timedelta(days=3))
    first = a_first(created_at=at[2], approved_at=at[3])
    found = moments_of(event, [first], Sent(at[4], None))
    assert [one.at for one in found] == sorted(one.at for one in found)
    drawn = [one for one in found if one.step is not Step.CLOSED]
    assert all(one.begin >= 0 and one.begin + one.width <= 100.01 for one in drawn)
    assert all(one.width > 0 for one in drawn)
    assert next(one for one in found if one.step is Step.CLOSED).width == 0
    assert work_time(found) == at[4] - AT


def test_an_event_without_a_text_has_no_working_time() -> None:
    found = moments_of(an_event(), [], Sent(None, None))
    assert [one.step for one in found] == [Step.SEEN]
    assert work_time(found) is None


async def test_two_readers_do_not_tell_when_half_had_read(db: Database) -> None:
    first = await a_sent_text(db, [Got(AT, read_after=None)])
    for minutes, half in ((1, None), (5, None), (9, 5), (30, 5), (31, 9)):
        async with db.begin() as session:
            await add_reader(session, first, Got(AT, read_after=minutes))
            found = await read_moments(session, an_event(), [first])
        read = [one.at - AT for one in found if one.step is Step.READ]
        assert read == ([] if half is None else [timedelta(minutes=half)])


async def test_reached_on_the_day_of_sending_is_told_apart_from_later(db: Database) -> None:
    first = await a_sent_text(
        db,
        [
            Got(AT + timedelta(hours=2), read_after=200),
            Got(AT + timedelta(hours=9)),
            Got(None),
            Got(AT, domain=Domain.CIVIL),
            # It came back, yet somebody tapped: that proves that it arrived.
            Got(None, read_after=10, domain=Domain.SAFETY),
        ],
    )
    async with db.begin() as session:
        await add_unreachable(session, first, Domain.CIVIL)
        found = {one.domain: one for one in await read_reached(session, [first])}
    assert list(found) == [domain for domain in Domain if domain in found]
    education, civil = found[Domain.EDUCATION], found[Domain.CIVIL]
    safety = found[Domain.SAFETY]
    assert (education.organisations, education.reached, education.in_time) == (3, 2, 1)
    assert (education.missed, education.read) == (1, 1)
    assert (safety.reached, safety.in_time, safety.read) == (1, 1, 1)
    assert (civil.organisations, civil.reached) == (2, 1)
    total = summed([education, civil])
    assert total is not None
    assert (total.organisations, total.reached, total.in_time) == (5, 3, 2)
    assert summed([]) is None


def test_seven_texts_that_are_stopped_at_once_are_one_line() -> None:
    entries = [
        JournalEntry(at=AT + timedelta(seconds=n), actor="x", action=what, subject="message:1")
        for n, what in enumerate(["message_halted"] * 7 + ["event_closed", "message_halted"])
    ]
    assert [(line.action, line.times) for line in lines_of(entries)] == [
        ("message_halted", 7), ("event_closed", 1), ("message_halted", 1),
    ]  # fmt: skip


def a_signal(organisation: int, at: datetime, event_id: int, **given: Any) -> Signal:
    return Signal(
        event_id=event_id, organisation_id=organisation, domain=Domain.EDUCATION, received_at=at,
        district="stad", setting=Setting.CLASSROOM, kinds=["geruchten"], severity=1,
        answer_due_at=at + timedelta(days=2), **given,
    )  # fmt: skip


async def test_an_evening_of_last_year_shows_what_it_showed_then(db: Database) -> None:
    """Signals become counts after ninety days; the evaluation still has them."""
    async with db.begin() as session:
        event = an_event()
        session.add(event)
        await session.flush()
        assert event.id is not None
        for number in range(1, 5):
            session.add(
                a_signal(number, AT + timedelta(minutes=number), event.id,
                         status=SignalStatus.CLOSED, closed_at=AT + timedelta(days=1))
            )  # fmt: skip
        await session.flush()
        signals = (await session.exec(select(Signal))).all()
        then = await read_told(session, event.id, signals)
        assert await fold_codes(session, now=AT + timedelta(days=120)) == 4
        assert not (await session.exec(select(Signal))).all()
        later = await read_told(session, event.id, [])
    assert later.folded
    assert not then.folded
    assert (then.organisations, then.per_domain, then.kinds) == (
        later.organisations, later.per_domain, later.kinds,
    )  # fmt: skip
    assert then.organisations == "4"


def test_one_organisation_is_never_told_apart_from_two() -> None:
    one = told_of([a_signal(1, AT, 1)], [])
    two = told_of([a_signal(1, AT, 1), a_signal(2, AT, 1)], [])
    assert one.per_domain == two.per_domain
    assert one.kinds == two.kinds
    assert one.organisations == two.organisations == "1-2"


def test_a_file_holds_no_sums() -> None:
    numbers = [Number("bereik", "=1+1", "-3", "organisaties")]
    text = write_numbers(numbers, is_exercise=True).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0] == ["OEFENING"]
    assert rows[2] == ["bereik", "'=1+1", "'-3", "organisaties"]


async def the_first_text_went(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        [sent] = (
            await session.exec(
                select(Delivery).where(col(Delivery.person_id) == teacher.id, col(Delivery.id) != 1)
            )
        ).all()
        sent.status, sent.done_at = DeliveryStatus.SENT, desk.world.now + timedelta(minutes=3)


async def test_the_page_says_how_fast_whom_and_what_came_back(desk: Desk) -> None:
    await the_first_text_went(desk)
    page = await desk.page("evaluatie")
    assert "Laatste lezer had het eerste bericht" in page
    assert "3 min" in page
    assert "Teksten goedgekeurd" in page, "a line of the journal"
    assert "Onderwijs: 1 van 1 bereikt" in page
    assert "Er waren geen signalen." in page


async def test_a_version_that_was_voided_before_it_went_is_not_the_first_text(desk: Desk) -> None:
    await the_first_text_went(desk)
    async with desk.world.db.begin() as session:
        mine = select(Briefing).where(col(Briefing.event_id) == desk.number)
        [sent] = (await session.exec(mine)).all()
        sent.version = 2
        await session.flush()
        voided = a_first(created_at=desk.world.now, status=BriefingStatus.WITHDRAWN)
        voided.event_id = desk.number
        session.add(voided)
    page = await desk.page("evaluatie")
    assert "Laatste lezer had het eerste bericht" in page
    assert "Onderwijs: 1 van 1 bereikt" in page


async def test_the_numbers_come_as_a_file(desk: Desk) -> None:
    await the_first_text_went(desk)
    answer = await desk.web.get(f"/gebeurtenis/{desk.number}/evaluatie/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["onderdeel", "wat", "waarde", "eenheid"]
    assert ["bereik", "Onderwijs: bereikt", "1", "organisaties"] in rows
    assert ["tempo", "Laatste lezer had het eerste bericht", "3",
            "minuten na het eerste bericht"] in rows  # fmt: skip


@pytest.mark.skipif(not can_print(), reason="no PDF on this machine")
async def test_the_paper_is_tagged(desk: Desk) -> None:
    await the_first_text_went(desk)
    answer = await desk.web.get(f"/gebeurtenis/{desk.number}/evaluatie/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    root = PdfReader(io.BytesIO(answer.content)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root


async def test_an_event_that_never_went_out_has_a_page_too(desk: Desk) -> None:
    answer = await desk.web.get(f"/gebeurtenis/{desk.number}/evaluatie")
    assert answer.status_code == 200
    assert "Er ging nog geen tekst uit." in answer.text
