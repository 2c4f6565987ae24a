"""What every city shares: code and word lists, loaded by the parent before the first fork.

Nothing here may depend on a city, and nothing may start a thread: a fork takes only the thread
that forks. Printing one sheet would start one, so only its library is loaded.
"""

from __future__ import annotations

import gc
import importlib
import logging
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

NEEDED = (
    "apscheduler.schedulers.asyncio", "bot.console.printing", "bot.departments", "bot.run",
    "briefings.proofing", "holidays",
)  # fmt: skip
#: extras, and what needs a library of the machine
WHERE_THERE_IS = ("bot.election", "bot.picture_drawing", "psycopg", "weasyprint")


def load_everything() -> None:
    """Once; the garbage collector leaves it alone afterwards, so that it stays shared."""
    gc.disable()
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
    if (count := threads_here()) > 1:
        log.warning("The parent has %s threads", count, extra={"action": "parent_threads"})


def _read_word_lists() -> None:
    """The dictionary; each city sorts the names with the words of its own places."""
    from signals import dutch_words

    dutch_words.is_form("huis")


def threads_here() -> int:
    """How many threads this process has; a fork takes one along."""
    tasks = Path("/proc/self/task")
    return sum(1 for _ in tasks.iterdir()) if tasks.is_dir() else 1
