"""Weeks later, on the phone: invite to look back, plan a follow-up, write it."""

from __future__ import annotations

from bot.chat.buttons import data
from bot.chat.coordinator import clock_texts, texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.card import show_card
from bot.chat.coordinator.in_the_way import say_draft_open
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.chat.used import use_up
from bot.evening import following
from bot.evening.writing import NotBegun
from bot.event_names import name_of
from briefings.follow_ups import set_follow_up
from briefings.moments import local_date
from briefings.rows import Briefing
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.rows import Event

FLOW = "later"


async def ask_when(turn: Turn) -> None:
    """On which day and hour people look back together."""
    event = await open_event_of(turn)
    await turn.ask(FLOW, "look_back", {"event": event.id})
    await turn.say(
        render(
            "coordinator/ask_look_back.html", event=event, title=await name_of(turn.session, event)
        )
    )


async def wrote_when(turn: Turn) -> None:
    event = await _event_of(turn)
    at = following.read_moment(turn.text or "", turn.now)
    if at is None:
        await turn.say(render("coordinator/moment_like_this.html"))
        return
    await turn.finish()
    begun = await following.begin_look_back(
        turn.session, event, turn.known(), at, turn.config.briefings, now=turn.now
    )
    await _show(turn, event, begun)


async def ask_day(turn: Turn) -> None:
    """The day of the follow-up of an arrest."""
    event = await open_event_of(turn)
    await turn.ask(FLOW, "follow_up", {"event": event.id})
    await turn.say(
        render(
            "coordinator/ask_follow_up.html", event=event, title=await name_of(turn.session, event)
        )
    )


async def wrote_day(turn: Turn) -> None:
    event = await _event_of(turn)
    day = following.read_day(turn.text or "", local_date(turn.now))
    if day is None:
        await turn.say(render("coordinator/moment_like_this.html"))
        return
    await turn.finish()
    await set_follow_up(turn.session, event, day, turn.known(), now=turn.now)
    timetable = Button(clock_texts.OPEN_TIMETABLE, data("klok", event.id))
    await turn.say(
        render("coordinator/follow_up_set.html", event=event, day=day,
               ahead=turn.config.clock.follow_up_days),
        [[timetable]],
    )  # fmt: skip


async def begin(turn: Turn) -> None:
    """The update with the words that fit what came."""
    event = await open_event_of(turn)
    begun = await following.begin_follow_up(
        turn.session, event, turn.known(), turn.config.briefings, now=turn.now
    )
    await use_up(turn)
    await _show(turn, event, begun)


async def _show(turn: Turn, event: Event, begun: Briefing | NotBegun) -> None:
    if isinstance(begun, NotBegun):
        if begun.reason == "never_sent":
            await turn.say(texts.NOTHING_SENT)
        else:
            await say_draft_open(turn, event)
        return
    await turn.say(
        render("coordinator/drafted_later.html", kind=texts.BRIEFING_KINDS[begun.kind]),
        [
            [
                Button(texts.FACTS, data("facts", event.id)),
                Button(texts.TEXTS, data("texts", event.id)),
            ]
        ],
    )
    await show_card(turn, event)


async def _event_of(turn: Turn) -> Event:
    """The event that the open question is about.

    :raises ValueError: there is none in this world.
    """
    turn.allowed(Permission.MANAGE_EVENT)
    assert turn.conversation is not None
    return await turn.in_world(Event, int(turn.conversation.data["event"]))


TAPS: dict[str, Handler] = {"terugk": ask_when, "volgd": ask_day, "volg": begin}
STEPS: dict[tuple[str, str], Handler] = {
    (FLOW, "look_back"): wrote_when,
    (FLOW, "follow_up"): wrote_day,
}
COMMANDS: dict[str, Handler] = {}
