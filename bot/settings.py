"""What the running house can be told by configuration."""

from __future__ import annotations

from datetime import time
from typing import Literal

from pydantic import Field

from contacts.settings import Frozen

Topic = Literal["event", "briefing", "picture"]
CLAIM = r"^[A-Za-z0-9_:/.-]{1,120}$"
TELEGRAM_API = "https://api.telegram.org/bot"


class TelegramSettings(Frozen):
    """The bot (``[telegram]``). The token comes from the environment only."""

    base_url: str = Field(TELEGRAM_API, description="adres van de Bot API-server")
    bot_name: str = Field("", max_length=64, description="gebruikersnaam van de bot, zonder @")
    poll_timeout_s: int = Field(25, ge=0, le=50, description="seconden wachten op een update")
    webhook: bool = Field(
        False,
        description="Telegram brengt berichten naar [web] base_url; anders vraagt Schakel erom",
    )
    token: str = Field("", repr=False, exclude=True)


class MailSettings(Frozen):
    """Sending and reading mail (``[mail]``). Empty ``host`` means: no mail."""

    host: str = Field("", description="SMTP-server; leeg = geen e-mail")
    port: int = Field(587, ge=1, le=65_535, description="poort van de SMTP-server")
    tls: Literal["geen", "starttls", "tls"] = Field("starttls", description="beveiliging")
    connections: int = Field(4, ge=1, le=20, description="verbindingen tegelijk met de SMTP-server")
    user: str = Field("", description="gebruikersnaam bij de SMTP-server")
    password: str = Field("", repr=False, exclude=True)
    from_address: str = Field("", description="afzender van de mail")
    reply_address: str = Field("", description="adres voor antwoorden en bounces")
    imap_host: str = Field("", description="IMAP-server voor antwoorden; leeg = niet lezen")
    imap_port: int = Field(993, ge=1, le=65_535, description="poort van de IMAP-server")
    imap_tls: bool = Field(True, description="IMAP met TLS")
    imap_user: str = Field("", description="gebruikersnaam bij de IMAP-server")
    imap_password: str = Field("", repr=False, exclude=True)


class WebSettings(Frozen):
    """The pages (``[web]``)."""

    host: str = Field("127.0.0.1", description="adres waarop de pagina's luisteren")
    port: int = Field(8420, ge=0, le=65_535, description="poort (0 = kies zelf)")
    base_url: str = Field("http://127.0.0.1:8420", description="adres van de pagina's in berichten")
    idle_min: int = Field(
        60, ge=5, le=1440, description="zonder gebruik eindigt een aanmelding na zoveel minuten"
    )
    session_h: int = Field(
        12, ge=1, le=72, description="een aanmelding eindigt altijd na zoveel uren"
    )
    public_totals: bool = Field(
        False, description="of iedereen /cijfers mag lezen: totalen per kwartaal, zonder namen"
    )


class SignInSettings(Frozen):
    """Signing in with accounts of the municipality (``[sign_in]``). Empty ``issuer``: not."""

    issuer: str = Field("", description="adres van de OpenID-aanbieder; leeg = niet")
    client_id: str = Field("", description="naam van Schakel bij de aanbieder (client id)")
    client_secret: str = Field("", repr=False, exclude=True)
    button: str = Field(
        "Inloggen met gemeente-account",
        min_length=1,
        max_length=60,
        description="wat er op de knop staat",
    )
    email_claim: str = Field(
        "email", pattern=CLAIM, description="waar het e-mailadres staat (claim)"
    )
    verified_claim: str = Field(
        "email_verified",
        pattern=rf"^$|{CLAIM}",
        description="waar staat dat het adres is nagekeken; leeg = de aanbieder staat ervoor in",
    )
    link: bool = Field(True, description="ook aanmelden met een link per bot of e-mail")
    passkey: Literal["nee", "mag", "moet"] = Field(
        "nee", description="nog een passkey bij goedkeuren: nee, mag of moet"
    )

    @property
    def is_on(self) -> bool:
        return bool(self.issuer)


class DatabaseSettings(Frozen):
    """The store (``[database]``)."""

    url: str = Field(
        "sqlite+aiosqlite:///var/schakel.sqlite3", description="waar de gegevens staan"
    )
    several_hosts: bool = Field(
        False, description="meer machines werken samen aan deze database (alleen PostgreSQL)"
    )


class WebhookSettings(Frozen):
    """A system that hears of changes (``[[webhooks]]``); its secret follows from the key."""

    key: str = Field(pattern=r"^[a-z0-9-]{2,40}$", description="korte vaste naam van het systeem")
    url: str = Field(max_length=500, description="adres dat de berichten aanneemt (https)")
    topics: list[Topic] = Field(
        default=["event", "briefing", "picture"],
        min_length=1,
        description="waarover: event (gebeurtenis), briefing, picture (beeld)",
    )
    exercises: bool = Field(False, description="ook over oefeningen")


class AlertSettings(Frozen):
    """Patience with an alert (``[alerts]``)."""

    escalate_after_min: int = Field(
        10, ge=1, le=240, description="zonder reactie krijgen ook de goedkeurders de melding"
    )
    daily_at: str = Field(
        "07:30",
        pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d$",
        description="hoe laat de daglijst (ernst 2) gaat; leeg = geen daglijst",
    )

    @property
    def daily_time(self) -> time | None:
        """The hour of the daily list as a time."""
        return time.fromisoformat(self.daily_at) if self.daily_at else None


class RotaSettings(Frozen):
    """The rota of coordinators (``[rota]``); without periods on it, it changes nothing."""

    first: Literal["dienst", "allen"] = Field(
        "dienst",
        description="wie een melding het eerst krijgt: wie dienst heeft, of alle coördinatoren",
    )
    change_day: Literal[
        "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"
    ] = Field("maandag", description="dag waarop de dienst wisselt, als voorstel")
    change_at: str = Field(
        "09:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="hoe laat de dienst wisselt, als voorstel",
    )

    gap_days: int = Field(
        7, ge=1, le=60, description="zoveel dagen vooraf meldt Schakel een gat zonder dienst"
    )
    confirm_min: int = Field(
        30, ge=5, le=720, description="zonder *Overgenomen* binnen zoveel minuten horen beiden het"
    )


class TickSettings(Frozen):
    """Pace of the rounds, in seconds (``[ticks]``)."""

    feeds_s: float = Field(5.0, gt=0, description="bronnen nakijken die aan de beurt zijn")
    refresh_s: float = Field(1.0, gt=0, description="kaart en voortgang bijwerken")
    alerts_s: float = Field(15.0, gt=0, description="meldingen zonder reactie nakijken")
    daily_s: float = Field(30.0, gt=0, description="kijken of het tijd is voor de daglijst")
    escalate_s: float = Field(30.0, gt=0, description="dringende berichten zonder reactie")
    remind_s: float = Field(300.0, gt=0, description="te late antwoorden nakijken")
    clock_s: float = Field(30.0, gt=0, description="stappen van het draaiboek nakijken")
    mail_in_s: float = Field(60.0, gt=0, description="antwoorden en bounces lezen")
    tidy_s: float = Field(3600.0, gt=0, description="opruimen wat niet langer bewaard wordt")
    list_s: float = Field(3600.0, gt=0, description="vragen of de lijst nog klopt")
    links_s: float = Field(60.0, gt=0, description="links in teksten die nog niet weg zijn openen")
    webhooks_s: float = Field(5.0, gt=0, description="koppelingen bijwerken")
    exercise_s: float = Field(2.0, gt=0, description="wat een oefening voor deze minuut heeft")
    plans_s: float = Field(30.0, gt=0, description="SQLite laten weten hoe groot de tabellen zijn")
    health_s: float = Field(20.0, gt=0, description="nakijken of alles nog loopt")
