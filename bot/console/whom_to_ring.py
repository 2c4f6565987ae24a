"""What was just done, with whom to ring, where nobody who may approve could be reached."""

from __future__ import annotations

from bot.console import done_texts
from bot.console.doors import Visit
from bot.evening.ringing import ring_said
from contacts.permissions import Permission, may


async def done_and_ring(visit: Visit) -> str:
    """The sentence with names and numbers; empty after anything else."""
    done = visit.request.query_params.get("klaar", "")
    hands_in = may(visit.actor, Permission.SUBMIT_BRIEFING)
    if not (hands_in or may(visit.actor, Permission.APPROVE_BRIEFING)):
        # Anybody at the desk can type this address; the numbers are for who works on the text.
        return ""
    said = await ring_said(visit.session, visit.actor) if done in done_texts.TO_RING else ""
    return f"{done_texts.DONE[done]} {said}" if said else ""
