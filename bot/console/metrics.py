"""What a watching program counts, in the text form of Prometheus; read from the rows at each look.

Numbers of the machine only: no organisation, no person, no event.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.api.doors import behind_key
from bot.carrying import configured_kinds
from bot.cities.standing import falling_in
from bot.console.guarding import is_local
from bot.console.health import NO_STORE, Beat, read_beats, report
from bot.console.pages import Parts, parts_of
from bot.room import shortages
from bot.rows import IncomingUpdate, UpdateStatus
from bot.starts import fallen_in
from contacts.directory import ChannelKind
from contacts.outbox import (
    ChannelPause,
    Delivery,
    DeliveryStatus,
    Message,
    MessageStatus,
)
from contacts.records import Row, read_columns

FORM = "text/plain; version=0.0.4; charset=utf-8"
#: whoever watches waits about so long for an answer
STORE_S = 5.0
#: a store that goes away in the middle of an answer has more names than one that cannot be reached
NO_ANSWER = (TimeoutError, OSError, SQLAlchemyError)
_STATUSES = tuple(DeliveryStatus)
Labels = tuple[tuple[str, str], ...]
Gauge = tuple[str, str, Mapping[Labels, float]]


async def show_health(request: Request) -> Response:
    """``GET /gezond``: JSON, at this computer or with a key of the API; 503 when something stands
    still, or when the store does not answer."""
    answer = await _to_who_watches(request, _health, _health_behind_key)
    return answer or JSONResponse(NO_STORE, status_code=503)


async def _to_who_watches(
    request: Request,
    here: Callable[[Request, Parts, AsyncSession], Awaitable[Response]],
    behind: Callable[[Request], Awaitable[Response]],
) -> Response | None:
    """At this computer, or with a key of the API; None when the store does not answer in time."""
    parts = parts_of(request)
    client = request.client.host if request.client else None
    try:
        async with asyncio.timeout(STORE_S):
            if not is_local(request.headers, client=client, listen_host=parts.config.web.host):
                return await behind(request)
            async with parts.db.read() as session:
                return await here(request, parts, session)
    except NO_ANSWER:
        return None


async def _health(_request: Request, parts: Parts, session: AsyncSession) -> Response:
    now, folder = parts.clock(), parts.config.state_dir
    falling = await asyncio.to_thread(falling_in, folder)
    fallen = await asyncio.to_thread(fallen_in, folder, now)
    beats = await read_beats(session, parts.config.ticks, now=now)
    short = await asyncio.to_thread(shortages, parts.config)
    health = report(beats, keeps_falling=bool(falling or fallen), lacks_room=bool(short))
    return JSONResponse(health, status_code=200 if health["ok"] else 503)


async def show_metrics(request: Request) -> Response:
    """``GET /metrics``: at this computer, or with a key of the API; 503 without a line when the
    store does not answer."""
    answer = await _to_who_watches(request, _metrics, _behind_key)
    return answer or PlainTextResponse("", status_code=503, media_type=FORM)


async def _metrics(_request: Request, parts: Parts, session: AsyncSession) -> Response:
    now, kinds = parts.clock(), sorted(configured_kinds(parts.config))
    beats = await read_beats(session, parts.config.ticks, now=now)
    gauges = [
        *_of_beats(beats),
        *await _of_deliveries(session, kinds, now),
        *await _of_waiting(session, kinds, now),
    ]
    return PlainTextResponse(written(gauges), media_type=FORM)


_behind_key = behind_key(_metrics)
_health_behind_key = behind_key(_health)


def written(gauges: Iterable[Gauge]) -> str:
    """The text form: a description and a type, then one line per set of labels. Pure."""
    lines: list[str] = []
    for name, about, values in gauges:
        lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
        for labels, value in values.items():
            inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
            lines.append(f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:g}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _of_beats(beats: Sequence[Beat]) -> list[Gauge]:
    return [
        (
            "schakel_part_age_seconds",
            "Seconds since a part last did its round.",
            {(("part", beat.name),): beat.age.total_seconds() for beat in beats},
        ),
        (
            "schakel_part_late",
            "1 when a part stands still.",
            {(("part", beat.name),): float(beat.is_late) for beat in beats},
        ),
    ]


def _known(kinds: Sequence[ChannelKind], values: Mapping[Labels, float]) -> Mapping[Labels, float]:
    """With a nought for each channel that has nothing to count: an alarm needs a line. Pure."""
    return {**{(("channel", str(kind)),): 0.0 for kind in kinds}, **values}


async def _of_deliveries(
    session: AsyncSession, kinds: Sequence[ChannelKind], now: datetime
) -> list[Gauge]:
    kind, status = col(Delivery.kind), col(Delivery.status)
    by_status = await read_columns(
        session, select(kind, status, func.count()).group_by(kind, status)
    )
    due = await read_columns(
        session,
        select(kind, func.count(), func.min(col(Delivery.not_before)))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            status == DeliveryStatus.PLANNED,
            col(Delivery.not_before) <= now,
            col(Message.status) == MessageStatus.READY,
        )
        .group_by(kind),
    )
    wrong = await read_columns(
        session,
        select(status, col(Delivery.reason), func.count())
        .where(status.in_([DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN]))
        .group_by(status, col(Delivery.reason)),
    )
    return [
        (
            "schakel_deliveries",
            "Deliveries in the store by channel and status.",
            {
                **{(("channel", str(k)), ("status", str(s))): 0 for k in kinds for s in _STATUSES},
                **{(("channel", str(k)), ("status", str(s))): n for k, s, n in by_status},
            },
        ),
        (
            "schakel_deliveries_due",
            "Deliveries that may leave now.",
            _known(kinds, {(("channel", str(k)),): n for k, n, _ in due}),
        ),
        (
            "schakel_oldest_due_seconds",
            "For how long the oldest of them may leave.",
            _known(kinds, {(("channel", str(k)),): (now - at).total_seconds() for k, _, at in due}),
        ),
        (
            "schakel_deliveries_wrong",
            "Failed and uncertain deliveries by reason.",
            {(("status", str(s)), ("reason", reason or "")): n for s, reason, n in wrong},
        ),
    ]


async def _of_waiting(
    session: AsyncSession, kinds: Sequence[ChannelKind], now: datetime
) -> list[Gauge]:
    halted = await _count(session, Message, col(Message.status) == MessageStatus.HALTED)
    waiting = await _count(session, IncomingUpdate, col(IncomingUpdate.status) == UpdateStatus.NEW)
    paused = await read_columns(
        session, select(col(ChannelPause.kind)).where(col(ChannelPause.until) > now)
    )
    return [
        ("schakel_messages_halted", "Messages that wait for a person.", {(): halted}),
        ("schakel_updates_waiting", "Updates that were stored, not handled.", {(): waiting}),
        (
            "schakel_channel_paused",
            "1 for a channel that is paused as a whole.",
            _known(kinds, {(("channel", str(k)),): 1 for (k,) in paused}),
        ),
    ]


async def _count(session: AsyncSession, table: type[Row], *where: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(table).where(*where)
    return int((await read_columns(session, statement))[0][0])
