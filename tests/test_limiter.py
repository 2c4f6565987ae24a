"""The limiter: never more than the rate in any sliding second, and fair to who is urgent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contacts.limiter import SECOND, Limiter, Slot, Waiting

START = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
QUANTUM = timedelta(milliseconds=100)

steps = st.lists(
    st.tuples(
        st.integers(0, 700_000),  # microseconds since the step before
        st.lists(st.tuples(st.integers(0, 5), st.sampled_from([0, 10, 20, 30])), max_size=40),
    ),
    max_size=30,
)


def play(
    limiter: Limiter, plan: list[tuple[int, list[tuple[int, int]]]]
) -> list[tuple[Slot, Waiting]]:
    """Offer what waits at each step; what got no slot is offered again at the next."""
    now, ident = START, 0
    waiting: list[Waiting] = []
    given_out: list[tuple[Slot, Waiting]] = []
    for pause, arrivals in plan:
        now += timedelta(microseconds=pause)
        for chat, priority in arrivals:
            ident += 1
            waiting.append(Waiting(id=ident, chat=str(chat), priority=priority))
        slots = limiter.choose(waiting, room=limiter.room(now, QUANTUM), now=now)
        by_id = {one.id: one for one in waiting}
        for slot in slots:
            assert now <= slot.at <= now + QUANTUM
            given_out.append((slot, by_id.pop(slot.id)))
        waiting = list(by_id.values())
    return given_out


def most_in_a_second(times: list[datetime]) -> int:
    return max((sum(at <= other < at + SECOND for other in times) for at in times), default=0)


@given(plan=steps, rate=st.floats(1, 1000))
def test_no_sliding_second_holds_more_than_the_rate(
    plan: list[tuple[int, list[tuple[int, int]]]], rate: float
) -> None:
    slots = play(Limiter(rate), plan)
    assert most_in_a_second([slot.at for slot, _ in slots]) <= rate


@given(plan=steps, interval=st.floats(0.05, 3))
def test_a_chat_gets_one_per_interval(
    plan: list[tuple[int, list[tuple[int, int]]]], interval: float
) -> None:
    last: dict[str, datetime] = {}
    for slot, one in play(Limiter(1000, interval), plan):
        if one.chat in last:
            assert slot.at - last[one.chat] >= timedelta(seconds=interval)
        last[one.chat] = slot.at


@given(waiting=st.lists(st.tuples(st.integers(0, 50), st.sampled_from([0, 10, 20, 30]))))
def test_nobody_goes_before_somebody_of_higher_priority_with_a_free_chat(
    waiting: list[tuple[int, int]],
) -> None:
    offered = [Waiting(id=n, chat=str(chat), priority=p) for n, (chat, p) in enumerate(waiting)]
    slots = Limiter(28, 1).choose(offered, room=5, now=START)
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
    first = limiter.choose([Waiting(1, "a", 0)], room=1, now=START)[0]
    assert limiter.room(START, SECOND) == 0
    assert limiter.backlog(first.at) >= 2 * SECOND


def test_what_was_sent_before_a_restart_counts() -> None:
    limiter = Limiter(28, 1)
    limiter.remember("a", START)
    later = START + timedelta(milliseconds=900)
    slots = limiter.choose([Waiting(1, "a", 0), Waiting(2, "b", 30)], room=5, now=later)
    assert [slot.id for slot in slots] == [2]
    assert limiter.frees_at(later) == START + SECOND


def test_the_limiter_forgets_chats_that_are_free_again() -> None:
    limiter = Limiter(1000, 1)
    for n in range(500):
        limiter.remember(str(n), START)
    assert limiter.busy(START + 3 * SECOND) == set()
    assert limiter.frees_at(START + 3 * SECOND) is None
