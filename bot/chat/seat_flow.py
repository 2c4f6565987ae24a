"""A real person in an exercise, by one tap: in, not in, or out."""

from __future__ import annotations

from bot.chat.buttons import data
from bot.chat.turn import Handler, Turn
from bot.exercise import seat_texts as texts
from bot.exercise.beside import STOP
from bot.exercise.leading import end
from bot.exercise.rows import Exercise, ExerciseStatus, Seat, SeatStatus
from bot.exercise.seats import OPEN, SEAT, leave, say_no, say_yes, seat_of
from contacts.outbox import Button
from contacts.permissions import Permission


async def tapped(turn: Turn) -> None:
    """``exseat:<number>:yes``, ``no`` or ``stop``, by whom it is about alone."""
    assert turn.tap is not None
    seat = await turn.session.get(Seat, turn.tap.number(0))
    if seat is None or turn.known().person_id not in (seat.person_id, seat.player_id):
        raise ValueError("somebody else's seat")
    word = turn.tap.word(1)
    if word == "stop":
        await _stop(turn, seat)
        return
    if word not in ("yes", "no"):
        raise ValueError("an old button")
    if word == "no" and await say_no(turn.session, seat, now=turn.now):
        await turn.change(texts.REFUSED)
    elif word == "yes" and await say_yes(turn.session, seat, now=turn.now, chat=turn.chat):
        await _tell_joined(turn, seat)
    else:
        turn.toast = texts.TOO_LATE if seat.status is SeatStatus.OVER else texts.ANSWERED


async def _tell_joined(turn: Turn, seat: Seat) -> None:
    if seat.player_id is not None:
        await turn.change(texts.JOINED)
        return
    out = Button(texts.STOP_EARLY, data(SEAT, seat.id, "stop"))
    await turn.change(texts.JOINED_EARLY, [[out]])


async def _stop(turn: Turn, seat: Seat) -> None:
    """Said anew: what stands under a message of the exercise is not changed any more."""
    if await leave(turn.session, seat, now=turn.now):
        await turn.say(_left(seat))
    else:
        turn.toast = texts.NOT_ANY_MORE


async def stop_playing(turn: Turn) -> bool:
    """``/stop`` of who takes part, or soon will, ends that and nothing else; False for others."""
    actor = turn.known()
    found = await seat_of(turn.session, actor.person_id)
    if found is None or (not actor.is_exercise and found[0].player_id is not None):
        return False
    if not await leave(turn.session, found[0], now=turn.now):
        return False
    await turn.say(_left(found[0]))
    return True


def _left(seat: Seat) -> str:
    return texts.LEFT if seat.player_id is not None else texts.LEFT_EARLY


async def stop_it(turn: Turn) -> None:
    """``exstop:<number>``: something real happens, so the whole exercise stops."""
    turn.allowed(Permission.LEAD_EXERCISE)
    assert turn.tap is not None
    exercise = await turn.session.get(Exercise, turn.tap.number(0))
    if exercise is None or exercise.status not in OPEN:
        turn.toast = texts.TOO_LATE
        return
    who = turn.known().who
    await end(turn.session, exercise, ExerciseStatus.STOPPED, who=who, now=turn.now)
    await turn.change(texts.STOPPED)


TAPS: dict[str, Handler] = {SEAT: tapped, STOP: stop_it}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
