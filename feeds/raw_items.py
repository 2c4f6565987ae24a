"""Items from a file of JSON Lines, as measuring and naspelen read them. Pure but for the reading.

Fields: ``key``, ``title`` or ``titles`` (all versions, the first is what came in), ``lead``,
``url``, ``outlet``, ``region``, ``published``, ``first_seen``, ``in_cluster_set``.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from feeds.lexicon import default_sources
from feeds.lexicon_entries import DefaultSource
from feeds.standing import Reach, Trust

NATIONAL = "Landelijk"
START = datetime(1970, 1, 1, tzinfo=UTC)


class BadLineError(ValueError):
    """A line that cannot be read. ``line`` counts from 1; 0 means the file as a whole."""

    def __init__(self, path: Path, line: int) -> None:
        super().__init__(f"{path}:{line}")
        self.path, self.line = path, line


def _utc(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


#: in UTC; a time without a zone counts as UTC
Moment = Annotated[datetime, AfterValidator(_utc)]


class RawItem(BaseModel):
    """One item as an outlet brought it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    key: str = Field(min_length=1)
    title: str | None = None
    titles: list[str] = Field(default_factory=list)
    lead: str | None = None
    url: str | None = None
    outlet: str | None = None
    region: str | None = None
    published: Moment | None = None
    first_seen: Moment | None = None
    in_cluster_set: bool = True

    @model_validator(mode="after")
    def _has_a_title(self) -> RawItem:
        if not self.titles and self.title is None:
            raise ValueError("no title")
        return self

    @property
    def first_title(self) -> str:
        """What was known when it came in."""
        return self.titles[0] if self.titles else self.title or ""

    @property
    def trust(self) -> Trust:
        """As the outlet is configured, or else by where it is read."""
        known = _configured().get(self.outlet or "")
        if known is not None:
            return known.soort
        return Trust.NATIONAL if self.region in {None, NATIONAL} else Trust.REGIONAL

    @property
    def reach(self) -> Reach:
        """As the outlet is configured, or else ordinary."""
        known = _configured().get(self.outlet or "")
        return known.bereik if known is not None else Reach.ORDINARY


class _Label(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class ClusterLabel(_Label):
    """Which event a person thinks an item belongs to."""

    key: str
    event: str
    roundup: bool = False
    ambiguous: bool = False


class EventLabel(_Label):
    """A severe event of the past with the keys of its first items."""

    event: str
    first_keys: Annotated[list[str], Field(min_length=1)]
    severity: int = Field(ge=0, le=5)


@dataclass(frozen=True, slots=True)
class Timed:
    """An item with the moment (UTC) at which it came in."""

    item: RawItem
    at: datetime


def read_raw_items(path: Path) -> list[RawItem]:
    """The items of a file; ``.gz`` is unpacked.

    :raises BadLineError: a line is no item, or the file cannot be read.
    """
    return list(_models(path, RawItem))


def read_cluster_labels(path: Path) -> list[ClusterLabel]:
    """:raises BadLineError: a line is no label, or the file cannot be read."""
    return list(_models(path, ClusterLabel))


def read_event_labels(path: Path) -> list[EventLabel]:
    """:raises BadLineError: a line is no label, or the file cannot be read."""
    return list(_models(path, EventLabel))


def in_order(items: Sequence[RawItem]) -> list[Timed]:
    """Items in the order in which they came: by ``first_seen``, else ``published``, else with
    the item before them in the file."""
    known = (item.first_seen or item.published for item in items)
    # What stands before the first known time came then, not half a century ago.
    timed, clock = [], next((at for at in known if at is not None), START)
    for item in items:
        clock = item.first_seen or item.published or clock
        timed.append(Timed(item, clock))
    return sorted(timed, key=lambda one: one.at)


@cache
def _configured() -> dict[str, DefaultSource]:
    return {source.naam: source for source in default_sources()}


def _models(path: Path, kind: type[Any]) -> Iterator[Any]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            yield kind.model_validate(json.loads(line))
        except (ValidationError, ValueError, OverflowError, RecursionError) as error:
            raise BadLineError(path, number) from error


def _lines(path: Path) -> list[bytes]:
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if path.suffix == ".gz" else raw).splitlines()
    except (OSError, EOFError, zlib.error) as error:
        raise BadLineError(path, 0) from error
