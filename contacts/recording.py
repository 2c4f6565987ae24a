"""What came back and does not stand in the rows yet: all of it at a time, and one by one where
that fails, so that an outcome that the store refuses holds up no other."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contacts.departing import Means
from contacts.directory import ChannelKind
from contacts.outcomes import Result, record
from contacts.pausing import Doubts
from contacts.records import STORE_AWAY

log = logging.getLogger(__name__)

#: an outcome that the store refuses this often, so long after each other, is left to recovery
TRIES, AGAIN = 20, timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True)
class _Refusals:
    """How often the store refused an outcome, and when it is tried again."""

    times: int
    again_at: datetime


class Recording:
    """The outcomes of one channel, until they are written down."""

    def __init__(self, kind: ChannelKind, means: Means) -> None:
        self._kind, self._means = kind, means
        self._done: list[Result] = []
        self._refused: dict[int, _Refusals] = {}
        self._doubts = Doubts()

    @property
    def waiting(self) -> set[int]:
        """Deliveries whose outcome is not written down yet."""
        return {result.delivery_id for result in self._done}

    @property
    def chats(self) -> set[str]:
        """Nothing goes there before: what must be retried comes first."""
        return {result.chat for result in self._done}

    def put_down(self, result: Result) -> None:
        self._done.append(result)

    async def write(self) -> None:
        """Write down what came back so far.

        :raises Exception: the store is away, and everything waits for it.
        """
        now = self._means.clock()
        fresh = [one for one in self._done if one.delivery_id not in self._refused]
        alone = [
            one
            for one in self._done
            if (before := self._refused.get(one.delivery_id)) and before.again_at <= now
        ]
        is_there = False
        try:
            if fresh:
                await self._store(fresh)
                is_there = True
        except Exception:
            log.exception("A batch was not stored", extra={"action": "record_failed"})
            alone = [*fresh, *alone]
        await self._one_by_one(alone, is_there=is_there)

    async def _one_by_one(self, results: Sequence[Result], *, is_there: bool) -> None:
        for result in results:
            try:
                await self._store([result])
                is_there = True
            except Exception as error:
                if isinstance(error, STORE_AWAY) and not is_there:
                    # Behind the others: with one of those stored it is this one that is refused.
                    self._done.sort(key=lambda one: one is result)
                    raise
                self._refuse(result, error)

    def _refuse(self, result: Result, error: Exception) -> None:
        ident, before = result.delivery_id, self._refused.get(result.delivery_id)
        times = 1 if before is None else before.times + 1
        if times < TRIES:
            self._refused[ident] = _Refusals(times, self._means.clock() + AGAIN)
            return
        log.error(
            "An outcome was not stored; recovery will call it uncertain",
            extra={"action": "outcome_lost", "kind": type(error).__name__},
        )
        self._means.departure_log.never_settled(ident)
        self._forget([result])

    async def _store(self, results: Sequence[Result]) -> None:
        means, doubts = self._means, self._doubts.copy()
        async with means.begin() as session:
            await record(
                session, self._kind, results, settings=means.settings,
                sealer=means.sealer, chance=means.chance, doubts=doubts, now=means.clock(),
            )  # fmt: skip
        self._doubts = doubts
        self._forget(results)

    def _forget(self, results: Sequence[Result]) -> None:
        gone = {result.delivery_id for result in results}
        self._done = [result for result in self._done if result.delivery_id not in gone]
        for ident in gone:
            self._refused.pop(ident, None)
