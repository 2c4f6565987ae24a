"""Texts approved in parts: nobody who was held back is forgotten, and nobody gets it twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.console.reading import Door, read_newest
from briefings.approval import ApprovalRefused, Approved, Submitted, approve, submit, withdraw
from briefings.audience import plan_version
from briefings.counting import read_overview, read_part
from briefings.drafting import current_briefing, draft_briefing, texts_of
from briefings.editing import write_words
from briefings.facts import add_fact
from briefings.missing import plan_missed
from briefings.rows import Briefing, BriefingKind, BriefingStatus, FactKind, covered
from briefings.versions import versions_of
from contacts.directory import AccessLink, Audience, Channel, ChannelKind, Organisation
from contacts.outbox import Delivery, Message, MessageStatus
from contacts.records import Database
from tests.briefings_cast import NOW, SETTINGS, Cast, facts_for, the_cast

LATER = NOW + timedelta(minutes=10)
VO, LEAD, POLICE = Audience.TEACHER_VO_MBO, Audience.SCHOOL_LEADER, Audience.POLICE_DISTRICT
ALL_BUT_POLICE = [audience for audience in Audience if audience is not POLICE]


async def handed_in(session: AsyncSession) -> tuple[Cast, Briefing, str]:
    cast = await the_cast(session)
    await facts_for(session, cast.event)
    briefing = await draft_briefing(
        session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
        editor_id=cast.writer.person_id, now=NOW,
    )  # fmt: skip
    done = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
    assert isinstance(done, Submitted), done
    return cast, briefing, done.content_hash


async def approved(
    session: AsyncSession, cast: Cast, briefing: Briefing, seen: str, *,
    audiences: Collection[Audience] | None = None, now: datetime = NOW, **how: Any,
) -> Approved | ApprovalRefused:  # fmt: skip
    return await approve(
        session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=now,
        audiences=audiences, **how,
    )  # fmt: skip


async def split(session: AsyncSession, **how: Any) -> tuple[Cast, Briefing, Briefing]:
    """Everything approved but the text for the police; returns the rest as well."""
    cast, briefing, seen = await handed_in(session)
    done = await approved(session, cast, briefing, seen, audiences=ALL_BUT_POLICE, **how)
    assert isinstance(done, Approved), done
    rest = await current_briefing(session, cast.event.id or 0)
    assert rest is not None
    assert rest.id != briefing.id
    return cast, briefing, rest


async def got(session: AsyncSession) -> list[str]:
    """The addresses of everything that is on its way, in order."""
    found = await session.exec(select(Delivery))
    messages = {m.id: m for m in (await session.exec(select(Message))).all()}
    live = [d for d in found.all() if messages[d.message_id].status is not MessageStatus.CANCELLED]
    return sorted(delivery.address for delivery in live)


async def test_six_go_and_one_stays_waiting(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, rest = await split(session)
        assert await got(session) == ["11", "b@x.test"]
        assert (briefing.status, rest.status) == (
            BriefingStatus.DISTRIBUTED, BriefingStatus.SUBMITTED,
        )  # fmt: skip
        assert (covered(rest), rest.submitted_by) == ((POLICE,), cast.writer.person_id)
        done = await approved(session, cast, rest, rest.content_hash or "", now=LATER)
        assert isinstance(done, Approved)
        assert (done.deliveries, done.unreachable) == (1, 0)
        assert await got(session) == ["11", "12", "b@x.test"]


async def test_the_texts_that_wait_are_the_very_texts_that_were_read(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        before = {t.audience: t.html for t in await texts_of(session, briefing.id or 0)}
        await approved(session, cast, briefing, seen, audiences=ALL_BUT_POLICE)
        both = [
            text
            for version in await versions_of(session, cast.event.id or 0)
            for text in await texts_of(session, version.id or 0)
        ]
    assert {text.audience: text.html for text in both} == before


async def test_the_count_before_the_button_is_the_count_that_goes(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        counted = await read_part(session, cast.event, briefing, ALL_BUT_POLICE)
        done = await approved(session, cast, briefing, seen, audiences=ALL_BUT_POLICE)
        assert isinstance(done, Approved)
        assert (counted.people, len(counted.unreachable)) == (done.deliveries, done.unreachable)
        rest = await current_briefing(session, cast.event.id or 0)
        assert rest is not None
        waiting = await read_overview(session, cast.event, rest)
    assert dict(waiting.by_audience) == {POLICE: 1}
    assert waiting.unreachable == []


@pytest.mark.parametrize(
    "kind", [BriefingKind.CORRECTION, BriefingKind.RETRACTION, BriefingKind.CLOSING]
)
async def test_what_puts_something_right_goes_to_everybody_at_once(
    db: Database, kind: BriefingKind
) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await approved(session, cast, briefing, seen)
        follow = await draft_briefing(
            session, cast.event, kind=kind, settings=SETTINGS, editor_id=cast.writer.person_id,
            now=LATER, wrong="het aantal",
        )  # fmt: skip
        done = await submit(session, follow, cast.writer, SETTINGS, now=LATER, is_knowing=True)
        assert isinstance(done, Submitted), done
        refused = await approved(
            session, cast, follow, done.content_hash, audiences=[VO], now=LATER
        )
    assert refused == ApprovalRefused("not_in_parts")


@pytest.mark.parametrize("audiences", [[], [VO, VO, VO][:0]])
async def test_no_text_at_all_is_no_part(db: Database, audiences: list[Audience]) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        refused = await approved(session, cast, briefing, seen, audiences=audiences)
    assert refused == ApprovalRefused("not_in_parts")


async def test_all_texts_by_name_are_no_split(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await approved(session, cast, briefing, seen, audiences=list(Audience))
        assert len(await versions_of(session, cast.event.id or 0)) == 1
    assert briefing.audiences is None


async def test_who_wrote_one_text_by_hand_may_approve_the_others(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, _ = await handed_in(session)
        await write_words(
            session, cast.event, cast.approver, POLICE, "Liever niet", "- Rustig aan.", SETTINGS,
            allow=(), now=NOW,
        )  # fmt: skip
        again = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
        assert isinstance(again, Submitted), again
        seen = again.content_hash
        assert await approved(session, cast, briefing, seen) == ApprovalRefused("four_eyes")
        assert await approved(session, cast, briefing, seen, audiences=[POLICE]) == (
            ApprovalRefused("four_eyes")
        )
        done = await approved(session, cast, briefing, seen, audiences=ALL_BUT_POLICE)
        assert isinstance(done, Approved)
        rest = await current_briefing(session, cast.event.id or 0)
        assert rest is not None
        held = rest.content_hash or ""
        assert await approved(session, cast, rest, held) == ApprovalRefused("four_eyes")
        other = replace(cast, approver=replace(cast.approver, person_id=99))
        assert isinstance(await approved(session, other, rest, held), Approved)


async def test_a_fact_sends_the_rest_back_to_draft_as_a_first_text_of_its_own(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, briefing, rest = await split(session)
        await add_fact(
            session, cast.event.id or 0, kind=FactKind.CONFIRMED, text="De straat is weer open.",
            source_name="politie", source_at=LATER, editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        assert (briefing.status, rest.status) == (
            BriefingStatus.DISTRIBUTED, BriefingStatus.DRAFT,
        )  # fmt: skip
        drafted = await draft_briefing(
            session, cast.event, kind=rest.kind, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        assert (drafted.id, drafted.kind) == (rest.id, BriefingKind.FIRST)
        [text] = await texts_of(session, rest.id or 0)
        plan = await plan_version(session, cast.event, rest)
    assert text.audience is POLICE
    assert "De straat is weer open." in text.html
    assert [planned.audience for planned in plan.recipients] == [POLICE]


async def test_parts_that_wait_for_the_morning_come_back_together(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, rest = await split(session, send_at=NOW + timedelta(hours=1))
        assert briefing.status is BriefingStatus.APPROVED
        await add_fact(
            session, cast.event.id or 0, kind=FactKind.CONFIRMED, text="De straat is weer open.",
            source_name="politie", source_at=LATER, editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        assert (briefing.status, rest.status) == (BriefingStatus.WITHDRAWN, BriefingStatus.DRAFT)
        assert rest.audiences is None
        assert await got(session) == []
        await draft_briefing(
            session, cast.event, kind=rest.kind, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        assert {t.audience for t in await texts_of(session, rest.id or 0)} == set(Audience)
        plan = await plan_version(session, cast.event, rest)
    assert plan.people == 3


async def test_a_part_that_waits_is_void_also_when_the_other_part_went_out(db: Database) -> None:
    async with db.begin() as session:
        cast, waiting, rest = await split(session, send_at=NOW + timedelta(hours=3))
        await approved(session, cast, rest, rest.content_hash or "", now=LATER)
        assert rest.status is BriefingStatus.DISTRIBUTED
        await add_fact(
            session, cast.event.id or 0, kind=FactKind.CONFIRMED, text="De straat is weer open.",
            source_name="politie", source_at=LATER, editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        assert waiting.status is BriefingStatus.WITHDRAWN
        draft = await current_briefing(session, cast.event.id or 0)
        assert draft is not None
        assert draft.status is BriefingStatus.DRAFT
        assert covered(draft) == covered(waiting)


async def test_an_update_goes_to_readers_of_both_parts_once(db: Database) -> None:
    async with db.begin() as session:
        cast, _, rest = await split(session)
        await approved(session, cast, rest, rest.content_hash or "", now=LATER)
        update = await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        plan = await plan_version(session, cast.event, update)
    assert update.audiences is None
    assert sorted(p.recipient.address for p in plan.recipients) == ["11", "12", "b@x.test"]


async def test_who_was_held_back_and_never_got_it_gets_the_next_update(db: Database) -> None:
    async with db.begin() as session:
        cast, _, rest = await split(session)
        await withdraw(session, rest, cast.writer, now=LATER)
        update = await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER,
        )  # fmt: skip
        plan = await plan_version(session, cast.event, update)
    assert sorted(p.recipient.address for p in plan.recipients) == ["11", "12", "b@x.test"]


async def test_a_retraction_over_a_waiting_rest_reaches_everybody_who_read(db: Database) -> None:
    async with db.begin() as session:
        cast, _, _ = await split(session)
        retraction = await draft_briefing(
            session, cast.event, kind=BriefingKind.RETRACTION, settings=SETTINGS,
            editor_id=cast.approver.person_id, now=LATER, wrong="de wijk",
        )  # fmt: skip
        plan = await plan_version(session, cast.event, retraction)
        texts = await texts_of(session, retraction.id or 0)
    assert sorted(p.recipient.address for p in plan.recipients) == ["11", "b@x.test"]
    assert {text.audience for text in texts} == set(Audience)


async def test_who_comes_on_the_list_later_is_missed_by_their_own_part_only(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, rest = await split(session)
        await approved(session, cast, rest, rest.content_hash or "", now=LATER)
        late = next(person for person in cast.people if person.name == "conciërge")
        session.add(
            Channel(person_id=late.id, kind=ChannelKind.TELEGRAM, address="13", created_at=LATER)
        )
        await session.flush()
        first = await plan_missed(session, cast.event, briefing)
        second = await plan_missed(session, cast.event, rest)
    assert [p.recipient.address for p in first.recipients] == ["13"]
    assert second.recipients == []


async def test_each_organisation_reads_the_newest_text_of_its_own_work(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, rest = await split(session)
        await approved(session, cast, rest, rest.content_hash or "", now=LATER)
        school = await session.get_one(Organisation, cast.people[0].organisation_id)
        link = AccessLink(
            token_hash="x", organisation_id=school.id or 0, event_id=cast.event.id or 0,
            created_at=NOW, expires_at=LATER,
        )  # fmt: skip
        door = Door(link, school, cast.event)
        own = await read_newest(session, door, None, now=LATER)
        asked = await read_newest(session, door, POLICE, now=LATER)
    assert own is not None
    assert asked is not None
    assert (own.audience, own.version) == (VO, briefing.version)
    assert (asked.audience, asked.version) == (POLICE, rest.version)
    assert set(own.others) == set(Audience) - {VO}


async def test_a_closing_counts_for_each_reader_what_that_reader_got(db: Database) -> None:
    async with db.begin() as session:
        cast, _, rest = await split(session)
        done = await approved(session, cast, rest, rest.content_hash or "", now=LATER)
        assert isinstance(done, Approved), done
        closing = await draft_briefing(
            session, cast.event, kind=BriefingKind.CLOSING, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=LATER + timedelta(days=7),
        )  # fmt: skip
        told = [text.plain + text.telegram for text in await texts_of(session, closing.id or 0)]
    assert len(told) == len(Audience)
    assert all(words.count("Wij hielden u met 1 bericht op de hoogte.") == 2 for words in told)
