"""The overleg: a host in turn, a calendar behind a link, an agenda, who was there."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Component

from bot.console.overleg_form import CHOICES
from briefings.moments import at_clock, day, far_moment, local_date
from briefings.overleg.feed import calendar_of
from briefings.overleg.meetings import Plan
from briefings.overleg.meetings import why_not as why_not_planned
from briefings.overleg.rotation import Candidate, Hosted, in_turn
from briefings.overleg.rows import (
    CalendarLink,
    Overleg,
    OverlegKind,
    OverlegPresence,
    OverlegStatus,
)
from contacts.directory import Domain, Organisation, Role, Site
from contacts.importing.batches import ImportBatch, undo_import
from contacts.journal import SYSTEM
from contacts.records import Database
from signals.rows import Setting, Signal, SignalKind
from tests.console_desk import Desk, a_desk
from tests.console_world import a_colleague, client_of, press, signed_in
from tests.overleg_world import FORM, OFFICE, act, page_of, planned, send


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


CITY = [
    Candidate(1, "Gemeente", Domain.MUNICIPALITY), Candidate(2, "Politie", Domain.SAFETY),
    Candidate(3, "Welzijn", Domain.CARE_WELFARE), Candidate(4, "School A", Domain.EDUCATION),
    Candidate(5, "School B", Domain.EDUCATION), Candidate(6, "Koepel", Domain.CIVIL),
]  # fmt: skip


@given(st.permutations(CITY), st.integers(1, 40))
def test_every_domain_hosts_in_turn_and_every_organisation_of_it(
    order: list[Candidate], times: int
) -> None:
    hosted: list[Hosted] = []
    for number in range(times):
        first = in_turn(order, hosted)[0]
        hosted.append(Hosted(first.organisation_id, OFFICE + timedelta(weeks=13 * number)))
    by_id = {one.organisation_id: one for one in CITY}
    turns = [by_id[one.organisation_id].domain for one in hosted]
    for begin in range(0, len(turns) - 4, 5):
        assert len(set(turns[begin : begin + 5])) == 5
    schools = [one.organisation_id for one in hosted if one.organisation_id in (4, 5)]
    assert all(one != other for one, other in itertools.pairwise(schools))


def test_a_plan_that_cannot_be_is_said_with_its_reason() -> None:
    plan = Plan(at=OFFICE + timedelta(days=9), minutes=90, host_id=1, place="")

    def reason(**changed: Any) -> str | None:
        return why_not_planned(replace(plan, **changed), (), now=OFFICE)

    assert reason() is None
    assert reason(at=None) == "moment"
    assert reason(at=OFFICE) == "moment"
    assert reason(at=OFFICE + timedelta(days=800)) == "moment"
    assert reason(minutes=5) == "minutes"
    assert reason(place="x" * 121) == "long"
    assert reason(place="Bij Dennis Bakkerstra thuis") == "person"
    assert reason(place="Kerkstraat 12") is None, "an address is a place"


async def test_a_meeting_is_planned_where_it_is_whose_turn_it_is(desk: Desk) -> None:
    page = (await desk.web.get("/overleg")).text
    assert "Aan de beurt als gastheer: <strong>Gemeente van Coördinator</strong>" in page
    await planned(desk, gastheer=str(desk.world.organisation_id + 1))
    page = (await desk.web.get("/overleg")).text
    assert "Aan de beurt als gastheer: <strong>Voorbeeldcollege</strong>" in page
    assert "Zaal 2" in page
    refused = await send(desk, "/overleg", **{**FORM, "dag": "2020-01-01", "gastheer": "1"})
    assert refused.status_code == 422
    assert "Kies een dag en een tijd in de toekomst" in refused.text
    unknown = await send(desk, "/overleg", **{**FORM, "gastheer": "999"})
    assert unknown.status_code == 422
    assert len(await desk.rows(Overleg)) == 1


async def test_only_a_coordinator_leads_and_who_sees_status_looks(desk: Desk) -> None:
    overleg = await planned(desk)
    async with desk.world.db.begin() as session:
        other = await a_colleague(session, "Lezer", (Role.APPROVER,), desk.world.now)
        cookies = await signed_in(session, other, desk.world.now)
    async with client_of(
        desk.world.db, desk.world.sealer, desk.world.now, cookies=cookies
    ) as reader:
        page = await reader.get(f"/overleg/{overleg.id}")
        assert page.status_code == 200
        assert "Gaat niet door</button>" not in page.text
        done = await press(reader, desk.world.sealer, f"/overleg/{overleg.id}/stand", doe="niet")
        assert done.status_code == 403


async def test_moves_are_guarded_and_a_page_of_before_changes_nothing(desk: Desk) -> None:
    overleg = await planned(desk)
    old = {**FORM, "gastheer": str(desk.world.organisation_id), "gezien": "1"}
    assert (await act(desk, overleg, "wijzigen", **{**old, "duur": "60"})).status_code == 303
    late = await send(desk, f"/overleg/{overleg.id}/wijzigen", **{**old, "duur": "45"})
    assert late.status_code == 409
    assert (await desk.rows(Overleg))[0].minutes == 60
    assert (await act(desk, overleg, "stand", doe="geweest")).status_code == 303
    # It was held, so it can no longer be cancelled, nor be moved to another day.
    assert (await act(desk, overleg, "stand", doe="niet")).status_code == 409
    assert (await act(desk, overleg, "wijzigen", **{**old, "gezien": "3"})).status_code == 409
    assert (await act(desk, overleg, "stand", doe="vreemd")).status_code == 404
    [row] = await desk.rows(Overleg)
    assert (row.status, row.version) == (OverlegStatus.HELD, 3)


async def test_organisations_are_noted_and_no_person(desk: Desk) -> None:
    overleg = await planned(desk)
    school = str(desk.world.organisation_id)
    assert (await act(desk, overleg, "aanwezig", organisatie=school)).status_code == 303
    page = await page_of(desk, overleg)
    assert "<b>1</b> Onderwijs" in page
    assert "Wie er voor een organisatie was, bewaart Schakel niet" in page
    assert set(OverlegPresence.model_fields) == {"id", "overleg_id", "organisation_id"}
    stale = await send(
        desk, f"/overleg/{overleg.id}/aanwezig", organisatie=school, weg=school, gezien="1"
    )
    assert stale.status_code == 409
    assert (await act(desk, overleg, "aanwezig", weg=school)).status_code == 303
    assert await desk.rows(OverlegPresence) == []


async def test_the_calendar_follows_every_change_until_its_link_is_taken_back(desk: Desk) -> None:
    overleg = await planned(desk)
    made = await send(desk, "/overleg/agenda", organisatie=str(desk.world.organisation_id))
    [address] = re.findall(r'<code class="geheim">[^<]*?(/agenda/[\w-]+)</code>', made.text)
    [link] = await desk.rows(CalendarLink)
    assert address.rpartition("/")[2] not in repr(link)
    outside = desk.world.web
    event = one_event((await outside.get(address)).content)
    assert event["summary"] == "Maatschappelijk overleg"
    assert event["location"] == "Voorbeeldcollege, Zaal 2"
    assert event.decoded("dtstart") == datetime(2026, 6, 18, 13, 0, tzinfo=UTC)
    assert (event["sequence"], event["status"]) == (0, "CONFIRMED")
    await act(desk, overleg, "stand", doe="niet")
    event = one_event((await outside.get(address)).content)
    assert (event["sequence"], event["status"]) == (1, "CANCELLED")
    taken = await send(desk, f"/overleg/agenda/{link.id}")
    assert taken.status_code == 303
    gone = await outside.get(address)
    assert gone.status_code == 410
    assert "BEGIN:VCALENDAR" not in gone.text
    assert (await outside.get("/agenda/" + "x" * 22)).status_code == 410


async def test_a_calendar_link_ends_by_itself_and_the_page_says_so(desk: Desk) -> None:
    made = await send(desk, "/overleg/agenda", organisatie=str(desk.world.organisation_id))
    [address] = re.findall(r'<code class="geheim">[^<]*?(/agenda/[\w-]+)</code>', made.text)
    [ends_on] = re.findall(r"De link werkt tot (\d+ \w+ \d{4})\.", made.text)
    page = (await desk.web.get("/overleg")).text
    assert f"Werkt tot {ends_on}" in page
    for days, status, said in ((399, 200, "Werkt tot"), (400, 410, "Werkt niet meer sinds")):
        then = desk.world.now + timedelta(days=days)
        async with desk.world.db.begin() as session:
            cookies = await signed_in(session, desk.world.staff_id, then)
        async with client_of(desk.world.db, desk.world.sealer, then, cookies=cookies) as later:
            assert (await later.get(address)).status_code == status
            assert f"{said} {ends_on}" in (await later.get("/overleg")).text


def one_event(content: bytes) -> Component:
    [event] = Calendar.from_ical(content).walk("VEVENT")
    return event


def test_the_calendar_names_no_event_and_says_what_is_an_exercise() -> None:
    overleg = Overleg(
        id=7, starts_at=OFFICE, minutes=60, kind=OverlegKind.AD_HOC, host_id=1, event_id=3,
        edited_at=OFFICE, is_exercise=True,
    )  # fmt: skip
    made = calendar_of([overleg], {1: "Welzijn"}, domain="schakel.example", now=OFFICE)
    event = one_event(made)
    assert event["summary"] == "OEFENING: Extra maatschappelijk overleg"
    assert event["uid"] == "overleg-7@schakel.example"
    old = calendar_of([overleg], {}, domain="x", now=OFFICE + timedelta(days=200))
    assert b"VEVENT" not in old


async def told(desk: Desk, organisations: int) -> None:
    """Open signals of so many schools about rumours."""
    now = desk.world.now
    async with desk.world.db.begin() as session:
        for number in range(organisations):
            school = Organisation(name=f"School {number}", domain=Domain.EDUCATION, created_at=now)
            session.add(school)
            await session.flush()
            session.add(
                Signal(
                    organisation_id=school.id, domain=Domain.EDUCATION, severity=2,
                    kinds=[SignalKind.RUMOUR.value], setting=Setting.CLASSROOM, received_at=now,
                    answer_due_at=now + timedelta(days=2), district="stad",
                )
            )  # fmt: skip


async def test_the_agenda_is_made_from_what_is_there_with_small_counts_hidden(desk: Desk) -> None:
    overleg = await planned(desk)
    await told(desk, 2)
    page = await page_of(desk, overleg)
    assert "Van 1-2 organisaties" in page
    assert (
        "School 0" not in page.partition("<h2>Agenda</h2>")[2].partition("Besluiten en acties")[0]
    )
    await desk.press("les", anders="Zet het aanspreekpunt bovenaan.", eigenaar="adviseur",
                     voor="2026-07-14")  # fmt: skip
    page = await page_of(desk, overleg)
    assert "Zet het aanspreekpunt bovenaan." in page.partition("Lessen")[2]
    assert "Onderwijs</th>" in page.partition("Hoe staat de lijst ervoor?")[2]
    paper = await desk.web.get(f"/overleg/{overleg.id}/pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")


async def test_a_meeting_of_the_other_world_does_not_exist_here(desk: Desk) -> None:
    overleg = await planned(desk)
    async with desk.world.db.begin() as session:
        row = await session.get_one(Overleg, overleg.id)
        row.is_exercise = True
        session.add(row)
    assert (await desk.web.get(f"/overleg/{overleg.id}")).status_code == 404
    assert "Zaal 2" not in (await desk.web.get("/overleg")).text


async def test_taking_an_import_back_leaves_an_organisation_that_hosts(desk: Desk) -> None:
    now = desk.world.now
    async with desk.world.db.begin() as session:
        new = [Organisation(name=n, domain=Domain.CIVIL, created_at=now) for n in ("Host", "Leeg")]
        session.add_all(new)
        await session.flush()
        ids = [one.id or 0 for one in new]
        batch = ImportBatch(
            made_at=now, made_by="x", undo={"made": {"organisation": ids}, "changed": []}
        )
        session.add(batch)
    await planned(desk, gastheer=str(ids[0]))
    async with desk.world.db.begin() as session:
        kept = await session.get_one(ImportBatch, batch.id)
        await undo_import(session, kept, who=SYSTEM, now=now)
    names = {one.name for one in await desk.rows(Organisation)}
    assert "Host" in names
    assert "Leeg" not in names


async def test_a_host_outside_the_list_to_choose_from_is_typed_by_name(desk: Desk) -> None:
    """A city has hundreds of organisations; the page lists those whose turn is near."""
    async with desk.world.db.begin() as session:
        for number in range(60):
            session.add(
                Organisation(
                    name=f"Vereniging {number:02}", domain=Domain.CIVIL, created_at=desk.world.now
                )
            )
    page = (await desk.web.get("/overleg")).text
    assert page.count("<option") <= 2 * CHOICES + 2
    await planned(desk, gastheer="1", **{"gastheer-naam": "vereniging 59"})
    assert "Vereniging 59" in (await desk.web.get("/overleg")).text
    refused = await send(
        desk, "/overleg", **{**FORM, "gastheer": "1", "gastheer-naam": "Bestaat niet"}
    )
    assert refused.status_code == 422
    assert "Kies een organisatie van de lijst." in refused.text
    unknown = await send(desk, "/overleg/agenda", organisatie="1", **{"organisatie-naam": "x"})
    assert unknown.status_code == 303
    assert "organisation_unknown" in unknown.headers["location"]


@pytest.mark.parametrize(
    ("days", "said"),
    [(20, "dinsdag 21 april, 15.00 uur"), (299, "maandag 25 januari 2027, 15.00 uur"),
     (320, "maandag 15 februari 2027, 15.00 uur"), (-320, "vrijdag 16 mei 2025, 15.00 uur")],
)  # fmt: skip
def test_a_day_of_another_year_is_said_with_its_year(days: int, said: str) -> None:
    now = at_clock(date(2026, 4, 1), time(15))
    assert far_moment(at_clock(date(2026, 4, 1) + timedelta(days=days), time(15)), now) == said


async def test_what_was_done_is_never_counted_from_a_day_to_come(desk: Desk) -> None:
    later = local_date(desk.world.now) + timedelta(days=340)
    while later.weekday() > 4:
        later += timedelta(days=1)
    overleg = await planned(desk, dag=later.isoformat())
    page = await page_of(desk, overleg)
    since = local_date(desk.world.now - timedelta(days=91))
    assert f"Gedaan sinds {day(since)}" in page
    assert str(later.year) in page


async def test_who_has_room_says_so_and_next_door_is_no_host(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        session.add(
            Organisation(
                name="Gemeente Buurstad", domain=Domain.MUNICIPALITY, municipality="Buurstad",
                created_at=desk.world.now,
            )
        )  # fmt: skip
        session.add(Site(organisation_id=desk.world.organisation_id, name="Aula", can_host=True))
    page = (await desk.web.get("/overleg")).text
    assert "(heeft ruimte)</option>" in page
    assert "Gemeente Buurstad" not in page
