"""Plays the evening: builds the stage, runs the acts, measures, and serves the pages after."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bot.clock import utc_now
from bot.demo import acts, answers, later, texts
from bot.demo.evenings import publish_background
from bot.demo.outcome import Timing, count_events, count_items, measure, rung_events
from bot.demo.phones import PAGE, phone_routes
from bot.demo.stage import (
    Stage,
    exercise_config,
    load_scenario,
    scenario_sources,
    seat_everyone,
)
from bot.demo.timeline import Timeline
from bot.house import House
from bot.run import quiet_logging
from bot.simulator import Simulator
from bot.simulator.feed_server import slug_of
from feeds.settings import SourceSettings
from feeds.standing import Trust

STEPS, STEPS_REAL = 33, 20
OK, FAILED, MISUSE = 0, 1, 2
#: the real news of two weeks goes by in this time
REAL_SECONDS = 60.0
REAL_LIMIT_S = 240.0
#: outlets in the file of real news that write about this region
REGIONAL_WORDS = ("gelder", "arnhem")


async def play(*, once: bool, real: Path | None, by_hand: bool = False) -> int:
    """The whole demo. Returns the exit code: 0 only when every step happened.

    :param by_hand: nothing is played; a person does it all on the page with the telephones.
    """
    quiet_logging(logging.ERROR)
    line = Timeline(STEPS_REAL if real else STEPS)
    line.title(texts.TITLE_REAL if real else texts.TITLE)
    simulator = Simulator()
    # The evening goes by in a minute, so people write faster than one message a second.
    simulator.telegram.limits.chat_burst = 0
    await simulator.start()
    try:
        with tempfile.TemporaryDirectory(prefix="schakel-demo-") as folder:
            return await _play_in(
                Path(folder), simulator, line, once=once, real=real, by_hand=by_hand
            )
    finally:
        await simulator.stop()


async def _play_in(
    folder: Path,
    simulator: Simulator,
    line: Timeline,
    *,
    once: bool,
    real: Path | None,
    by_hand: bool,
) -> int:
    scenario, timing = load_scenario(), Timing()
    try:
        sources, items = _sources(simulator, scenario, real)
    except (OSError, ValueError, KeyError):
        # The command line is its reader.
        print(texts.BAD_FILE.format(path=real), file=sys.stderr)  # noqa: T201
        return MISUSE
    # Feeds of real news run empty once everything was fetched: no fault in this play.
    patience = {"tell_after_failures": 100} if real else {}
    config = exercise_config(simulator, folder, sources, **patience)
    stage = Stage(simulator, scenario)
    stage.house = House(config, phones=phone_routes(stage))
    if by_hand:
        publish_background(simulator.feeds, scenario, now=utc_now())
    async with running_house(stage.house) as house:
        people = await seat_everyone(stage)
        line.step(
            texts.SYSTEM,
            texts.READY.format(people=people, phones=len(stage.users), sources=len(sources)),
        )
        line.note(texts.PHONES.format(address=f"{house.web.address}{PAGE}"))
        if by_hand:
            await serve_phones(stage, line)
            return OK
        extra: dict[str, Any] = {}
        try:
            if real is None:
                await _evening(stage, line, timing)
            else:
                extra = await _real_news(stage, line, timing, items)
            ok = extra.pop("ok", True)
        except (TimeoutError, LookupError) as error:
            line.step(texts.SYSTEM, texts.FAILED.format(what=error))
            ok = False
        async with house.db.read() as session:
            result = await measure(session, timing, ok=ok)
        if not once:
            await serve_phones(stage, line)
        # The command line is its reader.
        print(json.dumps({**result, **extra}, ensure_ascii=False))  # noqa: T201
        return OK if ok else FAILED


@contextlib.asynccontextmanager
async def running_house(house: House) -> AsyncIterator[House]:
    try:
        await house.start()
        yield house
    finally:
        await house.stop()


def _sources(
    simulator: Simulator, scenario: dict[str, Any], real: Path | None
) -> tuple[list[SourceSettings], int]:
    """The sources to poll and the number of items they will serve.

    :raises ValueError: the file holds no news.
    """
    if real is None:
        return scenario_sources(simulator, scenario), 0
    items = simulator.feeds.load_real(real, now=utc_now(), seconds=REAL_SECONDS)
    outlets = simulator.feeds.outlets.values()
    return [
        SourceSettings(
            key=slug_of(outlet.name), name=outlet.name, url=simulator.feed_url(outlet.slug),
            trust=_trust(outlet.slug), interval_s=2,
        )
        for outlet in outlets
    ], items  # fmt: skip


def _trust(slug: str) -> Trust:
    return Trust.REGIONAL if any(word in slug for word in REGIONAL_WORDS) else Trust.NATIONAL


async def _evening(stage: Stage, line: Timeline, timing: Timing) -> None:
    await acts.news_comes(stage, line, timing)
    await acts.confirm(stage, line, timing)
    await acts.write_facts(stage, line)
    event_id = await acts.distribute(stage, line)
    await answers.partners_answer(stage, line)
    await answers.answer_signals(stage, line)
    await later.send_update(stage, line, event_id)
    await later.send_correction(stage, line, event_id)
    await later.close(stage, line, event_id)


async def _real_news(stage: Stage, line: Timeline, timing: Timing, items: int) -> dict[str, Any]:
    """All items are served, fetched and stored once; events form; one manual trigger goes
    through to feedback."""
    feeds = stage.simulator.feeds
    line.step(
        texts.WORLD,
        texts.REAL_LOADED.format(outlets=len(feeds.outlets), items=items, seconds=REAL_SECONDS),
    )
    loading = asyncio.create_task(_all_stored(stage, line, items))
    await later.start_by_hand(stage, line, timing)
    event_id = await later.distribute_plainly(stage, line)
    await answers.one_signal(stage, line)
    await answers.answer_signals(stage, line, reporters=("Docent VO",))
    await later.close(stage, line, event_id)
    stored = await loading
    async with stage.house.db.read() as session:
        events, alerts = await count_events(session)
        rung = await rung_events(session)
    line.step(texts.SYSTEM, texts.REAL_EVENTS.format(events=events, alerts=alerts))
    for event in rung:
        reasons = " · ".join(
            f"{reason['text']} ({reason['weight']:+g})" for reason in event.reasons
        )
        line.note(
            texts.REAL_ALERT.format(
                title=event.title, severity=event.suggested_severity, reasons=reasons
            )
        )
    timing.alert_s, timing.poll_to_alert_s = await later.first_alert(stage)
    return {
        "ok": feeds.items_served == stored == items,
        "outlets": len(feeds.outlets),
        "items_served": feeds.items_served,
        "items_stored": stored,
        "events": events,
        "alerts": alerts,
    }


async def _all_stored(stage: Stage, line: Timeline, items: int) -> int:
    """Wait until everything is stored; says how far it is now and then."""
    deadline, told = time.monotonic() + REAL_LIMIT_S, 0
    while True:
        async with stage.house.db.read() as session:
            stored = await count_items(session)
        if stored >= items or time.monotonic() > deadline:
            line.step(texts.WORLD, texts.REAL_STORED.format(stored=stored, items=items))
            return stored
        if stored - told >= items // 5:
            told = stored
            line.note(texts.REAL_STORED.format(stored=stored, items=items))
        await asyncio.sleep(0.5)


async def serve_phones(stage: Stage, line: Timeline) -> None:
    """Keep the pages up until Ctrl-C."""
    address = stage.house.web.address
    line.title(texts.SERVING)
    line.note(texts.SERVING_PHONES.format(address=f"{address}{PAGE}"))
    line.note(texts.SERVING_CONSOLE.format(address=address))
    for name in ("Docent VO", "Jongerenwerker"):
        if (page := stage.page_of(name)) is not None:
            line.note(texts.SERVING_READER.format(name=name, address=page))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    line.note(texts.STOPPED)
