"""One delivery that goes wrong holds up no other."""

from __future__ import annotations

from datetime import datetime, timedelta

from contacts.claiming import due_deliveries
from contacts.directory import ChannelKind
from contacts.marking import EDIT_PATIENCE
from contacts.outbox import MessageKind
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import channels_of, post
from tests.outbox_world import BOTH, CHAT, MAIL, a_person

SEALER = Sealer(Sealer.new_key())


async def _due_after_a_notice_that_was_put_off(db: Database, kind: ChannelKind) -> list[str]:
    now = datetime.fromisoformat("2026-03-03T16:42:00+00:00")
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="c@stad.example")
        assert person.id is not None
        to = [one for one in await channels_of(session, person.id) if one.kind is kind]
        (notice,) = await post(session, kind=MessageKind.NOTICE, content=BOTH, to=to, now=now)
        notice.attempts, notice.not_before = 4, now + timedelta(minutes=5)
        (alert,) = await post(session, kind=MessageKind.ALERT, content=BOTH, to=to, now=now)
        await session.flush()
        found = await due_deliveries(
            session, kind, busy=(), limit=10, sealer=SEALER, patience=EDIT_PATIENCE, now=now
        )
        names = {notice.id: "notice", alert.id: "alert"}
        return [names[one.id] for one in found]


async def test_a_mail_does_not_wait_for_another_mail_to_the_same_address_that_was_put_off(
    db: Database,
) -> None:
    assert await _due_after_a_notice_that_was_put_off(db, MAIL) == ["alert"]


async def test_in_a_chat_the_order_stays(db: Database) -> None:
    assert await _due_after_a_notice_that_was_put_off(db, CHAT) == []
