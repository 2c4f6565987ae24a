"""Notices about failures and calls: which text, who is missed, and each thing once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contacts.arrival import record_bounce
from contacts.directory import ChannelKind, Person, Role
from contacts.escalation import escalate_due
from contacts.failures import tell_failures
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryStatus,
    EmailForm,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.records import Database
from contacts.sending import channels_of, post
from tests.outbox_world import a_person, all_deliveries, notices
from tests.test_escalation import HOUR, SETTINGS, calls

SOON = timedelta(minutes=5)
SENT = DeliveryStatus.SENT


async def sent(
    session: Any, people: list[Person], now: datetime, *, version: int = 7, event: int = 1,
    subject: str = "Update 15.54: schietincident", kind: MessageKind = MessageKind.UPDATE,
    status: DeliveryStatus = SENT, channels: int = 1,
) -> list[Delivery]:  # fmt: skip
    """A text of a version by the first channels of each."""
    content = Content(TelegramForm("Tekst"), EmailForm(subject, "Tekst\n", "<p>Tekst</p>"))
    to = [one for p in people for one in (await channels_of(session, p.id or 0))[:channels]]
    rows = await post(
        session, kind=kind, content=content, severity=4, event_id=event, briefing_id=version,
        to=to, now=now,
    )  # fmt: skip
    for row in rows:
        row.status, row.sending_at, row.done_at = status, now, now
    await session.flush()
    return rows


async def bounce(db: Database, delivery_id: int | None, now: datetime) -> None:
    async with db.begin() as session:
        assert await record_bounce(session, delivery_id or 0, "5.1.1", now=now)


async def round_of(db: Database, now: datetime) -> None:
    """What the pump tells, and then the following up, as the machine does."""
    async with db.begin() as session:
        await tell_failures(session, now=now)
    await escalate_due(db, SETTINGS, now=now)


async def buttons(db: Database) -> list[list[str]]:
    async with db.read() as session:
        found = [await session.get_one(Message, d.message_id) for d in await all_deliveries(db)]
    told = {m.id: m for m in found if m.kind is MessageKind.NOTICE}
    return [
        [one["data"] for row in m.content["telegram"]["buttons"] for one in row]
        for m in told.values()
    ]


async def a_boss(session: Any, now: datetime) -> None:
    await a_person(session, now, chat="99", role=Role.COORDINATOR)


async def test_a_bounce_is_one_notice_with_its_text_and_the_list_to_call(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_boss(session, now)
        [mail] = await sent(session, [await a_person(session, now, mail="a@x.test")], now)
    await bounce(db, mail.id, now + SOON)
    await round_of(db, now + SOON)
    await round_of(db, now + 2 * SOON)
    assert await calls(db) == [("failed", "open")]
    [notice] = await notices(db)
    assert "Het gaat om: Update 15.54: schietincident." in notice
    assert "Niet iedereen bereikt bij: School 1." in notice
    assert await buttons(db) == [["calls:1"]]


async def test_who_has_the_text_by_another_channel_is_not_lost_and_not_called(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_boss(session, now)
        person = await a_person(session, now, chat="1", mail="a@x.test")
        _, mail = await sent(session, [person], now, channels=2)
        assert mail.kind is ChannelKind.EMAIL
    await bounce(db, mail.id, now + SOON)
    await round_of(db, now + SOON)
    [notice] = await notices(db)
    assert "1 lezer heeft deze tekst al via een ander kanaal." in notice
    assert "bereikt bij" not in notice
    assert await buttons(db) == [[]]
    assert await calls(db) == []
    await escalate_due(db, SETTINGS, now=now + HOUR)
    assert await calls(db) == [("silent", "open")], "what came is followed up by itself"


async def test_a_notice_names_three_texts_and_how_many_more_and_no_conversation(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_boss(session, now)
        person = await a_person(session, now, mail="a@x.test")
        for number, name in enumerate("abcdd"):
            kind = MessageKind.FEEDBACK if name == "b" else MessageKind.UPDATE
            [row] = await sent(
                session, [person], now, version=number, subject=name, kind=kind,
                status=DeliveryStatus.FAILED, event=1 + number % 2,
            )  # fmt: skip
            row.untold = "refused"
        [row] = await sent(
            session, [person], now, version=9, subject="e", status=DeliveryStatus.FAILED
        )
        row.untold = "refused"
        [row] = await sent(
            session, [person], now, version=10, subject="f", status=DeliveryStatus.FAILED
        )
        row.untold = "refused"
        await tell_failures(session, now=now)
    [notice] = await notices(db)
    assert "Het gaat om: a, c, d en nog 2." in notice
    assert await buttons(db) == [["calls:1", "calls:2"]]


async def test_only_organisations_that_are_new_on_the_list_are_told(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_boss(session, now)
        known, new = [await a_person(session, now, chat=str(n)) for n in (1, 2)]
        await sent(session, [known], now)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    async with db.begin() as session:
        await sent(session, [known, new], now + HOUR, version=8, subject="Update 17.00: brand")
    await escalate_due(db, SETTINGS, now=now + 2 * HOUR)
    first, second = await notices(db)
    assert "Het gaat om: Update 15.54: schietincident." in first
    assert "Bellijst: 1 organisatie erbij" in second
    assert "School 2" in second
    assert "School 1" not in second
    assert "Update 17.00: brand" in second
    await escalate_due(db, SETTINGS, now=now + 3 * HOUR)
    assert len(await notices(db)) == 2


async def test_an_organisation_on_the_list_of_another_event_is_new_on_this_one(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_boss(session, now)
        person = await a_person(session, now, chat="1")
        await sent(session, [person], now)
        await sent(session, [person], now, version=8, event=2)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    assert await buttons(db) == [["calls:1"], ["calls:2"]]
