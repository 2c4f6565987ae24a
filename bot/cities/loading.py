"""What every city shares: code and word lists, loaded by the parent before the first fork.

Nothing here may depend on a city, and nothing may start a thread: a fork takes only the thread
that forks. Printing one sheet would start one, so only its library is loaded.
"""

from __future__ import annotations

import gc
import importlib
from contextlib import suppress

from bot.settling import load_quickly

NEEDED = (
    "apscheduler.schedulers.asyncio", "bot.console.printing", "bot.departments", "bot.run",
    "briefings.proofing", "holidays",
)  # fmt: skip
#: extras, and what needs a library of the machine
WHERE_THERE_IS = ("bot.election", "bot.picture_drawing", "psycopg", "weasyprint")


def load_everything() -> None:
    """Once; the garbage collector leaves it alone afterwards, so that it stays shared."""
    load_quickly()
    for name in NEEDED:
        importlib.import_module(name)
    for name in WHERE_THERE_IS:
        with suppress(ImportError, OSError):
            importlib.import_module(name)
    from sqlalchemy.orm import configure_mappers

    _read_word_lists()
    configure_mappers()
    # Not collected before: holes in these pages would be filled, and so copied, by each city.
    gc.freeze()
    gc.enable()


def _read_word_lists() -> None:
    """The dictionary, and names of the whole country."""
    from signals import dutch_words

    dutch_words.is_form("huis")
    dutch_words.first_names()
    dutch_words.family_names()
    dutch_words.places()
