"""The judge of a measurement is right, and a small measurement works. Nothing here is timed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.bench.curves import curves
from bot.bench.deliver import Plan, is_too_uncertain
from bot.bench.faults import mail_faults
from bot.bench.judging import (
    Arrival,
    Kill,
    Ruling,
    Standing,
    Trip,
    in_flight,
    longest_silence,
    rule,
)
from bot.bench.processes import unread
from bot.bench.series import DELIVERED
from bot.bench.showing import show_figures
from contacts.outbox import DeliveryStatus
from contacts.texts import REPEAT_LINE

TITLE = "Informatie"
KEYS = [
    "contacts", "planned_s", "seconds", "rate", "max_in_any_second", "p95_commit_ms", "cpu_s",
    "peak_rss_mb", "lost", "silent_duplicates", "unknown", "in_flight_at_kills", "resumed_s",
]  # fmt: skip


def came(*addresses: str, line: str = TITLE) -> list[Arrival]:
    return [Arrival(float(n), address, line) for n, address in enumerate(addresses)]


def says(status: DeliveryStatus, *addresses: str, reason: str | None = None) -> list[Standing]:
    return [Standing(address, status, reason) for address in addresses]


def of(standings: list[Standing], arrivals: list[Arrival], *addresses: str) -> Ruling:
    return rule(addresses, standings, arrivals, TITLE)


def test_who_got_it_and_is_called_sent_is_not_lost() -> None:
    ruling = of(says(DeliveryStatus.SENT, "a", "b"), came("a", "b"), "a", "b")
    assert (ruling.sent, ruling.arrived, ruling.lost, ruling.silent_duplicates) == (2, 2, 0, 0)


@pytest.mark.parametrize(
    "standings",
    [
        [],
        says(DeliveryStatus.SENT, "a"),
        says(DeliveryStatus.PLANNED, "a"),
        says(DeliveryStatus.SENDING, "a"),
        says(DeliveryStatus.CANCELLED, "a", reason="void"),
        says(DeliveryStatus.FAILED, "a"),
    ],
)
def test_who_got_nothing_and_stands_on_no_list_is_lost(standings: list[Standing]) -> None:
    assert of(standings, [], "a").lost == 1


def test_what_failed_with_a_reason_or_is_uncertain_is_not_lost() -> None:
    standings = says(DeliveryStatus.FAILED, "a", reason="blocked") + says(
        DeliveryStatus.UNKNOWN, "b", reason="read_timeout"
    )
    ruling = of(standings, [], "a", "b")
    assert (ruling.failed, ruling.unknown, ruling.lost) == (1, 1, 0)


def test_the_same_message_twice_is_a_silent_duplicate_unless_it_is_marked() -> None:
    sent = says(DeliveryStatus.SENT, "a")
    assert of(sent, came("a", "a", "a"), "a").silent_duplicates == 2
    repeated = came("a", line=f"{REPEAT_LINE} {TITLE}")
    assert of(sent, came("a") + repeated, "a").silent_duplicates == 0


def test_other_messages_count_for_the_limit_only() -> None:
    ruling = of(says(DeliveryStatus.SENT, "a"), came("a") + came("a", line="Melding"), "a")
    assert (ruling.silent_duplicates, ruling.max_in_any_second) == (0, 2)


def test_the_rate_is_between_the_first_and_the_last_arrival() -> None:
    assert of(says(DeliveryStatus.SENT, "a", "b", "c"), came("a", "b", "c"), "a").rate == 1.0


def test_the_silence_after_a_start_ends_with_what_it_sent_itself() -> None:
    arrivals = [Arrival(at, "a", TITLE) for at in (10.0, 10.04, 11.5, 20.7)]
    assert longest_silence([10.02, 20.0], arrivals, trip_s=0.1) == pytest.approx(1.48)
    assert longest_silence([], arrivals, trip_s=0.1) == 0.0


def trips(*times: tuple[float, float]) -> list[Trip]:
    """Each from a port of its own, from 1 on."""
    return [Trip(came, left, port) for port, (came, left) in enumerate(times, start=1)]


def test_under_way_at_a_kill_is_what_had_come_and_was_not_answered_or_only_just() -> None:
    made = trips((9, 9.5), (9.9, 9.97), (9.9, 9.99), (9.9, 10.1), (10.1, 10.2), (11, 11.1))
    assert in_flight([Kill(10.0)], made) == 3
    assert in_flight([], made) == 0
    assert in_flight([Kill(11.05), Kill(10.0)], made) == 4


def test_an_answer_that_lay_unread_was_under_way_however_long_it_lay_there() -> None:
    made = trips((8.0, 8.1), (9.0, 9.5), (9.9, 9.99), (9.9, 10.1))
    older = Trip(7.0, 7.1, 2)
    assert in_flight([Kill(10.0, frozenset({2}))], [*made, older]) == 3
    assert in_flight([Kill(10.0, frozenset({3, 4, 99}))], made) == 2


async def test_what_nobody_read_yet_is_seen_from_outside() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
        port = near.getsockname()[1]
        with near, far:
            assert port not in unread(os.getpid())
            far.sendall(b"answer")
            assert port in unread(os.getpid())
            near.recv(99)
            assert port not in unread(os.getpid())
            far.shutdown(socket.SHUT_WR)
            assert port not in unread(os.getpid())


@pytest.mark.parametrize(
    ("unknown", "under_way", "fault", "too_much"),
    [(3, 2, "geen", True), (2, 2, "geen", False), (3, 2, "storm", False), (3, None, "geen", False)],
)
def test_more_uncertain_than_under_way_fails_the_measurement(
    unknown: int, under_way: int | None, fault: str, too_much: bool
) -> None:
    figures = json.dumps({"unknown": unknown, "in_flight_at_kills": under_way})
    assert is_too_uncertain(figures, Plan(1, 1, fault=fault)) is too_much


def test_a_start_that_was_killed_before_it_sent_is_not_counted() -> None:
    arrivals = [Arrival(at, "a", TITLE) for at in (10.0, 13.0)]
    assert longest_silence([10.5, 11.0, 12.0], arrivals, trip_s=0.1) == pytest.approx(1.0)


def deliver(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli.main", "bench", "deliver", "--json", *words],
        capture_output=True, text=True, timeout=300, check=False, env={"TMPDIR": str(folder)},
        cwd=Path(__file__).parents[1],
    )  # fmt: skip


@pytest.mark.slow
def test_a_small_measurement_loses_nobody_over_a_kill(tmp_path: Path) -> None:
    done = deliver("--contacts=60", "--rate=30", "--latency-ms=5", "--kill=1", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert list(figures) == KEYS
    assert set(DELIVERED) <= set(figures)
    assert (figures["lost"], figures["silent_duplicates"]) == (0, 0)
    assert figures["max_in_any_second"] <= 30
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["--fault=regen"], ["--workers=2"], ["--channel=duif"]])
def test_what_cannot_be_measured_is_refused_with_a_reason(words: list[str], tmp_path: Path) -> None:
    done = deliver(*words, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Kies" in done.stderr or "kies" in done.stderr


def test_a_store_with_another_driver_is_refused_before_anything_starts(tmp_path: Path) -> None:
    done = deliver("--database=postgresql+asyncpg://x/y", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Geef een adres dat begint met")


def test_each_mail_fault_meets_its_share_and_the_same_seed_the_same_addresses() -> None:
    counts = Counter(mail_faults(2000, "storm", 1).values())
    assert set(counts) == {"temporary", "full", "permanent", "drop_before", "drop_after"}
    assert 80 < sum(counts.values()) < 200
    assert mail_faults(2000, "storm", 1) == mail_faults(2000, "storm", 1)
    assert mail_faults(2000, "geen", 1) == {}


def test_the_curves_show_each_store_by_more_than_colour() -> None:
    picture = curves({"SQLite": [(1_000, 970.0), (10_000, 975.0)], "PostgreSQL": [(1_000, 900.0)]})
    root = ElementTree.fromstring(picture)
    lines = [one for one in root if one.tag.endswith("polyline")]
    assert len({line.attrib["stroke-dasharray"] for line in lines}) == 2
    said = [one.text for one in root if one.tag.endswith("text")]
    assert {"SQLite", "PostgreSQL", "1.000", "10.000"} <= set(said)
    assert root.attrib["aria-label"]


def test_the_names_of_the_lines_stand_clear_of_the_grid() -> None:
    every = {name: [(1_000, 900.0), (10_000, 950.0)] for name in ("SQLite", "PostgreSQL", "Ander")}
    root = ElementTree.fromstring(curves(every))
    lines = [one.attrib for one in root if one.tag.endswith("}line")]
    grid = [float(one["y1"]) for one in lines if one["stroke"] == "#cccccc"]
    legend = [one for one in lines if one["stroke"] != "#cccccc"]
    assert len(legend) == len(every)
    assert all(abs(float(one["y1"]) - y) > 12 for one in legend for y in grid)
    assert len({one["x1"] for one in legend}) == len(every)


def test_a_higher_rate_stands_higher_and_more_contacts_further() -> None:
    [line] = [
        one
        for one in ElementTree.fromstring(curves({"SQLite": [(1_000, 500.0), (250_000, 900.0)]}))
        if one.tag.endswith("polyline")
    ]
    (x1, y1), (x2, y2) = (map(float, place.split(",")) for place in line.attrib["points"].split())
    assert x2 > x1
    assert y2 < y1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "key"),
    [(["updates", "--updates", "60", "--kill", "1", "--json"], "handled_twice"),
     (["button", "--contacts", "150", "--rate", "50"], "longest_s")],
)  # fmt: skip
def test_what_people_send_is_measured_from_outside(words: list[str], key: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli.main", "bench", *words],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    figures = json.loads(done.stdout.splitlines()[-1])
    assert key in figures
    if words[0] == "updates":
        assert len(done.stdout.splitlines()) == 1
        assert (figures["lost"], figures["handled_twice"], figures["kills"]) == (0, 0, 1)


def test_a_figure_that_a_run_does_not_have_is_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    show_figures("Bezorgen", {"a": "onderweg", "b": "kwijt"}, {"a": None, "b": 0})
    [under_way, lost] = [one for one in capsys.readouterr().out.splitlines() if "│" in one]
    assert under_way.split("│")[2].strip() == "–"
    assert lost.split("│")[2].strip() == "0"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_measurement_that_is_killed_leaves_no_folder(how: int, tmp_path: Path) -> None:
    holds = "import time, bot.bench.folders as f\nwith f.bench_folder() as one:\n"
    holds += "    (one / 'store').touch(); print(one, flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", holds], stdout=subprocess.PIPE, text=True,
        env={"TMPDIR": str(tmp_path)}, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert (folder / "store").exists()
    process.send_signal(how)
    process.wait()
    gone_by = time.monotonic() + 20
    while folder.exists() and time.monotonic() < gone_by:
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []
    process.stdout.close()
