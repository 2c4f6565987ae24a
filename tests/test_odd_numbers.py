"""A number or a day that cannot be ours is refused in words, on every store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, time

import pytest
from sqlmodel import col, select

from bot.console.forms import MAX_ID, as_number, moment, numbers
from briefings.moments import at_clock
from contacts.directory import LinkPurpose, Person
from contacts.links import mint_person_link
from contacts.records import Database
from tests.console_desk import Desk, a_desk
from tests.console_world import SAME_SITE, press
from tests.test_console_signals import a_signal, judge, settle

HUGE = str(10**30)


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


@pytest.mark.parametrize("said", [HUGE, "-" + HUGE, str(MAX_ID + 1), "9" * 5000, "x", ""])
def test_a_number_that_no_column_can_hold_is_no_number(said: str) -> None:
    with pytest.raises(ValueError, match=r"larger|invalid|digits"):
        as_number(said)


def test_a_list_of_choices_leaves_out_the_empty_one_and_refuses_a_wrong_one() -> None:
    assert numbers({"wie": ["3", "", "7"]}, "wie") == [3, 7]
    assert numbers({}, "wie") == []
    with pytest.raises(ValueError, match="larger"):
        numbers({"wie": ["3", HUGE]}, "wie")


@pytest.mark.parametrize("said", [str(10**18), str(10**20), "-" + HUGE, "253402300800"])
def test_a_moment_outside_the_calendar_is_none(said: str) -> None:
    with pytest.raises(ValueError, match=r"calendar|out of range"):
        moment({"moment": [said]}, "moment")


@pytest.mark.parametrize("on", [date.min, date.max])
def test_a_clock_time_at_an_edge_of_the_calendar_is_a_moment_or_refused(on: date) -> None:
    for clock in (time(0), time(23, 59)):
        try:
            assert at_clock(on, clock).tzinfo is not None
        except ValueError:
            assert (on, clock) == (date.min, time(0))


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("overleg", {"welk": HUGE, "doe": "ja", "moment": "1"}),
        ("overleg", {"welk": "1", "doe": "ja", "moment": HUGE}),
        ("vervanger", {"persoon": HUGE}),
        ("hulp", {"soort": "vraag", "waarmee": "ruimte", "waarbij": HUGE, "tekst": "Wie helpt?"}),
        ("hulp/klaar", {"welke": HUGE, "doe": "klaar"}),
        ("hulp/oppakken", {"welke": HUGE, "delen": "ja"}),
        ("hulp/gegeven", {"welke": HUGE}),
        ("groepen", {"waarbij": HUGE, "waarover": "opvang", "naam": "Samen"}),
        ("groepen/vragen", {"groep": HUGE, "wie": "1"}),
        ("groepen/vragen", {"groep": "1", "wie": HUGE}),
        ("groepen/wie", {"groep": HUGE, "domein": "onderwijs"}),
        ("groepen/antwoord", {"groep": HUGE, "doe": "ja"}),
    ],
)
async def test_a_huge_number_on_the_own_page_is_refused_in_words(
    desk: Desk, act: str, fields: dict[str, str]
) -> None:
    async with desk.world.db.begin() as session:
        person = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        token = await mint_person_link(
            session, person.id or 0, LinkPurpose.OWN_PAGE, now=desk.world.now
        )
    answer = await desk.world.web.post(f"/p/{token}/{act}", data=fields, headers=SAME_SITE)
    assert answer.status_code in (400, 422)


async def refused(desk: Desk, path: str, status: int = 400, **fields: str | list[str]) -> None:
    answer = await press(desk.web, desk.world.sealer, path, **fields)
    assert answer.status_code == status, path


async def test_a_huge_number_at_the_desk_is_refused_in_words(desk: Desk) -> None:
    event = f"/gebeurtenis/{desk.number}"
    await desk.fact()
    await desk.send(1)
    for act, name in (("feiten/weg", "feit"), ("samenvoegen", "andere"), ("vooraf", "organisatie"),
                      ("splitsen", "bericht")):  # fmt: skip
        await refused(desk, f"{event}/{act}", **{name: HUGE})
    await refused(desk, f"{event}/opnieuw", versie="1", bericht=HUGE)
    await refused(desk, "/berichten/afgehandeld", bericht=["1", HUGE])
    await refused(desk, "/berichten/gestopt", bericht=HUGE)
    await refused(desk, "/meldkaart", regel="0", doe="eigenaar", persoon=HUGE)
    await refused(desk, "/contacten/dubbel", blijft=HUGE, gaat="1", zeker="ja")
    await refused(
        desk, "/signalen/samen", gezien=HUGE, gebeurtenis="1", soort="geruchten", uitkomst="F",
        zin="Er is niets.",
    )  # fmt: skip


@pytest.mark.parametrize("said", [str(10**18), str(10**20)])
async def test_a_next_update_outside_the_calendar_is_refused(desk: Desk, said: str) -> None:
    answer = await desk.press("volgende-update", moment=said)
    assert answer.status_code == 400


async def test_a_rota_at_an_edge_of_the_calendar_is_refused_and_its_page_stays(desk: Desk) -> None:
    page, who = "/beheer/rooster", str(desk.world.staff_id)
    await refused(
        desk, f"{page}/reeks", 422, eerste="9999-12-31", weken="4", plaats="dienst",
        **{"om-de-beurt": who, "wissel-uur": "09:00"},
    )  # fmt: skip
    await refused(
        desk, page, 422, plaats="dienst", wie=who,
        **{"van-dag": "0001-01-01", "van-uur": "00:00", "tot-dag": "2026-05-01", "tot-uur": "9:00"},
    )  # fmt: skip
    await press(
        desk.web, desk.world.sealer, page, plaats="dienst", wie=who,
        **{"van-dag": "9999-12-31", "van-uur": "00:00", "tot-dag": "9999-12-31",
           "tot-uur": "23:59"},
    )  # fmt: skip
    for path in (page, "/"):
        assert (await desk.web.get(path)).status_code == 200


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
async def test_a_decision_for_a_day_at_an_edge_of_the_calendar_leaves_its_page(
    desk: Desk, now: datetime, on: str
) -> None:
    number = await a_signal(desk, now)
    await judge(desk, number, "A", "2")
    answer = await settle(desk, number, voor=on)
    assert answer.status_code in (303, 422)
    for path in (f"/signaal/{number}", "/signalen", "/"):
        assert (await desk.web.get(path)).status_code == 200, path


async def test_an_overleg_at_an_edge_of_the_calendar_is_refused(desk: Desk) -> None:
    for on in ("0001-01-01", "9999-12-31"):
        await refused(
            desk, "/overleg", 422, dag=on, tijd="00:00", duur="60", plek="Stadhuis",
            gastheer=str(desk.world.organisation_id),
        )  # fmt: skip
