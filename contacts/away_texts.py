"""What to do when a channel is away or a part stands still: one advice, said anywhere."""

from collections.abc import Collection

from contacts.directory import ChannelKind
from contacts.texts import CHANNELS

#: nobody can bring Telegram or a mail server back; what waits goes by itself
WAIT = "U hoeft niets te doen. Duurt het langer dan een uur? Bel de beheerder."
RESTART = "Herstart Schakel, of bel de beheerder: die kijkt in het logboek."
_BOT = "Bel de beheerder: die controleert het token van de bot (SCHAKEL_TELEGRAM_TOKEN)."
_MAIL = "Bel de beheerder: die kijkt de instellingen bij [mail] na."
#: by the reason of a pause, and by what is wrong with reading Telegram
_ADVICE = {
    "hangs": RESTART,
    "token": _BOT,
    "wrong_token": _BOT,
    "conflict": "Bel de beheerder: die stopt het andere programma.",
    "undelivered": "Bel de beheerder: die controleert de webserver en [web] base_url.",
    "login_refused": _MAIL,
    "no_tls": _MAIL,
    "sender_refused": _MAIL,
    "wrong_settings": _MAIL,
}
_GOES_ON = "{other} gaat door. "
_SAFE = "{goes_on}Niemand krijgt iets dubbel. {advice}"


def what_to_do(reason: str) -> str:
    """One or two sentences. Pure."""
    return _ADVICE.get(reason, WAIT)


def advice(reason: str, channel: str, sends_by: Collection[ChannelKind]) -> str:
    """The same, with what goes on meanwhile, for a message about this channel. Pure.

    :param sends_by: the kinds of channel that are set up: another one goes on only then.
    """
    others = [CHANNELS[kind] for kind in ChannelKind if kind in sends_by and kind != channel]
    goes_on = "".join(_GOES_ON.format(other=other) for other in others)
    return _SAFE.format(goes_on=goes_on, advice=what_to_do(reason))
