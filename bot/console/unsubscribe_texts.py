"""Dutch of the page that ends the mails to an address."""

ASK = (
    "Geen mail meer van ons",
    (
        "Op dit adres krijgt u dan geen berichten meer. Kennen wij een ander kanaal, dan gaan "
        "berichten daarheen. De coördinator hoort dat iemand van uw organisatie dit koos."
    ),
)
BUTTON = "Stuur mij geen mail meer"
DONE = (
    "U krijgt geen mail meer",
    "Wilt u later weer berichten? Vraag het de gemeente, of geef een collega door.",
)
UNKNOWN = ("Deze link klopt niet", "Gebruik de link uit de mail, of antwoord op de mail.")
NOT_LIKE_THIS = ("Dat lukte niet", "Open de link uit de mail en druk op de knop.")
