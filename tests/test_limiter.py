"""The limiter: never more than the rate in any sliding second, and fair to who is urgent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.limiter import (
    AHEAD,
    LONGEST_TRIP,
    MINUTE,
    SECOND,
    TRIPS,
    Limiter,
    Slot,
    Waiting,
    is_busy,
)

START = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
QUANTUM = timedelta(milliseconds=100)

steps = st.lists(
    st.tuples(
        st.integers(0, 700_000),  # microseconds since the step before
        st.lists(st.tuples(st.integers(0, 5), st.sampled_from([0, 10, 20, 30])), max_size=40),
    ),
    max_size=30,
)


@dataclass
class Trip:
    """One request: when it might leave, when the other side saw it, when the answer came."""

    slot: Slot
    one: Waiting
    seen: datetime
    answer: datetime


@dataclass(frozen=True)
class Network:
    """No trip is faster than ``out`` and ``back`` together; the rest is chance."""

    out: timedelta
    back: timedelta
    jitter: st.SearchStrategy[timedelta]


def ms(least: int, most: int) -> st.SearchStrategy[timedelta]:
    return st.integers(least, most).map(lambda number: timedelta(milliseconds=number))


#: anything up to what counts as an answer
WILD = Network(timedelta(0), timedelta(0), ms(0, 250))
#: the fastest of many trips is not much slower than the fastest there is
STEADY = st.builds(
    lambda out, back, share: Network(out, back, ms(0, int((out + back) / SECOND * share))),
    ms(0, 120), ms(0, 120), st.sampled_from([0, 50, 125]),
)  # fmt: skip


def play(
    limiter: Limiter,
    plan: list[tuple[int, list[tuple[int, int]]]],
    trip: st.DataObject,
    network: Network = WILD,
) -> list[Trip]:
    """Offer what waits at each step; what got no slot is offered again at the next."""
    now, ident = START, 0
    waiting: list[Waiting] = []
    under_way: list[Trip] = []
    trips: list[Trip] = []
    for pause, arrivals in plan:
        now += timedelta(microseconds=pause)
        for back in sorted((t for t in under_way if t.answer <= now), key=lambda t: t.answer):
            limiter.answered(back.one.id, back.answer)
            under_way.remove(back)
        for chat, priority in arrivals:
            ident += 1
            waiting.append(Waiting(id=ident, chat=str(chat), priority=priority))
        by_id = {one.id: one for one in waiting}
        for slot in limiter.choose(waiting, at_most=50, horizon=QUANTUM, now=now):
            assert now <= slot.at <= now + QUANTUM
            left = slot.at + trip.draw(stalls)
            limiter.departed(slot.id, left)
            seen = left + network.out + trip.draw(network.jitter)
            answer = seen + network.back + trip.draw(network.jitter)
            one = Trip(slot, by_id.pop(slot.id), seen, answer)
            under_way.append(one)
            trips.append(one)
        waiting = list(by_id.values())
    return trips


#: the process itself may be late
stalls = st.sampled_from([0, 0, 0, 5, 300]).map(lambda number: timedelta(milliseconds=number))


def most_in_a_second(times: list[datetime]) -> int:
    return max((sum(at <= other < at + SECOND for other in times) for at in times), default=0)


few = st.lists(
    st.tuples(st.integers(0, 700_000), st.lists(st.tuples(st.integers(0, 5), st.just(10)))),
    max_size=30,
).filter(lambda plan: sum(len(arrivals) for _, arrivals in plan) < TRIPS)


@settings(deadline=None)
@given(plan=few, rate=st.floats(1, 12), trip=st.data())
def test_the_other_side_sees_no_more_than_the_rate_whatever_the_first_trips_take(
    plan: list[tuple[int, list[tuple[int, int]]]], rate: float, trip: st.DataObject
) -> None:
    trips = play(Limiter(rate), plan, trip)
    assert most_in_a_second([one.slot.at for one in trips]) <= rate
    assert most_in_a_second([one.seen for one in trips]) <= rate


@settings(deadline=None)
@given(plan=steps, rate=st.floats(1, 60), network=STEADY, trip=st.data())
def test_the_other_side_sees_no_more_than_the_rate_in_any_sliding_second(
    plan: list[tuple[int, list[tuple[int, int]]]],
    rate: float,
    network: Network,
    trip: st.DataObject,
) -> None:
    trips = play(Limiter(rate), plan, trip, network)
    assert most_in_a_second([one.seen for one in trips]) <= rate


@settings(deadline=None)
@given(gaps=st.lists(st.integers(0, 20_000), min_size=30, max_size=60), limit=st.integers(1, 20))
def test_a_group_gets_no_more_than_its_share_in_any_sliding_minute(
    gaps: list[int], limit: int
) -> None:
    limiter, now, times = Limiter(1000, 1, limit), START, []
    for number, gap in enumerate(gaps):
        now += timedelta(milliseconds=gap)
        offered = [Waiting(number, "-100", 0), Waiting(1000 + number, f"{number}", 0)]
        slots = limiter.choose(offered, at_most=2, horizon=QUANTUM, now=now)
        assert any(slot.id >= 1000 for slot in slots)
        times += [slot.at for slot in slots if slot.id < 1000]
        for slot in slots:
            limiter.departed(slot.id, slot.at)
            limiter.answered(slot.id, slot.at)
    assert max(sum(at <= other < at + MINUTE for other in times) for at in times) <= limit


@settings(deadline=None)
@given(gaps=st.lists(st.integers(0, 20_000), min_size=30, max_size=60), limit=st.integers(1, 20))
def test_a_domain_gets_no_more_than_its_share_in_any_sliding_minute_and_holds_up_no_other(
    gaps: list[int], limit: int
) -> None:
    limiter, now, times = Limiter(1000, 0, limit), START, []
    for number, gap in enumerate(gaps):
        now += timedelta(milliseconds=gap)
        offered = [Waiting(n * 100 + number, f"{n}.{number}@Big.example", 0) for n in range(3)]
        offered.append(Waiting(1000 + number, f"{number}@small{number}.example", 0))
        slots = limiter.choose(offered, at_most=4, horizon=QUANTUM, now=now)
        assert any(slot.id >= 1000 for slot in slots)
        times += [slot.at for slot in slots if slot.id < 1000]
        for slot in slots:
            limiter.departed(slot.id, slot.at)
            limiter.answered(slot.id, slot.at)
        full = "@big.example" in limiter.busy(now)
        assert full is is_busy("new@BIG.example", limiter.busy(now))
    assert max(sum(at <= other < at + MINUTE for other in times) for at in times) <= limit


@settings(deadline=None)
@given(urgent=st.lists(st.sampled_from([0, 10, 20]), min_size=400, max_size=400))
def test_bulk_and_digest_get_a_slot_while_what_is_urgent_never_ends(urgent: list[int]) -> None:
    limiter = Limiter(1000)
    line = [Waiting(n, str(n), priority) for n, priority in enumerate(urgent)]
    line += [Waiting(1000 + n, str(1000 + n), 30) for n in range(50)]
    line += [Waiting(2000 + n, str(2000 + n), 40) for n in range(50)]
    chosen = [slot.id for slot in limiter.choose(line, at_most=300, horizon=SECOND, now=START)]
    for least in (1000, 2000):
        places = [place for place, ident in enumerate(chosen) if least <= ident < least + 1000]
        gaps = [after - before for before, after in zip([-1, *places], places, strict=False)]
        # Two classes behind at most three: whoever is owed waits for one other who is.
        assert max(gaps) <= AHEAD + 5
        assert len(places) <= len(chosen) / AHEAD


@settings(deadline=None)
@given(plan=steps, interval=st.floats(0.05, 3), trip=st.data())
def test_a_chat_gets_one_per_interval(
    plan: list[tuple[int, list[tuple[int, int]]]], interval: float, trip: st.DataObject
) -> None:
    last: dict[str, datetime] = {}
    for one in play(Limiter(1000, interval), plan, trip):
        if one.one.chat in last:
            assert one.slot.at - last[one.one.chat] >= timedelta(seconds=interval)
        last[one.one.chat] = one.slot.at


@settings(deadline=None)
@given(waiting=st.lists(st.tuples(st.integers(0, 50), st.sampled_from([0, 10, 20, 30]))))
def test_nobody_goes_before_somebody_of_higher_priority_with_a_free_chat(
    waiting: list[tuple[int, int]],
) -> None:
    offered = [Waiting(id=n, chat=str(chat), priority=p) for n, (chat, p) in enumerate(waiting)]
    slots = Limiter(28, 1).choose(offered, at_most=5, horizon=SECOND, now=START)
    chosen = [one for slot in slots for one in offered if one.id == slot.id]
    assert [one.priority for one in chosen] == sorted(one.priority for one in chosen)
    served = {one.chat for one in chosen}
    worst = max((one.priority for one in chosen), default=0)
    left = [one for one in offered if one not in chosen and one.chat not in served]
    if len(slots) == 5:
        assert all(one.priority >= worst for one in left)
    else:
        assert not left


def test_a_rate_below_one_spreads_over_seconds() -> None:
    limiter = Limiter(0.5)
    first = limiter.choose([Waiting(1, "a", 0)], at_most=1, horizon=QUANTUM, now=START)[0]
    limiter.departed(1, first.at)
    limiter.answered(1, first.at)
    assert limiter.choose([Waiting(2, "b", 0)], at_most=1, horizon=SECOND, now=START) == []
    assert limiter.wait(first.at) >= 2 * SECOND


def after_trips(limiter: Limiter, count: int, trip: timedelta, start: datetime) -> datetime:
    """One after another, each in its slot and answered after ``trip``; returns the last slot."""
    at = start
    for _ in range(count):
        at += limiter.wait(at)
        slot = limiter.choose([Waiting(1, "a", 0)], at_most=1, horizon=SECOND, now=at)[0]
        limiter.departed(1, slot.at)
        limiter.answered(1, slot.at + trip)
        at = slot.at
    return at


@pytest.mark.parametrize(("trips", "counted_ms"), [(199, 50.0), (201, 20.0), (2_001, 7.5)])
def test_the_more_trips_were_seen_the_more_of_the_fastest_one_is_left_out(
    trips: int, counted_ms: float
) -> None:
    limiter, trip = Limiter(1), timedelta(milliseconds=50)
    last = after_trips(limiter, trips, trip, START)
    assert limiter.wait(last) == SECOND + timedelta(milliseconds=counted_ms)


def test_a_way_that_became_much_faster_is_learnt_anew() -> None:
    limiter = Limiter(1)
    before = after_trips(limiter, 2_001, timedelta(milliseconds=50), START)
    last = after_trips(limiter, 1, timedelta(milliseconds=30), before)
    assert limiter.wait(last) == SECOND + timedelta(milliseconds=30)


def test_what_was_sent_before_a_restart_counts() -> None:
    limiter = Limiter(28, 1)
    limiter.remember("a", START)
    later = START + timedelta(milliseconds=900)
    offered = [Waiting(1, "a", 0), Waiting(2, "b", 30)]
    slots = limiter.choose(offered, at_most=5, horizon=QUANTUM, now=later)
    assert [slot.id for slot in slots] == [2]
    assert limiter.frees_at(later) == START + SECOND


def test_requests_that_hang_do_not_cost_their_places_for_ever() -> None:
    limiter = Limiter(2)
    offered = [Waiting(n, str(n), 0) for n in range(3)]
    given_out = limiter.choose(offered, at_most=3, horizon=SECOND, now=START)
    assert len(given_out) == 2
    for slot in given_out:
        limiter.departed(slot.id, slot.at)
    assert limiter.wait(START + SECOND) > timedelta(0)
    assert limiter.wait(given_out[-1].at + LONGEST_TRIP + SECOND) == timedelta(0)


def test_what_did_not_leave_takes_no_place() -> None:
    limiter = Limiter(1)
    limiter.choose([Waiting(1, "a", 0)], at_most=1, horizon=SECOND, now=START)
    limiter.withdrawn(1)
    later = START + limiter.spacing
    (slot,) = limiter.choose([Waiting(2, "b", 0)], at_most=1, horizon=QUANTUM, now=later)
    assert (slot.id, slot.at) == (2, later)


def test_the_limiter_forgets_chats_that_are_free_again() -> None:
    limiter = Limiter(1000, 1)
    for n in range(500):
        limiter.remember(str(n), START)
    assert limiter.busy(START + 3 * SECOND) == set()
    assert limiter.frees_at(START + 3 * SECOND) is None


@given(
    rate=st.floats(0.5, 1000), before=ms(0, 500), later=ms(0, 700), horizon=ms(0, 500),
    lead=ms(0, 100), at_most=st.integers(1, 250),
)  # fmt: skip
def test_no_more_slots_are_given_out_than_there_is_said_to_be_room_for(
    rate: float, before: timedelta, later: timedelta, horizon: timedelta, lead: timedelta,
    at_most: int,
) -> None:  # fmt: skip
    """So many are read from the outbox; with fewer the channel would stand idle."""
    limiter = Limiter(rate)
    line = [Waiting(number, str(number), 30) for number in range(2000)]
    given_out = limiter.choose(line, at_most=250, horizon=before, now=START)
    now = START + later
    room = limiter.room(at_most, horizon, now)
    slots = limiter.choose(
        line[len(given_out) :], at_most=at_most, horizon=horizon, now=now, lead=lead
    )
    assert len(slots) <= room <= at_most


def test_what_has_its_slots_already_is_not_made_room_for_again() -> None:
    limiter = Limiter(1000)
    line = [Waiting(number, str(number), 30) for number in range(500)]
    given_out = limiter.choose(line, at_most=250, horizon=QUANTUM, now=START)
    assert len(given_out) >= 95
    assert limiter.room(250, QUANTUM, START + timedelta(milliseconds=10)) <= 15
