"""Dutch of the picture in the chat."""

OF_EVENT, OF_WEEK = "Beeld van een gebeurtenis", "Beeld van de laatste zeven dagen"
OF_PERIOD = {
    "dag": "Dagbeeld",
    "week": OF_WEEK,
    "kwartaal": "Kwartaalbeeld zwakke signalen",
}
BUTTONS = {"dag": "Dagbeeld", "week": "Weekbeeld", "kwartaal": "Kwartaalbeeld"}
#: as the chat heads its words
ABOUT = {
    "dag": "vandaag",
    "week": "laatste zeven dagen",
    "kwartaal": "dit kwartaal, zwakke signalen",
}
ONE, MORE = "organisatie", "organisaties"
STAND = "Van {number} {unit}. Stand: {day}."
LEGEND_TITLE = "Organisaties"
LEGEND = ("geen", "1-2", "3 tot 5", "6 of meer")
NOTES = (
    "Geteld per organisatie, nooit per persoon. Minder dan drie: 1-2.",
    "Waar niets staat, is niets gemeld. Stil is niet hetzelfde als rustig.",
    "Grenzen van de wijken: CBS / Kadaster, 2025.",
)
