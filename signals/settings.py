"""What the signals can be told by configuration."""

from __future__ import annotations

from pydantic import Field

from contacts.settings import Frozen


class SignalSettings(Frozen):
    """Promises and allow-list of the form (``[signals]``)."""

    answer_within_working_days: int = Field(
        2, ge=1, le=10, description="binnen zoveel werkdagen een antwoord"
    )
    read_within_h: int = Field(2, ge=1, le=48, description="binnen zoveel uur gelezen (in snel)")
    keep_note_days: int = Field(30, ge=1, le=90, description="bewaartijd van de vrije tekst")
    allow: list[str] = Field(
        default_factory=list,
        description="namen van plekken, scholen en clubs die geen persoon zijn",
    )
