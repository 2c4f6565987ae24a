"""Dutch words of the quarterly question about lines of the city."""

ASK_TITLE = "Klopt deze regel nog?"
ASK_SUBJECT = "Klopt deze regel nog?"
ASK_WHY = (
    "Deze regel staat in elke briefing onder 'Waar meld ik wat'. U houdt hem bij; wij vragen dit "
    "elk kwartaal. Bel het nummer of open het adres voordat u antwoordt."
)
ASK_PAGE = "Antwoorden kan op uw eigen pagina, of bij Meldkaart op de werkpagina's: {link}"
ASK_LINK = "Naar uw pagina"
YES, NO = "Ja, klopt", "Nee, klopt niet"
CONFIRMED = "Dank u. Deze regel staat weer als gecontroleerd."
CALLED_WRONG = (
    "Dank u. Tot de regel is aangepast, keurt Schakel geen echte briefing goed. De coördinator en "
    "de beheerder horen dit nu."
)
EMPTY = (
    "Niets veranderd: bij deze regel staat nog geen nummer, link of uitleg. Vraag de beheerder die "
    "in de configuratie te zetten. Kijk de regel daarna na."
)
CHANGED = "Deze regel is intussen veranderd. Kijk op de nieuwste."
WRONG_TITLE = "Een regel op de meldkaart klopt niet"
WRONG_LINE = (
    "'{label}' klopt niet, zegt wie hem bijhoudt. Tot hij is aangepast in de configuratie gaat er "
    "geen echte briefing uit."
)
CARD_SUBJECT = "Waar meld ik wat?"
CARD_STAND = "stand van {day}"
CARD_FOR = "Voor iedereen die met kinderen, jongeren of bewoners werkt"
CARD_FILE = "waar-meld-ik-wat"
PLACE = "/waar"
