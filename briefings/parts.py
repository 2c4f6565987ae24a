"""How far a text is that was approved in parts: of how many of its texts something holds. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from briefings.rows import Briefing, BriefingKind, BriefingStatus, covered
from briefings.versions import SENT, newest_texts

#: handed in, or further
READY = frozenset({BriefingStatus.SUBMITTED, BriefingStatus.APPROVED, *SENT})
#: read by a second person, or by whoever may do it alone
APPROVED = frozenset({BriefingStatus.APPROVED, *SENT})
_STANDING = frozenset(BriefingStatus) - {BriefingStatus.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Parts:
    """Of ``total`` texts so many were handed in, approved, sent, and ``planned``: they leave by
    themselves at their moment.

    ``moments``: when a part of it was sent, or will be. ``planned_at``: when what is planned
    leaves; None when it has no moment, or more than one.
    """

    kind: BriefingKind
    total: int
    ready: int
    approved: int
    sent: int
    moments: frozenset[datetime]
    planned: int = 0
    planned_at: datetime | None = None

    @property
    def is_behind(self) -> bool:
        """Whether a part of it did not get as far as the others."""
        return self.sent + self.planned < self.total


def parts_of(versions: Sequence[Briefing]) -> Parts | None:
    """Of the newest text, when it was approved in parts; ``versions`` from the oldest on."""
    found = newest_texts(versions, _STANDING)
    if len(found) < 2:
        return None
    gone = [one for one in found if one.status in APPROVED and moment_of(one) is not None]
    # What waits for its moment has reached nobody yet.
    ahead = [one for one in gone if one.status is BriefingStatus.APPROVED]
    leaves = _moments(ahead)
    return Parts(
        kind=found[0].kind,
        total=_texts(found),
        ready=_texts([one for one in found if one.status in READY]),
        approved=_texts([one for one in found if one.status in APPROVED]),
        sent=_texts([one for one in gone if one not in ahead]),
        moments=_moments(gone),
        planned=_texts(ahead),
        planned_at=min(leaves) if len(leaves) == 1 else None,
    )


def _moments(versions: Collection[Briefing]) -> frozenset[datetime]:
    return frozenset(at for one in versions if (at := moment_of(one)) is not None)


def moment_of(version: Briefing) -> datetime | None:
    """When it went out, or will; None while that is open, or it was stopped before its moment."""
    return version.distributed_at or version.send_at


def _texts(versions: Collection[Briefing]) -> int:
    return sum(len(covered(version)) for version in versions)
