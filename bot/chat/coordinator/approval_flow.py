"""Four eyes on a phone: read, approve in two taps, or send back with a remark."""

from __future__ import annotations

from sqlmodel import col, select

from bot.chat.buttons import data
from bot.chat.coordinator import card, texts
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from briefings.approval import ApprovalRefused, Approved, approve, send_back
from briefings.audience import plan_recipients
from briefings.drafting import texts_of
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.arrival import resend_unknown
from contacts.directory import Audience, Role
from contacts.outbox import (
    Button,
    Content,
    Delivery,
    DeliveryStatus,
    EmailForm,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.permissions import Permission, people_with
from contacts.sending import tell_people
from feeds.events import close_event
from feeds.rows import Event

FLOW = "approval"
AUDIENCES = tuple(Audience)
#: Enough of the hash to tell two versions apart within 64 bytes of button data.
HASH_PART = 12


async def ask_approvers(turn: Turn, event: Event, briefing: Briefing) -> None:
    """Put a submitted version before everyone who may approve it."""
    actor = turn.known()
    four_eyes = (event.severity or 0) >= turn.config.briefings.four_eyes_from
    approvers = await people_with(turn.session, Role.APPROVER, is_exercise=actor.is_exercise)
    approvers = [person for person in approvers if person.id != actor.person_id]
    view = await _request_view(turn, event, briefing)
    if approvers:
        text, buttons = view
        await tell_people(
            turn.session,
            approvers,
            Content(
                telegram=TelegramForm(text=text, buttons=buttons),
                email=EmailForm(
                    subject=render("coordinator/approval_subject.html", event=event),
                    text=render("coordinator/approval_mail.html", event=event),
                    html=f"<p>{render('coordinator/approval_mail.html', event=event)}</p>",
                ),
            ),
            kind=MessageKind.APPROVAL,
            event_id=event.id,
            severity=event.severity or 0,
            is_exercise=actor.is_exercise,
            now=turn.now,
        )
    if not four_eyes:
        await turn.say(*view, event_id=event.id)
        return
    await turn.say(
        render(
            "coordinator/submitted.html",
            event=event,
            approvers=len(approvers),
            four_eyes_from=turn.config.briefings.four_eyes_from,
        )
    )


async def _request_view(turn: Turn, event: Event, briefing: Briefing) -> card.View:
    assert briefing.id is not None
    assert briefing.content_hash is not None
    plan = await plan_recipients(turn.session, event, now=turn.now, only_of=earlier(briefing))
    drafts = await texts_of(turn.session, briefing.id)
    text = render(
        "coordinator/approval.html",
        event=event,
        briefing=briefing,
        plan=plan,
        drafts=drafts,
        kind=texts.BRIEFING_KINDS[briefing.kind],
    )
    return text, [
        [Button(texts.READ, data("rd", briefing.id))],
        [Button(texts.APPROVE, data("ap1", briefing.id, briefing.content_hash[:HASH_PART]))],
        [Button(texts.SEND_BACK, data("back", briefing.id))],
    ]


def earlier(briefing: Briefing) -> int | None:
    """For anything after the first text: it goes to those who got that (see audience.py)."""
    return None if briefing.kind is BriefingKind.FIRST else briefing.id


async def _asked_briefing(turn: Turn) -> tuple[Briefing, Event]:
    actor = turn.allowed(Permission.APPROVE_BRIEFING)
    assert turn.tap is not None
    briefing = await turn.session.get(Briefing, turn.tap.number(0))
    event = await turn.session.get(Event, briefing.event_id) if briefing else None
    if briefing is None or event is None or event.is_exercise != actor.is_exercise:
        raise ValueError("no such briefing for this actor")
    return briefing, event


async def read(turn: Turn) -> None:
    briefing, event = await _asked_briefing(turn)
    drafts = await texts_of(turn.session, briefing.id or 0)
    buttons = [
        Button(
            texts.AUDIENCES[draft.audience],
            data("text", briefing.id, AUDIENCES.index(draft.audience)),
        )
        for draft in drafts
    ]
    await turn.say(
        render("coordinator/texts.html", event=event, drafts=drafts, labels=texts.AUDIENCES),
        [buttons[index : index + 2] for index in range(0, len(buttons), 2)],
    )


async def ask_sure(turn: Turn) -> None:
    briefing, event = await _asked_briefing(turn)
    assert turn.tap is not None
    if briefing.status is not BriefingStatus.SUBMITTED:
        turn.toast = texts.REFUSALS["not_submitted"]
        return
    plan = await plan_recipients(turn.session, event, now=turn.now, only_of=earlier(briefing))
    await turn.change(
        render("coordinator/approve_sure.html", event=event, plan=plan),
        [
            [Button(texts.APPROVE_SURE, data("ap2", briefing.id, turn.tap.args[1]))],
            [Button(texts.NOT_NOW, data("ap0", briefing.id))],
        ],
    )


async def not_now(turn: Turn) -> None:
    briefing, event = await _asked_briefing(turn)
    if briefing.status is BriefingStatus.SUBMITTED:
        await turn.change(*await _request_view(turn, event, briefing))


async def approve_now(turn: Turn) -> None:
    briefing, event = await _asked_briefing(turn)
    assert turn.tap is not None
    if (briefing.content_hash or "")[:HASH_PART] != turn.tap.args[1]:
        await turn.change(render("coordinator/approve_refused.html", why=texts.REFUSALS["changed"]))
        return
    result = await approve(
        turn.session,
        briefing,
        turn.known(),
        turn.config.briefings,
        expected_hash=briefing.content_hash or "",
        now=turn.now,
    )
    if isinstance(result, ApprovalRefused):
        why = texts.REFUSALS.get(result.reason, result.reason)
        await turn.change(render("coordinator/approve_refused.html", why=why))
        return
    await turn.change(render("coordinator/approved.html", result=result, now=turn.now))
    await _show_progress(turn, event, briefing, result)


async def _show_progress(turn: Turn, event: Event, briefing: Briefing, result: Approved) -> None:
    """A live progress message for the coordinators; a closing text also ends the event."""
    assert event.id is not None
    assert briefing.id is not None
    view = await card.progress_view(turn.session, event.id, briefing.id)
    coordinators = await people_with(turn.session, Role.COORDINATOR, is_exercise=event.is_exercise)
    for person in coordinators:
        deliveries = await tell_people(
            turn.session,
            [person],
            Content(telegram=TelegramForm(text=view[0], buttons=view[1])),
            kind=MessageKind.NOTICE,
            event_id=event.id,
            is_exercise=event.is_exercise,
            now=turn.now,
        )
        for delivery in deliveries:
            if delivery.address.lstrip("-").isdigit():
                await card.remember(
                    turn.session,
                    event.id,
                    int(delivery.address),
                    card.PROGRESS,
                    delivery,
                    view,
                    turn.now,
                    briefing.id,
                )
    if briefing.kind is BriefingKind.CLOSING:
        await close_event(turn.session, event, who=turn.known().who, now=turn.now)


async def ask_remark(turn: Turn) -> None:
    briefing, _ = await _asked_briefing(turn)
    await turn.ask(FLOW, "remark", {"briefing": briefing.id})
    await turn.say(render("coordinator/ask_remark.html"))


async def wrote_remark(turn: Turn) -> None:
    actor = turn.allowed(Permission.APPROVE_BRIEFING)
    assert turn.conversation is not None
    briefing = await turn.session.get(Briefing, int(turn.conversation.data["briefing"]))
    await turn.finish()
    if briefing is None or briefing.status is not BriefingStatus.SUBMITTED:
        await turn.say(
            render("coordinator/approve_refused.html", why=texts.REFUSALS["not_submitted"])
        )
        return
    remark = (turn.text or "").strip()[:300]
    submitter = briefing.submitted_by
    await send_back(turn.session, briefing, actor, remark, now=turn.now)
    await turn.say(render("coordinator/sent_back.html"))
    coordinators = [
        person
        for person in await people_with(
            turn.session, Role.COORDINATOR, is_exercise=actor.is_exercise
        )
        if person.id != actor.person_id or person.id == submitter
    ]
    form = TelegramForm(text=render("coordinator/was_sent_back.html", remark=remark))
    await tell_people(
        turn.session,
        coordinators,
        Content(telegram=form),
        kind=MessageKind.NOTICE,
        event_id=briefing.event_id,
        is_exercise=actor.is_exercise,
        now=turn.now,
    )


async def show_unknown(turn: Turn) -> None:
    """Who may or may not have got it, with one button to send to just those again."""
    actor = turn.allowed(Permission.RESEND_DELIVERY)
    assert turn.tap is not None
    event_id, briefing_id = turn.tap.number(0), turn.tap.number(1)
    unknown = await _unknown(turn, briefing_id)
    event = await turn.session.get(Event, event_id)
    if event is None or event.is_exercise != actor.is_exercise:
        raise ValueError("no such event for this actor")
    await turn.say(
        render("coordinator/unknown.html", deliveries=unknown),
        [[Button(texts.RESEND, data("resend", event_id, briefing_id))]] if unknown else [],
    )


async def resend(turn: Turn) -> None:
    actor = turn.allowed(Permission.RESEND_DELIVERY)
    assert turn.tap is not None
    unknown = await _unknown(turn, turn.tap.number(1))
    ids = [delivery.id for delivery in unknown if delivery.id is not None]
    count = await resend_unknown(turn.session, ids, who=actor.who, now=turn.now)
    await turn.change(render("coordinator/resent.html", count=count))


async def _unknown(turn: Turn, briefing_id: int) -> list[Delivery]:
    found = await turn.session.exec(
        select(Delivery)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.briefing_id) == briefing_id,
            col(Delivery.status) == DeliveryStatus.UNKNOWN,
        )
    )
    return list(found.all())


TAPS: dict[str, Handler] = {
    "rd": read,
    "ap1": ask_sure,
    "ap2": approve_now,
    "ap0": not_now,
    "back": ask_remark,
    "unk": show_unknown,
    "resend": resend,
}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "remark"): wrote_remark}
COMMANDS: dict[str, Handler] = {}
