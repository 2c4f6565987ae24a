"""Dutch of every code that says why a message, a text, an address or a channel goes no further.

One list for everybody who reads it: pages, chat, notices and the command line. The codes are
written by the transports, the outbox, the mailbox and whoever halts a text; *tests/
test_reason_texts.py* walks through them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

#: why a text stands still before anybody has it; these may stand behind *want*
HALTED: Mapping[str, str] = {
    "signals_wait": "er kwam een signaal bij dat nog geen antwoord heeft",
    "not_looked": "Schakel kon niet nagaan of er een signaal bij kwam",
    "signals_changed": "de signalen veranderden na deze tekst",
}
#: why a whole channel waits
PAUSED: Mapping[str, str] = {
    "too_many_requests": "te veel berichten achter elkaar",
    "not_reachable": "geen verbinding",
    "busy": "de mailserver heeft het te druk",
    "wrong_token": "het token van de bot klopt niet",
    "conflict": "een ander programma gebruikt dezelfde bot",
    "login_refused": "de mailserver weigert de aanmelding",
    "no_tls": "de mailserver biedt geen veilige verbinding",
    "sender_refused": "de mailserver weigert ons afzenderadres",
    "wrong_settings": "onze eigen instellingen voor e-mail kloppen niet",
}
WORDS: Mapping[str, str] = {
    **HALTED,
    **PAUSED,
    # A person, or the course of things, decided.
    "by_hand": "een collega stopte het",
    "restored": "teruggezet van een back-up; misschien was het al verstuurd",
    "repeat_called_off": "afgezegd; misschien kwam het eerder al aan",
    "overleg_changed": "het overleg veranderde",
    "is_over": "het ging over iets dat voorbij is",
    "set_aside": "iemand handelde het zelf af",
    # The address does not take it.
    "blocked": "de ontvanger blokkeerde de bot",
    "chat_not_found": "de chat bestaat niet meer",
    "user_not_found": "het account bestaat niet meer",
    "deactivated": "het account bestaat niet meer",
    "forbidden": "de ontvanger laat de bot niet toe",
    "kicked": "de bot is uit de groep gezet",
    "no_rights": "de bot mag in deze groep niet schrijven",
    "bad_address": "het adres klopt niet",
    "channel_closed": "het adres is gesloten",
    "no_answer": "de mailserver gaf geen antwoord op dit adres",
    # The text is not taken.
    "bad_request": "Telegram nam het bericht niet aan",
    "cannot_parse": "de opmaak van de tekst klopt niet",
    "too_long": "de tekst is te lang voor Telegram",
    "empty": "de tekst is leeg",
    "button": "een knop onder de tekst klopt niet",
    "message_gone": "het bericht staat niet meer in de chat",
    "nothing_to_edit": "er staat geen bericht in de chat om te wijzigen",
    "mail_is_final": "een mail is niet te wijzigen",
    # It lies with us.
    "unreadable_address": "het bewaarde adres gaat niet meer open",
    "no_form": "het bericht bestaat niet in deze vorm",
    "link_without_event": "de tekst vraagt een link die er voor deze ontvanger niet is",
    "cannot_be_made": "het bericht kon niet gemaakt worden",
    "exercise_guard": "oefening en echt mogen niet door elkaar",
    "store_busy": "de opslag van Schakel gaf geen antwoord",
    "channel_held": "het kanaal lag stil",
    # Nobody knows.
    "read_timeout": "geen antwoord op tijd; misschien kwam het aan",
    "network": "de verbinding brak; misschien kwam het aan",
    "interrupted": "Schakel stopte midden in het versturen; misschien kwam het aan",
    "dropped_after_data": "de mailserver brak af; misschien kwam het aan",
}
UNSAID = "reden niet bekend"
#: by how a code begins that ends with what the other side, or our own program, said
_BEGIN: Mapping[str, str] = {
    "smtp_": "de mailserver weigerde ({rest})",
    "bounce_": "de mail kwam terug ({rest})",
    "transport_": "er ging iets mis bij het versturen; misschien kwam het aan ({rest})",
}
_LONG_CODE = re.compile(rf"({'|'.join(_BEGIN)})(.+)", re.DOTALL)
#: a code of another version of Schakel; whoever helps can look it up
_OTHER = "andere reden ({code})"


def known_reason(code: str) -> str | None:
    """In words, or None for what has none. Pure."""
    if found := _LONG_CODE.fullmatch(code):
        return _BEGIN[found[1]].format(rest=found[2])
    return WORDS.get(code)


def reason_of(code: str | None) -> str:
    """In words, whatever it is. Pure."""
    if not code:
        return UNSAID
    return known_reason(code) or _OTHER.format(code=code)
