"""Dutch of ``schakel feeds score|evaluate|fit``."""

HELP_SCORE = "Geef van elk bericht in een bestand de ernst, met de redenen (JSON Lines)."
HELP_EVALUATE = "Vergelijk het oordeel over berichten met labels van mensen."
HELP_FIT = "Bepaal opnieuw hoe zwaar elk kenmerk telt, uit berichten met labels."
HELP_INPUT = "Bestand met berichten (JSON Lines, ook .gz). Mag vaker."
HELP_INPUT_ONE = "Bestand met berichten (JSON Lines, ook .gz)."
HELP_RELEVANCE = "Bestand met labels: key en severity. Berichten met unsure tellen niet mee."
HELP_RELEVANCE_FIT = "Bestand met labels: key en severity. Mag vaker; het eerste gaat voor."
HELP_OUTPUT = "Waar de gewichten komen. Standaard het bestand dat schakel zelf gebruikt."

HELP_EVENTS_FIT = (
    "Ernstige gebeurtenissen van vroeger: meet van elk of zij ook op tijd een melding gaf met "
    "gewichten die de week eromheen nooit zagen."
)

LEFT_OUT_HEAD = "Elke gebeurtenis met gewichten die de zeven dagen ervoor en erna niet zagen:"
LEFT_OUT_LINE = "{event:<40} {severity:>5}  {said}"
IN_TIME, NOT_IN_TIME = "na {minutes} min", "niet binnen 60 min"

UNREADABLE = "Kan {path} niet lezen: {why}."
WHY = {"missing": "het bestand is er niet", "other": "het systeem laat het niet toe"}
BAD_LINE = "{path}, regel {number}: {what}. Er is niets geschreven na deze regel."
BAD_LINES = {
    "no_json": "dit is geen JSON-object",
    "no_gzip": "het gz-bestand is beschadigd of afgebroken",
    "no_key": "er is geen key (een tekst die niet leeg is)",
    "no_title": "er is geen title en geen titles",
    "no_severity": "severity is geen heel getal van 0 tot en met 5",
}
NO_LABELLED = "Geen enkel bericht in de invoer heeft een label."

HEAD = "{items} berichten met een label; {missing} labels zonder bericht"
TABLE_HEAD = "niveau              precisie   recall       F1   gevonden   goed   gezocht"
TABLE_LINE = (
    "{name:<18} {precision:>9.2f} {recall:>8.2f} {f1:>8.2f} {found:>10} {right:>6} {wanted:>9}"
)
LISTED = "ernst 2 of hoger"
ALERTED = "ernst 3 of hoger"
TESTED = "{source}, {first} tot {last}: {items} berichten, elke week beoordeeld zonder die week"
WRITTEN = "{count} gewichten geschreven in {path}."
WEIGHTS_HEAD = """\
Hoe zwaar elk kenmerk uit features.toml telt, in punten van ernst: de ernst is het hele deel
van basis + som. Gemaakt met `schakel feeds fit`; zie docs/detection.md. Niet met de hand
wijzigen: verander vooraf in features.toml en bereken opnieuw."""
