"""Members are invited to a meeting by a message of their own, with the way to their calendar.

One person of each organisation of the city, or everybody of a group: by their own first channel.
What changes afterwards they hear as well (``bot/overleg_telling.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from html import escape

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.overleg_answers import AGENDA, CALENDAR, agenda_label, answer_rows
from bot.overleg_moments import last_word
from briefings.moments import far_moment
from briefings.overleg import texts
from briefings.overleg.rows import Overleg, OverlegInvitation, OverlegStatus
from contacts.directory import Channel, ChannelStatus, ContactGroup, Organisation, Person
from contacts.filling import OWN_PAGE
from contacts.groups import members_of
from contacts.journal import Who, write_journal
from contacts.neighbours import of_the_city
from contacts.outbox import Button, Content, EmailForm, MessageKind, Priority, TelegramForm
from contacts.records import StaleMove
from contacts.sending import Recipient, channels_of, post


async def invite_members(
    session: AsyncSession,
    overleg: Overleg,
    group: ContactGroup | None,
    *,
    who: Who,
    now: datetime,
) -> int:
    """Send the invitation; returns to how many. Nothing for a meeting that is over or off.

    :param group: everybody in it; None: one person of every organisation of the city.
    :raises contacts.records.StaleMove: it was changed meanwhile, or somebody else invited first.
    """
    if overleg.status is not OverlegStatus.PLANNED or overleg.starts_at <= now:
        return 0
    to = await _recipients(session, overleg, group)
    if not to:
        return 0
    claimed = await session.exec(
        update(Overleg)
        .where(
            col(Overleg.id) == overleg.id,
            col(Overleg.version) == overleg.version,
            col(Overleg.invited_at).is_(None)
            if overleg.invited_at is None
            else col(Overleg.invited_at) == overleg.invited_at,
        )
        .values(invited_at=now, invited_version=overleg.version)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:
        raise StaleMove("somebody else invited or changed it")
    host = await session.get_one(Organisation, overleg.host_id)
    at_home = [one for one in to if one.organisation_id == overleg.host_id]
    for some, is_host in ((at_home, True), ([one for one in to if one not in at_home], False)):
        if some:
            await send_invitation(session, overleg, host.name, some, is_host=is_host, now=now)
    write_journal(
        session, who=who, action="overleg_invited", subject=f"overleg:{overleg.id}",
        detail={"count": len(to)}, now=now,
    )  # fmt: skip
    await session.refresh(overleg)
    return len(to)


async def send_invitation(
    session: AsyncSession, overleg: Overleg, host: str, to: Sequence[Recipient], *, is_host: bool,
    now: datetime,
) -> None:  # fmt: skip
    """One message of this meeting to these people.

    :param is_host: they are of the organisation that receives the others.
    """
    sent = await post(
        session, kind=MessageKind.NOTICE,
        content=invitation(overleg, host, is_host=is_host, now=now), to=to,
        priority=Priority.DIGEST, is_exercise=overleg.is_exercise, now=now,
        useful_until=last_word(overleg.starts_at),
    )  # fmt: skip
    session.add(OverlegInvitation(overleg_id=overleg.id or 0, message_id=sent[0].message_id))


async def count_invitees(
    session: AsyncSession, overleg: Overleg, group: ContactGroup | None
) -> int:
    """How many would get the invitation now."""
    if group is not None:
        return len(await _recipients(session, overleg, group))
    found = await session.exec(
        select(func.count(func.distinct(Person.organisation_id)))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .join(Channel, col(Channel.person_id) == col(Person.id))
        .where(
            col(Organisation.is_exercise) == overleg.is_exercise,
            of_the_city(),
            col(Person.left_at).is_(None),
            col(Channel.status) == ChannelStatus.ACTIVE,
        )
    )
    return found.one()


async def named_invitees(
    session: AsyncSession, overleg: Overleg, group: ContactGroup | None
) -> list[tuple[str, str]]:
    """(organisation, function) of everybody who would get the invitation now, by organisation."""
    to = await _recipients(session, overleg, group)
    return await named(session, [one.person_id for one in to if one.person_id is not None])


async def named(session: AsyncSession, people: Collection[int]) -> list[tuple[str, str]]:
    """(organisation, function) of each, by organisation: no name of a person."""
    found = await session.exec(
        select(Organisation.name, Person.function)
        .join(Person, col(Person.organisation_id) == col(Organisation.id))
        .where(col(Person.id).in_(people))
        .order_by(col(Organisation.name), col(Person.id))
    )
    return list(found.all())


async def _recipients(
    session: AsyncSession, overleg: Overleg, group: ContactGroup | None
) -> list[Recipient]:
    """The first channel of each; of the whole city the first person who can be reached."""
    if group is not None:
        found = await members_of(session, group, is_exercise=overleg.is_exercise)
        firsts = [await channels_of(session, person.id or 0) for person, _ in found]
        to = [channels[0] for channels in firsts if channels]
        if all(one.organisation_id != overleg.host_id for one in to):
            to += await of_the_host(session, overleg)
        return to
    return await _first_of_each(session, overleg, of_the_city())


async def of_the_host(session: AsyncSession, overleg: Overleg) -> list[Recipient]:
    """The first person of the organisation that receives the others; nobody when none is reached.

    Also when a group is invited that it is not in, or after the others were.
    """
    return await _first_of_each(session, overleg, col(Organisation.id) == overleg.host_id)


async def _first_of_each(
    session: AsyncSession, overleg: Overleg, which: ColumnElement[bool]
) -> list[Recipient]:
    people = await session.exec(
        select(Person.id, Person.organisation_id)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(Organisation.is_exercise) == overleg.is_exercise,
            which,
            col(Person.left_at).is_(None),
        )
        .order_by(col(Organisation.name), col(Person.id))
    )
    chosen: dict[int, Recipient] = {}
    for person_id, organisation_id in people.all():
        if organisation_id in chosen or person_id is None:
            continue
        if channels := await channels_of(session, person_id):
            chosen[organisation_id] = channels[0]
    return list(chosen.values())


def invitation(overleg: Overleg, host: str, *, is_host: bool = False, now: datetime) -> Content:
    """What they read, in both forms; the file is behind their own link. Pure.

    :param is_host: for people of the organisation that receives the others.
    """
    what = texts.KINDS[overleg.kind]
    title = (texts.HOST_TITLE if is_host else texts.INVITE_TITLE).format(what=what)
    place = f" ({overleg.place})" if overleg.place else ""
    lines: Sequence[str] = (
        texts.INVITE_WHEN.format(
            when=far_moment(overleg.starts_at, now), minutes=overleg.minutes, host=host, place=place
        ),
        texts.INVITE_WHY.format(coming=texts.HOSTING if is_host else texts.COMING),
    )
    link, agenda = f"{OWN_PAGE}{CALENDAR}", f"{OWN_PAGE}{AGENDA}"
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    to_agenda = agenda_label(is_host=is_host)
    return Content(
        telegram=TelegramForm(
            text="\n".join([f"<b>{title}</b>", *map(escape, lines)]),
            buttons=[
                *answer_rows(overleg, is_host=is_host),
                [Button(texts.INVITE_AGENDA, url=agenda)],
                [Button(texts.INVITE_CALENDAR, url=link)],
            ],
        ),
        email=EmailForm(
            subject=title[:60],
            text="\n\n".join(
                [*lines, f"{to_agenda}: {agenda}", f"{texts.INVITE_CALENDAR}: {link}"]
            )
            + "\n",
            html=f'{html}<p><a href="{agenda}">{to_agenda}</a></p>'
            f'<p><a href="{link}">{texts.INVITE_CALENDAR}</a></p>',
        ),
    )  # fmt: skip
