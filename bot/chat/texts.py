"""Short Dutch labels of the chat that everybody shares."""

NOT_ALLOWED = "Dat mag u hier niet doen."
OLD_BUTTON = "Deze knop werkt niet meer."
EXERCISE_OVER = "Deze knop hoort bij een oefening. Daar doet u niet meer aan mee."

#: what is wrong; what to do about it stands in :mod:`contacts.away_texts`
TELEGRAM_TROUBLE = {
    "hangs": "Het lezen van Telegram staat stil.",
    "unreachable": "Telegram reageert niet.",
    "conflict": "Een ander programma leest dezelfde bot mee.",
    "undelivered": "Telegram kan berichten niet afleveren op het adres van de pagina's.",
    "token": "Telegram kent het token van de bot niet.",
}

# -- what partners see
THANKS = "Dank u"
READ = "Gelezen"
HAS_READ = "✔ Gelezen"
QUESTION_OVER = "Deze vraag staat niet meer open. Er is niets verstuurd; begin opnieuw."
STOP_YES = "Ja, stop"
STOP_NO = "Nee, ga door"
COME_BACK = "Ja, weer berichten"
STOPPED = "U krijgt hier geen berichten meer."
AND = " en "
AGAIN = "Opnieuw"
#: what somebody may write instead of what was refused, by the flow they are in
WHAT_YOU_NOTICE = "wat u in de groep merkt"
WHAT_TO_WRITE = {
    "help": "waar het om gaat",
    "word": "uw vraag of voorbeeld",
    "peers": "waar de groep voor is",
}
QUIT = "Stoppen"
MORE = "meer…"
OTHER_DISTRICT = "Andere wijk"
CHOOSE_DISTRICT = "Kies een wijk"
WHOLE_CITY = "Hele stad"
ONLINE = "Online"
NOT_KNOWN = "Weet niet"
BACK = "Terug"
PREVIOUS = "Vorige"
NEXT = "Volgende"
SEND = "Versturen"
CHANGE = "Wijzig"
TELL_MORE = "Meer vertellen"
PASS_OVER = "Sla over"
USEFUL = "Nuttig"
NOT_USEFUL = "Niet nuttig"
REMOVE_LINE = "Zin weghalen"
READY = "Klaar"
CHOSEN = "✔ {label}"
TOO_MANY = "Hoogstens drie."

#: labels of the fields that can be changed before sending
FIELDS = {
    "kinds": "Soort",
    "severity": "Ernst",
    "district": "Wijk",
    "setting": "Omgeving",
    "occurred": "Wanneer",
    "eep": "Beleefd of gebeurd",
    "breadth": "Hoe breed",
    "direction": "Richting",
    "theme": "Thema",
    "done": "Wat deed u al",
    "need": "Wat is nodig",
    "share": "Delen",
    "wants_feedback": "Antwoord",
}

OWN_PAGE = "Uw gegevens"
TOO_LATE = "Hierover is al besloten, of het is al gebeurd."
