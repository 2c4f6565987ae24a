"""What the first page asks of the store for its needs.

Made once: everybody begins on that page, and making such a question costs as much as asking it.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import col, select

from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.call_list import is_to_call
from contacts.calling import CallItem
from contacts.elsewhere import stands_better
from contacts.outbox import (
    ChannelPause,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
)
from feeds.rows import RUNNING, Event, EventStatus
from signals.rows import Signal, SignalStatus, ToldAs


class Waiting(NamedTuple):
    """What of a signal without an answer says who must do something; no more columns are read."""

    event_id: int | None
    is_exercise: bool
    told_as: ToldAs
    status: SignalStatus
    answer_due_at: datetime
    read_at: datetime | None
    read_due_at: datetime | None
    received_at: datetime


WAITING = (BriefingStatus.DRAFT, BriefingStatus.SUBMITTED)

SIGNALS = (
    sa.select(*(col(getattr(Signal, name)) for name in Waiting._fields))
    .where(
        col(Signal.status) != SignalStatus.CLOSED,
        col(Signal.is_exercise) == sa.bindparam("in_exercise"),
    )
    .order_by(col(Signal.answer_due_at), col(Signal.id))
)
ALERTED = sa.select(
    col(Event.id), col(Event.title), col(Event.suggested_severity), col(Event.alerted_at),
    col(Event.detected_at), col(Event.snoozed_until), col(Event.is_exercise),
).where(
    col(Event.status) == EventStatus.DETECTED,
    # What was set apart waits for a decision whether or not anybody heard of it.
    col(Event.alerted_at).is_not(None) | col(Event.tapped_at).is_not(None),
)  # fmt: skip
DRAFTS = (
    select(Briefing, Event)
    .join(Event, col(Event.id) == col(Briefing.event_id))
    .where(
        col(Briefing.status).in_(WAITING),
        # An invitation to look back is written when the event is long closed.
        col(Event.status).in_(RUNNING) | (col(Briefing.kind) == BriefingKind.LOOK_BACK),
    )
)
# Counted per message from the index alone: a join would read each delivery's row.
UNKNOWN = sa.select(
    col(Message.event_id), col(Message.is_exercise), col(Message.send_at), col(Message.kind),
    sa.select(func.count())
    .where(
        col(Delivery.message_id) == col(Message.id),
        col(Delivery.act) == DeliveryAct.SEND,
        col(Delivery.status) == DeliveryStatus.UNKNOWN,
        ~stands_better(),
    )
    .scalar_subquery(),
)  # fmt: skip
CALLS = (
    sa.select(
        col(CallItem.event_id), col(CallItem.is_exercise), func.count(),
        func.min(col(CallItem.added_at)),
    )
    .where(is_to_call(sa.bindparam("until")))
    .group_by(col(CallItem.event_id), col(CallItem.is_exercise))
)  # fmt: skip
HALTED = (
    sa.select(
        col(Message.id), col(Message.event_id), col(Message.briefing_id), col(Message.kind),
        col(Message.halt_reason), col(Message.send_at), col(Message.is_exercise),
    )
    .where(col(Message.status) == MessageStatus.HALTED)
    .order_by(col(Message.id))
)  # fmt: skip
PAUSES = sa.select(
    col(ChannelPause.kind), col(ChannelPause.reason), col(ChannelPause.since),
    col(ChannelPause.until),
).where(col(ChannelPause.until) > sa.bindparam("after"))  # fmt: skip
