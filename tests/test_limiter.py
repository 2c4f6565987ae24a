"""The limiter: never more than the rate in any sliding second, and fair to who is urgent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contacts.limiter import LONGEST_TRIP, SECOND, Limiter, Slot, Waiting

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


def play(
    limiter: Limiter, plan: list[tuple[int, list[tuple[int, int]]]], trip: st.DataObject
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
            seen, rest = trip.draw(delays), trip.draw(delays)
            one = Trip(slot, by_id.pop(slot.id), slot.at + seen, slot.at + seen + rest)
            under_way.append(one)
            trips.append(one)
        waiting = list(by_id.values())
    return trips


delays = st.integers(0, 250).map(lambda ms: timedelta(milliseconds=ms))


def most_in_a_second(times: list[datetime]) -> int:
    return max((sum(at <= other < at + SECOND for other in times) for at in times), default=0)


@given(plan=steps, rate=st.floats(1, 60), trip=st.data())
def test_the_other_side_sees_no_more_than_the_rate_in_any_sliding_second(
    plan: list[tuple[int, list[tuple[int, int]]]], rate: float, trip: st.DataObject
) -> None:
    trips = play(Limiter(rate), plan, trip)
    assert most_in_a_second([one.slot.at for one in trips]) <= rate
    assert most_in_a_second([one.seen for one in trips]) <= rate


@given(plan=steps, interval=st.floats(0.05, 3), trip=st.data())
def test_a_chat_gets_one_per_interval(
    plan: list[tuple[int, list[tuple[int, int]]]], interval: float, trip: st.DataObject
) -> None:
    last: dict[str, datetime] = {}
    for one in play(Limiter(1000, interval), plan, trip):
        if one.one.chat in last:
            assert one.slot.at - last[one.one.chat] >= timedelta(seconds=interval)
        last[one.one.chat] = one.slot.at


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
    limiter.answered(1, first.at)
    assert limiter.choose([Waiting(2, "b", 0)], at_most=1, horizon=SECOND, now=START) == []
    assert limiter.wait(first.at) >= 2 * SECOND


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
    assert limiter.wait(START + SECOND) > timedelta(0)
    assert limiter.wait(given_out[-1].at + LONGEST_TRIP + SECOND) == timedelta(0)


def test_what_did_not_leave_takes_no_place() -> None:
    limiter = Limiter(1)
    limiter.choose([Waiting(1, "a", 0)], at_most=1, horizon=SECOND, now=START)
    limiter.withdrawn(1)
    assert limiter.wait(START) <= SECOND + timedelta(milliseconds=1)


def test_the_limiter_forgets_chats_that_are_free_again() -> None:
    limiter = Limiter(1000, 1)
    for n in range(500):
        limiter.remember(str(n), START)
    assert limiter.busy(START + 3 * SECOND) == set()
    assert limiter.frees_at(START + 3 * SECOND) is None
