"""A text that was approved in parts is not done while some readers' text still waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator.card import card_view
from bot.chat.coordinator.clock_flow import ask_of, said_of, sign_of
from briefings.approval import Approved, withdraw
from briefings.behind import in_parts
from briefings.course import timetables_of
from briefings.parts import Parts
from briefings.rows import BriefingKind
from briefings.settings import ClockSettings
from briefings.steps import Step
from briefings.timetable import Course, Line, Sending, SoFar, timetable
from contacts.records import Database
from tests.briefings_cast import NOW, SETTINGS, Cast
from tests.console_desk import Desk, a_desk
from tests.test_part_flow import a_part
from tests.test_parts import POLICE, approved, split

LATER = NOW + timedelta(minutes=30)


async def steps(session: AsyncSession, cast: Cast) -> dict[Step, Line]:
    cast.event.confirmed_at = NOW
    found = await timetables_of(session, {}, [cast.event], ClockSettings(), SETTINGS)
    return {line.step: line for line in found[cast.event.id or 0]}


async def test_the_steps_say_for_how_many_texts_they_are_done(db: Database) -> None:
    async with db.begin() as session:
        cast, _, rest = await split(session)
        lines = await steps(session, cast)
        assert lines[Step.DRAFT].done_at is not None
        for step in (Step.FOUR_EYES, Step.SEND):
            assert lines[step].is_open
            assert sign_of(lines[step]) == "☐"
            assert said_of(lines[step], now=NOW) == "6 van 7 teksten"
            assert said_of(lines[step], now=NOW + timedelta(days=1)) == "te laat, 6 van 7 teksten"
        assert ask_of(lines[Step.FOUR_EYES], now=NOW) == (
            "6 van de 7 teksten zijn goedgekeurd. De andere wachten nog."
        )
        done = await approved(
            session, cast, rest, rest.content_hash or "", now=LATER, audiences=[POLICE]
        )
        assert isinstance(done, Approved), done
        lines = await steps(session, cast)
        assert not any(lines[step].is_open for step in (Step.FOUR_EYES, Step.SEND))


async def test_texts_that_wait_for_their_moment_are_not_called_sent(db: Database) -> None:
    leaves = NOW + timedelta(hours=1)
    async with db.begin() as session:
        cast, _, _ = await split(session, send_at=leaves)
        send = (await steps(session, cast))[Step.SEND]
        assert send.so_far == SoFar(0, 7, 6, leaves)
        assert said_of(send, now=NOW) == "6 van 7 teksten klaar voor 19.05 uur"
        asked = "6 van de 7 teksten staan klaar voor 19.05 uur. De andere nog niet."
        assert ask_of(send, now=NOW) == asked
        day_before = ask_of(send, now=NOW - timedelta(days=1))
        assert "staan klaar voor dinsdag 3-3, 19.05 uur." in day_before


def test_what_was_sent_and_what_waits_are_told_apart() -> None:
    leaves = NOW + timedelta(hours=1)
    line = Line(Step.PROMISE, NOW, so_far=SoFar(5, 7, 1, leaves))
    assert said_of(line, now=NOW) == "5 van 7 teksten, 1 klaar voor 19.05 uur"
    assert ask_of(line, now=NOW) == (
        "5 van de 7 teksten zijn verstuurd en 1 staat klaar voor 19.05 uur. De andere nog niet."
    )
    several = Line(Step.SEND, NOW, so_far=SoFar(0, 7, 6))
    assert ask_of(several, now=NOW) == (
        "6 van de 7 teksten staan klaar voor hun eigen moment. De andere nog niet."
    )


def test_one_of_the_texts_is_told_as_one() -> None:
    told = {
        SoFar(1, 7): "1 van de 7 teksten is goedgekeurd. De andere wachten nog.",
        SoFar(2, 7): "2 van de 7 teksten zijn goedgekeurd. De andere wachten nog.",
    }
    for so_far, said in told.items():
        assert ask_of(Line(Step.FOUR_EYES, NOW, so_far=so_far), now=NOW) == said
    leaves = NOW + timedelta(hours=1)
    assert ask_of(Line(Step.SEND, NOW, so_far=SoFar(1, 7, 1, leaves)), now=NOW) == (
        "1 van de 7 teksten is verstuurd en 1 staat klaar voor 19.05 uur. De andere nog niet."
    )


async def test_a_rest_that_is_withdrawn_holds_no_step_open(db: Database) -> None:
    async with db.begin() as session:
        cast, _, rest = await split(session)
        await withdraw(session, rest, cast.writer, now=LATER)
        lines = await steps(session, cast)
        assert not any(lines[step].is_open for step in (Step.FOUR_EYES, Step.SEND))


def test_a_promised_update_that_went_in_part_is_not_kept_yet() -> None:
    promise, went = NOW + timedelta(hours=4), NOW + timedelta(hours=3)
    first = Sending(BriefingKind.FIRST, NOW, promise)
    update = Sending(BriefingKind.UPDATE, went, promise + timedelta(hours=9))
    parts = Parts(BriefingKind.UPDATE, 7, ready=7, approved=6, sent=6, moments=frozenset({went}))
    course = Course(NOW, 4, confirmed_at=NOW, sendings=[first, update], parts=parts)
    lines = in_parts(timetable(course, ClockSettings(), SETTINGS), course)
    kept = next(line for line in lines if line.due == promise)
    assert (kept.step, kept.so_far, kept.is_open) == (Step.PROMISE, SoFar(6, 7), True)
    sent = next(line for line in lines if line.step is Step.SEND)
    assert (sent.so_far, sent.is_open) == (None, False)
    everywhere = replace(course, parts=replace(parts, approved=7, sent=7))
    lines = in_parts(timetable(everywhere, ClockSettings(), SETTINGS), everywhere)
    assert not next(line for line in lines if line.due == promise).is_open


async def test_the_card_says_how_many_are_approved(db: Database) -> None:
    async with db.begin() as session:
        cast, _, rest = await split(session)
        text, _ = await card_view(session, cast.event)
        assert "6 van 7 teksten goedgekeurd; de rest wacht." in text
        await approved(session, cast, rest, rest.content_hash or "", now=LATER)
        text, _ = await card_view(session, cast.event)
        assert "van 7 teksten" not in text


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_pages_say_it_until_the_rest_goes(desk: Desk) -> None:
    await a_part(desk)
    assert (
        "6 van 7 teksten goedgekeurd; de rest wacht"
        in (await desk.web.get(f"/gebeurtenis/{desk.number}")).text
    )
    assert "open, 6 van 7 teksten" in await desk.page("draaiboek")
    first_page = (await desk.web.get("/")).text
    assert "· 6 van 7 teksten goedgekeurd; de rest wacht" in first_page
