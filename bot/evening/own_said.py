"""What somebody may not approve because of their own hand in it, said by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator import texts as chat_texts
from bot.evening import texts
from briefings.rows import Briefing, BriefingStatus, covered
from briefings.settings import BriefingSettings
from briefings.writers import Barred, barred_of
from contacts.directory import Audience, Role
from contacts.permissions import people_with
from feeds.rows import Event


def barred_said(barred: Barred | None, names: Mapping[Audience, str]) -> list[str]:
    """A line for each reason why somebody else approves; nothing when nobody has to. Pure."""
    if barred is None:
        return []
    if not barred.texts:
        return [chat_texts.REFUSALS[barred.reason]] if barred.reason else []
    shapes = ((texts.OWN_WORDED, barred.worded), (texts.OWN_TRANSLATED, barred.translated))
    lines = [shape.format(names=named(whose, names)) for shape, whose in shapes if whose]
    return [*lines, texts.OWN_WHOLE] if barred.goes_whole else lines


def refused_said(reason: str, barred: Barred, names: Mapping[Audience, str]) -> str:
    """Why somebody else approves this, with the texts; empty when it is about something else."""
    return " ".join(barred_said(barred, names)) if reason == "four_eyes" and barred.texts else ""


async def why_not_by(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    person_id: int | None,
    settings: BriefingSettings,
    names: Mapping[Audience, str],
) -> str:
    """Why this person waits for another approver; empty when some of it is theirs to approve, or
    nothing was handed in."""
    if person_id is None or briefing.status is not BriefingStatus.SUBMITTED:
        return ""
    found = await barred_of(session, briefing, event, [person_id], settings)
    return " ".join(
        line for one in found.values() if one.reason for line in barred_said(one, names)
    )


def nobody_said(audiences: Sequence[Audience], names: Mapping[Audience, str]) -> str:
    """To who hands in: these texts nobody may approve, and what can be done. Pure."""
    return texts.FOR_NOBODY.format(names=named(audiences, names)) if audiences else ""


def named(audiences: Sequence[Audience], names: Mapping[Audience, str]) -> str:
    """``Docent PO, Politie/wijkteam en Ouders``."""
    *first, last = (names[audience] for audience in audiences)
    return f"{', '.join(first)} en {last}" if first else last


async def for_nobody(
    session: AsyncSession, event: Event, briefing: Briefing, settings: BriefingSettings
) -> list[Audience]:
    """The texts that no approver may approve, because each who may approve at all wrote there."""
    people = await people_with(session, Role.APPROVER, is_exercise=event.is_exercise)
    ids = [person.id or 0 for person in people if person.id != briefing.submitted_by]
    found = (await barred_of(session, briefing, event, ids, settings)).values()
    wrote = {audience for barred in found for audience in barred.texts}
    free = {audience for barred in found for audience in barred.others}
    return [audience for audience in covered(briefing) if audience in wrote - free]
