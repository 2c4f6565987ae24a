"""Dutch of the page Oefenen."""

SPEEDS = {
    "1": "echte tijd",
    "5": "5 keer zo snel",
    "20": "20 keer zo snel",
}
NO_SCENARIO = "Kies een oefening uit de lijst."
NO_CAST = (
    "Er staat nog niemand op de oefenlijst. Lees eerst mensen in die meeoefenen: "
    "schakel contacts import oefenlijst.csv --exercise."
)
ONE_RUNS = "Er loopt al een oefening. Beëindig die eerst."
SIGNAL_WITHOUT_NOTE = "Een signaal uit {domain}"
