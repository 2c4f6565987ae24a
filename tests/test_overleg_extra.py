"""An extra overleg because of an event: planned from its page, with two quick questions before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot import poll_texts
from bot.poll_asking import quick_content
from bot.poll_ballots import CLOSING, QUICK
from briefings.learning.polls import OFFERED, forget_polls
from briefings.learning.polls import QUICK as QUICK_ANSWERS
from briefings.learning.rows import Poll, PollCount, PollUse, PollWord, Question, QuickPoll
from briefings.overleg.rows import Overleg, OverlegKind
from contacts.directory import ChannelKind, Domain
from contacts.outbox import Delivery, Message, MessageKind
from contacts.records import Database
from contacts.sending import Recipient, post
from feeds.rows import Event, EventStatus
from tests.console_desk import Desk, a_desk
from tests.console_world import PLANTED, SAME_SITE, press
from tests.page_links import mint_link
from tests.partner_world import CHAT, a_partner, an_event

FORM = {"dag": "2026-03-05", "tijd": "16:00", "duur": "60", "plek": ""}


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def planned(desk: Desk) -> Overleg:
    """The first text went, and members will meet because of it."""
    await desk.fact()
    await desk.send(1)
    done = await desk.press("overleg", **FORM, gastheer=str(desk.world.organisation_id))
    assert done.status_code == 303, done.text
    return (await desk.rows(Overleg))[-1]


async def ask(desk: Desk, overleg: Overleg, seen: str = "1") -> int:
    path = f"/overleg/{overleg.id}/vragen"
    return (await press(desk.web, desk.world.sealer, path, gezien=seen)).status_code


async def link_of(desk: Desk) -> str:
    """As the mail of the questions has it."""
    asked = (await desk.rows(Delivery))[-1]
    async with desk.world.db.begin() as session:
        token = await mint_link(
            session, organisation_id=desk.world.organisation_id, event_id=desk.number,
            delivery_id=asked.id, now=desk.world.now, days=30,
        )  # fmt: skip
    return f"/o/{token}/overleg"


def test_every_quick_answer_has_words_and_fits_under_a_button() -> None:
    for question, answers in QUICK_ANSWERS.items():
        assert set(poll_texts.ANSWERS[question]) == set(answers)
        assert all(len(row) == 1 for row in QUICK.choices(10**9, question))
    assert set(OFFERED) == {*CLOSING.questions, *QUICK.questions} - {CLOSING.words, QUICK.words}


async def test_it_is_planned_from_the_page_of_the_event_and_only_of_a_confirmed_one(
    desk: Desk,
) -> None:
    overleg = await planned(desk)
    assert (overleg.kind, overleg.event_id) == (OverlegKind.AD_HOC, desk.number)
    assert f'href="/overleg/{overleg.id}"' in await desk.page("draaiboek")
    assert "Extra maatschappelijk overleg" in (await desk.web.get("/overleg")).text
    wrong = await desk.press("overleg", **{**FORM, "dag": "2020-01-01"}, gastheer="1")
    assert "Kies een dag" in (await desk.web.get(wrong.headers["location"])).text
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.status = EventStatus.DISMISSED
        session.add(event)
    assert (await desk.press("overleg", **FORM, gastheer="1")).status_code == 409
    assert len(await desk.rows(Overleg)) == 1


async def test_the_questions_go_once_to_exactly_the_readers(desk: Desk) -> None:
    overleg = await planned(desk)
    page = (await desk.web.get(f"/overleg/{overleg.id}")).text
    assert "Zij gaan één keer naar 1 ontvanger" in page
    before = len(await desk.rows(Delivery))
    assert await ask(desk, overleg, seen="9") == 409
    assert await ask(desk, overleg) == 303
    assert await ask(desk, overleg) == 409
    [delivery] = (await desk.rows(Delivery))[before:]
    assert delivery.address == "docent@school.example"
    [poll] = await desk.rows(QuickPoll)
    assert poll.asked == 1
    assert poll.closes_at == overleg.starts_at + timedelta(days=7)
    mail = (await desk.rows(Message))[-1].content["email"]
    assert "%%LINK%%/overleg" in mail["text"]


async def test_before_any_text_there_is_nobody_to_ask(desk: Desk) -> None:
    await desk.press("overleg", **FORM, gastheer=str(desk.world.organisation_id))
    [overleg] = await desk.rows(Overleg)
    assert "als er een tekst" in (await desk.web.get(f"/overleg/{overleg.id}")).text
    assert await ask(desk, overleg) == 409


async def test_each_answer_counts_once_and_never_says_who(desk: Desk) -> None:
    overleg = await planned(desk)
    await ask(desk, overleg)
    page, outside = await link_of(desk), desk.world.web

    async def answered(**fields: str) -> int:
        return (await outside.post(page, data=fields, headers=SAME_SITE)).status_code

    assert "Welke spanning verwacht u?" in (await outside.get(page)).text
    for _ in range(2):
        assert await answered(vraag="spanning", antwoord="geruchten") == 303
    assert "Wat kunt u bieden?" in (await outside.get(page)).text
    assert await answered(vraag="hielp", antwoord="feiten") == 400, "another set of questions"
    assert await answered(vraag="bieden", antwoord="vreemd") == 400
    assert await answered(vraag="bieden", antwoord="les") == 303
    counts = {(one.question, one.answer): one.count for one in await desk.rows(PollCount)}
    assert counts == {(Question.TENSION, "geruchten"): 1, (Question.OFFER, "les"): 1}
    assert await answered(vraag="vooraf", woorden=f"{PLANTED} is boos.") == 422
    assert await desk.rows(PollWord) == []
    assert await answered(vraag="vooraf", woorden="Wij hebben een ruimte vrij.") == 303
    [word] = await desk.rows(PollWord)
    assert word.question is Question.QUICK_WORDS
    assert "ruimte" not in word.words_sealed
    shown = (await desk.web.get(f"/overleg/{overleg.id}")).text
    assert "Wij hebben een ruimte vrij." in shown
    assert "1-2 antwoorden" in shown
    # What was missed afterwards is asked apart, and answered apart.
    evaluation = await desk.page("evaluatie")
    assert "Wij hebben een ruimte vrij." not in evaluation
    wiped = await press(
        desk.web, desk.world.sealer, f"/overleg/{overleg.id}/vragen/wissen", zin=str(word.id)
    )
    assert wiped.status_code == 303
    assert await desk.rows(PollWord) == []


async def test_tickets_go_when_their_own_questions_close(desk: Desk) -> None:
    overleg = await planned(desk)
    await ask(desk, overleg)
    later = overleg.starts_at + timedelta(days=8)
    async with desk.world.db.begin() as session:
        session.add(
            Poll(
                event_id=desk.number, asked_at=later, send_at=later, asked=1,
                closes_at=later + timedelta(days=14),
            )
        )  # fmt: skip
        for question in (Question.TENSION, Question.HELPED):
            session.add(PollUse(event_id=desk.number, question=question, ticket="x"))
        await session.flush()
        await forget_polls(session, today=later.date(), now=later)
    [left] = await desk.rows(PollUse)
    assert left.question is Question.HELPED


async def test_one_tap_each_in_the_chat(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    event = await an_event(chat)
    async with db.begin() as session:
        session.add(
            QuickPoll(event_id=event, asked_at=now, closes_at=now + timedelta(days=7), asked=1)
        )
        [asked] = await post(
            session, kind=MessageKind.NOTICE, content=quick_content(event, "donderdag 16.00 uur"),
            to=[Recipient(ChannelKind.TELEGRAM, str(CHAT), chat.person_id, 1)], now=now,
        )  # fmt: skip
    chat.message = asked.id or 0
    await chat.tap(f"quick:{event}:spanning:angst")
    await chat.tap(f"quick:{event}:bieden:ruimte")
    counts = {(one.question, one.domain): one.answer for one in await chat.all(PollCount)}
    assert counts == {
        (Question.TENSION, Domain.EDUCATION): "angst",
        (Question.OFFER, Domain.EDUCATION): "ruimte",
    }
    await chat.tap(f"quick:{event}:words")
    await chat.write("Wij kunnen iemand laten langskomen.")
    async with db.read() as session:
        found = await session.exec(
            select(PollWord).where(col(PollWord.question) == Question.QUICK_WORDS)
        )
        assert len(found.all()) == 1
