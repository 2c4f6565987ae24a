"""What the outside world saw of the bot: the judge of lost, twice and too fast. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

#: the calls that put a new message in a chat
SENDS = frozenset({"sendmessage", "senddocument", "sendphoto"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``at``: monotonic seconds.

    ``outcome``: ``ok``, the code of a refusal, or the kind of a scripted fault. ``accepted``:
    it was carried out, whatever the bot was told about it. ``message_id``: the message that
    it made or changed.
    """

    at: float
    method: str
    chat_id: int | None
    text: str | None
    outcome: str
    accepted: bool
    message_id: int | None = None


@dataclass
class Journal:
    """Every request but ``getUpdates``, which is only counted in ``polls``."""

    calls: list[Call] = field(default_factory=list)
    polls: int = 0

    def accepted(self, chat_id: int | None = None) -> list[Call]:
        """Messages that arrived, as the other side saw them."""
        return [
            call
            for call in self.calls
            if call.accepted and call.method.lower() in SENDS and chat_id in (None, call.chat_id)
        ]

    def most_in_any_second(self, chat_id: int | None = None) -> int:
        """The largest number of messages that arrived within any sliding second."""
        return most_within(1.0, (call.at for call in self.accepted(chat_id)))

    def repeated(self) -> dict[tuple[int | None, str | None], int]:
        """(chat, text) that arrived more than once, and how often."""
        counts = Counter((call.chat_id, call.text) for call in self.accepted())
        return {what: count for what, count in counts.items() if count > 1}


def most_within(seconds: float, times: Iterable[float]) -> int:
    """The most ``times`` in any half-open window of ``seconds``."""
    ordered = sorted(times)
    most = start = 0
    for end, at in enumerate(ordered):
        while ordered[start] <= at - seconds:
            start += 1
        most = max(most, end - start + 1)
    return most
