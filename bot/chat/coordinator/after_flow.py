"""After the first text: an update, a correction, the closing message."""

from __future__ import annotations

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.card import show_card
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from briefings.drafting import current_briefing, draft_briefing
from briefings.facts import facts_of, withdraw_fact
from briefings.rows import BriefingKind, BriefingStatus, Fact
from briefings.versions import first_with, versions_of
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.rows import Event
from signals.feedback import open_signals

FLOW = "correction"


async def start_update(turn: Turn) -> None:
    event = await open_event_of(turn)
    await _draft(turn, event, BriefingKind.UPDATE)


async def start_closing(turn: Turn) -> None:
    """The closing text; signals without an answer are said first, not forgotten."""
    event = await open_event_of(turn)
    waiting = [
        signal
        for signal in await open_signals(turn.session, is_exercise=event.is_exercise)
        if signal.event_id == event.id
    ]
    if waiting:
        await turn.say(
            render("coordinator/closing_waits.html", waiting=len(waiting)),
            [[Button(texts.SIGNALS, data("sigs", event.id))]],
        )
        return
    await _draft(turn, event, BriefingKind.CLOSING)


async def start_correction(turn: Turn) -> None:
    """Which sentence was wrong? It is taken back, the right one is typed next."""
    event = await open_event_of(turn)
    assert event.id is not None
    view = await facts_of(turn.session, event.id)
    facts = [*view.confirmed, *view.unconfirmed, *view.measures, *view.denied]
    buttons = [[Button(_short(fact.text), data("corr2", event.id, fact.id))] for fact in facts[:12]]
    await turn.say(render("coordinator/ask_wrong.html", event=event), buttons)


async def chose_wrong(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    fact = await turn.session.get(Fact, turn.tap.number(1))
    if fact is None or fact.event_id != event.id or fact.id is None:
        raise ValueError("no such fact")
    await turn.ask(FLOW, "about", {"event": event.id, "fact": fact.id})
    await turn.say(render("coordinator/ask_about.html"))


async def wrote_about(turn: Turn) -> None:
    actor = turn.allowed(Permission.MANAGE_EVENT)
    assert turn.conversation is not None
    given = turn.conversation.data
    event = await turn.session.get(Event, int(given["event"]))
    await turn.finish()
    if event is None or event.is_exercise != actor.is_exercise:
        raise ValueError("no such event for this actor")
    about = (turn.text or "").strip()[:300]
    fact = await turn.session.get_one(Fact, int(given["fact"]))
    versions = await versions_of(turn.session, fact.event_id)
    first_wrong = first_with(fact.created_at, versions)
    await withdraw_fact(turn.session, int(given["fact"]), editor_id=actor.person_id, now=turn.now)
    if first_wrong is None:
        # Nobody read it yet: taking it out is enough.
        await turn.say(render("coordinator/never_sent.html"))
        return
    await _draft(turn, event, BriefingKind.CORRECTION, wrong=about, first_wrong=first_wrong)


async def _draft(
    turn: Turn,
    event: Event,
    kind: BriefingKind,
    *,
    wrong: str | None = None,
    first_wrong: int | None = None,
) -> None:
    assert event.id is not None
    current = await current_briefing(turn.session, event.id)
    open_states = (BriefingStatus.DRAFT, BriefingStatus.SUBMITTED)
    if current is not None and current.status in open_states and current.kind is not kind:
        await turn.say(render("coordinator/draft_open.html"))
        return
    await draft_briefing(
        turn.session,
        event,
        kind=kind,
        settings=turn.config.briefings,
        editor_id=turn.known().person_id,
        now=turn.now,
        correction_of=first_wrong,
        wrong=wrong,
    )
    await turn.say(render("coordinator/drafted.html", kind=texts.BRIEFING_KINDS[kind]))
    await show_card(turn, event)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


TAPS: dict[str, Handler] = {
    "upd": start_update,
    "corr": start_correction,
    "corr2": chose_wrong,
    "clos": start_closing,
}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "about"): wrote_about}
COMMANDS: dict[str, Handler] = {}
