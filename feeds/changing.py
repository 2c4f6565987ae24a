"""A person puts right what was decided about a running event: its kind, place, weight or moment."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import Who, write_journal
from contacts.records import StaleMove
from feeds.by_hand import put_right
from feeds.rows import RUNNING, Event, LeadAgency

#: in the journal: the watch builds its groups anew after it
CHANGED = "event_changed"


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about an event, and may decide anew."""

    type: str
    place: str | None
    severity: int | None
    lead_agency: LeadAgency | None
    send_before: datetime | None

    @staticmethod
    def of(event: Event) -> Decided:
        return Decided(
            event.type, event.place, event.severity, event.lead_agency, event.send_before
        )


async def change_event(
    session: AsyncSession, event: Event, wanted: Decided, *, who: Who, line: int, now: datetime
) -> list[str]:
    """Keep what was decided anew; returns the names of what changed, which are journalled.

    :param line: the severity from which nobody lets a text go alone.

    :raises contacts.records.StaleMove: it does not run any more.
    """
    before, after = asdict(Decided.of(event)), asdict(wanted)
    changed = {name: value for name, value in after.items() if value != before[name]}
    if not changed:
        return []
    done = await session.exec(
        update(Event)
        .where(col(Event.id) == event.id, col(Event.status).in_(RUNNING))
        .values(**changed, **_lowering(event, wanted, who, line))
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        raise StaleMove(f"event {event.id}: does not run")
    await session.refresh(event)
    if "type" in changed or "place" in changed:
        await put_right(session, event)
    weight = {"from_severity": before["severity"], "to_severity": after["severity"]}
    write_journal(
        session, who=who, action=CHANGED, subject=f"event:{event.id}",
        detail={"fields": sorted(changed), **(weight if "severity" in changed else {})}, now=now,
    )  # fmt: skip
    return sorted(changed)


def _lowering(event: Event, wanted: Decided, who: Who, line: int) -> dict[str, int | None]:
    """Who took the event below the line, and from what; back above it that is forgotten."""
    before, after = event.severity or 0, wanted.severity or 0
    if after >= line:
        return {"lowered_from": None, "lowered_by": None}
    if before < line:
        return {}
    return {"lowered_from": before, "lowered_by": who.person_id}
