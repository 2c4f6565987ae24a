"""A PostgreSQL of one's own in a temporary folder, reachable by a socket there and nowhere else."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

USER = "schakel"


def binaries() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``, the newest where there are several."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def start_cluster(options: Sequence[str] = ()) -> Path:
    """A new cluster without databases of ours; returns its folder.

    :param options: settings as PostgreSQL writes them, ``fsync=off``.
    :raises LookupError: PostgreSQL is not installed.
    """
    tools = binaries()
    if tools is None:
        raise LookupError("no initdb")
    folder = Path(tempfile.mkdtemp(prefix="schakel-pg-", dir="/tmp"))
    if not os.geteuid():
        shutil.chown(folder, "postgres")
    data = folder / "data"
    _run(tools / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
    own = ("listen_addresses=", f"unix_socket_directories={folder}")
    words = " ".join(f"-c {option}" for option in (*options, *own))
    _run(tools / "pg_ctl", "-D", data, "-l", folder / "log", "-o", words, "-w", "start")
    return folder


def stop_cluster(folder: Path) -> None:
    """At once, and nothing of it stays."""
    tools = binaries()
    assert tools is not None
    _run(tools / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def address(folder: Path, name: str) -> str:
    """The URL of a database in it. Pure."""
    return f"postgresql+psycopg://{USER}@/{name}?host={folder}"


@contextmanager
def private_cluster() -> Iterator[Path | None]:
    """One that flushes as a real one does; None where PostgreSQL is not installed."""
    if binaries() is None:
        yield None
        return
    folder = start_cluster()
    try:
        yield folder
    finally:
        stop_cluster(folder)


def _run(*words: str | Path) -> None:
    """PostgreSQL refuses to run as root: then it runs as the user of its Debian package."""
    as_user = [] if os.geteuid() else ["runuser", "-u", "postgres", "--"]
    command = [*as_user, *map(str, words)]
    # Words of our own, no shell.
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
