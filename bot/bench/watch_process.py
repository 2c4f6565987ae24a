"""A stream of made-up items through the watch's own deciding, in a process of its own.

``python -m bot.bench.watch_process`` reads one JSON object (``items``) and prints one.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.bench import bench_texts as texts
from bot.bench.processes import used
from bot.settling import settle_memory
from feeds.raw_items import RawItem, Timed
from feeds.replaying import Replay

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
#: items an hour; a longer stream lasts longer and is no denser
HOURLY = 40
#: one item in so many is about what was already told, by somebody else
FOLLOWS_EACH, STORIES_KEPT = 3, 60
WORDS, OUTLETS, SEED = 4_000, 25, 5
SOUNDS = ("ba", "der", "fi", "gon", "hel", "ka", "lum", "mos", "nir", "pel", "rud", "sta", "vo")


def made_up_items(count: int) -> Iterator[Timed]:
    """Items with words that look like news: new ones, and others about the same. Pure."""
    # The same made-up stream each time; nothing is kept secret by it.
    chance = random.Random(SEED)  # noqa: S311
    words = ["".join(chance.choices(SOUNDS, k=chance.randint(2, 4))) for _ in range(WORDS)]
    stories: list[list[str]] = []
    for number in range(count):
        if stories and number % FOLLOWS_EACH == 0:
            story = chance.choice(stories)
            told = chance.sample(story, len(story) - 2) + chance.choices(words, k=2)
        else:
            # Common words often, rare ones seldom, as in a language.
            told = [words[int(WORDS * chance.random() ** 2)] for _ in range(8)]
            stories = [*stories[1 - STORIES_KEPT :], told]
        title = f"{chance.choice(texts.BEGINNINGS)} {' '.join(told[:6])}"
        at = BEGIN + timedelta(hours=number / HOURLY)
        yield Timed(
            RawItem(
                key=f"i{number}", title=title, lead=f"{' '.join(told)}.", published=at,
                outlet=f"Omroep {number % OUTLETS}", url=f"https://omroep.example/{number}",
            ),
            at,
        )  # fmt: skip


def main() -> None:
    """Play, and print what it took."""
    count = int(json.loads(sys.stdin.readline())["items"])
    run = Replay()
    list(run.play(made_up_items(100)))  # the lists of words are read
    settle_memory()
    run = Replay()
    stream = list(made_up_items(count))
    before, begun = time.process_time(), time.perf_counter()
    alerts = sum(1 for _ in run.play(stream))
    figures = {
        "items": count,
        "cpu_s": time.process_time() - before,
        "seconds": time.perf_counter() - begun,
        "alerts": alerts,
        "events": len(set(run.event_of.values())),
        "peak_rss_mb": round(used(os.getpid())[1], 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
