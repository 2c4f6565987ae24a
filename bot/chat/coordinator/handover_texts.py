"""Dutch of the hand-over between coordinators."""

TITLE = "Overdracht, stand van {clock} uur"
LEADS = "Nu coördineert {name}, sinds {clock} uur."
NOBODY = "Er is nog geen overdracht genoteerd."
RUNNING = "Wat loopt"
ONE = "{title} (ernst {severity}){promise}"
PROMISED = ", volgende update beloofd: {when}"
QUIET = "Er loopt geen gebeurtenis."
NEEDS = "Wat nu iemand nodig heeft"
NO_NEEDS = "Niets wacht op een mens."
NEED = "{number}. {what}"
MORE = "En nog {count}. Alles staat op Vandaag: /console"
ASK = "Vraag elkaar ook"
QUESTIONS = (
    "Wie is al gebeld, en wie belt terug?",
    "Wat weet u dat nog nergens staat? Nooit over een persoon.",
    "Tot hoe laat bent u te bereiken, en wie is er daarna?",
)
TAKE = "Ik neem het over"
TAKEN = "U coördineert nu. De anderen krijgen bericht."
ALREADY = "U coördineert al"
TOLD_TITLE = "{name} coördineert nu"
TOLD = "{name} nam het over om {clock} uur. Met /overdracht ziet u hoe het ervoor staat."
