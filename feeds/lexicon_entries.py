"""What the files of ``feeds/lexicon/*.toml`` may hold, one model per kind of entry."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from contacts.settings import Frozen
from feeds.standing import Reach, Trust


class EventType(Frozen):
    """One kind of event (``events.toml``): any term, or one of every group."""

    naam: str
    basis: int = Field(ge=1, le=4)
    sjabloon: str
    vereist: Literal["thema_buitenland"] | None = None
    any: list[str] = Field(default_factory=list)
    alle: list[list[str]] = Field(default_factory=list)


class Exclusion(Frozen):
    """A context in which words mean something else (``exclusions.toml``)."""

    naam: str
    effect: Literal["masker", "weg", "log", "telt", "rechtbank"]
    mits_geen: list[str] = Field(default_factory=list)
    any: list[str]


class Theme(Frozen):
    """Whom something may touch more (``themes.toml``)."""

    naam: str
    raakt: str
    any: list[str]


class District(Frozen):
    """A CBS wijk with the names that point at it."""

    code: str
    naam: str
    termen: list[str]
    te_controleren: bool
    naam_te_controleren: bool = False
    deel: str = ""


class PlaceGroup(Frozen):
    """Places of one sort."""

    soort: str
    termen: list[str]
    te_controleren: bool


class Municipality(Frozen):
    naam: str
    cbs: str
    provincie: str
    termen: list[str]
    negeer: list[str]


class Terms(Frozen):
    """A bare list."""

    termen: list[str]


class AnyOf(Frozen):
    any: list[str]


class Gazetteer(Frozen):
    """One city's places: ``plaatsen/*.toml`` or a file of somebody's own."""

    gemeente: Municipality
    wijken: list[District]
    plekken: list[PlaceGroup]
    ambigu: Terms
    omgeving: list[PlaceGroup]
    #: the towns of each municipality near by, in small letters
    dorpen: dict[str, list[str]] = Field(default_factory=dict)
    lokale_zaken: AnyOf


class Prevented(Frozen):
    """Which type another one takes the place of, and by which words."""

    soort: str
    onderdrukt: str
    any: list[str]


class Toll(Frozen):
    """From how many deaths an event is a shock, and from how many it is a whole war's count."""

    woorden: list[str]
    te_veel: int


class RoundUps(Frozen):
    """How a title gives itself away as a round-up or a live blog."""

    begin: list[str]
    any: list[str]


class Rules(Frozen):
    """``severity.toml``."""

    hoogste: int
    hoogste_buitenland: int
    grote_schok: list[str]
    themas_buitenland: list[str]
    voorkomen: Prevented
    overzicht: RoundUps
    dodental: Toll


class Named(Frozen):
    """A feature that is not found by words; ``vooraf`` is its weight without measurements."""

    naam: str
    vooraf: float = 0.0


class Reading(Frozen):
    """What words of a feature mean beside others: only these of it were seen, and beside them one
    of ``naast``, or (``in_nederland``) it is here. It names the reason otherwise, and weighs the
    same."""

    naam: str
    woorden: list[str]
    naast: list[str] = Field(default_factory=list)
    in_nederland: bool = False


class WordFeature(Named):
    """A feature that is found by words; with ``alleen_samen`` it never weighs by itself.

    ``leest_als``: what words with several meanings are called; the first that fits.
    """

    any: list[str]
    alleen_samen: bool = False
    leest_als: list[Reading] = Field(default_factory=list)


class Together(Named):
    """Features that say something else together; ``a|b`` is one of the two."""

    alle: list[str]

    @property
    def choices(self) -> list[list[str]]:
        return [one.split("|") for one in self.alle]


class Features(Frozen):
    """``features.toml``: what can be seen in an item."""

    kenmerken: dict[str, WordFeature]
    samen: dict[str, Together]
    overig: dict[str, Named]
    rubrieken: dict[str, list[str]]


class Weights(Frozen):
    """``weights.toml``, made by ``schakel feeds fit``: points of severity."""

    basis: float
    gewicht: dict[str, float]


class DefaultSource(Frozen):
    """A public feed for a new installation (``sources.toml``)."""

    key: str
    naam: str
    url: str
    soort: Trust
    bereik: Reach = Reach.ORDINARY
    te_controleren: bool
