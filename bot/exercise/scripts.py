"""What a scenario file says: a story in time, and what should happen then. Pure but for reading.

``at_min`` and ``within_min`` are minutes of the exercise, which may run faster than a clock.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.config_faults import explain
from bot.exercise import script_texts as texts
from contacts.directory import Domain, Role
from feeds.chosen_place import on_change
from feeds.districts import city_name, districts
from feeds.standing import Trust
from signals.rows import Setting, SignalKind

HERE = Path(__file__).parent / "scenarios"
SUFFIX = ".toml"
#: the wijk of Arnhem in which a story was written
WRITTEN_FOR = {
    "aanhoudingen": "WK020204",
    "demonstratie": "WK020201",
    "dreigmail-school": "WK020224",
    "steekpartij": "WK020216",
}


class ScriptError(Exception):
    """A scenario that cannot be played; ``lines`` say why, in Dutch."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Action(StrEnum):
    """What people can be expected to do; each leaves a moment in the rows."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENT = "sent"
    READ = "read"
    TOLD = "signal_told"
    ANSWERED = "signal_answered"
    UPDATED = "update_sent"
    CORRECTED = "correction_sent"
    CLOSED = "closed"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True, frozen=True)


class Outlet(_Strict):
    """A made-up newsroom or organisation that publishes."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]{1,19}$")
    name: str = Field(min_length=2, max_length=80)
    trust: Trust


class News(_Strict):
    """A report on the feed of an outlet."""

    kind: Literal["news"]
    at_min: float = Field(ge=0, le=7 * 24 * 60)
    outlet: str
    title: str = Field(min_length=5, max_length=300)
    lead: str = Field(default="", max_length=600)


class Word(_Strict):
    """A message to everybody with a role: somebody calls, a rumour is heard."""

    kind: Literal["word"]
    at_min: float = Field(ge=0, le=7 * 24 * 60)
    to: Role = Role.COORDINATOR
    text: str = Field(min_length=5, max_length=500)


class Telling(_Strict):
    """A signal from an organisation of a domain that is on the list of the exercise."""

    kind: Literal["signal"]
    at_min: float = Field(ge=0, le=7 * 24 * 60)
    domain: Domain
    kinds: tuple[SignalKind, ...] = Field(min_length=1, max_length=3)
    severity: int = Field(ge=1, le=4)
    setting: Setting
    district: str = "onbekend"
    note: str = Field(default="", max_length=280)


Inject = Annotated[News | Word | Telling, Field(discriminator="kind")]


class Expected(_Strict):
    """``what`` should happen within so many minutes after inject number ``after`` (from 1)."""

    what: Action
    after: int = Field(default=1, ge=1)
    within_min: float = Field(gt=0, le=7 * 24 * 60)


class Lines(_Strict):
    """What the machine's own cast types when nobody else plays (``exercise run --fast``)."""

    facts: tuple[str, ...] = Field(min_length=1, max_length=5)
    update: str = ""
    wrong: int = Field(default=1, ge=1, description="number of the fact that was wrong")
    wrong_about: str = ""
    right: str = ""
    answer: str = ""


class Script(_Strict):
    """A whole scenario. Injects are in the order of their time."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    title: str = Field(min_length=5, max_length=120)
    about: str = Field(min_length=5, max_length=400)
    practise: str = Field(min_length=5, max_length=300)
    severity: tuple[int, int] | None = None
    outlets: tuple[Outlet, ...] = Field(default=(), max_length=12)
    injects: tuple[Inject, ...] = Field(min_length=1, max_length=60)
    expected: tuple[Expected, ...] = Field(min_length=1, max_length=30)
    lines: Lines | None = None

    @model_validator(mode="after")
    def _fits(self) -> Script:
        known = {outlet.key for outlet in self.outlets}
        strange = [one.outlet for one in self.injects if isinstance(one, News)]
        if missing := sorted(set(strange) - known):
            raise ValueError(texts.NO_OUTLET.format(names=", ".join(missing)))
        times = [one.at_min for one in self.injects]
        if times != sorted(times):
            raise ValueError(texts.NOT_IN_ORDER)
        if late := [one.after for one in self.expected if one.after > len(times)]:
            raise ValueError(texts.NO_INJECT.format(number=late[0], count=len(times)))
        return self


def read_script(raw: str) -> Script:
    """A scenario from the text of its file.

    :raises ScriptError: with every mistake at once.
    """
    try:
        return script_of(tomllib.loads(raw))
    except tomllib.TOMLDecodeError as error:
        raise ScriptError([texts.NO_TOML.format(error=error)]) from error


def script_of(fields: dict[str, Any]) -> Script:
    """A scenario from its fields, as they stand in a file or in a row.

    :raises ScriptError: with every mistake at once.
    """
    try:
        return Script.model_validate(fields)
    except ValidationError as error:
        own = [str(one["ctx"]["error"]) for one in error.errors() if one["type"] == "value_error"]
        raise ScriptError(own or list(explain(error, Script))) from error


@cache
def shipped() -> dict[str, Script]:
    """The scenarios that come with Schakel, by key, in the city whose places are in use."""
    found = (
        read_script(placed(path.stem, path.read_text(encoding="utf-8")))
        for path in sorted(HERE.glob(f"*{SUFFIX}"))
    )
    return {script.key: script for script in found}


def placed(key: str, raw: str) -> str:
    """A shipped story where it is played: the city, and the wijk that it names. Pure but for
    what was chosen.

    The wijk is the one that it was written for, or the first of another city.
    """
    names = dict(districts())
    first = next(iter(names), "onbekend")
    code = WRITTEN_FOR[key] if WRITTEN_FOR.get(key) in names else first
    return (
        raw.replace("%STAD%", city_name())
        .replace("%WIJKCODE%", code)
        .replace("%WIJK%", names.get(code, city_name()))
    )


on_change(shipped.cache_clear)
