"""Four eyes on a phone: read, approve in two taps, or send back with a remark."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from bot.chat.buttons import AUDIENCES, data, in_pairs
from bot.chat.coordinator import approved_texts, texts
from bot.chat.coordinator.already_flow import says_decided
from bot.chat.coordinator.approved import approved_view
from bot.chat.coordinator.opened_flow import KNOWING, asks_to_read
from bot.chat.coordinator.part_flow import chosen_by, refuses_own, request_of
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.console.passkeys import is_asked
from bot.evening import approving, asking_again, questions
from bot.evening.already_approved import became_of
from bot.evening.approving import HASH_PART
from bot.evening.closing_held import UNHEARD, ways_on, why_not
from bot.evening.lacking_said import lacking_said
from bot.evening.own_said import for_nobody, nobody_said
from bot.evening.renewing import renew
from bot.evening.request_lines import noticed_lines
from bot.evening.ringing import ring_said
from bot.evening.starting import later_moment
from bot.event_names import name_of
from briefings.approval import ApprovalRefused, approve
from briefings.approval_rules import needs_four_eyes, needs_release, severity_of
from briefings.counting import Overview, read_overview, read_part
from briefings.drafting import texts_of
from briefings.moments import clock
from briefings.openings import not_opened
from briefings.plausibility import look_over
from briefings.promising import lapsing
from briefings.rows import Briefing, BriefingStatus, covered
from contacts.directory import Audience
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.rows import Event

FLOW = "approval"
#: the last tap, where the crisis communication leads
RELEASED = "ap3"


async def ask_approvers(turn: Turn, event: Event, briefing: Briefing) -> None:
    """Put a submitted version before everyone who may approve it."""
    actor, settings = turn.known(), turn.config.briefings
    approvers = await approving.ask_approvers(
        turn.session, event, briefing, actor, settings, now=turn.now
    )
    if not needs_four_eyes(event, settings):
        await turn.say(*await request_of(turn, event, briefing), event_id=event.id)
        return
    nobody = await for_nobody(turn.session, event, briefing, settings)
    await turn.say(
        render(
            "coordinator/submitted.html",
            event=event,
            approvers=approvers,
            why=_why_four_eyes(event, settings.four_eyes_from),
            ring="" if approvers or nobody else await ring_said(turn.session, actor),
            nobody=nobody_said(nobody, texts.AUDIENCES),
            lapses=await lapsing(turn.session, briefing),
        )
    )


def _why_four_eyes(event: Event, severity: int) -> str:
    if severity_of(event) >= severity:
        return texts.FROM_SEVERITY.format(severity=severity)
    return texts.GRIP_LEVELS[event.grip]


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
    unread = await not_opened(turn.session, briefing, drafts, turn.known().person_id)
    buttons = [
        Button(
            (texts.READ_ONE if draft.audience in unread else texts.HAS_OPENED).format(
                name=texts.AUDIENCES[draft.audience]
            ),
            data("text", briefing.id, AUDIENCES.index(draft.audience)),
        )
        for draft in drafts
    ]
    await turn.say(
        render(
            "coordinator/texts.html",
            event=event,
            title=await name_of(turn.session, event),
            drafts=drafts,
            labels=texts.AUDIENCES,
            is_handed_in=False,
        ),
        in_pairs(buttons),
    )


async def ask_sure(turn: Turn) -> None:
    briefing, event = await _asked_briefing(turn)
    assert turn.tap is not None
    if await says_decided(turn, event, briefing):
        return
    if await _takes_passkey(turn):
        await turn.say(render("coordinator/approve_refused.html", why=texts.PASSKEY_AT_DESK))
        return
    if await _says_asked_anew(turn, briefing):
        return
    mask = turn.tap.number(2) if len(turn.tap.args) > 2 else 0
    chosen = chosen_by(briefing, mask)
    if await refuses_own(turn, event, briefing, chosen):
        return
    if await asks_to_read(turn, event, briefing, chosen):
        return
    plan = await _counted(turn, event, briefing, chosen)
    noticed = await look_over(turn.session, event, briefing, plan, now=turn.now)
    released = needs_release(briefing, event, turn.config.briefings)
    verb = RELEASED if released else "ap2"
    buttons = [
        [
            Button(
                texts.RELEASED if released else texts.APPROVE_SURE,
                data(verb, briefing.id, turn.tap.args[1], 0, mask),
            )
        ],
        [Button(texts.NOT_NOW, data("ap0", briefing.id))],
    ]
    if later := later_moment(event.send_before, turn.now):
        label = texts.RELEASED_LATER if released else texts.APPROVE_LATER
        mark = int(later.timestamp())
        button = Button(
            label.format(clock=clock(later)), data(verb, briefing.id, turn.tap.args[1], mark, mask)
        )
        buttons.insert(1, [button])
    await turn.change(
        render(
            "coordinator/approve_sure.html",
            event=event,
            title=await name_of(turn.session, event),
            plan=plan,
            noticed=noticed_lines(noticed),
            lacks=lacking_said(await texts_of(turn.session, briefing.id or 0), chosen or ()),
            released=released,
            names=texts.AUDIENCES,
            held=[] if chosen is None else [a for a in covered(briefing) if a not in chosen],
        ),
        buttons,
    )


async def _counted(
    turn: Turn, event: Event, briefing: Briefing, chosen: list[Audience] | None
) -> Overview:
    """Who gets these texts; None is all of them."""
    if chosen is None:
        return await read_overview(turn.session, event, briefing)
    return await read_part(turn.session, event, briefing, chosen)


async def _takes_passkey(turn: Turn) -> bool:
    """A chat cannot ask for a passkey, so it may not be the way around one."""
    return await is_asked(turn.session, turn.known().person_id, turn.config.sign_in.passkey)


async def not_now(turn: Turn) -> None:
    briefing, event = await _asked_briefing(turn)
    if briefing.status is BriefingStatus.SUBMITTED:
        await turn.change(*await request_of(turn, event, briefing))


async def approve_now(turn: Turn) -> None:
    briefing, event = await _asked_briefing(turn)
    assert turn.tap is not None
    if await says_decided(turn, event, briefing):
        return
    if await _takes_passkey(turn):
        await turn.change(render("coordinator/approve_refused.html", why=texts.PASSKEY_AT_DESK))
        return
    if await _says_asked_anew(turn, briefing):
        return
    chosen = chosen_by(briefing, turn.tap.number(3)) if len(turn.tap.args) > 3 else None
    result = await approve(
        turn.session,
        briefing,
        turn.known(),
        turn.config.briefings,
        expected_hash=briefing.content_hash or "",
        now=turn.now,
        send_at=_asked_moment(turn),
        is_released=turn.tap.verb == RELEASED,
        audiences=chosen,
    )
    if isinstance(result, ApprovalRefused):
        if result.reason == "four_eyes" and await refuses_own(turn, event, briefing, chosen):
            return
        await _say_refused(turn, event, briefing, result.reason)
        return
    if turn.tap.delivery_id is None:
        number = briefing.id or 0
        await turn.say(*await approved_view(turn.session, briefing.event_id, number, now=turn.now))
    await questions.settle_requests(
        turn.session, event, briefing, decided=turn.tap.delivery_id, now=turn.now
    )
    await approving.follow_sending(turn.session, event, briefing, now=turn.now)
    told = await approving.ask_again_for_rest(
        turn.session, event, briefing, turn.known(), turn.config.briefings, now=turn.now
    )
    if told == 0:
        ring = escape(await ring_said(turn.session, turn.known()))
        await turn.say(f"{texts.REST_UNTOLD} {ring}".strip())


async def _say_refused(turn: Turn, event: Event, briefing: Briefing, reason: str) -> None:
    """Why it did not go, with what can be done about it."""
    actor = turn.known()
    rows = [_read_again(briefing)]
    if reason in UNHEARD:
        rows = [ways_on(event.id or 0, actor)]
    if reason in (*UNHEARD, "changed"):
        rows.append([Button(texts.SEND_BACK, data("back", briefing.id))])
    await renew(turn.session, event, briefing, actor, reason, now=turn.now)
    why = why_not(reason, actor)
    await turn.change(render("coordinator/approve_refused.html", why=why), rows)


async def _says_asked_anew(turn: Turn, briefing: Briefing) -> bool:
    """Answer a tap about another request than the one that lies there, with the way to that one;
    False, and nothing said, when it is the same."""
    assert turn.tap is not None
    if (briefing.content_hash or "")[:HASH_PART] == turn.tap.args[1]:
        return False
    why = approved_texts.ASKED_ANEW
    rows = [_read_again(briefing)]
    await turn.change(render("coordinator/approve_refused.html", why=why), rows)
    return True


def _read_again(briefing: Briefing) -> list[Button]:
    return [Button(approved_texts.READ_REQUEST, data("ap0", briefing.id))]


def _asked_moment(turn: Turn) -> datetime | None:
    """The moment under the button, when it was not *now*."""
    assert turn.tap is not None
    if len(turn.tap.args) < 3 or not turn.tap.number(2):
        return None
    return datetime.fromtimestamp(turn.tap.number(2), tz=UTC)


async def ask_remark(turn: Turn) -> None:
    briefing, _ = await _asked_briefing(turn)
    await turn.ask(FLOW, "remark", {"briefing": briefing.id})
    await turn.say(render("coordinator/ask_remark.html"))


async def wrote_remark(turn: Turn) -> None:
    actor = turn.allowed(Permission.APPROVE_BRIEFING)
    assert turn.conversation is not None
    briefing = await turn.session.get(Briefing, int(turn.conversation.data["briefing"]))
    await turn.finish()
    assert briefing is not None
    if briefing.status is not BriefingStatus.SUBMITTED:
        why = await became_of(turn.session, briefing, actor, now=turn.now)
        await turn.say(escape(approved_texts.REMARK_TOO_LATE.format(why=why)))
        return
    returned = await approving.return_to_writers(
        turn.session,
        briefing,
        actor,
        turn.text or "",
        allow=turn.config.signals.allow,
        now=turn.now,
    )
    if not returned:
        why = texts.REFUSALS["person"]
        await turn.say(render("coordinator/fact_refused.html", why=why))
        return
    event = await turn.session.get_one(Event, briefing.event_id)
    await questions.retire_requests(turn.session, event, texts.REQUEST_SENT_BACK, now=turn.now)
    await turn.say(render("coordinator/sent_back.html"))


async def ask_back(turn: Turn) -> None:
    """Facts changed after handing in: the approver asks for the new texts."""
    turn.allowed(Permission.APPROVE_BRIEFING)
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(0))
    told = await asking_again.ask_again(turn.session, event, turn.known(), now=turn.now)
    if told == 0:
        await turn.say(approved_texts.ASKED_NOBODY)
        return
    turn.toast = told if isinstance(told, str) else approved_texts.ASKED_NOW


TAPS: dict[str, Handler] = {
    "rd": read,
    "ap1": ask_sure,
    KNOWING: ask_sure,
    "ap2": approve_now,
    RELEASED: approve_now,
    "ap0": not_now,
    "back": ask_remark,
    asking_again.ASK: ask_back,
}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "remark"): wrote_remark}
COMMANDS: dict[str, Handler] = {}
