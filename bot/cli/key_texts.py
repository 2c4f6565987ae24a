"""Dutch of ``schakel accept-key``."""

HELP = "Ga verder met een andere sleutel, als de vorige kwijt is."
HELP_YES = "ja, de vorige sleutel is kwijt"
SURE = (
    "Met een andere sleutel gaat voorgoed niet meer open wat met de vorige verzegeld is: de weg "
    "terug naar wie iets meldde, toelichtingen bij signalen, en wat leden elkaar schreven. Links "
    "om af te melden in oude mails werken dan niet meer. Zoek de vorige dus eerst, ook in een "
    "back-up. Is hij echt kwijt? Doe dan: schakel accept-key --yes."
)
IN_USE = (
    "Schakel draait nog op deze gegevens. Stop het eerst, wacht een minuut en probeer het opnieuw."
)
ACCEPTED = (
    "✔ Deze database hoort nu bij de sleutel van deze machine. Zet dezelfde op elke andere "
    "machine. Koppelingen krijgen een nieuw geheim: schakel api webhook-secret NAAM."
)
FITS = "De sleutel van deze machine past bij de database. Er is niets veranderd."
