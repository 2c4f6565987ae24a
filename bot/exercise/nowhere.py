"""The addresses of whom the machine plays: they cannot exist, and nothing to them is sent.

Apart from what the machine does, because a house that starts again needs only this at once.
"""

from __future__ import annotations

from contacts.directory import Domain
from contacts.transport import Outcome, Outgoing, Sent, Transport, Unknown, leaves

#: RFC 2606: nobody's, ever
NOWHERE = "@speler.invalid"
#: of its partner in this domain nobody knows whether the first text came, so that people can
#: practise what they do then
IN_DOUBT = f"{Domain.CIVIL}-"


class Played:
    """The mail of the house, except to whom the machine plays: that stays here."""

    def __init__(self, inner: Transport) -> None:
        self._inner, self.kind = inner, inner.kind
        self.tells_leaving, self.at_once = inner.tells_leaving, inner.at_once
        #: after a new start the next text is in doubt once more, which harms nobody
        self._doubted: set[str] = set()

    async def send(self, outgoing: Outgoing) -> Outcome:
        if not (outgoing.is_exercise and outgoing.address.endswith(NOWHERE)):
            return await self._inner.send(outgoing)
        leaves()
        if self._is_first_text(outgoing):
            self._doubted.add(outgoing.address)
            return Unknown("dropped_after_data")
        return Sent(f"speler-{outgoing.delivery_id}")

    def _is_first_text(self, outgoing: Outgoing) -> bool:
        """To the partner of whom it stays uncertain; sent again it comes."""
        is_theirs = outgoing.address.startswith(IN_DOUBT) and outgoing.is_distributed
        return is_theirs and not outgoing.is_repeat and outgoing.address not in self._doubted

    async def close(self) -> None:
        await self._inner.close()
