"""Who approves or sends back what was decided reads who did what, when, and how it stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from sqlmodel import col, select, update

from bot.config import Config
from bot.evening.already_approved import became_of
from bot.evening.approving import ask_approvers
from briefings.approval import approve, send_back, withdraw
from briefings.rows import Briefing
from contacts.outbox import Delivery, DeliveryStatus, Message, MessageKind
from contacts.permissions import Actor
from contacts.records import Database
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS, sure
from tests.console_desk import Desk, a_desk
from tests.console_world import hidden_in, press
from tests.partner_world import Chat


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def asked_on(db: Database) -> tuple[Chat, int, str]:
    """The phone of an approver who is asked; the version, and what its buttons carry."""
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await ask_approvers(session, cast.event, briefing, cast.writer, SETTINGS, now=NOW)
        await session.exec(
            update(Delivery).values(status=DeliveryStatus.SENT)
            .where(col(Delivery.status) == DeliveryStatus.PLANNED)
        )  # fmt: skip
        found = await session.exec(
            select(Delivery.id)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(
                col(Message.kind) == MessageKind.APPROVAL,
                col(Delivery.person_id) == cast.approver.person_id,
            )
        )
        phone = Chat(
            db, NOW, cast.approver.person_id, found.one() or 0, config=Config(briefings=SETTINGS)
        )
        return phone, briefing.id or 0, f"{briefing.id}:{seen[:12]}"


async def test_a_second_tap_says_that_you_approved_it_and_that_it_went_out(db: Database) -> None:
    phone, _, mark = await asked_on(db)
    await phone.tap(f"ap2:{mark}:0:0")
    for again in ("ap2", "ap1"):
        await phone.tap(f"{again}:{mark}:0:0")
        assert "U keurde deze tekst al goed, dinsdag 3 maart, 18.05 uur." in (phone.toast or "")
        text = await phone.text()
        assert "Goedgekeurd om 18.05 uur" in text
        assert "Niet verzonden" not in text


async def test_after_a_colleague_it_says_who_approved(db: Database) -> None:
    phone, number, mark = await asked_on(db)
    await phone.tap(f"ap2:{mark}:0:0")
    async with phone.db.begin() as session:
        (await session.get_one(Briefing, number)).approved_by = 999
    await phone.tap(f"ap2:{mark}:0:0")
    assert "Iemand anders keurde deze tekst al goed" in (phone.toast or "")
    assert "Deze versie is goedgekeurd." in await phone.text()


async def test_a_remark_on_what_was_approved_meanwhile_says_so(db: Database) -> None:
    phone, number, mark = await asked_on(db)
    asked = phone.message
    await phone.tap(f"back:{number}")
    await phone.tap(f"ap2:{mark}:0:0", message=asked)
    await phone.write("Korter.")
    assert "Uw opmerking is niet verstuurd. U keurde deze tekst al goed" in await phone.text()


async def test_a_tap_on_what_was_sent_back_says_who_sent_it_back(db: Database) -> None:
    phone, number, mark = await asked_on(db)
    asked = phone.message
    await phone.tap(f"back:{number}")
    await phone.write("Korter.")
    phone.message = asked
    await phone.tap(f"ap2:{mark}:0:0")
    assert "Niet verzonden. U stuurde deze tekst terug met een opmerking" in await phone.text()


async def sent(session: Any) -> None:
    for delivery in (await session.exec(select(Delivery).where(col(Delivery.id) > 0))).all():
        delivery.status = DeliveryStatus.SENT


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (None, "De tekst is onderweg."),
        (sent, "De tekst is verzonden."),
    ],
)
async def test_it_says_whether_it_is_on_its_way_or_gone(db: Database, then: Any, said: str) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await approve(session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW)
        if then:
            await then(session)
        assert said in await became_of(session, briefing, cast.approver, now=NOW)


@pytest.mark.parametrize(("act", "said"), [(send_back, "stuurde"), (withdraw, "trok")])
async def test_what_was_never_approved_says_who_took_it_from_the_approvers(
    db: Database, act: Any, said: str
) -> None:
    async with db.begin() as session:
        cast, briefing, _ = await handed_in(session)
        who: Actor = cast.approver if act is send_back else cast.writer
        reason = ("Korter.",) if act is send_back else ()
        await act(session, briefing, who, *reason, now=NOW)
        told = await became_of(session, briefing, cast.approver, now=NOW)
    assert said in told
    assert "dinsdag 3 maart" in told


async def test_a_fact_that_changed_says_that_the_new_texts_are_to_be_read(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, _ = await handed_in(session)
        await sure(session, cast.event, "De Testlaan is weer open.", at=NOW)
        told = await became_of(session, briefing, cast.approver, now=NOW)
    assert "lees de nieuwe teksten" in told


async def handed_in_at(desk: Desk) -> dict[str, str]:
    """What the page with the last question holds."""
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    return await hidden_in(desk.web, f"/gebeurtenis/{desk.number}/goedkeuren", "goedkeuren")


async def test_at_the_desk_a_second_press_says_that_you_approved_it(desk: Desk) -> None:
    read = await handed_in_at(desk)
    assert (await desk.press("goedkeuren", **read)).status_code == 303
    again = await desk.press("goedkeuren", **read)
    page = unescape(again.text)
    assert again.status_code == 409
    assert "U keurde deze tekst al goed, dinsdag 3 maart, 17.42 uur. De tekst is onderweg." in page
    assert f'href="/gebeurtenis/{desk.number}/verzenden"' in page
    assert "Iemand anders was u voor" not in page


async def test_at_the_desk_a_text_of_before_says_so_though_another_waits_now(desk: Desk) -> None:
    read = await handed_in_at(desk)
    assert (await desk.press("goedkeuren", **read)).status_code == 303
    assert (await desk.press("nieuwe-versie", soort="update")).status_code == 303
    await desk.fact("De school is morgen gewoon open.")
    assert (await desk.press("indienen", versie=2)).status_code == 303
    page = unescape((await desk.press("goedkeuren", **read)).text)
    assert "U keurde deze tekst al goed" in page
    act = f"/gebeurtenis/{desk.number}/terugsturen"
    late = await press(
        desk.web, desk.world.sealer, act, gezien=read["gelezen"], opmerking="Korter."
    )
    assert "U keurde deze tekst al goed" in unescape(late.text)
