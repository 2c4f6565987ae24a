"""Dutch of translating a text."""

NO_XLIFF = "Dit bestand is geen XLIFF 1.2. Vraag de vertaler om dat formaat."
OTHER_LANGUAGE = "Dit bestand is voor een andere taal. Kies eerst die taal."
DAY_LIKE_THIS = "Vul de datum van de vertaling in."

REFUSALS = {
    "not_open": "Deze versie is al goedgekeurd of verzonden. Vertaal de volgende versie.",
    "no_text": "Deze tekst wordt niet vertaald.",
    "language": "Kies een taal die op de lijst staat.",
    "no_role": "Vul in wie vertaalde, als functie. Bijvoorbeeld: beëdigd vertaler Turks.",
    "in_future": "De datum van de vertaling ligt in de toekomst.",
    "person": "Er staat een nummer, adres of naam in die niet in de Nederlandse tekst staat.",
    "place": "Er staat een code tussen %% in die niet in de Nederlandse zin staat. Daar zou een "
    "persoonlijke link komen te staan. Haal de code weg.",
    "nothing": "Er stond geen vertaling in van de tekst zoals hij nu is.",
}
