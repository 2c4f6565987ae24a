"""Who tells something about an event after its text came has reacted to that text.

By organisation alone: who of them told it stays unknown here as well.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message
from contacts.overdue import Column
from signals.rows import Signal


def spoke_since(
    organisation_id: Column, event_id: Column, briefing_id: Column
) -> ColumnElement[bool]:
    """The organisation had this version of the event, or a later one, and then told a signal about
    it. Where it came to nobody, what they tell is no reaction."""
    got, its_message = aliased(Delivery), aliased(Message)
    return (
        select(Signal.id)
        .join(got, col(got.organisation_id) == col(Signal.organisation_id))
        .join(its_message, col(its_message.id) == col(got.message_id))
        .where(
            col(Signal.event_id) == event_id,
            col(Signal.organisation_id) == organisation_id,
            col(its_message.event_id) == event_id,
            col(its_message.briefing_id) >= briefing_id,
            col(got.act) == DeliveryAct.SEND,
            col(got.status) == DeliveryStatus.SENT,
            col(got.done_at) <= col(Signal.received_at),
        )
        .exists()
    )
