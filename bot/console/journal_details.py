"""Dutch words of the details in a line of the journal. A detail without a word is not shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.console import journal_texts
from bot.console.journal_value_texts import in_words

#: what each detail is called
NAMES: Mapping[str, str] = {
    "added": "nieuw",
    "answer": "antwoord",
    "audience": "doelgroep",
    "audiences": "doelgroepen",
    "by": "door",
    "case_seat": "zit in het casusoverleg",
    "channel": "kanaal",
    "code": "code",
    "count": "aantal",
    "days": "dagen",
    "deliveries": "berichten",
    "digest": "rondbrief",
    "dropped": "weggelaten",
    "errors": "fouten",
    "events": "gebeurtenissen",
    "exercise": "oefening",
    "fact": "feit",
    "fallback_of": "in plaats van",
    "facts_version": "wijziging van de feiten",
    "fields": "velden",
    "followed": "opvolging gaat door",
    "groups": "groepen",
    "halted": "gestopt",
    "has_hours": "rusttijd",
    "ids": "aantal",
    "into": "in gebeurtenis",
    "is_planned": "gepland",
    "items": "nieuwsberichten",
    "kind": "soort",
    "kinds": "soorten",
    "language": "taal",
    "lines": "regels",
    "links": "links",
    "merged": "samengevoegd",
    "messages": "berichten",
    "minutes": "minuten",
    "noticed": "opgemerkt",
    "not_before": "op zijn vroegst",
    "of": "van versie",
    "one_domain": "één domein keek",
    "people": "mensen",
    "person": "persoon",
    "phase": "fase",
    "place": "plaats",
    "proposed": "voorgesteld",
    "reached": "bereikt",
    "reason": "reden",
    "reliability": "betrouwbaarheid",
    "role": "recht",
    "rows": "meegegaan",
    "rule": "regel",
    "severity": "ernst",
    "signals": "signalen",
    "step": "stap",
    "suggested": "voorstel",
    "taken_at": "van",
    "tickets": "vragen",
    "topic": "onderwerp",
    "unchanged": "hetzelfde",
    "until": "tot",
    "updated": "gewijzigd",
    "version": "versie",
    "way": "manier",
    "without_facts": "zonder bevestigd feit",
    "words": "woorden",
}


def said_of(detail: Mapping[str, Any]) -> str:
    """Codes and counts in words; long lists of numbers as their length. Pure."""
    said = []
    if "from" in detail and "to" in detail:
        old, new = (journal_texts.STATES.get(detail[key], detail[key]) for key in ("from", "to"))
        said.append(f"{old} → {new}")
    said += [
        f"{NAMES[name]}: {_shown(name, value)}" for name, value in detail.items() if name in NAMES
    ]
    return ", ".join(said)


def _shown(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return in_words(name, str(len(value) if isinstance(value, list | dict) else value))
