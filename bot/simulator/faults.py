"""Scripted faults and Telegram's limits, as the simulated Bot API applies them. Pure."""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass, field
from typing import Literal, get_args

FaultKind = Literal[
    "too_many", "bad_request", "forbidden", "bad_gateway", "server_error", "hang", "hang_after",
    "drop_before", "drop_after", "migrate",
]  # fmt: skip
#: the call is carried out, and only then goes wrong
AFTERWARDS = frozenset({"drop_after", "hang_after"})


@dataclass
class Fault:
    """What goes wrong, for which calls, how often.

    ``seconds``: retry_after of *too_many*, length of *hang* and *hang_after*. ``text``: the
    description of *bad_request* and *forbidden*. ``to``: the new chat of *migrate*.
    ``times`` None: for ever. ``method`` in any case; None fits every method, also getUpdates.

    :raises ValueError: a kind that does not exist.
    """

    kind: FaultKind
    method: str | None = None
    chat_id: int | None = None
    times: int | None = 1
    chance: float = 1.0
    seconds: float = 1.0
    text: str = ""
    to: int = 0

    def __post_init__(self) -> None:
        if self.kind not in get_args(FaultKind):
            raise ValueError(f"no such fault: {self.kind!r}; there is {get_args(FaultKind)}")

    def fits(self, method: str, chat_id: int | None) -> bool:
        return (
            self.times != 0
            and (self.method is None or self.method.lower() == method.lower())
            and self.chat_id in (None, chat_id)
        )


@dataclass
class Faults:
    """The script; chances are drawn from a seeded generator so that a run can be repeated."""

    script: list[Fault] = field(default_factory=list)
    seed: int = 1

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  (chance of a fault)

    def add(self, fault: Fault) -> None:
        self.script.append(fault)

    def clear(self) -> None:
        self.script.clear()

    def draw(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault for this call, if any; it is used up."""
        for fault in self.script:
            if fault.fits(method, chat_id) and self._random.random() < fault.chance:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None


@dataclass
class Limits:
    """``per_s`` messages in any sliding second over all chats, and one a second per chat with
    a burst of ``chat_burst``: at most that many in as many seconds. 0 switches a limit off.
    """

    per_s: int = 30
    chat_burst: int = 5
    _all: deque[float] = field(default_factory=deque)
    _chats: dict[int, deque[float]] = field(default_factory=dict)

    def retry_after(self, chat_id: int, at: float) -> int:
        """0 when the call may pass (it is counted then), else whole seconds to wait."""
        while self._all and self._all[0] <= at - 1.0:
            self._all.popleft()
        if self.per_s and len(self._all) >= self.per_s:
            return 1
        mine = self._chats.setdefault(chat_id, deque())
        while mine and mine[0] <= at - self.chat_burst:
            mine.popleft()
        if self.chat_burst and len(mine) >= self.chat_burst:
            return max(1, math.ceil(mine[0] + self.chat_burst - at))
        self._all.append(at)
        mine.append(at)
        return 0

    def off(self) -> None:
        """No limits at all."""
        self.per_s = self.chat_burst = 0
