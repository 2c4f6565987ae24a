"""Facts on the phone: one typed line is one fact; its source is a tap."""

from __future__ import annotations

import hashlib
from typing import Any

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening import writing
from bot.evening.asking_again import hand_in_buttons, shown, waits_again
from bot.evening.forewarning import forewarned
from bot.evening.sourcing import is_long_ago, read_source, source_names
from bot.evening.texts import LOWERED, OF_YESTERDAY
from bot.evening.writing import NewFact, NotStored
from bot.evening.wrong_parts import was_sent
from bot.event_names import name_of
from briefings.facts import (
    facts_of,
    withdraw_fact,
)
from briefings.proposals import proposals
from briefings.rows import Fact, FactKind
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.rows import Event

FLOW = "fact"
KINDS = (FactKind.CONFIRMED, FactKind.UNCONFIRMED, FactKind.UNKNOWN, FactKind.DENIED)


async def show_facts(turn: Turn) -> None:
    event = await open_event_of(turn)
    await say_facts(turn, event)


async def say_facts(turn: Turn, event: Event) -> None:
    assert event.id is not None
    view = await facts_of(turn.session, event.id)
    offered = await proposals(turn.session, event.id)
    buttons = [
        [
            Button(texts.ADD_FACT, data("fadd", event.id)),
            Button(texts.ADD_MEASURE, data("fmea", event.id)),
        ],
        [
            Button(texts.ADD_UNKNOWN, data("funk", event.id)),
            Button(texts.ADD_DENIED, data("fden", event.id)),
        ],
        [
            Button(texts.REMOVE_FACT, data("fdel", event.id)),
        ],
        [
            Button(texts.AROUND, data("faro", event.id)),
            Button(texts.NEXT_UPDATE, data("fnext", event.id)),
        ],
        [Button(texts.DONE, data("ecard", event.id))],
    ]
    if view.unconfirmed:
        buttons.insert(0, [Button(texts.NOW_CONFIRMED, data("fcon", event.id))])
    if again := await waits_again(turn.session, event.id):
        buttons.insert(-1, hand_in_buttons(event.id, again))
    taken = [
        Button(texts.TAKE_OVER.format(number=number), data("fprop", event.id, mark(offer.text)))
        for number, offer in enumerate(offered[:3], 1)
    ]
    if taken:
        buttons.insert(0, taken)
    text = render(
        "coordinator/facts.html",
        event=event,
        title=await name_of(turn.session, event),
        view=view,
        now=turn.now,
        proposals=offered[:3],
        **shown(again),
    )
    await say_warned(turn, event, text, buttons)


async def say_warned(
    turn: Turn, event: Event, text: str, buttons: list[list[Button]] | None = None
) -> None:
    """With what a change would take back from the approvers, if anything."""
    warning = await forewarned(turn.session, event.id or 0, now=turn.now)
    await turn.say(f"{text}\n\n{warning}" if warning else text, buttons or [])


async def take_over(turn: Turn) -> None:
    """A sentence from the news, as *nog niet bevestigd*, with its outlet as the source."""
    event = await open_event_of(turn)
    assert turn.tap is not None
    assert event.id is not None
    # By its words, not its place: news that came in meanwhile moves the places.
    offered = {mark(offer.text): offer for offer in await proposals(turn.session, event.id)}
    chosen = offered.get(turn.tap.args[1]) if len(turn.tap.args) > 1 else None
    if chosen is None:
        turn.toast = texts.OLD_CHOICE
        return
    await store(
        turn,
        event,
        NewFact(
            FactKind.UNCONFIRMED,
            chosen.text,
            chosen.source_name,
            chosen.source_at,
            chosen.source_link,
        ),
    )


async def ask_fact(turn: Turn) -> None:
    event = await open_event_of(turn)
    await turn.ask(FLOW, "text", {"event": event.id, "kind": FactKind.CONFIRMED.value})
    await say_warned(turn, event, render("coordinator/ask_fact.html"))


async def ask_denied(turn: Turn) -> None:
    event = await open_event_of(turn)
    await turn.ask(FLOW, "text", {"event": event.id, "kind": FactKind.DENIED.value})
    await say_warned(turn, event, render("coordinator/ask_denied.html"))


async def ask_unknown(turn: Turn) -> None:
    event = await open_event_of(turn)
    await turn.ask(FLOW, "text", {"event": event.id, "kind": FactKind.UNKNOWN.value})
    await say_warned(turn, event, render("coordinator/ask_unknown.html"))


async def wrote_fact(turn: Turn) -> None:
    event, given = await asked_event(turn)
    line = (turn.text or "").strip()
    if given["kind"] == FactKind.UNKNOWN.value:
        await turn.finish()
        await store(turn, event, NewFact(FactKind.UNKNOWN, line))
        return
    await _ask_source(turn, event, {**given, "text": line})


async def _ask_source(turn: Turn, event: Event, given: dict[str, Any]) -> None:
    assert event.id is not None
    line = given["text"]
    seen = [offer.source_name for offer in await proposals(turn.session, event.id)]
    sources = source_names([*texts.OFFICIAL_SOURCES, *seen])[:8]
    await turn.ask(FLOW, "source", {**given, "sources": sources})
    buttons = [
        Button(name, data("fsrc", event.id, index, mark(line)))
        for index, name in enumerate(sources)
    ]
    await turn.say(
        render("coordinator/ask_source.html", line=line, now=turn.now),
        [buttons[index : index + 3] for index in range(0, len(buttons), 3)],
    )


async def chose_source(turn: Turn) -> None:
    event = await open_event_of(turn)
    given = given_so_far(turn, (FLOW, "source"), event)
    assert turn.tap is not None
    sources, index = given.get("sources", []), turn.tap.number(1)
    if not 0 <= index < len(sources):
        raise ValueError("no such source")
    await turn.finish()
    fact = NewFact(FactKind(given["kind"]), given["text"], sources[index])
    await store(turn, event, fact, confirms=given.get("fact"))


async def wrote_source(turn: Turn) -> None:
    event, given = await asked_event(turn)
    await turn.finish()
    said = read_source(turn.text or "", turn.now)
    kind = FactKind(given["kind"])
    fact = NewFact(kind, given["text"], said.name[:120], said.at, said.link)
    warning = OF_YESTERDAY if is_long_ago(said.at, turn.now) else ""
    await store(turn, event, fact, confirms=given.get("fact"), warning=warning)


async def ask_confirmed(turn: Turn) -> None:
    """Which of the sentences that were not confirmed yet is so now."""
    event = await open_event_of(turn)
    assert event.id is not None
    view = await facts_of(turn.session, event.id)
    buttons = [
        [Button(texts.cut_short(fact.text), data("fcon2", event.id, fact.id))]
        for fact in view.unconfirmed[:12]
    ]
    if not buttons:
        turn.toast = texts.OLD_CHOICE
        return
    await say_warned(turn, event, render("coordinator/ask_confirmed.html"), buttons)


async def chose_confirmed(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    fact = await turn.session.get(Fact, turn.tap.number(1))
    if fact is None or fact.event_id != event.id:
        raise ValueError("no such fact")
    if fact.withdrawn_at is not None:
        turn.toast = texts.OLD_CHOICE
        return
    kind = FactKind.CONFIRMED.value
    given = {"event": event.id, "kind": kind, "text": fact.text, "fact": fact.id}
    await _ask_source(turn, event, given)


async def ask_remove(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert event.id is not None
    view = await facts_of(turn.session, event.id)
    facts = [*view.confirmed, *view.unconfirmed, *view.unknown, *view.denied, *view.measures]
    buttons = [
        [Button(texts.cut_short(fact.text), data("fdel2", event.id, fact.id))]
        for fact in facts[:12]
    ]
    await say_warned(turn, event, render("coordinator/ask_remove.html"), buttons)


async def remove(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    fact = await turn.session.get(Fact, turn.tap.number(1))
    if fact is None or fact.event_id != event.id or fact.id is None:
        raise ValueError("no such fact")
    outdated = turn.tap.args[2:] == ("1",)
    if not outdated and await was_sent(turn.session, event, fact, now=turn.now):
        await turn.say(
            render("coordinator/ask_outdated.html", fact=fact),
            [
                [Button(texts.WAS_WRONG, data("corr2", event.id, fact.id))],
                [Button(texts.IS_OUTDATED, data("fdel2", event.id, fact.id, 1))],
            ],
        )
        return
    await withdraw_fact(turn.session, fact.id, editor_id=turn.known().person_id, now=turn.now)
    await redraft(turn, event)
    await say_facts(turn, event)


async def redraft(turn: Turn, event: Event) -> None:
    """The seven texts again, from the facts as they are now."""
    await writing.redraft(turn.session, event, turn.known(), turn.config.briefings, now=turn.now)


async def store(
    turn: Turn, event: Event, fact: NewFact, *, confirms: int | None = None, warning: str = ""
) -> None:
    """:param confirms: the fact that was *nog niet bevestigd* and is so now.
    :param warning: said once it is kept.
    """
    settings, allow = turn.config.briefings, turn.config.signals.allow
    if confirms is None:
        stored = await writing.store_fact(
            turn.session, event, turn.known(), fact, settings, allow=allow, now=turn.now
        )
    else:
        before = await turn.session.get_one(Fact, confirms)
        if before.withdrawn_at is not None:
            await turn.say(render("coordinator/fact_refused.html", why=texts.OLD_CHOICE))
            return
        stored = await writing.confirm_fact(
            turn.session, event, turn.known(), before, source=fact.source,
            source_at=fact.source_at, link=fact.link, settings=settings, allow=allow,
            now=turn.now,
        )  # fmt: skip
    if isinstance(stored, NotStored):
        why = texts.REFUSALS.get(stored.reason, stored.reason)
        await turn.say(render("coordinator/fact_refused.html", why=why))
        return
    if stored.lowered:
        await turn.say(LOWERED)
    if warning:
        await turn.say(warning)
    await say_facts(turn, event)


async def asked_event(turn: Turn) -> tuple[Event, dict[str, Any]]:
    """The event and answers of the question that is open.

    :raises ValueError: the event is gone.
    """
    turn.allowed(Permission.EDIT_FACTS)
    given = turn.kept
    event = await turn.in_world(Event, int(given["event"]))
    return event, given


def given_so_far(turn: Turn, at: tuple[str, str], event: Event) -> dict[str, Any]:
    """The answers so far, for a tap on the question that is open.

    :raises ValueError: the button stands under an older question, maybe about another event;
        the text that was typed since is not the one it asks about.
    """
    talk = turn.conversation
    assert turn.tap is not None
    if talk is None or (talk.flow, talk.step) != at or talk.data["event"] != event.id:
        raise ValueError("this question is over")
    if turn.tap.args[2:] != (mark(talk.data["text"]),):
        raise ValueError("this question is about another text")
    return dict(talk.data)


def mark(text: str) -> str:
    """Enough of a hash to tell one line from another in a button."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


TAPS: dict[str, Handler] = {
    "facts": show_facts,
    "fadd": ask_fact,
    "funk": ask_unknown,
    "fden": ask_denied,
    "fsrc": chose_source,
    "fprop": take_over,
    "fcon": ask_confirmed,
    "fcon2": chose_confirmed,
    "fdel": ask_remove,
    "fdel2": remove,
}
STEPS: dict[tuple[str, str], Handler] = {
    (FLOW, "text"): wrote_fact,
    (FLOW, "source"): wrote_source,
}
COMMANDS: dict[str, Handler] = {}
