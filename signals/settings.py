"""What the signals can be told by configuration."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any

from pydantic import Field, PrivateAttr

from contacts.settings import Frozen

THEMES = (
    "aanhoudingen",
    "conflict in het buitenland",
    "asielopvang",
    "koranverbranding",
    "politieoptreden",
    "verkiezingen",
    "iets anders",
)


class PhaseSettings(Frozen):
    """From which counts a phase is proposed (``[signals.phases]``)."""

    window_h: int = Field(72, ge=12, le=336, description="signalen van zoveel uur tellen mee")
    simmering_domains: int = Field(2, ge=1, le=5, description="fase 1: zoveel domeinen")
    rising_districts: int = Field(
        2, ge=1, le=10, description="fase 2: iets gebeurde in zoveel wijken"
    )
    rising_domains: int = Field(3, ge=1, le=5, description="fase 2: of uit zoveel domeinen")
    rising_worried: int = Field(
        3, ge=1, le=20, description="fase 2: of zoveel organisaties met ernst 3 of meer"
    )
    symbolic_organisations: int = Field(
        5, ge=2, le=50, description="fase 3: zoveel organisaties over één zware gebeurtenis"
    )
    unrest_organisations: int = Field(
        2, ge=1, le=20, description="fase 4: ernst 4 van zoveel organisaties"
    )


class SignalSettings(Frozen):
    """Promises and allow-list of the form (``[signals]``)."""

    answer_within_working_days: int = Field(
        5, ge=1, le=10, description="binnen zoveel werkdagen een antwoord"
    )
    answer_within_working_days_urgent: int = Field(
        2, ge=1, le=10, description="hetzelfde, zolang een gebeurtenis van ernst 3 of meer loopt"
    )
    interim_after_working_days: int = Field(
        2, ge=1, le=10, description="na zoveel werkdagen zonder antwoord een tussenbericht"
    )
    backup_after_working_days: int = Field(
        1, ge=1, le=5, description="zoveel werkdagen te laat, dan horen ook de goedkeurders het"
    )
    bundle_from: int = Field(
        12, ge=2, le=500, description="bij zoveel open signalen stelt Schakel bundelen voor"
    )
    read_within_h: int = Field(
        2, ge=1, le=48, description="binnen zoveel uur gelezen, naar boven op een heel uur"
    )
    day_picture_at: time = Field(
        time(16, 30), description="uur van het dagbeeld, zolang een zware gebeurtenis loopt"
    )
    keep_note_days: int = Field(30, ge=1, le=90, description="bewaartijd van de vrije tekst")
    help_days: int = Field(
        14, ge=1, le=91, description="een vraag of aanbod bij een gebeurtenis verloopt na dagen"
    )
    help_standing_days: int = Field(
        91, ge=7, le=365, description="een staande vraag of een staand aanbod verloopt na dagen"
    )
    allow: list[str] = Field(
        default_factory=list,
        description="namen van plekken, scholen en clubs die geen persoon zijn",
    )
    themes: list[str] = Field(
        default_factory=lambda: list(THEMES),
        description="onderwerpen waaruit een melder kan kiezen; nooit een groep mensen",
    )
    phases: PhaseSettings = Field(default_factory=PhaseSettings)
    #: what the file says; the desk adds to it
    _in_file: tuple[str, ...] = PrivateAttr(())

    def model_post_init(self, context: Any, /) -> None:
        """Remember what the file says."""
        self._in_file = tuple(self.allow)

    def take_over(self, names: Iterable[str]) -> None:
        """Beside the names of the file, these. Every part of the house holds this one list."""
        self.allow[:] = dict.fromkeys([*self._in_file, *names])
