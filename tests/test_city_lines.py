"""*Waar meld ik wat*: who keeps a line, asked each quarter; a wrong one blocks every approval."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot.chat.router import COMMANDS, TAPS
from bot.config import Config
from bot.console.list_texts import how_long
from bot.console.where import sheet_of
from bot.line_asking import ask_about_lines, question
from bot.line_texts import EMPTY
from bot.now import current_config
from briefings.city_lines import (
    HOLDS,
    QUARTER,
    CityLineState,
    as_confirmed,
    fingerprint_of,
    line_states,
    must_ask,
    set_owner,
)
from briefings.rows import BriefingStatus
from briefings.settings import BriefingSettings, CityLine
from contacts.directory import ChannelKind, LinkPurpose, Person
from contacts.journal import SYSTEM
from contacts.links import mint_person_link
from contacts.outbox import Delivery
from contacts.people import open_channel
from contacts.permissions import NotAllowed
from contacts.records import Database
from tests.console_world import SAME_SITE, World, a_version, a_world, client_of, press
from tests.partner_world import CONFIG, a_partner

CHECKED = date(2026, 1, 5)
TODAY = date(2026, 3, 3)
#: a working day in office hours, more than a quarter after the check
LATER = datetime(2026, 4, 14, 9, 0, tzinfo=UTC)
LINE = CityLine(label="Meldpunt gemeente", phone="026-0000000", checked_on=CHECKED)
SETTINGS = BriefingSettings(
    meldkaart=[LINE],
    contact_tonight=CityLine(label="Vanavond", phone="026-1", checked_on=CHECKED),
    contact_tomorrow=CityLine(label="Morgen", phone="026-1", checked_on=CHECKED),
)
CITY = Config(briefings=SETTINGS)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        async with db.begin() as session:
            for number, address in ((1, "docent@school.example"), (2, "co@gemeente.example")):
                person = await session.get_one(Person, number)
                await open_channel(session, person, ChannelKind.EMAIL, address, rank=1, now=now)
        yield world


@pytest.fixture
async def desk(world: World) -> AsyncIterator[httpx.AsyncClient]:
    cookies = dict(world.desk.cookies)
    async with client_of(world.db, world.sealer, world.now, config=CITY, cookies=cookies) as desk:
        yield desk


async def ask(db: Database, now: datetime, config: Config = CITY) -> int:
    async with db.begin() as session:
        return await ask_about_lines(session, config, now=now)


async def unverified(world: World) -> list[str]:
    async with world.db.read() as session:
        config = await current_config(session, CITY)
    return [line.label for line in config.briefings.unverified(TODAY)]


async def press_line(world: World, desk: httpx.AsyncClient, **fields: str) -> httpx.Response:
    """On the form of the Meldpunt, which comes after the two contacts."""
    values = {"regel": "2", "merk": fingerprint_of(LINE), **fields}
    return await press(desk, world.sealer, "/meldkaart", **values)


async def test_the_owner_is_asked_once_a_quarter_and_else_the_coordinators(world: World) -> None:
    async with world.db.begin() as session:
        docent = await session.get_one(Person, 1)
        await set_owner(session, LINE, docent, who=SYSTEM, now=world.now)
    assert await ask(world.db, datetime(2026, 3, 3, 9, 0, tzinfo=UTC)) == 0
    assert await ask(world.db, LATER) == 3
    assert await ask(world.db, LATER + timedelta(days=1)) == 0
    assert await ask(world.db, LATER + timedelta(days=7), Config(is_exercise=True)) == 0
    async with world.db.read() as session:
        found = await session.exec(select(Delivery.address).where(Delivery.id != 1))
        assert sorted(found.all()) == ["co@gemeente.example"] * 2 + ["docent@school.example"]
    assert await ask(world.db, LATER + timedelta(days=92)) == 3


async def test_nobody_is_asked_outside_office_hours(world: World) -> None:
    assert await ask(world.db, LATER.replace(hour=20)) == 0


async def test_a_line_with_nothing_in_it_cannot_be_called_right(world: World) -> None:
    empty = CityLine(label="Nachtnummer", phone="")
    config = Config(briefings=SETTINGS.model_copy(update={"meldkaart": [empty]}))
    cookies = dict(world.desk.cookies)
    async with client_of(world.db, world.sealer, world.now, config=config, cookies=cookies) as desk:
        page = (await desk.get("/meldkaart")).text
        assert page.count("Nagekeken: klopt<") == 2, "of the two contacts"
        values = {"regel": "2", "merk": fingerprint_of(empty), "doe": "klopt"}
        answer = await press(desk, world.sealer, "/meldkaart", **values)
        assert (
            "Niets veranderd: bij deze regel staat nog geen nummer"
            in (await desk.get(answer.headers["location"])).text
        )
    async with world.db.read() as session:
        assert "Nachtnummer" not in await line_states(session)


async def test_the_own_page_takes_no_yes_for_a_line_with_nothing_in_it(world: World) -> None:
    empty = CityLine(label="Nachtnummer", phone="")
    config = Config(briefings=SETTINGS.model_copy(update={"meldkaart": [empty, LINE]}))
    async with world.db.begin() as session:
        docent = await session.get_one(Person, 1)
        for line in (empty, LINE):
            await set_owner(session, line, docent, who=SYSTEM, now=world.now)
        token = await mint_person_link(session, 1, LinkPurpose.OWN_PAGE, now=world.now)
    async with client_of(world.db, world.sealer, world.now, config=config) as web:
        assert (await web.get(f"/p/{token}")).text.count('value="klopt">Klopt<') == 1
        fields = {"merk": fingerprint_of(empty), "doe": "klopt"}
        answer = await web.post(f"/p/{token}/regel", data=fields, headers=SAME_SITE)
        assert EMPTY in (await web.get(answer.headers["location"])).text
    async with world.db.read() as session:
        assert (await line_states(session))["Nachtnummer"].checked_on is None


async def test_a_yes_holds_half_a_year_and_a_no_blocks_at_once(
    world: World, desk: httpx.AsyncClient
) -> None:
    assert await unverified(world) == []
    await press_line(world, desk, doe="klopt-niet")
    assert await unverified(world) == ["Meldpunt gemeente"]
    assert "iemand zei: klopt niet" in (await desk.get("/meldkaart")).text
    await press_line(world, desk, doe="klopt")
    assert await unverified(world) == []
    async with world.db.read() as session:
        state = (await line_states(session))["Meldpunt gemeente"]
    assert state.expires_on == TODAY + HOLDS
    assert as_confirmed(LINE, state).fault(TODAY + HOLDS + timedelta(days=1)) == "expired"


async def test_the_page_of_sending_says_that_a_line_blocks(
    world: World, desk: httpx.AsyncClient
) -> None:
    async with world.db.begin() as session:
        await a_version(session, world.event_id, 2, world.now, BriefingStatus.SUBMITTED)
    path = f"/gebeurtenis/{world.event_id}/verzenden"
    before = (await desk.get(path)).text
    await press_line(world, desk, doe="klopt-niet")
    assert "Nog niet echt te verzenden" not in before
    assert "Nog niet echt te verzenden" in (await desk.get(path)).text


async def test_a_form_about_other_words_changes_nothing(
    world: World, desk: httpx.AsyncClient
) -> None:
    assert (await press_line(world, desk, doe="klopt", merk="0" * 64)).status_code == 400
    async with world.db.read() as session:
        assert await line_states(session) == {}


async def test_the_owner_answers_on_the_own_page_and_nobody_else_can(world: World) -> None:
    async with world.db.begin() as session:
        await set_owner(session, LINE, await session.get_one(Person, 1), who=SYSTEM, now=world.now)
        tokens = [
            await mint_person_link(session, number, LinkPurpose.OWN_PAGE, now=world.now)
            for number in (1, 2)
        ]
    async with client_of(world.db, world.sealer, world.now, config=CITY) as web:
        assert "Regels die u bijhoudt" in (await web.get(f"/p/{tokens[0]}")).text
        assert "Regels die u bijhoudt" not in (await web.get(f"/p/{tokens[1]}")).text
        fields = {"merk": fingerprint_of(LINE), "doe": "klopt-niet"}
        other = await web.post(f"/p/{tokens[1]}/regel", data=fields, headers=SAME_SITE)
        assert other.status_code == 400
        mine = await web.post(f"/p/{tokens[0]}/regel", data=fields, headers=SAME_SITE)
        assert mine.status_code == 303
    assert await unverified(world) == ["Meldpunt gemeente"]


async def test_everybody_reads_the_card_without_signing_in(world: World) -> None:
    async with client_of(world.db, world.sealer, world.now, config=CITY) as web:
        page = (await web.get("/waar")).text
        printed = await web.get("/waar/pdf")
    assert "026-0000000" in page
    assert "gecontroleerd op 05-01-2026" in page
    assert printed.status_code in (200, 503)
    assert printed.status_code == 503 or printed.content.startswith(b"%PDF-")


async def test_waar_in_the_chat_shows_the_card(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    await chat.command("/waar")
    assert "Waar meld ik wat?" in await chat.text()
    assert "Wijkagent" in await chat.text()


async def test_one_tap_of_the_owner_confirms_and_of_another_member_does_not(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    line = CONFIG.briefings.meldkaart[1]
    async with db.begin() as session:
        await set_owner(session, line, None, who=SYSTEM, now=now)
        state = (await line_states(session))[line.label]
    await chat.command("/waar")
    yes = question(line, state.id or 0).telegram
    assert yes is not None
    tap = yes.buttons[0][0].data
    assert tap is not None
    with pytest.raises(NotAllowed):
        await chat.tap(tap)
    async with db.begin() as session:
        person = await session.get_one(Person, chat.person_id)
        await set_owner(session, line, person, who=SYSTEM, now=now)
    await chat.tap(tap)
    assert "weer als gecontroleerd" in await chat.text()
    (state,) = await chat.all(CityLineState)
    assert (state.checked_on, state.is_wrong) == (now.date(), False)
    await chat.tap(f"line:{state.id}:ja:{'0' * 12}")
    assert chat.toast == "Deze regel is intussen veranderd. Kijk op de nieuwste."
    assert "/waar" in COMMANDS
    assert "line" in TAPS


async def test_a_tap_of_yes_on_a_line_with_nothing_in_it_says_what_to_do(
    db: Database, now: datetime
) -> None:
    empty = CityLine(label="Nachtnummer", phone="")
    settings = CONFIG.briefings.model_copy(update={"meldkaart": [empty]})
    chat = await a_partner(db, now)
    chat.config = CONFIG.model_copy(update={"briefings": settings})
    async with db.begin() as session:
        person = await session.get_one(Person, chat.person_id)
        await set_owner(session, empty, person, who=SYSTEM, now=now)
        state = (await line_states(session))[empty.label]
    await chat.command("/waar")
    form = question(empty, state.id or 0).telegram
    assert form is not None
    assert form.buttons[0][0].data is not None
    await chat.tap(form.buttons[0][0].data)
    assert await chat.text() == EMPTY
    (state,) = await chat.all(CityLineState)
    assert state.checked_on is None


def test_a_confirmation_of_other_words_does_not_count() -> None:
    state = CityLineState(
        label=LINE.label, fingerprint=fingerprint_of(LINE), checked_on=TODAY, is_wrong=False
    )
    assert as_confirmed(LINE, state).checked_on == TODAY
    changed = LINE.model_copy(update={"phone": "026-9999999"})
    assert as_confirmed(changed, state).checked_on == CHECKED


def test_paper_marks_what_is_not_checked_and_escapes_it() -> None:
    settings = BriefingSettings(meldkaart=[CityLine(label="<b>", phone="1"), LINE])
    body = str(sheet_of(settings, is_exercise=False, now=datetime(2026, 3, 3, 12, tzinfo=UTC)).body)
    assert "&lt;b&gt;</strong>: 1 (te controleren)" in body
    assert "026-0000000</li>" in body


DATES = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@given(DATES, st.none() | DATES, st.none() | DATES, DATES)
def test_nobody_is_asked_twice_in_a_quarter(
    checked: date, expires: date | None, asked: date | None, today: date
) -> None:
    line = LINE.model_copy(update={"checked_on": checked, "expires_on": expires})
    state = CityLineState(label=line.label, asked_on=asked)
    if must_ask(line, state, today):
        assert asked is None or asked <= today - QUARTER
        assert checked <= today - QUARTER or (expires is not None and expires <= today + QUARTER)


@pytest.mark.parametrize(
    ("checked", "expires", "said"),
    [
        (date(2026, 1, 31), date(2026, 6, 30), "geldig tot 30-06-2026"),
        (date(2026, 1, 31), None, "zonder einddatum: te controleren op 02-05-2026"),
        (date(2025, 1, 31), None, "zonder einddatum: te controleren sinds 02-05-2025"),
        (None, None, "te controleren"),
    ],
)
def test_every_line_says_until_when_it_counts_or_when_it_is_looked_at_again(
    checked: date | None, expires: date | None, said: str
) -> None:
    line = LINE.model_copy(update={"checked_on": checked, "expires_on": expires})
    assert how_long(line, date(2026, 4, 1)) == said
