"""Dutch texts of ``schakel feeds balance``."""

HELP = "Toon wat er van de meldingen werd: bevestigd, niet relevant, open; per soort en thema."
HELP_DAYS = "Over zoveel dagen terug."
NOTHING = "In de laatste {days} dagen was er geen enkele melding."
HEAD = "Meldingen van de laatste {days} dagen"
LINE = (
    "  {name}: {shown} meldingen, {confirmed} bevestigd, {rejected} niet relevant, {open} open,"
    " {by_hand} met de hand"
)
TOTAL = "samen"
REASON = "    niet relevant, want {reason}: {count}"
REASONS = {
    "sport_cultuur": "sport of cultuur",
    "elders": "elders, geen band",
    "oud_nieuws": "oud nieuws",
    "al_bekend": "al bekend",
    "anders": "anders",
    "loos_alarm": "loos alarm",
}
BY_FORM = "Per vorm van spanning"
BY_TYPE = "Per soort gebeurtenis"
BY_THEME = "Per thema"
POOR = "  (vaak voor niets)"
