"""Signals at the desk: who reads a note stands in the journal, and nothing shows it unasked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import col, select

from briefings.pdf import can_print
from contacts.directory import Domain, Organisation, Person, Role, RoleGrant
from contacts.journal import JournalEntry
from contacts.outbox import Message, MessageKind
from contacts.records import Database
from signals.duiding import establish
from signals.rows import (
    Assessment,
    Reliability,
    Setting,
    Signal,
    SignalKind,
    SignalReading,
    SignalStatus,
)
from tests.console_desk import Desk, a_desk
from tests.console_world import client_of, press, signed_in

NOTE = "De groep praat over niets anders."


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def a_signal(desk: Desk, now: datetime, **values: Any) -> int:
    async with desk.world.db.begin() as session:
        school = await session.get_one(Organisation, desk.world.organisation_id)
        base: dict[str, Any] = {
            "event_id": desk.number, "organisation_id": school.id or 0,
            "domain": Domain.EDUCATION, "received_at": now, "district": "stad",
            "setting": Setting.CLASSROOM, "kinds": [SignalKind.RUMOUR.value], "severity": 2,
            "note_sealed": desk.world.sealer.seal(NOTE), "read_due_at": now,
            "answer_due_at": now, "reply_handle": desk.world.sealer.seal("telegram:4242"),
        }  # fmt: skip
        signal = Signal(**(base | values))
        session.add(signal)
        await session.flush()
        assert signal.id is not None
        return signal.id


async def looks(desk: Desk, number: int) -> int:
    async with desk.world.db.read() as session:
        found = await session.exec(
            select(JournalEntry).where(
                col(JournalEntry.action) == "signal_looked_at",
                col(JournalEntry.subject) == f"signal:{number}",
            )
        )
        return len(found.all())


async def test_a_note_is_shown_only_after_a_look_that_is_journalled(
    desk: Desk, now: datetime
) -> None:
    number = await a_signal(desk, now)
    before = (await desk.web.get(f"/signaal/{number}")).text
    assert NOTE not in before
    assert "Toelichting lezen" in before
    assert await looks(desk, number) == 0
    await press(desk.web, desk.world.sealer, f"/signaal/{number}/bekijken")
    assert NOTE in (await desk.web.get(f"/signaal/{number}")).text
    assert await looks(desk, number) == 1


async def test_a_look_at_one_signal_opens_no_other(desk: Desk, now: datetime) -> None:
    one, other = await a_signal(desk, now), await a_signal(desk, now)
    await press(desk.web, desk.world.sealer, f"/signaal/{one}/bekijken")
    assert NOTE not in (await desk.web.get(f"/signaal/{other}")).text


async def test_a_new_signal_stands_on_the_first_page_until_somebody_reads_it(
    desk: Desk, now: datetime
) -> None:
    number = await a_signal(desk, now)
    assert "1 nieuw signaal" in (await desk.web.get("/")).text
    await press(desk.web, desk.world.sealer, f"/signaal/{number}/bekijken")
    assert "1 nieuw signaal" not in (await desk.web.get("/")).text


async def judge(desk: Desk, number: int, sure: str = "A", grave: str = "2", **more: Any) -> Any:
    return await press(
        desk.web,
        desk.world.sealer,
        f"/signaal/{number}/duiden",
        zekerheid=sure,
        ernst=grave,
        **more,
    )


async def settle(
    desk: Desk, number: int, what: str = "Jongerenwerk loopt mee.", **more: Any
) -> Any:
    fields = {"besluit": "actie", "wat": what} | more
    return await press(desk.web, desk.world.sealer, f"/signaal/{number}/besluit", **fields)


async def the(desk: Desk, number: int) -> Signal:
    async with desk.world.db.read() as session:
        return await session.get_one(Signal, number)


async def test_an_oordeel_takes_the_signal_into_duiding(desk: Desk, now: datetime) -> None:
    number = await a_signal(desk, now)
    assert (await judge(desk, number, "B", "3", duiding="Vooral na de les.")).status_code == 303
    signal = await the(desk, number)
    assert (signal.status, signal.established_severity) == (SignalStatus.IN_DUIDING, 3)
    assert signal.reliability is Reliability.COLLEAGUE
    [reading] = await desk.rows(SignalReading)
    assert reading.text_sealed not in (None, "Vooral na de les.")


async def test_words_of_a_duider_about_a_person_are_kept_nowhere(desk: Desk, now: datetime) -> None:
    number = await a_signal(desk, now)
    answer = await judge(desk, number, duiding="Het gaat om Dennis Bakkerstra uit 3B.")
    assert answer.status_code == 422
    assert await desk.rows(SignalReading) == []
    assert (await the(desk, number)).status is SignalStatus.NEW


async def test_nothing_is_decided_about_what_no_duider_read(desk: Desk, now: datetime) -> None:
    number = await a_signal(desk, now)
    refused = await settle(desk, number)
    assert refused.status_code == 422
    assert "Geef eerst uw oordeel" in refused.text


async def test_a_grave_decision_rests_on_two_domains_or_says_why_not(
    desk: Desk, now: datetime
) -> None:
    number = await a_signal(desk, now)
    await judge(desk, number, "A", "4")
    assert "twee domeinen" in (await settle(desk, number)).text
    async with desk.world.db.begin() as session:
        session.add(
            SignalReading(
                signal_id=number, person_id=99, domain=Domain.EDUCATION,
                reliability=Reliability.HEARSAY, severity=3, made_at=now,
            )
        )  # fmt: skip
    assert (await settle(desk, number)).status_code == 303
    assert (await the(desk, number)).status is SignalStatus.ACTION
    other = await a_signal(desk, now)
    await judge(desk, other, "A", "4")
    assert (await settle(desk, other, alleen="Er is vanavond niemand anders.")).status_code == 303


async def test_one_answer_reaches_everybody_who_told_the_same(desk: Desk, now: datetime) -> None:
    same = [await a_signal(desk, now) for _ in range(3)]
    other = await a_signal(desk, now, kinds=[SignalKind.FEAR.value])
    page = (await desk.web.get("/signalen")).text
    assert "Alle 3 beantwoorden" in page
    done = await press(
        desk.web, desk.world.sealer, "/signalen/samen",
        gebeurtenis=str(desk.number), soort="geruchten", gezien=[str(n) for n in same],
        uitkomst="F", zin="De politie zegt dat er niemand meer wordt gezocht.",
    )  # fmt: skip
    assert done.status_code == 303
    assert {(await the(desk, n)).status for n in same} == {SignalStatus.CLOSED}
    assert (await the(desk, other)).status is SignalStatus.NEW
    found = [row for row in await desk.rows(Message) if row.kind is MessageKind.FEEDBACK]
    assert len(found) == 3


async def test_what_came_after_the_page_was_read_is_not_answered_with_it(
    desk: Desk, now: datetime
) -> None:
    seen, later = await a_signal(desk, now), await a_signal(desk, now)
    await press(
        desk.web, desk.world.sealer, "/signalen/samen",
        gebeurtenis=str(desk.number), soort="geruchten", gezien=[str(seen)],
        uitkomst="F", zin="Er wordt niemand meer gezocht.",
    )  # fmt: skip
    assert (await the(desk, seen)).status is SignalStatus.CLOSED
    assert (await the(desk, later)).status is SignalStatus.NEW


async def test_police_sees_the_picture_and_no_single_signal(desk: Desk, now: datetime) -> None:
    number = await a_signal(desk, now)
    async with desk.world.db.begin() as session:
        station = Organisation(name="Wijkteam", domain=Domain.SAFETY, created_at=now)
        session.add(station)
        await session.flush()
        person = Person(organisation_id=station.id or 0, name="Wijkagent", created_at=now)
        session.add(person)
        await session.flush()
        for role in (Role.INTERPRETER, Role.COORDINATOR):
            session.add(RoleGrant(person_id=person.id or 0, role=role, granted_at=now))
        cookies = await signed_in(session, person.id or 0, now)
    async with client_of(desk.world.db, desk.world.sealer, now, cookies=cookies) as police:
        assert (await police.get("/signalen")).status_code == 403
        assert (await police.get(f"/signaal/{number}")).status_code == 403
        look = await press(police, desk.world.sealer, f"/signaal/{number}/bekijken")
        assert look.status_code == 403
        assert (await police.get(f"/gebeurtenis/{desk.number}/beeld")).status_code == 200
    assert await looks(desk, number) == 0


@pytest.mark.parametrize(
    ("severities", "grave", "disputed"),
    [((2,), 2, False), ((1, 2), 2, False), ((1, 3), 3, True), ((4, 4, 2), 4, True)],
)
def test_the_gravest_reading_counts_and_two_steps_are_a_dispute(
    severities: tuple[int, ...], grave: int, disputed: bool, now: datetime
) -> None:
    found = establish([
        SignalReading(
            signal_id=1, person_id=n, domain=Domain.EDUCATION, reliability=Reliability.OWN,
            severity=severity, made_at=now,
        )
        for n, severity in enumerate(severities)
    ])  # fmt: skip
    assert found is not None
    assert (found.severity, found.is_disputed) == (grave, disputed)


async def test_a_duider_with_a_seat_in_the_casusoverleg_is_warned_about(
    desk: Desk, now: datetime
) -> None:
    async with desk.world.db.read() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
    path = f"/contact/{teacher.id}"
    done = await press(
        desk.web, desk.world.sealer, f"{path}/recht", rol="duider", doe="geven", casusoverleg="ja"
    )
    assert "beter geen duider zijn" in (await desk.web.get(done.headers["location"])).text
    assert "Zit ook in het casusoverleg" in (await desk.web.get(path)).text
    [entry] = [row for row in await desk.rows(JournalEntry) if row.detail.get("case_seat")]
    assert entry.action == "role_granted"


JUDGED = {
    "fase": "2", "besluit": "informeren", "andere_uitleg": "", "wie_nog": "",
    "regel": ["Vooral geruchten over meer aanhoudingen.", "", ""],
}  # fmt: skip


async def test_a_person_decides_the_phase_and_everybody_sees_why(desk: Desk, now: datetime) -> None:
    for number in (1, 2, 3):
        await a_signal(desk, now, organisation_id=number, domain=list(Domain)[number])
    page = await desk.page("beeld")
    assert "fase 1 sluimerend" in page
    assert "Nog niemand stelde een fase vast" in page
    assert (await desk.press("oordeel", **JUDGED)).status_code == 303
    page = await desk.page("beeld")
    assert "Fase 2 oplopend" in page
    assert "Vooral geruchten over meer aanhoudingen." in page
    [row] = await desk.rows(Assessment)
    assert (row.phase, row.proposed) == ("2", "1")


async def test_duiding_about_a_person_is_kept_nowhere(desk: Desk, now: datetime) -> None:
    lines = ["Dennis Bakkerstra uit 3B maakt het erger.", "", ""]
    answer = await desk.press("oordeel", **(JUDGED | {"regel": lines}))
    assert answer.status_code == 422
    assert await desk.rows(Assessment) == []


async def test_loose_signals_are_in_the_picture_of_the_week(desk: Desk, now: datetime) -> None:
    await a_signal(desk, now, event_id=None)
    assert "Deze fase gaat alleen over deze gebeurtenis." in await desk.page("beeld")
    page = (await desk.web.get("/beeld")).text
    assert "Deze fase gaat over de hele stad" in page
    assert "Van 1-2 organisaties" in page
    assert "Nog niets gehoord uit:" in page
    assert "Er zijn geen signalen" in (await desk.web.get("/beeld?periode=kwartaal")).text
    done = await press(desk.web, desk.world.sealer, "/beeld/oordeel", **JUDGED)
    assert done.status_code == 303


@pytest.mark.skipif(not can_print(), reason="libpango ontbreekt")
async def test_the_picture_is_a_tagged_pdf(desk: Desk, now: datetime) -> None:
    await a_signal(desk, now)
    for path in (f"/gebeurtenis/{desk.number}/beeld/pdf", "/beeld/pdf?periode=dag"):
        answer = await desk.web.get(path)
        assert answer.headers["content-type"] == "application/pdf"
        paper = PdfReader(BytesIO(answer.content))
        assert paper.root_object["/MarkInfo"]["/Marked"]
        assert "Van 1-2 organisaties" in paper.pages[0].extract_text()


async def test_a_reader_wipes_a_note_for_everybody_and_the_codes_stay(
    desk: Desk, now: datetime
) -> None:
    number = await a_signal(desk, now)
    page = f"/signaal/{number}"
    await press(desk.web, desk.world.sealer, f"{page}/bekijken")
    assert "Wis de tekst" in (await desk.web.get(page)).text
    assert (await press(desk.web, desk.world.sealer, f"{page}/wissen")).status_code == 303
    after = (await desk.web.get(page)).text
    assert NOTE not in after
    assert "De toelichting is gewist op" in after
    signal = await the(desk, number)
    assert (signal.note_sealed, signal.severity) == (None, 2)


async def test_the_page_says_before_an_answer_that_it_ends_the_duiding(
    desk: Desk, now: datetime
) -> None:
    number = await a_signal(desk, now)
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        session.add(RoleGrant(person_id=teacher.id or 0, role=Role.INTERPRETER, granted_at=now))
    ends = "Met uw antwoord sluit u het signaal. Duiden kan daarna niet meer."
    page = (await desk.web.get(f"/signaal/{number}")).text
    assert f"{ends} Nog 1 duider gaf geen oordeel." in page
    assert page.index(ends) < page.index(">Antwoorden</button>")
    await a_signal(desk, now)
    page = (await desk.web.get("/signalen")).text
    assert "sluit u deze 2 signalen. Duiden kan daarna niet meer. 2 ervan hebben nog geen" in page
