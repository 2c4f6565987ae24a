"""What a permanent refusal is about: the address, this one mail, or our own set-up. Pure.

Closing an address is for ever, and a fault of our own is said to every recipient in turn;
so an address is closed only when the server says that it does not exist.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Fault(StrEnum):
    """What is wrong."""

    ADDRESS = "address"
    MAIL = "mail"
    OURS = "ours"


#: the first word of the answer; elsewhere it may be a piece of an IP address
ENHANCED = re.compile(r"[\s#(]*5\.(\d{1,3})\.(\d{1,3})(?![.\d])")
ADDRESS_IN_TEXT = re.compile(r"\S*@\S*")
SET_UP = re.compile(
    r"\b(sender|client|relay\w*|spf|dkim|dmarc|(un)?authenticat\w*)\b", re.IGNORECASE
)
JUDGED = re.compile(
    r"\b(spam\w*|policy|reputation|block(ed|ing|list\w*)|blacklist\w*|banned)\b", re.IGNORECASE
)
LOGIN_NEEDED = 530
#: servers without enhanced codes say with these that they do not know the mailbox
UNKNOWN_MAILBOX = {550, 551, 553}
SENDER_CODES = {(1, 7), (1, 8)}
TOO_BIG = (3, 4)
#: 5.7.x about one closed mailbox or list, of which the others must not have to wait
ONE_RECIPIENT = {(7, 2), (7, 17), (7, 18), (7, 124), *((7, n) for n in range(129, 137))}


def fault_of(code: int, text: str) -> Fault:
    """Judge a 5xx answer.

    :param text: the answer without its code; an enhanced code stands in front.
    """
    given = ENHANCED.match(text)
    number = (int(given[1]), int(given[2])) if given else (0, 0)
    if number in ONE_RECIPIENT:
        return Fault.MAIL
    if code == LOGIN_NEEDED or number[0] == 7 or number in SENDER_CODES:
        return Fault.OURS
    if number == (2, 1) or (number[0] == 1 and number[1] != 0):
        return Fault.ADDRESS
    if number[0] not in {2, 4} and number != TOO_BIG and _names_us(text):
        return Fault.OURS
    if number == (1, 0) or (number == (0, 0) and code in UNKNOWN_MAILBOX):
        return Fault.ADDRESS
    return Fault.MAIL


def is_our_set_up(text: str) -> bool:
    """Whether a refusal of the whole mail is about who sends, and not about what it says."""
    said = ADDRESS_IN_TEXT.sub(" ", text)
    return SET_UP.search(said) is not None and JUDGED.search(said) is None


def _names_us(text: str) -> bool:
    """The recipient's own address does not count."""
    said = ADDRESS_IN_TEXT.sub(" ", text)
    return SET_UP.search(said) is not None or JUDGED.search(said) is not None
