"""An approver with mail alone hears by mail that what lies with them changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import select, update

from bot.chat.coordinator import approved_texts
from bot.evening.approving import ask_approvers
from bot.evening.changed_by_mail import SETTLES, tell_changed
from bot.evening.writing import redraft
from briefings.approval import Submitted, submit
from briefings.drafting import current_briefing
from contacts.directory import Channel, ChannelKind, ChannelStatus, Role
from contacts.filling import BASE
from contacts.journal import SYSTEM
from contacts.outbox import Content, Delivery, DeliveryStatus, Message, MessageKind
from contacts.people import revoke
from contacts.records import Database
from feeds.rows import Event
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS, Cast
from tests.test_changed_while_asked import NEWS, SOON, changed

THEN = SOON + SETTLES


async def asked_by_mail(db: Database) -> Cast:
    """A version with an approver who has mail alone."""
    async with db.begin() as session:
        cast, briefing, _ = await handed_in(session)
        await session.exec(
            update(Channel)
            .where(Channel.person_id == cast.approver.person_id)
            .values(kind=ChannelKind.EMAIL, address="wethouder@stad.example")
        )
        await ask_approvers(session, cast.event, briefing, cast.writer, SETTINGS, now=NOW)
        await session.exec(update(Delivery).values(status=DeliveryStatus.SENT))
    return cast


async def rounds(db: Database, at: datetime) -> int:
    async with db.begin() as session:
        return await tell_changed(session, now=at)


async def mails(db: Database) -> list[Content]:
    async with db.read() as session:
        found = await session.exec(select(Message).where(Message.kind == MessageKind.NOTICE))
        return [Content.from_json(one.content) for one in found.all()]


async def test_who_is_asked_by_mail_gets_the_link_to_where_it_is_approved(db: Database) -> None:
    cast = await asked_by_mail(db)
    async with db.read() as session:
        asked = await session.exec(select(Message).where(Message.kind == MessageKind.APPROVAL))
        [mail] = [Content.from_json(one.content).email for one in asked.all()]
    page = f"{BASE}/gebeurtenis/{cast.event.id}/verzenden"
    assert mail is not None
    assert f'<a href="{page}">' in mail.html
    assert f"op de werkpagina's ({page})." in mail.text


async def test_who_was_asked_by_mail_hears_once_by_mail_what_changed(db: Database) -> None:
    cast = await asked_by_mail(db)
    assert await rounds(db, THEN) == 0
    await changed(db, cast)
    assert await rounds(db, SOON + SETTLES / 2) == 0, "more may follow in the same minute"
    assert await rounds(db, THEN) == 1
    assert await rounds(db, THEN + timedelta(seconds=15)) == 0
    [mail] = await mails(db)
    assert mail.email is not None
    assert mail.email.subject == approved_texts.CHANGED_SUBJECT
    assert f"Nieuw: {NEWS}" in mail.email.text
    assert "ligt niet meer ter goedkeuring" in mail.email.text
    page = f"{BASE}/gebeurtenis/{cast.event.id}/teksten"
    assert f'<a href="{page}">op de werkpagina' in mail.email.html
    assert f"op de werkpagina's ({page})." in mail.email.text


async def test_a_mail_that_went_beside_a_chat_is_put_right_by_mail(db: Database) -> None:
    """While a channel is silent the question goes by both; the one in the chat says it itself."""
    cast = await asked_by_mail(db)
    async with db.begin() as session:
        session.add(
            Channel(
                person_id=cast.approver.person_id, kind=ChannelKind.TELEGRAM, address="77",
                rank=0, status=ChannelStatus.ACTIVE, created_at=NOW,
            )
        )  # fmt: skip
    await changed(db, cast)
    assert await rounds(db, THEN) == 1
    async with db.read() as session:
        told = await session.exec(
            select(Delivery.kind).join(Message).where(Message.kind == MessageKind.NOTICE)
        )
        assert told.all() == [ChannelKind.EMAIL]


async def test_what_is_handed_in_again_at_once_is_asked_about_and_not_told(db: Database) -> None:
    cast = await asked_by_mail(db)
    await changed(db, cast)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        await redraft(session, event, cast.writer, SETTINGS, now=SOON)
        draft = await current_briefing(session, event.id or 0)
        assert draft is not None
        assert isinstance(await submit(session, draft, cast.writer, SETTINGS, now=SOON), Submitted)
        await ask_approvers(session, event, draft, cast.writer, SETTINGS, now=SOON)
    assert await rounds(db, THEN) == 0
    assert await mails(db) == []


async def test_who_has_a_chat_or_may_approve_no_more_gets_no_mail(db: Database) -> None:
    cast = await asked_by_mail(db)
    await changed(db, cast)
    async with db.begin() as session:
        await session.exec(update(Delivery).values(kind=ChannelKind.TELEGRAM))
    assert await rounds(db, THEN) == 0
    async with db.begin() as session:
        await session.exec(update(Delivery).values(kind=ChannelKind.EMAIL))
        await revoke(session, cast.approver.person_id, Role.APPROVER, who=SYSTEM, now=SOON)
    assert await rounds(db, THEN) == 0
