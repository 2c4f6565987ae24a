"""Dutch lines about exercises."""

from __future__ import annotations

from bot.exercise.rows import ExerciseStatus
from bot.exercise.scoring import Verdict
from bot.exercise.scripts import Action
from contacts.directory import Domain

NOBODY_TELLS = (
    "In het scenario geeft {domain} nu een signaal, maar op de oefenlijst staat geen organisatie "
    "uit dat domein."
)
DOMAINS = {
    Domain.MUNICIPALITY: "de gemeente",
    Domain.SAFETY: "veiligheid",
    Domain.CARE_WELFARE: "zorg en welzijn",
    Domain.EDUCATION: "onderwijs",
    Domain.CIVIL: "een maatschappelijke organisatie",
}
ACTIONS = {
    Action.CONFIRMED: "De gebeurtenis is bevestigd",
    Action.DISMISSED: "De melding is afgewezen",
    Action.SUBMITTED: "De teksten zijn ter goedkeuring gelegd",
    Action.APPROVED: "De teksten zijn goedgekeurd",
    Action.SENT: "De briefing is aangekomen bij de eerste lezers",
    Action.READ: "Iemand heeft op Gelezen getikt",
    Action.TOLD: "Een partner heeft een signaal gegeven",
    Action.ANSWERED: "Een signaal heeft antwoord gekregen",
    Action.UPDATED: "Er is een update verstuurd",
    Action.CORRECTED: "Er is een correctie verstuurd",
    Action.CLOSED: "De gebeurtenis is afgesloten",
}
VERDICTS = {
    Verdict.IN_TIME: "op tijd",
    Verdict.LATE: "te laat",
    Verdict.NOT_YET: "nog niet",
    Verdict.MISSED: "niet gebeurd",
}
STATUSES = {
    ExerciseStatus.GATHERING: "wacht op mensen",
    ExerciseStatus.RUNNING: "loopt",
    ExerciseStatus.ENDED: "klaar",
    ExerciseStatus.STOPPED: "gestopt",
}
KINDS = {"news": "nieuws", "word": "bericht", "signal": "signaal"}


def minutes(value: float | None) -> str:
    """``12 min``, ``2 u 5 min``, or ``minder dan 1 min``. Pure."""
    if value is None:
        return "–"
    if 0 < value < 1:
        return "minder dan 1 min"
    whole = round(value)
    if whole < 120:
        return f"{whole} min"
    return f"{whole // 60} u" + (f" {whole % 60} min" if whole % 60 else "")
