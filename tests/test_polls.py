"""*Wat hielp?* and *Wat miste u?*: sent once, answered once, counted per domain, of nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from bot import poll_texts
from bot.asking import is_office_hour
from bot.console.poll_results import Result, result_of
from bot.poll_asking import next_office_hour, question_content
from bot.poll_ballots import CLOSING
from briefings.learning.polls import (
    ANSWERS,
    KEEP_WORDS,
    STAYS_OPEN,
    answers_of,
    forget_polls,
    ticket_of,
)
from briefings.learning.rows import Poll, PollCount, PollUse, PollWord, Question
from contacts.directory import Domain, Person, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Delivery, DeliveryStatus, Message
from contacts.people import revoke
from contacts.records import Database
from contacts.sealing import Sealer
from feeds.rows import Event, EventStatus
from tests.console_desk import Desk, a_desk
from tests.console_world import PLANTED, SAME_SITE
from tests.page_links import mint_link


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


# --- deciding


@given(st.integers(0, 6 * 365 * 24 * 60))
def test_questions_leave_in_office_hours_and_never_in_the_past(minutes: int) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    at = next_office_hour(now)
    assert at >= now
    assert is_office_hour(at)
    assert (at == now) == is_office_hour(now)
    assert at - now < timedelta(days=7)


def test_every_answer_has_words_and_fits_under_a_button() -> None:
    for question, answers in ANSWERS.items():
        assert set(poll_texts.ANSWERS[question]) == set(answers)
    for question in ANSWERS:
        for row in CLOSING.choices(10**9, question):
            assert len(row) == 1
    content = question_content(1, "Onrust in de wijk", "17 maart")
    assert content.email is not None
    assert "%%LINK%%/vraag" in content.email.text


def test_a_ticket_says_nothing_without_the_key() -> None:
    mine = ticket_of(1, "person:1", b"key")
    assert mine == ticket_of(1, "person:1", b"key")
    assert mine != ticket_of(1, "person:1", b"another key")
    assert len({mine, ticket_of(2, "person:1", b"key"), ticket_of(1, "person:2", b"key")}) == 3


def test_the_same_person_has_another_ticket_in_another_house() -> None:
    one, other = Sealer(Sealer.new_key()), Sealer(Sealer.new_key())
    assert ticket_of(1, "person:1", one.derive("poll")) != ticket_of(
        1, "person:1", other.derive("poll")
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(Domain), st.sampled_from(list(ANSWERS[Question.HELPED]))),
        max_size=30,
    )
)
def test_one_answer_is_never_told_apart_from_two(given: list[tuple[Domain, str]]) -> None:
    rows = [
        PollCount(event_id=1, question=Question.HELPED, domain=domain, answer=answer, count=n)
        for (domain, answer), n in Counter(given).items()
    ]
    result = result_of(Question.HELPED, answers_of(rows)[Question.HELPED])
    shown = [bar.shown for bar in result.bars] + [cell for _, row in result.rows for cell in row]
    assert not {"1", "2"} & set(shown)
    low, _, high = result.given.partition("-")
    assert int(low) <= len(given) <= int(high or low)


def test_a_total_beside_its_parts_gives_none_of_them_away() -> None:
    def counted(few: int) -> Result:
        rows = [
            PollCount(event_id=1, question=Question.MISSED, domain=domain, answer="eerder", count=n)
            for domain, n in ((Domain.EDUCATION, 8), (Domain.CIVIL, few))
        ]
        return result_of(Question.MISSED, answers_of(rows)[Question.MISSED])

    one, two = counted(1), counted(2)
    assert one.bars == two.bars
    assert one.given == two.given == "9-10"


# --- asking


async def over(desk: Desk) -> None:
    """The first text went, and the event is closed."""
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.status, event.closed_at = EventStatus.CLOSED, desk.world.now
        for sent in (await session.exec(select(Delivery))).all():
            sent.status, sent.done_at = DeliveryStatus.SENT, desk.world.now
            session.add(sent)


async def test_the_questions_go_once_to_exactly_the_readers(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    assert (await desk.press("vraag")).status_code == 409, "the event still runs"
    await over_now(desk)
    page = await desk.page("evaluatie")
    assert "Zij gaan één keer naar 1 ontvanger" in page
    before = len(await desk.rows(Delivery))
    assert (await desk.press("vraag")).status_code == 303
    assert (await desk.press("vraag")).status_code == 409
    [poll] = await desk.rows(Poll)
    assert poll.asked == len(await desk.rows(Delivery)) - before == 1
    [asked] = (await desk.rows(Delivery))[before:]
    assert asked.address == "docent@school.example"
    assert poll.closes_at - poll.send_at == STAYS_OPEN
    assert "Gevraagd aan 1 ontvanger" in await desk.page("evaluatie")


async def over_now(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.status, event.closed_at = EventStatus.CLOSED, desk.world.now


async def test_in_the_evening_they_wait_until_the_morning(desk: Desk) -> None:
    """The desk's evening is at 17.42 on a Tuesday."""
    await over(desk)
    await desk.press("vraag")
    message = (await desk.rows(Message))[-1]
    assert message.send_at == datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


# --- behind a link


async def link_of(desk: Desk, *, whose: int = -1) -> str:
    """A link to the page of the closed event, minted for one of its deliveries."""
    deliveries = [d for d in await desk.rows(Delivery) if d.organisation_id == 1]
    async with desk.world.db.begin() as session:
        token = await mint_link(
            session, organisation_id=1, event_id=desk.number, delivery_id=deliveries[whose].id,
            now=desk.world.now, days=30,
        )  # fmt: skip
    return f"/o/{token}"


async def answered(desk: Desk, page: str, **fields: str) -> Any:
    return await desk.world.web.post(f"{page}/vraag", data=fields, headers=SAME_SITE)


async def test_a_look_changes_nothing_and_each_press_counts_once(desk: Desk) -> None:
    await over(desk)
    page = await link_of(desk)
    assert (await desk.world.web.get(f"{page}/vraag")).status_code == 410
    assert "Twee korte vragen" not in (await desk.world.web.get(page)).text
    await desk.press("vraag")
    assert "Twee korte vragen" in (await desk.world.web.get(page)).text
    for _ in range(2):
        html = (await desk.world.web.get(f"{page}/vraag")).text
        assert "Wat hielp u het meest?" in html
    assert await desk.rows(PollUse) == []
    for _ in range(2):
        assert (await answered(desk, page, vraag="hielp", antwoord="doen")).status_code == 303
    [count] = await desk.rows(PollCount)
    assert (count.domain, count.answer, count.count) == (Domain.EDUCATION, "doen", 1)
    assert "Wat miste u het meest?" in (await desk.world.web.get(f"{page}/vraag")).text
    await answered(desk, page, vraag="miste", antwoord="eerder")
    await answered(desk, page, vraag="woorden", woorden="Wat meer voorbeelden voor de klas.")
    thanks = (await desk.world.web.get(f"{page}/vraag")).text
    assert "telt mee" in thanks
    assert "<form" not in thanks
    result = await desk.page("evaluatie")
    assert "Wat hielp" in result
    assert "Wat meer voorbeelden" in result


async def test_two_links_of_one_reader_are_one_ticket(desk: Desk) -> None:
    await over(desk)
    await desk.press("vraag")
    for page in (await link_of(desk, whose=-1), await link_of(desk, whose=-2)):
        await answered(desk, page, vraag="hielp", antwoord="feiten")
    assert [row.count for row in await desk.rows(PollCount)] == [1]


async def test_words_about_a_person_are_kept_nowhere(desk: Desk) -> None:
    await over(desk)
    await desk.press("vraag")
    page = await link_of(desk)
    refused = await answered(desk, page, vraag="woorden", woorden=f"{PLANTED} deed het niet.")
    assert refused.status_code == 422
    assert "Niet bewaard" in refused.text
    assert "<mark>" in refused.text
    assert await desk.rows(PollWord) == []
    assert await desk.rows(PollUse) == [], "there is another try"


@pytest.mark.parametrize(
    "fields",
    [
        {"vraag": "hielp", "antwoord": "bestaat-niet"}, {"vraag": "anders", "antwoord": "doen"},
        {"vraag": "hielp"}, {"vraag": "woorden", "woorden": "x" * 281},
    ],
)  # fmt: skip
async def test_what_the_form_does_not_offer_is_refused(desk: Desk, fields: dict[str, str]) -> None:
    await over(desk)
    await desk.press("vraag")
    assert (await answered(desk, await link_of(desk), **fields)).status_code == 400
    assert await desk.rows(PollCount) == await desk.rows(PollUse) == []


async def test_another_site_cannot_answer_for_somebody(desk: Desk) -> None:
    await over(desk)
    await desk.press("vraag")
    page = await link_of(desk)
    answer = await desk.world.web.post(
        f"{page}/vraag", data={"vraag": "hielp", "antwoord": "doen"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip
    assert answer.status_code == 403
    assert await desk.rows(PollCount) == []


async def test_nothing_that_is_stored_joins_an_answer_to_whoever_gave_it(desk: Desk) -> None:
    await over(desk)
    await desk.press("vraag")
    lines = len(await desk.rows(JournalEntry))
    page = await link_of(desk)
    await answered(desk, page, vraag="hielp", antwoord="doen")
    await answered(desk, page, vraag="woorden", woorden="Meer voorbeelden.")
    [count] = await desk.rows(PollCount)
    assert set(count.model_dump()) == {"id", "event_id", "question", "domain", "answer", "count"}
    [word] = await desk.rows(PollWord)
    assert set(word.model_dump()) == {"id", "event_id", "question", "words_sealed", "kept_on"}
    assert "voorbeelden" not in word.words_sealed
    assert all(set(use.model_dump()) == {"id", "event_id", "question", "ticket"}
               for use in await desk.rows(PollUse))  # fmt: skip
    assert len(await desk.rows(JournalEntry)) == lines, "no line of the journal has the moment"


async def test_tickets_go_when_the_questions_close_and_words_after_a_while(desk: Desk) -> None:
    await over(desk)
    await desk.press("vraag")
    page = await link_of(desk)
    await answered(desk, page, vraag="hielp", antwoord="doen")
    await answered(desk, page, vraag="woorden", woorden="Meer voorbeelden.")
    [poll] = await desk.rows(Poll)

    async def forget(at: datetime) -> int:
        async with desk.world.db.begin() as session:
            return await forget_polls(session, today=at.date(), now=at)

    assert await forget(poll.closes_at - timedelta(minutes=1)) == 0
    assert await forget(poll.closes_at) == 2
    assert await desk.rows(PollUse) == []
    assert len(await desk.rows(PollWord)) == 1
    assert await forget(desk.world.now + KEEP_WORDS) == 1
    assert await desk.rows(PollWord) == []
    assert len(await desk.rows(PollCount)) == 1, "counts stay"


async def test_somebody_at_the_desk_can_wipe_words(desk: Desk) -> None:
    await over(desk)
    await desk.press("vraag")
    await answered(desk, await link_of(desk), vraag="woorden", woorden="Meer voorbeelden.")
    [word] = await desk.rows(PollWord)
    assert (await desk.press("vraag/wissen", zin=word.id)).status_code == 303
    assert await desk.rows(PollWord) == []


async def test_who_may_read_no_signals_reads_no_words(desk: Desk) -> None:
    await over(desk)
    await desk.press("vraag")
    await answered(desk, await link_of(desk), vraag="woorden", woorden="Meer voorbeelden.")
    async with desk.world.db.begin() as session:
        me = (await session.exec(select(Person).where(col(Person.name) == "Coördinator"))).one()
        for role in (Role.COORDINATOR, Role.INTERPRETER):
            await revoke(session, me.id or 0, role, who=SYSTEM, now=desk.world.now)
    page = await desk.page("evaluatie")
    assert "Gevraagd aan" in page
    assert "Meer voorbeelden." not in page
