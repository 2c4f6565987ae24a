"""The eleven cases of the signals guide, each as somebody meets them: through the public doors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.reminding import remind_of_signals
from bot.tidying import forget_what_is_over
from contacts.directory import ChannelKind, Domain, Organisation, Person, Role
from contacts.journal import JournalEntry
from contacts.outbox import Delivery, Message, MessageKind
from contacts.people import open_channel
from contacts.records import Database
from contacts.tally import total
from signals.rows import Signal, SignalStatus
from signals.settings import SignalSettings
from tests.console_world import World, a_colleague, a_world, client_of, press, signed_in, tell
from tests.page_links import mint_link

DAY = timedelta(days=1)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as started:
        yield started


async def signals(world: World) -> list[Signal]:
    async with world.db.read() as session:
        return list((await session.exec(select(Signal).order_by(col(Signal.id)))).all())


async def note_of(world: World) -> str:
    [signal] = await signals(world)
    return world.sealer.unseal(signal.note_sealed or "")


async def told(world: World, **answers: Any) -> int:
    answer = await tell(world, **answers)
    assert answer.status_code == 303, answer.text
    return (await signals(world))[-1].id or 0


async def picture(world: World, period: str = "") -> str:
    path = f"/beeld?periode={period}" if period else f"/gebeurtenis/{world.event_id}/beeld"
    return (await world.desk.get(path)).text


async def another_school(world: World, name: str) -> str:
    """The link of one more organisation to the same event."""
    async with world.db.begin() as session:
        school = Organisation(name=name, domain=Domain.EDUCATION, created_at=world.now)
        session.add(school)
        await session.flush()
        return await mint_link(
            session, organisation_id=school.id or 0, event_id=world.event_id, delivery_id=None,
            now=world.now, days=30,
        )  # fmt: skip


async def a_phone(world: World, name: str, address: str) -> None:
    async with world.db.begin() as session:
        person = (await session.exec(select(Person).where(col(Person.name) == name))).one()
        await open_channel(session, person, ChannelKind.EMAIL, address, rank=1, now=world.now)


async def test_case_1_a_boy_with_a_name_is_stopped_and_the_sender_is_referred(
    world: World,
) -> None:
    answer = await tell(world, toelichting="Jongen uit 3B, Soufiane, zegt dat er gevochten wordt.")
    assert answer.status_code == 422
    assert "Wij hebben niets bewaard." in answer.text
    assert "zorgcoördinator" in answer.text
    assert await signals(world) == []
    async with world.db.read() as session:
        assert await total(session, "referral", is_exercise=False) == 1


async def test_case_2_a_class_alone_is_said_more_generally_and_not_stopped(world: World) -> None:
    answer = await tell(world, toelichting="In 3 havo mijden groepen elkaar.")
    assert answer.status_code == 303
    thanks = (await world.web.get(answer.headers["location"])).text
    assert "Wij schreven de klas algemener op." in thanks
    assert await note_of(world) == "In een vo-klas mijden groepen elkaar."


async def test_case_3_twelve_signals_of_one_school_are_one_organisation(world: World) -> None:
    for number in range(12):
        await told(world, toelichting=f"De groep is onrustig, {'erg ' * number}en stil.")
    assert len(await signals(world)) == 12
    page = await picture(world)
    assert "1-2 organisaties" in page
    assert "12 organisaties" not in page


async def test_case_4_danger_now_shows_112_and_keeps_nothing(world: World) -> None:
    answer = await tell(world, ernst="5")
    assert "Bel 112" in answer.text
    assert await signals(world) == []


async def test_case_5_support_alone_stands_in_the_picture_of_the_day(world: World) -> None:
    await told(world, soort=["steun"], ernst="1", toelichting="De groepen aten samen.")
    page = await picture(world, "dag")
    assert "teun" in page
    assert "Er zijn geen signalen" not in page


async def test_case_6_no_answer_for_three_working_days_reaches_the_back_up(world: World) -> None:
    await a_phone(world, "Coördinator", "co@stad.example")
    async with world.db.begin() as session:
        await a_colleague(session, "Goedkeurder", (Role.APPROVER,), world.now)
    await a_phone(world, "Goedkeurder", "gk@stad.example")
    number = await told(world)
    heard = []
    # Told on a Tuesday evening of a running, grave event: an answer by Thursday at five.
    for days in (1, 2, 3, 4):
        async with world.db.begin() as session:
            at = world.now + days * DAY
            await remind_of_signals(session, SignalSettings(), sealer=world.sealer, now=at)
            found = await session.exec(
                select(Delivery.address)
                .join(Message, col(Message.id) == col(Delivery.message_id))
                .where(col(Message.kind) == MessageKind.NOTICE, col(Message.created_at) == at)
            )
            heard.append(set(found.all()))
    assert "gk@stad.example" not in heard[0] | heard[1]
    assert "co@stad.example" in heard[1]
    assert "gk@stad.example" in heard[2] | heard[3]
    async with world.db.read() as session:
        signal = await session.get_one(Signal, number)
    assert signal.backup_told_at is not None
    assert signal.backup_told_at - world.now <= 3 * DAY


async def test_case_7_a_wijk_with_one_signal_is_shown_as_1_2(world: World) -> None:
    await told(world, waar_wijk="WK020207")
    page = await picture(world)
    assert "Klarendal" in page
    assert "1-2" in page


async def test_case_8_police_opens_no_signal_and_sees_a_picture_from_three_on(world: World) -> None:
    number = await told(world)
    async with world.db.begin() as session:
        person_id = await a_colleague(session, "Agent", (Role.INTERPRETER,), world.now)
        person = await session.get_one(Person, person_id)
        team = await session.get_one(Organisation, person.organisation_id)
        team.domain = Domain.SAFETY
        session.add(team)
        cookies = await signed_in(session, person_id, world.now)
    async with client_of(world.db, world.sealer, world.now, cookies=cookies) as police:
        assert (await police.get(f"/signaal/{number}")).status_code == 403
        assert (await police.get("/signalen")).status_code == 403
        looking = await press(police, world.sealer, f"/signaal/{number}/bekijken")
        assert looking.status_code == 403
        page = (await police.get("/beeld?periode=dag")).text
    assert "Er is nog geen beeld." in page, "one organisation would stand there alone"
    assert "Voorbeeldcollege" not in page


async def test_case_9_thirty_days_after_the_answer_only_codes_are_left(world: World) -> None:
    number = await told(world)
    done = await press(
        world.desk, world.sealer, f"/signaal/{number}", uitkomst="D", zin="Geen actie nodig."
    )
    assert done.status_code == 303
    for days, is_kept in ((29, True), (30, False)):
        async with world.db.begin() as session:
            await forget_what_is_over(session, SignalSettings(), now=world.now + days * DAY)
        [signal] = await signals(world)
        assert (signal.note_sealed is not None) is is_kept
        assert (signal.outcome_text is not None) is is_kept
    assert (signal.status, signal.severity, signal.district) == (SignalStatus.CLOSED, 2, "stad")
    async with world.db.read() as session:
        actions = (await session.exec(select(JournalEntry.action))).all()
    assert "notes_wiped" in actions


async def test_case_10_a_mosque_in_a_wijk_is_asked_to_be_said_less_precisely(
    world: World,
) -> None:
    answer = await tell(world, toelichting="Er is onrust bij de moskee in Klarendal.")
    assert answer.status_code == 422
    assert "<mark>moskee in Klarendal</mark>" in answer.text
    assert "wijk" in answer.text
    assert await signals(world) == []
    assert (await tell(world, toelichting="Er is onrust in de wijk.")).status_code == 303


async def test_case_11_of_a_rumour_the_claim_is_not_kept_and_a_denial_is_asked_for(
    world: World,
) -> None:
    await a_phone(world, "Coördinator", "co@stad.example")
    await told(world, soort=["angst_zorg"], toelichting="Ze zeggen dat er nog iemand vrij is.")
    [signal] = await signals(world)
    assert "geruchten" in signal.kinds
    assert "vrij is" not in await note_of(world)
    async with world.db.read() as session:
        found = await session.exec(
            select(Message.content).where(col(Message.kind) == MessageKind.NOTICE)
        )
        assert "ontkenning" in str(found.all())


async def test_four_schools_are_counted_as_four(world: World) -> None:
    """Against case 3: it is the organisation that counts."""
    await told(world)
    for number in range(3):
        world.token = await another_school(world, f"School {number}")
        await told(world, toelichting=f"De groep is stil, dag {number}.")
    assert "4 organisaties" in await picture(world)


async def test_with_many_open_signals_answering_together_is_proposed(world: World) -> None:
    for number in range(SignalSettings().bundle_from):
        assert "antwoord gebundeld" not in (await world.desk.get("/signalen")).text
        await tell(world, toelichting=f"De groep is {'erg ' * number}stil.")
    assert "Er wachten 12 signalen." in (await world.desk.get("/signalen")).text
    assert '<a href="#samen">antwoord gebundeld</a>' in (await world.desk.get("/signalen")).text
