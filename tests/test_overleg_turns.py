"""Whose turn it is to host, asked of a store: only what is shown is read, and it is the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.overleg.meetings import host_names, turns
from briefings.overleg.rotation import Candidate, Hosted, in_turn
from briefings.overleg.rows import Overleg, OverlegKind, OverlegStatus
from contacts.directory import Domain, Organisation, Site
from contacts.records import Database

#: of each organisation: name, domain and municipality
PLACES = [
    ("Zorg", Domain.CARE_WELFARE, None), ("Élan", Domain.EDUCATION, None),
    ("brede school", Domain.EDUCATION, None), ("Gemeente", Domain.MUNICIPALITY, None),
    ("Atheneum", Domain.EDUCATION, None), ("Moskee", Domain.CIVIL, None),
    ("Buurstad", Domain.MUNICIPALITY, "Buurstad"),
]  # fmt: skip
#: who hosted, in the order of the meetings; the last was called off
HOSTED = ("Gemeente", "Buurstad", "Atheneum", "Moskee", "Zorg")


async def a_city(session: AsyncSession, now: datetime) -> dict[str, int]:
    ids = {}
    for name, domain, city in PLACES:
        place = Organisation(name=name, domain=domain, municipality=city, created_at=now)
        session.add(place)
        await session.flush()
        ids[name] = place.id or 0
    for number, name in enumerate(HOSTED):
        is_off = name == HOSTED[-1]
        session.add(
            Overleg(
                starts_at=now + timedelta(days=number), kind=OverlegKind.REGULAR,
                host_id=ids[name], edited_at=now,
                status=OverlegStatus.CANCELLED if is_off else OverlegStatus.HELD,
            )
        )  # fmt: skip
    session.add(Site(organisation_id=ids["Moskee"], name="Zaal", can_host=True))
    await session.flush()
    return ids


async def test_the_first_in_turn_are_those_of_the_whole_list(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        ids = await a_city(session, now)
        everybody = in_turn(
            [Candidate(ids[name], name, domain, name == "Moskee")
             for name, domain, city in PLACES if city is None],
            [Hosted(ids[name], now + timedelta(days=number))
             for number, name in enumerate(HOSTED[:-1])],
        )  # fmt: skip
        assert [one.name for one in everybody] == [
            "Zorg", "Gemeente", "brede school", "Élan", "Atheneum", "Moskee",
        ]  # fmt: skip
        for most in (1, 2, 3, 6, 40):
            found = await turns(session, is_exercise=False, most=most)
            assert found == everybody[:most]
        last = ids["Moskee"]
        assert await turns(session, is_exercise=False, most=2, also=last) == [
            *everybody[:2], everybody[-1],
        ]  # fmt: skip
        assert await turns(session, is_exercise=False, most=6, also=last) == everybody
        next_door = await turns(session, is_exercise=False, most=1, also=ids["Buurstad"])
        assert next_door == everybody[:1]
        assert await turns(session, is_exercise=True, most=9, also=last) == []


async def test_hosts_are_named_when_they_are_of_the_city(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        ids = await a_city(session, now)
        meetings = (await session.exec(select(Overleg).order_by(col(Overleg.id)))).all()
        assert await host_names(session, meetings[:3], is_exercise=False) == {
            ids["Gemeente"]: "Gemeente", ids["Atheneum"]: "Atheneum",
        }  # fmt: skip
        assert await host_names(session, meetings, is_exercise=True) == {}
        assert await host_names(session, [], is_exercise=False) == {}
