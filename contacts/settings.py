"""What the outbox can be told by configuration."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """Settings never change while running, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    lease_s: int = Field(60, ge=5, le=600, description="hoe lang een claim op een bericht geldt")
    max_attempts: int = Field(
        6, ge=1, le=50, description="pogingen voordat een bericht mislukt heet"
    )
    link_days: int = Field(30, ge=1, le=365, description="geldigheid van een link in dagen")
    escalate_after_min: int = Field(
        60, ge=1, le=1440, description="geen reactie op een dringend bericht: volgend kanaal"
    )
