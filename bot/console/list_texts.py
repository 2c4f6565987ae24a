"""Dutch of the page Lijsten en sjablonen."""

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
