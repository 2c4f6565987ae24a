"""``python -m tests.small_cities FOLDER``: the real parent over cities that do next to nothing.

What a city does is the first line of its file, after a ``#``. Waits are a hundred times shorter.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Never

from bot.cities import parent, standing
from bot.cities.child import Door
from bot.cities.claims import Claims

standing.FIRST_S = 0.01
vars(parent)["LONGEST_S"] = 0.6
parent.END_S = 0.4
FALLS = 6


def live(path: Path, door: Door) -> int:
    what = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    own = path.with_suffix("")
    own.mkdir(exist_ok=True)
    if what == "raises":
        raise RuntimeError(what)
    mine = Claims(path.stem, "", str(own), "", 0, "", "", "")
    if not door.may_go(mine, [str(path)]):
        return 0
    if what == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if what == "falls" or (what == "recovers" and fell(own) < FALLS):
        return 7
    if what == "reloads":
        os.kill(os.getpid(), signal.SIGHUP)
    if what == "holds":
        say(f"{path.stem} holds {len(list(Path('/proc/self/fd').iterdir()))}")
    # Until a signal, or until the parent is gone: a test that fails leaves nothing behind.
    os.read(door.hear_from, 1)
    return 0


def fell(own: Path) -> int:
    """How often it did before this time."""
    with (own / "falls").open("a+", encoding="utf-8") as out:
        out.write("x")
        out.seek(0)
        return len(out.read()) - 1


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def full(*_: object) -> Never:
    """A machine that has no room for a process."""
    raise OSError


if __name__ == "__main__":
    fork = os.fork
    if sys.argv[2:] == ["full"]:
        # As long as a city stands there that is called so.
        os.fork = lambda: full() if (Path(sys.argv[1]) / "full").exists() else fork()
    sys.exit(parent.Parent(Path(sys.argv[1]), live, part="all", say=say).run())
