"""Dutch of reading a signal together and deciding what is done."""

NOT_DECIDED = {
    "empty": "Schrijf wat er gebeurt, en welke organisatie dat doet.",
    "long": "Deze tekst is te lang. Houd het bij 300 tekens.",
    "person": "In deze tekst lijkt een persoon herkenbaar. Schrijf wat een organisatie doet.",
    "closed": "Dit signaal is al afgerond of er is al over besloten.",
    "unread": "Nog niemand las dit signaal als duider. Geef eerst uw oordeel.",
    "one_domain": (
        "Bij ernst 3 of meer kijken twee domeinen. Vraag een duider uit een ander domein, "
        "of schrijf waarom één genoeg is."
    ),
}
NOTHING_CHOSEN = "Kies eerst hoe zeker het is, en hoe ernstig."
BAD_DAY = "Schrijf de dag als 2026-03-05, of laat hem leeg."
SEVERITIES = {
    1: "1 merkbaar, geen zorgen",
    2: "2 gespannen, gaat goed",
    3: "3 zorgen, hulp welkom",
    4: "4 botsing of dreiging",
}
