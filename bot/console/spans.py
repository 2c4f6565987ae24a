"""How long something took, as a person says it. Pure."""

from __future__ import annotations

from datetime import timedelta

from bot.console import evaluation_texts as texts

MINUTE = timedelta(minutes=1)


def spoken(took: timedelta) -> str:
    """``4 min``, ``1 u 12 min``, ``2 dagen``; under a minute in seconds. Pure."""
    if took < MINUTE:
        return texts.SECONDS.format(count=round(took.total_seconds()))
    minutes = round(took / MINUTE)
    if minutes < 60:
        return texts.MINUTES.format(count=minutes)
    if minutes < 48 * 60:
        return texts.HOURS.format(hours=minutes // 60, minutes=minutes % 60)
    return texts.DAYS.format(count=round(minutes / 1440))
