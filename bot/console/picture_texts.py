"""Dutch of the picture and the assessment."""

PERIODS = {
    "dag": "Dagbeeld",
    "week": "Weekbeeld",
    "kwartaal": "Kwartaalbeeld zwakke signalen",
}
OF_EVENT = "Beeld van een gebeurtenis"
FOR_WHOM = "Maatschappelijk overleg"
PHASE_OF_EVENT = (
    "Deze fase gaat alleen over deze gebeurtenis. De stad heeft een eigen fase, bij Beeld: die "
    "gaat over alle signalen samen. De twee mogen verschillen."
)
PHASE_OF_CITY = (
    "Deze fase gaat over de hele stad: alle signalen samen. Elke gebeurtenis heeft een eigen fase "
    "op haar eigen pagina. De twee mogen verschillen."
)
HEADINGS = {
    "kinds": "Wat er gemerkt wordt",
    "severities": "Hoe ernstig",
    "directions": "Welke kant het op gaat",
    "eeps": "Beleefd, gebeurd of verwacht",
    "domains": "Uit welk domein",
    "parts": "In welk deel van de stad",
    "settings": "Waar men het merkt",
    "needs": "Wat nodig is",
}
NOT_KEPT = {
    "empty": "Schrijf ten minste één zin duiding.",
    "long": "Een zin is te lang: hoogstens 200 tekens, en 300 bij de andere vragen.",
    "person": "In deze tekst lijkt een persoon herkenbaar. Schrijf over groepen en organisaties.",
}
