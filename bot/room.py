"""Whether there is room left to write: without it nothing is kept, and not even a sign of life."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from bot.config import Config

#: bytes; an evening of a city is a tenth of it, so that there is time to make room
LEAST = 50_000_000


@dataclass(frozen=True, slots=True)
class Shortage:
    """``free`` bytes on the disk of this folder, which is too little."""

    folder: Path
    free: int


def shortages(config: Config) -> list[Shortage]:
    """Folders to write in with less than :data:`LEAST` left, one of each disk."""
    folders = [config.state_dir]
    address = make_url(config.database.url)
    if address.get_backend_name() == "sqlite":
        folders.insert(0, Path(str(address.database)).parent)
    found: dict[int, Shortage] = {}
    for folder in folders:
        there = next((at for at in (folder, *folder.absolute().parents) if at.exists()), None)
        if there is None:
            continue
        try:
            disk, free = there.stat().st_dev, shutil.disk_usage(there).free
        except OSError:  # said by whoever writes there
            continue
        if free < LEAST:
            found.setdefault(disk, Shortage(folder, free))
    return list(found.values())
