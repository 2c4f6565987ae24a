"""Dutch words of a person's own page and of the mail that brings its link."""

from bot import line_texts
from bot.console.calling_texts import HOURS_LIKE_THIS

DONE = {
    "oefening-ja": "Dank u. U doet mee. Begint de oefening, dan krijgt u een bericht met OEFENING "
    "erboven.",
    "oefening-niet": "Dat kan niet meer: de oefening is voorbij, of u gaf al antwoord.",
    "oefening-nee": "Goed. U doet niet mee en krijgt niets van de oefening.",
    "oefening-stop": "U doet niet meer mee. U krijgt niets meer van de oefening.",
    "stop": "U krijgt via dit kanaal geen berichten meer.",
    "start": "U krijgt via dit kanaal weer berichten.",
    "rusttijd": "Uw rusttijd is opgeslagen.",
    "vervanger": "De vervanger is opgeslagen.",
    "regel": "Dank u. Uw antwoord over de regel is bewaard.",
    "regel-leeg": line_texts.EMPTY,
    "delen": "Andere leden mogen uw naam, functie en e-mailadres zien.",
    "niet-delen": "Andere leden zien uw naam en e-mailadres niet meer.",
    "klopt": "Dank u. Over een half jaar vragen wij het opnieuw.",
    "opvolger": "Dank u. De coördinator kijkt het na en zet uw nieuwe collega op de lijst.",
    "vinkje": "Er is niets gewist. Zet eerst het vinkje bij: Ja, wis mijn gegevens.",
    "uren": f"Er is niets opgeslagen. {HOURS_LIKE_THIS}",
}

MAIL_SUBJECT = "Uw gegevens bij Schakel"
MAIL_TEXT = """Op deze pagina staat wat wij van u bewaren, en kunt u stoppen:

{link}

De link is alleen voor u. Stuur hem niet door.
"""
MAIL_HTML = (
    "<p>Op deze pagina staat wat wij van u bewaren, en kunt u stoppen:</p>"
    '<p><a href="{link}">Uw gegevens bij Schakel</a></p>'
    "<p>De link is alleen voor u. Stuur hem niet door.</p>"
)
