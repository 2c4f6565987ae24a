"""Starts an evening: puts made-up news on the simulated feeds, each story once."""

from __future__ import annotations

import time
import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.simulator.feed_server import FeedServer

Story = dict[str, Any]

HERE = Path(__file__).parent
#: the first report rings; the others follow when somebody had time to read it
MORE_AFTER_S = 5.0


@cache
def further_stories() -> tuple[Story, ...]:
    """``{"first": item, "more": [item, …]}`` each, for the second evening and later."""
    found = tomllib.loads((HERE / "evenings.toml").read_text(encoding="utf-8"))
    return tuple(found["evenings"])


def next_story(feeds: FeedServer, scenario: dict[str, Any]) -> Story | None:
    """The first story that was not on the feeds yet; None when all were.

    A story that is told twice would belong to the event of the first time, closed or not:
    grouping looks at its words. So no story is used again.
    """
    return next((one for one in (scenario, *further_stories()) if not _was_told(feeds, one)), None)


def _was_told(feeds: FeedServer, story: Story) -> bool:
    first = story["first"]
    return feeds.outlets[first["outlet"]].item(first["key"]) is not None


def publish_background(feeds: FeedServer, scenario: dict[str, Any], *, now: datetime) -> None:
    """The ordinary news of the day; an empty feed would be told to the coördinator as a fault.

    :raises KeyError: the feeds have no outlets of the scenario.
    """
    for item in scenario["background"]:
        _publish(feeds, item, now=now)


def begin_evening(feeds: FeedServer, scenario: dict[str, Any], *, now: datetime) -> bool:
    """Publish the next story; False when there is none left.

    :raises KeyError: the feeds have no outlets of the scenario.
    """
    story = next_story(feeds, scenario)
    if story is None:
        return False
    publish_background(feeds, scenario, now=now)
    _publish(feeds, story["first"], now=now)
    for number, item in enumerate(story["more"], start=1):
        _publish(feeds, item, now=now, after_s=number * MORE_AFTER_S)
    return True


def _publish(feeds: FeedServer, item: Story, *, now: datetime, after_s: float = 0.0) -> None:
    if feeds.outlets[item["outlet"]].item(item["key"]) is not None:
        return
    # With a date: news without one, on a feed that is read for the first time, stays silent.
    shown = feeds.publish(
        item["outlet"], item["key"], item["title"], lead=item["lead"], published=now
    )
    shown.visible_from = time.monotonic() + after_s
