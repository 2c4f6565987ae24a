"""What may not have arrived leads somewhere, and each sees on the first page what they can do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from briefings.rows import Briefing
from contacts.directory import ChannelKind, Domain, LinkPurpose, Role
from contacts.links import mint_person_link
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
    TelegramForm,
)
from contacts.records import Database
from contacts.sending import Recipient, post
from signals.rows import Setting, Signal, SignalKind
from tests.console_desk import Desk, a_desk
from tests.console_world import a_colleague, client_of, press, signed_in


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def uncertain(desk: Desk, kind: MessageKind, event_id: int | None = None) -> int:
    """A message of this kind of which nobody knows whether it arrived."""
    async with desk.world.db.begin() as session:
        [delivery] = await post(
            session, kind=kind, content=Content(telegram=TelegramForm(text="Tekst")),
            to=[Recipient(ChannelKind.TELEGRAM, "77", None, desk.world.organisation_id)],
            event_id=event_id, is_exercise=False, now=desk.world.now,
        )  # fmt: skip
        delivery.status = DeliveryStatus.UNKNOWN
        return delivery.id or 0


async def the(desk: Desk, number: int) -> Delivery:
    async with desk.world.db.read() as session:
        return await session.get_one(Delivery, number)


async def do(desk: Desk, act: str, **fields: Any) -> int:
    path = f"/berichten/{act}"
    return (await press(desk.web, desk.world.sealer, path, **fields)).status_code


async def test_an_uncertain_answer_leads_from_the_first_page_to_where_it_can_be_settled(
    desk: Desk,
) -> None:
    number = await uncertain(desk, MessageKind.FEEDBACK)
    assert 'href="/berichten"' in (await desk.web.get("/")).text
    page = (await desk.web.get("/berichten")).text
    assert "Antwoord op een signaal" in page
    assert await do(desk, "afgehandeld", bericht=str(number)) == 303
    assert (await the(desk, number)).reason == "set_aside"
    assert 'href="/berichten"' not in (await desk.web.get("/")).text
    assert await do(desk, "afgehandeld", bericht=str(number)) == 409


async def test_an_uncertain_message_is_sent_again_only_by_a_person(desk: Desk) -> None:
    number = await uncertain(desk, MessageKind.NOTICE)
    assert await do(desk, "opnieuw", bericht=str(number)) == 303
    delivery = await the(desk, number)
    assert (delivery.status, delivery.is_repeat) == (DeliveryStatus.PLANNED, True)


async def test_one_line_is_settled_and_the_other_stays(desk: Desk) -> None:
    one, other = [await uncertain(desk, MessageKind.NOTICE) for _ in range(2)]
    page = (await desk.web.get("/berichten")).text
    lines = page[page.index("<tbody") : page.index("</tbody>")]
    for words in ("Nog een keer<span", "Laat zo<span"):
        assert lines.count(words) == 2
    for number in (one, other):
        assert lines.count(f'name="bericht" value="{number}"') == 2
    assert await do(desk, "afgehandeld", bericht=str(one)) == 303
    assert (await the(desk, other)).status is DeliveryStatus.UNKNOWN


async def test_what_belongs_to_a_briefing_is_not_settled_here(desk: Desk) -> None:
    number = await uncertain(desk, MessageKind.BRIEFING, desk.number)
    assert "Er is niets onzeker" in (await desk.web.get("/berichten")).text
    assert await do(desk, "afgehandeld", bericht=str(number)) == 409
    assert f'href="/gebeurtenis/{desk.number}/verzenden"' in (await desk.web.get("/")).text


@pytest.mark.parametrize(
    ("act", "status"), [("doorgaan", MessageStatus.READY), ("afzeggen", MessageStatus.CANCELLED)]
)
async def test_a_stopped_answer_goes_on_or_is_called_off(
    desk: Desk, act: str, status: MessageStatus
) -> None:
    await uncertain(desk, MessageKind.FEEDBACK)
    message_id = (await desk.rows(Message))[-1].id
    async with desk.world.db.begin() as session:
        (await session.get_one(Message, message_id)).status = MessageStatus.HALTED
    assert "Gestopt" in (await desk.web.get("/berichten")).text
    assert await do(desk, "gestopt", bericht=str(message_id), doe=act) == 303
    async with desk.world.db.read() as session:
        assert (await session.get_one(Message, message_id)).status is status


@pytest.mark.parametrize(
    ("role", "sees", "opens"),
    [
        (Role.COORDINATOR, {"signaal", "concept"}, {"/signalen", "/teksten"}),
        (Role.APPROVER, {"signaal", "concept"}, {"/teksten"}),
        (Role.INTERPRETER, {"signaal"}, {"/signalen"}),
    ],
)
async def test_the_first_page_offers_nobody_a_button_that_is_refused(
    desk: Desk, now: datetime, role: Role, sees: set[str], opens: set[str]
) -> None:
    async with desk.world.db.begin() as session:
        session.add(
            Signal(
                organisation_id=1, domain=Domain.EDUCATION, received_at=now, district="stad",
                setting=Setting.CLASSROOM, kinds=[SignalKind.RUMOUR.value], severity=2,
                answer_due_at=now, read_due_at=now,
            )
        )  # fmt: skip
        person_id = await a_colleague(session, "Collega", (role,), now)
        cookies = await signed_in(session, person_id, now)
    async with client_of(desk.world.db, desk.world.sealer, now, cookies=cookies) as web:
        page = (await web.get("/")).text
        needs = page[page.index('id="nodig"') : page.index('id="lopend"')]
        assert {word for word in ("signaal", "concept") if word in needs.lower()} == sees
        offered = {path for path in ("/signalen", "/teksten") if f'{path}"' in needs}
        assert offered == opens
        assert f"/gebeurtenis/{desk.number}" in page[page.index('id="lopend"') :]


async def test_a_page_that_waits_for_approval_hears_that_it_was_given(desk: Desk) -> None:
    await desk.fact()
    await desk.press("indienen", versie=1)
    for part in ("verzenden", "wie"):
        page = await desk.page(part)
        assert "Wie krijgt dit?" in page
        assert "Versie 1, eerste bericht." in page
    assert "Verzonden: versie 1" not in await desk.page("voortgang")
    bound = (await desk.rows(Briefing))[-1].content_hash
    await desk.press("goedkeuren", gelezen=bound)
    changed = await desk.page("voortgang")
    assert "Verzonden: versie 1" in changed
    assert 'id="goedkeuren"' not in changed
    assert await desk.page("wie") == ""


async def test_a_link_in_the_wrong_hands_stops_working_at_once(desk: Desk) -> None:
    world = desk.world
    assert (await world.web.get(world.page)).status_code == 200
    done = await press(desk.web, world.sealer, f"/organisatie/{world.organisation_id}/links")
    assert done.status_code == 303
    assert (await world.web.get(world.page)).status_code == 410


async def test_a_persons_own_page_is_closed_at_the_desk(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        token = await mint_person_link(
            session, desk.world.staff_id, LinkPurpose.OWN_PAGE, now=desk.world.now
        )
    assert (await desk.world.web.get(f"/p/{token}")).status_code == 200
    await press(desk.web, desk.world.sealer, f"/contact/{desk.world.staff_id}/links")
    assert (await desk.world.web.get(f"/p/{token}")).status_code == 410


async def test_events_are_found_by_the_title_or_place_that_the_list_shows(desk: Desk) -> None:
    name = "Gebeurtenis Presikhaaf, 3 maart"
    assert name in (await desk.web.get("/gebeurtenissen?zoek=gebeurtenis+presik")).text
    assert name in (await desk.web.get("/gebeurtenissen?zoek=PRESIK")).text
    assert name not in (await desk.web.get("/gebeurtenissen?zoek=onrust+in+de")).text
    nothing = (await desk.web.get("/gebeurtenissen?zoek=%22%3Cb%3E")).text
    assert "Niets gevonden" in nothing
    assert "<b>" not in nothing
