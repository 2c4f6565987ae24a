"""The start of an evening: the defaults of a confirmation, the facts and the seven texts."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening import texts
from briefings.drafting import draft_briefing
from briefings.facts import open_facts
from briefings.moments import NIGHT_ENDS, local
from briefings.rows import BriefingKind
from briefings.settings import BriefingSettings
from briefings.steps import Step
from briefings.ticking import tick_step
from contacts.permissions import Actor
from feeds.events import confirm_event
from feeds.rows import Event, LeadAgency

LEADS = tuple(LeadAgency)
SEND_TIMES = (time(20, 30), time(22, 0), time(6, 45))
SEVERITIES = range(1, 6)
#: a deadline nearer than this is no help
WRITING_TIME = timedelta(minutes=30)


def next_time(now: datetime, at: time) -> datetime:
    """The next moment that the clock of the city shows ``at``; past ones move to tomorrow."""
    here = local(now)
    moment = here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return moment if moment > here else moment + timedelta(days=1)


def default_deadline(now: datetime) -> int:
    """The index in ``SEND_TIMES`` that is proposed: the first to come with time to write."""
    return min(
        range(len(SEND_TIMES)),
        key=lambda index: next_time(now + WRITING_TIME, SEND_TIMES[index]),
    )


def send_choices(now: datetime) -> list[tuple[int, str]]:
    """The places in ``SEND_TIMES`` with their labels, the first to come first."""
    order = sorted(range(len(SEND_TIMES)), key=lambda place: next_time(now, SEND_TIMES[place]))
    return [(place, deadline_label(now, SEND_TIMES[place])) for place in order]


def deadline_label(now: datetime, at: time) -> str:
    """``20.30``, or ``morgen 06.45``."""
    clock = f"{at:%H.%M}"
    is_today = local(next_time(now, at)).date() == local(now).date()
    return clock if is_today else texts.TOMORROW.format(clock=clock)


def later_moment(send_before: datetime | None, now: datetime) -> datetime | None:
    """The moment after a night that a text can be approved for now; None by day."""
    if send_before is None or send_before <= now:
        return None
    here, then = local(now), local(send_before)
    is_night = here.time() < NIGHT_ENDS or then.date() > here.date()
    return send_before if is_night else None


def default_severity(event: Event) -> int:
    """What a confirmation proposes: the machine's severity, between 2 and 4."""
    return min(max(event.suggested_severity, 2), 4)


async def confirm(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    settings: BriefingSettings,
    *,
    severity: int,
    lead: LeadAgency,
    deadline: time,
    called: bool | None,
    now: datetime,
) -> None:
    """Confirm a detected event and make everything ready to write.

    :param called: who is directly touched was rung; False: need not be; None: not said yet.
    :raises contacts.records.IllegalMove, StaleMove: it was decided already.
    """
    await confirm_event(
        session,
        event,
        severity=severity,
        lead_agency=lead,
        send_before=next_time(now, deadline),
        who=actor.who,
        now=now,
    )
    if called is not None:
        await tick_step(session, event, Step.CALL_FIRST, actor, is_needed=called, now=now)
    await prepare(session, event, actor, settings, now=now)


async def prepare(
    session: AsyncSession,
    event: Event,
    actor: Actor,
    settings: BriefingSettings,
    *,
    now: datetime,
) -> None:
    """Open the facts and draft the seven texts of a confirmed event."""
    await open_facts(session, event, settings, editor_id=actor.person_id, now=now)
    await draft_briefing(
        session,
        event,
        kind=BriefingKind.FIRST,
        settings=settings,
        editor_id=actor.person_id,
        now=now,
    )
