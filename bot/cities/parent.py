"""The parent of several cities: starts one process for each, and starts again what falls.

It has one thread, opens no store and reads no configuration: what it knows of a city is what
the city's own process reported. It sleeps until a signal or the next moment something is due.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.cities import city_texts as texts
from bot.cities.child import SIGNALS, Child, Live, begin, hear
from bot.cities.city import City, cities_in, stamp_of
from bot.cities.claims import doubles
from bot.cities.standing import (
    LONGEST_S,
    RED_AFTER,
    Falling,
    forget_falling,
    note_of,
    wait_after,
    write_falling,
)
from bot.clock import utc_now

log = logging.getLogger(__name__)

#: a house stops within five seconds; systemd waits for twenty
END_S = 15.0
OK, WRONG, MISUSE = 0, 1, 2
Say = Callable[[str], None]


class Parent:
    """All cities of a folder. :meth:`run` until SIGTERM or SIGINT; SIGHUP looks in the folder."""

    def __init__(self, folder: Path, live: Live, *, part: str, say: Say) -> None:
        """:param part: what the processes do, for the note of one that falls."""
        self._folder, self._live, self._part, self._out = folder, live, part, say
        self.cities: dict[str, City] = {}
        self._is_stopping = self._looks_again = False

    def run(self) -> int:
        """The exit code: 2 when the folder cannot be used as it is."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            if not self._open():
                return MISUSE
            while not self._is_stopping or self.cities:
                got = signal.sigtimedwait(SIGNALS, self._sleep_s())
                self._turn(got.si_signo if got else 0)
            log.info("All cities stopped", extra={"action": "cities_stopped"})
            return OK
        finally:
            self._leave_none_behind()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _leave_none_behind(self) -> None:
        """When the folder was refused, or the parent itself failed: who works hands over."""
        working = [child for child in self._children() if child.is_free]
        for child in self._children():
            if child.is_free:
                child.ask_to_end(END_S)
            else:
                child.dismiss()
        while working := [child for child in working if child.has_ended() is None]:
            signal.sigtimedwait({signal.SIGCHLD}, 1.0)
            for child in working:
                if child.ends_by is not None and child.ends_by <= time.monotonic():
                    child.kill()

    # --- starting --------------------------------------------------------------------------

    def _open(self) -> bool:
        """Every city at once; nothing starts when two of them took the same."""
        cities = [City(path) for path in cities_in(self._folder)]
        if not cities:
            self._say(texts.NO_CITIES.format(path=self._folder))
            return False
        self.cities = {city.name: city for city in cities}
        for city in cities:
            city.child = self._fork(city)
        if not hear(child for child in self._children()):
            return True
        taken = {city.name: city.claims for city in cities if city.claims}
        if found := [line for _, _, line in doubles(taken)]:
            for line in [*found, texts.NOTHING_STARTED]:
                self._say(line)
            return False
        for city in cities:
            if city.child is not None:
                self._let_go_or_wait(city)
        if not taken:
            self._say(texts.NOTHING_STARTED)
        return bool(taken)

    def _fork(self, city: City) -> Child | None:
        """None: the machine has no room for another process, and that is tried again."""
        try:
            return begin(city.path, self._live, self._children())
        except OSError as error:
            log.error("No process for %s: %s", city.name, error, extra={"action": "no_process"})
            self._wait_with(city, [texts.NO_ROOM])
            return None

    def _children(self) -> list[Child]:
        found = [child for city in self.cities.values() for child in (city.child, city.successor)]
        return [child for child in found if child is not None]

    def _let_go_or_wait(self, city: City) -> None:
        """The city's process reported: it works, or it is sent home and tried again later."""
        child = city.child
        assert child is not None
        if faults := [*child.faults, *self._shared_by(city, child)]:
            child.dismiss()
            city.child = None
            self._wait_with(city, faults)
            return
        self._note_files(city, child)
        city.faults, city.due = (), None
        if not city.falls:
            self._forget(child)
        child.let_go()
        log.info("City %s: process %s", city.name, child.pid, extra={"action": "city_started"})

    def _note_files(self, city: City, child: Child) -> None:
        city.files = tuple(child.report.get("files", ()))
        city.stamp = stamp_of(city.files)

    def _wait_with(self, city: City, faults: list[str]) -> None:
        city.due = time.monotonic() + LONGEST_S
        if tuple(faults) == city.faults:
            return
        city.faults = tuple(faults)
        log.error("City %s does not start", city.name, extra={"action": "city_refused"})
        self._tell(city, texts.STARTS_NOT, *faults)

    def _shared_by(self, city: City, child: Child) -> list[str]:
        """What this process wants and another city already has."""
        taken = {c.name: c.claims for c in self.cities.values() if c.claims and c is not city}
        mine = {city.name: child.claims} if child.claims else {}
        return [line for one, other, line in doubles(taken | mine) if city.name in (one, other)]

    def _start(self, city: City) -> None:
        city.child = self._fork(city)
        if city.child is not None and hear([city.child]):
            self._let_go_or_wait(city)

    # --- while it runs ---------------------------------------------------------------------

    def _turn(self, signo: int) -> None:
        if signo in (signal.SIGTERM, signal.SIGINT):
            self._stop()
        elif signo == signal.SIGHUP:
            self._look_at_folder()
        for city in list(self.cities.values()):
            self._look_after(city)
        if self._is_stopping:
            return
        if self._looks_again and not any(city.is_leaving for city in self.cities.values()):
            self._looks_again = False
            self._take_in()
        now = time.monotonic()
        for city in self.cities.values():
            if city.child is None and city.due is not None and city.due <= now:
                self._start(city)

    def _sleep_s(self) -> float:
        """Until the next moment at which there is something to do."""
        moments = [moment for city in self.cities.values() for moment in self._moments(city)]
        return max(0.0, min(moments, default=time.monotonic() + LONGEST_S) - time.monotonic())

    def _moments(self, city: City) -> Iterator[float]:
        if city.child is None:
            if city.due is not None:
                yield city.due
        elif city.child.ends_by is not None:
            yield city.child.ends_by
        elif city.falls:
            yield city.child.since + LONGEST_S

    def _look_after(self, city: City) -> None:
        child = city.child
        if child is None:
            return
        if (code := child.has_ended()) is not None:
            city.child = None
            self._gone(city, child, code)
        elif child.ends_by is not None and child.ends_by <= time.monotonic():
            log.error("City %s is cut off", city.name, extra={"action": "city_cut_off"})
            self._tell(city, texts.CUT_OFF)
            child.ends_by = None
            child.kill()
        elif city.falls and time.monotonic() - child.since >= LONGEST_S:
            self._steady(city)

    def _gone(self, city: City, child: Child, code: int) -> None:
        log.info(
            "City %s: process %s ended with %s", city.name, child.pid, code,
            extra={"action": "city_ended"},
        )  # fmt: skip
        if city.is_leaving or self._is_stopping:
            self._forget(child)
            del self.cities[city.name]
        elif city.successor is not None:
            city.child, city.successor = city.successor, None
            self._let_go_or_wait(city)
        else:
            self._fell(city, child, code)

    def _fell(self, city: City, child: Child, code: int) -> None:
        steady = time.monotonic() - child.since >= LONGEST_S
        city.falls = 1 if steady else city.falls + 1
        wait_s = wait_after(city.falls)
        city.due = time.monotonic() + wait_s
        log.error(
            "City %s fell with %s, start again after %s s", city.name, code, wait_s,
            extra={"action": "city_fell", "falls": city.falls},
        )  # fmt: skip
        if city.falls < RED_AFTER:
            self._tell(city, texts.FELL.format(code=code, seconds=round(wait_s)))
        else:
            self._tell(city, texts.KEEPS_FALLING.format(count=city.falls, code=code))
        if claims := child.claims:
            falling = Falling(city.falls, code, utc_now().isoformat())
            write_falling(note_of(Path(claims.state_dir), self._part), falling)

    def _steady(self, city: City) -> None:
        if city.falls >= RED_AFTER:
            self._tell(city, texts.STEADY)
        city.falls = 0
        if city.child:
            self._forget(city.child)

    def _forget(self, child: Child) -> None:
        if child.claims:
            forget_falling(note_of(Path(child.claims.state_dir), self._part))

    # --- the folder changed ----------------------------------------------------------------

    def _look_at_folder(self) -> None:
        """What is gone stops first: another city may want what it had."""
        there = {path.stem for path in cities_in(self._folder)}
        if not there:
            self._say(texts.NO_CITIES.format(path=self._folder))
            return
        self._looks_again = True
        for city in [city for name, city in self.cities.items() if name not in there]:
            self._tell(city, texts.REMOVED)
            self._end(city)

    def _take_in(self) -> None:
        for path in cities_in(self._folder):
            city = self.cities.setdefault(path.stem, City(path))
            if city.child is None:
                # Whoever asked looks at the answer now, also when it is the same.
                city.faults = ()
                self._start(city)
            elif city.successor is None and stamp_of(city.files) != city.stamp:
                self._renew(city)

    def _renew(self, city: City) -> None:
        """Only a configuration that can be used takes the place of one that works."""
        successor = self._fork(city)
        if successor is None:
            return
        if not hear([successor]):
            successor.dismiss()
            return
        if faults := [*successor.faults, *self._shared_by(city, successor)]:
            successor.dismiss()
            city.stamp = stamp_of(city.files)
            log.error("City %s keeps its old file", city.name, extra={"action": "city_kept"})
            self._tell(city, texts.KEEPS_OLD, *faults)
            return
        assert city.child is not None
        city.successor, city.falls = successor, 0
        self._tell(city, texts.RENEWED)
        city.child.ask_to_end(END_S)

    # --- the end ---------------------------------------------------------------------------

    def _stop(self) -> None:
        if not self._is_stopping:
            log.info("Stopping %s cities", len(self.cities), extra={"action": "cities_stopping"})
            self._is_stopping = True
            for city in list(self.cities.values()):
                self._end(city)

    def _end(self, city: City) -> None:
        city.is_leaving = True
        if city.successor is not None:
            city.successor.dismiss()
            city.successor = None
        if city.child is not None and not city.child.is_free:
            city.child.dismiss()
            city.child = None
        if city.child is None:
            del self.cities[city.name]
        elif city.child.ends_by is None:
            city.child.ask_to_end(END_S)

    def _say(self, line: str) -> None:
        """A terminal that is gone takes no city along; the log says the same."""
        with contextlib.suppress(OSError):
            self._out(line)

    def _tell(self, city: City, *lines: str) -> None:
        for line in lines:
            self._say(texts.LINE.format(city=city.name, line=line))
