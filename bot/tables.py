"""All tables of the store, by the modules that hold them."""

from __future__ import annotations

import asyncio
from importlib import import_module

MODULES = (
    "bot.exercise.rows",
    "bot.key_rows",
    "bot.rows",
    "bot.upload_rows",
    "briefings.city_lines",
    "briefings.clock_rows",
    "briefings.learning.digest_rows",
    "briefings.learning.rows",
    "briefings.learning.survey_rows",
    "briefings.link_rows",
    "briefings.overleg.rows",
    "briefings.rows",
    "contacts.calling",
    "contacts.consent",
    "contacts.former_names",
    "contacts.gaps",
    "contacts.importing.batches",
    "contacts.list_check",
    "contacts.meeting",
    "contacts.outbox",
    "contacts.rota_rows",
    "contacts.successors",
    "feeds.rows",
    "signals.allowed_rows",
    "signals.help_count_rows",
    "signals.help_rows",
    "signals.peer_rows",
    "signals.rows",
)


def load_tables() -> None:
    """So that whoever goes through all tables finds them all."""
    for name in MODULES:
        import_module(name)


async def load_tables_in_turns() -> None:
    """The same beside other work: a module takes up to a twentieth of a second. Not in a thread:
    the store's library adds no table while another thread asks for rows."""
    for name in MODULES:
        import_module(name)
        await asyncio.sleep(0)
