"""On a phone: approve some texts and leave the rest waiting; set a finding aside with a reason."""

from __future__ import annotations

from collections.abc import Collection

from bot.chat.buttons import AUDIENCES, data
from bot.chat.coordinator import texts
from bot.chat.coordinator.progress import View
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening import approving
from bot.evening.approving import HASH_PART, held_mask
from bot.evening.own_said import barred_said
from bot.event_names import name_of
from briefings.counting import read_overview
from briefings.exceptions import ExceptionRefused, grant_exception
from briefings.rows import Briefing, BriefingStatus, covered
from briefings.writers import Barred, barred_in
from contacts.directory import Audience
from contacts.outbox import Button
from contacts.permissions import Permission
from contacts.texts import counted
from feeds.rows import Event

FLOW = "exception"


def chosen_by(briefing: Briefing, mask: int) -> list[Audience] | None:
    """The texts that are approved when these are held back; None is all. Pure."""
    chosen = [a for a in covered(briefing) if not mask & (1 << AUDIENCES.index(a))]
    return None if len(chosen) == len(covered(briefing)) else chosen


async def barred_for(turn: Turn, event: Event, briefing: Briefing) -> Barred:
    """What this actor may not approve of it."""
    settings = turn.config.briefings
    return await barred_in(turn.session, briefing, event, turn.known(), settings)


async def request_of(turn: Turn, event: Event, briefing: Briefing) -> View:
    """The request as this actor sees it."""
    barred = await barred_for(turn, event, briefing)
    return await approving.request_view(turn.session, event, briefing, now=turn.now, barred=barred)


async def refuses_own(
    turn: Turn, event: Event, briefing: Briefing, chosen: Collection[Audience] | None
) -> bool:
    """Say which of these texts somebody else approves, with the buttons for the others; False,
    and nothing said, when there is none."""
    barred = await barred_for(turn, event, briefing)
    if not barred.reason and not barred.touches(chosen):
        return False
    _, buttons = await approving.request_view(
        turn.session, event, briefing, now=turn.now, barred=barred
    )
    why = " ".join(barred_said(barred, texts.AUDIENCES))
    await turn.change(render("coordinator/approve_refused.html", why=why), buttons)
    return True


async def choose(turn: Turn) -> None:
    """A line per text, counted; a tap ticks it on or off."""
    briefing, event = await _waiting(turn)
    assert turn.tap is not None
    barred = await barred_for(turn, event, briefing)
    seen, mask = turn.tap.args[1], turn.tap.number(2) | held_mask(barred.texts)
    plan = await read_overview(turn.session, event, briefing)
    chosen = chosen_by(briefing, mask)
    chosen = list(covered(briefing)) if chosen is None else chosen
    buttons = []
    for audience in barred.others:
        shape = texts.PART_ON if audience in chosen else texts.PART_OFF
        label = shape.format(
            name=texts.AUDIENCES[audience], count=plan.by_audience.get(audience, 0)
        )
        toggled = mask ^ (1 << AUDIENCES.index(audience))
        buttons.append([Button(label, data("aps", briefing.id, seen, toggled))])
    if chosen:
        go = Button(counted(texts.PART_GO, len(chosen)), data("ap1", briefing.id, seen, mask))
        buttons.append([go])
    buttons.append([Button(texts.NOT_NOW, data("ap0", briefing.id))])
    await turn.change(
        render(
            "coordinator/approve_part.html",
            event=event,
            title=await name_of(turn.session, event),
            barred=barred_said(barred, texts.AUDIENCES),
        ),
        buttons,
    )


async def ask_reason(turn: Turn) -> None:
    briefing, _ = await _waiting(turn)
    assert turn.tap is not None
    await turn.ask(
        FLOW, "reason",
        {"briefing": briefing.id, "seen": turn.tap.args[1], "key": turn.tap.word(2)},
    )  # fmt: skip
    await turn.say(render("coordinator/ask_reason.html"))


async def wrote_reason(turn: Turn) -> None:
    actor = turn.allowed(Permission.APPROVE_BRIEFING)
    given = turn.kept
    await turn.finish()
    briefing = await turn.session.get_one(Briefing, int(given["briefing"]))
    event = await turn.session.get_one(Event, briefing.event_id)
    granted = await grant_exception(
        turn.session, event, briefing, actor, given["key"], turn.text or "",
        expected_hash=given["seen"], allow=turn.config.signals.allow, now=turn.now,
    )  # fmt: skip
    if isinstance(granted, ExceptionRefused):
        why = texts.EXCEPTION_REFUSALS[granted.reason]
        await turn.say(render("coordinator/fact_refused.html", why=why))
        return
    view = await request_of(turn, event, briefing)
    await turn.say(*view, event_id=event.id)


async def _waiting(turn: Turn) -> tuple[Briefing, Event]:
    """The version that the button is about, as it was read.

    :raises ValueError: it does not wait any more, or it is not what was read.
    """
    actor = turn.allowed(Permission.APPROVE_BRIEFING)
    assert turn.tap is not None
    briefing = await turn.session.get(Briefing, turn.tap.number(0))
    event = await turn.session.get(Event, briefing.event_id) if briefing else None
    if briefing is None or event is None or event.is_exercise != actor.is_exercise:
        raise ValueError("no such briefing for this actor")
    seen = (briefing.content_hash or "")[:HASH_PART]
    if briefing.status is not BriefingStatus.SUBMITTED or seen != turn.tap.word(1):
        raise ValueError("not what was read")
    return briefing, event


TAPS: dict[str, Handler] = {"aps": choose, "exc": ask_reason}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "reason"): wrote_reason}
COMMANDS: dict[str, Handler] = {}
