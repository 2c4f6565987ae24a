"""Nobody is in a group of members, or seen in it, without a yes; it ends with its event."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from contacts.directory import Domain, Person
from contacts.journal import JournalEntry
from contacts.meeting import ContactCount
from contacts.outbox import Content, Delivery, Message
from contacts.records import Database
from feeds.rows import Event, EventStatus
from signals.errors import DraftError
from signals.helping import HelpRefused
from signals.peer_groups import (
    MOST_GROUPS,
    begin_group,
    forget_groups,
    leave,
    move_groups,
    say_no,
)
from signals.peer_rows import PeerGroup, PeerSeat, PeerStatus, PeerTopic, SeatStatus
from signals.peer_views import groups_for_desk
from signals.settings import SignalSettings
from tests.helping import consent, reached, somebody, stop
from tests.partner_world import SEALER, Chat, a_partner, an_event
from tests.peer_groups_world import NAME, actor_of, asked, begun, said_yes, seen_by, told


@pytest.fixture
async def school(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


async def test_an_exercise_and_the_real_world_never_share_a_group(school: Chat) -> None:
    played = await somebody(school, "Spel", Domain.CIVIL, is_exercise=True)
    real = await somebody(school, "Echt", Domain.CIVIL)
    event = await an_event(school, is_exercise=True)
    await reached(school, played, event)
    group = await begun(school, played, event)
    async with school.db.begin() as session:
        session.add(PeerSeat(group_id=group, person_id=real, asked_at=school.now))
    assert await seen_by(school, real) == []
    assert await said_yes(school, group, real) == HelpRefused("group_over")
    async with school.db.begin() as session:
        with pytest.raises(DraftError):
            await begin_group(
                session, event, PeerTopic.PARENTS, actor=await actor_of(session, real),
                sealer=SEALER, settings=SignalSettings(), now=school.now,
            )  # fmt: skip
        assert await groups_for_desk(session, is_exercise=False, sealer=SEALER) == []


async def test_who_stops_sharing_is_seen_by_nobody_and_sees_nobody(school: Chat) -> None:
    other = await somebody(school, "Ander", Domain.CIVIL)
    event = await told(school, school.person_id, other)
    group = await begun(school, school.person_id, event)
    await asked(school, group, school.person_id, other)
    assert await said_yes(school, group, other) is None
    await stop(school, other)
    assert await seen_by(school, school.person_id) == [[]]
    assert await seen_by(school, other) == [[]]
    await school.tap(f"pgs:{group}")
    assert "Ander" not in await school.text()


async def test_a_yes_needs_the_consent_and_asks_for_it(school: Chat) -> None:
    other = await somebody(school, "Ander", Domain.CIVIL)
    event = await told(school, school.person_id, other)
    group = await begun(school, other, event)
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
    await asked(school, group, other, school.person_id or 0)
    await stop(school, school.person_id or 0)
    await school.command("/hulp")
    for label in ("Groepen (1)", "Bekijk 1", "Ja, ik doe mee"):
        await school.press(label)
    assert "Mogen andere leden u zien?" in await school.text()
    await school.press("Ja, andere leden")
    assert school.toast == "U zit in de groep."
    assert "Ander" in await school.text()


async def test_no_is_heard_by_nobody_and_may_become_a_yes(school: Chat) -> None:
    other = await somebody(school, "Ander", Domain.CIVIL)
    event = await told(school, school.person_id, other)
    group = await begun(school, school.person_id, event)
    await asked(school, group, school.person_id, other)
    before = len(await school.all(Message))
    async with school.db.begin() as session:
        actor = await actor_of(session, other)
        assert await say_no(session, group, actor=actor, now=school.now)
        assert not await say_no(session, group, actor=actor, now=school.now)
    assert len(await school.all(Message)) == before
    assert await asked(school, group, school.person_id, other) == HelpRefused("asked_before")
    assert await said_yes(school, group, other) is None


async def notices(chat: Chat) -> list[str]:
    """What members were told of a group, each as it reads in a mail or chat."""
    shown = [Content.from_json(message.content) for message in await chat.all(Message)]
    mails = [one.email.text for one in shown if one.email is not None]
    return [text for text in mails if "zei ja" in text or "groep voorbij" in text]


async def test_who_began_a_group_hears_of_a_yes_and_not_whose(school: Chat) -> None:
    other = await somebody(school, "Ander", Domain.CIVIL)
    third = await somebody(school, "Derde", Domain.CIVIL)
    event = await told(school, school.person_id, other, third)
    group = await begun(school, school.person_id, event, NAME)
    await asked(school, group, school.person_id, other)
    assert await notices(school) == []
    await said_yes(school, group, other)
    [told_of] = await notices(school)
    assert "zitten nu 2 leden" in told_of
    assert "Ander" not in told_of
    assert NAME not in told_of
    # Asked by another member: who began it hears it, and so does who asked.
    await asked(school, group, other, third)
    await said_yes(school, group, third)
    deliveries = [one for one in await school.all(Delivery) if one.person_id]
    told_people = [one.person_id for one in deliveries][-2:]
    assert sorted(told_people) == sorted([school.person_id or 0, other])
    async with school.db.begin() as session:
        await leave(session, group, actor=await actor_of(session, third), now=school.now)
    await said_yes(school, group, third)
    assert len(await notices(school)) == 2, "who comes back is not told again"


async def test_members_hear_once_that_their_group_ended_with_its_event(school: Chat) -> None:
    other = await somebody(school, "Ander", Domain.CIVIL)
    silent = await somebody(school, "Stil", Domain.CIVIL)
    event = await told(school, school.person_id, other, silent)
    group = await begun(school, school.person_id, event, NAME)
    await asked(school, group, school.person_id, other)
    await asked(school, group, school.person_id, silent)
    await said_yes(school, group, other)
    async with school.db.begin() as session:
        (await session.get_one(Event, event)).status = EventStatus.CLOSED
    for _ in range(2):
        async with school.db.begin() as session:
            await forget_groups(session, now=school.now)
    [line] = [text for text in await notices(school) if "groep voorbij" in text]
    assert NAME not in line
    newest = max(message.id or 0 for message in await school.all(Message))
    told_people = [d.person_id for d in await school.all(Delivery) if d.message_id == newest]
    assert sorted(one or 0 for one in told_people) == sorted([school.person_id or 0, other])


async def test_leaving_is_one_tap_and_the_last_one_out_ends_it(school: Chat) -> None:
    other = await somebody(school, "Ander", Domain.CIVIL)
    event = await told(school, school.person_id, other)
    group = await begun(school, school.person_id, event, NAME)
    await asked(school, group, school.person_id, other)
    await said_yes(school, group, other)
    await school.tap(f"pgs:{group}")
    await school.press("Ga eruit")
    assert await seen_by(school, other) == [[]]
    assert await seen_by(school, school.person_id) == []
    await said_yes(school, group, other)
    assert [one.count for one in await school.all(ContactCount)] == [1], "counted once"
    async with school.db.begin() as session:
        actor = await actor_of(session, other)
        assert await leave(session, group, actor=actor, now=school.now)
        assert not await leave(session, group, actor=actor, now=school.now)
    [row] = await school.all(PeerGroup)
    assert (row.status, row.name_sealed) == (PeerStatus.ENDED, None)


async def test_a_group_ends_with_its_event_and_its_rows_go_a_month_later(school: Chat) -> None:
    event = await told(school, school.person_id)
    await begun(school, school.person_id, event, NAME)
    async with school.db.begin() as session:
        row = await session.get_one(Event, event)
        row.status = EventStatus.CLOSED
        session.add(row)
    assert await seen_by(school, school.person_id) == [], "at once, before any tidying"
    for days, left in ((0, 1), (29, 1), (31, 0)):
        async with school.db.begin() as session:
            await forget_groups(session, now=school.now + timedelta(days=days))
        groups = await school.all(PeerGroup)
        assert (len(groups), [g.name_sealed for g in groups]) == (left, [None] * left)
    assert await school.all(PeerSeat) == []


async def test_a_group_goes_on_where_its_event_is_joined_to_another(school: Chat) -> None:
    event = await told(school, school.person_id)
    kept = await an_event(school)
    await begun(school, school.person_id, event)
    async with school.db.begin() as session:
        row = await session.get_one(Event, event)
        row.status, row.merged_into_id = EventStatus.DISMISSED, kept
        session.add(row)
    async with school.db.begin() as session:
        await forget_groups(session, now=school.now)
    assert await seen_by(school, school.person_id) == [[]]


async def test_the_journal_does_not_say_who_is_in_a_group(school: Chat) -> None:
    other = await somebody(school, "Ander", Domain.CIVIL)
    event = await told(school, school.person_id, other)
    group = await begun(school, school.person_id, event, NAME)
    await asked(school, group, school.person_id, other)
    await said_yes(school, group, other)
    lines = [row for row in await school.all(JournalEntry) if row.action.startswith("peers_")]
    assert {row.action for row in lines} == {"peers_begun", "peers_in"}
    assert {row.actor for row in lines} == {"system"}
    assert NAME not in str([row.detail for row in lines])


async def test_three_groups_of_one_maker_are_enough(school: Chat) -> None:
    event = await told(school, school.person_id)
    for _ in range(MOST_GROUPS):
        await begun(school, school.person_id, event)
    async with school.db.begin() as session:
        refused = await begin_group(
            session, event, PeerTopic.STREET, actor=await actor_of(session, school.person_id),
            sealer=SEALER, settings=SignalSettings(), now=school.now,
        )  # fmt: skip
    assert refused == HelpRefused("too_many_groups")


async def test_who_is_merged_keeps_the_groups(school: Chat) -> None:
    twin = await somebody(school, "Dubbel", Domain.CIVIL)
    keep = await somebody(school, "Blijft", Domain.CIVIL)
    event = await told(school, school.person_id, twin, keep)
    both = await begun(school, school.person_id, event)
    for person in (twin, keep):
        await asked(school, both, school.person_id, person)
    await said_yes(school, both, twin)
    alone = await begun(school, twin, event)
    async with school.db.begin() as session:
        rows = [await session.get_one(Person, ident) for ident in (keep, twin)]
        await move_groups(session, *rows)
    seats = {(s.group_id, s.status) for s in await school.all(PeerSeat) if s.person_id == keep}
    assert seats == {(both, SeatStatus.ASKED), (alone, SeatStatus.IN)}
    assert twin not in {seat.person_id for seat in await school.all(PeerSeat)}
