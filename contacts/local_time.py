"""The clock on the wall of the city, for the days and hours that people read or agree on."""

from __future__ import annotations

from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
