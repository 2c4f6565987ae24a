"""The parent of several cities: what falls is started again, and everything else goes on."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cities.standing import RED_AFTER, falling_in

ROOT = Path(__file__).parents[1]


class Command:
    """The parent in a process of its own, and what it said."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "log"

    def start(self, *words: str) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.small_cities", str(self.folder), *words],
                cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip

    def city(self, name: str, what: str) -> Path:
        """Also where the city keeps its things."""
        (self.folder / f"{name}.toml").write_text(f"# {what}\n", encoding="utf-8")
        return self.folder / name

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def see(self, pattern: str, times: int = 1) -> None:
        for _ in range(1000):
            if len(re.findall(pattern, self.said)) >= times:
                return
            time.sleep(0.02)
        raise AssertionError(f"{pattern}\n{self.said}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def children(self) -> list[int]:
        place = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in place.read_text(encoding="utf-8").split()]

    def wait_for(self, count: int, but: int = 0) -> list[int]:
        """The processes, once there are so many."""
        for _ in range(1000):
            found = self.children()
            if len(found) == count and but not in found:
                time.sleep(0.3)
                return found
            time.sleep(0.02)
        raise AssertionError(f"{self.children()}\n{self.said}")


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    made = Command(tmp_path)
    yield made
    made.process.kill()
    made.process.wait()


def test_a_city_that_keeps_falling_is_said_loudly_and_started_on_and_on(command: Command) -> None:
    own = command.city("valt", "falls")
    command.city("goed", "works")
    command.start()
    command.see("valt: VALT STEEDS UIT: 7 keer achter elkaar, het laatst met code 7")
    assert "valt: is uitgevallen (code 7)" in command.said
    [falling] = falling_in(own)
    assert (falling.count >= RED_AFTER, falling.code) == (True, 7)
    assert "goed: " not in command.said
    assert command.stop() == 0


def test_a_city_that_stays_up_is_no_longer_red(command: Command) -> None:
    own = command.city("hapert", "recovers")
    command.start()
    command.see("hapert: VALT STEEDS UIT: 6 keer")
    assert falling_in(own)
    command.see("hapert: draait weer.")
    assert not falling_in(own)
    assert command.stop() == 0


def test_a_city_that_does_not_stop_in_time_is_cut_off_and_it_is_said(command: Command) -> None:
    command.city("doof", "deaf")
    command.city("goed", "works")
    command.start()
    command.wait_for(2)
    began = time.monotonic()
    assert command.stop() == 0
    assert time.monotonic() - began < 3
    assert "doof: stopte niet op tijd en is afgebroken." in command.said
    assert "goed: " not in command.said


def test_a_city_that_breaks_before_it_answers_is_tried_again_and_said_once(
    command: Command,
) -> None:
    command.city("stuk", "raises")
    command.city("goed", "works")
    command.start()
    command.see("stuk: de stad gaf bij het starten geen antwoord.")
    time.sleep(1)
    assert command.said.count("stuk: start niet.") == 1
    command.city("stuk", "falls")
    command.see("stuk: is uitgevallen")
    assert command.stop() == 0


def test_a_city_that_is_renamed_waits_for_the_one_that_it_was(command: Command) -> None:
    command.city("oud", "works")
    command.start()
    [earlier] = command.wait_for(1)
    (command.folder / "oud.toml").rename(command.folder / "nieuw.toml")
    command.process.send_signal(signal.SIGHUP)
    command.see("oud: is weg uit de map en is gestopt.")
    command.wait_for(1, but=earlier)
    assert command.stop() == 0


def test_an_empty_folder_stops_nothing(command: Command) -> None:
    command.city("goed", "works")
    command.start()
    before = command.wait_for(1)
    (command.folder / "goed.toml").unlink()
    command.process.send_signal(signal.SIGHUP)
    command.see("staat geen enkele stad")
    assert command.children() == before
    assert command.stop() == 0


def test_no_city_holds_the_way_to_another(command: Command) -> None:
    for name in ("een", "twee", "drie"):
        command.city(name, "holds")
    command.start()
    command.see(r"holds \d+\n", times=3)
    held = re.findall(r"holds (\d+)", command.said)
    assert len(set(held)) == 1, "the third was forked with what stood open for the first two"
    assert command.stop() == 0


def test_a_machine_without_room_stops_no_city_and_the_new_one_comes_later(
    command: Command,
) -> None:
    command.city("goed", "works")
    command.start("full")
    before = command.wait_for(1)
    full = command.folder / "full"
    full.touch()
    command.city("nieuw", "works")
    command.process.send_signal(signal.SIGHUP)
    command.see("nieuw: de machine heeft geen plaats voor nog een proces")
    assert command.children() == before
    full.unlink()
    assert set(before) < set(command.wait_for(2))
    assert command.stop() == 0


def test_the_sign_to_look_again_ends_no_city_that_gets_it_too(command: Command) -> None:
    command.city("goed", "reloads")
    command.start()
    command.wait_for(1)
    assert "is uitgevallen" not in command.said
    assert command.stop() == 0
