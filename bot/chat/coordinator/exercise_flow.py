"""``/oefening``: choose what to play, see who would play, and begin, on a phone.

A scenario or an event of earlier, with who is on the list of the exercise or with people who are
asked first. Each button carries what its message showed, so that an old one begins nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.chat.buttons import Tap, data, short
from bot.chat.coordinator.leading_flow import can_ask, standing_view
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.exercise import leading_texts as words
from bot.exercise import texts
from bot.exercise.choosing import chosen, replays_of
from bot.exercise.current import open_exercise
from bot.exercise.replaying import KEY
from bot.exercise.scripts import Script, shipped
from bot.exercise.starting import NotBegun, begin_with, cast_of
from contacts.outbox import Button
from contacts.permissions import Permission

#: all there is · events of earlier · one of them · begin · begin an event of earlier
CHOOSE, EARLIER, LOOK, BEGIN, REPLAY = "exlist", "exold", "exlook", "exgo", "exregon"
#: ask people first: how fast? · begin to gather them
WHO, GATHER = "exwho", "exgath"
#: how long a look at a scenario may be begun from
LOOK_LASTS = timedelta(minutes=30)
Rows = list[list[Button]]


async def show(turn: Turn) -> None:
    """``/oefening``: the one that is open, else what there is to choose."""
    turn.allowed(Permission.LEAD_EXERCISE)
    exercise = await open_exercise(turn.session)
    view = await _choice(turn) if exercise is None else await standing_view(turn, exercise)
    await turn.say(*view)


async def choose(turn: Turn) -> None:
    """``exlist``: back to all scenarios."""
    turn.allowed(Permission.LEAD_EXERCISE)
    await turn.change(*await _choice(turn))


async def _choice(turn: Turn) -> tuple[str, Rows]:
    actor = turn.known()
    people, organisations = await cast_of(turn.session)
    text = render(
        "exercise/choose.html", people=people, organisations=organisations,
        can_ask=can_ask(turn),
    )  # fmt: skip
    rows = [[Button(one.title, data(LOOK, one.key))] for one in shipped().values()]
    if await replays_of(turn.session, is_exercise=actor.is_exercise):
        rows.append([Button(words.EARLIER, data(EARLIER))])
    return text, rows


async def choose_earlier(turn: Turn) -> None:
    """``exold``: the events that are over, the newest first."""
    actor = turn.allowed(Permission.LEAD_EXERCISE)
    found = await replays_of(turn.session, is_exercise=actor.is_exercise)
    rows = [[Button(short(name), data(LOOK, f"{KEY}{number}"))] for number, name in found]
    await turn.change(render("exercise/earlier.html"), [*rows, [Button(words.ALL, data(CHOOSE))]])


async def look(turn: Turn) -> None:
    """``exlook:<key>``: what it is about and who would play, before it begins."""
    turn.allowed(Permission.LEAD_EXERCISE)
    await turn.change(*await _look(turn, await _script(turn)))


async def _script(turn: Turn) -> Script:
    """The scenario or the event of the button.

    :raises ValueError: there is none.
    """
    assert turn.tap is not None
    key, is_exercise = turn.tap.word(0), turn.known().is_exercise
    script = await chosen(turn.session, key, is_exercise=is_exercise)
    if script is None:
        raise ValueError("no such scenario")
    return script


async def _look(turn: Turn, script: Script) -> tuple[str, Rows]:
    """The buttons carry when it was shown, and with how many people."""
    people, organisations = await cast_of(turn.session)
    text = render(
        "exercise/look.html", script=script, people=people, organisations=organisations,
        can_ask=can_ask(turn), long=texts.minutes(script.injects[-1].at_min + 30),
    )  # fmt: skip
    verb = REPLAY if script.key.startswith(KEY) else BEGIN
    rows = [
        [
            Button(
                words.BEGIN.format(speed=label),
                data(verb, script.key, speed, _minute_of(turn.now), people),
            )
        ]
        for speed, label in words.SPEEDS.items()
        if people
    ]
    if can_ask(turn):
        rows.append([Button(words.ASK_FIRST, data(WHO, script.key))])
    return text, [*rows, [Button(words.ALL, data(CHOOSE))]]


async def begin_it(turn: Turn) -> None:
    """``exgo:<key>:<speed>:<minute>:<people>``: with who is on the list of the exercise, at once.

    What was shown long ago, or with other people on the list, is shown anew and begins nothing.
    """
    turn.allowed(Permission.LEAD_EXERCISE)
    assert turn.tap is not None
    script, speed = await _script(turn), _speed(turn)
    people, _ = await cast_of(turn.session)
    is_free = await open_exercise(turn.session) is None
    if is_free and people and not _is_as_shown(turn.tap, people, turn.now):
        turn.toast = words.LOOK_AGAIN
        await turn.change(*await _look(turn, script))
        return
    await _begin(turn, script, speed, is_gathering=False)


async def ask_first(turn: Turn) -> None:
    """``exwho:<key>``: with people of the real list; how fast would it go?"""
    turn.allowed(Permission.LEAD_EXERCISE)
    script = await _script(turn)
    rows = [
        [Button(words.GATHER.format(speed=label), data(GATHER, script.key, speed))]
        for speed, label in words.SPEEDS.items()
        if can_ask(turn)
    ]
    text = render("exercise/ask_first.html", title=script.title)
    await turn.change(text, [*rows, [Button(words.BACK, data(LOOK, script.key))]])


async def gather(turn: Turn) -> None:
    """``exgath:<key>:<speed>``: people can be asked from now on; the clock does not run yet."""
    turn.allowed(Permission.LEAD_EXERCISE)
    if not can_ask(turn):
        raise ValueError("who plays cannot ask people")
    await _begin(turn, await _script(turn), _speed(turn), is_gathering=True)


def _speed(turn: Turn) -> str:
    """:raises ValueError: none of those to choose from."""
    assert turn.tap is not None
    speed = turn.tap.word(1)
    if speed not in words.SPEEDS:
        raise ValueError("no such speed")
    return speed


async def _begin(turn: Turn, script: Script, speed: str, *, is_gathering: bool) -> None:
    begun = await begin_with(
        turn.session, script, speed=float(speed), is_gathering=is_gathering,
        who=turn.known().who, now=turn.now,
    )  # fmt: skip
    if isinstance(begun, NotBegun):
        turn.toast = words.NOT_BEGUN[begun]
        return
    await turn.change(*await standing_view(turn, begun))


def _minute_of(now: datetime) -> int:
    """The moment as a button carries it: whole minutes. Pure."""
    return int(now.timestamp()) // 60


def _is_as_shown(tap: Tap, people: int, now: datetime) -> bool:
    """Whether the look is of a moment ago and of these people. Pure."""
    if len(tap.args) < 4 or tap.number(3) != people:
        return False
    return 0 <= _minute_of(now) - tap.number(2) <= LOOK_LASTS // timedelta(minutes=1)


TAPS: dict[str, Handler] = {
    CHOOSE: choose, EARLIER: choose_earlier, LOOK: look, BEGIN: begin_it, REPLAY: begin_it,
    WHO: ask_first, GATHER: gather,
}  # fmt: skip
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/oefening": show}
