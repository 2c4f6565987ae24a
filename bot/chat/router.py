"""Finds the handler for an update: tapped verb, command, or the step a chat is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot import gaps
from bot.alerts import tell_those
from bot.chat import (
    agreements_flow,
    finding_flow,
    help_board,
    help_flow,
    line_flow,
    list_flow,
    overleg_flow,
    paper_flow,
    partner,
    peer_flow,
    picture_flow,
    poll_flow,
    seat_flow,
    texts,
    word_flow,
)
from bot.chat.coordinator import (
    after_flow,
    alert_flow,
    along_flow,
    approval_flow,
    around_flow,
    brake_flow,
    calls_flow,
    card,
    changing_flow,
    clock_flow,
    console_flow,
    daily_flow,
    dismissing_flow,
    doubts_flow,
    duiding_flow,
    ending_flow,
    event_flow,
    exercise_asking_flow,
    exercise_flow,
    facts_flow,
    grip_flow,
    group_flow,
    handover_flow,
    later_flow,
    leading_flow,
    learning_flow,
    lesson_flow,
    measures_flow,
    missed_flow,
    own_flow,
    part_flow,
    promise_flow,
    recipients_flow,
    retract_flow,
    ring_flow,
    rota_flow,
    rota_swap_flow,
    signals_inbox,
    split_flow,
    status_flow,
    texts_flow,
    wiping_flow,
    without_flow,
)
from bot.chat.coordinator import texts as coordinator_texts
from bot.chat.discreet import say_discreetly
from bot.chat.refusing import REFERRED
from bot.chat.render import render
from bot.chat.signal_flow import START as UNDER_BRIEFING
from bot.chat.turn import Handler, Turn
from bot.chat.unfinished import (
    ENDING,
    SHOWING,
    place_of,
    tell_if_replaced,
    tell_of,
    unfinished,
)
from bot.chat.used import close_question
from bot.evening.approving import anything_waits
from bot.exercise.seats import SEAT
from bot.rows import UpdateKind
from briefings.versions import BriefingError
from contacts.arrival import prove_arrival
from contacts.claiming import open_address
from contacts.directory import ChannelKind, Organisation, Role
from contacts.outbox import Delivery
from contacts.people import close_channel
from contacts.permissions import NotAllowed, people_with
from contacts.records import RecordError
from contacts.sending import channels_of

_PARTS = (
    alert_flow,
    along_flow,
    daily_flow,
    dismissing_flow,
    doubts_flow,
    event_flow,
    card,
    changing_flow,
    clock_flow,
    later_flow,
    leading_flow,
    exercise_flow,
    exercise_asking_flow,
    learning_flow,
    facts_flow,
    grip_flow,
    group_flow,
    handover_flow,
    measures_flow,
    missed_flow,
    around_flow,
    promise_flow,
    recipients_flow,
    split_flow,
    status_flow,
    texts_flow,
    own_flow,
    approval_flow,
    without_flow,
    part_flow,
    signals_inbox,
    duiding_flow,
    wiping_flow,
    after_flow,
    ending_flow,
    agreements_flow,
    brake_flow,
    calls_flow,
    retract_flow,
    ring_flow,
    rota_flow,
    rota_swap_flow,
    console_flow,
    finding_flow,
    help_board,
    help_flow,
    lesson_flow,
    line_flow,
    list_flow,
    overleg_flow,
    paper_flow,
    partner,
    peer_flow,
    picture_flow,
    poll_flow,
    seat_flow,
    word_flow,
)


def _merged(name: str) -> dict[Any, Handler]:
    merged: dict[Any, Handler] = {}
    for part in _PARTS:
        for key, handler in getattr(part, name).items():
            if key in merged:
                raise RuntimeError(f"two handlers for {key!r}")
            merged[key] = handler
    return merged


TAPS: Mapping[str, Handler] = _merged("TAPS")
STEPS: Mapping[tuple[str, str], Handler] = _merged("STEPS")
COMMANDS: Mapping[str, Handler] = _merged("COMMANDS")


async def route(turn: Turn, kind: UpdateKind, refused: Mapping[str, Any] | None) -> None:
    """Run the handler for one update; a refusal by the gate is an answer, not an error."""
    try:
        if refused is not None:
            await partner.refuse_text(turn, list(refused["labels"]), list(refused["words"]))
        elif kind is UpdateKind.TAP:
            await _tap(turn)
        elif kind is UpdateKind.COMMAND:
            await _command(turn)
        elif kind in (UpdateKind.TEXT, UpdateKind.FORWARD):
            await _line(turn, kind)
        elif kind is UpdateKind.EDITED:
            await _edited(turn)
        elif kind is UpdateKind.MEDIA:
            await partner.refuse_media(turn)
        elif kind is UpdateKind.MEMBERSHIP:
            await _membership(turn)
    except NotAllowed:
        turn.toast = texts.NOT_ALLOWED
        if kind is not UpdateKind.TAP:
            await turn.say(render("not_allowed.html"))


async def _tap(turn: Turn) -> None:
    assert turn.tap is not None
    if turn.tap.delivery_id is not None:
        delivery = await turn.session.get(Delivery, turn.tap.delivery_id)
        if delivery is None or not _is_ours(turn, delivery):
            turn.toast = texts.OLD_BUTTON
            return
        await prove_arrival(
            turn.session,
            turn.tap.delivery_id,
            external_id=None if turn.message_id is None else str(turn.message_id),
            now=turn.now,
        )
        if _is_of_the_past(turn, delivery):
            turn.toast = texts.EXERCISE_OVER
            return
    handler = TAPS.get(turn.tap.verb)
    if handler is None:
        turn.toast = texts.OLD_BUTTON
        return
    talk = turn.conversation if turn.tap.verb == UNDER_BRIEFING else None
    begun = unfinished(talk or turn.elsewhere)
    try:
        await handler(turn)
        await close_question(turn)
        if begun is not None:
            await tell_if_replaced(turn, begun)
    except ValueError:
        turn.toast = texts.OLD_BUTTON
    except (RecordError, BriefingError):
        # Somebody else was first; a move is refused before it changes anything.
        turn.toast = texts.TOO_LATE


def _is_of_the_past(turn: Turn, delivery: Delivery) -> bool:
    """A button of an exercise, of somebody who is out of it: what it does would be real."""
    is_real = turn.actor is not None and not turn.actor.is_exercise
    return delivery.is_exercise and is_real and turn.tap is not None and turn.tap.verb != SEAT


def _is_ours(turn: Turn, delivery: Delivery) -> bool:
    """Whether the button came with a message to this chat; sealed addresses are opened."""
    return open_address(delivery.address, delivery.kind, turn.sealer) == str(turn.chat)


async def _command(turn: Turn) -> None:
    name = re.split(r"[\s@]", turn.text or "", maxsplit=1)[0].lower()
    handler = COMMANDS.get(name)
    if handler is None:
        await turn.say(render("unknown_command.html"))
        return
    begun = None if name in ENDING else unfinished(turn.conversation or turn.elsewhere)
    open_question = place_of(turn.conversation) if name in SHOWING else None
    if begun is None and open_question is None:
        await turn.finish()
    await handler(turn)
    if begun is not None:
        await tell_of(turn, begun, name)
    elif open_question is not None and place_of(turn.conversation) == open_question:
        await say_discreetly(turn, render("still_open.html"))


async def _line(turn: Turn, kind: UpdateKind) -> None:
    talk = turn.conversation
    handler = STEPS.get((talk.flow, talk.step)) if talk is not None else None
    if handler is None and kind is UpdateKind.FORWARD:
        handler = COMMANDS["/gebeurtenis"]
    if handler is None:
        waits = turn.actor is not None and await anything_waits(turn.session, turn.actor)
        remark = coordinator_texts.SEND_BACK if waits else ""
        await turn.say(render("no_question_open.html", remark=remark))
        return
    if kind is UpdateKind.FORWARD and talk is not None and not (turn.text or "").strip():
        # The words were refused, or there were none: the question stays open.
        await turn.say(render("forward_has_no_words.html"))
        return
    await handler(turn)


async def _edited(turn: Turn) -> None:
    """Words that somebody changed in place: of a partner who is telling, they are the line."""
    talk = turn.conversation
    handler = STEPS.get((talk.flow, talk.step)) if talk is not None else None
    if talk is None or handler is None or talk.flow not in REFERRED:
        await turn.say(render("edited_unread.html", is_open=handler is not None))
        return
    await handler(turn)


async def _membership(turn: Turn) -> None:
    """Somebody blocked the bot, or came back; the coordinators hear of the first."""
    if turn.text not in ("kicked", "left") or turn.actor is None:
        return
    await close_channel(
        turn.session, ChannelKind.TELEGRAM, str(turn.chat), reason="blocked", now=turn.now
    )
    coordinators = await people_with(
        turn.session, Role.COORDINATOR, is_exercise=turn.actor.is_exercise
    )
    others = [person for person in coordinators if person.id != turn.actor.person_id]
    where = await turn.session.get_one(Organisation, turn.actor.organisation_id)
    await tell_those(
        turn.session, others, "left.html", is_exercise=turn.actor.is_exercise, now=turn.now,
        may_rest=await gaps.may_rest(
            turn.session, [turn.actor.person_id], is_exercise=turn.actor.is_exercise
        ),
        organisation=where.name, is_everywhere=False,
        has_other=bool(await channels_of(turn.session, turn.actor.person_id)),
    )  # fmt: skip


async def tell_failure(turn: Turn) -> None:
    """An update failed for good: its sender and the coordinators hear it."""
    await turn.finish()
    if turn.actor is not None:
        await turn.say(render("failed.html"))
        coordinators = await people_with(
            turn.session, Role.COORDINATOR, is_exercise=turn.actor.is_exercise
        )
        await tell_those(
            turn.session, coordinators, "failed_notice.html",
            is_exercise=turn.actor.is_exercise, now=turn.now,
        )  # fmt: skip
