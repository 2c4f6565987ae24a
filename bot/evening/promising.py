"""Which moments of a next update can be promised, and how they are called."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening import texts
from bot.evening.starting import next_time
from briefings import moments
from briefings.texts import NEAR_DAYS
from briefings.versions import SENT, versions_of
from feeds.rows import Event

#: buttons name one of these by its place: new ones go to the end
UPDATE_TIMES = (time(22, 0), time(7, 15), time(15, 30))
#: until then it is still last night
NIGHT_UNTIL, EVENING_FROM = time(6), time(18)


async def promise_from(session: AsyncSession, event: Event, *, now: datetime) -> datetime:
    """From when on an update can be promised: while nothing went out, not before the moment
    that the first text has to be out."""
    soonest = now + moments.SOONEST
    if event.send_before is None or event.send_before <= soonest:
        return soonest
    sent = any(one.status in SENT for one in await versions_of(session, event.id or 0))
    return soonest if sent else event.send_before


def update_choices(soonest: datetime) -> list[tuple[int, datetime]]:
    """The usual moments after ``soonest`` with their places, the first to come first. Pure."""
    found = [(place, next_time(soonest, at)) for place, at in enumerate(UPDATE_TIMES)]
    return sorted(found, key=lambda choice: choice[1])


def in_an_hour(now: datetime, soonest: datetime) -> datetime:
    """An hour from now, or from ``soonest`` where that is later, up to a whole quarter. Pure."""
    hour = timedelta(hours=1)
    at = (now + hour if now + hour > soonest else soonest + hour).replace(second=0, microsecond=0)
    return at + timedelta(minutes=-at.minute % 15)


def desk_choices(now: datetime, soonest: datetime) -> list[tuple[int, str]]:
    """The moments that a page offers, in seconds since 1970 with what they are called, the first to
    come first. Pure."""
    hour = in_an_hour(now, soonest)
    usual = [at for _, at in update_choices(soonest) if at != hour]
    is_near = hour - now < timedelta(minutes=75)
    shape = texts.IN_AN_HOUR if is_near else "{moment}"
    named = [(hour, shape.format(moment=called(hour, now)))]
    named += [(at, called(at, now)) for at in usual]
    return [(int(at.timestamp()), name) for at, name in sorted(named)]


def called(at: datetime, now: datetime) -> str:
    """``vandaag 22.00``, ``morgen 07.15``, ``donderdag 5 maart 07.15``. Pure."""
    on = moments.local_date(at)
    apart = (on - moments.local_date(now)).days
    return f"{NEAR_DAYS.get(apart, moments.weekday(on))} {moments.clock(at)}"


def part_of_day(now: datetime) -> str:
    """``vandaag``, ``vanavond`` or ``vannacht``. Pure."""
    here = moments.local(now).time()
    if here < NIGHT_UNTIL:
        return texts.TONIGHT
    return texts.TODAY if here < EVENING_FROM else texts.THIS_EVENING
