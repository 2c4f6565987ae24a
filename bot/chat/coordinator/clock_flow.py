"""The timetable on the phone: where each step stands, and a tick for what a person did."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.chat.buttons import data
from bot.chat.coordinator import card, clock_texts, texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.progress import View
from bot.chat.render import clock_time, render
from bot.chat.turn import Handler, Turn
from bot.evening.timing import lines_of
from bot.event_names import name_of
from briefings.follow_ups import follow_up_kind
from briefings.moments import local_date
from briefings.steps import Step
from briefings.ticking import tick_step, untick_step
from briefings.timetable import BY_HAND, SKIPPABLE, Line, SoFar
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.rows import RUNNING, Event, EventStatus
from signals.workdays import day_and_clock

STEPS_BY_NUMBER = tuple(Step)
#: what a tap does with a step
DONE, NOT_NEEDED, BACK = "1", "0", "x"
SHOWN = 5
A_DAY = timedelta(days=1)
#: an arrest may be followed up long after it was closed
TELLABLE = (*RUNNING, EventStatus.CLOSED)


def reminder_buttons(event_id: int, step: Step) -> list[list[Button]]:
    """Below a reminder: the act itself where the chat has it, and the timetable."""
    acts = {
        Step.CALL_FIRST: Button(clock_texts.RING, data("ring", event_id)),
        Step.DRAFT: Button(texts.TEXTS, data("texts", event_id)),
        Step.PROMISE: Button(clock_texts.WRITE_UPDATE, data("upd", event_id)),
        Step.MORNING: Button(clock_texts.WRITE_UPDATE, data("upd", event_id)),
        Step.CLOSING: Button(texts.CLOSE, data("clos", event_id)),
        Step.LOOK_BACK: Button(clock_texts.INVITE, data("terugk", event_id)),
        Step.FOLLOW_UP: Button(clock_texts.WRITE_UPDATE, data("volg", event_id)),
    }
    timetable = Button(clock_texts.OPEN_TIMETABLE, data("klok", event_id))
    return [[acts[step], timetable]] if step in acts else [[timetable]]


async def show_all(turn: Turn) -> None:
    """``/klok``: the timetable of each running event."""
    actor = turn.allowed(Permission.SEE_STATUS)
    running = await card.running_events(turn.session, is_exercise=actor.is_exercise)
    if not running:
        await turn.say(render("coordinator/nothing_running.html"))
    for event in list(running)[:SHOWN]:
        await turn.say(*await clock_view(turn, event), event_id=event.id)


async def show(turn: Turn) -> None:
    event = await open_event_of(turn)
    await turn.say(*await clock_view(turn, event), event_id=event.id)


async def clock_view(turn: Turn, event: Event) -> View:
    """The lines, and a button for each step that a person may tick."""
    lines, speed = await lines_of(turn.session, event, turn.config)
    text = render(
        "coordinator/clock.html",
        event=event,
        title=await name_of(turn.session, event),
        lines=[
            {
                "sign": sign_of(line),
                "due": near(line.due, now=turn.now),
                "label": clock_texts.LABELS[line.step],
                "said": said_of(line, now=turn.now),
            }
            for line in lines
        ],
        is_silent=speed is None and event.status is not EventStatus.CLOSED,
    )
    at_hand = [line for line in lines if is_at_hand(line, now=turn.now)]
    rows = [row for line in at_hand for row in _buttons(event.id or 0, line)]
    if follow_up_kind(event) and event.status in TELLABLE:
        is_planned = any(line.step is Step.FOLLOW_UP for line in lines)
        label = clock_texts.REPLAN if is_planned else clock_texts.PLAN
        rows.append([Button(label, data("volgd", event.id))])
    return text, [*rows, [Button(texts.BACK, data("ecard", event.id))]]


def is_at_hand(line: Line, *, now: datetime) -> bool:
    """Whether a step gets its buttons already: an evening is no time for those of next month.

    What follows an arrest may come sooner than was planned. Pure.
    """
    return line.step is Step.FOLLOW_UP or now >= line.due - A_DAY


def state_of(line: Line, *, now: datetime) -> str:
    """A key of :data:`clock_texts.STATES`. Pure."""
    if not line.is_needed:
        return "not_needed"
    if line.is_moot:
        return "moot"
    if line.done_at is not None:
        return "planned" if line.done_at > now else "done"
    return "late" if line.due < now else "open"


def said_of(line: Line, *, now: datetime) -> str:
    """Where a step stands, in words; nothing while there is time. Pure."""
    state = state_of(line, now=now)
    if state == "open":
        return so_far_of(line, now=now)
    said = ", ".join(filter(None, [clock_texts.STATES[state], so_far_of(line, now=now)]))
    has_moment = state in ("done", "planned") and line.done_at is not None
    return f"{said} ({near(line.done_at, now=now)})" if has_moment and line.done_at else said


def so_far_of(line: Line, *, now: datetime) -> str:
    """For how many of the texts it is done, and for how many it has its moment; empty when it is
    for all or none. Pure."""
    if line.so_far is None:
        return ""
    words = clock_texts.SO_FAR
    if line.so_far.planned:
        words = clock_texts.SO_FAR_PLANNED if line.so_far.done else clock_texts.PLANNED
    return _counted(words, line.so_far, now=now)


def ask_of(line: Line, *, now: datetime) -> str:
    """What is asked of whoever hears that the step is not done. Pure."""
    if line.so_far is None or line.step not in clock_texts.ASKS_REST:
        return clock_texts.ASKS[line.step]
    words = clock_texts.ASKS_REST[line.step]
    if line.so_far.planned:
        is_both = line.so_far.done > 0
        words = clock_texts.ASKS_SENT_AND_PLANNED if is_both else clock_texts.ASKS_PLANNED
    return _counted(words, line.so_far, now=now)


def _counted(words: str, so_far: SoFar, *, now: datetime) -> str:
    leaves, at = so_far.planned_at, clock_texts.SEVERAL_MOMENTS
    if leaves is not None:
        at = clock_texts.PLANNED_AT.format(at=near(leaves, now=now))
    stand = clock_texts.STANDS if so_far.planned == 1 else clock_texts.STAND
    are = clock_texts.IS if so_far.done == 1 else clock_texts.ARE
    return words.format(
        done=so_far.done, total=so_far.total, planned=so_far.planned, at=at, stand=stand, are=are
    )


def near(at: datetime, *, now: datetime) -> str:
    """``17.42`` today, else with its day. Pure."""
    return clock_time(at) if local_date(at) == local_date(now) else day_and_clock(at)


def sign_of(line: Line) -> str:
    """Done, still to do, or neither. Pure."""
    if line.is_moot or not line.is_needed:
        return "–"
    return "☐" if line.is_open else "☑"


def _buttons(event_id: int, line: Line) -> list[list[Button]]:
    label, number = clock_texts.LABELS[line.step], STEPS_BY_NUMBER.index(line.step)

    def button(words: str, act: str) -> Button:
        return Button(words.format(label=label), data("klokt", event_id, number, act))

    if line.step not in SKIPPABLE or line.is_moot:
        return []
    if not line.is_open:
        return [[button(clock_texts.UNTICK, BACK)]] if line.step in BY_HAND else []
    rows = [[button(clock_texts.NOT_NEEDED, NOT_NEEDED)]]
    if line.step in BY_HAND:
        rows.insert(0, [button(clock_texts.TICK, DONE)])
    acts = {
        Step.CALL_FIRST: Button(clock_texts.RING, data("ring", event_id)),
        Step.LOOK_BACK: Button(clock_texts.INVITE, data("terugk", event_id)),
        Step.FOLLOW_UP: Button(clock_texts.WRITE_FOLLOW_UP, data("volg", event_id)),
    }
    return [[acts[line.step]], *rows] if line.step in acts else rows


async def tick(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    number, act = turn.tap.number(1), turn.tap.word(2)
    if not 0 <= number < len(STEPS_BY_NUMBER) or act not in (DONE, NOT_NEEDED, BACK):
        raise ValueError("outside the choices")
    step, actor = STEPS_BY_NUMBER[number], turn.known()
    if act == BACK:
        if not await untick_step(turn.session, event, step, actor, now=turn.now):
            turn.toast = clock_texts.NOTHING_TO_UNTICK
    else:
        await tick_step(turn.session, event, step, actor, is_needed=act == DONE, now=turn.now)
    await turn.change(*await clock_view(turn, event))


TAPS: dict[str, Handler] = {
    "klok": show,
    "klokt": tick,
}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/klok": show_all}
