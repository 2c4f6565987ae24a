"""Dutch words of the maatschappelijk overleg that stand in rows, files and messages."""

from briefings.overleg.rows import AgreementKind, AgreementStatus, OverlegKind, OverlegStatus

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
LATE_TITLE = "Acties van het overleg over de datum"
LATE_WHY = "Deze acties zouden nu gedaan zijn. Afronden kan op de pagina van het overleg."
LATE_LINE = "{number}. {words} ({owner}, voor {due})"
LATE_MORE = "En nog {count} andere. Alles staat op de pagina Overleg: {page}"
LATE_PAGE = "Alles staat op de pagina Overleg: {page}"
NEAR_TITLE = "Een afspraak van het overleg"
NEAR_WHY = "In het maatschappelijk overleg is afgesproken dat {organisation} dit doet:"
NEAR_LINE = "{words} (voor {due})"
NEAR_LAST = "Lukt het niet, of is het al gedaan? Zeg het tegen de coördinator van de gemeente."


def exercise(name: str) -> str:
    """The name of something of an exercise. Pure."""
    return f"OEFENING: {name}"
