"""What the watch can be told by configuration."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from contacts.settings import Frozen
from feeds.standing import Reach, Trust

Similarity = Literal["woorden", "betekenis"]


class SourceSettings(Frozen):
    """One public feed (``[[feeds.sources]]``)."""

    key: str = Field(pattern=r"^[a-z0-9-]{2,60}$", description="korte vaste naam")
    name: str = Field(min_length=1, max_length=120, description="naam zoals mensen hem lezen")
    url: str = Field(pattern=r"^https?://", description="adres van de feed")
    trust: Trust = Field(description="officieel, regionaal, landelijk of secundair")
    reach: Reach = Field(
        Reach.ORDINARY,
        description="bereik: groot, gewoon of klein; klein telt half als groei gewogen wordt",
    )
    interval_s: int = Field(
        0,
        ge=0,
        le=86_400,
        description="seconden tussen twee keer kijken; 0 = Schakel kiest, van 2 tot 30 minuten",
    )


class FeedSettings(Frozen):
    """How feeds are read (``[feeds]``)."""

    place: str = Field(
        "arnhem",
        min_length=1,
        description="de plaatsenlijst: arnhem, utrecht, of het pad van een eigen bestand",
    )
    themes: str = Field(
        "", description="het pad van een eigen bestand met thema's; leeg = het meegeleverde"
    )
    sources: list[SourceSettings] = Field(default_factory=list, description="de bronnen")
    timeout_s: float = Field(15.0, gt=0, le=120, description="langste tijd voor één bron")
    max_bytes: int = Field(5_000_000, ge=10_000, description="grootste antwoord van één bron")
    allow_private: bool = Field(
        False, description="ook adressen op het eigen netwerk lezen (alleen om te oefenen)"
    )
    push: bool = Field(
        True, description="uitgevers met een hub (WebSub) nieuws meteen laten brengen"
    )
    alert_from: int = Field(3, ge=1, le=4, description="vanaf deze ernst gaat er een melding uit")
    tell_after_failures: int = Field(
        5, ge=1, le=100, description="na zoveel mislukte keren hoort de coördinator het"
    )
    window_h: int = Field(72, ge=1, le=336, description="berichten binnen zoveel uur horen samen")
    similarity: Similarity = Field(
        "woorden",
        description="waar dezelfde gebeurtenis aan herkend wordt: woorden, of woorden en betekenis",
    )
