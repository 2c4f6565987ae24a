"""Dutch words of the page that asks whether an answer was of use."""

ASK = ("Is dit antwoord nuttig?", "Wij tellen alleen ja of nee. Niet van wie.")
THANKS = ("Dank u", "Wij tellen het mee, zonder uw naam of organisatie.")
OVER = ("Dit is al gezegd, of de link is verlopen", "Een link telt één keer. Dank u.")
CHOICES = {"ja": "Ja, nuttig", "nee": "Nee, niet nuttig"}
