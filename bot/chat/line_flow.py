"""``/waar``, and one tap under *Klopt deze regel nog?*."""

from __future__ import annotations

from bot import line_texts as texts
from bot.chat.partner import show_card
from bot.chat.turn import Handler, Turn
from bot.line_asking import LINE, MARK, answer_line
from briefings.city_lines import CityLineState, fingerprint_of, lines_of
from contacts.permissions import NotAllowed, Permission, may


async def answer(turn: Turn) -> None:
    """``line:<state>:<ja|nee>:<mark>``: by who keeps the line, or who keeps the list."""
    assert turn.tap is not None
    actor = turn.known()
    state = await turn.session.get(CityLineState, turn.tap.number(0))
    if state is None or len(turn.tap.args) < 3:
        raise ValueError("an old button")
    if state.owner_id != actor.person_id and not may(actor, Permission.MANAGE_CONTACTS):
        raise NotAllowed(Permission.MANAGE_CONTACTS)
    line = next(
        (
            line
            for line in lines_of(turn.config.briefings)
            if line.label == state.label and fingerprint_of(line)[:MARK] == turn.tap.args[2]
        ),
        None,
    )
    if line is None:
        turn.toast = texts.CHANGED
        return
    is_right = turn.tap.args[1] == "ja"
    kept = await answer_line(turn.session, line, is_right=is_right, who=actor.who, now=turn.now)
    said = texts.CONFIRMED if is_right else texts.CALLED_WRONG
    await turn.change(said if kept else texts.EMPTY)


async def show_where(turn: Turn) -> None:
    """``/waar``: for everybody on the list."""
    turn.known()
    await show_card(turn)


TAPS: dict[str, Handler] = {LINE: answer}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/waar": show_where}
