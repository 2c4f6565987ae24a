"""Dutch lines of an exercise that plays a past event again."""

TITLE = "Naspelen: {name}"
ABOUT = (
    "Een gebeurtenis van eerder, met 1 bericht, op het moment van toen.",
    "Een gebeurtenis van eerder, met {n} berichten in de volgorde en het tempo van toen.",
)
PRACTISE = "Zou u het nu anders doen? Vergelijk de tijden met die van toen (bij Evaluatie)."
CALLED = "U wordt gebeld: {name}. Er is nog geen nieuws. Start zelf een gebeurtenis."
