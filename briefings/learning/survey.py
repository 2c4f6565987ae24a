"""The yearly survey: six questions to everybody on the list, counted per domain, of nobody.

Beside it stand the figures of 2019. Both are of small groups, so both are said in tenths and
with their n, never as a percentage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.learning.survey_rows import Asks, Says, Survey, SurveyCount, SurveyUse
from briefings.moments import local_date
from contacts.counting import count_one
from contacts.directory import Channel, ChannelKind, ChannelStatus, Domain, Person
from contacts.journal import Who, note_dropped, write_journal
from contacts.neighbours import works_in_the_city
from contacts.sending import Recipient

STAYS_OPEN = timedelta(days=28)
#: of fewer answers nothing is said
FEWEST = 5

#: respondents per domain in 2019; how many answered each question is not published
N_2019: Mapping[Domain, int] = {
    Domain.MUNICIPALITY: 7, Domain.SAFETY: 11, Domain.CARE_WELFARE: 27, Domain.EDUCATION: 10,
    Domain.CIVIL: 11,
}  # fmt: skip
#: tenths who said yes in 2019, rounded: the report has more digits than its groups can carry
TENTHS_2019: Mapping[Asks, Mapping[Domain, int]] = {
    Asks.RECOGNISE: {
        Domain.MUNICIPALITY: 9, Domain.SAFETY: 9, Domain.CARE_WELFARE: 8, Domain.EDUCATION: 5,
        Domain.CIVIL: 6,
    },
    Asks.DISCUSS: {
        Domain.MUNICIPALITY: 7, Domain.SAFETY: 7, Domain.CARE_WELFARE: 6, Domain.EDUCATION: 4,
        Domain.CIVIL: 9,
    },
    Asks.REPORT: {},
    Asks.ACT: {Domain.MUNICIPALITY: 10, Domain.EDUCATION: 6},
    Asks.CAPACITY: {
        Domain.MUNICIPALITY: 9, Domain.SAFETY: 4, Domain.CARE_WELFARE: 5, Domain.EDUCATION: 3,
        Domain.CIVIL: 6,
    },
    Asks.SUPPORT: {
        Domain.MUNICIPALITY: 6, Domain.SAFETY: 6, Domain.CARE_WELFARE: 4, Domain.EDUCATION: 4,
        Domain.CIVIL: 3,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """How many in ten said yes, of ``n``. None: too few answers, or not published."""

    tenths: int | None
    n: int


async def running(session: AsyncSession, *, is_exercise: bool, now: datetime) -> Survey | None:
    """The round that is open now."""
    found = await session.exec(
        select(Survey).where(col(Survey.is_exercise) == is_exercise, col(Survey.closes_at) > now)
    )
    return found.first()


async def surveys(session: AsyncSession, *, is_exercise: bool) -> list[Survey]:
    """Every round of this world, the newest first."""
    found = await session.exec(
        select(Survey)
        .where(col(Survey.is_exercise) == is_exercise)
        .order_by(col(Survey.year).desc())
    )
    return list(found.all())


def can_ask(found: Iterable[Survey], now: datetime) -> bool:
    """Whether this year's round was not asked yet. Pure."""
    return all(one.year != local_date(now).year for one in found)


def _reachable(is_exercise: bool) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Channel.status) == ChannelStatus.ACTIVE,
        col(Channel.is_exercise) == is_exercise,
        col(Person.is_exercise) == is_exercise,
        col(Person.left_at).is_(None),
        works_in_the_city(),
    )


async def count_everybody(session: AsyncSession, *, is_exercise: bool) -> int:
    """How many :func:`everybody` would be; the store counts, and a page asks for it."""
    found = await session.exec(
        select(func.count(col(Person.id).distinct()))
        .join(Channel, col(Channel.person_id) == col(Person.id))
        .where(*_reachable(is_exercise))
    )
    return found.one()


async def everybody(session: AsyncSession, *, is_exercise: bool) -> list[Recipient]:
    """Each person on the list once, by the channel that is tried first."""
    found = await session.exec(
        select(Channel.kind, Channel.address, Person.id, Person.organisation_id)
        .join(Person, col(Person.id) == col(Channel.person_id))
        .where(*_reachable(is_exercise))
        .order_by(col(Person.id), col(Channel.rank), col(Channel.id))
    )
    first: dict[int, Recipient] = {}
    for kind, address, person_id, organisation_id in found.all():
        to = Recipient(ChannelKind(kind), address, person_id, organisation_id)
        first.setdefault(person_id or 0, to)
    return list(first.values())


async def begin_survey(
    session: AsyncSession, *, who: Who, asked: int, is_exercise: bool, now: datetime
) -> Survey:
    """Keep that this year's questions were sent; the messages go in the same transaction.

    :raises sqlalchemy.exc.IntegrityError: somebody else asked at the same moment.
    """
    survey = Survey(
        year=local_date(now).year, asked_by=who.person_id, asked_at=now,
        closes_at=now + STAYS_OPEN, asked=asked, is_exercise=is_exercise,
    )  # fmt: skip
    session.add(survey)
    await session.flush()
    write_journal(
        session, who=who, action="survey_asked", subject=f"survey:{survey.id}",
        detail={"messages": asked}, now=now,
    )  # fmt: skip
    return survey


async def was_used(session: AsyncSession, survey: Survey, ticket: str) -> bool:
    """Whether this ticket answered already."""
    found = await session.exec(
        select(SurveyUse.id).where(
            col(SurveyUse.survey_id) == survey.id, col(SurveyUse.ticket) == ticket
        )
    )
    return found.first() is not None


async def take_answers(
    session: AsyncSession,
    survey: Survey,
    given: Mapping[Asks, Says],
    *,
    domain: Domain,
    ticket: str,
    now: datetime,
) -> bool:
    """Count the answers; False when there are none, they came before, or it is too late."""
    if not given or now >= survey.closes_at or await was_used(session, survey, ticket):
        return False
    assert survey.id is not None
    try:
        # Twice at the same moment: the database lets one through.
        async with session.begin_nested():
            session.add(SurveyUse(survey_id=survey.id, ticket=ticket))
    except IntegrityError:
        return False
    for question, answer in given.items():
        await count_one(
            session, SurveyCount,
            survey_id=survey.id, question=question, domain=domain, answer=answer,
        )  # fmt: skip
    return True


async def read_counts(session: AsyncSession, survey_id: int) -> list[SurveyCount]:
    found = await session.exec(select(SurveyCount).where(col(SurveyCount.survey_id) == survey_id))
    return list(found.all())


def share_of(rows: Iterable[SurveyCount], question: Asks, domain: Domain) -> Share:
    """How many of a domain said yes, safe to show. Pure."""
    mine = [one for one in rows if one.question is question and one.domain is domain]
    n = sum(one.count for one in mine)
    yes = sum(one.count for one in mine if one.answer is Says.YES)
    return Share(None, 0) if n < FEWEST else Share(int(10 * yes / n + 0.5), n)


def share_of_2019(question: Asks, domain: Domain) -> Share:
    """What was published. Pure."""
    return Share(TENTHS_2019[question].get(domain), N_2019[domain])


async def forget_surveys(session: AsyncSession, *, now: datetime) -> int:
    """Delete tickets of rounds that closed; returns how many."""
    closed = select(Survey.id).where(col(Survey.closes_at) <= now)
    gone = await session.exec(
        delete(SurveyUse)
        .where(col(SurveyUse.survey_id).in_(closed))
        .execution_options(synchronize_session=False)
    )
    return note_dropped(session, gone.rowcount, "surveys_forgotten", "survey", now, of="tickets")
