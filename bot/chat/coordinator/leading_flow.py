"""The exercise that gathers people or runs, led on a phone: its clock, its injects, its card.

Each button carries what its message showed, so that an old one moves nothing.
"""

from __future__ import annotations

from bot.chat.buttons import data
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.exercise import leading_texts as words
from bot.exercise import seat_texts, texts
from bot.exercise.leading import end, move_on
from bot.exercise.marks import card_of
from bot.exercise.pace import minute_at, played_by
from bot.exercise.rows import Exercise, ExerciseStatus
from bot.exercise.scoring import Verdict
from bot.exercise.scripts import script_of
from bot.exercise.seats import OPEN
from bot.exercise.starting import cast_of, gathered_of, start_clock_of
from contacts.outbox import Button
from contacts.permissions import Permission

#: start the clock · next inject · how it stands · its people
START, NEXT, STAND, PEOPLE = "exstart", "exnext", "exnow", "exppl"
#: end or break off? · ended · broken off · called off before it ran
ASK, END, BREAK, OFF = "exask", "exend", "exbreak", "exoff"
#: the button stood under the question; without it, it is one of an older message
SURE = "ja"
Rows = list[list[Button]]


async def start(turn: Turn) -> None:
    """``exstart:<number>:<ja|nee>``: the people who said yes play from here on."""
    actor = turn.allowed(Permission.LEAD_EXERCISE)
    assert turn.tap is not None
    exercise = await exercise_of(turn)
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
    await turn.change(*await standing_view(turn, exercise))


async def play_next(turn: Turn) -> None:
    """``exnext:<number>:<injects played>``: the wait for the next one is skipped, once."""
    actor = turn.allowed(Permission.LEAD_EXERCISE)
    assert turn.tap is not None
    exercise = await exercise_of(turn)
    if exercise is None:
        return
    is_old = exercise.injected != turn.tap.number(1)
    if is_old or not await move_on(turn.session, exercise, who=actor.who, now=turn.now):
        await _changed(turn, exercise)
        return
    await turn.change(*await standing_view(turn, exercise, is_moving=True))


async def _changed(turn: Turn, exercise: Exercise | None) -> None:
    """What the button was about went on meanwhile: the message says how it stands now."""
    if exercise is not None:
        turn.toast = words.CHANGED
        await turn.change(*await standing_view(turn, exercise))


async def stand(turn: Turn) -> None:
    """``exnow:<number>``: the same message, as it is now."""
    turn.allowed(Permission.LEAD_EXERCISE)
    exercise = await exercise_of(turn, may_be_over=True)
    if exercise is None:
        return
    is_open = exercise.status in OPEN
    await turn.change(
        *(await standing_view(turn, exercise) if is_open else await _card(turn, exercise))
    )


async def ask_end(turn: Turn) -> None:
    """``exask:<number>``: asked once more, for it cannot be undone."""
    turn.allowed(Permission.LEAD_EXERCISE)
    exercise = await exercise_of(turn)
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
        await _changed(turn, await exercise_of(turn))
        return
    await _end(turn, ExerciseStatus.STOPPED, once=ExerciseStatus.RUNNING)


async def call_off(turn: Turn) -> None:
    """``exoff:<number>``: while people are asked; once the clock runs, it breaks nothing off."""
    await _end(turn, ExerciseStatus.STOPPED, once=ExerciseStatus.GATHERING)


async def _end(turn: Turn, status: ExerciseStatus, *, once: ExerciseStatus) -> None:
    """:param once: how it stood when the button was shown."""
    actor = turn.allowed(Permission.LEAD_EXERCISE)
    exercise = await exercise_of(turn)
    if exercise is None:
        return
    if exercise.status is not once:
        await _changed(turn, exercise)
        return
    await end(turn.session, exercise, status, who=actor.who, now=turn.now)
    await turn.change(*await _card(turn, exercise))


async def exercise_of(turn: Turn, *, may_be_over: bool = False) -> Exercise | None:
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


def can_ask(turn: Turn) -> bool:
    """People of the real list are asked from the real world only, as on the page."""
    return not turn.known().is_exercise


def _to_people(turn: Turn, exercise: Exercise) -> Rows:
    return [[Button(words.PEOPLE, data(PEOPLE, exercise.id))]] if can_ask(turn) else []


async def standing_view(
    turn: Turn, exercise: Exercise, *, is_moving: bool = False
) -> tuple[str, Rows]:
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
            *_to_people(turn, exercise),
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
    rows += [*_to_people(turn, exercise), [Button(words.REFRESH, data(STAND, number))]]
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
    START: start,
    NEXT: play_next,
    STAND: stand,
    ASK: ask_end,
    END: end_it,
    BREAK: break_off,
    OFF: call_off,
}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
