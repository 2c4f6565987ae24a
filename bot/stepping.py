"""The clock of the machine is put back: what waited for a moment would wait that long again.

A machine that starts with its clock ahead and is put right by NTP would otherwise send nothing and
look at nothing for as long as the step, while every part seems to be on time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: a smaller step is waited out
LEAST = timedelta(seconds=5)


@dataclass(slots=True)
class ClockWatch:
    """Compares the clock on the wall with the seconds that really passed.

    :param wall: what the clock says now.
    :param ran: seconds of a clock that nobody puts back, such as ``loop.time()``.
    """

    wall: datetime
    ran: float

    def put_back(self, wall: datetime, ran: float) -> timedelta:
        """By how much the clock was put back since the last look; zero when it was not, or less
        than :data:`LEAST`."""
        expected = self.wall + timedelta(seconds=ran - self.ran)
        self.wall, self.ran = wall, ran
        back = expected - wall
        return back if back > LEAST else timedelta(0)
