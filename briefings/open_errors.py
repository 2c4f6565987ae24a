"""What readers still have that is wrong: a correction of it was begun, and never went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.counting import count_readers
from briefings.rows import CORRECTING, Briefing, BriefingKind, BriefingStatus, Fact
from briefings.versions import SENT, followed_by, versions_of
from feeds.rows import Event


@dataclass(frozen=True, slots=True)
class OpenErrors:
    """``dropped``: the corrections that were called off, withdrawn or voided with nothing after
    them, oldest first. ``facts``: the sentences that were taken out for them and stay out."""

    dropped: tuple[Briefing, ...]
    facts: tuple[Fact, ...]

    def beside(self, key: str, first_wrong: int) -> list[str]:
        """What else was wrong, that a correction of another part reaches and has to say too.

        :param key: of the part; of one of these sentences it begins the same correction anew.
        """
        taken = [str(fact.id) for fact in self.facts]
        if taken == [key] or (not taken and not key.isdecimal()):
            return []
        reached = [one for one in self.dropped if (one.correction_of_id or 0) >= first_wrong]
        return list(dict.fromkeys(one.wrong for one in reached if one.wrong))

    def covers(self, at: datetime | None) -> bool:
        """Whether something was taken out at that moment for one of them."""
        return at is not None and any(_is_during(one, at) for one in self.dropped)


async def open_errors(session: AsyncSession, event_id: int) -> OpenErrors | None:
    """None when all that was wrong was put right, or was right after all and stands again."""
    return await _among(session, event_id, await versions_of(session, event_id))


async def _among(
    session: AsyncSession, event_id: int, versions: Sequence[Briefing]
) -> OpenErrors | None:
    dropped = dropped_corrections(versions)
    if not dropped:
        return None
    found = await session.exec(select(Fact).where(col(Fact.event_id) == event_id))
    facts = found.all()
    standing = {(fact.kind, fact.text) for fact in facts if fact.withdrawn_at is None}
    taken = [
        fact
        for fact in facts
        if fact.withdrawn_at is not None
        and any(
            _is_during(one, fact.withdrawn_at) and fact.created_at < one.created_at
            for one in dropped
        )
    ]
    gone = tuple(fact for fact in taken if (fact.kind, fact.text) not in standing)
    return None if taken and not gone else OpenErrors(tuple(dropped), gone)


async def count_misled(session: AsyncSession, event: Event) -> int:
    """How many readers still have such a sentence, without a word about it."""
    assert event.id is not None
    versions = await versions_of(session, event.id)
    errors = await _among(session, event.id, versions)
    if errors is None:
        return 0
    wrong = {
        version.id
        for one in errors.dropped
        for version in followed_by(one, versions)
        if version.status in SENT and version.id is not None
    }
    return await count_readers(session, event, wrong)


def dropped_corrections(versions: Sequence[Briefing]) -> list[Briefing]:
    """The corrections that were withdrawn, with none after them that puts the same right. Pure."""
    number = {version.id: version.version for version in versions}

    def reaches(one: Briefing) -> int:
        return number.get(one.correction_of_id, 0)

    righting = [one for one in versions if one.kind in CORRECTING]
    stand = [one for one in righting if one.status is not BriefingStatus.WITHDRAWN]
    return [
        one
        for one in righting
        if one.kind is BriefingKind.CORRECTION
        and one.status is BriefingStatus.WITHDRAWN
        and not any(o.version > one.version and reaches(o) <= reaches(one) for o in stand)
    ]


def _is_during(correction: Briefing, at: datetime) -> bool:
    """Whether that was while the correction was written. Pure."""
    return correction.created_at <= at <= correction.edited_at
