"""Two organisations that become one lose nothing, and it happens once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.tables import load_tables
from briefings.clock_rows import FirstCall
from briefings.learning.owners import rename_owner
from briefings.learning.rows import Lesson
from briefings.overleg.rows import (
    Agreement,
    AgreementKind,
    CalendarLink,
    Overleg,
    OverlegKind,
    OverlegPresence,
)
from contacts.calling import CallItem
from contacts.directory import (
    AccessLink,
    ChannelKind,
    ContactGroup,
    Domain,
    GroupMember,
    Organisation,
    Person,
    Site,
)
from contacts.joining import (
    CannotJoin,
    Place,
    alike_places,
    find_places_twice,
    join_organisations,
    pointers,
)
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Delivery, Message, MessageKind
from contacts.records import Database
from feeds.rows import Event, EventStatus, Origin
from signals.rows import Setting, Signal
from tests.console_world import World, a_world
from tests.contact_files_world import rows
from tests.joined_pair import WIJK, an_organisation, two

_numbers = count(1)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


#: of each of the two: how many people, which places and meetings, whom they ring, and so on
HALF = st.fixed_dictionaries(
    {
        "people": st.integers(0, 3),
        "in_group": st.booleans(),
        "signals": st.integers(0, 2),
        "deliveries": st.integers(0, 2),
        "sites": st.lists(st.sampled_from(["Zuid", "zuid", "Hal"]), unique_by=str.lower),
        "there": st.booleans(),
        "rung": st.booleans(),
        "agreements": st.integers(0, 2),
        "lessons": st.integers(0, 2),
        "hosts": st.booleans(),
        "links": st.integers(0, 2),
    }
)


class Scene:
    """One event and one meeting, and what two organisations have to do with them."""

    def __init__(self, session: AsyncSession, now: datetime) -> None:
        self.session, self.now = session, now

    async def begin(self) -> None:
        number = next(_numbers)
        self.event = Event(
            title="x", type="algemeen", origin=Origin.MANUAL, detected_at=self.now,
            status=EventStatus.CONFIRMED,
        )  # fmt: skip
        self.group = ContactGroup(name=f"Groep {number}")
        self.pair = [
            an_organisation(f"School {number}", self.now),
            an_organisation(f"Scholen {number}", self.now, district=WIJK),
        ]
        self.message = Message(
            kind=MessageKind.BRIEFING, content={}, created_at=self.now, send_at=self.now
        )
        self.session.add_all([self.event, self.group, *self.pair, self.message])
        await self.session.flush()
        self.overleg = Overleg(
            starts_at=self.now, kind=OverlegKind.REGULAR, host_id=self.pair[0].id or 0,
            edited_at=self.now,
        )  # fmt: skip
        self.session.add(self.overleg)
        await self.session.flush()

    async def fill(self, of: Organisation, half: dict[str, Any]) -> None:
        """Everything that an organisation can have to do with."""
        assert of.id is not None
        people = [
            Person(organisation_id=of.id, name="Docent", created_at=self.now)
            for _ in range(half["people"])
        ]
        self.session.add_all(people)
        await self.session.flush()
        made: list[Any] = [self._signal(of.id) for _ in range(half["signals"])]
        made += [
            Delivery(
                message_id=self.message.id or 0, organisation_id=of.id, kind=ChannelKind.EMAIL,
                address=f"{next(_numbers)}@x.example", not_before=self.now, planned_at=self.now,
            )
            for _ in range(half["deliveries"])
        ]  # fmt: skip
        made += [Site(organisation_id=of.id, name=name, can_host=True) for name in half["sites"]]
        made += [
            Agreement(
                overleg_id=self.overleg.id or 0, kind=AgreementKind.ACTION, words="Doe iets.",
                owner=of.name, owner_id=of.id, made_at=self.now,
            )
            for _ in range(half["agreements"])
        ]  # fmt: skip
        made += [
            Lesson(
                event_id=self.event.id or 0, change="Anders.", owner=of.name, made_at=self.now,
                due=self.now.date(),
            )
            for _ in range(half["lessons"])
        ]  # fmt: skip
        made += [
            AccessLink(
                token_hash=f"a{next(_numbers)}", organisation_id=of.id, event_id=1,
                created_at=self.now, expires_at=self.now,
            )
            for _ in range(half["links"])
        ]  # fmt: skip
        made += [
            CalendarLink(token_hash=f"c{next(_numbers)}", organisation_id=of.id, made_at=self.now)
            for _ in range(half["links"])
        ]
        made += self._once(of.id, half, people)
        self.session.add_all(made)
        await self.session.flush()

    def _signal(self, number: int) -> Signal:
        return Signal(
            organisation_id=number, domain=Domain.EDUCATION, received_at=self.now, district=WIJK,
            setting=Setting.CLASSROOM, kinds=["vragen"], severity=2,
            read_due_at=self.now, answer_due_at=self.now, reply_handle="x",
        )  # fmt: skip

    def _once(self, number: int, half: dict[str, Any], people: list[Person]) -> list[Any]:
        made: list[Any] = []
        if half["there"]:
            made.append(OverlegPresence(overleg_id=self.overleg.id or 0, organisation_id=number))
        if half["rung"]:
            made.append(
                FirstCall(
                    event_id=self.event.id or 0, organisation_id=number, added_at=self.now,
                    called_at=self.now if number == self.pair[1].id else None,
                )
            )  # fmt: skip
        if half["hosts"]:
            made.append(
                Overleg(
                    starts_at=self.now, kind=OverlegKind.REGULAR, host_id=number,
                    edited_at=self.now,
                )
            )  # fmt: skip
        if half["in_group"]:
            made += [
                GroupMember(group_id=self.group.id or 0, person_id=one.id or 0) for one in people
            ]
        return made


async def counts(session: AsyncSession) -> Counter[str]:
    """How many rows each table has."""
    return Counter(
        {
            table.name: int((await session.exec(select(func.count()).select_from(table))).one())
            for table in SQLModel.metadata.sorted_tables
        }
    )


@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=HALF, second=HALF)
async def test_everything_of_the_one_that_goes_is_of_the_one_that_stays(
    db: Database, now: datetime, first: dict[str, Any], second: dict[str, Any]
) -> None:
    async with db.begin() as session:
        scene = Scene(session, now)
        await scene.begin()
        keep, gone = scene.pair
        keep_id, gone_id, gone_name = keep.id or 0, gone.id or 0, gone.name
        await scene.fill(keep, first)
        await scene.fill(gone, second)
        before = await counts(session)
        names = await join_organisations(session, keep_id, gone_id, who=SYSTEM, now=now)
        await rename_owner(session, names[1], names[0])
    async with db.read() as session:
        after = await counts(session)
        for column in pointers():
            left = select(func.count()).select_from(column.table).where(column == gone_id)
            assert (await session.exec(left)).one() == 0, column
        for kind in (Lesson, Agreement):
            owners = select(kind.id).where(col(kind.owner) == gone_name)
            assert (await session.exec(owners)).first() is None
        assert await session.get(Organisation, gone_id) is None
        kept = await session.get_one(Organisation, keep_id)
        assert kept.district == WIJK
        sites = await session.exec(select(Site.name).where(col(Site.organisation_id) == keep_id))
        named = [name.lower() for name in sites.all()]
        calls = await session.exec(
            select(FirstCall.called_at).where(col(FirstCall.organisation_id) == keep_id)
        )
        assert bool([at for at in calls.all() if at]) is second["rung"]
    wanted = {name.lower() for name in (*first["sites"], *second["sites"])}
    assert sorted(named) == sorted(wanted)
    lost = before - after
    assert lost.pop("organisation") == 1
    united = {
        "site": len(first["sites"]) + len(second["sites"]) - len(wanted),
        "overleg_presence": int(first["there"] and second["there"]),
        "first_call": int(first["rung"] and second["rung"]),
    }
    assert lost == Counter({name: number for name, number in united.items() if number})


def test_every_column_that_names_an_organisation_is_moved() -> None:
    load_tables()
    found = {f"{column.table.name}.{column.name}" for column in pointers()}
    assert {
        "person.organisation_id", "site.organisation_id", "signal.organisation_id",
        "delivery.organisation_id", "acknowledgement.organisation_id", "overleg.host_id",
        "agreement.owner_id", "overleg_presence.organisation_id", "help_entry.organisation_id",
        "help_match.organisation_id", "access_link.organisation_id", "first_call.organisation_id",
        f"{CallItem.__tablename__}.organisation_id",
    } <= found  # fmt: skip


async def test_joining_twice_is_refused(db: Database, now: datetime) -> None:
    keep, gone = await two(db, now)
    async with db.begin() as session:
        await join_organisations(session, keep, gone, who=SYSTEM, now=now)
    for again in ((keep, gone), (gone, keep), (keep, keep)):
        async with db.begin() as session:
            with pytest.raises(CannotJoin):
                await join_organisations(session, *again, who=SYSTEM, now=now)
    assert len(await rows(db, Organisation)) == 1


@pytest.mark.parametrize("other", [{"domain": Domain.CIVIL}, {"is_exercise": True}])
async def test_two_domains_or_worlds_are_not_joined(
    db: Database, now: datetime, other: dict[str, Any]
) -> None:
    keep, gone = await two(db, now, **other)
    async with db.begin() as session:
        assert await find_places_twice(session, is_exercise=False) == []
        with pytest.raises(CannotJoin):
            await join_organisations(session, keep, gone, who=SYSTEM, now=now)
    assert len(await rows(db, Organisation)) == 2


@pytest.mark.parametrize(
    ("second", "same"),
    [
        (Place(2, "Regenboog De", Domain.EDUCATION, None, None, None), True),
        (Place(2, "Het Palet", Domain.EDUCATION, None, None, None), False),
        (Place(2, "Het Palet", Domain.EDUCATION, "info@r.example", None, None), True),
        (Place(2, "Het Palet", Domain.EDUCATION, None, "026 1", None), True),
        (Place(2, "De Regenboog", Domain.CIVIL, None, None, None), False),
        (Place(2, "De Regenboog", Domain.EDUCATION, None, None, None, "Buurstad"), False),
    ],
)
def test_which_organisations_look_the_same(second: Place, same: bool) -> None:
    first = Place(1, "De Regenboog", Domain.EDUCATION, "info@r.example", "026 1", None)
    assert bool(alike_places([first, second])) is same


async def test_the_desk_joins_two_and_says_it_when_pressed_again(world: World) -> None:
    keep, gone = await two(world.db, world.now)
    page = (await world.desk.get("/contacten/dubbel")).text
    assert "De Regenboog en Regenboog, de" in page
    path, fields = "/contacten/dubbel/organisatie", {"blijft": keep, "gaat": gone}
    unsure = await world.press(path, **fields)
    assert "klaar=not_sure" in unsure.headers["location"]
    done = await world.press(path, **fields, zeker="ja")
    assert done.headers["location"] == f"/organisatie/{keep}?klaar=joined"
    again = await world.press(path, **fields, zeker="ja")
    assert "klaar=not_twice" in again.headers["location"]
    said = (await world.desk.get(again.headers["location"])).text
    assert "Een van de twee staat niet meer op de lijst" in said
    assert "Geen organisatie lijkt dubbel" in said
    (line,) = [e for e in await rows(world.db, JournalEntry) if e.action == "organisations_joined"]
    assert line.detail == {"merged": gone, "rows": 0}


async def test_the_desk_joins_by_a_typed_name_and_not_across_worlds(world: World) -> None:
    keep, gone = await two(world.db, world.now)
    path = "/contacten/dubbel/organisatie"
    nobody = await world.press(path, **{"gaat": gone, "blijft-naam": "Nergens", "zeker": "ja"})
    assert "klaar=organisation_unknown" in nobody.headers["location"]
    async with world.db.begin() as session:
        drill = an_organisation("Oefenschool", world.now, is_exercise=True)
        session.add(drill)
        await session.flush()
        number = drill.id
    assert (await world.press(path, blijft=keep, gaat=number, zeker="ja")).status_code == 404
    done = await world.press(path, **{"gaat": gone, "blijft-naam": "de regenboog", "zeker": "ja"})
    assert done.headers["location"].startswith(f"/organisatie/{keep}?")
