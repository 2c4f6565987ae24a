"""Dutch words of the page of gaps, and why an address is closed."""

from collections.abc import Mapping

from contacts.directory import ChannelKind
from contacts.gaps import Gap
from contacts.reason_texts import reason_of

GAPS: Mapping[Gap, str] = {
    Gap.UNREACHABLE: "niemand bereikbaar",
    Gap.NOT_SET_UP: "kanaal niet ingesteld",
    Gap.FEW: "minder dan twee contacten",
    Gap.BOUNCING: "mail komt terug",
    Gap.BLOCKED: "heeft de bot geblokkeerd",
    Gap.NO_CHANNEL: "iemand zonder werkend kanaal",
    Gap.SUCCESSOR: "opvolger gevraagd",
    Gap.SILENT: "geen antwoord op: klopt dit nog?",
    Gap.UNCONFIRMED: "niet bevestigd",
    Gap.NO_BACKUP: "geen vervanger",
}
GAP_HELP: Mapping[Gap, str] = {
    Gap.UNREACHABLE: "Vanavond zou niemand van deze organisatie een bericht krijgen.",
    Gap.NOT_SET_UP: "Iemand heeft alleen een kanaal dat in deze installatie niet is ingesteld.",
    Gap.FEW: "Bij ziekte of verlof krijgt niemand het. Vraag om een tweede contact.",
    Gap.BOUNCING: "Een mailadres bestaat niet meer of neemt niets aan.",
    Gap.BLOCKED: "Er gaat niets meer naar die chat. Vraag of een ander kanaal beter past.",
    Gap.NO_CHANNEL: "Maak een uitnodiging, of vul een e-mailadres in.",
    Gap.SUCCESSOR: "Iemand ging weg. De organisatie kreeg de vraag wie opvolgt.",
    Gap.SILENT: "Langer dan een maand geleden gevraagd. Een telefoontje helpt; het hoeft niet.",
    Gap.UNCONFIRMED: "Langer dan een half jaar zei niemand dat de gegevens kloppen.",
    Gap.NO_BACKUP: "Reageert niemand, dan is er geen tweede die het krijgt.",
}
#: what is not set up, and whom that leaves out
NOT_SET_UP: Mapping[ChannelKind, str] = {
    ChannelKind.EMAIL: "E-mail is niet ingesteld. Wie alleen een e-mailadres heeft, krijgt niets",
    ChannelKind.TELEGRAM: "Telegram is niet ingesteld. Wie alleen Telegram heeft, krijgt niets",
}
NOTHING_SET_UP = "Telegram en e-mail zijn niet ingesteld. Niemand krijgt iets"
WHO_NOT = "{what}: {people} bij {organisations}."
#: why an address was closed, in few words; anything else is one of the reasons of a delivery
CLOSED: Mapping[str, str] = {
    "left": "werkt daar niet meer",
    "stopped": "zelf gestopt",
    "unsubscribed": "afgemeld voor mail",
    "replaced": "vervangen door een nieuwe telefoon",
    "blocked": "bot geblokkeerd",
    "deactivated": "Telegram-account bestaat niet meer",
    "bad_address": "geen geldig adres",
    "removed": "weggehaald door de coördinator",
    "merged": "samengevoegd met een ander contact",
    "undone": "inlezen ongedaan gemaakt",
}
MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
    "oktober", "november", "december",
)  # fmt: skip
MONTH = "{month} {year}"


def why_closed(code: str | None) -> str:
    """The reason in words that a coordinator can use. Pure."""
    if not code:
        return ""
    return CLOSED.get(code) or reason_of(code)
