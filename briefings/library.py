"""The templates and what they say: general, per family, per type, and a city's own folder.

A set (``arrestatie``) takes its words from three layers, each line from the nearest one that
has it: ``soorten/<set>``, ``families/<family>``, ``algemeen``. Before each of those comes the
same file in the folder of the municipality (``[briefings] templates_dir``): of a TOML file only
the lines that stand in it, of a Jinja file the whole. Ours are never touched.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, Template
from pydantic import Field, TypeAdapter

from contacts.directory import Audience
from contacts.settings import Frozen

TEMPLATES = Path(__file__).parent / "templates"
SHARED = "gedeeld"
GENERAL = "algemeen"
KINDS, FAMILIES = "soorten", "families"
META, WORDS, EXAMPLE, MOMENTS = "meta.toml", "tekst.toml", "voorbeeld.toml", "momenten.toml"
#: the section of ``tekst.toml`` that all audiences share
EVERYONE: Literal["allen"] = "allen"
#: what a sheet can be asked to hold before a set is complete
Required = Literal["confirmed", "measures", "meaning", "tie"]


class Moment(StrEnum):
    """When readers get it, seen from a school: that changes what they can do."""

    SCHOOL = "school"
    NIGHT = "nacht"
    WEEKEND = "weekend"
    HOLIDAY = "vakantie"


class SetMeta(Frozen):
    """``meta.toml`` of a set: who keeps it, and what it asks of the fact block."""

    name: str = Field(min_length=3, max_length=60, description="Dutch, for lists")
    family: str = ""
    version: str = Field(min_length=1, max_length=20)
    owner: str = Field(min_length=3, description="function that keeps the text")
    reviewed_on: date
    required: tuple[Required, ...] = ("confirmed",)


class TemplateMeta(Frozen):
    """One audience of a set. Lengths are in words, without sources and standard parts."""

    audience: Audience
    min_words: int = Field(gt=0)
    max_words: int = Field(gt=0)
    version: str
    owner: str
    reviewed_on: date
    required: tuple[Required, ...]


class Lengths(Frozen):
    """A section of ``algemeen/lengtes.toml``."""

    min_words: int = Field(gt=0)
    max_words: int = Field(gt=0)


class Answer(Frozen):
    """A question that readers get, and the direction of an answer."""

    vraag: str = Field(min_length=3)
    antwoord: str = Field(min_length=3)
    sust: bool = Field(default=False, description="not said while there may be danger")


class Part(Frozen):
    """What one audience reads besides the facts. Each list is a list of sentences."""

    kort: str = ""
    weten: list[str] = Field(default_factory=list)
    verwacht: list[str] = Field(default_factory=list)
    vragen: list[Answer] = Field(default_factory=list)
    zinnen: list[str] = Field(default_factory=list)
    vooraf: list[str] = Field(default_factory=list)
    doen: list[str] = Field(default_factory=list)
    niet: list[str] = Field(default_factory=list)
    leeftijd: list[str] = Field(default_factory=list)
    steun: str = ""
    politie: str = ""
    bezoek: str = ""
    staat: str = ""
    school: str = ""
    normaal: str = ""
    chat: str = ""
    zin: str = ""
    zin_kort: str = ""
    jong: str = ""
    wachten: str = ""
    onzeker: str = ""


class ExampleFact(Frozen):
    tekst: str
    bron: str


class ExampleMeasure(Frozen):
    tekst: str
    voor_wie: str
    waar: str
    vanaf: str
    tot: str
    door: str
    geldt_voor: list[Audience]


class Example(Frozen):
    """``voorbeeld.toml``: made-up facts to read a set with. Nothing of it is ever sent."""

    bevestigd: list[ExampleFact] = Field(min_length=3)
    nieuw: ExampleFact
    onbevestigd: ExampleFact
    klopt_niet: ExampleFact
    maatregel: ExampleMeasure
    band: str
    betekenis: str
    spreker: str
    fout: str
    plaats: str = ""


_WORDS: TypeAdapter[dict[Audience | Literal["allen"], dict[str, Any]]] = TypeAdapter(
    dict[Audience | Literal["allen"], dict[str, Any]]
)
_SAID: TypeAdapter[dict[Moment, dict[Audience, str]]] = TypeAdapter(
    dict[Moment, dict[Audience, str]]
)


@dataclass(frozen=True, slots=True)
class Library:
    """All sets, as one installation has them. ``own``: the folder of the municipality."""

    own: Path | None = None

    def sets(self) -> list[str]:
        """The names of all sets, the general one first."""
        folders = [root / KINDS for root in self._roots() if (root / KINDS).is_dir()]
        found = {path.name for folder in folders for path in folder.iterdir() if path.is_dir()}
        return [GENERAL, *sorted(found)]

    @cache  # noqa: B019  (a library is its folder: there are one or two)
    def set_meta(self, name: str) -> SetMeta:
        """:raises FileNotFoundError: there is no such set."""
        return SetMeta.model_validate(self._read(f"{self._folder(name)}/{META}", needed=True))

    @cache  # noqa: B019  (a library is its folder: there are one or two)
    def metas(self, name: str) -> Mapping[Audience, TemplateMeta]:
        """The metadata of a set by audience; every audience has its section."""
        of_set = self.set_meta(name)
        lengths = TypeAdapter(dict[Audience, Lengths]).validate_python(
            self._merged(name, "lengtes.toml")
        )
        return {
            audience: TemplateMeta(
                audience=audience,
                min_words=given.min_words,
                max_words=given.max_words,
                version=of_set.version,
                owner=of_set.owner,
                reviewed_on=of_set.reviewed_on,
                required=of_set.required,
            )
            for audience, given in lengths.items()
        }

    @cache  # noqa: B019  (a library is its folder: there are one or two)
    def part(self, name: str, audience: Audience) -> Part:
        """The words of a set for one audience; what a file says to everyone comes first."""
        merged: dict[str, Any] = {}
        for folder in self._layers(name):
            said = _WORDS.validate_python(self._read(f"{folder}/{WORDS}"))
            merged = _over(_over(merged, said.get(EVERYONE, {})), said.get(audience, {}))
        return Part.model_validate(merged)

    @cache  # noqa: B019  (a library is its folder: there are one or two)
    def moment(self, name: str, audience: Audience, moment: Moment) -> str:
        """What is different for this reader at this moment; empty on an ordinary school day."""
        return _SAID.validate_python(self._merged(name, MOMENTS)).get(moment, {}).get(audience, "")

    def example(self, name: str) -> Example:
        """The made-up facts of a set."""
        return Example.model_validate(self._read(f"{self._folder(name)}/{EXAMPLE}", needed=True))

    @cache  # noqa: B019  (a library is its folder: there are one or two)
    def template(self, name: str, audience: Audience, suffix: str) -> Template:
        """The layout for an audience, the nearest one there is."""
        return self.environment.select_template(
            [f"{folder}/{audience}{suffix}" for folder in reversed(self._layers(name))]
        )

    @property
    def environment(self) -> Environment:
        return _environment(self.own)

    def _folder(self, name: str) -> str:
        return GENERAL if name == GENERAL else f"{KINDS}/{name}"

    @cache  # noqa: B019  (a library is its folder: there are one or two)
    def _layers(self, name: str) -> list[str]:
        if name == GENERAL:
            return [GENERAL]
        family = self.set_meta(name).family
        between = [f"{FAMILIES}/{family}"] if family else []
        return [GENERAL, *between, self._folder(name)]

    def _merged(self, name: str, file: str) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for folder in self._layers(name):
            merged = _over(merged, self._read(f"{folder}/{file}"))
        return merged

    def _read(self, file: str, *, needed: bool = False) -> dict[str, Any]:
        found = [_toml(root / file) for root in self._roots() if (root / file).is_file()]
        if needed and not found:
            raise FileNotFoundError(file)
        merged: dict[str, Any] = {}
        for content in found:
            merged = _over(merged, content)
        return merged

    def _roots(self) -> Iterator[Path]:
        """Ours first: what comes later goes over it."""
        yield TEMPLATES
        if self.own is not None:
            yield self.own


def library(own: Path | None = None) -> Library:
    """The library of an installation; its files are read once, a change needs a new start."""
    return Library(own)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """``above`` wins key by key; a list takes the place of a list."""
    merged = dict(below)
    for key, value in above.items():
        there = merged.get(key)
        if isinstance(there, dict) and isinstance(value, dict):
            merged[key] = _over(there, value)
        else:
            merged[key] = value
    return merged


@cache
def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


@cache
def _environment(own: Path | None) -> Environment:
    folders = [own, TEMPLATES] if own is not None else [TEMPLATES]
    return Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # A change needs a new start anyway; without this every use asks the disk.
        auto_reload=False,
    )
