"""``/status``: how the sending stands, what may not have arrived, and the card of each event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat.buttons import data, short
from bot.chat.coordinator import approved_texts, texts
from bot.chat.coordinator.card import running_events, show_card
from bot.chat.coordinator.doubts_flow import way_to_doubts
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.console.away import what_is_away
from bot.evening.without_it import not_received
from bot.event_names import names_of_events
from briefings.rows import Briefing
from contacts.notices import SHOW_UNKNOWN
from contacts.outbox import Button
from contacts.permissions import Permission
from contacts.progress import Progress, read_progress, worth_telling
from contacts.progress_texts import lines_of
from contacts.records import ids_of

#: texts with a button of their own
MOST_TEXTS = 5


async def show_status(turn: Turn) -> None:
    """``/status``: the newest card comes last, for it is what people go on with."""
    actor = turn.allowed(Permission.SEE_STATUS)
    running = list(await running_events(turn.session, is_exercise=actor.is_exercise))[:5]
    if not running:
        await turn.say(render("coordinator/nothing_running.html"))
    sending = await read_progress(turn.session, ids_of(running), now=turn.now)
    titles = await names_of_events(turn.session, ids_of(running))
    late = await what_is_away(turn.session, turn.config.ticks, now=turn.now)
    if late or any(one.total for one in sending):
        shown = [await _stands(turn, one, titles) for one in worth_telling(sending)]
        text = render("coordinator/standing.html", sending=shown, late=late)
        await turn.say(text, await _to_those_without(turn, ids_of(running), titles))
    said, rows = await way_to_doubts(turn)
    if said:
        await turn.say(said, rows)
    for event in reversed(running):
        await show_card(turn, event)


async def _stands(
    turn: Turn, one: Progress, titles: Mapping[int, str]
) -> tuple[str, Sequence[str]]:
    """The event and the text, and how it stands."""
    name = titles[one.event_id]
    if one.briefing_id is not None:
        briefing = await turn.session.get_one(Briefing, one.briefing_id)
        name = f"{name} · {texts.named(briefing)}"
    return name, lines_of(one)


async def _to_those_without(
    turn: Turn, event_ids: Sequence[int], titles: Mapping[int, str]
) -> list[list[Button]]:
    """A button for each text that somebody may not have, by name: several events may run."""
    rows = []
    for one in (await not_received(turn.session, event_ids))[:MOST_TEXTS]:
        briefing = await turn.session.get_one(Briefing, one.briefing_id)
        words = approved_texts.UNSURE_OF if one.unsure else approved_texts.LACKING_OF
        # What tells it from the others stands first: a telephone cuts a long label off.
        label = words.format(
            count=one.unsure or one.without, version=texts.named(briefing),
            name=titles[one.event_id],
        )  # fmt: skip
        rows.append([Button(short(label), data(SHOW_UNKNOWN, one.event_id, one.briefing_id))])
    return rows


TAPS: dict[str, Handler] = {}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/status": show_status}
