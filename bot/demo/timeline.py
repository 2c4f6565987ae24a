"""The readable timeline of the demo: when, who, what; with how far the play is."""

from __future__ import annotations

import time

from rich.console import Console
from rich.markup import escape


class Timeline:
    """Prints a line per step. ``steps`` is how many there will be."""

    def __init__(self, steps: int, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._steps, self._done = steps, 0
        self._began = time.monotonic()

    def title(self, text: str) -> None:
        self._console.rule(escape(text))

    def step(self, who: str, what: str) -> None:
        """A step of the play happened."""
        self._done += 1
        elapsed = time.monotonic() - self._began
        filled = min(10, 10 * self._done // self._steps)
        bar = "▓" * filled + "░" * (10 - filled)
        self._console.print(
            f"[dim]{elapsed:6.1f} s {bar}[/dim] [bold]{escape(who):<14}[/bold] {escape(what)}"
        )

    def note(self, text: str) -> None:
        self._console.print(f"[dim]{'':>18}{escape(text)}[/dim]")

    def quote(self, text: str) -> None:
        """What somebody sees on the phone."""
        for line in text.splitlines():
            self._console.print(f"{'':>20}│ {escape(line)}")
