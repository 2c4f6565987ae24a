"""A tap on a number of the daily list: that event with the answers of an alert."""

from __future__ import annotations

from bot.alerts import alert_content
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.turn import Handler, Turn
from bot.daily import SHOW
from feeds.rows import EventStatus


async def show_listed(turn: Turn) -> None:
    event = await open_event_of(turn)
    if event.status is not EventStatus.DETECTED:
        turn.toast = texts.ALREADY_DECIDED
        return
    form = (await alert_content(turn.session, event)).telegram
    assert form is not None
    await turn.say(form.text, form.buttons)


TAPS: dict[str, Handler] = {SHOW: show_listed}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
