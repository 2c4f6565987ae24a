"""Dutch of the page Lijsten en sjablonen."""

from datetime import date

from briefings.city_lines import look_again_on
from briefings.settings import CityLine

DANGER = "Gevaar of spoed"
ABOUT_ONE_PERSON = (
    "Zorgen over één persoon? Praat eerst met het interne aanspreekpunt van uw organisatie."
)
CONTACTS, REPORTING, HELP = "Voor vragen", "Waar meld ik wat", "Hulplijnen"
DISTRICT = "wijk"
SORTS = {
    "wijk": "wijken",
    "stadsdeel": "stadsdelen",
    "plek": "straten, parken en pleinen",
    "onderwijs": "scholen",
    "welzijn": "buurt- en jongerenwerk",
    "levensbeschouwing": "gebedshuizen",
    "overheid": "gebouwen van de overheid",
    "buurgemeenten": "buurgemeenten",
    "regio": "de regio",
    "nl_steden": "steden in Nederland",
    "buitenland_overig": "plaatsen in het buitenland",
}
FAULTS = {
    "no_phone": "te controleren: het nummer ontbreekt",
    "empty": "te controleren: er staat niets in",
    "unchecked": "te controleren",
    "future": "te controleren: de datum ligt in de toekomst",
    "expired": "opnieuw controleren: de datum is voorbij",
}
HOLDS_UNTIL = "geldig tot {day}"
ASKED_AGAIN = "zonder einddatum: te controleren op {day}"
OVERDUE = "zonder einddatum: te controleren sinds {day}"
UNCHECKED = FAULTS["unchecked"]


def how_long(line: CityLine, today: date) -> str:
    """Until when a line counts, or when it is, or was to be, looked at again. Pure."""
    day = look_again_on(line)
    if day is None:
        return UNCHECKED
    shape = HOLDS_UNTIL if line.expires_on else ASKED_AGAIN if day > today else OVERDUE
    return shape.format(day=day.strftime("%d-%m-%Y"))
