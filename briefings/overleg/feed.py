"""The meetings as an iCalendar file, behind a random link that can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.overleg import texts
from briefings.overleg.rows import CalendarLink, Overleg, OverlegStatus
from contacts.directory import Organisation
from contacts.journal import Who, write_journal
from contacts.tokens import hash_token, new_token

if TYPE_CHECKING:
    from icalendar import Event

#: how often a calendar should look again
REFRESH = timedelta(hours=6)
#: meetings that ended longer ago are of no use in a calendar
LOOK_BACK = timedelta(days=92)
#: how long a link works: a year of meetings, and some weeks to hand out the next one. Counted
#: from when it was made, for nobody keeps when it was used.
LIVES = timedelta(days=400)


async def mint_calendar_link(
    session: AsyncSession, organisation_id: int, *, who: Who, is_exercise: bool, now: datetime
) -> str:
    """A link for one organisation; returns the token, which is kept nowhere."""
    token = new_token()
    link = CalendarLink(
        token_hash=hash_token(token), organisation_id=organisation_id,
        made_by=who.person_id, made_at=now, is_exercise=is_exercise,
    )  # fmt: skip
    session.add(link)
    await session.flush()
    write_journal(
        session, who=who, action="calendar_link_made", subject=f"organisation:{organisation_id}",
        now=now,
    )  # fmt: skip
    return token


def ends_at(link: CalendarLink) -> datetime:
    """When this link stops by itself. Pure."""
    return link.made_at + LIVES


async def find_calendar_link(
    session: AsyncSession, token: str, *, now: datetime
) -> CalendarLink | None:
    """The link while it works. Changes nothing: nobody keeps who looked when."""
    found = await session.exec(
        select(CalendarLink).where(
            col(CalendarLink.token_hash) == hash_token(token),
            col(CalendarLink.revoked_at).is_(None),
            col(CalendarLink.made_at) > now - LIVES,
        )
    )
    return found.one_or_none()


async def calendar_links(
    session: AsyncSession, *, is_exercise: bool
) -> list[tuple[CalendarLink, str]]:
    """The links that nobody took back, each with the organisation it was made for.

    Also those that are over: their organisation may wait for a new one.
    """
    found = await session.exec(
        select(CalendarLink, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(CalendarLink.organisation_id))
        .where(col(CalendarLink.is_exercise) == is_exercise, col(CalendarLink.revoked_at).is_(None))
        .order_by(col(Organisation.name), col(CalendarLink.id))
    )
    return list(found.all())


async def revoke_calendar_link(
    session: AsyncSession, link: CalendarLink, *, who: Who, now: datetime
) -> bool:
    """Let it stop working; False when it did already."""
    done = await session.exec(
        update(CalendarLink)
        .where(col(CalendarLink.id) == link.id, col(CalendarLink.revoked_at).is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount:
        write_journal(
            session, who=who, action="calendar_link_revoked",
            subject=f"organisation:{link.organisation_id}", now=now,
        )  # fmt: skip
    return bool(done.rowcount)


def calendar_of(
    meetings: Sequence[Overleg], hosts: Mapping[int, str], *, domain: str, now: datetime
) -> bytes:
    """The file, by RFC 5545. Names the host and the place, never an event or an agreement. Pure.

    :param hosts: names of organisations by number.
    :param domain: of this installation, for identifiers that stay the same.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Schakel//overleg//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", texts.CALENDAR)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for one in meetings:
        if one.starts_at + timedelta(minutes=one.minutes) >= now - LOOK_BACK:
            calendar.add_component(_event(one, hosts.get(one.host_id, ""), domain))
    written: bytes = calendar.to_ical()
    return written


def _event(overleg: Overleg, host: str, domain: str) -> Event:
    from icalendar import Event

    begin = overleg.starts_at.astimezone(UTC)
    name = texts.KINDS[overleg.kind]
    event = Event()
    event.add("uid", f"overleg-{overleg.id}@{domain}")
    event.add("dtstamp", overleg.edited_at.astimezone(UTC))
    event.add("sequence", overleg.version - 1)
    event.add("dtstart", begin)
    event.add("dtend", begin + timedelta(minutes=overleg.minutes))
    event.add("summary", texts.exercise(name) if overleg.is_exercise else name)
    event.add("location", ", ".join(filter(None, (host, overleg.place))))
    event.add("description", texts.HOST.format(host=host))
    is_over = overleg.status is OverlegStatus.CANCELLED
    event.add("status", "CANCELLED" if is_over else "CONFIRMED")
    return event
