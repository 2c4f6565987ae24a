"""What is written when something is to be sent, halted, edited or cancelled."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from contacts.directory import Channel, ChannelStatus
from contacts.filling import Personal, fill
from contacts.journal import SYSTEM
from contacts.links import open_link
from contacts.messages import default_priority
from contacts.outbox import (
    Button,
    Content,
    DeliveryAct,
    DeliveryStatus,
    EmailForm,
    Message,
    MessageKind,
    MessageStatus,
    Priority,
    TelegramForm,
)
from contacts.records import Database
from contacts.sending import (
    Recipient,
    cancel_message,
    channels_of,
    edit_sent,
    first_channel,
    halt_message,
    post,
    resume_message,
    tell_people,
)
from tests.outbox_world import (
    BOTH,
    CHAT,
    MAIL,
    a_briefing,
    a_person,
    all_deliveries,
    chat_recipient,
    chat_text,
    statuses,
)
from tests.page_links import mint_link


async def test_an_address_named_twice_gets_the_message_once(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        to = [chat_recipient("1"), chat_recipient("2"), chat_recipient("1")]
        deliveries = await post(session, kind=MessageKind.BRIEFING, content=BOTH, to=to, now=now)
    assert sorted(delivery.address for delivery in deliveries) == ["1", "2"]
    assert all(delivery.id is not None for delivery in deliveries)


async def test_content_comes_back_as_it_was_written(db: Database, now: datetime) -> None:
    content = Content(
        telegram=TelegramForm("t", [[Button("b", data="read"), Button("u", url="%%LINK%%")]], 7),
        email=EmailForm("s", "t", "<p>t</p>"),
    )
    async with db.begin() as session:
        await post(session, kind=MessageKind.NOTICE, content=content, to=[], now=now)
    async with db.read() as session:
        message = (await session.exec(select(Message))).one()
    assert Content.from_json(message.content) == content


@pytest.mark.parametrize(
    ("kind", "severity", "priority"),
    [
        (MessageKind.ALERT, 4, Priority.DIALOGUE),
        (MessageKind.DIALOGUE, 0, Priority.DIALOGUE),
        (MessageKind.FEEDBACK, 0, Priority.FEEDBACK),
        (MessageKind.CORRECTION, 2, Priority.URGENT),
        (MessageKind.BRIEFING, 4, Priority.URGENT),
        (MessageKind.BRIEFING, 3, Priority.BULK),
    ],
)
def test_coordinator_traffic_and_feedback_go_before_bulk(
    kind: MessageKind, severity: int, priority: Priority
) -> None:
    assert default_priority(kind, severity) is priority


async def test_channels_come_by_rank_and_closed_ones_not_at_all(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="a@example.org")
        gone = await a_person(session, now, chat="2", mail="b@example.org")
        gone.left_at = now
        assert person.id is not None
        assert gone.id is not None
        both = await channels_of(session, person.id)
        assert [channel.kind for channel in both] == [CHAT, MAIL]
        channel = (await session.exec(select(Channel).where(Channel.address == "1"))).one()
        channel.status = ChannelStatus.CLOSED
        await session.flush()
        assert await first_channel(session, person.id) == Recipient(
            MAIL, "a@example.org", person.id, person.organisation_id
        )
        assert await first_channel(session, gone.id) is None


async def test_people_are_told_by_a_channel_that_can_carry_it(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        people = [
            await a_person(session, now, chat="1", mail="a@example.org"),
            await a_person(session, now, chat="2"),
            await a_person(session, now),
        ]
        told = await tell_people(
            session, people, BOTH, kind=MessageKind.NOTICE, is_exercise=False, now=now
        )
        assert [delivery.address for delivery in told] == ["1", "2"]
        told = await tell_people(
            session, people, BOTH, kind=MessageKind.NOTICE, is_exercise=False, avoid=CHAT, now=now
        )
        assert [delivery.address for delivery in told] == ["a@example.org", "2"]
        mail_only = Content(email=BOTH.email)
        told = await tell_people(
            session, people, mail_only, kind=MessageKind.NOTICE, is_exercise=False, now=now
        )
        assert [delivery.address for delivery in told] == ["a@example.org"]


async def test_an_edit_belongs_to_the_original_and_the_newest_wins(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        (first,) = await post(
            session, kind=MessageKind.DIALOGUE, content=chat_text("een"),
            to=[chat_recipient("1")], now=now,
        )  # fmt: skip
        assert first.id is not None
        edit = await edit_sent(session, first.id, chat_text("twee"), now=now)
        assert edit.id is not None
        newer = await edit_sent(session, edit.id, chat_text("drie"), now=now)
    assert (newer.act, newer.edits_delivery_id) == (DeliveryAct.EDIT, first.id)
    assert statuses(await all_deliveries(db)) == ["planned", "cancelled", "planned"]


async def test_a_mail_is_never_edited(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, mail="a@example.org")
        (first,) = await a_briefing(session, [person], now)
        edit = await edit_sent(session, first.id or 0, BOTH, now=now)
    assert edit.status is DeliveryStatus.CANCELLED


async def test_halting_and_resuming_are_moves_with_a_reason(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        (delivery,) = await post(
            session, kind=MessageKind.BRIEFING, content=BOTH, to=[chat_recipient("1")], now=now
        )
        ident = delivery.message_id
        assert await halt_message(session, ident, who=SYSTEM, reason="too_long", now=now)
        assert not await halt_message(session, ident, who=SYSTEM, reason="again", now=now)
        message = await session.get_one(Message, ident)
        assert (message.status, message.halt_reason) == (MessageStatus.HALTED, "too_long")
        assert await resume_message(session, ident, who=SYSTEM, reason="looked", now=now)
        assert not await resume_message(session, ident, who=SYSTEM, reason="looked", now=now)


async def test_cancelling_stops_what_did_not_leave_yet(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        to = [chat_recipient(str(n)) for n in range(3)]
        deliveries = await post(session, kind=MessageKind.BRIEFING, content=BOTH, to=to, now=now)
        deliveries[0].status = DeliveryStatus.SENT
        await session.flush()
        ident = deliveries[0].message_id
        stopped = await cancel_message(session, ident, who=SYSTEM, reason="withdrawn", now=now)
        again = await cancel_message(session, ident, who=SYSTEM, reason="withdrawn", now=now)
    assert (stopped, again) == (2, 0)
    assert statuses(await all_deliveries(db)) == ["sent", "cancelled", "cancelled"]


def test_what_is_filled_in_is_escaped_in_html_and_plain_in_text() -> None:
    content = Content(
        telegram=TelegramForm("%%INTERNAL_CONTACT%%", [[Button("b", url="%%LINK%%")]]),
        email=EmailForm("%%INTERNAL_CONTACT%%", "%%LINK%%", "<p>%%INTERNAL_CONTACT%%</p>"),
    )
    filled = fill(content, Personal(link="https://x/o/t?a=1&b=2", internal_contact="A & B"))
    assert filled.telegram is not None
    assert filled.email is not None
    assert filled.telegram.text == "A &amp; B"
    assert filled.telegram.buttons[0][0].url == "https://x/o/t?a=1&b=2"
    assert filled.email == EmailForm("A & B", "https://x/o/t?a=1&b=2", "<p>A &amp; B</p>")


async def test_a_link_works_until_it_is_over_or_revoked(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1")
        token = await mint_link(
            session, organisation_id=person.organisation_id, event_id=1, delivery_id=None,
            days=30, now=now,
        )  # fmt: skip
        link = await open_link(session, token, now=now + timedelta(days=29))
        assert link is not None
        assert await open_link(session, token, now=now + timedelta(days=30)) is None
        assert await open_link(session, token + "x", now=now) is None
        link.revoked_at = now
        await session.flush()
        assert await open_link(session, token, now=now) is None
