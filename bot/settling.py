"""What a process does once everything it needs is loaded."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: so many new objects are looked through at a time, and what stayed is not looked at again
LOADING = (20_000, 10**6, 10**6)
#: seldom enough that a page is not looked through several times while it is made, and everything
#: once in a million new objects: that takes a twentieth of a second, in which every page waits
USUAL = (2000, 10, 50)
#: so long a thread may go on while another waits, as Python has it
TURN_S = 0.005
#: what makes an import say that there is no such module
NOT_THERE: Any = None


def load_quickly() -> None:
    """Until :func:`settle_memory`: nearly all that is being loaded stays, so look for waste rarely.

    The usual way a sixth of a start went to it. Not looking at all left a third of the objects as
    waste, and to look through everything at the end took 0.13 s in which nothing was sent or read;
    this way the longest look takes 5 ms.
    """
    gc.set_threshold(*LOADING)
    # httpx comes with a command line that nobody here uses, and that with rich, pygments and
    # click: it looks whether they are there, and goes without.
    sys.modules.setdefault("httpx._main", NOT_THERE)


def settle_memory() -> None:
    """What is loaded by now stays for good: spare the garbage collector from looking at it again.

    A page that plans for thousands of people took a third less time with it.
    """
    gc.collect(0 if gc.get_threshold() == LOADING else 2)
    gc.freeze()
    gc.set_threshold(*USUAL)


@contextmanager
def quick_turns() -> Iterator[None]:
    """While a thread loads: the others wait a tenth as long for a turn.

    Each read of a socket is a turn, and so is each answer of the store: marking a batch took 0.3 s
    beside the loading, and answers that had been read waited for others to be read.
    """
    sys.setswitchinterval(TURN_S / 10)
    try:
        yield
    finally:
        sys.setswitchinterval(TURN_S)
