"""What a source counts for. Apart from the rows: settings are read before there are any."""

from __future__ import annotations

from enum import StrEnum


class Trust(StrEnum):
    """What a source's word is worth: who may confirm, who may only ring."""

    OFFICIAL = "officieel"
    REGIONAL = "regionaal"
    NATIONAL = "landelijk"
    SECONDARY = "secundair"


class Reach(StrEnum):
    """How many read an outlet; how much that weighs stands in ``event_weights.toml``."""

    WIDE = "groot"
    ORDINARY = "gewoon"
    SMALL = "klein"


class KeptBy(StrEnum):
    """Who says that a source is read. What was taken out of the configuration keeps its history."""

    CONFIG = "config"
    PEOPLE = "people"
    NOBODY = "nobody"
