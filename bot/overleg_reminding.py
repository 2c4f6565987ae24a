"""Reminds of actions of the overleg: the owner once, a week before; coordinators of late ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import agreement_texts as words
from bot.asking import is_office_hour
from bot.chat.buttons import data
from bot.config import Config
from briefings.moments import dated, day, local_date
from briefings.overleg import texts
from briefings.overleg.agreements import take_late, take_near
from briefings.overleg.rows import Agreement
from contacts.directory import Organisation, Person
from contacts.notices import as_content, tell_coordinators
from contacts.outbox import Button, Content, MessageKind
from contacts.sending import tell_people

#: more would not be read in a chat; the page shows the rest
SHOWN = 5
#: button data ``agree:<id>:done``
AGREEMENT = "agree"


async def remind_of_agreements(session: AsyncSession, config: Config, *, now: datetime) -> int:
    """In office hours; returns how many actions somebody was told of."""
    if not is_office_hour(now):
        return 0
    today, is_exercise = local_date(now), config.is_exercise
    near = await take_near(session, is_exercise=is_exercise, today=today, now=now)
    for one in near:
        await _tell_owner(session, one, now=now)
    late = await take_late(session, is_exercise=is_exercise, today=today, now=now)
    if late:
        page = f"{config.web.base_url.rstrip('/')}/overleg"
        await tell_coordinators(
            session, late_content(late, page),
            may_rest=True, is_exercise=is_exercise, now=now,
        )  # fmt: skip
    return len(near) + len(late)


async def _tell_owner(session: AsyncSession, one: Agreement, *, now: datetime) -> None:
    """One person of the organisation, the first who can be reached; not the whole staff room."""
    organisation = await session.get_one(Organisation, one.owner_id)
    found = await session.exec(
        select(Person)
        .where(col(Person.organisation_id) == organisation.id, col(Person.left_at).is_(None))
        .order_by(col(Person.id))
    )
    content = near_content(one, organisation.name)
    for person in found.all():
        told = await tell_people(
            session, [person], content,
            kind=MessageKind.NOTICE, may_rest=True, is_exercise=one.is_exercise,
            now=now,
        )  # fmt: skip
        if told:
            return


def near_content(one: Agreement, organisation: str) -> Content:
    """What the owner reads. Pure."""
    assert one.due is not None
    lines = [
        texts.NEAR_WHY.format(organisation=organisation),
        texts.NEAR_LINE.format(words=one.words.rstrip("."), due=day(one.due)),
        texts.NEAR_LAST,
    ]
    done = Button(words.DONE_ONE, data(AGREEMENT, one.id, "done"))
    return as_content(texts.NEAR_TITLE, lines, [done])


def late_content(late: Sequence[Agreement], page: str) -> Content:
    """What the coordinators read. Pure."""
    lines = [
        texts.LATE_LINE.format(
            number=number,
            words=one.words.rstrip("."),
            owner=one.owner,
            due=dated(one.due) if one.due else "",
        )
        for number, one in enumerate(late[:SHOWN], 1)
    ]
    rest = len(late) - SHOWN
    last = texts.LATE_MORE if rest > 0 else texts.LATE_PAGE
    buttons = [
        Button(words.DONE_BUTTON.format(number=number), data(AGREEMENT, one.id, "done"))
        for number, one in enumerate(late[:SHOWN], 1)
    ]
    return as_content(
        texts.LATE_TITLE, [texts.LATE_WHY, *lines, last.format(count=rest, page=page)], buttons
    )
