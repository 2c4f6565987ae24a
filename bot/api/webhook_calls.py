"""Webhooks that wait, as rows: what changed since the receiver last heard, and how it went.

The state is compared, not the steps: a receiver that was away for an hour gets where things
stand now, once, and nothing is lost when this process dies between two changes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import func
from sqlmodel import col, delete, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts import tell_coordinators_from
from bot.api.answers import Answer
from bot.api.reading import read_briefings, read_event, read_picture
from bot.api.webhooks import TOLD_AT, Verdict, digest_of, envelope
from bot.rows import WEBHOOK_MOVES, WebhookCall, WebhookStatus
from bot.settings import WebhookSettings
from contacts.journal import SYSTEM, Who
from contacts.records import move
from feeds.rows import RUNNING, Event

#: how long after its end an event may still have news (an evaluation, a late arrival)
AFTERMATH = timedelta(days=7)
#: what was said is kept this long after the event, for whoever wonders
KEPT = timedelta(days=30)

TOPICS: Mapping[str, Callable[[AsyncSession, Event], Awaitable[Answer]]] = {
    "event": read_event,
    "briefing": read_briefings,
    "picture": read_picture,
}


async def note_changes(
    session: AsyncSession, hooks: Sequence[WebhookSettings], *, now: datetime
) -> int:
    """Put down a call for each receiver and topic where something changed; returns how many.

    Only what a person confirmed is told: an alert that nobody judged stays inside.
    """
    noted = 0
    for event in await _told_about(session, now):
        for topic, look in TOPICS.items():
            listening = [
                hook
                for hook in hooks
                if topic in hook.topics and (hook.exercises or not event.is_exercise)
            ]
            if not listening:
                continue
            data = (await look(session, event)).model_dump(mode="json")
            for hook in listening:
                noted += await _note(session, hook.key, topic, event, data, now)
    return noted


async def _told_about(session: AsyncSession, now: datetime) -> Sequence[Event]:
    found = await session.exec(
        select(Event)
        .where(
            col(Event.confirmed_at).is_not(None),
            col(Event.merged_into_id).is_(None),
            or_(col(Event.status).in_(RUNNING), col(Event.closed_at) > now - AFTERMATH),
        )
        .order_by(col(Event.id))
    )
    return found.all()


async def _note(
    session: AsyncSession,
    hook: str,
    topic: str,
    event: Event,
    data: Mapping[str, Any],
    now: datetime,
) -> int:
    digest = digest_of(topic, data)
    found = await session.exec(
        select(WebhookCall)
        .where(
            WebhookCall.hook == hook,
            WebhookCall.topic == topic,
            WebhookCall.event_id == event.id,
            col(WebhookCall.status) != WebhookStatus.OVERTAKEN,
        )
        .order_by(col(WebhookCall.id).desc())
        .limit(1)
    )
    last = found.first()
    if last is not None and last.digest == digest:
        return 0
    call = WebhookCall(
        message_id=f"msg_{uuid4().hex}",
        hook=hook,
        topic=topic,
        event_id=event.id or 0,
        digest=digest,
        body=envelope(topic, data, now=now),
        created_at=now,
        next_try_at=now,
    )
    if last is not None and last.status is WebhookStatus.PLANNED:
        # The receiver is no healthier for what it has not heard: the waiting goes on.
        call.attempts, call.next_try_at, call.code = last.attempts, last.next_try_at, last.code
        await _move(
            session, last, WebhookStatus.OVERTAKEN, "webhook_overtaken", now, finished_at=now
        )
    session.add(call)
    await session.flush()
    return 1


async def due_calls(
    session: AsyncSession, hooks: Sequence[WebhookSettings], *, most: int, now: datetime
) -> dict[str, list[WebhookCall]]:
    """What may be told now, oldest first, at most ``most`` per receiver."""
    due = {}
    for hook in hooks:
        found = await session.exec(
            select(WebhookCall)
            .where(
                WebhookCall.hook == hook.key,
                col(WebhookCall.status) == WebhookStatus.PLANNED,
                col(WebhookCall.next_try_at) <= now,
            )
            .order_by(col(WebhookCall.id))
            .limit(most)
        )
        if calls := list(found.all()):
            due[hook.key] = calls
    return due


async def note_answer(
    session: AsyncSession,
    call_id: int,
    code: int,
    verdict: Verdict,
    *,
    is_exercise: bool,
    now: datetime,
) -> None:
    """Write down how it went; a receiver that keeps refusing reaches a person."""
    call = await session.get_one(WebhookCall, call_id)
    if call.status is not WebhookStatus.PLANNED:
        return
    call.attempts, call.code = call.attempts + 1, code
    session.add(call)
    await session.flush()
    if verdict.accepted:
        await _move(session, call, WebhookStatus.SENT, "webhook_accepted", now, finished_at=now)
        return
    if verdict.next_try_at is None:
        await _move(session, call, WebhookStatus.FAILED, "webhook_given_up", now, finished_at=now)
    else:
        call.next_try_at = verdict.next_try_at
    if call.attempts == TOLD_AT or verdict.next_try_at is None:
        await tell_coordinators_from(
            session,
            "coordinator/webhook.html",
            is_exercise=is_exercise,
            now=now,
            hook=call.hook,
            code=code,
            given_up=verdict.next_try_at is None,
        )


async def try_again(session: AsyncSession, hook: str, *, who: Who, now: datetime) -> int:
    """A person mended the other side: everything that waits or was given up goes now."""
    found = await session.exec(
        select(WebhookCall).where(
            WebhookCall.hook == hook,
            col(WebhookCall.status).in_((WebhookStatus.PLANNED, WebhookStatus.FAILED)),
        )
    )
    calls = found.all()
    for call in calls:
        call.attempts, call.next_try_at = 0, now
        if call.status is WebhookStatus.FAILED:
            await _move(
                session, call, WebhookStatus.PLANNED, "webhook_retried", now, who, finished_at=None
            )
        session.add(call)
    return len(calls)


async def drop_old_calls(session: AsyncSession, *, now: datetime) -> int:
    """Forget what was said about events that are long over; returns how many."""
    over = select(Event.id).where(col(Event.closed_at) < now - KEPT)
    dropped = await session.exec(
        delete(WebhookCall)
        .where(col(WebhookCall.finished_at) < now - KEPT, col(WebhookCall.event_id).in_(over))
        .execution_options(synchronize_session=False)
    )
    return int(dropped.rowcount)


async def stand_of(
    session: AsyncSession, hook: str
) -> tuple[dict[WebhookStatus, int], datetime | None, WebhookCall | None]:
    """Counts per status, when it last took something, and the oldest that is refused."""
    counted = await session.exec(
        select(WebhookCall.status, func.count())
        .where(WebhookCall.hook == hook)
        .group_by(WebhookCall.status)
    )
    last = await session.exec(
        select(func.max(WebhookCall.finished_at)).where(
            WebhookCall.hook == hook, col(WebhookCall.status) == WebhookStatus.SENT
        )
    )
    refused = await session.exec(
        select(WebhookCall)
        .where(
            WebhookCall.hook == hook,
            col(WebhookCall.status).in_((WebhookStatus.PLANNED, WebhookStatus.FAILED)),
            col(WebhookCall.attempts) > 0,
        )
        .order_by(col(WebhookCall.id))
        .limit(1)
    )
    return {WebhookStatus(one): n for one, n in counted.all()}, last.one(), refused.first()


async def _move(
    session: AsyncSession,
    call: WebhookCall,
    new: WebhookStatus,
    action: str,
    now: datetime,
    who: Who = SYSTEM,
    **values: Any,
) -> None:
    await move(session, WEBHOOK_MOVES, call, new, who=who, action=action, now=now, **values)
