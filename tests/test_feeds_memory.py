"""What the watch remembers: routine, echoes, the pace of an outlet, sections that open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds import texts
from feeds.event_rules import load_event_rules
from feeds.judging import MOST_SEEN, Sighting, judge, telling
from feeds.places import Proximity
from feeds.relevance import Reason
from feeds.remembering import Came, Fading, Memory, Rang
from feeds.ringing import rings
from feeds.standing import Trust
from feeds.subjects import Subject, section_of, subject_of
from feeds.weighing import Report

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
RULES = load_event_rules()
FAR = "Luchtaanval op stad in Marokko"


def about(title: str, *, types: Sequence[str] = ("E14",), is_dutch: bool = False) -> Subject:
    return subject_of(title, types, (), RULES, is_dutch=is_dutch)


def came(title: str, *, days: float = 0, link: str = "", is_dutch: bool = False) -> Came:
    at = NOW + timedelta(days=days)
    return Came("krant", link, about(title, is_dutch=is_dutch), 2, at)


def sighting(
    severity: int = 2, *, hours: float = 0, context: Sequence[Reason] = (), source: int = 1,
    trust: Trust = Trust.NATIONAL, left: float = 0.0, reach: float = 1.0,
) -> Sighting:  # fmt: skip
    at = NOW + timedelta(hours=hours)
    report = Report(severity, ("E14",), None, Proximity.ABROAD_TOUCHING, ("T08",),
                    (Reason("waarom", severity + left),), trust, source, "krant", at,
                    reach)  # fmt: skip
    return Sighting(FAR, report, tuple(context), at)


def slow(_source: int) -> float:
    return 1.0


def test_the_first_report_of_something_new_weighs_more() -> None:
    (reason,) = Memory(RULES).context(came(FAR), [], event=None)
    assert reason == Reason(texts.NEW_SUBJECT, RULES.vertrouwd.nieuw_erbij)


def test_the_hundredth_report_of_a_running_matter_weighs_less() -> None:
    memory = Memory(RULES)
    for number in range(100):
        memory.note(came(FAR, days=number / 10))
    (reason,) = memory.context(came(FAR, days=12), [], event=None)
    assert reason.weight == -RULES.vertrouwd.meest_eraf


def test_what_came_in_today_is_not_routine_yet() -> None:
    memory = Memory(RULES)
    for number in range(50):
        memory.note(came(FAR, days=number / 100))
    (reason,) = memory.context(came(FAR, days=0.6), [], event=None)
    assert reason.text == texts.NEW_SUBJECT


def test_an_aftermath_is_no_first_report() -> None:
    (reason,) = Memory(RULES).context(came("Proces over de aanval in Marokko"), [], event=None)
    assert reason.weight < 0


def test_what_rang_echoes_and_fades_but_never_in_its_own_event() -> None:
    memory = Memory(RULES)
    rang = [Rang(7, NOW, [about(FAR)])]
    weights = [
        sum(reason.weight for reason in memory.context(came(FAR, days=day), rang, event=None))
        for day in (1, 5, 10)
    ]
    assert weights == [-one for one in RULES.naklank.eraf]
    own = memory.context(came(FAR, days=1), rang, event=7)
    assert [reason.text for reason in own] == [texts.NEW_SUBJECT]


def test_what_comes_nearer_is_no_echo() -> None:
    rang = [Rang(7, NOW, [about("Rellen in steden in Marokko", types=["E08"])])]
    near = Came("krant", "", about("Rellen om Marokko", types=["E08"], is_dutch=True), 2, NOW)
    (reason,) = Memory(RULES).context(near, rang, event=None)
    assert reason.weight > 0


def test_a_section_that_opens_counts_only_at_an_outlet_that_is_known() -> None:
    link = "https://krant.example/{}/12/bericht.html"
    memory = Memory(RULES)
    memory.note(came(FAR, link=link.format("buitenland")))
    for days, found in ((1, False), (RULES.rubriek.na_dagen + 1, True)):
        reasons = memory.context(came(FAR, days=days, link=link.format("beving")), [], event=None)
        said = texts.NEW_SECTION.format(section="beving")
        assert (said in [reason.text for reason in reasons]) is found


def test_a_section_is_the_folder_of_an_address() -> None:
    assert section_of("https://a.example/buitenland/12/x.html") == "buitenland"
    assert section_of("https://a.example/x.html") is None
    assert section_of("https://a.example/2024/x.html") is None
    assert section_of("") is None


def test_the_pace_of_an_outlet_is_its_items_per_hour() -> None:
    memory = Memory(RULES)
    for number in range(400):
        memory.note(came(FAR, days=number / 48))
    assert 1.8 < memory.pace("krant", NOW + timedelta(days=400 / 48)) < 2.2
    assert memory.pace("other", NOW) == 0


@given(st.lists(st.integers(0, 100), min_size=1, max_size=60))
def test_counts_only_fade(days: list[int]) -> None:
    fading = Fading(14)
    for day in sorted(days):
        fading.add("x", NOW + timedelta(days=day))
    last = NOW + timedelta(days=max(days))
    counts = [fading.of("x", last + timedelta(days=more)) for more in range(5)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] <= len(days)


def test_growth_raises_far_away_to_three_and_says_so() -> None:
    three = [sighting(hours=number / 2, left=0.8) for number in range(3)]
    found = judge(three, slow, RULES)
    assert found.severity == 3
    assert found.reasons[-1].text.startswith("3 berichten")
    assert judge(three[:1], slow, RULES).severity == 2


def test_an_outlet_that_few_read_grows_at_half_speed() -> None:
    def rise(count: int) -> int:
        few = [sighting(hours=number / 3, left=0.8, reach=0.5) for number in range(count)]
        return judge(few, slow, RULES).severity

    assert (rise(3), rise(6)) == (2, 3)


def test_what_an_outlet_brings_all_day_is_no_growth() -> None:
    assert judge([sighting(hours=n / 2) for n in range(3)], lambda _: 100.0, RULES).severity == 2


def test_nothing_makes_a_severe_event_of_light_items() -> None:
    new = [Reason(texts.NEW_SUBJECT, 1.1), Reason("x", 1.0)]
    light = [sighting(1, hours=number / 2, context=new) for number in range(12)]
    assert judge(light, slow, RULES).severity <= 2


def test_being_new_never_makes_a_disaster() -> None:
    new = [Reason(texts.NEW_SUBJECT, 2.0)]
    assert sighting(2, context=new).value < 4
    assert sighting(3, context=new, left=0.5).value < 4


def test_what_the_reasons_left_over_adds_up() -> None:
    new = [Reason(texts.NEW_SUBJECT, 0.9)]
    assert judge([sighting(2, context=new, left=0.95)], slow, RULES).severity == 3
    assert judge([sighting(2, context=new, left=0.3)], slow, RULES).severity == 2


def test_far_from_home_three_points_are_not_yet_an_alert() -> None:
    just = RULES.melden.drie_vanaf - 3
    for left, near, far in ((just - 0.2, 3, 2), (just + 0.1, 3, 3)):
        for proximity, wanted in ((Proximity.CITY, near), (Proximity.ABROAD_TOUCHING, far)):
            one = sighting(3, left=left)
            one = replace(one, report=replace(one.report, proximity=proximity))
            assert judge([one], slow, RULES).severity == wanted


@given(st.lists(st.integers(0, 4), min_size=1, max_size=200))
def test_a_long_event_keeps_its_heaviest_and_its_latest(severities: list[int]) -> None:
    seen = [sighting(severity, hours=n) for n, severity in enumerate(severities)]
    kept = telling(seen)
    assert len(kept) <= MOST_SEEN
    assert max(one.value for one in kept) == max(one.value for one in seen)
    assert kept[-1] is seen[-1]
    assert [one.came_at for one in kept] == sorted(one.came_at for one in kept)


def test_a_fresh_trusted_report_is_needed_to_ring() -> None:
    def rung(one: Sighting, *, severity: int = 3, alerted: int = 0) -> bool:
        return rings(severity, alerted, [one], alert_from=3, now=NOW)

    assert rung(sighting(3))
    assert not rung(sighting(3), alerted=3)
    assert rung(sighting(3), severity=4, alerted=3)
    assert not rung(sighting(3, trust=Trust.SECONDARY))
    assert not rung(sighting(3, hours=-25))
