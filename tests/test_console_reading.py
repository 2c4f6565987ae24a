"""The page behind a link: what is read, and what an answer does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select
from starlette.datastructures import Headers

from bot.console.app import DOORS
from bot.console.guarding import is_same_site
from bot.console.reading import NO_NEWS
from briefings.rows import BriefingKind, BriefingStatus, BriefingText
from contacts.directory import AccessLink
from contacts.outbox import (
    Acknowledgement,
    AcknowledgementKind,
    Delivery,
    DeliveryStatus,
)
from contacts.records import Database
from feeds.rows import Event, EventStatus
from tests.console_world import (
    FORM,
    SAME_SITE,
    World,
    a_delivery,
    a_version,
    a_world,
    contents,
)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def test_a_link_shows_the_text_of_its_message(world: World) -> None:
    page = await world.web.get(world.page)
    assert page.status_code == 200
    assert "Tekst docent_vo_mbo v1." in page.text
    assert "doorsturen binnen uw organisatie" in page.text
    assert "nieuwere tekst" not in page.text


async def test_another_text_is_one_link_away(world: World) -> None:
    page = await world.web.get(world.page)
    assert f'href="{world.page}?tekst=ouders"' in page.text
    parents = await world.web.get(f"{world.page}?tekst=ouders")
    assert "Tekst ouders v1." in parents.text


async def test_an_unknown_text_shows_the_own_one(world: World) -> None:
    page = await world.web.get(f"{world.page}?tekst=burgemeester")
    assert "Tekst docent_vo_mbo v1." in page.text


async def test_placeholders_become_the_links_of_the_page_and_are_escaped(world: World) -> None:
    page = await world.web.get(world.page)
    assert f'<a href="{world.page}/signaal">hier</a>' in page.text
    assert "zorgcoördinator &lt;b&gt;" in page.text
    assert "%%" not in page.text


async def test_an_older_message_leads_to_the_newest_text_and_says_so(world: World) -> None:
    async with world.db.begin() as session:
        await a_version(session, world.event_id, 2, world.now)
    page = await world.web.get(world.page)
    assert "Tekst docent_vo_mbo v2." in page.text
    assert "Er is een nieuwere tekst." in page.text


@pytest.mark.parametrize(
    ("status", "wait", "shown"),
    [
        (BriefingStatus.DRAFT, 0, "v1."),
        (BriefingStatus.SUBMITTED, 0, "v1."),
        (BriefingStatus.WITHDRAWN, 0, "v1."),
        (BriefingStatus.APPROVED, 60, "v1."),
        (BriefingStatus.APPROVED, -1, "v2."),
        (BriefingStatus.CORRECTED, 0, "v2."),
    ],
)
async def test_only_what_went_out_can_be_read(
    world: World, status: BriefingStatus, wait: int, shown: str
) -> None:
    async with world.db.begin() as session:
        send_at = world.now + timedelta(seconds=wait)
        await a_version(session, world.event_id, 2, world.now, status, send_at)
    assert f"Tekst docent_vo_mbo {shown}" in (await world.web.get(world.page)).text


async def test_no_news_keeps_the_text_that_still_holds(world: World) -> None:
    async with world.db.begin() as session:
        await a_version(session, world.event_id, 2, world.now, template=NO_NEWS)
        await a_version(session, world.event_id, 3, world.now, template=NO_NEWS)
    page = (await world.web.get(world.page)).text
    assert page.index("docent_vo_mbo v3.") < page.index("docent_vo_mbo v1.")
    assert "docent_vo_mbo v2." not in page


async def test_a_correction_stands_alone(world: World) -> None:
    async with world.db.begin() as session:
        await a_version(session, world.event_id, 2, world.now, template="gedeeld/correction")
    page = (await world.web.get(world.page)).text
    assert "v2." in page
    assert "v1." not in page


async def test_without_a_text_the_page_says_so(world: World) -> None:
    async with world.db.engine.begin() as connection:
        await connection.execute(text("DELETE FROM briefing_text"))
    page = await world.web.get(world.page)
    assert page.status_code == 404
    assert "Er is nu geen tekst" in page.text


async def test_a_wrong_token_is_a_calm_404(world: World) -> None:
    for path in ("/o/AAAAAAAAAAAAAAAAAAAAAA", "/o/kort", "/o/AAAAAAAAAAAAAAAAAAAAAA/signaal"):
        page = await world.web.get(path)
        assert page.status_code == 404
        assert "Deze link werkt niet" in page.text


@pytest.mark.parametrize("end", ["expires_at", "revoked_at"])
async def test_a_link_that_is_over_is_gone_on_every_page(world: World, end: str) -> None:
    async with world.db.begin() as session:
        link = (await session.exec(select(AccessLink))).one()
        setattr(link, end, world.now)
        session.add(link)
    for path in ("", "/signaal"):
        assert (await world.web.get(world.page + path)).status_code == 410
    for path in ("/gelezen", "/begrepen"):
        assert (await world.web.post(world.page + path)).status_code == 410
    assert (await world.web.post(f"{world.page}/signaal", data=FORM)).status_code == 410


async def test_looking_changes_nothing(world: World) -> None:
    async with world.db.begin() as session:
        delivery = await session.get_one(Delivery, world.delivery_id)
        delivery.status = DeliveryStatus.UNKNOWN
    before = await contents(world.db)
    for path in ("", "?tekst=ouders", "/signaal", "/dank?bon=x", "/gelezen", "/begrepen"):
        await world.web.get(world.page + path)
        await world.web.head(world.page + path)
    for path in ("/", f"/gebeurtenis/{world.event_id}", "/journaal", "/gezond", "/nee"):
        await world.desk.get(path)
    for door in DOORS:
        if door.method == "GET":
            await world.desk.get(door.path.replace("{number:int}", "1"))
    assert await contents(world.db) == before


async def test_answers_are_posted_never_fetched(world: World) -> None:
    for answer in ("gelezen", "begrepen"):
        assert (await world.web.get(f"{world.page}/{answer}")).status_code == 405


#: the link may be forwarded, so nothing is said of who reads it now
READ_BY_US = "Iemand van uw organisatie las dit."


async def test_gelezen_is_noted_once_and_proves_arrival(world: World) -> None:
    async with world.db.begin() as session:
        delivery = await session.get_one(Delivery, world.delivery_id)
        delivery.status = DeliveryStatus.UNKNOWN
    for _ in range(2):
        answer = await world.web.post(f"{world.page}/gelezen", headers=SAME_SITE)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(world.page)
    async with world.db.read() as session:
        rows = (await session.exec(select(Acknowledgement))).all()
        delivery = await session.get_one(Delivery, world.delivery_id)
    assert [row.kind for row in rows] == [AcknowledgementKind.READ]
    assert delivery.status is DeliveryStatus.SENT
    page = (await world.web.get(world.page)).text
    assert READ_BY_US in page
    assert "Wat er gemeld is" not in page


async def test_begrepen_is_noted_and_leads_back_to_the_same_text(world: World) -> None:
    answer = await world.web.post(f"{world.page}/begrepen?tekst=ouders", headers=SAME_SITE)
    assert answer.headers["location"] == f"{world.page}?tekst=ouders#antwoord"
    async with world.db.read() as session:
        kinds = (await session.exec(select(Acknowledgement.kind))).all()
    assert kinds == [AcknowledgementKind.UNDERSTOOD]


async def a_newer_text(world: World, **about: Any) -> int:
    """Version 2, brought to the same person; returns its delivery."""
    async with world.db.begin() as session:
        first = await session.get_one(Delivery, world.delivery_id)
        newer = await a_version(session, world.event_id, 2, world.now)
        for name, value in about.items():
            setattr(newer, name, value)
        delivery = await a_delivery(
            session, world.event_id, newer.id, world.organisation_id, first.person_id, world.now
        )
        assert delivery.id is not None
        return delivery.id


async def acknowledged(world: World) -> set[int]:
    async with world.db.read() as session:
        return set((await session.exec(select(Acknowledgement.delivery_id))).all())


async def test_gelezen_belongs_to_the_version_on_the_page(world: World) -> None:
    await world.web.post(f"{world.page}/gelezen?versie=1", headers=SAME_SITE)
    newer = await a_newer_text(world)
    page = (await world.web.get(world.page)).text
    assert READ_BY_US not in page
    action = f"{world.page}/gelezen?tekst=docent_vo_mbo&amp;versie=2&amp;plek=boven"
    assert f'action="{action}"' in page
    answer = await world.web.post(action.replace("&amp;", "&"), headers=SAME_SITE)
    assert answer.headers["location"].endswith("#boven")
    assert await acknowledged(world) == {world.delivery_id, newer}
    assert READ_BY_US in (await world.web.get(world.page)).text


async def test_a_tap_on_a_page_that_was_overtaken_counts_for_what_stood_there(
    world: World,
) -> None:
    await a_newer_text(world)
    await world.web.post(f"{world.page}/gelezen?versie=1", headers=SAME_SITE)
    assert await acknowledged(world) == {world.delivery_id}
    assert READ_BY_US not in (await world.web.get(world.page)).text


async def test_nobody_has_read_because_a_colleague_did(world: World) -> None:
    async with world.db.begin() as session:
        newer = await a_version(session, world.event_id, 2, world.now)
        await a_delivery(session, world.event_id, newer.id, world.organisation_id, 99, world.now)
    assert "/gelezen" not in (await world.web.get(world.page)).text
    await world.web.post(f"{world.page}/gelezen", headers=SAME_SITE)
    assert await acknowledged(world) == set()


@pytest.mark.parametrize("kind", [BriefingKind.CLOSING, BriefingKind.UPDATE])
async def test_after_a_correction_the_page_keeps_saying_what_was_wrong(
    world: World, kind: BriefingKind
) -> None:
    await a_newer_text(world, kind=BriefingKind.CORRECTION, wrong="het <b>aantal</b>.")
    assert "eerder stond hier" not in (await world.web.get(world.page)).text
    async with world.db.begin() as session:
        (await a_version(session, world.event_id, 3, world.now)).kind = kind
    page = (await world.web.get(world.page)).text
    said = "eerder stond hier iets anders over: het &lt;b&gt;aantal&lt;/b&gt;. Die zin"
    assert page.index(said) < page.index("Tekst docent_vo_mbo v3.")


async def test_a_closed_event_promises_no_next_update(world: World) -> None:
    promise = '<section data-deel="volgende">\n<p>Op morgen.</p>\n</section><p>Rest.</p>'
    async with world.db.begin() as session:
        for row in (await session.exec(select(BriefingText))).all():
            row.html = promise
    assert "Op morgen." in (await world.web.get(world.page)).text
    async with world.db.begin() as session:
        (await session.get_one(Event, world.event_id)).status = EventStatus.CLOSED
    page = (await world.web.get(world.page)).text
    assert "Op morgen." not in page
    assert "Rest." in page
    assert "Deze gebeurtenis is afgesloten." in page


async def test_the_buttons_stand_above_the_text_too_and_are_explained(world: World) -> None:
    page = (await world.web.get(world.page)).text
    assert page.index('id="boven"') < page.index("/gelezen") < page.index("Tekst docent_vo_mbo")
    assert "Gelezen: u zag dit bericht. Begrepen:" in page


async def test_a_form_of_another_site_is_refused(world: World) -> None:
    before = await contents(world.db)
    for said in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://elders.example"},
    ):
        for path in ("/gelezen", "/begrepen", "/signaal"):
            answer = await world.web.post(world.page + path, headers=said, data=FORM)
            assert answer.status_code == 403, (said, path)
    assert await contents(world.db) == before


def test_our_own_origin_and_old_browsers_are_the_same_site() -> None:
    base = "https://schakel.example"
    for said in (
        {"origin": "https://schakel.example", "host": "127.0.0.1:8420"},
        {"origin": "http://127.0.0.1:8420", "host": "127.0.0.1:8420"},
        {"origin": "null"},
        {},
    ):
        assert is_same_site(Headers(said), base_url=base)


async def test_a_closing_is_told_calmly_and_not_as_an_outdated_text(world: World) -> None:
    await a_newer_text(world, kind=BriefingKind.CLOSING)
    page = (await world.web.get(world.page)).text
    assert "Dit is het laatste bericht over deze gebeurtenis." in page
    assert "verouderd" not in page
    assert "Er is een nieuwere tekst." not in page


async def test_the_text_for_parents_may_go_to_parents(world: World) -> None:
    own = (await world.web.get(world.page)).text
    assert "doorsturen binnen uw organisatie. Niet daarbuiten." in own
    parents = (await world.web.get(f"{world.page}?tekst=ouders")).text
    assert "U mag deze tekst doorsturen naar ouders, de link van deze pagina niet." in parents
    assert "Niet daarbuiten" not in parents
    # What the school does with it stands above the text, not behind it.
    assert parents.index("Deze tekst is voor ouders.") < parents.index('class="tekst"')
    assert "Deze tekst is voor ouders." not in own
    assert "de pdf van deze tekst" in own.partition("Over deze pagina")[2]
