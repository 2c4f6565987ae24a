"""Dutch words of the maatschappelijk overleg that stand in rows, files and messages."""

from briefings.overleg.rows import AgreementKind, AgreementStatus, OverlegKind, OverlegStatus, Reply

CALENDAR = "Maatschappelijk overleg"
KINDS = {
    OverlegKind.REGULAR: "Maatschappelijk overleg",
    OverlegKind.AD_HOC: "Extra maatschappelijk overleg",
}
STATUSES = {
    OverlegStatus.PLANNED: "gepland",
    OverlegStatus.HELD: "geweest",
    OverlegStatus.CANCELLED: "gaat niet door",
}
HOST = "Gastheer: {host}."
AGREEMENTS = {AgreementKind.DECISION: "besluit", AgreementKind.ACTION: "actie"}
AGREEMENT_STATUSES = {
    AgreementStatus.OPEN: "open",
    AgreementStatus.DONE: "gedaan",
    AgreementStatus.DROPPED: "gaat niet door",
}
LATE_TITLE = "Acties van het overleg die te laat zijn"
LATE_WHY = "Deze acties zouden nu gedaan zijn. Afronden kan hier of op de pagina van het overleg."
LATE_LINE = "{number}. {words} ({owner}, voor {due})"
LATE_MORE = "En nog {count} andere. Alles staat op de pagina Overleg: {page}"
LATE_PAGE = "Alles staat op de pagina Overleg: {page}"
NEAR_TITLE = "Een afspraak van het overleg"
NEAR_WHY = "In het maatschappelijk overleg is afgesproken dat {organisation} dit doet:"
NEAR_LINE = "{words} (voor {due})"
NEAR_LAST = (
    "Is het gedaan? Tik dan op de knop, of typ in Telegram /afspraken. Lukt het niet? Zeg het "
    "tegen de coördinator van de gemeente."
)
INVITE_TITLE = "Uitnodiging: {what}"
INVITE_WHEN = "{when}, {minutes} minuten, bij {host}{place}."
INVITE_WHY = "Wij bespreken wat leeft in de stad en wat wij samen kunnen doen. {coming}"
COMING = (
    "Komt u? Kunt u zelf niet, dan mag een collega van uw organisatie in uw plaats komen. Schakel "
    "bewaart alleen of uw organisatie komt."
)
#: for who receives the others: whether they come is no question
HOST_TITLE = "U bent gastheer: {what}"
HOSTING = (
    "Uw organisatie is deze keer gastheer: de anderen komen bij u. Lukt dat niet, zeg het dan "
    "tegen de gemeente."
)
#: below what changed, for who receives the others
HOST_NOW = "Uw organisatie is nu gastheer. Lukt dat niet, zeg het dan tegen de gemeente."
HOST_STILL = "Uw organisatie is gastheer. Lukt het zo niet, zeg het dan tegen de gemeente."
HOST_NOT_ANY_MORE = "Uw organisatie is geen gastheer meer."
HOST_LINES = (HOST_NOW, HOST_STILL, HOST_NOT_ANY_MORE)
REPLIES = {Reply.YES: "Wij komen", Reply.NO: "Wij komen niet"}
COMING_MAIL = "Zeg of u komt, en zie wat aan de orde komt"
REMIND_TITLE = "Herinnering: {what}"
REMIND_WHY = "Komt u? Eén tik is genoeg. Kunt u zelf niet, dan mag een collega in uw plaats komen."
INVITE_AGENDA = "Wat komt aan de orde?"
INVITE_CALENDAR = "Zet het in uw agenda"
#: what who was invited reads when it changes; by the change
NEWS_TITLES = {
    "moved": "Gewijzigd: {what}",
    "off": "Gaat niet door: {what}",
    "on_again": "Gaat toch door: {what}",
}
NEWS_LINES = {
    "moved": (
        "Het overleg is gewijzigd. Dit geldt nu: {after}",
        "Eerder was het: {before}",
        "Komt u? Kunt u zelf niet, dan mag een collega in uw plaats komen.",
    ),
    "off": (
        "Dit overleg gaat niet door: {before}",
        "Staat het in uw agenda? Haal het daar dan weg. Komt er een ander moment, dan hoort u dat.",
    ),
    "on_again": (
        "Dit overleg gaat toch door: {after}",
        "Komt u? Kunt u zelf niet, dan mag een collega in uw plaats komen.",
    ),
}
#: for whom earlier news was overtaken: the moment that they know is an older one; last: it is off
NEWS_MISSED = (
    "Hebt u een ander moment in uw agenda? Dat geldt niet meer.",
    "Hebt u een ander moment in uw agenda? Ook dan gaat het niet door.",
)


def exercise(name: str) -> str:
    """The name of something of an exercise. Pure."""
    return f"OEFENING: {name}"
