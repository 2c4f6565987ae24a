"""Dutch of how a sending stands."""

from __future__ import annotations

from datetime import timedelta

from contacts.local_time import AMSTERDAM
from contacts.progress import Progress
from contacts.reason_texts import reason_of
from contacts.texts import counted

HEAD = "{done} van {total} klaar · {sent} verzonden · {failed} geweigerd · {unknown} onzeker"
SPEED = "{rate} per seconde, nog ongeveer {left}"
STANDS_STILL = ("1 kan nu weg, maar er beweegt niets", "{n} kunnen nu weg, maar er beweegt niets")
LATER = (
    "1 wacht op zijn tijd (rusttijd, of gepland)",
    "{n} wachten op hun tijd (rusttijd, of gepland)",
)
AGAIN = (
    "1 wacht op een nieuwe poging om {at} uur: {why}",
    "{n} wachten op een nieuwe poging, de eerste om {at} uur: {why}",
)
AWAY = (
    "1 wacht op een kanaal dat nu niet reageert; het gaat vanzelf als het weer werkt",
    "{n} wachten op een kanaal dat nu niet reageert; ze gaan vanzelf als het weer werkt",
)
HALTED = "{halted} gestopt, tot iemand het laat doorgaan"
WHY = "{count} × {reason}"
SECONDS, MINUTES, HOURS = ("1 seconde", "{n} seconden"), "{n} minuten", "{n} uur"


def about(left: timedelta) -> str:
    """Roughly: an estimate does not get more exact by its digits. Pure."""
    seconds = round(left.total_seconds())
    if seconds < 90:
        return counted(SECONDS, max(1, seconds))
    if seconds < 90 * 60:
        return MINUTES.format(n=round(seconds / 60))
    return HOURS.format(n=f"{seconds / 3600:.1f}".replace(".", ","))


def lines_of(progress: Progress) -> list[str]:
    """One fact a line, without the title of the event."""
    one = progress
    lines = [
        HEAD.format(
            done=one.done, total=one.total, sent=one.sent, failed=one.failed, unknown=one.unknown
        )
    ]
    if one.left is not None:
        rate = f"{one.rate:.1f}".replace(".", ",")
        lines.append(SPEED.format(rate=rate, left=about(one.left)))
    elif one.due:
        lines.append(counted(STANDS_STILL, one.due))
    if one.away:
        lines.append(counted(AWAY, one.away))
    if one.later:
        lines.append(counted(LATER, one.later))
    if one.again and one.next_try:
        at = f"{one.next_try.astimezone(AMSTERDAM):%H.%M}"
        why = "; ".join(dict.fromkeys(reason_of(code) for code in one.retries))
        lines.append(counted(AGAIN, one.again, at=at, why=why))
    if one.halted:
        lines.append(HALTED.format(halted=one.halted))
    for code, count in one.reasons.items():
        lines.append(WHY.format(count=count, reason=reason_of(code)))
    return lines
