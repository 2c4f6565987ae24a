"""Signals as they were told and closed, for the tests of what is past its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contacts.directory import Domain
from contacts.sealing import Sealer
from signals.rows import OutcomeCode, Setting, Signal, SignalKind, SignalStatus

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
DAY = timedelta(days=1)
SEALER = Sealer(Sealer.new_key())
PLANTED = "Zwaluwstaartverbinding"


@dataclass(frozen=True, slots=True)
class Story:
    """One signal: told on this day, and closed so many days later, or never."""

    told: int
    closed_after: int | None
    organisation: int
    kinds: int


def the_signal(story: Story) -> Signal:
    told = NOW + story.told * DAY
    closed = None if story.closed_after is None else told + story.closed_after * DAY
    return Signal(
        organisation_id=story.organisation, domain=Domain.EDUCATION, received_at=told,
        district="stad", setting=Setting.CLASSROOM,
        kinds=[kind.value for kind in list(SignalKind)[: story.kinds]], severity=2,
        note_sealed=SEALER.seal(PLANTED), reply_handle=SEALER.seal("telegram:4242"),
        answer_due_at=told + 2 * DAY, closed_at=closed,
        status=SignalStatus.NEW if closed is None else SignalStatus.CLOSED,
        outcome_code=None if closed is None else OutcomeCode.D,
        outcome_text=None if closed is None else SEALER.seal("Geen actie nodig."),
    )  # fmt: skip
