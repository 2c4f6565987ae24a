"""Working days of the Netherlands, and how a moment is written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import bot.chat
from signals.workdays import day_and_clock, day_and_time, on_working_day

#: a line for each message or signal that came, under each other
LISTS = {"items.html", "signal_line.html"}


def test_a_working_day_stays_and_a_sunday_becomes_the_next_one() -> None:
    assert on_working_day(date(2026, 6, 9)) == date(2026, 6, 9)
    assert on_working_day(date(2027, 2, 28)) == date(2027, 3, 1)
    assert on_working_day(date(2026, 12, 25)) == date(2026, 12, 28)


def test_a_moment_says_uur_in_a_sentence_and_not_in_a_list() -> None:
    at = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
    assert day_and_time(at) == "dinsdag 3-3, 17.42 uur"
    assert day_and_clock(at) == "dinsdag 3-3, 17.42"


def test_every_template_of_the_chat_says_uur_once_after_a_time() -> None:
    found = list((Path(bot.chat.__file__).parent / "templates").rglob("*.*"))
    assert len(found) > 100
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|dag_tijd[^}]*\}\} uur", text), f"twice in {path.name}"
        if path.name not in LISTS:
            # "van 16.42 tot 16.50 uur": a stretch of time says it at its end
            bare = re.findall(r"\|tijd(?! \}\} (?:uur|tot \{))(?! ~ \" uur\").{20}", text)
            assert not bare, f"{path.name}: {bare}"
