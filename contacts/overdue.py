"""Which deliveries are due for follow-up: silent or refused, and nobody there reacted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col, select

from contacts.outbox import (
    Acknowledgement,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.outdated import HISTORY_AFTER, has_newer
from contacts.preparing import EXERCISE_GUARD, SET_ASIDE
from contacts.settings import SEVERITIES, SendingSettings

#: kinds whose silence is followed up
FOLLOWED_UP = (MessageKind.BRIEFING, MessageKind.UPDATE, MessageKind.CORRECTION)
#: and that somebody must have, also when nobody waits for a reaction
MUST_ARRIVE = (*FOLLOWED_UP, MessageKind.RETRACTION)
#: every step of a text as old as this is history, though each began where the one before it ended
LONGEST_CHAIN = timedelta(days=7)
Column = Mapped[Any]
_UNANSWERED = (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN, DeliveryStatus.PLANNED)


def is_overdue(
    settings: SendingSettings, *, now: datetime, by_number: bool = False
) -> Sequence[ColumnElement[bool]]:
    """To be followed up now, of an organisation where nobody reacted.

    :param by_number: asked of a few that are given by their numbers, so in words that no index
        answers. SQLite prefers an index that begins with the status, and then walks over all that
        were sent.
    """
    its_moment = _silent(settings, now=now) | _refused(now)
    return (
        col(Message.status) == MessageStatus.READY,
        col(Message.send_at) > now - LONGEST_CHAIN,
        col(Delivery.act) == DeliveryAct.SEND,
        col(Delivery.escalated_at).is_(None),
        col(Delivery.person_id).is_not(None),
        func.coalesce(its_moment, False) if by_number else its_moment,
        ~reacted(),
    )


def _silent(settings: SendingSettings, *, now: datetime) -> ColumnElement[bool]:
    patience = {severity: settings.silence(severity) for severity in SEVERITIES}
    return and_(
        col(Message.kind).in_(FOLLOWED_UP),
        col(Delivery.status).in_(_UNANSWERED),
        or_(
            False,
            *(
                and_(
                    col(Message.severity) == severity,
                    col(Delivery.not_before) <= now - wait,
                    col(Delivery.not_before) > now - (wait + HISTORY_AFTER),
                )
                for severity, wait in patience.items()
                if wait is not None
            ),
        ),
    )


def _refused(now: datetime) -> ColumnElement[bool]:
    """Refused, bounced or given up: nothing to wait for.

    A guard that held is no refusal, what a person settled needs nobody else, and who got something
    newer needs the old text no more.
    """
    return and_(
        col(Message.kind).in_(MUST_ARRIVE),
        col(Delivery.status) == DeliveryStatus.FAILED,
        func.coalesce(col(Delivery.done_at), col(Delivery.not_before)) > now - HISTORY_AFTER,
        func.coalesce(col(Delivery.reason), "").not_in([EXERCISE_GUARD, SET_ASIDE]),
        ~has_newer(now),
    )


def reacted() -> ColumnElement[bool]:
    """Somebody of the organisation of this delivery told that they have the version, or one that
    came after it."""
    return somebody_reacted(
        col(Delivery.person_id), col(Delivery.organisation_id), event_id=col(Message.event_id),
        message_id=col(Message.id), briefing_id=col(Message.briefing_id),
    )  # fmt: skip


def somebody_reacted(
    person_id: Column, organisation_id: Column, *, event_id: Column, message_id: Column,
    briefing_id: Column,
) -> ColumnElement[bool]:  # fmt: skip
    """They, or somebody else of their organisation, told that they have the version, over whatever
    channel. Who has a later one of the same event knows more than it says."""
    other, its_message = aliased(Delivery), aliased(Message)
    return (
        select(Acknowledgement.id)
        .join(other, col(other.id) == col(Acknowledgement.delivery_id))
        .join(its_message, col(its_message.id) == col(other.message_id))
        .where(
            (col(other.person_id) == person_id) | (col(other.organisation_id) == organisation_id),
            (col(its_message.id) == message_id)
            | (col(its_message.briefing_id) == briefing_id)
            | and_(
                col(its_message.event_id) == event_id,
                col(its_message.briefing_id) > briefing_id,
            ),
        )
        .exists()
    )
