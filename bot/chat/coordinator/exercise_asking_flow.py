"""People of the real list for an exercise, on a phone: whom, as what, when, and what they said.

Who was asked and what they said stands sealed in the outbox: only whoever leads it reads that.
"""

from __future__ import annotations

from datetime import UTC, datetime

from bot.carrying import configured_kinds
from bot.chat.buttons import data, short
from bot.chat.coordinator.leading_flow import PEOPLE, STAND, can_ask, exercise_of
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.following import read_moment
from bot.exercise import leading_texts as words
from bot.exercise.asking import Candidate, asked_of, candidates_of
from bot.exercise.reaching import Reaching, reached
from bot.exercise.rows import Exercise, ExerciseStatus, SeatRole
from bot.exercise.seats import OPEN, ask_people
from briefings.moments import far_moment
from contacts.outbox import Button
from contacts.permissions import Permission

FLOW = "exercise_people"
#: when will it be? · candidates · search · one of them · ask them
WHEN, PICK, FIND, ONE, ASK = "exwhen", "expick", "exfind", "exone", "exasks"
#: candidates in one message · found by searching · who was asked, in one message
AT_ONCE, FOUND, SHOWN = 8, 16, 25
ROLES = tuple(SeatRole)
#: the moment in a button, when none was said
OPEN_MOMENT = 0
Rows = list[list[Button]]


async def show_people(turn: Turn) -> None:
    """``exppl:<exercise>``: who was asked, and what they said or how far the question came.

    In place of the message: what follows takes it away again, so that no list of it stays behind.
    """
    exercise = await _exercise(turn)
    if exercise is None:
        return
    asked = await asked_of(turn.session, exercise, configured_kinds(turn.config))
    text = render(
        "exercise/people.html", title=exercise.title, asked=asked[:SHOWN],
        more=max(len(asked) - SHOWN, 0),
    )  # fmt: skip
    is_gathering = exercise.status is ExerciseStatus.GATHERING
    onward = data(WHEN, exercise.id) if is_gathering else data(PICK, exercise.id, 0, OPEN_MOMENT)
    rows = [
        [Button(words.ASK_SOMEBODY, onward)],
        [Button(words.WHO_SAID, data(PEOPLE, exercise.id))],
        [Button(words.REFRESH, data(STAND, exercise.id))],
    ]
    await turn.change(text, rows, is_delicate=True)


async def ask_when(turn: Turn) -> None:
    """``exwhen:<exercise>``: it stands in the question; the clock runs only when it is started."""
    exercise = await _exercise(turn)
    if exercise is None:
        return
    await turn.ask(FLOW, "moment", {"exercise": exercise.id})
    unsaid = Button(words.NO_MOMENT, data(PICK, exercise.id, 0, OPEN_MOMENT))
    # In its place: who said yes stands nowhere longer than it is looked at.
    await turn.change(render("exercise/ask_when.html", title=exercise.title), [[unsaid]])


async def wrote_when(turn: Turn) -> None:
    """A day and a time; the candidates come next."""
    exercise, _ = await _of_question(turn)
    at = read_moment(turn.text or "", turn.now)
    if at is None:
        await turn.say(render("coordinator/moment_like_this.html"))
        return
    await turn.finish()
    if exercise is None:
        await turn.say(words.OVER)
        return
    await turn.say(*await _leaf(turn, exercise, 0, int(at.timestamp()) // 60))


async def pick(turn: Turn) -> None:
    """``expick:<exercise>:<leaf>:<minute>``."""
    exercise = await _exercise(turn)
    if exercise is None:
        return
    assert turn.tap is not None
    if turn.conversation is not None and turn.conversation.flow == FLOW:
        await turn.finish()
    await turn.change(*await _leaf(turn, exercise, turn.tap.number(1), turn.tap.number(2)))


async def _leaf(turn: Turn, exercise: Exercise, leaf: int, minute: int) -> tuple[str, Rows]:
    """Candidates, those with rights in front.

    :raises ValueError: no such leaf: the button is forged.
    """
    if leaf < 0:
        raise ValueError("no such leaf")
    found = await candidates_of(
        turn.session, exercise, most=AT_ONCE + 1, skip=leaf * AT_ONCE
    )  # fmt: skip
    number = exercise.id
    turning = []
    if leaf > 0:
        turning.append(Button(words.PREVIOUS, data(PICK, number, leaf - 1, minute)))
    if len(found) > AT_ONCE:
        turning.append(Button(words.FURTHER, data(PICK, number, leaf + 1, minute)))
    rows = [*_buttons(exercise, found[:AT_ONCE], minute), *([turning] if turning else [])]
    text = render(
        "exercise/pick.html", title=exercise.title, has_people=bool(found), is_search=False,
        when=_said(minute, turn.now),
    )  # fmt: skip
    return text, [*rows, *_ways_on(exercise, minute)]


def _buttons(exercise: Exercise, people: list[Candidate], minute: int) -> Rows:
    return [
        [Button(short(f"{one.name}, {one.where}"), data(ONE, exercise.id, one.id, minute))]
        for one in people
    ]


def _ways_on(exercise: Exercise, minute: int) -> Rows:
    return [
        [Button(words.SEARCH, data(FIND, exercise.id, minute))],
        [Button(words.WHO_SAID, data(PEOPLE, exercise.id))],
    ]


def _said(minute: int, now: datetime) -> str:
    """The moment that was said, in words; empty when none was. Pure."""
    return far_moment(_moment(minute), now) if minute != OPEN_MOMENT else ""


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, tz=UTC)


async def ask_search(turn: Turn) -> None:
    """``exfind:<exercise>:<minute>``."""
    exercise = await _exercise(turn)
    if exercise is None:
        return
    assert turn.tap is not None
    minute = turn.tap.number(1)
    await turn.ask(FLOW, "search", {"exercise": exercise.id, "minute": minute})
    await turn.say(words.SEARCH_LIKE)


async def wrote_search(turn: Turn) -> None:
    """A part of the name, the function or the organisation."""
    exercise, minute = await _of_question(turn)
    await turn.finish()
    if exercise is None:
        await turn.say(words.OVER)
        return
    found = await candidates_of(turn.session, exercise, most=FOUND, search=turn.line[:80])
    text = render(
        "exercise/pick.html", title=exercise.title, has_people=bool(found),
        is_search=True, when=_said(minute, turn.now),
    )  # fmt: skip
    rows = [*_buttons(exercise, found, minute), *_ways_on(exercise, minute)]
    await turn.say(text, rows)


async def show_one(turn: Turn) -> None:
    """``exone:<exercise>:<person>:<minute>``: as what would they be asked?"""
    exercise = await _exercise(turn)
    if exercise is None:
        return
    assert turn.tap is not None
    person, minute = turn.tap.number(1), turn.tap.number(2)
    found = await candidates_of(turn.session, exercise, most=1, only=person)
    if not found:
        turn.toast = words.NOT_TO_ASK
        await turn.change(*await _leaf(turn, exercise, 0, minute))
        return
    [one] = found
    rows = [
        [
            Button(
                words.ASK_AS.format(role=label),
                data(ASK, exercise.id, person, ROLES.index(SeatRole(role)), minute),
            )
        ]
        for role, label in one.roles.items()
    ]
    text = render(
        "exercise/ask_one.html", person=one.name, where=one.where, title=exercise.title,
        when=_said(minute, turn.now), runs=exercise.status is ExerciseStatus.RUNNING,
    )  # fmt: skip
    await turn.change(text, [*rows, [Button(words.BACK, data(PICK, exercise.id, 0, minute))]])


async def ask(turn: Turn) -> None:
    """``exasks:<exercise>:<person>:<role>:<minute>``: the question goes to them, once."""
    exercise = await _exercise(turn)
    if exercise is None:
        return
    assert turn.tap is not None
    person, role, minute = (turn.tap.number(index) for index in (1, 2, 3))
    at = _moment(minute) if minute != OPEN_MOMENT else None
    if not 0 <= role < len(ROLES):
        raise ValueError("no such role")
    if at is not None and at <= turn.now and exercise.status is ExerciseStatus.GATHERING:
        turn.toast = words.MOMENT_OVER
        return
    kinds = configured_kinds(turn.config)
    seats = await ask_people(
        turn.session, exercise, {person: ROLES[role]}, at=at, kinds=kinds,
        who=turn.known().who, now=turn.now,
    )  # fmt: skip
    turn.toast = words.ASKED if seats else words.NOT_TO_ASK
    came = (await reached(turn.session, seats, kinds)).values()
    if seats and Reaching.ON_ITS_WAY not in came:
        turn.toast = words.ASKED_STUCK
    await turn.change(*await _leaf(turn, exercise, 0, minute))


async def _exercise(turn: Turn) -> Exercise | None:
    """The one of the button; None, with a toast, when it is over.

    :raises ValueError: there is none, or who taps is in the world of the exercise.
    """
    turn.allowed(Permission.LEAD_EXERCISE)
    if not can_ask(turn):
        raise ValueError("who plays cannot ask people")
    return await exercise_of(turn)


async def _of_question(turn: Turn) -> tuple[Exercise | None, int]:
    """The exercise and the moment of the open question; None when it is over by now."""
    turn.allowed(Permission.LEAD_EXERCISE)
    assert turn.conversation is not None
    given = turn.conversation.data
    exercise = await turn.session.get(Exercise, int(given["exercise"]))
    is_open = exercise is not None and exercise.status in OPEN and can_ask(turn)
    return exercise if is_open else None, int(given.get("minute", OPEN_MOMENT))


TAPS: dict[str, Handler] = {
    PEOPLE: show_people, WHEN: ask_when, PICK: pick, FIND: ask_search, ONE: show_one, ASK: ask,
}  # fmt: skip
STEPS: dict[tuple[str, str], Handler] = {
    (FLOW, "moment"): wrote_when,
    (FLOW, "search"): wrote_search,
}
COMMANDS: dict[str, Handler] = {}
