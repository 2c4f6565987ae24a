"""``/rooster``: who has duty in the coming weeks; *Overgenomen*, and a note for who comes on."""

from __future__ import annotations

from datetime import datetime
from html import escape

from bot import rota_texts as texts
from bot.chat.buttons import data
from bot.chat.coordinator.rota_swap_flow import rows_for
from bot.chat.shown import drop_buttons
from bot.chat.turn import Handler, Turn
from bot.rota_handing import TAKE, say_taken
from bot.rota_notes import why_no_note
from bot.rota_standing import Standing, gap_said, in_order, own_duty, read_standing
from briefings.moments import far_moment
from contacts.outbox import Button
from contacts.permissions import Permission
from contacts.records import StaleMove
from contacts.rota import Gap, is_untaken
from contacts.rota_duty import leave_note
from contacts.rota_keeping import turns_of
from contacts.rota_rows import LONGEST_NOTE, RotaTurn

FLOW = "rota"
#: leave a note · stop
NOTE, QUIT = "rotnote", "rotquit"
#: more would not be read in a chat; the page shows the rest
SHOWN = 10


async def show(turn: Turn) -> None:
    """``/rooster``, for who may lead an event."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    standing = await read_standing(turn.session, is_exercise=actor.is_exercise, now=turn.now)
    rows = []
    mine = own_duty(standing.kept, actor.person_id, turn.now)
    if mine is not None and is_untaken(mine, turn.now):
        rows.append([Button(texts.TAKE, data(TAKE, mine.id))])
    if mine is not None:
        rows.append([Button(texts.LEAVE_NOTE, data(NOTE, mine.id))])
    rows += rows_for(standing, actor, SHOWN)
    await turn.say(view(standing, actor.person_id, now=turn.now), rows)


def view(standing: Standing, own: int, *, now: datetime) -> str:
    """The message, as Telegram HTML. Pure."""
    if not standing.is_kept:
        return f"<b>{texts.CHAT_TITLE}</b>\n{texts.NO_ROTA}"
    lines = [f"<b>{texts.CHAT_TITLE}</b>", escape(now_line(standing, now=now)), ""]
    numbers = {one.number: number for number, one in enumerate(standing.turns, 1)}
    lines += [
        f"<b>{escape(gap_said(one, now))}</b>"
        if isinstance(one, Gap)
        else escape(_period_line(standing, one, own, numbers[one.number], now=now))
        for one in in_order(standing, now, SHOWN)
    ]
    if (rest := len(standing.turns) - SHOWN) > 0:
        lines.append(texts.CHAT_MORE.format(count=rest))
    return "\n".join(lines)


def _period_line(standing: Standing, one: RotaTurn, own: int, number: int, *, now: datetime) -> str:
    name = texts.CHAT_YOU if one.person_id == own else standing.name_of(one)
    return texts.CHAT_LINE.format(
        number=number, begin=far_moment(one.starts_at, now), end=far_moment(one.ends_at, now),
        name=name, place=texts.PLACES[one.place],
    )  # fmt: skip


def now_line(standing: Standing, *, now: datetime) -> str:
    """Who has duty and who is the back-up, and until when. Pure."""
    if standing.duty is None:
        return texts.NOBODY_NOW
    name = standing.name_of(standing.duty)
    if not standing.is_covered:
        return texts.UNREACHED_NOW.format(name=name)
    said = [texts.DUTY_NOW.format(name=name)]
    if standing.backup is not None:
        said.append(texts.BACKUP_NOW.format(name=standing.name_of(standing.backup)))
    if standing.until is not None:
        said.append(texts.UNTIL.format(moment=far_moment(standing.until, now)))
    return f"{', '.join(said)}."


async def take(turn: Turn) -> None:
    """``rotok:<period>``: whoever comes on says that it is theirs."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    period = await _period(turn)
    turns = await turns_of(turn.session, is_exercise=actor.is_exercise)
    try:
        said = await say_taken(
            turn.session, turns, period, actor.person_id, who=actor.who, now=turn.now
        )
    except StaleMove:
        turn.toast = texts.NOT_YOURS
        return
    if turn.tap is not None and turn.tap.delivery_id is not None:
        await drop_buttons(turn.session, turn.tap.delivery_id, data(TAKE, period.id), now=turn.now)
    mine = [[Button(texts.LEAVE_NOTE, data(NOTE, period.id))]]
    await turn.say(escape(said), mine)


async def ask_note(turn: Turn) -> None:
    """``rotnote:<period>``: of one's own duty."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    period = await _period(turn)
    turns = await turns_of(turn.session, is_exercise=actor.is_exercise)
    mine = own_duty(turns, actor.person_id, turn.now)
    if mine is None or mine.id != period.id:
        turn.toast = texts.NOT_YOURS
        return
    await turn.ask(FLOW, "note", {"period": period.id})
    await turn.say(texts.NOTE_ASK.format(longest=LONGEST_NOTE), [[Button(texts.QUIT, data(QUIT))]])


async def wrote_note(turn: Turn) -> None:
    """The line for who comes on; about a person, or too long, it is not kept."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    assert turn.conversation is not None
    if refused := why_no_note(note := turn.line, turn.config.signals.allow):
        await turn.say(refused)
        return
    period = await turn.session.get(RotaTurn, int(turn.conversation.data["period"]))
    await turn.finish()
    try:
        if period is None:
            raise StaleMove("the period is gone")
        await leave_note(turn.session, period, actor.person_id, note, who=actor.who, now=turn.now)
    except StaleMove:
        await turn.say(texts.NOT_YOURS)
        return
    await turn.say(texts.NOTE_KEPT)


async def quit_it(turn: Turn) -> None:
    """``rotquit``."""
    await turn.give_up(FLOW, texts.STOPPED)


async def _period(turn: Turn) -> RotaTurn:
    """:raises ValueError: it is not there any more, or of the other world."""
    assert turn.tap is not None
    return await turn.in_world(RotaTurn, turn.tap.number(0))


TAPS: dict[str, Handler] = {TAKE: take, NOTE: ask_note, QUIT: quit_it}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "note"): wrote_note}
COMMANDS: dict[str, Handler] = {"/rooster": show}
