"""Dutch lines about exercises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.exercise.rows import ExerciseStatus
from bot.exercise.scoring import Part, Verdict
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
    ExerciseStatus.ENDED: "beëindigd",
    ExerciseStatus.STOPPED: "afgebroken",
}
#: called off while people were asked
NOT_HELD = "ging niet door"
#: whom the alert went to: one, and more of them
PARTS = {
    Part.DUTY: ("coördinator met dienst", "coördinatoren met dienst"),
    Part.BACKUP: ("achterwacht", "achterwachten"),
    Part.COORDINATOR: ("coördinator", "coördinatoren"),
    Part.APPROVER: ("goedkeurder", "goedkeurders"),
    Part.MACHINE: ("goedkeurder die de machine speelt", "goedkeurders die de machine speelt"),
    Part.OTHER: ("iemand die niet meer meedoet", "mensen die niet meer meedoen"),
}
ALERTED = "Naar wie ging de melding?"
RUNG = "Na {after}: {to}"
NOT_CAME = " (bij {count} kwam zij niet aan)"
NO_ALERT = "Er ging nog geen melding uit."
AND = " en "
KINDS = {"news": "nieuws", "word": "bericht", "signal": "signaal"}


def alerted_lines(card: Mapping[str, Any]) -> list[str]:
    """Whom the alert went to, a line each time that it rang. Pure.

    :param card: as a row; one of before this was kept has none.
    """
    lines = []
    for rung in card.get("alerted", ()):
        counts = [(PARTS[part], rung["to"][part]) for part in PARTS if rung["to"].get(part)]
        to = [f"{count} {words[count > 1]}" for words, count in counts]
        said = AND.join(filter(None, (", ".join(to[:-1]), *to[-1:])))
        failed = NOT_CAME.format(count=rung["failed"]) if rung["failed"] else ""
        lines.append(f"{RUNG.format(after=minutes(rung['minute']), to=said)}{failed}.")
    return lines


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
