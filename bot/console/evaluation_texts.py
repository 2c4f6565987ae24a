"""Dutch words of the evaluation."""

from bot.console.journal_texts import ACTIONS
from briefings.capitals import with_capital
from briefings.learning.pace import Step

STEPS = {
    Step.SEEN: "Eerste bericht gezien",
    Step.ALERTED: "Coördinator gewaarschuwd",
    Step.CONFIRMED: "Bevestigd",
    Step.CALLED: "Wie direct geraakt is, gebeld",
    Step.DRAFTED: "Concept gemaakt",
    Step.SUBMITTED: "Teksten ingediend",
    Step.APPROVED: "Goedgekeurd",
    Step.SENT: "Laatste lezer had het eerste bericht",
    Step.READ: "De helft van wie het meldde, had gelezen",
    Step.CLOSED: "Afgesloten",
}

SECONDS = "{count} s"
MINUTES = "{count} min"
HOURS = "{hours} u {minutes} min"
DAYS = "{count} dagen"

PAPER_TITLE = "Evaluatie: {name}"
FOR_WHOM = "het maatschappelijk overleg"
FILE_NAME = "evaluatie-{number}"

COLUMNS = ("onderdeel", "wat", "waarde", "eenheid")
PACE = "tempo"
REACH = "bereik"
TEXTS = "teksten"
TOLD = "signalen per domein"
KINDS = "signalen per soort"
OUTCOMES = "antwoorden"
PROMISES = "antwoord op tijd"
HELP = "vraag en aanbod"
UNIT_MOMENT = "moment"
UNIT_MINUTES = "minuten na het eerste bericht"
UNIT_ORGANISATIONS = "organisaties"
UNIT_NUMBER = "aantal"
UNIT_SIGNALS = "signalen"
UNIT_ANSWERS = "antwoorden"
UNIT_TIMES = "keer"
ALL_DOMAINS = "Alle domeinen"
PLANNED = "op de lijst"
REACHED = "bereikt"
IN_TIME = "dezelfde dag"
MISSED = "niet bereikt"
READ = "gelezen of begrepen gemeld"
VERSIONS = "versies verstuurd"
OFF = "versies afgezegd, niemand kreeg ze"
ASKED = "vroeg een antwoord"
ANSWERED_IN_TIME = "op tijd beantwoord"
LATE = "te laat"
STILL_OPEN = "nog open, niet te laat"

#: a line that stands here says no more than what was known then: it may have been called off since
_ITS_OWN = {"briefing_distributed": "verzenden begonnen"}


def line_words(action: str) -> str:
    """What a line of the timeline says; an action without a label by its code. Pure."""
    said = _ITS_OWN.get(action) or ACTIONS.get(action, action)
    return with_capital(said)
