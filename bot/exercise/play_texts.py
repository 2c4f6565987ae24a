"""Dutch lines of an exercise on this machine."""

TITLE = "Schakel · oefening · {title}"
READY = "{people} mensen op de oefenlijst"
INJECTED = "speelt in: {kind} (na {at})"
STUCK = "de oefening bleef steken bij: {what}"
LINE = "{what}: {took}, {verdict}"
LEADER = "Leiding"
CAST = "Spelers"

TAP_ALL_DEFAULTS = "Alles akkoord"
TAP_NOT_RELEVANT = "Niet relevant"
TAP_REASON = "loos alarm"
SEE_DISMISSED = "geen nieuwe melding"
