"""Dutch words of the pages of vraag en aanbod."""

CHOOSE = "Kies of u hulp zoekt of biedt, en waarmee."
TOO_LONG = "De tekst is {length} tekens. Houd het bij {longest}."
SHARE_FIRST = "Er is niets geplaatst. Zet eerst het vinkje: andere leden mogen mijn contact zien."
DONE = {
    "geplaatst": "Geplaatst. U krijgt bericht als iemand het oppakt.",
    "opgepakt": "Opgepakt. Hieronder staat met wie u contact kunt opnemen.",
    "gegeven": "Fijn dat er hulp is gegeven. Wij tellen het per domein, zonder wie.",
    "geregeld": "Fijn dat het geregeld is. Het staat niet meer op de lijst.",
    "ingetrokken": "Het staat niet meer op de lijst.",
    "weg": "Dit staat er niet meer.",
    "delen-eerst": (
        "Er is niets opgepakt. Zet eerst het vinkje: andere leden mogen mijn contact zien."
    ),
}
KIND_CHOICES = {"vraag": "Ik zoek hulp", "aanbod": "Ik bied hulp"}

NO_NAME = "Geef de groep een naam van hooguit 120 tekens, en kies ten minste één contact."
NAME_TAKEN = "Er is al een groep met deze naam."
GROUP_NAME = "Hulp bij {event}"
STANDING = "Staand, los van een gebeurtenis"
