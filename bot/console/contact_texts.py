"""Dutch words of the pages where organisations and people are written down."""

from collections.abc import Mapping

from contacts.consent import ConsentKind
from contacts.directory import SchoolType
from contacts.editing import Refusal

REFUSALS: Mapping[Refusal, str] = {
    Refusal.NAME_MISSING: "Vul een naam in. Een functienaam mag ook.",
    Refusal.NAME_TAKEN: "Er is al een organisatie met deze naam.",
    Refusal.TOO_LONG: "Een van de velden is te lang. Er is niets opgeslagen.",
    Refusal.BAD_ADDRESS: "Dit is geen e-mailadres. Controleer het.",
    Refusal.ADDRESS_TAKEN: "Dit adres hoort al bij iemand anders op de lijst.",
    Refusal.NEEDS_CONSENT: (
        "Bij religieuze en culturele organisaties staat alleen een functioneel adres op de lijst, "
        "zoals info@ of bestuur@. Een persoonlijk adres kan pas als de persoon toestemming gaf: "
        "noteer die eerst."
    ),
    Refusal.TYPE_ELSEWHERE: "Een schooltype hoort bij het domein onderwijs. Kies een van de twee.",
    Refusal.NEIGHBOUR_DOMAIN: "Van een buurgemeente staat alleen de gemeente zelf op de lijst. "
    "Kies het domein gemeente.",
    Refusal.BAD_NAME: "Laat het teken | weg uit de naam.",
    Refusal.SITE_TAKEN: "Deze organisatie heeft al een locatie met deze naam.",
}
#: to somebody with a right, when another added a way to reach them: a link to sign in goes there
KEY_ADDED = (
    "Er is een adres voor u toegevoegd",
    (
        "Een beheerder voegde een e-mailadres toe waarmee u in Schakel kunt inloggen. Klopt dat "
        "niet? Bel dan meteen de beheerder."
    ),
)
KEY_TAKEN = (
    "Een kanaal van u is gesloten",
    (
        "Iemand van de gemeente sloot een adres of een telefoon van u in Schakel. Dit kanaal werkt "
        "nog. Klopt het niet? Bel de beheerder: die zet het terug."
    ),
)
KEY_RIGHT_BACK = (
    "Een recht van u is ingetrokken",
    (
        "U kreeg dit recht in Schakel met een lijst, en die lijst is teruggedraaid. Klopt dat "
        "niet? Bel de beheerder: die geeft het terug."
    ),
)
KEY_LAST = (
    "Dit is het laatste kanaal van iemand die in Schakel mag inloggen. Dat sluit alleen een "
    "beheerder, omdat alleen die het terug kan geven."
)
KEY_INVITED = (
    "Er is een uitnodiging voor uw telefoon",
    (
        "Een beheerder maakte een uitnodiging om een telefoon aan uw naam te koppelen. De telefoon "
        "die u nu gebruikt, vervalt dan. Vroeg u daar niet om? Bel dan meteen de beheerder."
    ),
)
SCHOOL_TYPES: Mapping[SchoolType, str] = {
    SchoolType.PRIMARY: "basisonderwijs (po)",
    SchoolType.SPECIAL_PRIMARY: "speciaal basisonderwijs (sbo)",
    SchoolType.SPECIAL: "speciaal onderwijs (so)",
    SchoolType.SECONDARY: "voortgezet onderwijs (vo)",
    SchoolType.PRACTICAL: "praktijkonderwijs (pro)",
    SchoolType.SPECIAL_SECONDARY: "voortgezet speciaal onderwijs (vso)",
    SchoolType.VOCATIONAL: "mbo",
    SchoolType.APPLIED_SCIENCES: "hbo",
    SchoolType.UNIVERSITY: "wo",
}
CONSENTS: Mapping[ConsentKind, str] = {
    ConsentKind.PERSONAL_ADDRESS: "een persoonlijk adres op de lijst",
    ConsentKind.SHARE_WITH_MEMBERS: "naam en adres zichtbaar voor andere leden",
}
CONSENT_HOW = "Schrijf hoe de toestemming kwam, bijvoorbeeld: telefonisch, formulier van 3 maart."
LANGUAGES = {
    "nl": "Nederlands", "en": "Engels", "ar": "Arabisch", "de": "Duits", "fr": "Frans",
    "pl": "Pools", "tr": "Turks", "uk": "Oekraïens",
}  # fmt: skip
GROUP_NAME = "Geef de groep een naam van hooguit 120 tekens."
GROUP_MARK = "Haal %% weg uit de naam. Daar zou een persoonlijke link komen te staan."
GROUP_TAKEN = "Er is al een groep met deze naam."
GROUP_EMPTY = "Kies ten minste één domein, schooltype, tekst of wijk."

#: the example of a list, as it is saved
EXAMPLE_FILE = "voorbeeld-contacten"
