"""A day before a meeting who was invited is reminded of it, but for organisations that said no.

Decided at the moment itself, from the meeting as it stands then: one that is off, or that moved,
reminds of nothing old. In office hours; for somebody in quiet hours it waits until they are over,
and a meeting that changes meanwhile stops what waits. Whoever heard of a change when the time to
remind had come is not reminded besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from sqlalchemy import or_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import is_office_hour
from bot.config import Config
from bot.overleg_answers import AGENDA, agenda_label, answer_rows
from bot.overleg_moments import LAST, last_word, remind_from
from bot.overleg_telling import channels_to, invited_people
from briefings.moments import far_moment
from briefings.overleg import texts
from briefings.overleg.replies import replies_of
from briefings.overleg.rows import Overleg, OverlegInvitation, OverlegStatus
from contacts.directory import Organisation, Person
from contacts.filling import OWN_PAGE
from contacts.journal import SYSTEM, write_journal
from contacts.outbox import Button, Content, EmailForm, MessageKind, Priority, TelegramForm
from contacts.quiet import quiet_ends
from contacts.sending import post


async def remind_of_overleg(session: AsyncSession, config: Config, *, now: datetime) -> int:
    """Remind of every meeting whose time it is, once for its moment; returns how many people."""
    if not is_office_hour(now):
        return 0
    found = await session.exec(
        select(Overleg)
        .where(
            col(Overleg.status) == OverlegStatus.PLANNED,
            col(Overleg.is_exercise) == config.is_exercise,
            col(Overleg.starts_at) > now + LAST,
            col(Overleg.invited_at).is_not(None),
            or_(
                col(Overleg.reminded_for).is_(None),
                col(Overleg.reminded_for) != col(Overleg.starts_at),
            ),
        )
        .order_by(col(Overleg.id))
    )
    told = 0
    for overleg in found.all():
        begin = remind_from(overleg.starts_at)
        assert overleg.invited_at is not None
        if begin <= now and overleg.invited_at < begin and await _claim(session, overleg):
            told += await _remind(session, overleg, now=now)
    return told


async def _claim(session: AsyncSession, overleg: Overleg) -> bool:
    """Whether it is still as it was read; then nobody else reminds of this moment."""
    claimed = await session.exec(
        update(Overleg)
        .where(
            col(Overleg.id) == overleg.id,
            col(Overleg.version) == overleg.version,
            col(Overleg.status) == OverlegStatus.PLANNED,
        )
        .values(reminded_for=overleg.starts_at)
        .execution_options(synchronize_session=False)
    )
    return claimed.rowcount == 1


async def _remind(session: AsyncSession, overleg: Overleg, *, now: datetime) -> int:
    to = await channels_to(session, await invited_people(session, overleg))
    stay_away = (await replies_of(session, overleg.id or 0)).no
    last = last_word(overleg.starts_at)
    to = [
        one
        for one in to
        if one.organisation_id not in stay_away
        and (await _quiet_until(session, one.person_id, now) or now) < last
    ]
    if not to:
        return 0
    host = await session.get_one(Organisation, overleg.host_id)
    at_home = [one for one in to if one.organisation_id == overleg.host_id]
    written = []
    for some, is_host in (([one for one in to if one not in at_home], False), (at_home, True)):
        if some:
            content = reminder(overleg, host.name, is_host=is_host, now=now)
            sent = await post(
                session, kind=MessageKind.NOTICE, content=content, to=some,
                priority=Priority.DIGEST, is_exercise=overleg.is_exercise, now=now,
            )  # fmt: skip
            written.append(sent[0].message_id)
    overleg.reminder_id = written[0]
    # That of the host beside it: what waits of it stops like an invitation when they meet later.
    for message_id in written[1:]:
        session.add(OverlegInvitation(overleg_id=overleg.id or 0, message_id=message_id))
    session.add(overleg)
    write_journal(
        session, who=SYSTEM, action="overleg_reminded", subject=f"overleg:{overleg.id}",
        detail={"count": len(to)}, now=now,
    )  # fmt: skip
    return len(to)


async def _quiet_until(
    session: AsyncSession, person_id: int | None, now: datetime
) -> datetime | None:
    """When the quiet hours of this person are over, or None outside of them."""
    person = await session.get_one(Person, person_id)
    return quiet_ends(person.quiet_from, person.quiet_until, now)


def reminder(overleg: Overleg, host: str, *, is_host: bool = False, now: datetime) -> Content:
    """What they read, in both forms. Pure.

    :param is_host: for people of the organisation that receives the others.
    """
    title = texts.REMIND_TITLE.format(what=texts.KINDS[overleg.kind])
    place = f" ({overleg.place})" if overleg.place else ""
    when = texts.INVITE_WHEN.format(
        when=far_moment(overleg.starts_at, now), minutes=overleg.minutes, host=host, place=place
    )
    lines: Sequence[str] = (when, texts.HOST_STILL if is_host else texts.REMIND_WHY)
    link = f"{OWN_PAGE}{AGENDA}"
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    to_agenda = agenda_label(is_host=is_host)
    return Content(
        telegram=TelegramForm(
            text="\n".join([f"<b>{escape(title)}</b>", *map(escape, lines)]),
            buttons=[
                *answer_rows(overleg, is_host=is_host),
                [Button(texts.INVITE_AGENDA, url=link)],
            ],
        ),
        email=EmailForm(
            subject=title[:60],
            text="\n\n".join([*lines, f"{to_agenda}: {link}"]) + "\n",
            html=f'{html}<p><a href="{link}">{to_agenda}</a></p>',
        ),
    )
