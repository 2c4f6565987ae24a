"""On a phone: a second tap on *Ja, verzenden*, or one after a colleague's, says how it stands."""

from __future__ import annotations

from bot.chat.coordinator.approved import approved_view, told_view
from bot.chat.coordinator.opened_flow import KNOWING
from bot.chat.render import render
from bot.chat.turn import Turn
from bot.evening.already_approved import became_of
from briefings.rows import Briefing, BriefingStatus
from feeds.rows import Event

#: verbs of the first tap, under the request itself, which follows how it goes by itself
FIRST = ("ap1", KNOWING)


async def says_decided(turn: Turn, event: Event, briefing: Briefing) -> bool:
    """Answer a tap about a version that was decided, with what became of it in the place of the
    question; False, and nothing said, while it lies with the approvers."""
    if briefing.status is BriefingStatus.SUBMITTED:
        return False
    assert turn.tap is not None
    actor, number = turn.known(), briefing.id or 0
    said = await became_of(turn.session, briefing, actor, now=turn.now)
    if briefing.approved_at is None and turn.tap.verb not in FIRST:
        await turn.change(render("coordinator/approve_refused.html", why=said))
        return True
    turn.toast = said
    if briefing.approved_at is None or turn.tap.delivery_id is None:
        return True
    if briefing.approved_by == actor.person_id:
        view = await approved_view(turn.session, briefing.event_id, number, now=turn.now)
    else:
        view = await told_view(
            turn.session, event, number, delivery_id=turn.tap.delivery_id, now=turn.now
        )
    await turn.change(*view)
    return True
