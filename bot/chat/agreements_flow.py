"""``/afspraken``: what was agreed in the overleg and what was learnt, with a tap for *gedaan*.

A member sees what their own organisation took on; who leads the overleg sees everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape

from bot import agreement_texts as texts
from bot.chat.buttons import data
from bot.chat.shown import tick_off
from bot.chat.turn import Handler, Turn
from bot.lesson_reminding import LESSON
from bot.overleg_reminding import AGREEMENT
from briefings.learning.lessons import all_lessons
from briefings.learning.rows import LessonStatus
from briefings.moments import dated, local_date
from briefings.overleg.agreements import open_actions, settle_agreement
from briefings.overleg.rows import Agreement, AgreementStatus
from contacts.directory import Organisation
from contacts.outbox import Button
from contacts.permissions import Actor, NotAllowed, Permission, may

#: more does not fit under one message
SHOWN = 8


@dataclass(frozen=True, slots=True)
class ToDo:
    """One line: an action or a lesson that is open."""

    kind: str
    words: str
    owner: str
    due: date
    tap: str


async def show(turn: Turn) -> None:
    """Everything open that this person may settle, the soonest due first."""
    actor = turn.known()
    leads = may(actor, Permission.LEAD_OVERLEG)
    found = await _open(turn, actor, leads=leads)
    if not found:
        await turn.say(texts.NOTHING if leads else texts.NOTHING_OWN)
        return
    today, shown = local_date(turn.now), found[:SHOWN]
    lines = [
        texts.LINE.format(
            number=number,
            words=one.words.rstrip("."),
            kind=one.kind,
            owner=texts.OWNER.format(owner=one.owner) if leads and one.owner else "",
            due=dated(one.due),
            late=texts.LATE if one.due < today else "",
        )
        for number, one in enumerate(shown, 1)
    ]
    lines += [texts.MORE.format(count=len(found) - SHOWN)] if len(found) > SHOWN else []
    lines.append(texts.PAGE if leads else texts.ASK)
    title = texts.TITLE if leads else texts.TITLE_OWN
    buttons = [
        [Button(texts.DONE_BUTTON.format(number=number), one.tap)]
        for number, one in enumerate(shown, 1)
    ]
    await turn.say("\n".join([f"<b>{title}</b>", *map(escape, lines)]), buttons)


async def _open(turn: Turn, actor: Actor, *, leads: bool) -> list[ToDo]:
    own = await turn.session.get_one(Organisation, actor.organisation_id)
    actions = [
        ToDo(texts.ACTION, one.words, one.owner, one.due, data(AGREEMENT, one.id, "done"))
        for one in await open_actions(turn.session, is_exercise=actor.is_exercise)
        if one.due is not None and (leads or one.owner_id == own.id)
    ]
    lessons = [
        ToDo(texts.LESSON, one.change, one.owner, one.due, data(LESSON, one.id, "done"))
        for one in await all_lessons(turn.session, is_exercise=actor.is_exercise)
        if one.status is LessonStatus.OPEN
        and (leads or one.owner.casefold() == own.name.casefold())
    ]
    return sorted([*actions, *lessons], key=lambda one: one.due)


async def settle(turn: Turn) -> None:
    """``agree:<id>:done``, by the organisation that took it on or by who leads the overleg."""
    assert turn.tap is not None
    actor = turn.known()
    agreement = await turn.session.get(Agreement, turn.tap.number(0))
    is_ours = agreement is not None and agreement.is_exercise == actor.is_exercise
    if agreement is None or not is_ours or turn.tap.word(1) != "done":
        raise ValueError("an old button")
    if agreement.owner_id != actor.organisation_id and not may(actor, Permission.LEAD_OVERLEG):
        raise NotAllowed(Permission.LEAD_OVERLEG)
    if agreement.status is not AgreementStatus.OPEN:
        turn.toast = texts.SETTLED_TOAST
        return
    await settle_agreement(
        turn.session, agreement, AgreementStatus.DONE, who=actor.who, now=turn.now
    )
    turn.toast = texts.DONE_TOAST
    if turn.tap.delivery_id is not None:
        mine = data(AGREEMENT, agreement.id, "")
        await tick_off(turn.session, turn.tap.delivery_id, mine, now=turn.now)


TAPS: dict[str, Handler] = {AGREEMENT: settle}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/afspraken": show}
