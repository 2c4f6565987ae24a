"""``/oefening``: begin an exercise, lead it, and read its card, on a phone.

Whom to ask is chosen at the desk: that is a list. Each button carries what its message showed, so
that an old one moves nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.chat.buttons import Tap, data
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.exercise import leading_texts as words
from bot.exercise import seat_texts, texts
from bot.exercise.leading import end, move_on, open_exercise
from bot.exercise.marks import card_of
from bot.exercise.pace import minute_at, played_by
from bot.exercise.rows import Exercise, ExerciseStatus
from bot.exercise.scoring import Verdict
from bot.exercise.scripts import Script, script_of, shipped
from bot.exercise.seats import OPEN
from bot.exercise.starting import NotBegun, begin_with, cast_of, gathered_of, start_clock_of
from contacts.outbox import Button
from contacts.permissions import Permission

#: the scenarios · one of them · begin · start the clock · next inject · how it stands
CHOOSE, LOOK, BEGIN, START, NEXT, STAND = "exlist", "exlook", "exgo", "exstart", "exnext", "exnow"
#: end or break off? · ended · broken off · called off before it ran
ASK, END, BREAK, OFF = "exask", "exend", "exbreak", "exoff"
#: the button stood under the question; without it, it is one of an older message
SURE = "ja"
#: how long a look at a scenario may be begun from
LOOK_LASTS = timedelta(minutes=30)
Rows = list[list[Button]]


async def show(turn: Turn) -> None:
    """``/oefening``: the one that is open, else what there is to choose."""
    turn.allowed(Permission.LEAD_EXERCISE)
    exercise = await open_exercise(turn.session)
    view = await _choice(turn) if exercise is None else await _standing(turn, exercise)
    await turn.say(*view)


def _can_ask(turn: Turn) -> bool:
    """People of the real list are asked from the real world only, as on the page."""
    return not turn.known().is_exercise


async def choose(turn: Turn) -> None:
    """``exlist``: back to all scenarios."""
    turn.allowed(Permission.LEAD_EXERCISE)
    await turn.change(*await _choice(turn))


async def _choice(turn: Turn) -> tuple[str, Rows]:
    people, organisations = await cast_of(turn.session)
    text = render(
        "exercise/choose.html", people=people, organisations=organisations,
        can_ask=_can_ask(turn),
    )  # fmt: skip
    return text, [[Button(one.title, data(LOOK, one.key))] for one in shipped().values()]


async def look(turn: Turn) -> None:
    """``exlook:<key>``: what it is about and who would play, before it begins."""
    turn.allowed(Permission.LEAD_EXERCISE)
    assert turn.tap is not None
    script = shipped().get(turn.tap.word(0))
    if script is None:
        raise ValueError("no such scenario")
    await turn.change(*await _look(turn, script))


async def _look(turn: Turn, script: Script) -> tuple[str, Rows]:
    """The buttons carry when it was shown, and with how many people."""
    people, organisations = await cast_of(turn.session)
    text = render(
        "exercise/look.html", script=script, people=people, organisations=organisations,
        can_ask=_can_ask(turn), long=texts.minutes(script.injects[-1].at_min + 30),
    )  # fmt: skip
    rows = [
        [
            Button(
                words.BEGIN.format(speed=label),
                data(BEGIN, script.key, speed, _minute_of(turn.now), people),
            )
        ]
        for speed, label in words.SPEEDS.items()
        if people
    ]
    return text, [*rows, [Button(words.ALL, data(CHOOSE))]]


async def begin_it(turn: Turn) -> None:
    """``exgo:<key>:<speed>:<minute>:<people>``: with who is on the list of the exercise, at once.

    What was shown long ago, or with other people on the list, is shown anew and begins nothing.
    """
    actor = turn.allowed(Permission.LEAD_EXERCISE)
    assert turn.tap is not None
    script, speed = shipped().get(turn.tap.word(0)), turn.tap.word(1)
    if script is None or speed not in words.SPEEDS:
        raise ValueError("no such scenario or speed")
    people, _ = await cast_of(turn.session)
    is_free = await open_exercise(turn.session) is None
    if is_free and people and not _is_as_shown(turn.tap, people, turn.now):
        turn.toast = words.LOOK_AGAIN
        await turn.change(*await _look(turn, script))
        return
    begun = await begin_with(
        turn.session, script, speed=float(speed), is_gathering=False, who=actor.who, now=turn.now
    )
    if isinstance(begun, NotBegun):
        turn.toast = words.NOT_BEGUN[begun]
        return
    await turn.change(*await _standing(turn, begun))


def _minute_of(now: datetime) -> int:
    """The moment as a button carries it: whole minutes. Pure."""
    return int(now.timestamp()) // 60


def _is_as_shown(tap: Tap, people: int, now: datetime) -> bool:
    """Whether the look is of a moment ago and of these people. Pure."""
    if len(tap.args) < 4 or tap.number(3) != people:
        return False
    return 0 <= _minute_of(now) - tap.number(2) <= LOOK_LASTS // timedelta(minutes=1)


async def start(turn: Turn) -> None:
    """``exstart:<number>:<ja|nee>``: the people who said yes play from here on."""
    actor = turn.allowed(Permission.LEAD_EXERCISE)
    assert turn.tap is not None
    exercise = await _exercise(turn)
    if exercise is None:
        return
    if exercise.status is not ExerciseStatus.GATHERING:
        await _changed(turn, exercise)
        return
    gathered = await gathered_of(turn.session, exercise)
    machine = gathered.for_machine if turn.tap.word(1) == "ja" else ()
    if not await start_clock_of(turn.session, exercise, machine, who=actor.who, now=turn.now):
        turn.toast = words.NOBODY_YET
        return
    await turn.change(*await _standing(turn, exercise))


async def play_next(turn: Turn) -> None:
    """``exnext:<number>:<injects played>``: the wait for the next one is skipped, once."""
    actor = turn.allowed(Permission.LEAD_EXERCISE)
    assert turn.tap is not None
    exercise = await _exercise(turn)
    if exercise is None:
        return
    is_old = exercise.injected != turn.tap.number(1)
    if is_old or not await move_on(turn.session, exercise, who=actor.who, now=turn.now):
        await _changed(turn, exercise)
        return
    await turn.change(*await _standing(turn, exercise, is_moving=True))


async def _changed(turn: Turn, exercise: Exercise | None) -> None:
    """What the button was about went on meanwhile: the message says how it stands now."""
    if exercise is not None:
        turn.toast = words.CHANGED
        await turn.change(*await _standing(turn, exercise))


async def stand(turn: Turn) -> None:
    """``exnow:<number>``: the same message, as it is now."""
    turn.allowed(Permission.LEAD_EXERCISE)
    exercise = await _exercise(turn, may_be_over=True)
    if exercise is None:
        return
    is_open = exercise.status in OPEN
    await turn.change(
        *(await _standing(turn, exercise) if is_open else await _card(turn, exercise))
    )


async def ask_end(turn: Turn) -> None:
    """``exask:<number>``: asked once more, for it cannot be undone."""
    turn.allowed(Permission.LEAD_EXERCISE)
    exercise = await _exercise(turn)
    if exercise is None:
        return
    rows = [
        [Button(words.END_NOW, data(END, exercise.id))],
        [Button(words.BREAK_OFF, data(BREAK, exercise.id, SURE))],
        [Button(words.BACK, data(STAND, exercise.id))],
    ]
    await turn.change(render("exercise/end_sure.html", title=exercise.title), rows)


async def end_it(turn: Turn) -> None:
    """``exend:<number>``."""
    await _end(turn, ExerciseStatus.ENDED, once=ExerciseStatus.RUNNING)


async def break_off(turn: Turn) -> None:
    """``exbreak:<number>:ja``: what was still to go out does not go. Only from the asking."""
    assert turn.tap is not None
    if turn.tap.args[1:] != (SURE,):
        turn.allowed(Permission.LEAD_EXERCISE)
        await _changed(turn, await _exercise(turn))
        return
    await _end(turn, ExerciseStatus.STOPPED, once=ExerciseStatus.RUNNING)


async def call_off(turn: Turn) -> None:
    """``exoff:<number>``: while people are asked; once the clock runs, it breaks nothing off."""
    await _end(turn, ExerciseStatus.STOPPED, once=ExerciseStatus.GATHERING)


async def _end(turn: Turn, status: ExerciseStatus, *, once: ExerciseStatus) -> None:
    """:param once: how it stood when the button was shown."""
    actor = turn.allowed(Permission.LEAD_EXERCISE)
    exercise = await _exercise(turn)
    if exercise is None:
        return
    if exercise.status is not once:
        await _changed(turn, exercise)
        return
    await end(turn.session, exercise, status, who=actor.who, now=turn.now)
    await turn.change(*await _card(turn, exercise))


async def _exercise(turn: Turn, *, may_be_over: bool = False) -> Exercise | None:
    """The one of the button; None, with a toast, when it is over.

    :raises ValueError: there is none.
    """
    assert turn.tap is not None
    exercise = await turn.session.get(Exercise, turn.tap.number(0))
    if exercise is None:
        raise ValueError("no such exercise")
    if exercise.status not in OPEN and not may_be_over:
        turn.toast = words.OVER
        return None
    return exercise


async def _standing(turn: Turn, exercise: Exercise, *, is_moving: bool = False) -> tuple[str, Rows]:
    """How it stands, with what can be done. Who answered what stays out: only how many."""
    number = exercise.id
    if exercise.status is ExerciseStatus.GATHERING:
        gathered = await gathered_of(turn.session, exercise)
        text = render(
            "exercise/gathering.html", title=exercise.title, joined=gathered.joined,
            missing=[seat_texts.ROLES[role] for role in gathered.missing],
            machine=[words.MACHINE[role] for role in gathered.for_machine],
        )  # fmt: skip
        return text, [
            [Button(words.START, data(START, number, "ja"))],
            [Button(words.START_ALONE, data(START, number, "nee"))],
            [Button(words.REFRESH, data(STAND, number))],
            [Button(words.CALL_OFF, data(OFF, number))],
        ]
    script = script_of(exercise.script)
    # Counted with what is due this moment: it is played before anybody can tap.
    played = played_by(exercise, script, turn.now)
    coming = script.injects[played] if played < len(script.injects) else None
    people, organisations = await cast_of(turn.session)
    card = (await card_of(turn.session, exercise, now=turn.now)).as_row()
    text = render(
        "exercise/standing.html", title=exercise.title, injected=played,
        injects=len(script.injects), minute=texts.minutes(minute_at(exercise, turn.now)),
        coming="" if coming is None else texts.minutes(coming.at_min),
        kind="" if coming is None else texts.KINDS[coming.kind],
        people=people, organisations=organisations, is_moving=is_moving, words=texts,
        alerted=texts.alerted_lines(card),
    )  # fmt: skip
    rows = [] if coming is None or is_moving else [
        [Button(words.NEXT, data(NEXT, number, played))]
    ]  # fmt: skip
    rows.append([Button(words.REFRESH, data(STAND, number))])
    rows.append([Button(words.END, data(ASK, number))])
    return text, rows


async def _card(turn: Turn, exercise: Exercise) -> tuple[str, Rows]:
    """The score card: what happened and when, never who."""
    if exercise.card is None and exercise.status is ExerciseStatus.STOPPED:
        return render("exercise/called_off.html", title=exercise.title), []
    card = exercise.card or (await card_of(turn.session, exercise, now=turn.now)).as_row()
    text = render(
        "exercise/card.html", title=exercise.title, lines=card["lines"], actions=texts.ACTIONS,
        verdicts=texts.VERDICTS, minutes=texts.minutes, status=texts.STATUSES[exercise.status],
        in_time=sum(one["verdict"] == Verdict.IN_TIME for one in card["lines"]),
        words=texts, alerted=texts.alerted_lines(card),
    )  # fmt: skip
    return text, []


TAPS: dict[str, Handler] = {
    CHOOSE: choose,
    LOOK: look,
    BEGIN: begin_it,
    START: start,
    NEXT: play_next,
    STAND: stand,
    ASK: ask_end,
    END: end_it,
    BREAK: break_off,
    OFF: call_off,
}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/oefening": show}
