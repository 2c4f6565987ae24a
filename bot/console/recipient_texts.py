"""Dutch words of the page *Ontvangers*."""

from collections.abc import Sequence
from datetime import datetime

from bot.console.gap_texts import why_closed
from bot.console.texts import DELIVERIES, NO_CHANNEL
from contacts.directory import ChannelKind
from contacts.outbox import DeliveryStatus
from contacts.quiet import QUIET_HOURS
from contacts.reason_texts import reason_of
from contacts.texts import CHANNELS

GROUPS = {
    "krijgt": "Krijgt het",
    "alsnog": "Miste het, kan nu wel",
    "geen-kanaal": "Geen kanaal dat werkt",
    "niet": "Krijgt het niet",
}
LEFT = "weg bij de organisatie"
NEVER_LINKED = "nog nooit gekoppeld, en geen e-mailadres"
CLOSED = "{channel}: {why}"
NO_TEXT = "staat op de lijst zonder tekst"
NOT_BEFORE = "kreeg het eerdere bericht niet"
LATER = "kwam later op de lijst, of kon toen niets krijgen"
NO_TURN = "hoort niet bij wie het eerdere bericht kreeg"
RESTS = "wacht op het einde van de rusttijd"
_STATUSES = DELIVERIES | {DeliveryStatus.CLAIMED: DELIVERIES[DeliveryStatus.PLANNED]}


def stands(kind: ChannelKind, status: DeliveryStatus, reason: str | None) -> str:
    """How one delivery stands, with the reason when it did not go. Pure."""
    said = f"{CHANNELS[kind]}: {_STATUSES[status]}"
    if status is DeliveryStatus.PLANNED and reason == QUIET_HOURS:
        return f"{CHANNELS[kind]}: {RESTS}"
    return f"{said} ({reason_of(reason)})" if status is DeliveryStatus.FAILED and reason else said


def place(organisation: str, municipality: str | None) -> str:
    """The organisation; of another municipality with its name. Pure."""
    return f"{organisation} (buurgemeente {municipality})" if municipality else organisation


def why_no_channel(
    left_at: datetime | None, closed: Sequence[tuple[str, str | None]] | None
) -> str:
    """Blocked, bounced and never linked are different things to do something about. Pure."""
    if left_at is not None:
        return LEFT
    if not closed:
        return NEVER_LINKED
    return "; ".join(
        CLOSED.format(channel=channel, why=why_closed(code) or NO_CHANNEL)
        for channel, code in closed
    )
