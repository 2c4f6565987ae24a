"""What may not have arrived and is no briefing: send again or leave it, and what was stopped.

``/status`` and ``/overdracht`` lead here. To whom something went stands sealed in the outbox: an
answer to a reporter passes through this list too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.buttons import data
from bot.chat.coordinator import doubts_texts as texts
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.console.texts import MESSAGE_KINDS
from bot.evening.doubts import (
    MOST,
    Doubt,
    Stopped,
    doubts_of,
    release_stopped,
    still_in_doubt,
    stopped_of,
)
from briefings.moments import moment
from contacts.arrival import resend_unknown, set_aside
from contacts.outbox import Button
from contacts.permissions import Permission, may
from contacts.texts import CHANNELS

#: the list · again · leave it · all that is shown: again · leave it
LOOK, AGAIN, SETTLE, AGAIN_ALL, SETTLE_ALL = "dbt", "dbtr", "dbts", "dbtra", "dbtsa"
#: of what was stopped: go on · call off? · call off
GO_ON, ASK_OFF, CALL_OFF = "dbtg", "dbtx", "dbtx2"
#: lines in one message; what is done makes room
SHOWN = 8
#: so much of the mark of the shown messages fits in a button
MARK = 16
Rows = list[list[Button]]


@dataclass(frozen=True, slots=True)
class Listed:
    """What one message shows, and how many there are in all."""

    doubts: Sequence[Doubt]
    stopped: Sequence[Stopped]
    doubts_in_all: int
    stopped_in_all: int

    @property
    def mark(self) -> str:
        """Of which messages the list is, for the buttons about all of them. Pure."""
        ids = ",".join(str(one.id) for one in self.doubts)
        return hashlib.sha256(ids.encode()).hexdigest()[:MARK]


async def _read(turn: Turn) -> Listed:
    is_exercise = turn.known().is_exercise
    doubts = await doubts_of(turn.session, is_exercise=is_exercise)
    stopped = await stopped_of(turn.session, is_exercise=is_exercise)
    return Listed(doubts[:SHOWN], stopped[:SHOWN], len(doubts), len(stopped))


async def way_to_doubts(turn: Turn) -> tuple[str, Rows]:
    """How many there are in one sentence, and the button to them; empty when there are none."""
    if not may(turn.known(), Permission.SEE_STATUS):
        return "", []
    listed = await _read(turn)
    found = [("doubts", listed.doubts_in_all), ("stopped", listed.stopped_in_all)]
    said = texts.AND.join(texts.counted(kind, count) for kind, count in found if count)
    return (f"{said}.", [[Button(texts.LOOK, data(LOOK))]]) if said else ("", [])


async def show(turn: Turn) -> None:
    """``dbt``: the list, below."""
    turn.allowed(Permission.SEE_STATUS)
    await turn.say(*await _view(turn), is_delicate=True)


async def _view(turn: Turn) -> tuple[str, Rows]:
    listed = await _read(turn)
    doubts = [
        (number, MESSAGE_KINDS[one.kind], [name for name in (one.who, one.organisation) if name],
         CHANNELS[one.channel], moment(one.at), one.about)
        for number, one in enumerate(listed.doubts, 1)
    ]  # fmt: skip
    stopped = [
        (number, MESSAGE_KINDS[one.kind], one.reason, moment(one.at))
        for number, one in enumerate(listed.stopped, len(doubts) + 1)
    ]
    text = render(
        "coordinator/doubts.html", doubts=doubts, stopped=stopped,
        more=_more(listed.doubts_in_all), stopped_more=_more(listed.stopped_in_all),
    )  # fmt: skip
    return text, _rows(listed) if may(turn.known(), Permission.RESEND_DELIVERY) else []


def _more(count: int) -> int | str:
    """How many are not shown; in words where not all were read. Pure."""
    return texts.MANY if count == MOST else max(count - SHOWN, 0)


def _rows(listed: Listed) -> Rows:
    """Two buttons for each line, and two for all that is shown. Pure."""
    rows = [
        [
            Button(texts.AGAIN.format(number=number), data(AGAIN, one.id)),
            Button(texts.SETTLE.format(number=number), data(SETTLE, one.id)),
        ]
        for number, one in enumerate(listed.doubts, 1)
    ]
    if len(listed.doubts) > 1:
        rows.append(
            [
                Button(texts.AGAIN_ALL, data(AGAIN_ALL, listed.mark)),
                Button(texts.SETTLE_ALL, data(SETTLE_ALL, listed.mark)),
            ]
        )
    return rows + [
        [
            Button(texts.GO_ON.format(number=number), data(GO_ON, one.id)),
            Button(texts.CALL_OFF.format(number=number), data(ASK_OFF, one.id)),
        ]
        for number, one in enumerate(listed.stopped, len(listed.doubts) + 1)
    ]


async def again(turn: Turn) -> None:
    """``dbtr:<delivery>``."""
    await _resend(turn, await _asked(turn))


async def settle(turn: Turn) -> None:
    """``dbts:<delivery>``."""
    await _settle(turn, await _asked(turn))


async def again_all(turn: Turn) -> None:
    """``dbtra:<mark>``: exactly those that the message shows."""
    await _resend(turn, await _shown(turn))


async def settle_all(turn: Turn) -> None:
    """``dbtsa:<mark>``: exactly those that the message shows."""
    await _settle(turn, await _shown(turn))


async def _asked(turn: Turn) -> Sequence[int]:
    """The message of the button; empty when it is settled meanwhile."""
    actor = turn.allowed(Permission.RESEND_DELIVERY)
    assert turn.tap is not None
    number = turn.tap.number(0)
    return await still_in_doubt(turn.session, [number], is_exercise=actor.is_exercise)


async def _shown(turn: Turn) -> Sequence[int]:
    """All of the list; empty when others stand on it by now."""
    turn.allowed(Permission.RESEND_DELIVERY)
    assert turn.tap is not None
    listed = await _read(turn)
    return [one.id for one in listed.doubts] if listed.mark == turn.tap.word(0) else []


async def _resend(turn: Turn, ids: Sequence[int]) -> None:
    turn.toast = texts.CHANGED
    if ids:
        count = await resend_unknown(turn.session, ids, who=turn.known().who, now=turn.now)
        turn.toast = texts.GOES_AGAIN if count else texts.HELD
    await _list_again(turn)


async def _settle(turn: Turn, ids: Sequence[int]) -> None:
    turn.toast = texts.CHANGED
    if ids:
        await set_aside(turn.session, ids, who=turn.known().who, now=turn.now)
        turn.toast = texts.SETTLED
    await _list_again(turn)


async def go_on(turn: Turn) -> None:
    """``dbtg:<message>``."""
    await _release(turn, goes_on=True)


async def ask_off(turn: Turn) -> None:
    """``dbtx:<message>``: asked once more, for it cannot be undone."""
    actor = turn.allowed(Permission.RESEND_DELIVERY)
    assert turn.tap is not None
    number = turn.tap.number(0)
    stopped = await stopped_of(turn.session, is_exercise=actor.is_exercise)
    one = next((one for one in stopped if one.id == number), None)
    if one is None:
        turn.toast = texts.CHANGED
        await _list_again(turn)
        return
    text = render(
        "coordinator/doubt_off_sure.html", what=MESSAGE_KINDS[one.kind], reason=one.reason
    )
    rows = [
        [Button(texts.CALL_OFF_SURE, data(CALL_OFF, number))],
        [Button(texts.GO_ON.partition(":")[0], data(GO_ON, number))],
        [Button(texts.BACK, data(LOOK))],
    ]
    await turn.change(text, rows)


async def call_off(turn: Turn) -> None:
    """``dbtx2:<message>``."""
    await _release(turn, goes_on=False)


async def _release(turn: Turn, *, goes_on: bool) -> None:
    """:raises ValueError: no such message in this world: the button is forged."""
    actor = turn.allowed(Permission.RESEND_DELIVERY)
    assert turn.tap is not None
    try:
        is_done = await release_stopped(
            turn.session, turn.tap.number(0), actor, goes_on=goes_on, now=turn.now
        )
    except LookupError as error:
        raise ValueError("no such message for this actor") from error
    done = texts.GOES_ON if goes_on else texts.CALLED_OFF
    turn.toast = done if is_done else texts.CHANGED
    await _list_again(turn)


async def _list_again(turn: Turn) -> None:
    await turn.change(*await _view(turn), is_delicate=True)


TAPS: dict[str, Handler] = {
    LOOK: show, AGAIN: again, SETTLE: settle, AGAIN_ALL: again_all, SETTLE_ALL: settle_all,
    GO_ON: go_on, ASK_OFF: ask_off, CALL_OFF: call_off,
}  # fmt: skip
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
