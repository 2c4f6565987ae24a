"""Addresses with which one click ends the mails to an address (RFC 8058), and cannot be forged."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

PLACE = "/uit/"
#: the number of the delivery and 128 bits of a signature
TOKEN = re.compile(r"([0-9]{1,15})-([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """Makes and reads them. Nothing is stored: the signature says that we made it.

    :param base: where the pages live.
    :param key: secret, the same for making and reading.
    """

    base: str
    key: bytes

    def address(self, delivery_id: int) -> str:
        return f"{self.base.rstrip('/')}{PLACE}{delivery_id}-{self._sign(delivery_id)}"

    def read(self, token: str) -> int | None:
        """The delivery, or None when it is none of ours."""
        found = TOKEN.fullmatch(token)
        if found is None or not hmac.compare_digest(found[2], self._sign(int(found[1]))):
            return None
        return int(found[1])

    def _sign(self, delivery_id: int) -> str:
        return hmac.digest(self.key, b"unsubscribe:%d" % delivery_id, "sha256").hex()[:32]
