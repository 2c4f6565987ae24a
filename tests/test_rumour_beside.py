"""Of a rumour the claim is not kept; the tension that came with it is, and is shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select

from bot.chat.coordinator import texts
from bot.evening.hearing import hear
from contacts.directory import Domain, Role, RoleGrant
from contacts.outbox import Content, Message, MessageKind
from contacts.records import Database
from signals.rephrasing import NOT_KEPT, NOT_KEPT_BUT, Change, rephrase
from signals.rows import Breadth, Direction, Need, Setting, Signal, SignalKind, ToldAs
from signals.rumour_words import tension_beside
from signals.telling import Told, beside_rumour
from tests.briefings_cast import NOW
from tests.console_desk import Desk, a_desk
from tests.console_world import press
from tests.partner_world import SEALER, a_partner
from tests.test_console_signals import a_signal

NOTE = f"Ze zeggen dat {NOT_KEPT}. Wij praten erover."
BESIDE = (
    "Het gerucht zelf is niet bewaard. Wel wat erbij is gemeld: ernst 3 · angst, zorg · "
    "hele stad, klas · een groep · neemt toe · nodig: hulp bij gesprekken."
)
CODES: dict[str, Any] = {
    "kinds": [SignalKind.RUMOUR.value, SignalKind.FEAR.value], "severity": 3, "district": "stad",
    "setting": Setting.CLASSROOM, "breadth": Breadth.GROUP, "direction": Direction.RISING,
    "need": Need.CONVERSATION_HELP,
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (
            "Ze zeggen dat er iemand vrij rondloopt en de hele groep is bang.",
            "Ze zeggen dat (gerucht, inhoud niet bewaard; genoemd: angst of zorg).",
        ),
        (
            "Er gaat een gerucht rond: er is een lijst, daardoor durven leerlingen niet te komen.",
            "Er gaat een gerucht rond: (gerucht, inhoud niet bewaard; genoemd: wegblijven).",
        ),
        (
            "Leerlingen zeggen dat de school sluit, wat zeg ik tegen de klas?",
            "Leerlingen zeggen dat "
            + NOT_KEPT_BUT.format(codes="vraag om hulp bij gesprekken")
            + "?",
        ),
        (
            "Ze zeggen dat het weer gebeurt, klopt dat?",
            "Ze zeggen dat (gerucht, inhoud niet bewaard; genoemd: vraag om informatie)?",
        ),
    ],
)
def test_the_tension_beside_a_claim_is_kept_as_a_code(typed: str, kept: str) -> None:
    assert rephrase(typed, ()).text == kept


def test_the_claim_itself_gives_no_code() -> None:
    assert tension_beside(" de politie bang is") == ()
    assert tension_beside(" hij boos was, en dat er een mes lag") == ()


def a_row(**values: Any) -> Signal:
    base = {
        "organisation_id": 1, "domain": Domain.EDUCATION, "received_at": NOW,
        "answer_due_at": NOW,
    }  # fmt: skip
    return Signal(**(base | CODES | values))


def test_the_coded_part_is_one_sentence() -> None:
    assert beside_rumour(a_row()) == BESIDE


def test_what_was_not_asked_is_not_said() -> None:
    bare = a_row(
        kinds=[SignalKind.RUMOUR.value], breadth=Breadth.UNKNOWN, direction=Direction.UNKNOWN,
        need=Need.UNSAID,
    )  # fmt: skip
    assert beside_rumour(bare).endswith("gemeld: ernst 3 · hele stad, klas.")
    assert beside_rumour(a_row(kinds=[SignalKind.UNSORTED.value, SignalKind.RUMOUR.value])) == ""
    assert beside_rumour(a_row(kinds=[], told_as=ToldAs.QUESTION)) == ""


async def test_the_phone_shows_it_under_the_note_and_in_the_notice(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    async with db.begin() as session:
        session.add(RoleGrant(person_id=chat.person_id, role=Role.COORDINATOR, granted_at=now))
        signal = a_row(received_at=now, answer_due_at=now, note_sealed=SEALER.seal(NOTE))
        session.add(signal)
        await session.flush()
        told = Told(signal.id or 0, now, now, is_new=True, changes=(Change.RUMOUR,))
        await hear(session, told, now=now)
        found = await session.exec(select(Message).where(Message.kind == MessageKind.NOTICE))
        form = Content.from_json(found.one().content).telegram
    assert form is not None
    assert BESIDE in form.text
    assert [button.text for row in form.buttons for button in row] == [texts.READ]
    await chat.tap(f"so:{signal.id}")
    assert f"<i>{NOTE}</i>\n{BESIDE}" in await chat.text()


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_page_shows_it_under_the_note(desk: Desk, now: datetime) -> None:
    sealed = desk.world.sealer.seal
    number = await a_signal(desk, now, **CODES, note_sealed=sealed(NOTE))
    other = await a_signal(desk, now, **CODES, note_sealed=sealed("De groep is stil."))
    for one, is_rumour in ((number, True), (other, False)):
        await press(desk.web, desk.world.sealer, f"/signaal/{one}/bekijken")
        page = (await desk.web.get(f"/signaal/{one}")).text
        assert (BESIDE in page) is is_rumour
