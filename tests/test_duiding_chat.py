"""Duiding on the phone: two taps for an oordeel, one line for a besluit, one answer for many."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select

from bot.chat import texts as chat_texts
from contacts.directory import Domain, Organisation, Person, Role, RoleGrant
from contacts.journal import JournalEntry
from contacts.outbox import Message, MessageKind
from contacts.records import Database
from signals.rows import (
    Reliability,
    Setting,
    Signal,
    SignalKind,
    SignalReading,
    SignalStatus,
    ToldAs,
)
from tests.partner_world import SEALER, Chat, a_partner


@pytest.fixture
async def chat(db: Database, now: datetime) -> Chat:
    started = await a_partner(db, now)
    async with db.begin() as session:
        session.add(
            RoleGrant(person_id=started.person_id or 0, role=Role.INTERPRETER, granted_at=now)
        )
    return started


async def told(chat: Chat, kind: SignalKind = SignalKind.RUMOUR, **values: Any) -> int:
    async with chat.db.begin() as session:
        signal = Signal(
            organisation_id=7, domain=Domain.EDUCATION, received_at=chat.now, district="stad",
            setting=Setting.CLASSROOM, kinds=[kind.value], severity=2, answer_due_at=chat.now,
            reply_handle=SEALER.seal("telegram:99"), **values,
        )  # fmt: skip
        session.add(signal)
        await session.flush()
        return signal.id or 0


async def open_first(chat: Chat) -> None:
    await chat.command("/signalen")
    await chat.press("ernst 2")


async def test_an_oordeel_takes_two_taps_and_a_besluit_one_line(chat: Chat) -> None:
    await told(chat)
    await open_first(chat)
    for label in ("Duiden", "B van een collega", "2 gespannen"):
        await chat.press(label)
    [reading] = await chat.all(SignalReading)
    assert (reading.reliability, reading.severity) == (Reliability.COLLEAGUE, 2)
    await chat.press("Actie")
    await chat.write("Jongerenwerk loopt vanavond een ronde.")
    [signal] = await chat.all(Signal)
    assert signal.status is SignalStatus.ACTION
    assert SEALER.unseal(signal.action_sealed) == "Jongerenwerk loopt vanavond een ronde."


async def test_an_old_button_asks_nothing_about_a_signal_that_is_closed(chat: Chat) -> None:
    number = await told(chat)
    await open_first(chat)
    for label in ("Duiden", "B van een collega", "2 gespannen"):
        await chat.press(label)
    async with chat.db.begin() as session:
        (await session.get_one(Signal, number)).status = SignalStatus.CLOSED
    before = await chat.text()
    await chat.press("Actie")
    assert chat.toast == chat_texts.TOO_LATE
    assert await chat.text() == before


async def test_to_tap_an_oordeel_again_keeps_the_words_of_the_desk(chat: Chat) -> None:
    number = await told(chat)
    async with chat.db.begin() as session:
        session.add(
            SignalReading(
                signal_id=number, person_id=chat.person_id, domain=Domain.EDUCATION,
                reliability=Reliability.OWN, severity=3, made_at=chat.now,
                text_sealed=SEALER.seal("Een andere uitleg kan ook."),
            )
        )  # fmt: skip
    await open_first(chat)
    for label in ("Duiden", "B van een collega", "2 gespannen"):
        await chat.press(label)
    [reading] = await chat.all(SignalReading)
    assert (reading.severity, reading.reliability) == (2, Reliability.COLLEAGUE)
    assert SEALER.unseal(reading.text_sealed or "") == "Een andere uitleg kan ook."


async def test_a_grave_one_asks_why_one_domain_is_enough(chat: Chat) -> None:
    await told(chat)
    await open_first(chat)
    for label in ("Duiden", "A eigen", "4 botsing", "Wachten"):
        await chat.press(label)
    await chat.write("Wij wachten op het beeld van vanavond.")
    assert "waarom één genoeg is" in await chat.text()
    assert [s.status for s in await chat.all(Signal)] == [SignalStatus.IN_DUIDING]
    await chat.write("Er is nu niemand anders bereikbaar.")
    [signal] = await chat.all(Signal)
    assert signal.status is SignalStatus.WAITING
    assert "niemand anders" in SEALER.unseal(signal.action_sealed)


async def test_a_line_about_a_person_decides_nothing(chat: Chat) -> None:
    await told(chat)
    await open_first(chat)
    for label in ("Duiden", "A eigen", "2 gespannen", "Actie"):
        await chat.press(label)
    await chat.write("De mentor belt de moeder van Dennis Bakkerstra.")
    assert "persoon" in await chat.text()
    assert [s.action_sealed for s in await chat.all(Signal)] == [None]


async def test_one_sentence_answers_all_who_told_the_same(chat: Chat) -> None:
    for _ in range(3):
        await told(chat)
    other = await told(chat, SignalKind.FEAR)
    await chat.command("/signalen")
    for label in ("Eén antwoord voor meer", "Geruchten: 3", "F Beantwoord"):
        await chat.press(label)
    late = await told(chat)
    await chat.write("De politie zegt dat er niemand meer wordt gezocht.")
    assert "3 signalen" in await chat.text()
    open_ids = {s.id for s in await chat.all(Signal) if s.status is not SignalStatus.CLOSED}
    assert open_ids == {other, late}
    found = [m for m in await chat.all(Message) if m.kind is MessageKind.FEEDBACK]
    assert len(found) == 3


async def test_members_see_the_picture_from_three_on_and_only_duiders_the_proposal(
    chat: Chat, now: datetime
) -> None:
    await told(chat)
    await chat.command("/beeld")
    assert "geruchten (1-2)" in await chat.text()
    assert "Voorstel" in await chat.text()
    async with chat.db.begin() as session:
        for grant in (await session.exec(select(RoleGrant))).all():
            await session.delete(grant)
    await chat.command("/beeld")
    assert "Er is nog geen beeld." in await chat.text(), "one organisation would stand there alone"
    assert "Voorstel" not in await chat.text()


async def test_a_note_stands_sealed_in_the_outbox_and_wis_tekst_takes_it_away(chat: Chat) -> None:
    note = "De groep praat over niets anders."
    number = await told(chat, note_sealed=SEALER.seal(note))
    await open_first(chat)
    assert note in await chat.text()
    assert note not in str([message.content for message in await chat.all(Message)])
    await chat.press("Wis tekst")
    assert note not in await chat.text()
    assert [s.note_sealed is None for s in await chat.all(Signal)] == [False]
    await chat.press("Ja, wis")
    assert "gewist" in await chat.text()
    [signal] = await chat.all(Signal)
    assert (signal.id, signal.note_sealed, signal.kinds) == (number, None, ["geruchten"])
    [line] = [e for e in await chat.all(JournalEntry) if e.action == "note_wiped"]
    assert line.actor == f"person:{chat.person_id}"
    await chat.press("Terug naar het signaal")
    assert "Wis tekst" not in await chat.labels()


async def test_the_question_for_an_answer_says_that_it_ends_the_duiding(chat: Chat) -> None:
    await another_duider(chat)
    await told(chat)
    await open_first(chat)
    await chat.press("F Beantwoord")
    ends = "Met uw antwoord sluit u het signaal. Duiden kan daarna niet meer."
    assert f"{ends} Nog 1 duider gaf geen oordeel." in await chat.text()
    await chat.write("De politie zegt dat er niemand meer wordt gezocht.")
    assert ends in await chat.text(), "above the button that sends it"
    assert [s.status for s in await chat.all(Signal)] == [SignalStatus.NEW]


async def test_a_question_from_practice_is_not_read_by_duiders_so_nothing_is_said(
    chat: Chat,
) -> None:
    number = await told(chat, told_as=ToldAs.QUESTION)
    await chat.tap(f"sc:{number}:F")
    assert "Schrijf één zin" in await chat.text()
    assert "Duiden" not in await chat.text()


async def test_one_answer_for_more_says_how_many_nobody_read(chat: Chat) -> None:
    for _ in range(3):
        await told(chat)
    await open_first(chat)
    for label in ("Duiden", "B van een collega", "2 gespannen"):
        await chat.press(label)
    await chat.command("/signalen")
    for label in ("Eén antwoord voor meer", "Geruchten: 3", "F Beantwoord"):
        await chat.press(label)
    text = await chat.text()
    assert "sluit u deze 3 signalen" in text
    assert "2 ervan hebben nog geen oordeel." in text


async def another_duider(chat: Chat) -> None:
    """In another world and of the police, who read no single signal, count for nothing."""
    async with chat.db.begin() as session:
        for domain, is_exercise in (
            (Domain.CIVIL, False), (Domain.SAFETY, False), (Domain.CIVIL, True),
        ):  # fmt: skip
            place = Organisation(
                name=f"Huis {domain} {is_exercise}", domain=domain, is_exercise=is_exercise,
                created_at=chat.now,
            )  # fmt: skip
            session.add(place)
            await session.flush()
            person = Person(
                organisation_id=place.id or 0, name="Duider", is_exercise=is_exercise,
                created_at=chat.now,
            )  # fmt: skip
            session.add(person)
            await session.flush()
            session.add(
                RoleGrant(person_id=person.id or 0, role=Role.INTERPRETER, granted_at=chat.now)
            )
