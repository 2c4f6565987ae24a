"""Who was invited to a meeting hears by message that it moved, is off, or is on after all.

Exactly the people whom an invitation of this meeting was written to, by the channel that each of
them has first now. What is over is told to nobody, and so is a change that nobody would notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from html import escape

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.overleg_answers import AGENDA, CALENDAR, agenda_label, answer_rows
from bot.overleg_inviting import of_the_host, send_invitation
from bot.overleg_moments import last_word, remind_from
from bot.overleg_stopping import CHANGED, stop_reminder
from briefings.moments import far_moment
from briefings.overleg import texts
from briefings.overleg.rows import Overleg, OverlegInvitation, OverlegStatus
from contacts.directory import Organisation, Person
from contacts.filling import OWN_PAGE
from contacts.journal import Who, write_journal
from contacts.outbox import (
    DELIVERY_MOVES,
    Button,
    Content,
    Delivery,
    DeliveryStatus,
    EmailForm,
    MessageKind,
    Priority,
    TelegramForm,
)
from contacts.quiet import QUIET_HOURS
from contacts.records import ids_of, move_many
from contacts.sending import Recipient, first_channel, post


@dataclass(frozen=True, slots=True)
class Stand:
    """What somebody who comes must know of a meeting, as it stood at one moment."""

    starts_at: datetime
    minutes: int
    host_id: int
    place: str
    status: OverlegStatus


class Change(StrEnum):
    """What invited people hear of."""

    MOVED = "moved"
    OFF = "off"
    ON_AGAIN = "on_again"


def stand_of(overleg: Overleg) -> Stand:
    """As it stands now. Pure."""
    return Stand(overleg.starts_at, overleg.minutes, overleg.host_id, overleg.place, overleg.status)


def change_between(before: Stand, after: Stand, *, now: datetime) -> Change | None:
    """What to tell who was invited; None when nothing that still matters changed. Pure."""
    if after.starts_at <= now or before == after:
        return None
    if after.status is OverlegStatus.PLANNED:
        was_on = before.status is OverlegStatus.PLANNED
        return Change.MOVED if was_on else Change.ON_AGAIN
    return Change.OFF if after.status is OverlegStatus.CANCELLED else None


async def tell_invited(
    session: AsyncSession, overleg: Overleg, before: Stand, *, who: Who, now: datetime
) -> int:
    """Write the message for everybody who was invited, in the transaction of the change.

    Returns to how many.

    :param before: as the meeting stood before the change.
    """
    if overleg.invited_at is None:
        return 0
    after = stand_of(overleg)
    change = change_between(before, after, now=now)
    if before == after and overleg.invited_version == overleg.version - 1:
        overleg.invited_version = overleg.version  # saved as it was: they know what holds
        session.add(overleg)
    if change is None:
        return 0
    await stop_reminder(session, overleg, who=who, now=now)
    stopped = await _stop_resting(session, overleg, who=who, now=now)
    people = await invited_people(session, overleg)
    if change is Change.OFF:
        people = [one for one in people if one not in stopped.unheard]
    told, new_host = 0, 0
    is_off = change is Change.OFF
    at_home = {} if is_off else await _at_home(session, people, before, after)
    for some, missed in (
        ([one for one in people if one not in stopped.missed], False),
        ([one for one in people if one in stopped.missed], True),
    ):
        for line in (*texts.HOST_LINES, ""):
            these = [one for one in some if at_home.get(one, "") == line]
            written = await _write(
                session, overleg, before, change, these, own=line, missed=missed, now=now
            )
            told, new_host = told + written, new_host + written * (line == texts.HOST_NOW)
    if not is_off and after.host_id != before.host_id and not new_host:
        told += await _tell_new_host(session, overleg, now=now)
    if not told:
        return 0
    overleg.invited_version = overleg.version
    if not is_off and remind_from(overleg.starts_at) <= now:
        overleg.reminded_for = overleg.starts_at  # this very news reminds them
    session.add(overleg)
    write_journal(
        session, who=who, action="overleg_invited_told", subject=f"overleg:{overleg.id}",
        detail={"count": told}, now=now,
    )  # fmt: skip
    await session.flush()
    return told


async def _at_home(
    session: AsyncSession, people: Sequence[int], before: Stand, after: Stand
) -> dict[int, str]:
    """What the people of whoever receives the others, now or before, read besides."""
    found = await session.exec(
        select(Person.id, Person.organisation_id).where(
            col(Person.id).in_(people),
            col(Person.organisation_id).in_({before.host_id, after.host_id}),
        )
    )
    if before.host_id == after.host_id:
        return {ident or 0: texts.HOST_STILL for ident, _ in found.all()}
    return {
        ident or 0: texts.HOST_NOW if where == after.host_id else texts.HOST_NOT_ANY_MORE
        for ident, where in found.all()
    }


async def _tell_new_host(session: AsyncSession, overleg: Overleg, *, now: datetime) -> int:
    """The news reached nobody of them, invited or not: they get the invitation of a host."""
    to = await of_the_host(session, overleg)
    if not to:
        return 0
    host = await session.get_one(Organisation, overleg.host_id)
    await send_invitation(session, overleg, host.name, to, is_host=True, now=now)
    return len(to)


async def _write(
    session: AsyncSession, overleg: Overleg, before: Stand, change: Change, people: Sequence[int],
    *, own: str, missed: bool, now: datetime,
) -> int:  # fmt: skip
    """The news to these people; it is a message of this meeting, so that newer news finds it.

    :param own: what only they read besides.
    """
    to = await channels_to(session, people)
    if not to:
        return 0
    after = stand_of(overleg)
    content = news(
        overleg, change, await _said(session, before, now), await _said(session, after, now),
        own=own, missed=missed,
    )  # fmt: skip
    sent = await post(
        session, kind=MessageKind.NOTICE, content=content, to=to,
        priority=Priority.DIGEST, is_exercise=overleg.is_exercise, now=now,
        useful_until=last_word(min(before.starts_at, after.starts_at)),
    )  # fmt: skip
    session.add(OverlegInvitation(overleg_id=overleg.id or 0, message_id=sent[0].message_id))
    await session.flush()
    return len(to)


async def invited_people(session: AsyncSession, overleg: Overleg) -> list[int]:
    """Who was invited and still is on the list, by number.

    Half a year after an invitation nobody knows any more whom it went to; then this is empty.
    """
    if overleg.invited_at is None:
        return []
    found = await session.exec(
        select(Delivery.person_id)
        .join(OverlegInvitation, col(OverlegInvitation.message_id) == col(Delivery.message_id))
        .join(Person, col(Person.id) == col(Delivery.person_id))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(OverlegInvitation.overleg_id) == overleg.id,
            or_(col(Delivery.status) != DeliveryStatus.CANCELLED, col(Delivery.reason) == CHANGED),
            col(Person.left_at).is_(None),
            col(Organisation.is_exercise) == overleg.is_exercise,
        )
        .distinct()
        .order_by(col(Delivery.person_id))
    )
    return [ident for ident in found.all() if ident is not None]


async def invited_organisations(session: AsyncSession, overleg: Overleg) -> set[int]:
    """Of whom somebody was invited who still is on the list."""
    people = await invited_people(session, overleg)
    found = await session.exec(select(Person.organisation_id).where(col(Person.id).in_(people)))
    return set(found.all())


@dataclass(frozen=True, slots=True)
class _Stopped:
    """``missed``: whose message did not go any more, and ``unheard``: who of them heard of the
    meeting in no way yet."""

    missed: frozenset[int]
    unheard: frozenset[int]


async def _stop_resting(
    session: AsyncSession, overleg: Overleg, *, who: Who, now: datetime
) -> _Stopped:
    """What waits of an invitation, or of earlier news, for quiet hours to end says what does not
    hold any more: the news comes in its place."""
    theirs = select(OverlegInvitation.message_id).where(
        col(OverlegInvitation.overleg_id) == overleg.id
    )
    found = await session.exec(
        select(Delivery)
        .where(
            col(Delivery.message_id).in_(theirs), col(Delivery.status) != DeliveryStatus.CANCELLED
        )
        .with_for_update()
    )
    rows = found.all()
    resting = [
        one for one in rows
        if one.status is DeliveryStatus.PLANNED
        and one.reason == QUIET_HOURS and one.not_before > now
    ]  # fmt: skip
    moved = await move_many(
        session, DELIVERY_MOVES, Delivery, ids_of(resting),
        DeliveryStatus.PLANNED, DeliveryStatus.CANCELLED,
        who=who, action="held_superseded", now=now, reason=CHANGED, done_at=now,
    )  # fmt: skip
    stopped = set(moved)
    missed = frozenset(one.person_id for one in rows if one.id in stopped and one.person_id)
    heard = {one.person_id for one in rows if one.id not in stopped}
    return _Stopped(missed, missed - heard)


async def channels_to(session: AsyncSession, people: Sequence[int]) -> list[Recipient]:
    """The first channel of each who has one."""
    channels = [await first_channel(session, ident) for ident in people]
    return [channel for channel in channels if channel is not None]


async def _said(session: AsyncSession, stand: Stand, now: datetime) -> str:
    host = await session.get_one(Organisation, stand.host_id)
    place = f" ({stand.place})" if stand.place else ""
    return texts.INVITE_WHEN.format(
        when=far_moment(stand.starts_at, now), minutes=stand.minutes, host=host.name, place=place
    )


def news(
    overleg: Overleg, change: Change, before: str, after: str, *, own: str = "",
    missed: bool = False,
) -> Content:  # fmt: skip
    """What they read, in both forms: first what holds now. Pure.

    :param before: day, hour and place as they were told earlier.
    :param after: as they are.
    :param own: for who receives the others; that it is off says enough.
    :param missed: earlier news did not reach them, so what they know is older than ``before``.
    """
    what = texts.KINDS[overleg.kind]
    title = texts.NEWS_TITLES[change.value].format(what=what)
    lines = [one.format(before=before, after=after) for one in texts.NEWS_LINES[change.value]]
    if missed:
        other = texts.NEWS_MISSED[change is Change.OFF]
        lines = [lines[0], other, *(lines[2:] if change is Change.MOVED else lines[1:])]
    if change is Change.OFF:
        return _in_both_forms(title, lines, None)
    is_host = own in (texts.HOST_NOW, texts.HOST_STILL)
    # Whether they come is no question to a host.
    lines = [*lines[:-1], own] if is_host else lines
    if own == texts.HOST_NOT_ANY_MORE:
        lines = [lines[0], own, *lines[1:]]
    return _in_both_forms(title, lines, overleg, is_host=is_host)


def _in_both_forms(
    title: str, lines: Sequence[str], comes: Overleg | None, *, is_host: bool = False
) -> Content:
    """``comes``: the meeting that is on, with the way to say so, but for a host, and to the
    calendar. Pure."""
    link, agenda = f"{OWN_PAGE}{CALENDAR}", f"{OWN_PAGE}{AGENDA}"
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    plain = list(lines)
    buttons = []
    if comes is not None:
        to_agenda = agenda_label(is_host=is_host)
        html += (
            f'<p><a href="{agenda}">{to_agenda}</a></p>'
            f'<p><a href="{link}">{texts.INVITE_CALENDAR}</a></p>'
        )
        plain += [f"{to_agenda}: {agenda}", f"{texts.INVITE_CALENDAR}: {link}"]
        buttons = [
            *(answer_rows(comes, is_host=is_host) or [[Button(texts.INVITE_AGENDA, url=agenda)]]),
            [Button(texts.INVITE_CALENDAR, url=link)],
        ]
    return Content(
        telegram=TelegramForm(
            text="\n".join([f"<b>{escape(title)}</b>", *map(escape, lines)]),
            buttons=buttons,
        ),
        email=EmailForm(subject=title[:60], text="\n\n".join(plain) + "\n", html=html),
    )
