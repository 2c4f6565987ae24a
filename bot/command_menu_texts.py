"""Dutch of the menu of commands beside the line where people type."""

MEMBERS = {
    "signaal": "vertellen wat u merkt in een groep",
    "vraag": "een vraag uit uw werk stellen",
    "voorbeeld": "een positief voorbeeld delen",
    "hulp": "andere leden om hulp vragen, of hulp bieden",
    "wie": "andere leden vinden",
    "waar": "waar u wat meldt",
    "beeld": "wat er leeft in de stad, in aantallen",
    "overleg": "het volgende overleg, en zeggen of u komt",
    "afspraken": "wat met uw organisatie is afgesproken",
    "pdf": "de nieuwste tekst op papier",
    "gegevens": "zien wat wij van u bewaren",
    "annuleren": "stoppen met waar u mee bezig was",
    "help": "uitleg",
    "stop": "geen berichten meer krijgen",
}
EVENTS = {
    "status": "hoe het staat, met de kaart onderaan",
    "gebeurtenis": "een gebeurtenis openen",
    "klok": "het draaiboek: wat is er aan de beurt",
    "bellijst": "wie u nog moet bellen",
    "signalen": "signalen lezen en beantwoorden",
    "les": "een les van een gebeurtenis noteren",
    "groep": "een kort bericht aan een kleine groep",
    "overdracht": "hoe alles staat, voor wie het overneemt",
    "rooster": "wie wanneer dienst heeft",
    "console": "de werkpagina's openen",
}
EXERCISES = {"oefening": "een oefening beginnen of leiden"}
