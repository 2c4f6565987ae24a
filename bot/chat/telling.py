"""What a partner tells in the chat: stored, promised, and said back."""

from __future__ import annotations

from bot.chat.render import render
from bot.chat.turn import Turn
from bot.evening.hearing import hear, is_over
from contacts.directory import ChannelKind, Organisation
from contacts.local_time import AMSTERDAM
from contacts.permissions import Permission
from contacts.sending import Recipient
from feeds.rows import Event
from signals import texts as labels
from signals.telling import Blocked, Draft, Emergency, Told, tell


async def tell_here(turn: Turn, draft: Draft) -> Told | Blocked | Emergency:
    """Store it for whoever taps; the answer goes to this chat.

    :raises contacts.permissions.NotAllowed: who taps may give no signal.
    :raises signals.telling.DraftError: as :func:`signals.telling.tell`.
    """
    actor = turn.allowed(Permission.GIVE_SIGNAL)
    organisation = await turn.session.get_one(Organisation, actor.organisation_id)
    return await tell(
        turn.session,
        draft,
        organisation_id=actor.organisation_id,
        domain=organisation.domain,
        reply=Recipient(ChannelKind.TELEGRAM, str(turn.chat), None, actor.organisation_id),
        sealer=turn.sealer,
        settings=turn.config.signals,
        is_exercise=actor.is_exercise,
        now=turn.now,
    )


async def thank(turn: Turn, draft: Draft, told: Told) -> None:
    """Whoever reads signals hears of it; the conversation ends with what is promised."""
    await hear(turn.session, told, now=turn.now)
    await turn.finish()
    event = None if draft.event_id is None else await turn.session.get(Event, draft.event_id)
    read, today = (at.astimezone(AMSTERDAM).date() for at in (told.read_before, turn.now))
    await turn.change(
        render(
            "signal/receipt.html",
            told=told,
            changed=[labels.CHANGED[change] for change in told.changes],
            same_day=read == today,
            wants_feedback=draft.wants_feedback,
            is_over=is_over(event),
        )
    )
