"""What a backup says about itself, and how its parts are called."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from bot.backup.sealed_file import BackupError
from contacts.settings import Frozen

MANIFEST, KEY, SQLITE = "manifest.json", "secret.key", "database.sqlite3"
TABLES = "tables/"
VERSIONS = "alembic_version"
#: tables beside ours, of the engine that wakes workers: made by itself, and they hold no truth
ENGINE = "procrastinate_"


def is_ours(table: str) -> bool:
    """Whether a table belongs to the installation and not to the engine."""
    return not table.startswith(ENGINE)


class Table(Frozen):
    """One table of PostgreSQL: the order of its columns in the file."""

    name: str
    columns: tuple[str, ...]


class Manifest(Frozen):
    """``counts``: rows per table at that moment. ``revision``: the version of the tables."""

    made_at: datetime
    version: str
    engine: str
    revision: str
    counts: dict[str, int]
    tables: tuple[Table, ...] = ()

    @property
    def rows(self) -> int:
        return sum(self._own_counts.values())

    @property
    def tables_counted(self) -> int:
        return len(self._own_counts)

    @property
    def _own_counts(self) -> dict[str, int]:
        """A file of SQLite also brings the one row with its version, which nobody calls a row."""
        return {name: count for name, count in self.counts.items() if name != VERSIONS}


def read_manifest(text: bytes) -> Manifest:
    """:raises BackupError: it is not what we write."""
    try:
        return Manifest.model_validate_json(text)
    except ValidationError:
        raise BackupError("damaged") from None
