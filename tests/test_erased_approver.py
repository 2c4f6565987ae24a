"""An approver who had the question and was erased since holds up nobody."""

from __future__ import annotations

import pytest
from sqlmodel import col, select, update

from bot.chat.coordinator import texts
from bot.chat.coordinator.card import refresh_live
from bot.chat.shown import shown_form
from bot.evening.approving import ask_approvers
from bot.evening.questions import retire_requests, settle_requests
from briefings.approval import Approved, approve
from briefings.rows import Briefing
from contacts.directory import Organisation, Person, Role
from contacts.erasing import erase_person
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message, MessageKind
from contacts.records import Database
from contacts.retention import WIPED
from feeds.rows import Event
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS, Cast, add_person
from tests.test_approved_ends import SOON


async def asked_two(db: Database) -> tuple[Cast, int, str, int]:
    """Both approvers have the question, and then one is erased; returns the cast, the version,
    what of it was read, and the message of who is left."""
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        city = await session.get_one(Organisation, cast.writer.organisation_id)
        gone = await add_person(session, city, "tweede", [], telegram="3", role=Role.APPROVER)
        await ask_approvers(session, cast.event, briefing, cast.writer, SETTINGS, now=NOW)
        await session.exec(update(Delivery).values(status=DeliveryStatus.SENT))
        left = await session.exec(
            select(Delivery.id)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(
                col(Message.kind) == MessageKind.APPROVAL,
                col(Delivery.person_id) == cast.approver.person_id,
            )
        )
        found = cast, briefing.id or 0, seen, left.one() or 0
        number = gone.id
    async with db.begin() as session:
        erased = await session.get_one(Person, number)
        await erase_person(session, erased, who=SYSTEM, now=NOW)
    return found


async def edits_to_nobody(db: Database) -> list[int | None]:
    async with db.read() as session:
        found = await session.exec(
            select(Delivery.id).where(
                col(Delivery.act) == DeliveryAct.EDIT, col(Delivery.address).startswith(WIPED)
            )
        )
        return list(found.all())


@pytest.mark.parametrize("in_chat", [True, False])
async def test_an_erased_approver_breaks_no_approval(db: Database, in_chat: bool) -> None:
    cast, number, seen, left = await asked_two(db)
    async with db.begin() as session:
        briefing = await session.get_one(Briefing, number)
        event = await session.get_one(Event, cast.event.id)
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=SOON
        )
        assert isinstance(done, Approved), done
        await settle_requests(session, event, briefing, decided=left if in_chat else None, now=SOON)
    async with db.read() as session:
        form = await shown_form(session, left)
    assert form is not None
    assert texts.APPROVE not in [button.text for row in form.buttons for button in row]
    assert await edits_to_nobody(db) == []


async def test_what_an_erased_approver_had_is_edited_no_more(db: Database) -> None:
    cast, number, *_ = await asked_two(db)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        assert await retire_requests(session, event, texts.REQUEST_RENEWED, now=SOON) == 1
        # As after a fact that changed, where the question says so by itself.
        await session.exec(
            update(Briefing).where(col(Briefing.id) == number).values(status="withdrawn")
        )
        await refresh_live(session, now=SOON)
    assert await edits_to_nobody(db) == []
