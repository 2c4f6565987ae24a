"""What comes weeks later: the invitation to look back, and the follow-up of an arrest."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.sourcing import clock_time
from bot.evening.writing import OPEN_STATES, NotBegun
from briefings import moments
from briefings.drafting import current_briefing, draft_briefing
from briefings.follow_ups import follow_up_kind
from briefings.rows import Briefing, BriefingKind
from briefings.settings import BriefingSettings
from briefings.versions import SENT, versions_of
from contacts.permissions import Actor, Permission, require
from feeds.dutch_dates import month_named
from feeds.events import reopen_event
from feeds.rows import Event, EventStatus

_DAY = re.compile(r"(\d{1,2})-(\d{1,2})(?:-(\d{4}))?\Z")
_NAMED = re.compile(r"(\d{1,2}) +([a-z]{3,9})\.?(?: +(\d{4}))?\Z", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")
#: a date further off than this is a mistake in typing
FURTHEST = timedelta(days=5 * 366)


def read_day(text: str, today: date) -> date | None:
    """``14-10``, ``14 oktober``, either with a year, or ``2026-10-14``. Pure.

    Without a year it is the next one to come. None for anything else, for the past and for
    what is years away.
    """
    text = text.strip()
    if iso := _ISO.match(text):
        years, month, day = [int(iso[1])], int(iso[2]), int(iso[3])
    elif given := _DAY.match(text):
        day, month = int(given[1]), int(given[2])
        years = [int(given[3])] if given[3] else [today.year, today.year + 1]
    elif (named := _NAMED.match(text)) and (number := month_named(named[2])):
        day, month = int(named[1]), number
        years = [int(named[3])] if named[3] else [today.year, today.year + 1]
    else:
        return None
    for year in years:
        try:
            found = date(year, month, day)
        except ValueError:  # no such day in this year
            continue
        if today <= found <= today + FURTHEST:
            return found
    return None


def read_moment(text: str, now: datetime) -> datetime | None:
    """``14-10 16.00``, as :func:`read_day` and a clock time; in UTC, never in the past. Pure."""
    day_part, _, clock_part = text.strip().replace(" om ", " ").partition(" ")
    day, clock = read_day(day_part, moments.local_date(now)), clock_time(clock_part)
    if day is None or clock is None:
        return None
    at = moments.at_clock(day, clock)
    return at if at > now + moments.SOONEST else None


async def begin_look_back(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    at: datetime,
    settings: BriefingSettings,
    *,
    now: datetime,
) -> Briefing | NotBegun:
    """Draft the invitation to look back at ``at``, to everybody who got the texts.

    A draft of it that is open takes the new moment. ``NotBegun``: ``never_sent`` or
    ``draft_open``.

    :raises NotAllowed: the actor may not manage events.
    """
    require(actor, Permission.MANAGE_EVENT)
    assert event.id is not None
    refused = await _refusal(session, event.id, BriefingKind.LOOK_BACK)
    if refused is not None:
        return refused
    return await draft_briefing(
        session, event, kind=BriefingKind.LOOK_BACK, settings=settings,
        editor_id=actor.person_id, now=now, meets_at=at,
    )  # fmt: skip


async def begin_follow_up(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    settings: BriefingSettings,
    *,
    now: datetime,
) -> Briefing | NotBegun:
    """Draft the update of what was planned for later, in its own words, to the same list.

    An event that was closed is opened again. ``NotBegun`` as :func:`begin_look_back`.

    :raises NotAllowed: the actor may not manage events.
    :raises ValueError: this kind of event has no follow-up.
    """
    require(actor, Permission.MANAGE_EVENT)
    assert event.id is not None
    kind = follow_up_kind(event)
    if not kind:
        raise ValueError(event.type)
    refused = await _refusal(session, event.id, BriefingKind.UPDATE)
    if refused is not None:
        return refused
    if event.status is EventStatus.CLOSED:
        await reopen_event(session, event, who=actor.who, now=now)
    return await draft_briefing(
        session, event, kind=BriefingKind.UPDATE, settings=settings,
        editor_id=actor.person_id, now=now, told_as=kind,
    )  # fmt: skip


async def _refusal(session: AsyncSession, event_id: int, kind: BriefingKind) -> NotBegun | None:
    if not any(one.status in SENT for one in await versions_of(session, event_id)):
        return NotBegun("never_sent")
    current = await current_briefing(session, event_id)
    if current is not None and current.status in OPEN_STATES and current.kind is not kind:
        return NotBegun("draft_open")
    return None
