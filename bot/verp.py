"""Addresses that say which delivery a bounce or a reply is about (VERP), and cannot be forged.

``antwoord@school.example`` becomes ``antwoord+d1z.0123abcd@school.example``.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from bot.base36 import base36

_MARK = re.compile(r"\+d([0-9a-z]{1,13})\.([0-9a-f]{8})@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verp:
    """Makes and reads such addresses.

    :param base: the mailbox that gets the replies and bounces.
    :param key: secret, the same for sending and reading.
    """

    base: str
    key: bytes

    def address(self, delivery_id: int) -> str:
        """The address that belongs to this delivery."""
        local, _, domain = self.base.rpartition("@")
        number = base36(delivery_id)
        return f"{local}+d{number}.{self._sign(number)}@{domain}"

    def read(self, address: str) -> int | None:
        """The delivery that an address names, or None when there is none or it is forged."""
        found = _MARK.search(address)
        if found is None:
            return None
        number, sign = found[1].lower(), found[2].lower()
        if not hmac.compare_digest(sign, self._sign(number)):
            return None
        return int(number, 36)

    def _sign(self, number: str) -> str:
        return hmac.digest(self.key, b"verp:" + number.encode(), "sha256").hex()[:8]
