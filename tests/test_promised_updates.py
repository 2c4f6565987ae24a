"""An update that was promised and will not come: the closing says so, and nobody is chased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat.render import render
from briefings.drafting import draft_briefing
from briefings.facts import facts_of, set_next_update
from briefings.promising import lapsing, open_promises
from briefings.rows import Briefing, BriefingKind, BriefingStatus, BriefingText
from contacts.directory import Audience
from contacts.records import Database
from feeds.rows import Event, EventStatus
from tests.briefings_cast import NOW, SETTINGS, facts_for, the_cast
from tests.console_desk import Desk, a_desk

TONIGHT, TOMORROW = NOW + timedelta(hours=3, minutes=55), NOW + timedelta(hours=13, minutes=10)
VO, PARENTS = Audience.TEACHER_VO_MBO, Audience.PARENTS


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as made:
        yield made


def told(
    number: int,
    promised: datetime | None,
    kind: BriefingKind = BriefingKind.UPDATE,
    audiences: tuple[Audience, ...] = (),
) -> Briefing:
    return Briefing(
        id=number, event_id=1, version=number, kind=kind, status=BriefingStatus.DISTRIBUTED,
        facts_version=1, edited_at=NOW, created_at=NOW, promised_at=promised,
        audiences=[one.value for one in audiences] or None,
    )  # fmt: skip


def test_every_reader_waits_for_what_that_reader_was_promised_last() -> None:
    earlier = [told(1, TONIGHT), told(2, TOMORROW, audiences=(PARENTS,))]
    waiting = open_promises(earlier, now=NOW)
    assert (waiting[VO], waiting[PARENTS]) == (TONIGHT, TOMORROW)


def test_a_moment_that_is_over_is_no_open_promise() -> None:
    assert open_promises([told(1, TONIGHT)], now=TONIGHT) == {}


def test_a_closing_ends_promises_and_a_meeting_is_none() -> None:
    closing = told(2, None, BriefingKind.CLOSING)
    meeting = told(3, TOMORROW, BriefingKind.LOOK_BACK)
    assert open_promises([told(1, TONIGHT), closing], now=NOW) == {}
    assert open_promises([told(1, None), meeting], now=NOW) == {}
    assert open_promises([told(1, TONIGHT), closing, told(3, TOMORROW)], now=NOW)[VO] == TOMORROW


async def closed_after(db: Database, promised: datetime, now: datetime) -> list[BriefingText]:
    """The closing texts, written at ``now`` after a first text that promised an update."""
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        await set_next_update(session, cast.event.id or 0, promised, editor_id=1, now=NOW)
        first = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
        first.status, first.promised_at, first.distributed_at = (
            BriefingStatus.DISTRIBUTED, promised, NOW,
        )  # fmt: skip
        await session.flush()
        closing = await draft_briefing(
            session, cast.event, kind=BriefingKind.CLOSING, settings=SETTINGS, editor_id=1, now=now
        )
        found = await session.exec(
            select(BriefingText).where(col(BriefingText.briefing_id) == closing.id)
        )
        return list(found.all())


async def test_the_closing_says_in_every_form_that_the_promised_update_will_not_come(
    db: Database,
) -> None:
    said = "De update die wij beloofden voor woensdag 4 maart, 07.15 uur vervalt."
    texts = await closed_after(db, TOMORROW, NOW + timedelta(hours=1))
    assert len(texts) == len(Audience)
    for text in texts:
        assert said in text.plain
        assert said in text.html
        assert said in text.telegram
        assert text.remarks == []


async def test_a_closing_after_the_promised_moment_says_nothing_of_it(db: Database) -> None:
    for text in await closed_after(db, TONIGHT, TONIGHT + timedelta(minutes=1)):
        assert "vervalt" not in text.plain + text.telegram


async def test_the_desk_says_what_the_closing_will_say_before_it_is_approved(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    first = (await desk.rows(Briefing))[-1]
    stamp = (await desk.page("teksten")).partition('name="gezien" value="')[2].partition('"')[0]
    begun = await desk.press("nieuwe-versie", soort="afsluiting", gezien=stamp)
    assert begun.status_code == 303
    assert first.promised_at is not None
    assert "Deze afsluiting zegt dat die vervalt." in await desk.page("teksten")
    assert "1 beloofde update vervalt, en deze tekst zegt dat" in await desk.page("verzenden")
    await desk.send(2)
    closing = (await desk.rows(Briefing))[-1]
    assert (closing.kind, closing.promised_at) == (BriefingKind.CLOSING, None)
    assert "Deze afsluiting zegt" not in await desk.page("teksten")


async def test_a_closed_event_names_no_next_update_anywhere(desk: Desk) -> None:
    await desk.fact()
    number = desk.number
    overview = f"/gebeurtenis/{number}"
    assert "Volgende update" in (await desk.web.get(overview)).text
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, number)
        view = await facts_of(session, number)
        assert "Volgende update" in render(
            "coordinator/facts.html",
            event=event,
            title="Onrust",
            view=view,
            now=desk.world.now,
            proposals=[],
            changed=None,
        )
        event.status = EventStatus.CLOSED
        assert "Volgende update" not in render(
            "coordinator/facts.html",
            event=event,
            title="Onrust",
            view=view,
            now=desk.world.now,
            proposals=[],
            changed=None,
        )
    for page in (overview, f"{overview}/feiten"):
        assert "Volgende update" not in (await desk.web.get(page)).text
    assert "Volgende belofte" not in (await desk.web.get("/")).text


async def test_only_a_closing_lets_a_promise_lapse(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        first = told(1, TOMORROW, BriefingKind.FIRST)
        first.event_id = cast.event.id or 0
        session.add(first)
        update = told(2, None, BriefingKind.UPDATE)
        update.event_id = cast.event.id or 0
        session.add(update)
        await session.flush()
        assert await lapsing(session, update) == []
        update.kind = BriefingKind.CLOSING
        assert await lapsing(session, update) == ["woensdag 4 maart, 07.15 uur"]
