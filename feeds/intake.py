"""Decides what a feed's entries mean for what is stored: new, changed or known. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.apart import claim_of
from feeds.event_rules import EventRules
from feeds.grouping import Doc
from feeds.lexicon import Lexicon
from feeds.parsing import Entry
from feeds.relevance import Judgement, score_item
from feeds.rows import Item
from feeds.sections import section_of
from feeds.standing import Trust
from feeds.subjects import Subject, happened_here, subject_of


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of an item that is still in its feed."""

    item_id: int
    content_hash: str
    severity: int
    event_id: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry with what the machine thinks of it; ``known`` is None for a new one."""

    entry: Entry
    judgement: Judgement
    known: Known | None = None

    @property
    def wants_group(self) -> bool:
        """New, or on its own until now and heavier under its new title."""
        if self.known is None:
            return True
        return self.known.event_id is None and self.judgement.severity > self.known.severity


def judge_entries(
    entries: Sequence[Entry], known: Mapping[str, Known], *, trust: Trust, lexicon: Lexicon
) -> list[Judged]:
    """The new and the changed entries, judged, the oldest first; the others are left out."""
    judged = []
    for entry in reversed(entries):
        stored = known.get(entry.guid)
        if stored is None or stored.content_hash != entry.content_hash:
            judgement = score_item(
                entry.title, entry.lead, trust=trust, lexicon=lexicon,
                section=section_of(entry.link, lexicon),
            )  # fmt: skip
            judged.append(Judged(entry, judgement, stored))
    return judged


def as_doc(judged: Judged, *, now: datetime, window: timedelta, lexicon: Lexicon) -> Doc | None:
    """What grouping gets to see; None for round-ups and for what is older than the window."""
    entry, judgement = judged.entry, judged.judgement
    at = entry.published_at or now
    if judgement.is_roundup or at < now - window:
        return None
    return Doc(
        title=entry.title,
        lead=entry.lead,
        at=at,
        severity=judgement.severity,
        hint=hint_of(
            judgement.severity,
            judgement.type,
            judgement.place.name,
            local=(judgement.place.proximity.is_local),
        ),
        claim=claim_of(
            entry.title,
            entry.lead,
            judgement.types,
            judgement.place.name,
            judgement.place.proximity,
            judgement.severity,
            lexicon,
        ),
        item_id=judged.known.item_id if judged.known else None,
    )


def subject_of_judged(judged: Judged, rules: EventRules) -> Subject:
    """What an entry is about, for the memory of the watch."""
    judgement = judged.judgement
    return subject_of(
        judged.entry.title,
        judgement.types,
        judgement.themes,
        rules,
        is_dutch=happened_here(judgement.place.proximity, judgement.place.name, judgement.themes),
        is_local=judgement.place.proximity.is_local,
        place=judgement.place.name,
    )


def hint_of(severity: int, kind: str, place: str | None, *, local: bool) -> tuple[str, str] | None:
    """The same heavy kind of thing at the same spot near by is likely the same thing."""
    return (kind, place) if severity >= 2 and local and place else None


def write_judgement(item: Item, judgement: Judgement) -> None:
    """Copy a judgement into its row."""
    item.is_roundup = judgement.is_roundup
    item.severity = judgement.severity
    item.types = list(judgement.types)
    item.place = judgement.place.name
    item.proximity = judgement.place.proximity.value
    item.themes = list(judgement.themes)
    item.reasons = [reason.as_row() for reason in judgement.reasons]
