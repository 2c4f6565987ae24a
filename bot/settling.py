"""What a process does once everything it needs is loaded."""

from __future__ import annotations

import gc


def load_quickly() -> None:
    """Until :func:`settle_memory`: what is being loaded stays, so looking for waste is waste.

    A sixth of a start went to it.
    """
    gc.disable()


def settle_memory() -> None:
    """What is loaded by now stays for good: spare the garbage collector from looking at it again.

    A page that plans for thousands of people took a third less time with it.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
