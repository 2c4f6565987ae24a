"""Dutch of ``schakel signals screen`` and ``schakel signals evaluate``."""

HELP_SCREEN = (
    "Laat het persoonsfilter over een bestand met teksten gaan. Per regel in het bestand komt een "
    'regel JSON terug: {"id", "blocked", "spans": [{"start", "end", "label"}]}. Er wordt niets '
    "bewaard."
)
HELP_EVALUATE = (
    "Meet het persoonsfilter op teksten waarin de persoonsgegevens gemerkt zijn. "
    "Er wordt niets bewaard."
)
HELP_INPUT = 'Bestand met per regel {"id", "text"}; mag op .gz eindigen.'
HELP_GOLD = 'Bestand met per regel {"id", "text", "spans"} en eventueel "pii"; mag op .gz eindigen.'
HELP_FAULTS = "Toon ook per tekst wat er misging: label en plaats, zonder de woorden."

UNREADABLE = "Het bestand {path} is er niet, of mag niet gelezen worden."
NO_TEXTS = "In het bestand {path} staat geen enkele tekst."
BAD_LINE = "Regel {number} klopt niet: {reason}"
REASONS = {
    "encoding": "het is geen UTF-8.",
    "json": "het is geen JSON.",
    "object": 'er moet een object staan, zoals {"id": "1", "text": "..."}.',
    "id": 'er ontbreekt een "id" (tekst of heel getal).',
    "text": 'er ontbreekt een "text" (tekst).',
    "spans": 'er ontbreken "spans" met "start", "end" en "label".',
    "packed": "het bestand eindigt op .gz, maar is niet goed ingepakt.",
}

HEAD = "                              gevonden  van  aandeel"
LINE = "{name:<30}{found:>8}{wanted:>5}{value:>9.3f}"
ALL_SPANS = "alle gegevens"
SAME_LABEL = "  met hetzelfde label"
PERSONAL = "teksten met gegevens gezien"
CLEAN = "schone teksten tegengehouden"
SPEED = (
    "per tekst {middle:.1f} ms in het midden, {most:.1f} ms de traagste; "
    "lijsten lezen {loaded:.1f} s"
)
MEMORY = "hooguit {megabytes:.0f} MB geheugen"
FAULT = "{id}: {what} {start}-{end}"
