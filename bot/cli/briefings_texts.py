"""Dutch of ``schakel briefings``."""

HELP = "Teksten bekijken en nakijken."
HELP_LINT = "Kijk alle teksten van alle soorten na: taal, lengte, leesbaarheid en volledigheid."
HELP_MARKDOWN = "Als pagina voor docs/briefings.md."
HELP_PREVIEW = "Toon een tekst met verzonnen feiten. Er wordt niets verstuurd of bewaard."
HELP_TYPE = "Code van de soort (E03) of naam van de set (schietincident)."
HELP_AUDIENCE = (
    "docent_po, docent_vo_mbo, schoolleiding, jongerenwerk, religieus_cultureel, "
    "politie_wijkteam of ouders."
)
HELP_PDF = "Als pdf: naar een bestand in deze map, of door een pijp."
HELP_HTML = "De mail, als HTML."
HELP_TEXT = "Alleen de hele tekst."
HELP_TELEGRAM = "Alleen de chattekst."
HELP_VARIANT = (
    "Een andere vorm: weinig-feiten, update, geen-nieuws, eerste-bericht, correctie, intrekking, "
    "afsluiting, terugblik, nacht, weekend of vakantie."
)
TYPE = "SOORT"
AUDIENCE = "DOELGROEP"
BETWEEN = "- - -"

PRINTED = "voorbeeld met verzonnen feiten"
EXAMPLE = "Voorbeeld met verzonnen feiten. Niet verspreiden."
WRITTEN = "Geschreven: {file}"
NO_PDF = (
    "Deze computer kan geen pdf maken. Nodig: apt install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0."
)

NO_TYPE = "Deze soort is er niet. Kies er een:"
TYPE_ROW = "  {code}  {name}"
NO_AUDIENCE = "Deze doelgroep is er niet. Kies er een:"
NO_VARIANT = "Deze vorm is er niet. Kies er een:"

VARIANTS = {
    "rich-school": "veel-feiten",
    "minimal-school": "weinig-feiten",
    "rich-nacht": "nacht",
    "rich-weekend": "weekend",
    "rich-vakantie": "vakantie",
    "holding": "eerste-bericht",
    "holding-weekend": "eerste-bericht-weekend",
    "no_news": "geen-nieuws",
    "correction": "correctie",
    "retraction": "intrekking",
    "closing": "afsluiting",
    "look_back": "terugblik",
}

SHORT_AUDIENCES = {
    "docent_po": "PO",
    "docent_vo_mbo": "VO/MBO",
    "schoolleiding": "leiding",
    "jongerenwerk": "jongeren",
    "religieus_cultureel": "relig.",
    "politie_wijkteam": "politie",
    "ouders": "ouders",
}
HEAD_TYPE = "soort"
HEAD_FAMILY = "familie"
HEAD_STATE = "nagekeken"
NO_FAMILY = "geen"
GOOD = "goed"
BAD = "{count} open"
CELL = "{flesch} · {mean}"
MEAN = "{mean:.1f}"
FINDING = "{templates} · {audience} · {variant}: {code} {where}: {advice}"
GAP = "{templates}: er ontbreekt iets: {gap}"
SUMMARY = "{texts} teksten nagekeken, {open} opmerkingen."
LEGEND = (
    "Elk vak: leesbaarheid (Flesch-Douma, hoger is makkelijker) · gemiddeld aantal woorden per "
    "zin, van de hele tekst met veel feiten. Doel: 65 of hoger, voor ouders 75 of hoger, en "
    "hooguit 12 woorden. Nagekeken zijn ook: weinig feiten, update, nacht, weekend, vakantie, "
    "eerste kort bericht, geen nieuws, correctie, intrekking, afsluiting en terugblik."
)
