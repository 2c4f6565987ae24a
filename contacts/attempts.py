"""A round of several steps: what goes wrong with one holds up none of the others."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(slots=True)
class Attempts:
    """What went wrong in a round, to be raised when the rest of it is done."""

    faults: list[Exception] = field(default_factory=list, kw_only=True)

    async def attempt(
        self,
        step: str,
        opened: AbstractAsyncContextManager[AsyncSession],
        work: Callable[[AsyncSession], Awaitable[T]],
    ) -> T | None:
        """Do it in a transaction of its own, or a savepoint; None when it failed, which is logged
        and kept."""
        try:
            async with opened as session:
                return await work(session)
        except Exception as error:
            log.exception("A step failed", extra={"action": "step_failed", "step": step})
            self.faults.append(error)
            return None

    def raise_first(self) -> None:
        """A round that goes wrong each time has an old heartbeat, and that tells a person."""
        if self.faults:
            raise self.faults[0]


@asynccontextmanager
async def part_of(session: AsyncSession) -> AsyncIterator[AsyncSession]:
    """A part of a transaction that is undone alone; its locks are those of the whole."""
    async with session.begin_nested():
        yield session
