"""What the short form of a text, the chat, leaves to the whole one. Pure but for reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.facts import facts_of
from briefings.library import SHARED
from briefings.plaintext import folded, without_marks
from briefings.rows import Briefing, BriefingText, Fact
from briefings.versions import earlier_for, versions_of
from contacts.directory import Audience


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Confirmed facts and measures that only the whole text tells.

    ``sentences``: those that its readers did not get before; ``earlier``: how many they did.
    """

    sentences: tuple[str, ...] = ()
    earlier: int = 0


async def left_out_of(
    session: AsyncSession, briefing: Briefing, texts: Sequence[BriefingText]
) -> Mapping[Audience, LeftOut]:
    """Of these texts of one version those that leave something out, by audience."""
    view = await facts_of(session, briefing.event_id)
    before = earlier_for(briefing, await versions_of(session, briefing.event_id))
    since = before[-1].edited_at if before else None
    facts = [*view.confirmed, *view.measures]
    found = {text.audience: left_out(text, facts, since) for text in texts}
    return {audience: one for audience, one in found.items() if one.sentences or one.earlier}


def left_out(text: BriefingText, facts: Sequence[Fact], since: datetime | None) -> LeftOut:
    """What stands on the page of a text and not in its chat.

    A text in a shared form tells one thing, as it should: nothing is left out of it.

    :param since: when its readers were told before; None when they were not.
    """
    if text.template.startswith(f"{SHARED}/"):
        return LeftOut()
    page, chat = folded(text.plain), folded(without_marks(text.telegram))
    gone = [one for one in facts if folded(one.text) in page and folded(one.text) not in chat]
    new = tuple(one.text for one in gone if since is None or one.created_at > since)
    return LeftOut(new, len(gone) - len(new))
