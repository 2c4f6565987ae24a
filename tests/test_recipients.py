"""Who gets what, who does not and why: each person once, and never otherwise than the plan."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import select

from bot.console.recipient_texts import why_no_channel
from briefings.audience import plan_some, plan_version
from briefings.rows import Briefing, BriefingStatus
from contacts.directory import Channel, ChannelKind, ChannelStatus, Domain, Organisation, Person
from contacts.outbox import Delivery, DeliveryStatus
from contacts.preparing import SET_ASIDE
from contacts.records import Database
from feeds.rows import Event
from tests.console_desk import Desk, a_desk


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def somebody(
    desk: Desk, name: str, *closed: tuple[ChannelKind, str], audiences: tuple[str, ...] = ()
) -> int:
    """Somebody of the school with these closed channels."""
    async with desk.world.db.begin() as session:
        person = Person(
            organisation_id=desk.world.organisation_id, name=name, created_at=desk.world.now,
            audiences=list(audiences or ("docent_vo_mbo",)),
        )  # fmt: skip
        session.add(person)
        await session.flush()
        assert person.id is not None
        for kind, reason in closed:
            session.add(
                Channel(
                    person_id=person.id, kind=kind, address=f"{name}-{kind}", rank=1,
                    status=ChannelStatus.CLOSED, closed_reason=reason, created_at=desk.world.now,
                )
            )  # fmt: skip
        return person.id


async def of_group(desk: Desk, group: str, **asked: str) -> list[list[str]]:
    """The rows of one group on the page, cell by cell."""
    query = "&".join(f"{name}={value}" for name, value in {"groep": group, **asked}.items())
    page = await desk.page(f"ontvangers?{query}")
    rows = re.findall(r"<tr [^>]*><th scope=\"row\"[^>]*>(.*?)</tr>", page, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.split(r"</t[hd]>", row)[:-1]]
        for row in rows
    ]


async def test_before_sending_each_person_stands_in_one_group_with_the_reason(desk: Desk) -> None:
    await somebody(desk, "Anna", (ChannelKind.TELEGRAM, "blocked"))
    await somebody(desk, "Bram", (ChannelKind.EMAIL, "smtp_550"))
    await somebody(desk, "Cees")
    await desk.fact()
    assert await of_group(desk, "krijgt") == [
        ["Docent", "Voorbeeldcollege", "Docenten vo en mbo", "E-mail"]
    ]
    missed = {row[0]: row[3] for row in await of_group(desk, "geen-kanaal")}
    assert missed == {
        "Anna": "Telegram: bot geblokkeerd",
        "Bram": "E-mail: de mailserver weigerde (550)",
        "Cees": "nog nooit gekoppeld, en geen e-mailadres",
    }
    assert [(row[0], row[3]) for row in await of_group(desk, "niet")] == [
        ("Coördinator", "staat op de lijst zonder tekst")
    ]
    assert "Straks te bellen: 3 zonder kanaal dat werkt" in await desk.page("verzenden")


async def test_after_sending_the_page_tells_how_each_delivery_stands(desk: Desk) -> None:
    await somebody(desk, "Anna", (ChannelKind.TELEGRAM, "blocked"))
    await desk.fact()
    await desk.send(1)
    await somebody(desk, "Later")
    async with desk.world.db.begin() as session:
        later = (await session.exec(select(Person).where(Person.name == "Later"))).one()
        session.add(
            Channel(
                person_id=later.id or 0, kind=ChannelKind.EMAIL, address="l@school.example",
                rank=1, created_at=desk.world.now,
            )
        )  # fmt: skip
    [(who, _, text, stands)] = await of_group(desk, "krijgt")
    assert (who, text) == ("Docent", "Docenten vo en mbo")
    assert stands.startswith("E-mail: ")
    assert [row[0] for row in await of_group(desk, "geen-kanaal")] == ["Anna"]
    assert [row[0] for row in await of_group(desk, "alsnog")] == ["Later"]


async def late(desk: Desk) -> dict[str, str]:
    """What the form of *alsnog* would send."""
    page = await desk.page("ontvangers?groep=alsnog")
    seen = re.search(r'name="gezien" value="(\w+)"', page)
    return {"versie": "1", "gezien": seen[1] if seen else ""}


async def test_exactly_who_missed_it_and_can_be_reached_now_gets_the_same_text(desk: Desk) -> None:
    anna = await somebody(desk, "Anna", (ChannelKind.EMAIL, "smtp_550"))
    await somebody(desk, "Bram")
    await desk.fact()
    await desk.send(1)
    assert (await late(desk))["gezien"] == ""
    async with desk.world.db.begin() as session:
        [refused] = (await session.exec(select(Delivery).where(Delivery.id > 1))).all()
        assert refused.person_id != anna
        refused.status = DeliveryStatus.FAILED
        session.add(
            Channel(
                person_id=anna, kind=ChannelKind.EMAIL, address="anna@school.example", rank=1,
                created_at=desk.world.now,
            )
        )  # fmt: skip
    assert {row[0] for row in await of_group(desk, "alsnog")} == {"Anna", "Docent"}
    form = await late(desk)
    assert (await desk.press("alsnog", **form)).status_code == 303
    sent = [d for d in await desk.rows(Delivery) if d.id > refused.id]
    assert {(d.person_id, d.address, d.status) for d in sent} == {
        (anna, "anna@school.example", DeliveryStatus.PLANNED),
        (refused.person_id, "docent@school.example", DeliveryStatus.PLANNED),
    }
    # Once more is once too many: they have it on its way now.
    assert (await desk.press("alsnog", **form)).status_code == 409
    assert await of_group(desk, "alsnog") == []


async def test_what_is_uncertain_or_settled_is_not_sent_as_missed(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    for status, reason in ((DeliveryStatus.UNKNOWN, None), (DeliveryStatus.FAILED, SET_ASIDE)):
        async with desk.world.db.begin() as session:
            [delivery] = (await session.exec(select(Delivery).where(Delivery.id > 1))).all()
            delivery.status, delivery.reason = status, reason
        assert await of_group(desk, "alsnog") == []


async def test_a_text_that_was_taken_back_is_not_sent_to_who_missed_it(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        [delivery] = (await session.exec(select(Delivery).where(Delivery.id > 1))).all()
        delivery.status = DeliveryStatus.FAILED
    form = await late(desk)
    async with desk.world.db.begin() as session:
        for briefing in (await session.exec(select(Briefing))).all():
            briefing.status = BriefingStatus.RETRACTED
    assert (await desk.press("alsnog", **form)).status_code == 409


async def test_an_update_goes_to_earlier_readers_and_says_so_of_the_others(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    await somebody(desk, "Later")
    await desk.fact("De school is morgen open.")
    assert (await desk.press("nieuwe-versie", soort="update")).status_code == 303
    assert [row[0] for row in await of_group(desk, "krijgt")] == ["Docent"]
    assert ("Later", "kreeg het eerdere bericht niet") in [
        (row[0], row[3]) for row in await of_group(desk, "niet")
    ]


async def test_the_page_is_searched_by_name_organisation_and_text(desk: Desk) -> None:
    await somebody(desk, "Anna")
    await somebody(desk, "Bram", audiences=("schoolleiding", "docent_vo_mbo"))
    await desk.fact()
    assert [r[0] for r in await of_group(desk, "geen-kanaal", zoek="bram")] == ["Bram"]
    assert len(await of_group(desk, "geen-kanaal", zoek="VOORBEELD")) == 2
    assert await of_group(desk, "geen-kanaal", zoek="%25") == []
    assert [r[0] for r in await of_group(desk, "geen-kanaal", tekst="schoolleiding")] == ["Bram"]
    assert "Niemand gevonden." in await desk.page("ontvangers?zoek=niemand")
    assert len(await of_group(desk, "geen-kanaal", blad="zomaar", tekst="zomaar")) == 2


async def test_a_long_list_comes_in_leaves_that_agree_with_the_plan(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        school = Organisation(name="Alfa", domain=Domain.EDUCATION, created_at=desk.world.now)
        session.add(school)
        await session.flush()
        for number in range(230):
            session.add(
                Person(
                    organisation_id=school.id or 0, name=f"P{number:03}", created_at=desk.world.now,
                    audiences=["docent_po"],
                )
            )  # fmt: skip
        await session.flush()
        people = (await session.exec(select(Person).where(Person.name.startswith("P")))).all()
        for person in people[:200]:
            address = f"{person.name}@school.example"
            session.add(
                Channel(
                    person_id=person.id or 0, kind=ChannelKind.EMAIL, address=address, rank=1,
                    created_at=desk.world.now,
                )
            )  # fmt: skip
    await desk.fact()
    leaves = [await of_group(desk, "krijgt", blad=str(leaf)) for leaf in (1, 2, 3, 4)]
    assert [len(leaf) for leaf in leaves] == [100, 100, 1, 0]
    assert len(await of_group(desk, "geen-kanaal")) == 30
    async with desk.world.db.read() as session:
        event = await session.get_one(Event, desk.number)
        briefing = (await session.exec(select(Briefing).order_by(Briefing.id.desc()))).first()
        assert briefing is not None
        plan = await plan_version(session, event, briefing)
        some = [planned.recipient.person_id or 0 for planned in plan.recipients[50:80]]
        part = await plan_some(session, event, briefing, some)
    assert len(plan.recipients) == 201
    assert part.recipients == plan.recipients[50:80]


def test_a_person_who_left_is_no_channel_problem(now: datetime) -> None:
    assert why_no_channel(now, [("Telegram", "left")]) == "weg bij de organisatie"
