"""Approve and send at the desk: who gets it and who does not, counted before the button."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from starlette.responses import Response

from bot.chat.coordinator import texts as chat_texts
from bot.console import texts
from bot.console.doors import Door, StalePage, Visit
from bot.evening import approving
from briefings.approval import ApprovalRefused, approve
from briefings.approval_rules import needs_four_eyes
from briefings.audience import RecipientPlan, plan_version
from briefings.drafting import current_briefing
from briefings.rows import Briefing, BriefingStatus
from contacts.arrival import DeliveryCounts, count_deliveries, resend_unknown
from contacts.directory import Organisation, Person
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message, MessageStatus
from contacts.permissions import Permission
from contacts.sending import cancel_message, halt_message, resume_message
from contacts.texts import CHANNELS, REASONS
from feeds.rows import Event

OPEN = (BriefingStatus.DRAFT, BriefingStatus.SUBMITTED)
#: deliveries that need a person
NEEDY = (DeliveryStatus.UNKNOWN, DeliveryStatus.FAILED)
BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Callee:
    """Somebody to telephone. ``phone`` may be empty: then the organisation's number."""

    name: str
    function: str
    organisation: str
    phone: str
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """A delivery that needs a person."""

    id: int
    who: str
    organisation: str
    channel: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the sending of one version is."""

    counts: DeliveryCounts
    total: int
    done: int
    halted: Sequence[Message]
    halt_reason: str
    can_stop: bool

    @property
    def is_finished(self) -> bool:
        return self.done == self.total


async def show_sending(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/verzenden``."""
    return await _page(visit, await visit.event())


async def _page(visit: Visit, event: Event, *, error: str = "", asks: bool = False) -> Response:
    assert event.id is not None
    briefing = await current_briefing(visit.session, event.id)
    plan = None
    if briefing is not None and briefing.status in OPEN:
        plan = await plan_version(visit.session, event, briefing)
    organisations = await _organisations(visit)
    return await visit.show_of(
        event,
        "verzenden",
        "verzenden.html",
        status=422 if error else 200,
        briefing=briefing,
        plan=plan,
        by_channel=_channels(plan),
        by_audience=_audiences(plan),
        progress=await _progress(visit, briefing),
        to_call=_to_call(plan, organisations),
        needy=await _needy(visit, briefing, organisations),
        four_eyes=needs_four_eyes(event, visit.parts.config.briefings),
        unverified=not event.is_exercise
        and visit.parts.config.briefings.unverified(visit.now.date()),
        error=error,
        asks=asks,
    )


async def show_progress(visit: Visit) -> Response:
    """``GET …/voortgang``: only the part that changes while it is being sent."""
    event = await visit.event()
    assert event.id is not None
    briefing = await current_briefing(visit.session, event.id)
    return visit.show(
        "deel_voortgang.html",
        event=event,
        briefing=briefing,
        progress=await _progress(visit, briefing),
        is_exercise=event.is_exercise,
    )


async def _progress(visit: Visit, briefing: Briefing | None) -> Progress | None:
    if briefing is None or briefing.id is None or briefing.status in OPEN:
        return None
    found = await visit.session.exec(select(Message).where(col(Message.briefing_id) == briefing.id))
    messages = found.all()
    counts = await count_deliveries(
        visit.session, message_ids=[message.id for message in messages if message.id is not None]
    )
    total = counts.planned + counts.sending + counts.sent + counts.failed + counts.unknown
    halted = [message for message in messages if message.status is MessageStatus.HALTED]
    reason = halted[0].halt_reason or "" if halted else ""
    return Progress(
        counts=counts,
        total=total,
        done=total - counts.planned - counts.sending,
        halted=halted,
        halt_reason=texts.HALTED_BY_HAND if reason == BY_HAND else REASONS.get(reason, reason),
        can_stop=counts.planned > 0 and not halted,
    )


def _channels(plan: RecipientPlan | None) -> Mapping[str, int]:
    if plan is None:
        return {}
    return {CHANNELS[kind]: count for kind, count in plan.by_channel.items()}


def _audiences(plan: RecipientPlan | None) -> Mapping[str, int]:
    if plan is None:
        return {}
    return dict(Counter(texts.AUDIENCES[planned.audience] for planned in plan.recipients))


async def _organisations(visit: Visit) -> Mapping[int, Organisation]:
    found = await visit.session.exec(
        select(Organisation).where(col(Organisation.is_exercise) == visit.actor.is_exercise)
    )
    return {row.id: row for row in found.all() if row.id is not None}


def _to_call(plan: RecipientPlan | None, organisations: Mapping[int, Organisation]) -> list[Callee]:
    """Everybody in the audience without a channel that works. Pure."""
    if plan is None:
        return []
    return [
        callee_of(person, organisations.get(person.organisation_id), texts.NO_CHANNEL)
        for person in plan.unreachable
    ]


def callee_of(person: Person, organisation: Organisation | None, why: str) -> Callee:
    """A line of the list *bel deze mensen*. Pure."""
    phone = person.phone or (organisation.phone if organisation else None) or ""
    name = organisation.name if organisation else ""
    return Callee(person.name, person.function, name, phone, why)


async def _needy(
    visit: Visit, briefing: Briefing | None, organisations: Mapping[int, Organisation]
) -> list[Line]:
    if briefing is None or briefing.id is None:
        return []
    found = await visit.session.exec(
        select(Delivery, Person)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .outerjoin(Person, col(Person.id) == col(Delivery.person_id))
        .where(
            col(Message.briefing_id) == briefing.id,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status).in_(NEEDY),
        )
        .order_by(col(Delivery.id))
        .limit(500)
    )
    return [
        Line(
            id=delivery.id or 0,
            who=person.name if person else texts.OWN_ADDRESS,
            organisation=_name(organisations.get(delivery.organisation_id or 0)),
            channel=CHANNELS[delivery.kind],
            status=texts.DELIVERIES[delivery.status],
            reason=REASONS.get(delivery.reason or "", ""),
        )
        for delivery, person in found.all()
    ]


def _name(organisation: Organisation | None) -> str:
    return organisation.name if organisation else ""


async def ask_sure(visit: Visit) -> Response:
    """``GET …/goedkeuren``: says in one sentence what will happen, and asks once more."""
    return await _page(visit, await visit.event(), asks=True)


async def approve_now(visit: Visit) -> Response:
    """``POST …/goedkeuren``: exactly what was read; anything else is refused."""
    event = await visit.event()
    briefing = await _submitted(visit, event)
    result = await approve(
        visit.session,
        briefing,
        visit.actor,
        visit.parts.config.briefings,
        expected_hash=visit.text("gelezen"),
        now=visit.now,
    )
    if isinstance(result, ApprovalRefused):
        return await _page(
            visit, event, error=chat_texts.REFUSALS.get(result.reason, result.reason)
        )
    await approving.follow_sending(visit.session, event, briefing, visit.actor, now=visit.now)
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="approved")


async def send_back(visit: Visit) -> Response:
    event = await visit.event()
    briefing = await _submitted(visit, event)
    if not visit.text("opmerking"):
        return await _page(visit, event, error=texts.REMARK_MISSING)
    await approving.return_to_writers(
        visit.session, briefing, visit.actor, visit.text("opmerking"), now=visit.now
    )
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="sent_back")


async def _submitted(visit: Visit, event: Event) -> Briefing:
    """:raises StalePage: what was read is not what lies there now."""
    assert event.id is not None
    briefing = await current_briefing(visit.session, event.id)
    if briefing is None or briefing.status is not BriefingStatus.SUBMITTED:
        raise StalePage
    return briefing


async def stop(visit: Visit) -> Response:
    """``POST …/stoppen``: what was not sent yet waits."""
    event = await visit.event()
    for ident in await _messages(visit, event, MessageStatus.READY):
        await halt_message(visit.session, ident, who=visit.actor.who, now=visit.now, reason=BY_HAND)
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="halted")


async def resume(visit: Visit) -> Response:
    """``POST …/doorgaan``: what was stopped goes on."""
    event = await visit.event()
    for ident in await _messages(visit, event, MessageStatus.HALTED):
        await resume_message(
            visit.session, ident, who=visit.actor.who, now=visit.now, reason=BY_HAND
        )
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="resumed")


async def cancel(visit: Visit) -> Response:
    """``POST …/afzeggen``: what was stopped will never go."""
    event = await visit.event()
    for ident in await _messages(visit, event, MessageStatus.HALTED):
        await cancel_message(
            visit.session, ident, who=visit.actor.who, now=visit.now, reason=BY_HAND
        )
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="cancelled")


async def _messages(visit: Visit, event: Event, status: MessageStatus) -> list[int]:
    """The messages of the current version in this state."""
    assert event.id is not None
    briefing = await current_briefing(visit.session, event.id)
    found = await visit.session.exec(
        select(Message.id)
        .where(
            col(Message.briefing_id) == (briefing.id if briefing else None),
            col(Message.status) == status,
        )
        .order_by(col(Message.id))
    )
    return [ident for ident in found.all() if ident is not None]


async def resend(visit: Visit) -> Response:
    """``POST …/opnieuw``: only the uncertain ones that the page showed."""
    event = await visit.event()
    briefing = await current_briefing(visit.session, event.id or 0)
    shown = {int(value) for value in visit.fields.get("bericht", ()) if value.isdecimal()}
    found = await visit.session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.briefing_id) == (briefing.id if briefing else None),
            col(Delivery.status) == DeliveryStatus.UNKNOWN,
            col(Delivery.id).in_(shown),
        )
    )
    ids = [ident for ident in found.all() if ident is not None]
    await resend_unknown(visit.session, ids, who=visit.actor.who, now=visit.now)
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="resent")


_EVENT = "/gebeurtenis/{number:int}"
DOORS = (
    Door(f"{_EVENT}/verzenden", show_sending, Permission.SEE_STATUS),
    Door(f"{_EVENT}/voortgang", show_progress, Permission.SEE_STATUS),
    Door(f"{_EVENT}/goedkeuren", ask_sure, Permission.APPROVE_BRIEFING),
    Door(f"{_EVENT}/goedkeuren", approve_now, Permission.APPROVE_BRIEFING, "POST"),
    Door(f"{_EVENT}/terugsturen", send_back, Permission.APPROVE_BRIEFING, "POST"),
    Door(f"{_EVENT}/stoppen", stop, Permission.RESEND_DELIVERY, "POST"),
    Door(f"{_EVENT}/doorgaan", resume, Permission.RESEND_DELIVERY, "POST"),
    Door(f"{_EVENT}/afzeggen", cancel, Permission.RESEND_DELIVERY, "POST"),
    Door(f"{_EVENT}/opnieuw", resend, Permission.RESEND_DELIVERY, "POST"),
)
