"""One organisation with one link to one event, and the web application around it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

import httpx
from sqlalchemy import text
from sqlmodel import SQLModel, col, update

from bot.config import Config
from bot.console.app import build_app
from bot.console.pages import PLAIN_COOKIE
from bot.console.sessions import form_token, start_session
from briefings.rows import Briefing, BriefingKind, BriefingStatus, BriefingText
from contacts.directory import Audience, ChannelKind, Domain, Organisation, Person, Role
from contacts.journal import SYSTEM
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryStatus,
    EmailForm,
    MessageKind,
)
from contacts.people import grant
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import Recipient, post
from feeds.rows import Event, EventStatus, Item, Origin, Source
from feeds.standing import Trust
from tests import stores
from tests.kept_rows import built_once, filled_tables
from tests.page_links import mint_link

EVIL = "Onrust <script>alert(1)</script> & meer"
PLANTED = "Dennis Bakkerstra"
FORM = {
    "soort": ["geruchten", "angst_zorg"],
    "ernst": "2",
    "waar_wijk": "stad",
    "setting": "klas",
    "wanneer": "vandaag",
    "toelichting": "Veel vragen in de groep.",
}
#: acts whose form carries what its page showed → the page, next to the act
SEEN_ON = {
    "nieuwe-versie": "teksten", "indienen": "teksten", "intrekken": "teksten",
    "terugsturen": "verzenden", "volgende-update": "feiten", "grip": "",
    "bevestigen": "", "afsluiten": "teksten",
    "gegevens": "", "rusttijd": "", "groepen": "",
}  # fmt: skip
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class World:
    """One organisation with one link to one event, and the application around it."""

    db: Database
    web: httpx.AsyncClient
    sealer: Sealer
    now: datetime
    event_id: int
    organisation_id: int
    delivery_id: int
    token: str
    staff_id: int
    desk: httpx.AsyncClient

    async def press(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form of the console as its page would."""
        return await press(self.desk, self.sealer, path, **fields)

    @property
    def page(self) -> str:
        return f"/o/{self.token}"


def client_of(db: Database, sealer: Sealer, now: datetime, **asked: Any) -> httpx.AsyncClient:
    address = asked.pop("client", ("127.0.0.1", 50_000))
    app = build_app(db, asked.pop("config", Config()), sealer, lambda: now)
    transport = httpx.ASGITransport(app=app, client=address, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8420", **asked)


def app_of(web: httpx.AsyncClient) -> Any:
    """The app that answers this browser."""
    assert isinstance(web._transport, httpx.ASGITransport)
    return web._transport.app


@dataclass(frozen=True)
class Made:
    """What was written for a world, with what only its maker knows: key, link and cookie."""

    sealer: Sealer
    event_id: int
    organisation_id: int
    delivery_id: int
    token: str
    staff_id: int
    cookies: dict[str, str]


@asynccontextmanager
async def a_world(db: Database, now: datetime) -> AsyncIterator[World]:
    """Everything on an empty database."""
    made = await built_once(db, ("world", now), lambda: written(db, now))
    async with world_of(db, now, made) as world:
        yield world


@asynccontextmanager
async def world_of(db: Database, now: datetime, made: Made) -> AsyncIterator[World]:
    """The application around what was written."""
    async with (
        client_of(db, made.sealer, now) as web,
        client_of(db, made.sealer, now, cookies=made.cookies) as desk,
    ):
        yield World(
            db, web, made.sealer, now, made.event_id, made.organisation_id, made.delivery_id,
            made.token, made.staff_id, desk,
        )  # fmt: skip


async def written(db: Database, now: datetime) -> Made:
    """One event that went to one teacher, and a coordinator who is signed in."""
    sealer = Sealer(Sealer.new_key())
    async with db.begin() as session:
        organisation = Organisation(
            name="Voorbeeldcollege",
            domain=Domain.EDUCATION,
            internal_contact="zorgcoördinator <b>",
            created_at=now,
        )
        event = Event(
            title=EVIL,
            type="algemeen",
            origin=Origin.FEED,
            detected_at=now,
            status=EventStatus.CONFIRMED,
            severity=3,
            suggested_severity=3,
            reasons=[{"text": "plek <i>in</i> Arnhem", "weight": 0.5}],
        )
        session.add_all([organisation, event])
        await session.flush()
        assert organisation.id is not None
        assert event.id is not None
        person = Person(
            organisation_id=organisation.id,
            name="Docent",
            audiences=[Audience.TEACHER_VO_MBO.value],
            created_at=now,
        )
        session.add(person)
        await session.flush()
        briefing = await a_version(session, event.id, 1, now)
        delivery = await a_delivery(session, event.id, briefing.id, organisation.id, person.id, now)
        assert delivery.id is not None
        token = await mint_link(
            session,
            organisation_id=organisation.id,
            event_id=event.id,
            delivery_id=delivery.id,
            now=now,
            days=30,
        )
        staff_id = await a_colleague(session, "Coördinator", tuple(Role), now)
        cookies = await signed_in(session, staff_id, now)
    return Made(sealer, event.id, organisation.id, delivery.id, token, staff_id, cookies)


async def a_colleague(
    session: Any, name: str, roles: tuple[Role, ...], now: datetime, *, is_exercise: bool = False
) -> int:
    """Somebody of the gemeente with these rights; returns their number."""
    city = f"Gemeente van {name}"
    organisation = Organisation(
        name=city, domain=Domain.MUNICIPALITY, created_at=now, is_exercise=is_exercise
    )
    session.add(organisation)
    await session.flush()
    person = Person(
        organisation_id=organisation.id, name=name, created_at=now, is_exercise=is_exercise
    )
    session.add(person)
    await session.flush()
    assert person.id is not None
    for role in roles:
        await grant(session, person.id, role, who=SYSTEM, now=now)
    return person.id


async def signed_in(session: Any, person_id: int, now: datetime) -> dict[str, str]:
    """The cookie of somebody who is signed in; empty when they may not be."""
    token = await start_session(session, person_id, now=now)
    return {PLAIN_COOKIE: token} if token else {}


async def press(
    desk: httpx.AsyncClient, sealer: Sealer, path: str, **fields: Any
) -> httpx.Response:
    """Send a form with the token that belongs to the session of ``desk``, and with what its page
    says was seen."""
    act = path.rpartition("/")[2]
    if act in SEEN_ON and path != "/contacten/groepen":
        fields = {**await hidden_in(desk, path, SEEN_ON[act]), **fields}
    token = form_token(sealer, desk.cookies.get(PLAIN_COOKIE) or "")
    return await desk.post(path, data={"sleutel": token, **fields}, headers=SAME_SITE)


async def hidden_in(
    desk: httpx.AsyncClient, act: str, page: str, *, at: str = ""
) -> dict[str, str]:
    """The hidden fields of the first form that leads to ``act``, without the token."""
    base = act.rpartition("/")[0]
    html = (await desk.get(at or (f"{base}/{page}" if page else base))).text
    form = re.search(rf'<form method="post" action="{re.escape(act)}".*?</form>', html, re.DOTALL)
    found = re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0] if form else ""
    )
    return {name: unescape(value) for name, value in found if name != "sleutel"}


async def a_version(
    session: Any,
    event_id: int,
    version: int,
    now: datetime,
    status: BriefingStatus = BriefingStatus.DISTRIBUTED,
    send_at: datetime | None = None,
    template: str = "algemeen/x",
) -> Briefing:
    briefing = Briefing(
        event_id=event_id,
        version=version,
        kind=BriefingKind.FIRST,
        status=status,
        facts_version=1,
        edited_at=now,
        created_at=now,
        send_at=send_at,
    )
    session.add(briefing)
    await session.flush()
    for audience in Audience:
        session.add(
            BriefingText(
                briefing_id=briefing.id,
                audience=audience,
                template=template,
                template_version="1",
                subject=f"Onderwerp {audience.value} v{version}",
                telegram="",
                plain="",
                words=3,
                html=f'<p>Tekst {audience.value} v{version}. <a href="%%LINK%%">hier</a> '
                '<a href="%%LINK%%?tekst=ouders">ouders</a> Ga naar %%INTERNAL_CONTACT%%.</p>',
            )
        )
    await session.flush()
    return briefing


async def a_delivery(
    session: Any,
    event_id: int,
    briefing_id: int | None,
    organisation_id: int,
    person_id: int | None,
    now: datetime,
    status: DeliveryStatus = DeliveryStatus.SENT,
) -> Delivery:
    to = Recipient(ChannelKind.EMAIL, "docent@school.example", person_id, organisation_id)
    [delivery] = await post(
        session,
        kind=MessageKind.BRIEFING,
        content=Content(email=EmailForm("x", "y", "z")),
        to=[to],
        event_id=event_id,
        briefing_id=briefing_id,
        now=now,
        audience=Audience.TEACHER_VO_MBO.value,
    )
    delivery.status = status
    session.add(delivery)
    await session.flush()
    return delivery


async def in_the_other_world(session: Any, event_id: int, *, is_exercise: bool = True) -> None:
    """An event of the other world, as if it had been one from the beginning."""
    table = " ON event" if stores.is_postgresql() else ""
    await session.exec(text(f"DROP TRIGGER event_stays_in_one_world{table}"))
    await session.exec(
        update(Event).where(col(Event.id) == event_id).values(is_exercise=is_exercise)
    )


async def contents(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    async with db.engine.connect() as connection:
        found: dict[str, list[tuple[Any, ...]]] = {
            table.name: [] for table in SQLModel.metadata.sorted_tables
        }
        for table in await filled_tables(connection):
            found[table.name] = [tuple(row) for row in await connection.execute(table.select())]
        return found


async def tell(world: World, **changed: Any) -> httpx.Response:
    return await world.web.post(
        f"{world.page}/signaal", headers=SAME_SITE, data={**FORM, **changed}
    )


async def an_item(world: World) -> None:
    async with world.db.begin() as session:
        source = Source(
            key="omroep",
            name="Omroep <Oost>",
            url="https://omroep.example/rss",
            trust=Trust.REGIONAL,
            next_poll_at=world.now,
            failures=9,
            error="html",
        )
        session.add(source)
        await session.flush()
        for guid, link in (("1", "https://omroep.example/1"), ("2", "javascript:alert(1)")):
            session.add(
                Item(
                    source_id=source.id,
                    guid=guid,
                    title=EVIL,
                    link=link,
                    content_hash=guid,
                    first_seen_at=world.now,
                    polled_at=world.now,
                    event_id=world.event_id,
                )
            )
