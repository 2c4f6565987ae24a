"""What was asked or offered ends, is taken away, wiped and kept from others."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from bot.chat.buttons import Tap
from bot.chat.router import TAPS
from bot.chat.turn import Turn
from bot.own_data import erase_contact, export_contact
from bot.tidying import forget_what_is_over
from contacts.directory import Domain, Person, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.meeting import ContactCount
from contacts.outbox import Message, MessageKind
from contacts.people import grant
from contacts.permissions import load_actor
from contacts.records import Database
from signals.help_rows import HelpEntry, HelpKind, HelpMatch, HelpStatus, HelpTopic
from signals.helping import HelpDraft, HelpRefused, Placed, place, remove_entry
from signals.peer_rows import PeerGroup, PeerSeat, PeerTopic, SeatStatus
from signals.settings import SignalSettings
from tests.helping import WORDS, consent, put, reached, somebody, texts_for
from tests.partner_world import SEALER, Chat, a_partner, an_event


@pytest.fixture
async def school(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


async def test_a_standing_offer_lives_91_days_and_one_about_an_event_14(school: Chat) -> None:
    event = await an_event(school)
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    me = school.person_id or 0
    await reached(school, welfare, event)
    await reached(school, me, event)
    await put(school, welfare, "Bij de gebeurtenis.", event)
    await put(school, welfare, "Altijd.")
    assert await texts_for(school, me, school.now + timedelta(days=13)) == [
        "Altijd.", "Bij de gebeurtenis.",
    ]  # fmt: skip
    # Past its day nobody sees it, even before the round of tidying.
    assert await texts_for(school, me, school.now + timedelta(days=15)) == ["Altijd."]
    assert await texts_for(school, me, school.now + timedelta(days=92)) == []


async def test_tidying_wipes_the_words_at_the_end_and_the_rows_a_month_later(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
    entry = await put(school, welfare)
    await school.command("/hulp")
    await school.tap(f"ho:{entry}")

    async def tidy(days: int) -> None:
        async with school.db.begin() as session:
            await forget_what_is_over(
                session, SignalSettings(), now=school.now + timedelta(days=days)
            )

    await tidy(90)
    [row] = await school.all(HelpEntry)
    assert row.text_sealed is not None
    await tidy(91)
    [row] = await school.all(HelpEntry)
    assert (row.status, row.text_sealed) == (HelpStatus.EXPIRED, None)
    assert len(await school.all(HelpMatch)) == 1, "they can still find each other"
    await tidy(120)
    assert len(await school.all(HelpEntry)) == 1
    await tidy(121)
    assert await school.all(HelpEntry) == []
    assert await school.all(HelpMatch) == []
    assert [row.count for row in await school.all(ContactCount)] == [1]


async def test_the_maker_ends_it_and_nobody_else_can(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    theirs = await put(school, welfare)
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
    await put(school, school.person_id or 0, "Wij zoeken een zaal.")
    await school.command("/hulp")
    await school.press("Van mij (1)")
    with pytest.raises(ValueError, match="not theirs"):
        await school.tap(f"he:{theirs}:geregeld")
    await school.press("Geregeld 1")
    assert school.toast == "geregeld"
    assert "geregeld" in await school.text()
    own = next(row for row in await school.all(HelpEntry) if row.id != theirs)
    assert (own.status, own.text_sealed) == (HelpStatus.DONE, None)
    [line] = [row for row in await school.all(JournalEntry) if row.action == "help_ended"]
    assert line.detail == {"from": "open", "to": "geregeld", "exercise": False}
    assert await texts_for(school, welfare) == []


async def test_a_coordinator_takes_it_away_and_the_maker_hears_why(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    await put(school, welfare)
    async with school.db.begin() as session:
        await grant(session, school.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=school.now)
    await school.command("/hulp")
    await school.press("Bekijk van anderen")
    await school.press("Weghalen 1")
    await school.press("Het staat er al")
    [entry] = await school.all(HelpEntry)
    assert (entry.status, entry.text_sealed) == (HelpStatus.REMOVED, None)
    [line] = [j for j in await school.all(JournalEntry) if j.action == "help_removed"]
    assert (line.actor, line.detail["reason"]) == (f"person:{school.person_id}", "dubbel")
    [notice] = [m for m in await school.all(Message) if m.kind is MessageKind.NOTICE]
    assert "het staat er al" in json.dumps(notice.content, ensure_ascii=False)


async def test_a_member_cannot_take_away_what_is_not_theirs(school: Chat) -> None:
    entry = await put(school, await somebody(school, "Welzijn", Domain.CARE_WELFARE))
    async with school.db.begin() as session:
        actor = await load_actor(session, school.person_id or 0)
        assert actor is not None
        row = await session.get_one(HelpEntry, entry)
        with pytest.raises(Exception, match="moderate_help"):
            await remove_entry(session, row, "dubbel", actor=actor, now=school.now)
    assert (await school.all(HelpEntry))[0].status is HelpStatus.OPEN


async def test_erasing_takes_entries_and_matches_and_the_file_holds_them_before(
    school: Chat,
) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    me = school.person_id or 0
    async with school.db.begin() as session:
        await consent(session, me, school.now)
    await school.command("/hulp")
    await school.tap(f"ho:{await put(school, welfare)}")
    async with school.db.begin() as session:
        person = await session.get_one(Person, welfare)
        file = await export_contact(session, person, SEALER)
        [told] = file["help_entry"]
        assert told["text_sealed"] == WORDS
        mine = await export_contact(session, await session.get_one(Person, me), SEALER)
        assert len(mine["help_match"]) == 1
        await erase_contact(session, person, who=SYSTEM, now=school.now)
    assert await school.all(HelpEntry) == []
    assert await school.all(HelpMatch) == []
    await school.command("/hulp")
    assert not any("Van mij" in label for label in await school.labels())


async def test_the_journal_does_not_say_who_asked_or_took_up(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
    await school.command("/hulp")
    await school.tap(f"ho:{await put(school, welfare)}")
    lines = [j for j in await school.all(JournalEntry) if j.action.startswith("help_")]
    assert {line.action for line in lines} == {"help_placed", "help_taken_up"}
    assert {line.actor for line in lines} == {"system"}
    assert WORDS not in json.dumps([line.detail for line in lines])


async def test_words_of_others_stand_sealed_in_the_outbox(school: Chat) -> None:
    await put(school, await somebody(school, "Welzijn", Domain.CARE_WELFARE))
    await school.command("/hulp")
    await school.press("Bekijk van anderen")
    async with school.db.read() as session:
        rows = (await session.exec(select(Message))).all()
    assert WORDS not in json.dumps([row.content for row in rows], ensure_ascii=False)


async def test_a_turn_that_dies_before_its_end_takes_nothing_up_and_tells_nobody(
    school: Chat,
) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
    entry = await put(school, welfare)
    before = len(await school.all(Message))

    async def dies(turn: Turn) -> None:
        await TAPS["ho"](turn)
        raise RuntimeError("killed")

    tap = Tap("ho", (str(entry),))
    with pytest.raises(RuntimeError, match="killed"):
        await school.run(dies, tap=tap)
    assert await school.all(HelpMatch) == []
    assert await school.all(ContactCount) == []
    assert len(await school.all(Message)) == before
    await school.command("/hulp")
    await school.tap(f"ho:{entry}")
    assert len(await school.all(HelpMatch)) == 1


async def test_one_form_that_is_sent_twice_is_one_entry(school: Chat) -> None:
    async with school.db.begin() as session:
        await consent(session, school.person_id or 0, school.now)
        actor = await load_actor(session, school.person_id or 0)
        assert actor is not None
        placed = [
            await place(
                session, HelpDraft(HelpKind.ASKED, HelpTopic.ROOM), actor=actor, sealer=SEALER,
                settings=SignalSettings(), now=school.now, once="a" * 64,
            )
            for _ in range(2)
        ]  # fmt: skip
    assert [isinstance(one, Placed) and one.is_new for one in placed] == [True, False]
    assert len(await school.all(HelpEntry)) == 1


async def test_ten_open_ones_are_enough(school: Chat) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    for number in range(10):
        await put(school, welfare, f"Aanbod {number}.")
    async with school.db.begin() as session:
        actor = await load_actor(session, welfare)
        assert actor is not None
        draft = HelpDraft(HelpKind.ASKED, HelpTopic.ROOM)
        refused = await place(
            session, draft, actor=actor, sealer=SEALER, settings=SignalSettings(), now=school.now
        )
    assert refused == HelpRefused("too_many")
    await school.command("/hulp")
    await school.press("Bekijk van anderen (10)")
    await school.press("Volgende")
    assert "10. " in await school.text()


async def test_the_file_of_who_asked_into_a_group_does_not_tell_the_answer(school: Chat) -> None:
    other = await somebody(school, "Ander", Domain.CIVIL)
    me = school.person_id or 0
    event = await an_event(school)
    async with school.db.begin() as session:
        group = PeerGroup(event_id=event, topic=PeerTopic.PARENTS, made_by=me, made_at=school.now)
        session.add(group)
        await session.flush()
        for person, by, said in ((me, None, SeatStatus.IN), (other, me, SeatStatus.DECLINED)):
            session.add(
                PeerSeat(
                    group_id=group.id or 0, person_id=person, asked_by=by, asked_at=school.now,
                    status=said, answered_at=school.now,
                )
            )  # fmt: skip
    async with school.db.read() as session:
        mine = await export_contact(session, await session.get_one(Person, me), SEALER)
        theirs = await export_contact(session, await session.get_one(Person, other), SEALER)
    own, asked = mine["peer_seat"]
    assert (own["person_id"], own["status"]) == (me, SeatStatus.IN)
    assert asked.keys() == {"id", "group_id", "asked_by", "asked_at"}
    [seat] = theirs["peer_seat"]
    assert seat["status"] == SeatStatus.DECLINED
