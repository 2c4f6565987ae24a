"""What the outbox can be told by configuration."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

#: one number of minutes for each severity, 1 first
Minutes = Annotated[int, Field(ge=0, le=1440)]
PerSeverity = tuple[Minutes, Minutes, Minutes, Minutes, Minutes]
SEVERITIES = range(1, 6)


class Frozen(BaseModel):
    """Settings never change while running, and an unknown key is a mistake."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")


class SendingSettings(Frozen):
    """Limits and patience of the outbox (``[sending]``)."""

    telegram_per_s: float = Field(
        28.0, gt=0, le=1000, description="berichten per seconde via Telegram (gratis: onder 30)"
    )
    chat_interval_s: float = Field(
        1.0, ge=0, le=60, description="seconden tussen twee berichten in hetzelfde gesprek"
    )
    group_per_min: int = Field(
        20, ge=0, le=1000, description="berichten per minuut in één groep (0 = geen grens)"
    )
    mail_per_s: float = Field(10.0, gt=0, le=1000, description="mails per seconde")
    mail_domain_per_min: int = Field(
        300, ge=0, le=100_000, description="mails per minuut naar één domein (0 = geen grens)"
    )
    lease_s: int = Field(60, ge=5, le=600, description="hoe lang een claim op een bericht geldt")
    max_attempts: int = Field(
        6, ge=1, le=50, description="pogingen voordat een bericht mislukt heet"
    )
    link_days: int = Field(30, ge=1, le=365, description="geldigheid van een link in dagen")
    silence_min: PerSeverity = Field(
        (0, 0, 0, 60, 20),
        description="minuten zonder reactie tot de volgende stap, bij ernst 1 tot 5; 0 = niet",
    )
    unsure_min: PerSeverity = Field(
        (30, 30, 10, 2, 0),
        description="minuten tot een onzeker bericht ook per mail gaat, bij ernst 1 tot 5",
    )

    def silence(self, severity: int) -> timedelta | None:
        """How long nobody may react before the next step; None: it is not followed up."""
        minutes = self.silence_min[severity - 1] if severity in SEVERITIES else 0
        return timedelta(minutes=minutes) if minutes else None

    def unsure(self, severity: int) -> timedelta:
        """How long proof of arrival may take before it goes by another channel as well."""
        minutes = self.unsure_min[severity - 1] if severity in SEVERITIES else 0
        return timedelta(minutes=minutes)


NeighbourName = Annotated[str, Field(min_length=2, max_length=60)]


class ContactSettings(Frozen):
    """Keeping the list alive (``[contacts]``)."""

    check_days: int = Field(
        182, ge=0, le=730, description="om de zoveel dagen de vraag: klopt dit nog? (0 = niet)"
    )
    digest: Literal["kwartaal", "maand", "niet"] = Field(
        "kwartaal", description="hoe vaak een rondbrief aan leden: kwartaal, maand of niet"
    )
    neighbours: tuple[NeighbourName, ...] = Field(
        (), description="buurgemeenten, bij naam; zij krijgen alleen iets als u dat bij een "
        "gebeurtenis aanzet"
    )  # fmt: skip
