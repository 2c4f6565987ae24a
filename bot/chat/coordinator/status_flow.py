"""``/status``: how the sending stands, what may not have arrived, and the card of each event."""

from __future__ import annotations

from bot.chat.coordinator.card import running_events, show_card
from bot.chat.coordinator.doubts_flow import way_to_doubts
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.console.health import read_beats
from bot.console.part_texts import PARTS
from bot.event_names import names_of_events
from contacts.away_texts import RESTART
from contacts.permissions import Permission
from contacts.progress import read_progress
from contacts.progress_texts import lines_of
from contacts.records import ids_of


async def show_status(turn: Turn) -> None:
    """``/status``: the newest card comes last, for it is what people go on with."""
    actor = turn.allowed(Permission.SEE_STATUS)
    running = list(await running_events(turn.session, is_exercise=actor.is_exercise))[:5]
    if not running:
        await turn.say(render("coordinator/nothing_running.html"))
    sending = await read_progress(turn.session, ids_of(running), now=turn.now)
    titles = await names_of_events(turn.session, ids_of(running))
    beats = await read_beats(turn.session, turn.config.ticks, now=turn.now)
    late = [PARTS.get(beat.name, beat.name) for beat in beats if beat.is_late]
    if late or any(one.total for one in sending):
        shown = [(titles[one.event_id], lines_of(one)) for one in sending if one.total]
        text = render("coordinator/standing.html", sending=shown, late=late, advice=RESTART)
        await turn.say(text)
    said, rows = await way_to_doubts(turn)
    if said:
        await turn.say(said, rows)
    for event in reversed(running):
        await show_card(turn, event)


TAPS: dict[str, Handler] = {}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/status": show_status}
