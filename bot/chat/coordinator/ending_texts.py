"""Dutch of ending an event of which nobody had a text."""

END = "Afsluiten zonder bericht"
SURE = "Ja, sluit af"
REFUSED = {
    "somebody_had_it": "Er staat een tekst, of er is er een verzonden. Sluit dan af met een "
    "afsluiting.",
}
