"""No lost update: an act about what somebody else changed meanwhile is refused, at every door.

Each act of the console stands in one of two lists. ``SEEN``: its form carries what the page showed,
and a form that carries something else changes nothing. ``HARMLESS``: with the reason why nobody's
work can be overwritten or done twice. A new act that is in neither fails here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import col, select

from bot.console.app import DOORS
from briefings.drafting import texts_of
from briefings.rows import Briefing, FactBlock
from contacts.directory import ContactGroup, Person, Site
from contacts.outbox import Delivery, DeliveryStatus
from contacts.records import Database
from tests.console_desk import Desk, a_desk
from tests.console_world import contents, hidden_in, press

MOVE = "a guarded move of one row: from the state that the page showed, or refused"
NAMES = "names the very rows that the page showed; once more changes nothing or is refused"
SETS = "sets one thing to what its button says; nothing else is overwritten"
ADDS = "adds beside what is there; nobody's work is overwritten"
FILE = "stores the very file that the preview showed, which the form carries along"
SHOWS = "changes nothing but a note in the journal"

_EVENT = "/gebeurtenis/{number:int}"
HARMLESS = {
    "/gebeurtenis/nieuw": ADDS, f"{_EVENT}/uitstellen": SETS,
    f"{_EVENT}/stil": SETS,
    f"{_EVENT}/buurgemeenten": SETS, f"{_EVENT}/afwijzen": MOVE, f"{_EVENT}/hoort-bij": NAMES,
    f"{_EVENT}/samenvoegen": NAMES,
    f"{_EVENT}/stap": SETS, f"{_EVENT}/vooraf": ADDS, f"{_EVENT}/vooraf-gebeld": SETS,
    f"{_EVENT}/terugblik": SETS, f"{_EVENT}/vervolg": SETS, f"{_EVENT}/vervolg-schrijven": ADDS,
    f"{_EVENT}/splitsen": NAMES, f"{_EVENT}/heropenen": MOVE, f"{_EVENT}/feiten": ADDS,
    f"{_EVENT}/maatregel": ADDS, f"{_EVENT}/overnemen": NAMES, f"{_EVENT}/feiten/weg": NAMES,
    f"{_EVENT}/feiten/bevestigd": NAMES, f"{_EVENT}/correctie": NAMES,
    f"{_EVENT}/teksten/geopend": SETS, f"{_EVENT}/vraag-indienen": ADDS,
    # The brake must never be refused because something else changed.
    f"{_EVENT}/trek-in": NAMES,
    f"{_EVENT}/vraag": MOVE, f"{_EVENT}/vraag/wissen": NAMES,
    f"{_EVENT}/les": ADDS, "/les/{number:int}": MOVE,
    f"{_EVENT}/oordeel": ADDS, "/beeld/oordeel": ADDS,
    "/signaal/{number:int}": MOVE, "/signaal/{number:int}/bekijken": SHOWS,
    "/signaal/{number:int}/wissen": NAMES, "/signaal/{number:int}/duiden": ADDS,
    "/signaal/{number:int}/besluit": MOVE, "/signalen/samen": NAMES,
    "/berichten/opnieuw": NAMES, "/berichten/afgehandeld": NAMES, "/berichten/gestopt": NAMES,
    "/contacten/organisatie": ADDS, "/contacten/groepen": ADDS, "/groep/{number:int}/weg": NAMES,
    "/contacten/inlezen": SHOWS, "/contacten/inlezen/opslaan": FILE, "/contacten/uitnodigen": ADDS,
    "/organisatie/{number:int}/persoon": ADDS, "/organisatie/{number:int}/bevestigd": SETS,
    "/organisatie/{number:int}/locatie": ADDS, "/locatie/{number:int}/weg": NAMES,
    "/opvolging/{number:int}": MOVE, "/contact/{number:int}/weg": SETS,
    "/contact/{number:int}/recht": SETS, "/contact/{number:int}/adres": ADDS,
    "/contact/{number:int}/kanaal": NAMES, "/contact/{number:int}/toestemming": SETS,
    "/contact/{number:int}/vervanger": SETS, "/contact/{number:int}/bestand": SHOWS,
    "/contact/{number:int}/passkeys": SETS, "/contact/{number:int}/wissen": SETS,
    "/contact/{number:int}/links": SETS,
    "/organisatie/{number:int}/links": SETS, "/contacten/uitvoer": SHOWS,
    "/contacten/dubbel": NAMES, "/contacten/dubbel/organisatie": NAMES,
    "/inlezen/{number:int}/terug": MOVE,
    "/oefenen/begin": ADDS, "/oefenen/naspelen": ADDS, "/oefenen/{number:int}/verder": MOVE,
    "/oefenen/{number:int}/vragen": ADDS, "/oefenen/{number:int}/start": MOVE,
    "/oefenen/{number:int}/klaar": MOVE,
    "/passkeys/nieuw": ADDS, "/passkeys/{number:int}": NAMES,
    "/beheer/bron": ADDS, "/beheer/bron/{number:int}": SETS,
    "/beheer/aanmelding/{number:int}": NAMES,
    "/beheer/koppelingen/sleutel": ADDS, "/beheer/koppelingen/sleutel/{number:int}": NAMES,
    "/beheer/koppelingen/opnieuw": NAMES,
    "/beheer/rooster/{number:int}/overgenomen": MOVE,
    "/beheer/rooster/{number:int}/nee": MOVE,
    "/beheer/rooster": ADDS, "/beheer/rooster/reeks": ADDS,
    "/beheer/namen": ADDS, "/beheer/namen/{number:int}/weg": NAMES,
    "/groep/{number:int}/bericht": SHOWS, "/groep/{number:int}/bericht/versturen": NAMES,
    f"{_EVENT}/overleg": ADDS, "/overleg/{number:int}/vragen/wissen": NAMES,
    "/peiling": MOVE, "/rondbrief": ADDS,
    "/overleg": ADDS, "/overleg/{number:int}/afspraak": ADDS, "/afspraak/{number:int}": MOVE,
    "/overleg/agenda": ADDS, "/overleg/agenda/{number:int}": NAMES,
    "/vraag-en-aanbod/groep": ADDS, "/vraag-en-aanbod/{number:int}/weg": MOVE,
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """How to bring a form up, and the field that says what its page showed."""

    name: str
    page: str
    prepare: Callable[[Desk], Awaitable[Any]]
    extra: dict[str, str] = field(default_factory=dict)
    other: str = "9"


async def with_fact(desk: Desk) -> None:
    await desk.fact()


async def blocked(desk: Desk) -> None:
    """Handed in with a sentence that a rule blocks; the visitor did not write any of it."""
    await desk.fact()
    async with desk.world.db.begin() as session:
        version = (await session.exec(select(Briefing).order_by(col(Briefing.id)))).all()[-1]
        for text in await texts_of(session, version.id or 0):
            text.remarks = [{"code": "N4", "level": "block", "where": "x", "advice": "Bron."}]
            session.add(text)
    done = await desk.press("indienen", versie=1, uitzondering="ja", zeker="ja")
    assert done.status_code == 303
    async with desk.world.db.begin() as session:
        version = (await session.exec(select(Briefing).order_by(col(Briefing.id)))).all()[-1]
        version.edited_by = version.submitted_by = 999
        session.add(version)
        block = (await session.exec(select(FactBlock))).all()[-1]
        block.edited_by = 999
        session.add(block)


async def submitted(desk: Desk) -> None:
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303


async def going(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)


async def withdrawn(desk: Desk) -> None:
    await desk.fact()
    assert (await desk.press("intrekken", versie=1)).status_code == 303


async def halted(desk: Desk) -> None:
    await going(desk)
    assert (await desk.press("stoppen", versie=1)).status_code == 303


async def delivery(desk: Desk, status: DeliveryStatus) -> None:
    await going(desk)
    async with desk.world.db.begin() as session:
        [planned] = (await session.exec(select(Delivery).where(col(Delivery.id) > 1))).all()
        planned.status = status


async def uncertain(desk: Desk) -> None:
    await delivery(desk, DeliveryStatus.UNKNOWN)


async def refused(desk: Desk) -> None:
    await delivery(desk, DeliveryStatus.FAILED)


async def to_call(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        session.add(
            Person(
                organisation_id=teacher.organisation_id, name="Conciërge",
                audiences=["docent_vo_mbo"], created_at=desk.world.now,
            )
        )  # fmt: skip
    await going(desk)


async def nothing(desk: Desk) -> None:
    """The page is there already."""


async def with_group(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        session.add(ContactGroup(name="Mentoren"))


async def a_place(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        session.add(Site(id=1, organisation_id=desk.world.organisation_id, name="Dependance"))


MEETING = {"gastheer": "1", "dag": "2026-06-18", "tijd": "15:00", "duur": "60", "plek": ""}


async def an_overleg(desk: Desk) -> None:
    answer = await press(desk.web, desk.world.sealer, "/overleg", **MEETING)
    assert answer.headers["location"].startswith("/overleg/1?")


async def an_extra_overleg(desk: Desk) -> None:
    await going(desk)
    assert (await desk.press("overleg", **MEETING)).headers["location"].startswith("/overleg/1?")


_CONTACT = {"naam": "Docent", "functie": "mentor", "taal": "nl", "teksten": "docent_vo_mbo"}
SEEN = {
    f"{_EVENT}/indienen": Seen("gezien", "teksten", with_fact),
    f"{_EVENT}/intrekken": Seen("gezien", "teksten", with_fact),
    f"{_EVENT}/goedkeuren": Seen("gelezen", "goedkeuren", submitted),
    f"{_EVENT}/uitzondering": Seen(
        "gezien", "verzenden", blocked, {"reden": "De gemeente ontkende dit zelf."}
    ),
    f"{_EVENT}/terugsturen": Seen("gezien", "verzenden", submitted, {"opmerking": "Korter."}),
    f"{_EVENT}/afsluiten": Seen("gezien", "teksten", withdrawn),
    f"{_EVENT}/nieuwe-versie": Seen("gezien", "teksten", going, {"soort": "update"}),
    f"{_EVENT}/teksten/schrijven": Seen(
        "gezien", "schrijven?tekst=ouders", with_fact, {"woorden": "Rustig aan."}
    ),
    f"{_EVENT}/volgende-update": Seen("gezien", "feiten", nothing, {"tijd": "23.15"}),
    f"{_EVENT}/kader": Seen("versie", "feiten", nothing, {"neutral_title": "Onrust"}),
    f"{_EVENT}/wijzigen": Seen(
        "gezien", "", nothing, {"soort": "E02", "ernst": "4", "leiding": "gemeente"}
    ),
    f"{_EVENT}/grip": Seen("gezien", "", nothing, {"grip": "2"}),
    f"{_EVENT}/stoppen": Seen("versie", "verzenden", going),
    f"{_EVENT}/doorgaan": Seen("versie", "verzenden", halted),
    f"{_EVENT}/afzeggen": Seen("versie", "verzenden", halted),
    f"{_EVENT}/opnieuw": Seen("versie", "verzenden", uncertain),
    f"{_EVENT}/alsnog": Seen("gezien", "ontvangers?groep=alsnog", refused),
    f"{_EVENT}/gebeld": Seen("stand", "verzenden", to_call, other="called"),
    "/contact/{number:int}/gegevens": Seen("gezien", "", nothing, _CONTACT),
    "/contact/{number:int}/rusttijd": Seen("gezien", "", nothing, {"van": "22.00", "tot": "7.00"}),
    "/contact/{number:int}/groepen": Seen("gezien", "", with_group, {"groep": "1"}),
    "/organisatie/{number:int}": Seen(
        "gezien", "", nothing, {"naam": "Voorbeeldcollege", "domein": "onderwijs"}
    ),
    "/locatie/{number:int}": Seen("gezien", "", a_place, {"naam": "Dependance", "wijk": ""}),
}
_OVERLEG = "/overleg/{number:int}"
SEEN |= {
    f"{_OVERLEG}/wijzigen": Seen("gezien", "", an_overleg, MEETING),
    f"{_OVERLEG}/stand": Seen("gezien", "", an_overleg, {"doe": "geweest"}),
    f"{_OVERLEG}/uitnodigen": Seen("gezien", "", an_overleg),
    f"{_OVERLEG}/vragen": Seen("gezien", "", an_extra_overleg),
    f"{_OVERLEG}/aanwezig": Seen("gezien", "", an_overleg, {"organisatie": "1"}),
}
#: forms of a page with many: tests/test_city_lines.py, tests/test_rota_desk.py,
#: tests/test_sources_desk.py and, with as
#: many words as the text has segments, tests/test_translation_pages.py; an exercise that gathers,
#: tests/test_exercise_pages.py; an alert, tests/test_console_too_late.py
ELSEWHERE = {
    f"{_EVENT}/bevestigen",
    "/oefenen/{number:int}/stoppen",
    "/meldkaart", "/beheer/bron/{number:int}/adres",
    "/beheer/rooster/{number:int}", "/beheer/rooster/{number:int}/weg",
    "/beheer/rooster/{number:int}/notitie", "/beheer/rooster/{number:int}/ruil",
    "/beheer/rooster/{number:int}/over",
    f"{_EVENT}/teksten/vertalen", f"{_EVENT}/teksten/vertalen/inlezen",
    *(f"/rondbrief/{{number:int}}/{act}" for act in ("opslaan", "indienen", "terug", "goedkeuren")),
}  # fmt: skip


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def test_every_act_names_what_was_seen_or_says_why_it_need_not() -> None:
    acts = {door.path for door in DOORS if door.method == "POST" and door.keeps}
    listed = [*SEEN, *HARMLESS, *ELSEWHERE]
    assert len(listed) == len(set(listed))
    assert acts <= set(listed), "put a new act in SEEN, or in HARMLESS with its reason"
    assert set(listed) <= {door.path for door in DOORS if door.method == "POST"}


async def the_form(desk: Desk, path: str, seen: Seen) -> tuple[str, dict[str, str]]:
    await seen.prepare(desk)
    number = desk.number
    if path.startswith("/contact"):
        number = next(p.id for p in await desk.rows(Person) if p.name == "Docent")
    elif path.startswith("/organisatie"):
        number = desk.world.organisation_id
    elif path.startswith(("/overleg", "/locatie")):
        number = 1
    act = path.replace("{number:int}", str(number))
    page = seen.page
    if path.startswith("/overleg"):
        # The page of a meeting is where the act begins.
        fields = await hidden_in(desk.web, act, "")
    elif path == "/locatie/{number:int}":
        at = f"/organisatie/{desk.world.organisation_id}"
        fields = await hidden_in(desk.web, act, "", at=at)
    elif path == "/organisatie/{number:int}":
        # Its form stands on the page of the same address.
        fields = await hidden_in(desk.web, act, str(number))
    else:
        fields = await hidden_in(desk.web, act, page)
    return act, {**fields, **seen.extra}


@pytest.mark.parametrize("path", SEEN)
async def test_a_form_about_something_else_changes_nothing(desk: Desk, path: str) -> None:
    seen = SEEN[path]
    act, fields = await the_form(desk, path, seen)
    assert fields.get(seen.name), f"the form of {act} does not carry {seen.name}"
    before = await contents(desk.world.db)
    for stale in ({**fields, seen.name: seen.other}, {**fields, seen.name: ""}):
        answer = await press(desk.web, desk.world.sealer, act, **stale)
        assert answer.status_code in (400, 404, 409, 422), (act, stale)
    assert await contents(desk.world.db) == before
    assert (await press(desk.web, desk.world.sealer, act, **fields)).status_code == 303, act
