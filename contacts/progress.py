"""How the sending of each text stands: how far, how fast, how long still, and what went wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Case, ColumnElement, bindparam, case, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.elsewhere import stands_better, surpassed, when
from contacts.outbox import (
    DISTRIBUTED,
    UNDER_WAY,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
)
from contacts.pauses import silent_kinds
from contacts.records import read_columns

#: the rate is looked at over at most so long
WINDOW = timedelta(seconds=30)
_WRONG = (DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN)
#: it has its turn; its channel is silent; a person stopped it; it was put off and is tried again
DUE, AWAY, HALTED, AGAIN = "due", "away", "halted", "again"
#: a text by its event and its version
Text = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Progress:
    """Readers of one text, each once: by the better one of two channels.

    ``due``: may leave now. ``later``: waits for its moment or for the end of quiet hours.
    ``away``: would leave now, and waits for a channel that is silent.
    ``again``: was put off, and is tried again, the first of them at ``next_try``.
    ``halted``: a person stopped it. ``rate``: deliveries settled per second lately.
    ``reasons``: how many failed or are uncertain, by code; ``retries``: how many were put off.
    """

    event_id: int
    briefing_id: int | None = None
    due: int = 0
    later: int = 0
    again: int = 0
    away: int = 0
    halted: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    rate: float = 0.0
    reasons: Mapping[str, int] = field(default_factory=dict)
    retries: Mapping[str, int] = field(default_factory=dict)
    next_try: datetime | None = None

    @property
    def total(self) -> int:
        return self.due + self.later + self.again + self.away + self.halted + self.done

    @property
    def done(self) -> int:
        return self.sent + self.failed + self.unknown

    @property
    def is_settled(self) -> bool:
        """Everybody has it."""
        return self.sent == self.total

    @property
    def left(self) -> timedelta | None:
        """Until what is due has gone at this rate; None when nothing moves or nothing is due."""
        return timedelta(seconds=self.due / self.rate) if self.due and self.rate else None


def worth_telling(found: Sequence[Progress]) -> list[Progress]:
    """Of each event the newest text, and older ones that somebody does not have. Pure.

    :param found: as :func:`read_progress` gives them.
    """
    told: list[Progress] = []
    for one in found:
        is_newest = not told or told[-1].event_id != one.event_id
        if one.total and (is_newest or not one.is_settled):
            told.append(one)
    return told


async def read_progress(
    session: AsyncSession, event_ids: Sequence[int], *, now: datetime
) -> list[Progress]:
    """One for each text that went out for these events: in the order of the events, the newest
    text first."""
    found: dict[Text, Counter[tuple[str, str]]] = defaultdict(Counter)
    rows = await read_columns(
        session,
        select(*_TEXT, _PLACE, col(Delivery.reason), func.count())
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(*_of(event_ids))
        .group_by(*_TEXT, _PLACE, col(Delivery.reason)),
        {"after": now},
    )
    for event_id, briefing_id, place, reason, count in rows:
        found[event_id, briefing_id][place, reason or ""] += count
    for text, place, reason, count in await _counted_better(session, event_ids, now=now):
        found[text][place, reason] -= count
    for text, count in await _away(session, event_ids, now=now):
        # What has its turn is counted whatever it was put back for.
        due = sum(found[text].pop(key) for key in [*found[text]] if key[0] == DUE)
        found[text][DUE, ""], found[text][AWAY, ""] = due - count, count
    rates = await _rates(session, event_ids, now=now)
    tries = await _next_tries(session, event_ids, now=now)
    order = {ident: place for place, ident in enumerate(event_ids)}
    return [
        _progress(text, found[text], rates.get(text, 0.0), tries.get(text))
        for text in sorted(found, key=lambda one: (order[one[0]], -(one[1] or 0)))
    ]


def _progress(
    text: Text, found: Counter[tuple[str, str]], rate: float, next_try: datetime | None
) -> Progress:
    tally, wrong, again = Counter[str](), Counter[str](), Counter[str]()
    for (place, reason), count in (+found).items():
        tally[place] += count
        if place in _WRONG:
            wrong[reason] += count
        elif place == AGAIN:
            again[reason] += count
    return Progress(
        *text, rate=rate, reasons=dict(wrong.most_common()),
        retries=dict(again.most_common()), next_try=next_try if again else None, **tally,
    )  # fmt: skip


_TEXT: list[Any] = [col(Message.event_id), col(Message.briefing_id)]
_STATUS = col(Delivery.status)
_PLACE: Case[str] = case(
    (_STATUS.in_([*_WRONG, DeliveryStatus.SENT]), _STATUS),
    (col(Message.status) == MessageStatus.HALTED, HALTED),
    else_=when(Delivery, bindparam("after")),
)


async def _counted_better(
    session: AsyncSession, event_ids: Sequence[int], *, now: datetime
) -> list[tuple[Text, str, str, int]]:
    """Per text, place and reason: what is left out, because its reader stands better."""
    rows = await read_columns(
        session,
        select(col(Message.id), *_TEXT, col(Message.status)).where(*_messages_of(event_ids)),
    )
    messages = {ident: ((event_id, text), status) for ident, event_id, text, status in rows}
    left_out = []
    for one in await surpassed(session, [*messages], now=now):
        text, status = messages[one.message_id]
        place = one.status.value
        if one.status in UNDER_WAY:
            place = HALTED if status is MessageStatus.HALTED else one.when
        left_out.append((text, place, one.reason or "", one.number))
    return left_out


async def _away(
    session: AsyncSession, event_ids: Sequence[int], *, now: datetime
) -> list[tuple[Text, int]]:
    """Per text: how many would leave now if only their channel worked."""
    silent = await silent_kinds(session, now=now)
    if not silent:
        return []
    rows = await read_columns(
        session,
        select(*_TEXT, func.count())
        .select_from(Delivery)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            *_of(event_ids),
            col(Delivery.status) == DeliveryStatus.PLANNED,
            col(Delivery.kind).in_(silent),
            col(Delivery.not_before) <= now,
            col(Message.status) != MessageStatus.HALTED,
            ~stands_better(),
        )
        .group_by(*_TEXT),
    )
    return [((event_id, text), count) for event_id, text, count in rows]


async def _next_tries(
    session: AsyncSession, event_ids: Sequence[int], *, now: datetime
) -> dict[Text, datetime]:
    """When the first is tried again of what was put off, per text."""
    rows = await read_columns(
        session,
        select(*_TEXT, func.min(col(Delivery.not_before)))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            *_of(event_ids),
            col(Delivery.status) == DeliveryStatus.PLANNED,
            when(Delivery, bindparam("after")) == AGAIN,
        )
        .group_by(*_TEXT),
        {"after": now},
    )
    return {(event_id, text): at for event_id, text, at in rows}


def _of(event_ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        *_messages_of(event_ids),
        col(Delivery.act) == DeliveryAct.SEND,
        col(Delivery.status) != DeliveryStatus.CANCELLED,
    )


def _messages_of(event_ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    return col(Message.event_id).in_(event_ids), col(Message.kind).in_(DISTRIBUTED)


async def _rates(
    session: AsyncSession, event_ids: Sequence[int], *, now: datetime
) -> dict[Text, float]:
    rows = await read_columns(
        session,
        select(*_TEXT, func.count(), func.min(col(Delivery.done_at)))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(*_of(event_ids), col(Delivery.done_at) > now - WINDOW)
        .group_by(*_TEXT),
    )
    return {
        (event_id, text): rate_of(count, now - first)
        for event_id, text, count, first in rows
        if first is not None
    }


def rate_of(count: int, span: timedelta) -> float:
    """Per second over the time since the first of them, of which at least one second. Pure."""
    return count / max(1.0, span.total_seconds())
