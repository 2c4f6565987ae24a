"""The steps of the timetable by name; what they ask and when is in :mod:`briefings.timetable`."""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """A step of the timetable, in its order."""

    CONFIRM = "bevestigen"
    CALL_FIRST = "vooraf_bellen"
    DRAFT = "indienen"
    FOUR_EYES = "vier_ogen"
    SEND = "verzenden"
    PROMISE = "beloofde_update"
    MORNING = "ochtendupdate"
    CHECK = "nakijken"
    CLOSING = "afsluiten"
    LOOK_BACK = "terugkijken"
    FOLLOW_UP = "vervolg"


class Stage(StrEnum):
    """How far a step that is not done has come."""

    DUE = "nu"
    LATE = "te_laat"
    BACKUP = "achterwacht"
