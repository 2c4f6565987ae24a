"""One of several cities, as the parent knows it: its files and its processes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.cities.child import Child
from bot.cities.claims import Claims

#: of each file: its name, when it was written, and which one it is
Stamp = tuple[tuple[str, int, int], ...]


@dataclass
class City:
    """One configuration, with the process that works for it and the one that will."""

    path: Path
    child: Child | None = None
    successor: Child | None = None
    files: tuple[str, ...] = ()
    stamp: Stamp = ()
    falls: int = 0
    due: float | None = None
    faults: tuple[str, ...] = ()
    is_leaving: bool = False

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def claims(self) -> Claims | None:
        return self.child.claims if self.child else None


def cities_in(folder: Path) -> list[Path]:
    """The configurations, by name. Hidden files are none."""
    return sorted(path for path in folder.glob("*.toml") if path.name[0] != "." and path.is_file())


def stamp_of(files: tuple[str, ...]) -> Stamp:
    """Differs as soon as one of them was written; what is not there counts too."""
    found = []
    for name in files:
        try:
            stat = Path(name).stat()
            found.append((name, stat.st_mtime_ns, stat.st_ino))
        except OSError:
            found.append((name, 0, 0))
    return tuple(found)
