"""The municipalities next door, asked along on the phone: one tap, and one back."""

from __future__ import annotations

from bot.carrying import configured_kinds
from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.turn import Handler, Turn
from bot.console.done_texts import DONE
from bot.evening.asking_along import set_along
from contacts.neighbours import next_door
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.rows import Event


async def along_button(turn: Turn, event: Event) -> list[list[Button]]:
    """Under *Wijzigen*; nothing where no municipality next door is on the list."""
    if not (await next_door(turn.session, is_exercise=event.is_exercise)).organisations:
        return []
    label = texts.NOT_ALONG if event.with_neighbours else texts.ALONG
    return [[Button(label, data("along", event.id, int(not event.with_neighbours)))]]


async def tapped(turn: Turn) -> None:
    """``along:<event>:<1 or 0>``."""
    turn.allowed(Permission.MANAGE_EVENT)
    event = await open_event_of(turn)
    assert turn.tap is not None
    wanted = turn.tap.number(1) == 1
    if not await set_along(turn.session, event, wanted, who=turn.known().who, now=turn.now):
        turn.toast = texts.NOTHING_CHANGED
        return
    said = DONE["neighbours_on" if wanted else "neighbours_off"]
    if wanted:
        near = await next_door(
            turn.session, is_exercise=event.is_exercise, sends_by=configured_kinds(turn.config)
        )
        said += " " + texts.ALONG_REACHED.format(reachable=near.reachable, all=near.organisations)
        if near.reachable < near.organisations:
            said += texts.ALONG_CALL
    await turn.change(said, [[Button(texts.BACK, data("ecard", event.id))]])


TAPS: dict[str, Handler] = {"along": tapped}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
