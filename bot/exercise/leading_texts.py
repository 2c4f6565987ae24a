"""Dutch of beginning and leading an exercise, at the desk and in the chat."""

from bot.exercise.rows import SeatRole
from bot.exercise.starting import NotBegun

SPEEDS = {
    "1": "echte tijd",
    "5": "5 keer zo snel",
    "20": "20 keer zo snel",
}
NO_SCENARIO = "Kies een oefening uit de lijst."
NOT_BEGUN = {
    NotBegun.NO_CAST: (
        "Er staat nog niemand op de oefenlijst. Lees eerst mensen in die meeoefenen: "
        "schakel contacts import oefenlijst.csv --exercise."
    ),
    NotBegun.ONE_RUNS: "Er loopt al een oefening. Beëindig die eerst.",
}
MACHINE = {
    SeatRole.APPROVER: (
        "De machine keurt goed, vijf minuten nadat u een tekst indient. Houdt een regel de tekst "
        "tegen, dan stuurt zij hem terug."
    ),
    SeatRole.READER: (
        "De machine speelt vier verzonnen organisaties, die na acht minuten op Gelezen tikken. Van "
        "één blijft onzeker of de eerste tekst aankwam: zo oefent u wat u dan doet."
    ),
}
# In the chat
BEGIN = "Begin: {speed}"
START = "Start, de machine speelt mee"
START_ALONE = "Start zonder machine"
CALL_OFF = "Gaat niet door"
NEXT = "Volgende inspeler nu"
REFRESH = "Hoe staat het nu?"
END = "Beëindigen of afbreken"
END_NOW = "Beëindig, toon de scorekaart"
BREAK_OFF = "Breek af"
BACK = "Terug"
ALL = "Andere oefening kiezen"
EARLIER = "Een gebeurtenis naspelen"
ASK_FIRST = "Vraag eerst mensen"
GATHER = "Mensen vragen: {speed}"
PEOPLE = "Mensen: vragen, en wie ja zei"
ASK_SOMEBODY = "Vraag iemand"
WHO_SAID = "Wie zei wat?"
NO_MOMENT = "Staat nog niet vast"
SEARCH = "Zoek op naam"
SEARCH_LIKE = "Typ een deel van de naam, de functie of de organisatie."
PREVIOUS, FURTHER = "Vorige", "Meer mensen"
ASK_AS = "Vraag als {role}"
ASKED = "De vraag is onderweg."
ASKED_STUCK = "De vraag kan nu niet weg. Kijk bij Wie zei wat? wie u belt."
NOT_TO_ASK = "Deze persoon is al gevraagd, of is niet te bereiken."
MOMENT_OVER = "Dat moment is voorbij. Kies opnieuw, bij Mensen."
CHANGED = "Dit ging intussen verder. Het bericht is bijgewerkt."
LOOK_AGAIN = "Dit stond er al langer, of de oefenlijst is anders. Kijk opnieuw en begin dan."
OVER = "Deze oefening is al voorbij."
NOTHING_LEFT = "Deze oefening is voorbij. Er valt niets meer te beslissen."
NOBODY_YET = "Nog niemand zei ja. Wacht even, of zeg de oefening af."
