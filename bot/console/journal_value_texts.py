"""Dutch words of the codes behind a detail in the journal; what has no word is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.chat.coordinator.texts import DISMISSALS
from bot.console import contact_texts, texts
from bot.console.calling_texts import REASONS as CALL_REASONS
from briefings import moments
from contacts.reason_texts import WORDS, known_reason
from contacts.texts import CHANNELS
from signals import help_texts
from signals import texts as signal_texts
from signals.rows import SignalKind

#: the answer on a signal, for who reads what happened and not for the reporter
OUTCOMES = {
    "A": "er is iets gedaan", "B": "samen met andere bekeken", "C": "doorgegeven, met toestemming",
    "D": "geen actie nodig", "E": "meer mag niet gezegd", "F": "informatie gegeven",
    "G": "gedeeld als goed voorbeeld",
}  # fmt: skip
WAYS = {"link": "met een link", "account": "met een account", "passkey": "met een passkey"}
CHECKED = {"right": "klopt", "left": "werkt er niet meer"}
MAILS = {
    "bounce": "niet te bezorgen", "delayed": "vertraagd", "reply": "antwoord van een mens",
    "automatic": "automatisch antwoord", "unclear": "onduidelijk", "other": "iets anders",
    "elsewhere": "niet te bezorgen op een ander adres",
    "unreadable": "niet te lezen", "unmatched": "antwoord zonder bekend bericht",
}  # fmt: skip
READ = {"read": "gelezen", "understood": "begrepen"}
#: why something went no further, or who was not let in
WHYS = {
    "address_known": "het adres was al bekend", "arrived": "het kwam toch aan",
    "blocked": "de bot is geblokkeerd", "briefing_withdrawn": "het concept is ingetrokken",
    "edited": "de tekst is gewijzigd", "mail_is_final": "een mail is niet te wijzigen",
    "message_cancelled": "het bericht is vervallen", "moved": "het gesprek is verhuisd",
    "stopped": "deze persoon zei stop", "superseded": "er kwam een nieuwer bericht",
    "too_late": "het was te laat", "version_was_wrong": "in de versie stond een fout",
    "void": "vervallen",
    "no_address": "het account heeft geen adres", "unverified": "het adres is niet bewezen",
    "unknown": "dit adres staat niet op de lijst", "no_right": "deze persoon heeft geen recht",
}  # fmt: skip


def _by_code(*tables: Mapping[Any, str]) -> Mapping[str, str]:
    pairs = [pair for one in tables for pair in one.items()]
    return {str(code): f"{said[:1].lower()}{said[1:]}" for code, said in pairs}


_AUDIENCES = _by_code(texts.AUDIENCES)
_PHASES = _by_code(signal_texts.PHASES)
#: by the name of the detail
VALUES: Mapping[str, Mapping[str, str]] = {
    "answer": CHECKED,
    "audience": _AUDIENCES,
    "audiences": _AUDIENCES,
    "channel": CHANNELS,
    "code": OUTCOMES,
    "kind": {
        **_by_code(
            texts.MESSAGE_KINDS, texts.BRIEFING_KINDS, texts.FACT_HEADINGS, MAILS, READ,
            help_texts.KINDS, signal_texts.KINDS, contact_texts.CONSENTS,
            {SignalKind.UNSORTED: "nog niet gekozen"},
        ),
        **CHANNELS,
    },
    "language": contact_texts.LANGUAGES,
    "phase": _PHASES,
    "proposed": _PHASES,
    "reason": _by_code(WORDS, CALL_REASONS, DISMISSALS, WHYS),
    # Their first letter is a mark.
    "reliability": {str(code): said for code, said in signal_texts.RELIABILITIES.items()},
    "role": _by_code(texts.ROLES),
    "step": _by_code(signal_texts.STEPS),
    "topic": _by_code(help_texts.TOPICS),
    "way": WAYS,
}  # fmt: skip
MOMENTS = frozenset({"until", "taken_at", "not_before"})


def in_words(name: str, value: str) -> str:
    """The word of one code, of several between commas, or a moment. Pure."""
    if name in MOMENTS:
        return _moment(value)
    known = VALUES.get(name, {})
    if value in known:
        return known[value]
    if name == "reason" and (said := known_reason(value)):
        return said
    parts = value.split(", ")
    return ", ".join(known[one] for one in parts) if all(p in known for p in parts) else value


def _moment(value: str) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return moments.moment(at) if at.tzinfo else value
