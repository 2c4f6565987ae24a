"""*Wat hielp?* and *Wat miste u?*: asked once after an event, counted per domain, of nobody.

An answer is added to a count in the statement itself: no row, no moment and no line of the
journal says who gave it. That a ticket was used is kept until the questions close.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import and_, delete, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.learning.rows import Poll, PollCount, PollUse, PollWord, Question, QuickPoll
from contacts.counting import count_one
from contacts.directory import Domain
from contacts.journal import SYSTEM, Who, write_journal
from contacts.sealing import Sealer
from feeds.rows import Event, EventStatus
from signals.person_filter import Screening, screen
from signals.rephrasing import rephrase

STAYS_OPEN = timedelta(days=14)
MAX_WORDS = 280
#: typed words go after this long, whatever became of them
KEEP_WORDS = timedelta(days=90)


class Helped(StrEnum):
    """A part of what was sent, or nothing of it."""

    FACTS = "feiten"
    DO = "doen"
    TALK = "gesprek"
    WHERE = "waar"
    PARENTS = "ouders"
    CONTACT = "contact"
    NOTHING = "niets"


class Missed(StrEnum):
    """What was asked for and not there, or nothing."""

    SOONER = "eerder"
    FACTS = "feiten"
    DO = "doen"
    TALK = "gesprek"
    AHEAD = "vooruit"
    PLAINER = "eenvoudiger"
    NOTHING = "niets"


class Tension(StrEnum):
    """What a member expects to notice."""

    TALK = "gesprek"
    RUMOURS = "geruchten"
    FEAR = "angst"
    ANGER = "boosheid"
    APART = "tegenover"
    ONLINE = "online"
    NOTHING = "niets"


class Offer(StrEnum):
    """What a member could do for others."""

    LISTEN = "luisteren"
    LESSON = "les"
    PRESENCE = "aanwezig"
    ROOM = "ruimte"
    EXPLAIN = "uitleg"
    BRIDGE = "brug"
    NOTHING = "niets"


class Asked(Protocol):
    """Questions about one event, open until a moment."""

    event_id: int
    closes_at: datetime
    is_exercise: bool


ANSWERS: Mapping[Question, type[Helped] | type[Missed]] = {
    Question.HELPED: Helped, Question.MISSED: Missed,
}  # fmt: skip
QUICK: Mapping[Question, type[Tension] | type[Offer]] = {
    Question.TENSION: Tension, Question.OFFER: Offer,
}  # fmt: skip
OFFERED: Mapping[Question, type[StrEnum]] = {**ANSWERS, **QUICK}


@dataclass(frozen=True, slots=True)
class Answered:
    """Counts of one question: in all per answer, and per domain. Not yet safe to show."""

    totals: Counter[str]
    domains: Mapping[Domain, Counter[str]]

    @property
    def given(self) -> int:
        return self.totals.total()


def can_ask(event: Event, poll: Poll | None) -> bool:
    """Whether the questions may be sent: once, when the event is closed. Pure."""
    return event.status is EventStatus.CLOSED and poll is None


async def poll_of(session: AsyncSession, event_id: int) -> Poll | None:
    found = await session.exec(select(Poll).where(col(Poll.event_id) == event_id))
    return found.first()


def is_open(poll: Asked | None, now: datetime) -> bool:
    """Whether an answer still counts. Pure."""
    return poll is not None and now < poll.closes_at


async def begin_poll(
    session: AsyncSession, event: Event, *, who: Who, send_at: datetime, asked: int, now: datetime
) -> Poll:
    """Keep that the questions were sent; the messages are planned in the same transaction."""
    assert event.id is not None
    poll = Poll(
        event_id=event.id, asked_by=who.person_id, asked_at=now, send_at=send_at,
        closes_at=send_at + STAYS_OPEN, asked=asked, is_exercise=event.is_exercise,
    )  # fmt: skip
    session.add(poll)
    await session.flush()
    write_journal(
        session, who=who, action="poll_asked", subject=f"event:{event.id}",
        detail={"messages": asked}, now=now,
    )  # fmt: skip
    return poll


def ticket_of(event_id: int, whom: str, key: bytes) -> str:
    """The same for every message and link of one reader about one event. Pure.

    :param whom: ``person:12``, or the address of a mailbox without one.
    :param key: derived from the installation's own.
    """
    return hmac.digest(key, f"{event_id}:{whom}".encode(), "sha256").hex()


async def used(session: AsyncSession, event_id: int, ticket: str) -> set[Question]:
    """Which questions this ticket was used for."""
    found = await session.exec(
        select(PollUse.question).where(
            col(PollUse.event_id) == event_id, col(PollUse.ticket) == ticket
        )
    )
    return {Question(name) for name in found.all()}


async def answer(
    session: AsyncSession,
    poll: Asked,
    question: Question,
    given: str,
    *,
    domain: Domain,
    ticket: str,
    now: datetime,
) -> bool:
    """Count one answer; False when it was answered before, or is too late.

    :raises ValueError: the question does not offer this answer.
    """
    chosen = OFFERED[question](given)
    if not is_open(poll, now) or not await _use(session, poll.event_id, question, ticket):
        return False
    await count_one(
        session, PollCount,
        event_id=poll.event_id, question=question, domain=domain, answer=chosen.value,
    )  # fmt: skip
    return True


async def _use(session: AsyncSession, event_id: int, question: Question, ticket: str) -> bool:
    if question in await used(session, event_id, ticket):
        return False
    try:
        # Twice at the same moment: the database lets one through.
        async with session.begin_nested():
            session.add(PollUse(event_id=event_id, question=question, ticket=ticket))
    except IntegrityError:
        return False
    return True


async def add_words(
    session: AsyncSession,
    poll: Asked,
    words: str,
    *,
    question: Question = Question.WORDS,
    ticket: str,
    sealer: Sealer,
    allow: Collection[str],
    today: date,
    now: datetime,
) -> Screening | bool:
    """Keep what somebody typed, sealed; what the person filter saw when it may not be kept.

    False: nothing was kept, because of an earlier answer, the end, or the length.
    """
    words = " ".join(words.split())
    screening = screen(words, allow)
    if screening.blocked:
        return screening
    is_right = bool(words) and len(words) <= MAX_WORDS and is_open(poll, now)
    if not is_right or not await _use(session, poll.event_id, question, ticket):
        return False
    kept = rephrase(words, screening.spans).text
    session.add(
        PollWord(
            event_id=poll.event_id, question=question, words_sealed=sealer.seal(kept), kept_on=today
        )
    )
    await session.flush()
    return True


async def read_answers(
    session: AsyncSession, event_id: int, questions: Iterable[Question] = tuple(ANSWERS)
) -> dict[Question, Answered]:
    """What was answered to each of the two questions."""
    found = await session.exec(select(PollCount).where(col(PollCount.event_id) == event_id))
    return answers_of(found.all(), questions)


def answers_of(
    rows: Iterable[PollCount], questions: Iterable[Question] = tuple(ANSWERS)
) -> dict[Question, Answered]:
    """As :func:`read_answers`, over rows at hand; those of other questions stay out. Pure."""
    totals: dict[Question, Counter[str]] = {one: Counter() for one in questions}
    domains: dict[Question, dict[Domain, Counter[str]]] = {one: {} for one in totals}
    for row in rows:
        if row.question not in totals:
            continue
        totals[row.question][row.answer] += row.count
        domains[row.question].setdefault(row.domain, Counter())[row.answer] += row.count
    return {one: Answered(totals[one], domains[one]) for one in totals}


async def read_words(
    session: AsyncSession, event_id: int, sealer: Sealer, question: Question = Question.WORDS
) -> list[tuple[int, str]]:
    """What was typed, by number, in an order that says nothing: alphabetical."""
    found = await session.exec(
        select(PollWord).where(
            col(PollWord.event_id) == event_id, col(PollWord.question) == question
        )
    )
    words = [(row.id or 0, sealer.read(row.words_sealed)) for row in found.all()]
    return sorted(words, key=lambda one: one[1].casefold())


async def wipe_words(
    session: AsyncSession, event_id: int, number: int, *, who: Who, now: datetime
) -> bool:
    """The second filter, a person: these words go for good. False when they were gone."""
    gone = await session.exec(
        delete(PollWord).where(col(PollWord.id) == number, col(PollWord.event_id) == event_id)
    )
    if gone.rowcount:
        write_journal(
            session, who=who, action="poll_words_wiped", subject=f"event:{event_id}", now=now
        )
    return bool(gone.rowcount)


async def forget_polls(session: AsyncSession, *, today: date, now: datetime) -> int:
    """Delete tickets of questions that closed, and words that are old; returns how many."""
    over = select(Poll.event_id).where(col(Poll.closes_at) <= now)
    quick_over = select(QuickPoll.event_id).where(col(QuickPoll.closes_at) <= now)
    is_quick = col(PollUse.question).in_((*QUICK, Question.QUICK_WORDS))
    tickets = await session.exec(
        delete(PollUse)
        .where(
            or_(
                and_(~is_quick, col(PollUse.event_id).in_(over)),
                and_(is_quick, col(PollUse.event_id).in_(quick_over)),
            )
        )
        .execution_options(synchronize_session=False)
    )
    words = await session.exec(
        delete(PollWord)
        .where(col(PollWord.kept_on) <= today - KEEP_WORDS)
        .execution_options(synchronize_session=False)
    )
    count = tickets.rowcount + words.rowcount
    if count:
        write_journal(
            session, who=SYSTEM, action="polls_forgotten", subject="poll",
            detail={"tickets": tickets.rowcount, "words": words.rowcount}, now=now,
        )  # fmt: skip
    return count
