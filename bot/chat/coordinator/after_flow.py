"""After the first text: an update, a correction, the closing message."""

from __future__ import annotations

from bot import poll_texts
from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.card import show_card
from bot.chat.coordinator.ending_flow import say_end
from bot.chat.coordinator.in_the_way import say_draft_open
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening import writing
from bot.evening.writing import NotBegun
from bot.evening.wrong_parts import MOST, sent_parts
from bot.event_names import name_of
from bot.poll_asking import ask_readers, count_readers_of, next_office_hour
from briefings import moments
from briefings.learning.polls import can_ask, poll_of
from briefings.open_errors import count_misled
from briefings.promising import lapsing
from briefings.rows import Briefing, BriefingKind
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.rows import RUNNING, Event

FLOW = "correction"


async def start_update(turn: Turn) -> None:
    event = await open_event_of(turn)
    await _draft(turn, event, BriefingKind.UPDATE)


async def start_closing(turn: Turn) -> None:
    """The closing text; signals without an answer are said first, not forgotten."""
    event = await open_event_of(turn)
    await _draft(turn, event, BriefingKind.CLOSING)


async def start_correction(turn: Turn) -> None:
    """Which sentence was wrong? It is taken back, the right one is typed next."""
    event = await open_event_of(turn)
    if event.status not in RUNNING:
        turn.toast = texts.REFUSALS["not_running"]
        return
    parts = await sent_parts(turn.session, event, now=turn.now)
    if not parts:
        turn.toast = texts.NOTHING_SENT
        return
    if await _says_why_not(turn, event):
        return
    # What was written last is what somebody just noticed; the whole text stands last.
    shown = parts if len(parts) <= MOST else [*parts[: MOST - 1], parts[-1]]
    buttons = [
        [Button(texts.cut_short(part.text), data("corr2", event.id, part.key))] for part in shown
    ]
    await turn.say(
        render("coordinator/ask_wrong.html", event=event, title=await name_of(turn.session, event)),
        [*buttons, [Button(texts.NOT_AFTER_ALL, data("retr0", event.id))]],
    )


async def chose_wrong(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    if await _says_why_not(turn, event):
        return
    await turn.ask(FLOW, "about", {"event": event.id, "part": turn.tap.word(1)})
    await turn.say(render("coordinator/ask_about.html"))


async def _says_why_not(turn: Turn, event: Event) -> bool:
    """Before anything is asked: what is in the way of a correction, and what to do about it."""
    reason = await writing.in_the_way(turn.session, event, now=turn.now)
    if reason:
        await _say_begun(turn, event, NotBegun(reason))
    return bool(reason)


async def wrote_about(turn: Turn) -> None:
    actor = turn.allowed(Permission.MANAGE_EVENT)
    assert turn.conversation is not None
    given = turn.conversation.data
    event = await turn.session.get(Event, int(given["event"]))
    await turn.finish()
    if event is None or event.is_exercise != actor.is_exercise:
        raise ValueError("no such event for this actor")
    begun = await writing.begin_correction(
        turn.session, event, actor, str(given["part"]), turn.text or "",
        turn.config.briefings, allow=turn.config.signals.allow, now=turn.now,
    )  # fmt: skip
    await _say_begun(turn, event, begun)


async def offer_questions(turn: Turn) -> None:
    """*Stel twee vragen*: to how many, and when; a tap more sends them."""
    event = await _closed_event(turn)
    poll = await poll_of(turn.session, event.id or 0)
    if not can_ask(event, poll):
        turn.toast = poll_texts.CANNOT
        return
    count = await count_readers_of(turn.session, event)
    if not count:
        turn.toast = poll_texts.NOBODY
        return
    at = next_office_hour(turn.now)
    when = (
        poll_texts.AT_ONCE if at <= turn.now else poll_texts.LATER.format(moment=moments.moment(at))
    )
    text = poll_texts.SURE.format(count=count, people=_people(count), when=when)
    await turn.say(text, [[Button(poll_texts.SURE_YES, data("pollyes", event.id))]])


async def send_questions(turn: Turn) -> None:
    """The questions go out, once."""
    event = await _closed_event(turn)
    poll = await ask_readers(turn.session, event, who=turn.known().who, now=turn.now)
    if poll is None:
        turn.toast = poll_texts.CANNOT
        return
    until = moments.day(moments.local_date(poll.closes_at))
    people = _people(poll.asked)
    await turn.change(poll_texts.ASKED.format(count=poll.asked, people=people, until=until))


def _people(count: int) -> str:
    return poll_texts.ONE if count == 1 else poll_texts.MANY


async def _closed_event(turn: Turn) -> Event:
    """The event of the button, running or over, in the actor's own world.

    :raises ValueError: an old or a forged button.
    """
    turn.allowed(Permission.MANAGE_EVENT)
    assert turn.tap is not None
    return await turn.in_world(Event, turn.tap.number(0))


async def _draft(turn: Turn, event: Event, kind: BriefingKind) -> None:
    if event.status not in RUNNING:
        turn.toast = texts.REFUSALS["not_running"]
        return
    begun = await writing.begin_version(
        turn.session, event, turn.known(), kind, turn.config.briefings, now=turn.now
    )
    await _say_begun(turn, event, begun)


async def _say_begun(turn: Turn, event: Event, begun: Briefing | NotBegun) -> None:
    if isinstance(begun, Briefing):
        kind = texts.BRIEFING_KINDS[begun.kind]
        lapses = await lapsing(turn.session, begun)
        closes = begun.kind is BriefingKind.CLOSING
        await turn.say(
            render(
                "coordinator/drafted.html",
                kind=kind,
                lapses=lapses,
                closes=closes,
                misled=await count_misled(turn.session, event) if closes else 0,
            )
        )
        await show_card(turn, event)
        return
    if begun.reason == "person":
        why = texts.REFUSALS["person"]
        await turn.say(render("coordinator/fact_refused.html", why=why))
        return
    if begun.reason == "nobody_had_it":
        await say_end(turn, event)
        return
    if begun.reason == "draft_open":
        await say_draft_open(turn, event)
        return
    if begun.reason != "signals_wait":
        await turn.say(render(f"coordinator/{begun.reason}.html"))
        return
    await turn.say(
        render("coordinator/closing_waits.html", waiting=begun.count),
        [[Button(texts.SIGNALS, data("sigs", event.id))]],
    )


TAPS: dict[str, Handler] = {
    "upd": start_update,
    "corr": start_correction,
    "corr2": chose_wrong,
    "clos": start_closing,
    "pollask": offer_questions,
    "pollyes": send_questions,
}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "about"): wrote_about}
COMMANDS: dict[str, Handler] = {}
