"""Two contacts that become one lose nothing: vraag en aanbod, consent, deliveries, journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select

from contacts.consent import Consent
from contacts.directory import Channel, ChannelKind, Domain, Person
from contacts.groups import make_group
from contacts.journal import SYSTEM, JournalEntry
from contacts.merging import merge_people
from contacts.outbox import Delivery
from contacts.people import open_channel
from contacts.records import Database
from signals.help_moving import move_help
from signals.help_rows import HelpEntry, HelpMatch
from tests.helping import consent, put, reached, somebody
from tests.partner_world import Chat, a_partner, an_event


@pytest.fixture
async def school(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


async def rows(db: Database, kind: Any) -> list[Any]:
    async with db.read() as session:
        return list((await session.exec(select(kind).order_by(kind.id))).all())


async def twice(chat: Chat) -> tuple[int, int]:
    """The partner, and the same one once more; both with a channel, and both let others see it."""
    async with chat.db.begin() as session:
        keep = await session.get_one(Person, chat.person_id)
        gone = Person(organisation_id=keep.organisation_id, name=keep.name, created_at=chat.now)
        session.add(gone)
        await session.flush()
        for one in (keep, gone):
            await consent(session, one.id or 0, chat.now)
        await open_channel(
            session, gone, ChannelKind.EMAIL, "tweede@school.example", rank=1, now=chat.now
        )
        return keep.id or 0, gone.id or 0


async def test_what_both_asked_and_took_up_is_of_the_one_that_stays(school: Chat) -> None:
    keep_id, gone_id = await twice(school)
    event = await an_event(school)
    await reached(school, gone_id, event)
    for owner in (keep_id, gone_id):
        await put(school, owner, f"Wij bieden een ruimte {owner}.")
    other = await somebody(school, "Buurtwerk", Domain.CARE_WELFARE)
    theirs = [await put(school, other, f"Wij helpen {number}.") for number in range(2)]
    async with school.db.begin() as session:
        for entry, person in (
            (theirs[0], keep_id), (theirs[0], gone_id), (theirs[1], gone_id),
        ):  # fmt: skip
            session.add(
                HelpMatch(entry_id=entry, person_id=person, organisation_id=1,
                          taken_at=school.now)
            )  # fmt: skip
    before = {
        kind: len(await rows(school.db, kind))
        for kind in (Channel, Consent, Delivery, HelpEntry, JournalEntry)
    }
    async with school.db.begin() as session:
        keep, gone = [await session.get_one(Person, one) for one in (keep_id, gone_id)]
        await merge_people(session, keep, gone, who=SYSTEM, now=school.now)
        await move_help(session, keep, gone)
    assert {one.person_id for one in await rows(school.db, HelpEntry)} == {keep_id, other}
    assert [(one.entry_id, one.person_id) for one in await rows(school.db, HelpMatch)] == [
        (entry, keep_id) for entry in theirs
    ]
    for kind in (Channel, Consent, Delivery, HelpEntry):
        assert len(await rows(school.db, kind)) == before[kind], kind
    assert len(await rows(school.db, JournalEntry)) > before[JournalEntry]
    assert gone_id not in {one.person_id for one in await rows(school.db, Channel)}
    assert gone_id in {one.person_id for one in await rows(school.db, Delivery)}


async def test_a_group_is_not_named_after_a_placeholder(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        with pytest.raises(ValueError, match="not a name"):
            await make_group(session, "Hulp %%SIGN_IN%%", None, who=SYSTEM, now=now)
        assert await make_group(session, "Hulp 100%", None, who=SYSTEM, now=now) is not None
