"""Who may read no single signal never sees one come: their picture takes steps of three."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot.api.reading import read_picture
from bot.console.event_view import read_event
from bot.console.picture import in_period_of_moments
from briefings.learning.packs import read_figures
from contacts.directory import Domain, Organisation, Role
from contacts.permissions import Actor
from contacts.records import Database
from feeds.rows import Event
from signals.picture import picture_of, total_shown
from signals.picture_moments import batches_of, closed, marks_of, of_moments, seen_by, still_waiting
from signals.quarters import quarter_of
from signals.rows import Need, Setting, Signal, SignalKind, SignalStatus, ToldAs
from tests.console_world import World, a_world

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
SMALL = 3
DOMAINS = list(Domain)
KINDS = [kind.value for kind in SignalKind]


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as started:
        yield started


def told(organisation: int, number: int = 0, **values: Any) -> Signal:
    base: dict[str, Any] = {
        "id": number or organisation, "organisation_id": organisation, "event_id": 1,
        "domain": DOMAINS[organisation % 5], "received_at": NOW + timedelta(minutes=number),
        "district": "stad", "setting": Setting.CLASSROOM, "kinds": [SignalKind.FEAR.value],
        "severity": 2, "answer_due_at": NOW, "status": SignalStatus.NEW,
    }  # fmt: skip
    return Signal(**(base | values))


def one_after_another(found: list[dict[str, Any]]) -> list[Signal]:
    return [told(number=number, **one) for number, one in enumerate(found, 1)]


SIGNALS = st.lists(
    st.builds(
        dict,
        organisation=st.integers(1, 7),
        event_id=st.sampled_from([None, 1, 2]),
        district=st.sampled_from(["A", "B", "C"]),
        kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=2),
        severity=st.integers(1, 4),
        need=st.sampled_from(Need),
        told_as=st.sampled_from([ToldAs.SIGNAL, ToldAs.SIGNAL, ToldAs.QUESTION]),
    ),
    max_size=40,
).map(one_after_another)


def numbers(signals: Sequence[Signal]) -> set[int | None]:
    return {signal.id for signal in signals}


@given(SIGNALS, st.sampled_from([None, 1, 2, "all"]))
def test_no_two_successive_pictures_differ_by_one_or_two_organisations(
    found: list[Signal], event: Any
) -> None:
    """Of each event, and of everything together; nothing that was shown goes away again."""
    mine = [signal for signal in found if event in ("all", signal.event_id)]
    before: list[Signal] = []
    for last in range(len(mine) + 1):
        after = of_moments(mine[:last])
        assert numbers(before) <= numbers(after)
        new = [signal for signal in after if signal.id not in numbers(before)]
        assert not new or len({signal.organisation_id for signal in new}) >= SMALL
        before = after


@given(SIGNALS)
def test_at_least_three_organisations_move_a_bar_each_time_one_moves(found: list[Signal]) -> None:
    """Three who spoke are not enough when two of them say again what is shown already."""
    mine = [signal for signal in found if signal.event_id == 1 and signal.told_as is ToldAs.SIGNAL]
    shown: set[tuple[int, tuple[str, str]]] = set()
    present: set[int] = set()
    for batch in batches_of(mine):
        marks = {(one.organisation_id, mark) for one in batch.signals for mark in marks_of(one)}
        assert len({who for who, _ in marks - shown}) >= SMALL
        fresh = {one.organisation_id for one in batch.signals} - present
        assert not fresh or len(fresh) >= SMALL, "domain and wijk of one new organisation"
        shown |= marks
        present |= {one.organisation_id for one in batch.signals}


@given(SIGNALS, st.integers(0, 40))
def test_a_period_loses_whole_batches(found: list[Signal], minutes: int) -> None:
    begin = NOW + timedelta(minutes=minutes)
    early, late = of_moments(found), of_moments(found, since=begin)
    gone = [signal for signal in early if signal.id not in numbers(late)]
    assert numbers(late) <= numbers(early)
    assert not gone or len({signal.organisation_id for signal in gone}) >= SMALL


@given(SIGNALS, st.data())
def test_what_happens_to_a_signal_later_moves_no_batch(
    found: list[Signal], data: st.DataObject
) -> None:
    before = numbers(of_moments(found))
    for signal in found:
        signal.established_severity = data.draw(st.sampled_from([None, 1, 4]))
        signal.status = data.draw(st.sampled_from(SignalStatus))
    assert numbers(of_moments(found)) == before


def test_two_organisations_are_no_picture_and_a_third_begins_it() -> None:
    assert of_moments([told(1), told(2)]) == []
    assert of_moments([told(1), told(1, 9), told(2)]) == []
    assert total_shown(of_moments([told(1), told(2), told(3), told(4), told(5)])) == "3-6"


def test_one_new_organisation_among_known_ones_waits_for_others() -> None:
    first = [told(n) for n in (1, 2, 3)]
    again = [told(n, 10 + n, kinds=[SignalKind.ANGER.value]) for n in (1, 2)]
    shown = of_moments([*first, *again, told(4, 14)])
    assert numbers(shown) == {1, 2, 3}
    third = told(3, 15, kinds=[SignalKind.ANGER.value])
    assert numbers(of_moments([*first, *again, told(4, 14), third])) == {1, 2, 3, 11, 12, 15}


def test_an_answer_takes_no_single_signal_out_of_what_waits() -> None:
    found = [told(n) for n in (1, 2, 3)]
    found[0].status = SignalStatus.CLOSED
    assert len(still_waiting(found)) == 3
    for one in found:
        one.status = SignalStatus.CLOSED
    assert still_waiting(found) == []


def test_a_quarter_gains_closed_signals_by_three() -> None:
    done = [
        told(n, status=SignalStatus.CLOSED, closed_at=NOW + timedelta(days=4 - n))
        for n in (1, 2, 3)
    ]
    assert in_period_of_moments(done[:2], "kwartaal", NOW) == []
    assert len(in_period_of_moments(done, "kwartaal", NOW)) == 3
    assert batches_of(done, when=closed)[0].begins == NOW + timedelta(days=1)


def person(domain: Domain, *roles: Role) -> Actor:
    return Actor(1, 1, frozenset({Role.MEMBER, *roles}), is_exercise=False, domain=domain)


@pytest.mark.parametrize(
    ("who", "live"),
    [
        (person(Domain.MUNICIPALITY, Role.COORDINATOR), True),
        (person(Domain.EDUCATION, Role.INTERPRETER), True),
        (person(Domain.SAFETY, Role.INTERPRETER), False),
        (person(Domain.MUNICIPALITY, Role.APPROVER), False),
        (person(Domain.EDUCATION), False),
    ],
)
def test_who_may_read_each_signal_sees_the_picture_move(who: Actor, live: bool) -> None:
    found = [told(n) for n in (1, 2, 3, 4)]
    assert len(seen_by(who, found)) == (4 if live else 3)


async def stored(world: World, count: int) -> None:
    async with world.db.begin() as session:
        for number in range(count):
            school = Organisation(name=f"O{number}", domain=Domain.EDUCATION, created_at=world.now)
            session.add(school)
            await session.flush()
            values = told(school.id or 0).model_dump(exclude={"id"})
            session.add(
                Signal(**(values | {"event_id": world.event_id, "domain": Domain.EDUCATION}))
            )


async def test_the_api_and_the_page_of_an_event_show_a_moment(world: World) -> None:
    await stored(world, 5)
    async with world.db.read() as session:
        event = await session.get_one(Event, world.event_id)
        answer = await read_picture(session, event)
        approver = person(Domain.MUNICIPALITY, Role.APPROVER)
        seen = await read_event(session, world.event_id, approver)
        live = await read_event(
            session, world.event_id, person(Domain.MUNICIPALITY, Role.COORDINATOR)
        )
    assert answer.organisations == "3"
    assert [(one.label, one.organisations) for one in answer.domains] == [("onderwijs", "3")]
    assert seen is not None
    assert seen.told is not None
    assert live is not None
    assert live.told is not None
    assert (seen.told.organisations, live.told.organisations) == ("3", "5")


async def test_a_running_quarter_shows_an_approver_what_was_light_by_three(world: World) -> None:
    await stored(world, 5)
    quarter = quarter_of(NOW)
    async with world.db.begin() as session:
        for one in (await session.exec(select(Signal))).all():
            one.status, one.closed_at = SignalStatus.CLOSED, NOW + timedelta(days=1)
            session.add(one)
    async with world.db.read() as session:
        seen = [
            await read_figures(session, quarter, is_exercise=False, now=NOW, live=live)
            for live in (True, False)
        ]
    assert [one["weak"]["organisations"] for one in seen] == ["5", "3"]


def test_a_picture_of_nothing_says_no_number() -> None:
    picture = picture_of(of_moments([told(1), told(2)]), day_of=str, names={})
    assert (picture.has_signals, picture.organisations) == (False, "0")
