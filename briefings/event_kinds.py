"""What differs per type of event: the neutral word, the template set, what is not known yet."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field

from briefings import moments
from contacts.settings import Frozen

GENERAL = "algemeen"
TITLE_LIMIT = 120


class EventKind(Frozen):
    """One section of ``event_kinds.toml``."""

    noun: str = Field(min_length=3, max_length=40)
    templates: str = GENERAL
    follow_up: str = Field("", max_length=10, description="type whose words fit what comes later")
    unknown: list[str] = Field(min_length=1, max_length=5)


@cache
def event_kinds() -> dict[str, EventKind]:
    """All sections, by lexicon id; always holds ``algemeen``."""
    source = Path(__file__).with_name("event_kinds.toml").read_text("utf-8")
    return {name: EventKind.model_validate(kind) for name, kind in tomllib.loads(source).items()}


def kind_of(event_type: str) -> EventKind:
    """The section for an event's type; the general one for a type without its own."""
    kinds = event_kinds()
    return kinds.get(event_type, kinds[GENERAL])


def neutral_title(event_type: str, place: str, on: date) -> str:
    """Type, place and date; no adjectives, no suspect, no group (briefing guide §3).

    A place that does not fit is cut: the date must stay.
    """
    noun, day = kind_of(event_type).noun, moments.day(on)
    room = TITLE_LIMIT - len(noun) - len(day) - len(" , , 00.00 uur")
    return f"{noun} {place[:room].strip()}, {day}"
