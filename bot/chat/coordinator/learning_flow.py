"""``/les``: a lesson of an event, line by line, read back before it is kept.

Each line is judged when it comes, and all of them again when the lesson is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from html import escape
from typing import Any
from zlib import crc32

from sqlmodel import col, select

from bot import learning_texts as texts
from bot.chat.buttons import data, short
from bot.chat.turn import Handler, Turn
from bot.evening.following import read_day
from bot.event_names import name_of, names_of_events
from briefings.learning.lessons import NewLesson, NotKept, add_lesson, why_not
from briefings.moments import dated, local_date
from contacts.directory import Organisation
from contacts.outbox import Button
from contacts.people import organisation_named
from contacts.permissions import Permission
from contacts.records import ids_of
from feeds.rows import Event, EventStatus

FLOW = "lesson"
#: of which event · nothing to keep · our own organisation · so many weeks · keep it · stop
ABOUT, SKIP, OWN, WEEKS, KEEP, QUIT = "les", "lesskip", "lesown", "lesdue", "leskeep", "lesquit"
SHOWN = 8
HELD = (EventStatus.CONFIRMED, EventStatus.REOPENED, EventStatus.CLOSED)


async def choose(turn: Turn) -> None:
    """``/les``: the newest events that were confirmed, of the actor's world."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    found = await turn.session.exec(
        select(Event)
        .where(col(Event.status).in_(HELD), col(Event.is_exercise) == actor.is_exercise)
        .order_by(col(Event.id).desc())
        .limit(SHOWN)
    )
    numbers = ids_of(found.all())
    names = await names_of_events(turn.session, numbers)
    rows = [[Button(short(names[number]), data(ABOUT, number))] for number in numbers]
    await turn.say(texts.CHOOSE if rows else texts.NO_EVENT, rows)


async def begin(turn: Turn) -> None:
    """``les:<event>``."""
    assert turn.tap is not None
    event = await _event(turn, turn.tap.number(0))
    if event is None:
        raise ValueError("no such event for this actor")
    await turn.ask(FLOW, "change", {"event": event.id})
    name = escape(await name_of(turn.session, event))
    await turn.say(texts.ASK_CHANGE.format(event=name, readers=texts.READERS))


async def wrote_change(turn: Turn) -> None:
    if await _fits(turn, "change", line := turn.line):
        await _next(turn, "keep", {"change": line}, texts.ASK_KEEP, texts.SKIP, data(SKIP))


async def wrote_keep(turn: Turn) -> None:
    if await _fits(turn, "keep", line := turn.line):
        await _ask_owner(turn, line)


async def skip(turn: Turn) -> None:
    _must_be_at(turn, "keep")
    await _ask_owner(turn, "")


async def _ask_owner(turn: Turn, keep: str) -> None:
    own = await turn.session.get_one(Organisation, turn.known().organisation_id)
    await _next(turn, "owner", {"keep": keep}, texts.ASK_OWNER, short(own.name), data(OWN))


async def wrote_owner(turn: Turn) -> None:
    if await _fits(turn, "owner", line := turn.line):
        await _ask_due(turn, line)


async def chose_own(turn: Turn) -> None:
    _must_be_at(turn, "owner")
    own = await turn.session.get_one(Organisation, turn.known().organisation_id)
    await _ask_due(turn, own.name)


async def _ask_due(turn: Turn, owner: str) -> None:
    await turn.ask(FLOW, "due", turn.kept | {"owner": owner})
    rows = [[Button(label, data(WEEKS, weeks))] for weeks, label in texts.WEEKS.items()]
    await turn.say(texts.ASK_DUE.format(example=_example(turn)), [*rows, _quit()])


def _example(turn: Turn) -> str:
    """How a day is written, by one that is usual."""
    usual = local_date(turn.now) + timedelta(weeks=6)
    return f"{usual.day}-{usual.month}"


async def wrote_due(turn: Turn) -> None:
    await _take_due(turn, read_day(turn.line, local_date(turn.now)))


async def chose_due(turn: Turn) -> None:
    assert turn.tap is not None
    weeks = turn.tap.number(0)
    if weeks not in texts.WEEKS:
        raise ValueError("no such choice")
    _must_be_at(turn, "due")
    await _take_due(turn, local_date(turn.now) + timedelta(weeks=weeks))


async def _take_due(turn: Turn, due: date | None) -> None:
    """Read back; nothing is kept before the tap on *Bewaren*."""
    if not await _fits(turn, "due", due):
        return
    assert due is not None
    kept = turn.kept | {"due": due.isoformat()}
    event = await _event(turn, int(kept["event"]))
    if event is None:
        await turn.give_up(FLOW, texts.GIVEN_UP)
        return
    await turn.ask(FLOW, "sure", kept)
    said = {
        "event": await name_of(turn.session, event), "change": kept["change"],
        "keep": kept["keep"] or texts.NOTHING_TO_KEEP, "owner": kept["owner"], "due": dated(due),
        "readers": texts.READERS,
    }  # fmt: skip
    text = texts.READ_BACK.format(**{name: escape(value) for name, value in said.items()})
    await turn.say(text, [[Button(texts.KEEP_IT, data(KEEP))], _quit()])


async def keep_it(turn: Turn) -> None:
    """``leskeep``: judged once more, and written with its line in the journal."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    _must_be_at(turn, "sure")
    kept = turn.kept
    event = await _event(turn, int(kept["event"]))
    if event is None:
        await turn.give_up(FLOW, texts.GIVEN_UP)
        return
    lesson = NewLesson(
        kept["keep"], kept["change"], kept["owner"], date.fromisoformat(kept["due"]),
        is_knowing=bool(kept.get("knowing")),
    )  # fmt: skip
    made = await add_lesson(
        turn.session, event, lesson, who=actor.who, allow=turn.config.signals.allow,
        today=local_date(turn.now), now=turn.now,
    )  # fmt: skip
    await turn.finish()
    await turn.change(texts.NOT_KEPT[made.reason] if isinstance(made, NotKept) else texts.KEPT)


async def quit_it(turn: Turn) -> None:
    """``lesquit``."""
    turn.allowed(Permission.MANAGE_EVENT)
    await turn.give_up(FLOW, texts.GIVEN_UP)


async def _fits(turn: Turn, name: str, value: str | date | None) -> bool:
    """Whether this one line may be kept; if not, why is said and the question stays open."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    today = local_date(turn.now)
    is_known = name != "owner" or await organisation_named(
        turn.session, str(value), is_exercise=actor.is_exercise
    ) is not None  # fmt: skip
    asked: dict[str, Any] = {name: value}
    # The other lines are as they should be, so that only this one is judged.
    whole = replace(NewLesson("", texts.ADD, texts.ADD, today), **asked)
    refused = why_not(whole, turn.config.signals.allow, is_known=is_known, today=today)
    if refused == "role":
        return await _asks_again(turn, str(value))
    if refused is not None:
        said = texts.NOT_KEPT[refused]
        if refused == "date":
            said = texts.DATE_AGAIN.format(refused=said, example=_example(turn))
        await turn.say(said)
    return refused is None


async def _asks_again(turn: Turn, line: str) -> bool:
    """Somebody may be meant by a role: said once; the same line again stays as it is."""
    kept, talk = turn.kept, turn.conversation
    assert talk is not None
    mark = crc32(line.encode())
    if kept.get("asked") == mark:
        await turn.ask(FLOW, talk.step, kept | {"knowing": True})
        return True
    await turn.ask(FLOW, talk.step, kept | {"asked": mark})
    await turn.say(texts.SAY_AGAIN.format(refused=texts.NOT_KEPT["role"]))
    return False


async def _next(
    turn: Turn, step: str, given: Mapping[str, str], question: str, label: str, tap: str
) -> None:
    await turn.ask(FLOW, step, turn.kept | dict(given))
    await turn.say(question, [[Button(label, tap)], _quit()])


async def _event(turn: Turn, number: int) -> Event | None:
    actor = turn.allowed(Permission.MANAGE_EVENT)
    event = await turn.session.get(Event, number)
    if event is None or event.is_exercise != actor.is_exercise or event.status not in HELD:
        return None
    return event


def _must_be_at(turn: Turn, step: str) -> None:
    """:raises ValueError: this question is over."""
    turn.allowed(Permission.MANAGE_EVENT)
    talk = turn.conversation
    if talk is None or (talk.flow, talk.step) != (FLOW, step):
        raise ValueError("this question is over")


def _quit() -> list[Button]:
    return [Button(texts.QUIT, data(QUIT))]


TAPS: dict[str, Handler] = {
    ABOUT: begin,
    SKIP: skip,
    OWN: chose_own,
    WEEKS: chose_due,
    KEEP: keep_it,
    QUIT: quit_it,
}
STEPS: dict[tuple[str, str], Handler] = {
    (FLOW, "change"): wrote_change,
    (FLOW, "keep"): wrote_keep,
    (FLOW, "owner"): wrote_owner,
    (FLOW, "due"): wrote_due,
}
COMMANDS: dict[str, Handler] = {"/les": choose}
