"""Dutch of the API and of its commands."""

PROBLEMS = {
    "no_key": (
        "Geen geldige sleutel",
        "Stuur de kop Authorization: Bearer schakel_… mee. Maken: schakel api key NAAM.",
    ),
    "too_often": ("Te veel vragen", "Wacht het aantal seconden in Retry-After."),
    "no_event": ("Deze gebeurtenis is er niet", "Vraag de lijst op: /api/v1/events."),
    "bad_number": ("Dit getal klopt niet", "Geef een heel getal vanaf 1, binnen de grens."),
    "bad_choice": ("Deze keuze klopt niet", "Geef true of false."),
    "nul": ("Dit teken kan niet", "Haal het teken %00 uit het adres."),
    "wrong_method": (
        "Dit kan hier niet",
        "Deze API leest u alleen. Vraag met een van de methoden in Allow.",
    ),
    "not_here": ("Dit adres is er niet", "De beschrijving staat op /api/v1/openapi.json."),
}

ABOUT = "Alleen lezen. Geen personen, geen adressen, geen meldingen zelf."
ASK_VERSION = "Welke Schakel antwoordt"
ASK_EVENTS = "Gebeurtenissen, de nieuwste eerst"
ASK_BEFORE = "alleen gebeurtenissen met een lager nummer"
ASK_LIMIT = "hoeveel op één bladzijde"
ASK_EXERCISE = "oefeningen in plaats van echte gebeurtenissen"
ASK_EVENT = "Eén gebeurtenis"
ASK_BRIEFINGS = "Versies; van wat verstuurd is ook de tekst"
ASK_PICTURE = "Beeld: getelde organisaties"
TOLD = {
    "event": "Een bevestigde gebeurtenis veranderde",
    "briefing": "Een briefing van een gebeurtenis veranderde",
    "picture": "Het beeld van een gebeurtenis veranderde",
}
TAKEN = "Aangenomen. Iets anders: Schakel probeert het later opnieuw, behalve na 410."
CODES = {
    "401": "Geen of geen geldige sleutel",
    "404": "Dit is er niet",
    "422": "De vraag klopt niet",
    "429": "Te veel vragen; wacht de seconden in Retry-After",
}

HELP = "Sleutels voor andere systemen van de gemeente (docs/api.md)."
HELP_KEY = "Maak een sleutel. Hij wordt één keer getoond."
HELP_KEYS = "Toon de sleutels: naam, laatst gebruikt, geldig tot."
HELP_REVOKE = "Trek een sleutel in."
HELP_NAME = "Het systeem dat de sleutel gebruikt. Geen naam van een persoon."
HELP_NUMBER = "Het nummer uit schakel api keys."
NAME = "SYSTEEM"
NUMBER = "NUMMER"

MADE = "Sleutel {number} voor {name}, geldig tot {until}. Bewaar hem nu; hij komt niet terug:"
NO_NAME = "Geef het systeem een naam van 2 tot 60 tekens."
PERSON_NAME = "Dit lijkt de naam van een persoon. Noem het systeem, bijvoorbeeld: crisisdashboard."
NO_KEYS = "Er zijn nog geen sleutels. Maak er een: schakel api key NAAM"
ROW = "{number}  {name}  {state}  laatst gebruikt: {used}"
STATES = {"open": "geldig tot {until}", "expired": "verlopen op {until}", "revoked": "ingetrokken"}
NEVER = "nooit"
REVOKED = "Sleutel {number} is ingetrokken."
NOT_OPEN = "Er is geen geldige sleutel met nummer {number}."

HELP_WEBHOOKS = "Toon de koppelingen die van wijzigingen horen ([[webhooks]])."
HELP_SIGNED_WITH = "Toon het geheim waarmee het andere systeem de handtekening nakijkt."
HELP_WEBHOOK_TEST = "Stuur een proefbericht zonder nieuws naar een koppeling."
HELP_HOOK = "De naam (key) van de koppeling in de configuratie."
NO_WEBHOOKS = "Er zijn nog geen koppelingen. Zet [[webhooks]] in de configuratie (docs/api.md)."
NO_SUCH_HOOK = "Er is geen koppeling {name!r}. Kijk met: schakel api webhooks"
HOOK_ROW = "wacht: {waiting}  opgegeven: {given_up}  laatst aangenomen: {taken}{code}"
ANSWERED = "  antwoord: {code}"
NO_ANSWER = "geen"
TEST_TAKEN = "Aangenomen ({code})."
TEST_REFUSED = "Niet aangenomen: het antwoord was {code}. Klopt het adres, en het geheim daar?"
TEST_SILENT = "Geen antwoord. Klopt het adres, en mag deze computer daarheen?"
