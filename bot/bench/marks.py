"""How a measured process says that it sends, to whoever decides which one to kill."""

from __future__ import annotations

from pathlib import Path


def sends_mark(config: Path, pid: int) -> Path:
    """The file that stands as long as this process holds the duty to send."""
    return config.parent / f"sends-{pid}"
