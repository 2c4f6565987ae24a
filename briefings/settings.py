"""Facts of the city and rules of the evening, by configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time
from pathlib import Path

from pydantic import Field

from contacts.settings import Frozen


class CityLine(Frozen):
    """A line that readers may act on: a help line, a contact. Unchecked until dated.

    While one line in use has a fault, it is *te controleren* and ``schakel run`` sends
    nothing real. A date does not check what is not there: a ``phone`` that stands in the
    file and is empty is still to be looked up.
    """

    label: str = Field(min_length=1, max_length=80, description="wat of wie het is")
    text: str = Field(default="", max_length=200, description="korte uitleg")
    phone: str = Field(default="", max_length=40, description="telefoonnummer")
    link: str = Field(default="", max_length=300, description="webadres")
    for_parents: str = Field(
        default="",
        max_length=200,
        description="wat ouders lezen in plaats van deze regel; leeg en is de regel voor wie er "
        "werkt (at_work), dan een neutrale zin",
    )
    at_work: bool | None = Field(
        None,
        description="of de regel alleen is voor wie er werkt, en ouders haar dus niet lezen; "
        "leeg = niet gezegd, dan schat Schakel het aan de woorden",
    )
    owner: str = Field(default="", max_length=80, description="wie deze regel bijhoudt (functie)")
    checked_on: date | None = Field(None, description="gecontroleerd op; leeg = te controleren")
    expires_on: date | None = Field(None, description="daarna opnieuw controleren")

    def fault(self, today: date) -> str | None:
        """Why readers cannot act on it yet, or None.

        ``no_phone``, ``empty``, ``unchecked``, ``future`` (checked on a day that is still to
        come) or ``expired``.
        """
        if "phone" in self.model_fields_set and not self.phone.strip():
            return "no_phone"
        if not (self.phone.strip() or self.link.strip() or self.text.strip()):
            return "empty"
        if self.checked_on is None:
            return "unchecked"
        if self.checked_on > today:
            return "future"
        return "expired" if self.expires_on is not None and today > self.expires_on else None

    def is_verified(self, today: date) -> bool:
        """Complete, checked, and not past its date."""
        return self.fault(today) is None

    def is_there(self, today: date) -> bool:
        """Whether there is something to look up."""
        return self.fault(today) not in NOTHING_THERE


#: faults of a line that nobody can look up
NOTHING_THERE = ("no_phone", "empty")

#: words that give away a line for who works somewhere, where the city did not say it (``at_work``)
_AT_WORK = re.compile(
    r"\b(aanspreekpunt|collega|leerling|cliënt|casusoverleg|zorgteam|meldcode|uw (team|"
    r"organisatie|leidinggevende)|één persoon)",
    re.IGNORECASE,
)


def unfit_for_parents(lines: Iterable[CityLine]) -> list[CityLine]:
    """Lines for who works somewhere, without words of their own for parents. Pure."""
    return [line for line in lines if not line.for_parents and _is_at_work(line)]


def unsaid_for_parents(lines: Iterable[CityLine]) -> list[CityLine]:
    """Lines of which nobody said whether parents read them: we guess by their words. Pure."""
    return [line for line in lines if not line.for_parents and line.at_work is None]


def _is_at_work(line: CityLine) -> bool:
    if line.at_work is not None:
        return line.at_work
    return _AT_WORK.search(f"{line.label} {line.text}") is not None


class BriefingSettings(Frozen):
    """Rules and lines for every briefing (``[briefings]``)."""

    city: str = Field("Arnhem", min_length=2, max_length=60, description="naam van de stad")
    sender: str = Field(
        "Schakel", min_length=2, max_length=60, description="neutrale naam van de afzender"
    )
    four_eyes_from: int = Field(
        4, ge=1, le=5, description="vanaf deze ernst keurt een ander goed dan wie schreef"
    )
    four_eyes_from_grip: int = Field(
        1, ge=1, le=5, description="vanaf deze GRIP keurt altijd een ander goed dan wie schreef"
    )
    release_from_grip: int = Field(
        3,
        ge=1,
        le=5,
        description="vanaf deze GRIP gaat alleen uit wat de crisiscommunicatie vrijgaf",
    )
    ask_without_fact_from: int = Field(
        4, ge=1, le=5, description="vanaf deze ernst een extra vraag bij indienen zonder feit"
    )
    send_before: time = Field(time(20, 30), description="eerste bericht uiterlijk")
    morning_update: time = Field(time(7, 15), description="vaste tijd van de ochtendupdate")
    review_months: int = Field(
        12, ge=1, le=60, description="na zoveel maanden hoort een sjabloon opnieuw nagelezen"
    )
    templates_dir: Path | None = Field(
        None, description="map met eigen sjablonen; een bestand daar gaat voor het onze"
    )
    school_holidays: list[tuple[date, date]] = Field(
        default_factory=list, description="schoolvakanties: eerste en laatste dag"
    )
    contact_tonight: CityLine = Field(
        CityLine(label="Coördinator (vanavond)"), description="voor vragen vanavond"
    )
    contact_tomorrow: CityLine = Field(
        CityLine(label="Coördinator (morgen 07.30–09.00)"), description="voor vragen morgen"
    )
    meldkaart: list[CityLine] = Field(default_factory=list, description="waar meld ik wat")
    help_lines: list[CityLine] = Field(default_factory=list, description="hulplijnen")

    def unverified(self, today: date) -> list[CityLine]:
        """All lines that may not go out for real yet."""
        return [line for _, line in self.unverified_in(today)]

    def unverified_in(self, today: date) -> list[tuple[str, CityLine]]:
        """The same, each with the section of the configuration that it stands in."""
        lines = [
            ("briefings.contact_tonight", self.contact_tonight),
            ("briefings.contact_tomorrow", self.contact_tomorrow),
            *(("briefings.meldkaart", line) for line in self.meldkaart),
            *(("briefings.help_lines", line) for line in self.help_lines),
        ]
        return [(section, line) for section, line in lines if not line.is_verified(today)]


class ClockSettings(Frozen):
    """The timetable of an event (``[clock]``); minutes count from the alert (guide §7)."""

    from_severity: int = Field(
        3, ge=1, le=5, description="vanaf deze ernst loopt het draaiboek; daaronder alleen beloften"
    )
    confirm_min: int = Field(10, ge=1, le=240, description="zoveel minuten tot het besluit")
    call_first_min: int = Field(20, ge=1, le=480, description="zoveel minuten tot: vooraf gebeld")
    draft_min: int = Field(45, ge=1, le=480, description="zoveel minuten tot: teksten ingediend")
    four_eyes_min: int = Field(60, ge=1, le=480, description="zoveel minuten tot: goedgekeurd")
    send_min: int = Field(
        90,
        ge=1,
        le=720,
        description="zoveel minuten tot: verzonden, als niemand een tijd koos "
        "(en uiterlijk op [briefings] send_before)",
    )
    check_days: int = Field(2, ge=1, le=14, description="na zoveel dagen: nakijken of er meer is")
    closing_days: int = Field(7, ge=2, le=60, description="na zoveel dagen: afsluiten")
    look_back_weeks: int = Field(4, ge=1, le=26, description="na zoveel weken: terugkijken")
    follow_up_days: int = Field(
        1, ge=0, le=14, description="zoveel dagen vóór een gepland vervolg het bericht vooraf"
    )
    day_at: time = Field(time(10, 0), description="tijd van stappen die op een dag staan")
    ahead_min: int = Field(
        30, ge=0, le=240, description="zoveel minuten vóór een beloofde update de herinnering"
    )
    late_min: int = Field(
        5, ge=1, le=240, description="zoveel minuten te laat: de coördinator hoort het nog eens"
    )
    backup_min: int = Field(
        15, ge=2, le=480, description="zoveel minuten te laat: ook de goedkeurders horen het"
    )
    late_days: int = Field(1, ge=1, le=14, description="hetzelfde in dagen, voor latere stappen")
    backup_days: int = Field(3, ge=1, le=30, description="hetzelfde in dagen, voor de goedkeurders")
