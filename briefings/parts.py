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
    """Of ``total`` texts so many were handed in, approved, and sent or have their moment.

    ``moments``: when a part of it was sent, or will be.
    """

    kind: BriefingKind
    total: int
    ready: int
    approved: int
    sent: int
    moments: frozenset[datetime]

    @property
    def is_behind(self) -> bool:
        """Whether a part of it did not get as far as the others."""
        return self.sent < self.total


def parts_of(versions: Sequence[Briefing]) -> Parts | None:
    """Of the newest text, when it was approved in parts; ``versions`` from the oldest on."""
    found = newest_texts(versions, _STANDING)
    if len(found) < 2:
        return None
    gone = [one for one in found if one.status in APPROVED and moment_of(one) is not None]
    moments = frozenset(at for one in gone if (at := moment_of(one)) is not None)
    return Parts(
        kind=found[0].kind,
        total=_texts(found),
        ready=_texts([one for one in found if one.status in READY]),
        approved=_texts([one for one in found if one.status in APPROVED]),
        sent=_texts(gone),
        moments=moments,
    )


def moment_of(version: Briefing) -> datetime | None:
    """When it went out, or will; None while that is open, or it was stopped before its moment."""
    return version.distributed_at or version.send_at


def _texts(versions: Collection[Briefing]) -> int:
    return sum(len(covered(version)) for version in versions)
