"""What a scenario file may say, the clock of an exercise, and the score card. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exercise.pace import minute_at, with_skip
from bot.exercise.replaying import MOST_NEWS, replay_of
from bot.exercise.rows import Exercise
from bot.exercise.scoring import Verdict, score
from bot.exercise.scripts import Action, News, Script, ScriptError, Telling, read_script, shipped
from bot.exercise.texts import ACTIONS, VERDICTS, minutes
from feeds.chosen_place import choose
from feeds.districts import districts
from feeds.events import ItemView
from feeds.lexicon import load_lexicon
from feeds.relevance import score_item
from feeds.standing import Trust
from signals.person_filter import screen

START = datetime.fromisoformat("2026-03-03T16:42:00+00:00")
SHORT = """
key = "kort"
title = "Een korte oefening"
about = "Er gebeurt iets kleins."
practise = "kijken."

[[outlets]]
key = "omroep"
name = "Oefenomroep"
trust = "regionaal"

[[injects]]
kind = "news"
at_min = 0
outlet = "omroep"
title = "Station Arnhem Centraal ontruimd na bommelding"

[[injects]]
kind = "word"
at_min = 10
text = "De politie belt: het is niets."

[[expected]]
what = "dismissed"
after = 2
within_min = 15
"""
MISTAKES = {
    "not [toml": "TOML",
    SHORT.replace('outlet = "omroep"', 'outlet = "krant"'): "krant",
    SHORT.replace("at_min = 0", "at_min = 30"): "volgorde",
    SHORT.replace("after = 2", "after = 3"): "inspeler 3",
    SHORT.replace('what = "dismissed"', 'what = "gejuicht"'): "what",
    SHORT.replace("within_min", "binnen_min"): "binnen_min",
    SHORT.replace('kind = "word"', 'kind = "brief"'): "kind",
}


def an_exercise(script: Script, speed: float = 1.0) -> Exercise:
    return Exercise(
        id=1, title=script.title, script=script.model_dump(mode="json"), speed=speed, skips=[],
        started_at=START,
    )  # fmt: skip


@pytest.mark.parametrize(("raw", "said"), MISTAKES.items())
def test_a_mistake_in_a_scenario_is_said_in_dutch(raw: str, said: str) -> None:
    with pytest.raises(ScriptError) as refused:
        read_script(raw)
    assert said in "\n".join(refused.value.lines)


def test_a_scenario_comes_back_the_same_from_its_row() -> None:
    for script in shipped().values():
        assert Script.model_validate(script.model_dump(mode="json")) == script


def test_the_first_news_of_every_scenario_would_ring() -> None:
    lexicon = load_lexicon()
    for script in shipped().values():
        first = next(one for one in script.injects if isinstance(one, News))
        trust = {outlet.key: outlet.trust for outlet in script.outlets}[first.outlet]
        judged = score_item(first.title, first.lead, trust=trust, lexicon=lexicon)
        assert judged.severity >= 3, script.key


def test_no_scenario_says_anything_about_a_person() -> None:
    for script in shipped().values():
        said = [getattr(one, "note", "") or getattr(one, "text", "") for one in script.injects]
        typed = [*script.lines.facts, script.lines.answer] if script.lines else []
        assert not [text for text in (*said, *typed) if screen(text, ()).blocked], script.key


def test_every_action_and_verdict_has_dutch_words() -> None:
    assert set(ACTIONS) == set(Action)
    assert set(VERDICTS) == set(Verdict)


@given(st.floats(1, 60), st.lists(st.floats(0, 7200), min_size=2, max_size=6))
def test_the_clock_of_an_exercise_never_runs_back(speed: float, seconds: list[float]) -> None:
    exercise = an_exercise(read_script(SHORT), speed)
    moments = [START + timedelta(seconds=one) for one in sorted(seconds)]
    passed = [minute_at(exercise, moment) for moment in moments]
    assert passed == sorted(passed)
    assert passed[0] >= 0


@given(st.floats(1, 60), st.floats(0, 9.99))
def test_moving_on_lands_on_the_next_inject(speed: float, minute: float) -> None:
    script = read_script(SHORT)
    exercise = an_exercise(script, speed)
    exercise.injected = 1
    now = START + timedelta(minutes=minute / speed)
    exercise.skips = with_skip(exercise, script, now) or []
    assert minute_at(exercise, now) == pytest.approx(10)
    assert with_skip(exercise, script, now + timedelta(seconds=1)) is None


@given(st.lists(st.floats(0, 100), max_size=5), st.integers(0, 2), st.booleans())
def test_a_card_counts_only_what_happened_after_its_inject_and_in_time(
    moments: list[float], injected: int, is_over: bool
) -> None:
    script = read_script(SHORT)
    card = score(
        script, {Action.DISMISSED: moments}, injected=injected, minute=100, is_over=is_over,
        severity=None,
    )  # fmt: skip
    after = [at for at in moments if at >= 10]
    [line] = card.lines
    if injected < 2:
        assert line.verdict is (Verdict.MISSED if is_over else Verdict.NOT_YET)
    elif after:
        assert line.verdict is (Verdict.IN_TIME if min(after) - 10 <= 15 else Verdict.LATE)
    else:
        assert line.verdict is Verdict.MISSED
    assert card.is_met == (line.verdict is Verdict.IN_TIME)


def test_a_severity_that_does_not_fit_fails_the_card() -> None:
    script = shipped()["aanhoudingen"]
    late = {one.what: [one_at(script, one.after)] for one in script.expected}
    asked = {"injected": len(script.injects), "minute": 200.0, "is_over": True}
    assert score(script, late, severity=4, **asked).is_met
    assert not score(script, late, severity=2, **asked).is_met


def one_at(script: Script, number: int) -> float:
    # The same action may be expected twice; the last inject is late enough for either.
    return script.injects[number - 1].at_min + 1


@given(
    st.lists(
        st.tuples(st.text(min_size=5, max_size=300), st.integers(0, 10_000), st.integers(0, 30)),
        max_size=60,
    )
)
def test_any_past_event_can_be_played_again(found: list[tuple[str, int, int]]) -> None:
    items = [
        ItemView(
            id=number, title=title, link="", source_name=f"Krant {outlet}",
            trust=Trust.NATIONAL, published_at=START + timedelta(minutes=later),
            first_seen_at=START,
        )
        for number, (title, later, outlet) in enumerate(found)
    ]  # fmt: skip
    items.sort(key=lambda one: one.published_at or START)
    script = replay_of(7, "Onrust", items)
    assert 1 <= len(script.injects) <= MOST_NEWS
    assert script.injects[0].at_min == 0


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "–"), (0, "0 min"), (0.4, "minder dan 1 min"), (119, "119 min"), (120, "2 u"),
     (155, "2 u 35 min")],
)  # fmt: skip
def test_minutes_are_said_as_people_say_them(value: float | None, shown: str) -> None:
    assert minutes(value) == shown


def test_the_shipped_stories_are_set_in_the_chosen_city() -> None:
    choose("utrecht")
    try:
        for script in shipped().values():
            said = script.model_dump_json()
            assert "Arnhem" not in said, script.key
            assert "%" not in said, script.key
            codes = {one.district for one in script.injects if isinstance(one, Telling)}
            assert codes - {"onbekend"} <= dict(districts()).keys(), script.key
            first = next(one for one in script.injects if isinstance(one, News))
            trust = {outlet.key: outlet.trust for outlet in script.outlets}[first.outlet]
            judged = score_item(first.title, first.lead, trust=trust, lexicon=load_lexicon())
            assert judged.severity >= 3, script.key
    finally:
        choose()
    assert "Arnhem" in shipped()["aanhoudingen"].model_dump_json()
