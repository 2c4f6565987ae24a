"""The fact block as the texts are made from it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from briefings.rows import Fact, FactBlock


@dataclass(frozen=True, slots=True)
class FactView:
    """The block and its sentences that still hold, by kind, in the order of entry."""

    block: FactBlock
    confirmed: tuple[Fact, ...] = ()
    unconfirmed: tuple[Fact, ...] = ()
    unknown: tuple[Fact, ...] = ()
    denied: tuple[Fact, ...] = ()
    measures: tuple[Fact, ...] = ()

    def without_words(self) -> FactView:
        """Nothing of what anybody wrote, except the title."""
        words = {"local_tie": None, "meaning": None, "meaning_speaker": None}
        return FactView(FactBlock(**{**self.block.model_dump(), **words}))

    def approved_by(self, at: datetime) -> FactView:
        """Only what a second pair of eyes has seen: what stood there at ``at``."""

        def seen(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
            return tuple(fact for fact in facts if fact.created_at <= at)

        block = self.block
        if block.edited_at > at:
            block = self.without_words().block
        return FactView(
            block,
            seen(self.confirmed),
            seen(self.unconfirmed),
            seen(self.unknown),
            seen(self.denied),
            seen(self.measures),
        )
