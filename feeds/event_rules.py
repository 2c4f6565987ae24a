"""What weighs in an event besides its heaviest item: ``lexicon/event_weights.toml``."""

from __future__ import annotations

import tomllib
from functools import cache, cached_property
from typing import Annotated

from pydantic import Field

from contacts.settings import Frozen
from feeds.lexicon import PLACE
from feeds.matching import Matcher
from feeds.standing import Reach, Trust


class Familiar(Frozen):
    """The hundredth report of a running matter."""

    halfwaarde_dagen: float = Field(gt=0)
    wacht_uren: float = Field(ge=0)
    vanaf: float = Field(gt=0)
    eraf_per_verdubbeling: float = Field(ge=0)
    meest_eraf: float = Field(ge=0)
    nieuw_tot: float = Field(ge=0)
    nieuw_erbij: float = Field(ge=0)
    hoogstens: float = Field(ge=0, le=4)
    nieuw_groepen: list[str]
    thema_s: list[str]


class Echo(Frozen):
    """What rang not long ago; the steps of ``dagen`` and ``eraf`` belong together."""

    dagen: list[float] = Field(min_length=1)
    eraf: list[float] = Field(min_length=1)
    zeldzaam: float = Field(ge=0)


class Aftermath(Frozen):
    """No first report: trials, reactions, explanations."""

    eraf: float = Field(ge=0)
    any: list[str]


class Following(Frozen):
    """When a report goes on with what rang; the steps belong together."""

    zelfde_plek_dagen: float = Field(ge=0)
    terugblik_dagen: float = Field(ge=0)
    deel_terugblik: float = Field(ge=0, le=1)
    deel_dichtbij: float = Field(ge=0, le=1)
    dagen: list[float] = Field(min_length=1)
    deel: list[float] = Field(min_length=1)
    deel_zonder_plek: list[float] = Field(min_length=1)
    kijkt_terug: list[str]
    dichterbij: list[str]
    dodelijk: list[str]


class Again(Frozen):
    """What says that it happened once more (``feeds/beginning.py``)."""

    weer: list[str]
    na_weer: int = Field(ge=0)
    telwoorden: list[str]
    na_telwoord: int = Field(ge=0)
    wat: list[str]
    los: list[str]
    gaat_over: list[str]


class Growth(Frozen):
    """More than an outlet usually has; the steps belong together."""

    uren: list[float]
    berichten: list[int]
    deel: list[float]
    erbij: list[float]
    minstens: int = Field(ge=0, le=4)
    hoogste_buitenland: int = Field(ge=0, le=4)


class NewSection(Frozen):
    """A section that an outlet opens for the occasion."""

    uren: float = Field(gt=0)
    na_dagen: float = Field(ge=0)
    erbij: float = Field(ge=0)


class Ringing(Frozen):
    """From where an event is worth a telephone that rings."""

    drie_vanaf: float = Field(ge=3, lt=4)
    vers_uren: float = Field(gt=0)
    ruimte: float = Field(ge=0)


class Newsrooms(Frozen):
    """Who else says so: near by within the hour, far away by the number of reports."""

    binnen_minuten: float = Field(gt=0)
    tweede: float = Field(ge=0)
    officieel: float = Field(ge=0)
    groei_uren: float = Field(gt=0)
    groei_berichten: int = Field(gt=0)
    groei_redacties: int = Field(gt=0)
    groei_erbij: float = Field(ge=0)
    groei_vanaf: int = Field(ge=0, le=4)
    groei_hoogste: int = Field(ge=0, le=4)
    soorten: frozenset[str]


class Grouping(Frozen):
    """How alike two reports must be to be about one thing."""

    drempel: float = Field(gt=0, lt=1)
    drempel_betekenis: float = Field(gt=0, lt=2)
    betekenis: float = Field(gt=0, le=1)
    andere_namen: float = Field(ge=0, lt=1)
    zelfde_plek: float = Field(ge=0, lt=1)
    zonder_aard: frozenset[str]
    haalt_op: frozenset[str]


class EventRules(Frozen):
    """All of it."""

    meest_erbij: float = Field(ge=0, le=4)
    melden: Ringing
    redacties: Newsrooms
    bereik: dict[Reach, Annotated[float, Field(gt=0, le=2)]]
    groeperen: Grouping
    groepen: dict[str, list[str]]
    vertrouwd: Familiar
    naklank: Echo
    nasleep: Aftermath
    vervolg: Following
    opnieuw: Again
    groei: Growth
    rubriek: NewSection

    @cached_property
    def group_of(self) -> dict[str, str]:
        """The group of every type of event."""
        return {kind: group for group, kinds in self.groepen.items() for kind in kinds}

    @property
    def remembered_days(self) -> float:
        """How long what rang still counts."""
        return max(*self.naklank.dagen, *self.vervolg.dagen)

    def reach_of(self, trust: Trust, reach: Reach) -> float:
        """What one item of an outlet counts as when items or outlets are counted.

        An official source is no outlet: few read it, and its word is what it is.
        """
        return 1.0 if trust is Trust.OFFICIAL else self.bereik[reach]

    @cached_property
    def aftermath(self) -> Matcher[str]:
        """Finds the words of an aftermath in a title."""
        return Matcher(("nasleep", term) for term in self.nasleep.any)

    @cached_property
    def following(self) -> Matcher[str]:
        """Finds in a title what looks back, comes nearer, or took lives."""
        lists = ("kijkt_terug", "dichterbij", "dodelijk")
        return Matcher((name, term) for name in lists for term in getattr(self.vervolg, name))


@cache
def load_event_rules() -> EventRules:
    """The rules, read once.

    :raises pydantic.ValidationError: the file has an unknown or missing field.
    """
    text = (PLACE / "event_weights.toml").read_text("utf-8")
    return EventRules.model_validate(tomllib.loads(text))
