"""Spanningssignalen as stored: about the mood in groups, by organisation, never a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from contacts.directory import Domain
from contacts.records import MoveTable, Row, choice, required_choice


class SignalStatus(StrEnum):
    """Where a signal stands."""

    NEW = "new"
    IN_DUIDING = "in_duiding"
    ACTION = "action"
    WAITING = "waiting"
    CLOSED = "closed"


SIGNAL_MOVES: MoveTable[SignalStatus] = {
    SignalStatus.NEW: frozenset({SignalStatus.IN_DUIDING, SignalStatus.CLOSED}),
    SignalStatus.IN_DUIDING: frozenset(
        {SignalStatus.ACTION, SignalStatus.WAITING, SignalStatus.CLOSED}
    ),
    SignalStatus.ACTION: frozenset({SignalStatus.CLOSED}),
    SignalStatus.WAITING: frozenset({SignalStatus.CLOSED}),
    SignalStatus.CLOSED: frozenset(),
}


class ToldAs(StrEnum):
    """What somebody tells the municipality: a tension, or something beside it."""

    SIGNAL = "signaal"
    QUESTION = "praktijkvraag"
    EXAMPLE = "voorbeeld"


class When(StrEnum):
    TODAY = "vandaag"
    YESTERDAY = "gisteren"
    THIS_WEEK = "deze_week"
    TO_COME = "komt_nog"


class Setting(StrEnum):
    CLASSROOM = "klas"
    AROUND_SCHOOL = "school"
    STREET = "straat_plein"
    COMMUNITY_CENTRE = "buurthuis"
    SPORT = "sport"
    PLACE_OF_MEETING = "gebeds_ontmoetingsplek"
    TRANSPORT = "ov"
    ONLINE_GROUP = "online_groep"
    OTHER = "overig"


class SignalKind(StrEnum):
    FEAR = "angst_zorg"
    ANGER = "boosheid"
    INCOMPREHENSION = "onbegrip_aanpak"
    RUMOUR = "geruchten"
    GROUP_CONFLICT = "ruzie_groepen"
    DISCRIMINATION = "discriminatie"
    GENERAL_THREAT = "bedreiging_algemeen"
    CALL_TO_ACTION = "oproep"
    VANDALISM = "vernieling"
    AVOIDANCE = "wegblijven"
    SUPPORT = "steun"
    NEED = "behoefte"
    #: told by mail; a duider chooses, and no form offers it
    UNSORTED = "nog_niet_gekozen"


class Eep(StrEnum):
    EXPERIENCED = "beleefd"
    EVIDENCED = "gebeurd"
    POTENTIAL = "verwacht"
    UNSAID = "niet_gezegd"


class Breadth(StrEnum):
    FEW = "paar_mensen"
    GROUP = "groep"
    SEVERAL = "meerdere_groepen"
    UNKNOWN = "weet_niet"


class Direction(StrEnum):
    RISING = "neemt_toe"
    STEADY = "gelijk"
    FALLING = "neemt_af"
    UNKNOWN = "weet_niet"


class Done(StrEnum):
    NOTHING_YET = "nog_niets"
    TALKED = "gesprek_gevoerd"
    HELP_ASKED = "hulp_gevraagd"
    SOLVED = "opgelost"
    UNSAID = "niet_gezegd"


class Need(StrEnum):
    INFORMATION = "informatie"
    CONVERSATION_HELP = "gesprekshulp"
    VISIT = "bezoek_contact"
    YOUTH_WORK = "jongerenwerk"
    NOTHING = "niets"
    UNSAID = "niet_gezegd"


class Share(StrEnum):
    MEMBERS = "geanonimiseerd_leden"
    TEAM = "alleen_team"


class OutcomeCode(StrEnum):
    """The seven answers to a reporter; each goes with one sentence."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"
    G = "G"


class Reliability(StrEnum):
    """How the reporter knows it: A seen, B from a colleague, C from hearsay."""

    OWN = "A"
    COLLEAGUE = "B"
    HEARSAY = "C"


class Signal(Row, table=True):
    """One spanningssignaal. ``reply_handle`` is sealed; only the outbox opens it."""

    id: int | None = Field(default=None, primary_key=True)
    event_id: int | None = Field(default=None, index=True)
    organisation_id: int = Field(index=True)
    domain: Domain = required_choice(Domain)
    received_at: datetime = Field(index=True)
    status: SignalStatus = choice(SignalStatus, default=SignalStatus.NEW)
    told_as: ToldAs = choice(ToldAs, default=ToldAs.SIGNAL)
    occurred: When = choice(When, default=When.TODAY)
    district: str = Field(max_length=20, description="CBS code, stad, online or onbekend")
    setting: Setting = required_choice(Setting)
    kinds: list[str] = Field(sa_column=Column(JSON, nullable=False))
    eep: Eep = choice(Eep, default=Eep.UNSAID)
    breadth: Breadth = choice(Breadth, default=Breadth.UNKNOWN)
    severity: int = Field(description="1 to 4; 0: not said")
    direction: Direction = choice(Direction, default=Direction.UNKNOWN)
    theme: str | None = Field(default=None, max_length=60)
    note_sealed: str | None = Field(default=None, description="at most 280 characters, encrypted")
    done: Done = choice(Done, default=Done.UNSAID)
    need: Need = choice(Need, default=Need.UNSAID)
    wants_feedback: bool = Field(default=True)
    share: Share = choice(Share, default=Share.TEAM)
    reliability: Reliability | None = choice(Reliability)
    established_severity: int | None = None
    action_sealed: str | None = Field(
        default=None, description="what an organisation does or waits for, encrypted"
    )
    action_before: datetime | None = None
    outcome_code: OutcomeCode | None = choice(OutcomeCode)
    outcome_text: str | None = Field(default=None, description="the sentence, encrypted")
    read_due_at: datetime | None = Field(default=None, description="read before, as promised")
    read_at: datetime | None = Field(default=None, description="when somebody first looked")
    serious_told_at: datetime | None = None
    unread_told_at: datetime | None = None
    interim_due_at: datetime | None = None
    interim_sent_at: datetime | None = None
    answer_due_at: datetime = Field(index=True)
    overdue_told_at: datetime | None = None
    backup_told_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: int | None = None
    reply_handle: str | None = Field(default=None, max_length=600)
    note_wiped_at: datetime | None = None
    once: str | None = Field(
        default=None, max_length=64, unique=True, description="one form that was sent, hashed"
    )
    is_exercise: bool = Field(default=False)


#: in place of a severity: told by mail, where no form asked
SEVERITY_UNSAID = 0


def severity_of(signal: Signal) -> int | None:
    """As duiders established it, else as it was told; None where nobody said. Pure."""
    return signal.established_severity or signal.severity or None


def tensions(signals: Iterable[Signal]) -> list[Signal]:
    """Those that tell of a tension or of support; questions and examples count apart. Pure."""
    return [signal for signal in signals if signal.told_as is ToldAs.SIGNAL]


class AnswerLink(Row, table=True):
    """One press under an answer by mail: useful or not. Goes with the press; says of whom nothing.

    ``last_day`` is a day and no moment, so that it points at no answer.
    """

    token_hash: str = Field(primary_key=True, max_length=64)
    code: OutcomeCode = required_choice(OutcomeCode)
    last_day: date
    is_exercise: bool = Field(default=False)


class Step(StrEnum):
    """What follows from an assessment (besluitvorming)."""

    WATCH = "niets_doen_en_kijken"
    INFORM = "informeren"
    SUPPORT = "ondersteunen"
    CALL_IN = "erbij_halen"


class Assessment(Row, table=True):
    """What a person makes of all signals together: phase, meaning, decision. Never changed.

    ``event_id`` is None for what belongs to no event. ``lines`` are the duiding in the picture,
    shown to everybody who sees it; the person filter stood before them.
    """

    id: int | None = Field(default=None, primary_key=True)
    event_id: int | None = Field(default=None, index=True)
    phase: str = Field(max_length=2)
    proposed: str = Field(max_length=2)
    step: Step = required_choice(Step)
    lines: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    other_view: str | None = Field(default=None, max_length=300)
    ask_also: str | None = Field(default=None, max_length=300)
    domain: Domain = required_choice(Domain)
    made_by: int
    made_at: datetime
    is_exercise: bool = Field(default=False)


class PhasePrompt(Row, table=True):
    """That people were told once about a phase that the counts point at."""

    id: int | None = Field(default=None, primary_key=True)
    event_id: int | None = Field(default=None, index=True)
    phase: str = Field(max_length=2)
    told_at: datetime
    is_exercise: bool = Field(default=False)


class SignalReading(Row, table=True):
    """How one duider reads one signal (oordeelsvorming); a later reading replaces it."""

    __table_args__ = (UniqueConstraint("signal_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    signal_id: int = Field(foreign_key="signal.id", index=True)
    person_id: int = Field(description="the duider, never a reporter")
    domain: Domain = required_choice(Domain)
    reliability: Reliability = required_choice(Reliability)
    severity: int
    text_sealed: str | None = Field(default=None, description="at most 300 characters, encrypted")
    made_at: datetime


class SignalCount(Row, table=True):
    """Signals of one week, one domain and one value, after the signals themselves are gone."""

    id: int | None = Field(default=None, primary_key=True)
    week: date = Field(index=True, description="its Monday")
    event_id: int | None = Field(default=None, index=True)
    domain: Domain = required_choice(Domain)
    dimension: str = Field(max_length=20)
    value: str = Field(max_length=40)
    signals: int = Field(default=0)
    organisations: int = Field(default=0)
