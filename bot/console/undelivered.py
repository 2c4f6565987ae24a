"""Messages outside the briefings that may not have arrived: answers, alerts, conversations.

Each can be sent again or set aside, by a person; what belongs to a briefing stands with it,
under *Verzenden*.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from bot.console import texts
from bot.console.doors import Door, StalePage, Visit
from bot.evening.doubts import MOST, doubts_of, release_stopped, still_in_doubt, stopped_of
from contacts.arrival import resend_unknown, set_aside
from contacts.permissions import Permission
from contacts.texts import CHANNELS


async def show_undelivered(visit: Visit) -> Response:
    """``GET /berichten``."""
    is_exercise = visit.actor.is_exercise
    doubts = await doubts_of(visit.session, is_exercise=is_exercise, most=MOST + 1)
    return visit.show(
        "berichten.html",
        doubts=doubts[:MOST],
        more=len(doubts) > MOST,
        stopped=await stopped_of(visit.session, is_exercise=is_exercise),
        kinds=texts.MESSAGE_KINDS,
        channels=CHANNELS,
    )


async def _chosen(visit: Visit) -> Sequence[int]:
    """The shown ones, or the one of a line, that still are uncertain and are no briefing.

    :raises StalePage: none is any more.
    """
    shown = set(visit.numbers("bericht"))
    ids = await still_in_doubt(visit.session, shown, is_exercise=visit.actor.is_exercise)
    if not ids:
        raise StalePage
    return ids


async def send_again(visit: Visit) -> Response:
    """``POST /berichten/opnieuw``."""
    ids = await _chosen(visit)
    if not await resend_unknown(visit.session, ids, who=visit.actor.who, now=visit.now):
        raise StalePage
    return visit.back("/berichten", done="resent")


async def settle(visit: Visit) -> Response:
    """``POST /berichten/afgehandeld``: nothing more is sent for these."""
    ids = await _chosen(visit)
    await set_aside(visit.session, ids, who=visit.actor.who, now=visit.now)
    return visit.back("/berichten", done="set_aside")


async def release(visit: Visit) -> Response:
    """``POST /berichten/gestopt``: what was stopped goes on, or is called off."""
    goes_on = visit.text("doe") == "doorgaan"
    if not await release_stopped(
        visit.session, visit.number("bericht"), visit.actor, goes_on=goes_on, now=visit.now
    ):
        raise StalePage
    return visit.back("/berichten", done="resumed" if goes_on else "cancelled")


DOORS = (
    Door("/berichten", show_undelivered, Permission.SEE_STATUS),
    Door("/berichten/opnieuw", send_again, Permission.RESEND_DELIVERY, "POST"),
    Door("/berichten/afgehandeld", settle, Permission.RESEND_DELIVERY, "POST"),
    Door("/berichten/gestopt", release, Permission.RESEND_DELIVERY, "POST"),
)
