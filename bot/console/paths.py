"""What may stand in an address, and the beginnings of addresses with it.

The router learns it when this is imported, so whoever names such an address does that from here.
"""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor

from contacts.outbox import AcknowledgementKind
from contacts.permissions import Permission

#: what cannot be guessed in a link
LINK_PART = "{token:token}"
#: of a person, and of an organisation at an event
PERSONAL_PAGE, EVENT_PAGE = f"/p/{LINK_PART}", f"/o/{LINK_PART}"

#: pages of an event that ask for something else than its status
_TAB_ASKS = {
    "beeld": Permission.SEE_PICTURE, "goedkeuren": Permission.APPROVE_BRIEFING,
    "teksten/schrijven": Permission.EDIT_FACTS, "teksten/vertalen": Permission.EDIT_FACTS,
}  # fmt: skip
#: a longer way back than this is not a page of ours
MAX_WAY_BACK = 200

ACKNOWLEDGEMENTS = {
    "gelezen": AcknowledgementKind.READ,
    "begrepen": AcknowledgementKind.UNDERSTOOD,
}


def tab_asks(tab: str) -> Permission:
    """What a page of an event asks, by its address below the event's own. Pure."""
    return _TAB_ASKS.get(tab, Permission.SEE_STATUS)


def way_back(path: str) -> str:
    """Where to go after signing in: a page of ours, never another site. Pure."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours and len(path) <= MAX_WAY_BACK else "/"


class _TokenConvertor(Convertor[str]):
    """What can be a token at all; anything else is no page of ours."""

    regex = "[A-Za-z0-9_-]{16,64}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _AnswerConvertor(_TokenConvertor):
    regex = "|".join(ACKNOWLEDGEMENTS)


class _NumberConvertor(Convertor[int]):
    """A number of so many figures as one of ours can have.

    It takes the place of the router's own, which takes figures without end: Python makes no
    number of some thousands of them, and says so with an error inside the router.
    """

    regex = "[0-9]{1,10}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("int", _NumberConvertor())
register_url_convertor("token", _TokenConvertor())
register_url_convertor("answer", _AnswerConvertor())
