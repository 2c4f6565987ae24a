"""Dutch words of the page *Groepen*, a member's own."""

DONE = {
    "begonnen": "De groep is begonnen. Vraag er nu leden bij.",
    "gevraagd": "Gevraagd. Het lid zegt zelf ja of nee.",
    "ja": "U zit in de groep.",
    "nee": "Goed. U zit niet in de groep; dat hoort niemand.",
    "eruit": "U zit niet meer in de groep. De anderen zien u niet meer.",
    "niet": "Er is niets veranderd. Het stond er niet meer, of het was al gedaan.",
    "delen-eerst": "Er is niets veranderd. Zet eerst het vinkje: leden mogen mijn contact zien.",
}
CHOOSE = "Kies een gebeurtenis, en waarvoor de groep is. Typ alleen een naam bij eigen woorden."
TOO_LONG = "De naam is {length} tekens. Houd het bij {longest}."
SHARE_FIRST = "Er is niets begonnen. Zet eerst het vinkje: leden mogen mijn contact zien."
