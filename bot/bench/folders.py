"""A folder for one measurement that is gone afterwards, also when the measuring is killed.

``python -m bot.bench.folders FOLDER`` waits until its standard input closes, which it does however
the other side ends, and then removes the folder.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "schakel-bench-"
#: what was measured may still be ending, and write meanwhile
TRIES, LOOK_S = 50, 0.2


@contextmanager
def bench_folder() -> Iterator[Path]:
    """A new folder, and a process of its own that removes it."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    sweeper = subprocess.Popen(  # noqa: S603  (words of our own, no shell)
        [sys.executable, "-m", "bot.bench.folders", str(folder)],
        stdin=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        assert sweeper.stdin is not None
        sweeper.stdin.close()
        sweeper.wait()


def sweep(folder: Path) -> None:
    """Remove it, and what somebody still writes into it."""
    for _ in range(TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(LOOK_S)


if __name__ == "__main__":
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    sys.stdin.read()
    sweep(Path(sys.argv[1]))
