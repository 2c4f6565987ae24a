"""What went out of an event's versions: how far, what needs a person, stop and go on.

Every act names the version that its page showed: a newer draft never hides what is being sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from starlette.responses import Response

from bot.chat.coordinator.approved import standing
from bot.chat.coordinator.progress import meant_for, messages_of
from bot.console import calling_texts, done_texts, texts
from bot.console.doors import Door, StalePage, Visit
from bot.evening.restored_said import going_on_said, is_restored
from briefings import calling_off, moments
from briefings.calling_off import BY_HAND, is_held
from briefings.past_promise import is_past
from briefings.rows import Briefing, BriefingStatus
from briefings.versions import SENT, versions_of, waits
from contacts.arrival import resend_unknown
from contacts.call_list import calls_of
from contacts.calling import CallStatus
from contacts.delivery_counts import DeliveryCounts, count_deliveries
from contacts.directory import Organisation, Person
from contacts.elsewhere import stands_better
from contacts.journal import JournalEntry
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message, MessageStatus
from contacts.permissions import Permission
from contacts.quiet import Waiting, count_waiting
from contacts.reason_texts import reason_of
from contacts.records import ids_of, read_columns
from contacts.texts import CHANNELS
from feeds.rows import Event

#: deliveries that need a person
NEEDY = (DeliveryStatus.UNKNOWN, DeliveryStatus.FAILED)
Act = Callable[..., Awaitable[int]]
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A delivery that needs a person: it arrived by no other channel."""

    id: int
    who: str
    organisation: str
    channel: str
    status: str
    reason: str
    #: uncertain, and its text was neither stopped nor called off nor put right
    may_go_again: bool


@dataclass(frozen=True, slots=True)
class Dispatch:
    """How far the sending of one version is."""

    briefing: Briefing
    counts: DeliveryCounts
    total: int
    done: int
    is_halted: bool
    halt_reason: str
    needy: Sequence[Line]
    waiting: Waiting
    #: a back-up was put back: what waits here may have left since it was made
    is_restored: bool = False
    called_off: int = 0
    #: its moment is still to come
    leaves_at: datetime | None = None
    #: it was stopped before this moment of its own
    meant_for: datetime | None = None

    @property
    def is_finished(self) -> bool:
        return self.counts.is_finished

    @property
    def restored_said(self) -> str:
        """What going on would do, where :attr:`is_restored`."""
        return going_on_said(self.counts.to_go)

    @property
    def has_begun(self) -> bool:
        """Whether somebody may have it; also when there is nobody to send it to."""
        if self.leaves_at or self.meant_for:
            return False
        return self.counts.planned < self.total or not self.total

    @property
    def can_stop(self) -> bool:
        return self.counts.to_go > 0 and not self.is_halted

    @property
    def away(self) -> list[tuple[str, int]]:
        """How many wait for which channel that is silent now."""
        return [(CHANNELS[kind], count) for kind, count in self.waiting.away.items()]

    @property
    def uncertain(self) -> list[Line]:
        """What may be sent again."""
        return [line for line in self.needy if line.may_go_again]


async def read_dispatches(visit: Visit, versions: Sequence[Briefing]) -> list[Dispatch]:
    """The newest version that went out, and earlier ones with something left to do."""
    going = [b for b in versions if b.status in {*SENT, BriefingStatus.APPROVED}]
    found = [await _dispatch(visit, briefing) for briefing in reversed(going)]
    return [
        one
        for index, one in enumerate(found)
        if index == 0 or not one.is_finished or one.is_halted or one.uncertain
    ]


async def _dispatch(visit: Visit, briefing: Briefing) -> Dispatch:
    messages = await messages_of(visit.session, briefing.id or 0)
    counts = await count_deliveries(visit.session, message_ids=ids_of(messages))
    waiting = await count_waiting(visit.session, briefing.id, now=visit.now)
    halted = [message for message in messages if message.status is MessageStatus.HALTED]
    reason = await _why_halted(visit, halted[0]) if halted else ""
    return Dispatch(
        briefing=briefing,
        counts=counts,
        total=counts.total,
        done=counts.done,
        is_halted=bool(halted),
        halt_reason=reason,
        is_restored=is_restored(messages),
        called_off=await calling_off.count_called_off(visit.session, messages),
        needy=await _needy(visit, briefing) if counts.failed + counts.unknown else [],
        waiting=waiting,
        leaves_at=briefing.send_at if waits(briefing, now=visit.now) else None,
        meant_for=meant_for(messages) if is_held(briefing) else None,
    )


def goes_at(visit: Visit, dispatches: Sequence[Dispatch]) -> str:
    """After approving for later: on which day and when it goes; empty when that is not now."""
    words = done_texts.LATER.get(visit.request.query_params.get("klaar", ""), "")
    leaves_at = next((one.leaves_at for one in dispatches if one.leaves_at), None)
    return words.format(at=moments.moment(leaves_at)) if words and leaves_at else ""


async def what_ended(visit: Visit, versions: Sequence[Briefing]) -> tuple[Briefing, str] | None:
    """The approved version that ended before anybody had it, in words, until another one lies
    with the approvers or goes."""
    for briefing in reversed(versions):
        if briefing.status in {*SENT, BriefingStatus.APPROVED, BriefingStatus.SUBMITTED}:
            return None
        if briefing.status is BriefingStatus.WITHDRAWN and briefing.approved_at is not None:
            stand = await standing(visit.session, briefing, now=visit.now)
            return briefing, stand["said"]
    return None


async def _why_halted(visit: Visit, message: Message) -> str:
    """In words; who pressed *Stop* is no colleague of themselves."""
    reason = message.halt_reason or ""
    if reason == BY_HAND:
        found = await visit.session.exec(
            select(JournalEntry.actor)
            .where(
                col(JournalEntry.subject) == f"message:{message.id}",
                col(JournalEntry.action) == "message_halted",
            )
            .order_by(col(JournalEntry.id).desc())
            .limit(1)
        )
        if found.first() == str(visit.actor.who):
            return texts.HALTED_BY_YOU
        return texts.HALTED_BY_HAND
    return reason_of(reason)


async def _needy(visit: Visit, briefing: Briefing) -> list[Line]:
    statement = (
        sa.select(
            col(Delivery.id),
            col(Person.name),
            col(Organisation.name),
            col(Delivery.kind),
            col(Delivery.status),
            col(Delivery.reason),
            col(Message.status),
        )
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .outerjoin(Person, col(Person.id) == col(Delivery.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Delivery.organisation_id))
        .where(
            col(Message.briefing_id) == briefing.id,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status).in_(NEEDY),
            ~stands_better(),
        )
        .order_by(col(Delivery.status) != DeliveryStatus.UNKNOWN, col(Delivery.id))
        .limit(MOST_LINES)
    )
    return [
        Line(
            id=ident,
            who=person or texts.OWN_ADDRESS,
            organisation=organisation or "",
            channel=CHANNELS[kind],
            status=texts.DELIVERIES[status],
            reason=reason_of(reason) if reason else "",
            may_go_again=status is DeliveryStatus.UNKNOWN and stands is MessageStatus.READY,
        )
        for ident, person, organisation, kind, status, reason, stands in await read_columns(
            visit.session, statement
        )
    ]


async def calls_shown(visit: Visit, event: Event) -> dict[str, Any]:
    """What is to be done and what was done; a call that is not needed any more is left out."""
    assert event.id is not None
    shown = (CallStatus.OPEN, CallStatus.CALLED)
    calls = await calls_of(visit.session, event.id, now=visit.now, statuses=shown)
    return {"calls": calls, "why_call": calling_texts.why_call}


async def _shown(visit: Visit, event: Event) -> Briefing:
    """The version that the form was about.

    :raises LookupError: there is no such version of this event.
    """
    assert event.id is not None
    for briefing in await versions_of(visit.session, event.id):
        if str(briefing.version) == visit.text("versie"):
            return briefing
    raise LookupError("no such version")


async def _each(visit: Visit, act: Act) -> tuple[Event, Briefing]:
    """Do this to the messages of the shown version.

    :raises StalePage: there is none any more that it can be done to.
    """
    event = await visit.event()
    briefing = await _shown(visit, event)
    if not await act(visit.session, briefing, who=visit.actor.who, now=visit.now):
        raise StalePage
    return event, briefing


async def stop(visit: Visit) -> Response:
    """``POST …/stoppen``: what was not sent yet waits."""
    event, _ = await _each(visit, calling_off.stop)
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="halted")


async def resume(visit: Visit) -> Response:
    """``POST …/doorgaan``: what was stopped goes on; a closing text only when it tells what
    partners told."""
    event = await visit.event()
    if await calling_off.may_not_go_on(visit.session, await _shown(visit, event)):
        return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="still_unheard")
    event, briefing = await _each(visit, calling_off.go_on)
    done = "resumed_late" if is_past(briefing, leaves_at=visit.now) else "resumed"
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done=done)


async def cancel(visit: Visit) -> Response:
    """``POST …/afzeggen``: what was stopped will never go."""
    event, briefing = await _each(visit, calling_off.call_off)
    is_whole = briefing.status is BriefingStatus.WITHDRAWN
    done = "called_off" if is_whole else "cancelled"
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done=done)


async def resend(visit: Visit) -> Response:
    """``POST …/opnieuw``: only the uncertain ones that the page showed."""
    event = await visit.event()
    briefing = await _shown(visit, event)
    shown = set(visit.numbers("bericht"))
    found = await visit.session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.briefing_id) == briefing.id,
            col(Delivery.status) == DeliveryStatus.UNKNOWN,
            col(Delivery.id).in_(shown),
        )
    )
    ids = [ident for ident in found.all() if ident is not None]
    if not await resend_unknown(visit.session, ids, who=visit.actor.who, now=visit.now):
        raise StalePage
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="resent")


_EVENT = "/gebeurtenis/{number:int}"
DOORS = (
    Door(f"{_EVENT}/stoppen", stop, Permission.STOP_SENDING, "POST"),
    Door(f"{_EVENT}/doorgaan", resume, Permission.STOP_SENDING, "POST"),
    Door(f"{_EVENT}/afzeggen", cancel, Permission.STOP_SENDING, "POST"),
    Door(f"{_EVENT}/opnieuw", resend, Permission.RESEND_DELIVERY, "POST"),
)
