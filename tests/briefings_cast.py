"""The people, event and settings that the tests of the briefings share. All fictional."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.approval import Approved, Submitted, approve, submit
from briefings.drafting import draft_briefing
from briefings.facts import add_fact, open_facts
from briefings.rows import Briefing, BriefingKind, Fact, FactKind
from briefings.settings import BriefingSettings, CityLine
from contacts.directory import (
    Audience,
    Channel,
    ChannelKind,
    Domain,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from contacts.permissions import Actor
from feeds.rows import Event, EventStatus, LeadAgency, Origin

NOW = datetime(2026, 3, 3, 17, 5, tzinfo=UTC)
CHECKED = date(2026, 3, 1)

SETTINGS = BriefingSettings(
    city="Arnhem",
    sender="Schakel",
    contact_tonight=CityLine(
        label="Coördinator (vanavond)", phone="026 000 00 01", checked_on=CHECKED
    ),
    contact_tomorrow=CityLine(
        label="Coördinator (morgen 07.30–09.00)", phone="026 000 00 02", checked_on=CHECKED
    ),
    meldkaart=[
        CityLine(label="Wijkagent", text="zorgen in de buurt", phone="000", checked_on=CHECKED),
        CityLine(label="Discriminatie", link="https://example.org/meld", checked_on=CHECKED),
    ],
    help_lines=[CityLine(label="Kindertelefoon", phone="000", checked_on=CHECKED)],
)
UNCHECKED = SETTINGS.model_copy(update={"meldkaart": [CityLine(label="Wijkagent", phone="000")]})


@dataclass
class Cast:
    """One event and those around it."""

    event: Event
    writer: Actor
    approver: Actor
    people: list[Person]


def an_event(**values: object) -> Event:
    defaults: dict[str, object] = {
        "title": "Aanhoudingen in Presikhaaf",
        "type": "E01",
        "status": EventStatus.CONFIRMED,
        "origin": Origin.MANUAL,
        "suggested_severity": 4,
        "severity": 4,
        "place": "Presikhaaf",
        "lead_agency": LeadAgency.POLICE,
        "detected_at": NOW - timedelta(minutes=20),
    }
    return Event(**(defaults | values))


async def add_person(
    session: AsyncSession,
    organisation: Organisation,
    name: str,
    audiences: list[Audience],
    *,
    telegram: str | None = None,
    email: str | None = None,
    role: Role | None = None,
    is_exercise: bool = False,
) -> Person:
    person = Person(
        organisation_id=organisation.id,
        name=name,
        audiences=[audience.value for audience in audiences],
        is_exercise=is_exercise,
        created_at=NOW,
    )
    session.add(person)
    await session.flush()
    ways = [(ChannelKind.TELEGRAM, telegram, 10), (ChannelKind.EMAIL, email, 20)]
    for kind, address, rank in ways:
        if address:
            session.add(
                Channel(
                    person_id=person.id,
                    kind=kind,
                    address=address,
                    rank=rank,
                    is_exercise=is_exercise,
                    created_at=NOW,
                )
            )
    if role:
        session.add(RoleGrant(person_id=person.id, role=role, granted_at=NOW))
    await session.flush()
    return person


async def add_organisation(
    session: AsyncSession, name: str, domain: Domain, *, is_exercise: bool = False
) -> Organisation:
    organisation = Organisation(name=name, domain=domain, is_exercise=is_exercise, created_at=NOW)
    session.add(organisation)
    await session.flush()
    return organisation


def actor(person: Person, *roles: Role) -> Actor:
    return Actor(
        person_id=person.id or 0,
        organisation_id=person.organisation_id,
        roles=frozenset({Role.MEMBER, *roles}),
        is_exercise=person.is_exercise,
    )


async def the_cast(session: AsyncSession, **event_values: object) -> Cast:
    """A coördinator, an approver, and four readers of whom one has no channel."""
    event = an_event(**event_values)
    is_exercise = event.is_exercise
    session.add(event)
    city = await add_organisation(
        session, "Bureau van de stad", Domain.MUNICIPALITY, is_exercise=is_exercise
    )
    school = await add_organisation(
        session, "De Gele Loper", Domain.EDUCATION, is_exercise=is_exercise
    )

    async def person(*args: object, **kwargs: object) -> Person:
        return await add_person(session, *args, is_exercise=is_exercise, **kwargs)

    writer = await person(city, "coördinator", [], telegram="1", role=Role.COORDINATOR)
    approver = await person(city, "goedkeurder", [], telegram="2", role=Role.APPROVER)
    people = [
        await person(school, "docent", [Audience.TEACHER_VO_MBO], telegram="11", email="a@x.test"),
        await person(
            school, "directeur", [Audience.SCHOOL_LEADER, Audience.TEACHER_PO], email="b@x.test"
        ),
        await person(school, "conciërge", [Audience.TEACHER_VO_MBO]),
        await person(city, "wijkteam", [Audience.POLICE_DISTRICT], telegram="12"),
    ]
    return Cast(
        event=event,
        writer=actor(writer, Role.COORDINATOR),
        approver=actor(approver, Role.APPROVER),
        people=people,
    )


async def sure(
    session: AsyncSession,
    event: Event,
    text: str,
    *,
    at: datetime = NOW,
    source: str = "politie",
    allow: tuple[str, ...] = (),
) -> Fact:
    """A confirmed fact; a refusal fails the test."""
    assert event.id is not None
    fact = await add_fact(
        session,
        event.id,
        kind=FactKind.CONFIRMED,
        text=text,
        source_name=source,
        source_at=at,
        editor_id=1,
        now=at,
        allow=allow,
    )
    assert isinstance(fact, Fact), fact
    return fact


async def facts_for(session: AsyncSession, event: Event, *, now: datetime = NOW) -> None:
    """A fact block with two confirmed sentences."""
    await open_facts(session, event, SETTINGS, editor_id=1, now=now)
    await sure(session, event, "De politie heeft in Arnhem drie mensen aangehouden.", at=now)
    await sure(session, event, "Er is nu geen gevaar voor de buurt.", at=now)


async def opened(session: AsyncSession) -> Event:
    """An event in the store, with its facts open."""
    event = an_event()
    session.add(event)
    await session.flush()
    await open_facts(session, event, SETTINGS, editor_id=1, now=NOW)
    return event


async def let_go(
    session: AsyncSession, cast: Cast, briefing: Briefing, *, now: datetime = NOW
) -> Approved:
    """Handed in by the writer, and approved by the approver; a refusal fails the test."""
    handed_in = await submit(session, briefing, cast.writer, SETTINGS, now=now)
    assert isinstance(handed_in, Submitted), handed_in
    approved = await approve(
        session, briefing, cast.approver, SETTINGS, expected_hash=handed_in.content_hash, now=now
    )
    assert isinstance(approved, Approved), approved
    return approved


async def send(
    session: AsyncSession, cast: Cast, kind: BriefingKind, *, now: datetime = NOW, **of: Any
) -> Briefing:
    """Drafted, handed in and approved, at once."""
    briefing = await draft_briefing(
        session, cast.event, kind=kind, settings=SETTINGS, editor_id=1, now=now, **of
    )
    await let_go(session, cast, briefing, now=now)
    return briefing
