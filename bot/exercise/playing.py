"""``schakel exercise run``: a scenario on this machine, with a made-up city as its cast.

Fast, nobody waits: the cast does what the scenario expects through its own phones, and the
leader moves on as soon as it is done. Otherwise people play on the page with the telephones.
"""

from __future__ import annotations

import logging
import tempfile
import time
from pathlib import Path
from typing import Any

from bot.clock import utc_now
from bot.demo import acts, answers, later
from bot.demo import texts as demo_texts
from bot.demo.evenings import publish_background
from bot.demo.phones import phone_routes
from bot.demo.playing import running_house, serve_phones
from bot.demo.stage import (
    Stage,
    exercise_config,
    load_scenario,
    scenario_sources,
    seat_everyone,
)
from bot.demo.timeline import Timeline
from bot.exercise import play_texts as texts
from bot.exercise.leading import begin, end, move_on
from bot.exercise.rows import Exercise, ExerciseStatus
from bot.exercise.scripts import Action, Lines, Script
from bot.exercise.texts import ACTIONS, KINDS, VERDICTS, minutes
from bot.house import House
from bot.run import quiet_logging
from bot.simulator import Simulator
from contacts.journal import Who

LEADER = Who("exercise")
OK, NOT_MET, MISUSE = 0, 1, 2
PATIENCE_S = 60.0
CHOICE = {Action.SUBMITTED, Action.APPROVED, Action.SENT}

Result = dict[str, Any]


async def run_script(script: Script, *, fast: bool, speed: float) -> tuple[int, Result]:
    """Play it. (exit code, the card as a row); 0 only when everything expected happened in time.

    Played by hand, the code is 0 and the card is on the page.
    """
    quiet_logging(logging.ERROR)
    line = Timeline(len(script.injects) + len(script.expected) + 1)
    line.title(texts.TITLE.format(title=script.title))
    simulator = Simulator()
    simulator.telegram.limits.chat_burst = 0
    await simulator.start()
    try:
        with tempfile.TemporaryDirectory(prefix="schakel-oefening-") as folder:
            stage = Stage(simulator, _stage_lines(script) if fast else load_scenario())
            sources = [] if fast else scenario_sources(simulator, stage.scenario)
            config = exercise_config(simulator, Path(folder), sources)
            stage.house = House(config, phones=phone_routes(stage))
            if not fast:
                publish_background(simulator.feeds, stage.scenario, now=utc_now())
            async with running_house(stage.house):
                people = await seat_everyone(stage)
                line.step(texts.LEADER, texts.READY.format(people=people))
                exercise = await _begin(stage, script, speed)
                if fast:
                    return await _Cast(stage, script, line, exercise).play()
                await serve_phones(stage, line)
                return OK, {}
    finally:
        await simulator.stop()


async def _begin(stage: Stage, script: Script, speed: float) -> Exercise:
    async with stage.house.db.begin() as session:
        exercise = await begin(session, script, speed=speed, who=LEADER, now=stage.house.clock())
    assert exercise is not None
    return exercise


def _stage_lines(script: Script) -> dict[str, Any]:
    """What the cast types, by the names that the acts of the demo know."""
    lines = script.lines or Lines(facts=("",))
    facts = {
        "first": lines.facts[min(lines.wrong, len(lines.facts)) - 1],
        "update": lines.update,
        "wrong_about": lines.wrong_about,
        "right": lines.right,
    }
    return {"facts": facts, "signals": {"answer": lines.answer}}


class _Cast:
    """Does what the scenario expects, in its order, and moves the clock on."""

    def __init__(self, stage: Stage, script: Script, line: Timeline, exercise: Exercise) -> None:
        self._stage, self._script, self._line, self._exercise = stage, script, line, exercise
        self._sent = False

    async def play(self) -> tuple[int, Result]:
        began, stuck = time.monotonic(), False
        try:
            for number, inject in enumerate(self._script.injects, start=1):
                await self._until_played(number)
                self._line.step(
                    texts.LEADER,
                    texts.INJECTED.format(kind=KINDS[inject.kind], at=minutes(inject.at_min)),
                )
                for one in self._script.expected:
                    if one.after == number:
                        await self._do(one.what)
                        self._line.step(texts.CAST, ACTIONS[one.what])
        except (TimeoutError, LookupError) as error:
            stuck = True
            self._line.step(texts.LEADER, texts.STUCK.format(what=error))
        card = await self._end()
        for entry in card["lines"]:
            self._line.note(
                texts.LINE.format(
                    what=ACTIONS[entry["what"]],
                    took=minutes(entry["took_min"]),
                    verdict=VERDICTS[entry["verdict"]],
                )
            )
        result = {
            "scenario": self._script.key,
            **card,
            "stuck": stuck,
            "seconds": round(time.monotonic() - began, 1),
        }
        return (OK if card["is_met"] and not stuck else NOT_MET), result

    async def _until_played(self, number: int) -> None:
        house = self._stage.house
        async with house.db.begin() as session:
            row = await session.get_one(Exercise, self._exercise.id)
            if row.injected < number:
                await move_on(session, row, who=LEADER, now=house.clock())

        async def played(session: Any) -> bool:
            row: Exercise = await session.get_one(Exercise, self._exercise.id)
            return row.injected >= number or row.status is not ExerciseStatus.RUNNING

        await self._stage.until(played, timeout_s=PATIENCE_S)

    async def _end(self) -> Result:
        house = self._stage.house
        async with house.db.begin() as session:
            row = await session.get_one(Exercise, self._exercise.id)
            if row.status is ExerciseStatus.RUNNING:
                await end(session, row, ExerciseStatus.ENDED, who=LEADER, now=house.clock())
            return row.card or {}

    async def _do(self, what: Action) -> None:
        stage, coordinator = self._stage, self._stage.coordinator
        if what is Action.CONFIRMED:
            await coordinator.press(demo_texts.TAP_CONFIRM, timeout_s=PATIENCE_S)
            await coordinator.press(texts.TAP_ALL_DEFAULTS, timeout_s=PATIENCE_S)
            await coordinator.see(demo_texts.SEE_CARD, timeout_s=PATIENCE_S)
        elif what is Action.DISMISSED:
            await coordinator.press(texts.TAP_NOT_RELEVANT, timeout_s=PATIENCE_S)
            await coordinator.press(texts.TAP_REASON, timeout_s=PATIENCE_S)
            await coordinator.see(texts.SEE_DISMISSED, timeout_s=PATIENCE_S)
        elif what in CHOICE:
            await self._send_first()
        elif what is Action.READ:
            await stage.users["Docent VO"].press(demo_texts.TAP_READ, timeout_s=PATIENCE_S)
        elif what is Action.TOLD:
            await answers.give_signal(stage.users["Docent VO"], note=None)
        elif what is Action.ANSWERED:
            await answers.answer_signals(stage, self._line, reporters=())
        else:
            await self._follow_up(what)

    async def _send_first(self) -> None:
        """Facts, the six texts, four eyes: once, whichever of the three is expected first."""
        if self._sent:
            return
        self._sent = True
        stage, coordinator = self._stage, self._stage.coordinator
        assert self._script.lines is not None
        mark = coordinator.last_id
        await coordinator.press(demo_texts.TAP_FACTS, timeout_s=PATIENCE_S)
        await coordinator.press(demo_texts.TAP_ADD_FACT, after=mark, timeout_s=PATIENCE_S)
        await coordinator.see(lambda m: m.message_id > mark, after=mark)
        for fact in self._script.lines.facts:
            await acts.add_fact(stage, fact)
        await acts.submit_and_approve(stage, self._line)
        event_id = await acts.newest_event(stage)
        await stage.until(lambda session: acts.settled(session, event_id), timeout_s=PATIENCE_S)

    async def _follow_up(self, what: Action) -> None:
        event_id = await acts.newest_event(self._stage)
        steps = {
            Action.UPDATED: later.send_update,
            Action.CORRECTED: later.send_correction,
            Action.CLOSED: later.close,
        }
        await steps[what](self._stage, self._line, event_id)
