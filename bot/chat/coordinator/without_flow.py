"""Who does not have a text, or may not: the list on a phone, and sending to the uncertain again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.brake_flow import briefing_of
from bot.chat.coordinator.progress import name_and_version
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.doubts import doubts_of_version
from bot.evening.without_it import Reader, without_it
from briefings.rows import Briefing
from contacts.arrival import may_go_again, resend_unknown
from contacts.notices import SHOW_UNKNOWN
from contacts.outbox import Button, Delivery, Message
from contacts.permissions import Permission, may
from contacts.texts import CHANNELS
from feeds.rows import Event


async def show_without(turn: Turn) -> None:
    """``unk:<event>:<version>``: uncertain, refused and waiting, each by name, with the reason."""
    turn.allowed(Permission.SEE_STATUS)
    event, briefing_id = await _text(turn)
    briefing = await turn.session.get_one(Briefing, briefing_id)
    found = await without_it(turn.session, briefing_id, now=turn.now)
    ids = [one.id for one in await doubts_of_version(turn.session, briefing_id)]
    may_go = bool(await may_go_again(turn.session, ids))
    counts = found.counts
    await turn.say(
        render(
            "coordinator/without_it.html",
            named=await name_and_version(turn.session, briefing),
            has_it=counts.sent,
            total=counts.total,
            unsure=(counts.unknown, _lines(found.unsure)),
            refused=(counts.failed, _lines(found.refused)),
            waiting=(counts.planned + counts.sending, _lines(found.waiting)),
            called_off=counts.cancelled,
            may_go=may_go,
        ),
        [[Button(texts.RESEND, data("resend", event.id, briefing_id))]]
        if may_go and may(turn.known(), Permission.RESEND_DELIVERY)
        else [],
        is_delicate=True,
    )


def _lines(readers: Sequence[Reader]) -> list[tuple[str, str, str]]:
    return [
        (", ".join(filter(None, (one.who, one.organisation))), CHANNELS[one.channel], one.why)
        for one in readers
    ]


async def resend(turn: Turn) -> None:
    """``resend:<event>:<version>``: to everybody of whom it is uncertain, marked as a repeat."""
    turn.allowed(Permission.RESEND_DELIVERY)
    _, briefing_id = await _text(turn)
    ids = [one.id for one in await doubts_of_version(turn.session, briefing_id)]
    count = await resend_unknown(turn.session, ids, who=turn.known().who, now=turn.now)
    is_done = not count and await _was_resent(turn, briefing_id)
    await turn.change(render("coordinator/resent.html", count=count, is_done=is_done))


async def _was_resent(turn: Turn, briefing_id: int) -> bool:
    found = await turn.session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(col(Message.briefing_id) == briefing_id, col(Delivery.is_repeat))
        .limit(1)
    )
    return found.first() is not None


async def _text(turn: Turn) -> tuple[Event, int]:
    """The event and its text that a button is about.

    :raises ValueError: the event is of another world, or the text of another event.
    """
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(0))
    return event, await briefing_of(turn, event)


TAPS: dict[str, Handler] = {SHOW_UNKNOWN: show_without, "resend": resend}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
