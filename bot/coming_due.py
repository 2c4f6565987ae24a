"""What comes due by itself, a transaction for each: closing texts are looked at once more, versions
count as sent, and promises that are over leave what waits.

What goes wrong with one holds up none of the others. Only a closing text that was looked at in the
same round counts as sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from briefings.came_due import LOOKS_AHEAD
from briefings.distribution import distribute_due, versions_due
from briefings.lapsed import drop_past_promises
from briefings.last_look import hold_unheard, hold_unseen, untold_holds
from briefings.rows import BriefingKind
from briefings.versions import closings_due
from contacts.attempts import Attempts
from contacts.records import Database


@dataclass(slots=True)
class Sweep(Attempts):
    """One round. ``looked_at``: the closing texts of which it is known whether they may go;
    ``changed``: how much there is to send or to edit."""

    db: Database
    now: datetime
    changed: int = 0
    looked_at: set[int] = field(default_factory=set)

    async def hold_closings(self) -> None:
        """Stop those that may not leave. What cannot be looked at is tried again until its last
        seconds, and then it is stopped too: by hand it can still go."""
        due = partial(closings_due, by=self.now + LOOKS_AHEAD)
        for closing in await self.attempt("closings_due", self.db.read(), due) or ():
            number = closing.id or 0
            hold = partial(hold_unheard, briefing_id=number, now=self.now)
            held = await self.attempt("hold_closing", self.db.begin(), hold)
            if held is None:
                unseen = partial(hold_unseen, briefing_id=number, now=self.now)
                held = await self.attempt("hold_unseen", self.db.begin(), unseen)
            else:
                self.looked_at.add(number)
            self.changed += bool(held)

    async def tell_holds(self) -> None:
        """People hear of what stands still, each round again until somebody does."""
        waiting = await self.attempt("untold_holds", self.db.read(), untold_holds)
        if not waiting:
            return
        from bot.evening.closing_held import tell_held  # a house that starts sends first

        for number in waiting:
            tell = partial(tell_held, briefing_id=number, now=self.now)
            self.changed += await self.attempt("tell_held", self.db.begin(), tell) or 0

    async def distribute(self) -> None:
        """What has its moment counts as sent."""
        due = await self.attempt("versions_due", self.db.read(), partial(versions_due, by=self.now))
        for version in due or ():
            number = version.id or 0
            if version.kind is BriefingKind.CLOSING and number not in self.looked_at:
                continue
            go = partial(distribute_due, now=self.now, briefing_id=number)
            self.changed += len(await self.attempt("distribute", self.db.begin(), go) or ())

    async def drop_promises(self) -> None:
        drop = partial(drop_past_promises, now=self.now)
        await self.attempt("drop_promises", self.db.begin(), drop)


async def before_sending(db: Database, now: datetime) -> None:
    """What a house that was away has to look at before anything leaves; a fault in it is logged,
    and sending goes on."""
    sweep = Sweep(db, now)
    await sweep.drop_promises()
    await sweep.hold_closings()
    await sweep.tell_holds()


async def sweep_due(db: Database, now: datetime) -> Sweep:
    """One round of all of it."""
    sweep = Sweep(db, now)
    await sweep.hold_closings()
    await sweep.tell_holds()
    await sweep.distribute()
    await sweep.drop_promises()
    return sweep
