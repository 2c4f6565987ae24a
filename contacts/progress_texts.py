"""Dutch of how a sending stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from contacts.progress import Progress
from contacts.texts import REASONS, counted

HEAD = "{done} van {total} klaar · {sent} verzonden · {failed} geweigerd · {unknown} onzeker"
SPEED = "{rate} per seconde, nog ongeveer {left}"
STANDS_STILL = ("1 kan nu weg, maar er beweegt niets", "{n} kunnen nu weg, maar er beweegt niets")
LATER = (
    "1 wacht op zijn tijd (rusttijd of gepland)",
    "{n} wachten op hun tijd (rusttijd of gepland)",
)
HALTED = "{halted} gestopt, tot iemand het laat doorgaan"
WHY = "{count} × {reason}"
SECONDS, MINUTES, HOURS = ("1 seconde", "{n} seconden"), "{n} minuten", "{n} uur"

FAILURES: Mapping[str, str] = {
    **REASONS,
    "": "reden niet bekend",
    "blocked": "de ontvanger blokkeerde de bot",
    "set_aside": "iemand handelde het zelf af",
    "chat_not_found": "de chat bestaat niet meer",
    "deactivated": "het account bestaat niet meer",
    "user_not_found": "het account bestaat niet meer",
    "forbidden": "de ontvanger laat de bot niet toe",
    "kicked": "de bot is uit de groep gezet",
    "bad_request": "Telegram nam het bericht niet aan",
    "message_gone": "het bericht staat niet meer in de chat",
    "bad_address": "het adres klopt niet",
    "no_form": "het bericht bestaat niet in deze vorm",
    "cannot_be_made": "het bericht kon niet gemaakt worden",
    "channel_closed": "het adres is gesloten",
    "exercise_guard": "oefening en echt mogen niet door elkaar",
    "no_answer": "de mailserver gaf geen antwoord op dit adres",
    "read_timeout": "geen antwoord op tijd; misschien kwam het aan",
    "network": "de verbinding brak; misschien kwam het aan",
    "interrupted": "Schakel stopte midden in het versturen; misschien kwam het aan",
    "dropped_after_data": "de mailserver brak af; misschien kwam het aan",
    "bounced": "de mail kwam terug",
}
SMTP = "de mailserver weigerde ({code})"


def reason_of(code: str) -> str:
    """In words; a code that nobody gave words to stays as it is."""
    if smtp := re.fullmatch(r"smtp_(\d{3})", code):
        return SMTP.format(code=smtp[1])
    return FAILURES.get(code, code)


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
    if one.later:
        lines.append(counted(LATER, one.later))
    if one.halted:
        lines.append(HALTED.format(halted=one.halted))
    for code, count in one.reasons.items():
        lines.append(WHY.format(count=count, reason=reason_of(code)))
    return lines
