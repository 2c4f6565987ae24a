"""One reader counts once: by the better one of the channels that the text went by."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator.approved_texts import WHO_LACKS_IT
from bot.chat.coordinator.progress import _without
from bot.console.needs_asked import UNKNOWN as UNSURE_PER_MESSAGE
from bot.evening.doubts import doubts_of, doubts_of_version
from bot.evening.without_it import not_received, why, without_it
from contacts.arrival import may_go_again, resend_unknown
from contacts.delivery_counts import DeliveryCounts, count_deliveries
from contacts.directory import Role
from contacts.elsewhere import stands_better
from contacts.failures import tell_failures
from contacts.journal import SYSTEM
from contacts.outbox import (
    ChannelPause,
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.progress import read_progress
from contacts.progress_texts import lines_of
from contacts.quiet import QUIET_HOURS, Waiting, count_waiting
from contacts.records import Database, ids_of, read_columns
from contacts.verdicts import Untold
from tests.outbox_world import CHAT, MAIL, a_briefing, a_person, notices

SENT, FAILED, UNKNOWN = DeliveryStatus.SENT, DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN
PLANNED = DeliveryStatus.PLANNED
#: the better one of a pair stands further on
ORDER = ["cancelled", "failed", "planned", "claimed", "sending", "unknown", "sent"]
VERSION = 7
NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)


async def a_pair(
    session: AsyncSession, now: datetime, first: DeliveryStatus, second: DeliveryStatus,
    *, is_backup: bool = False, kind: MessageKind = MessageKind.BRIEFING,
) -> tuple[Delivery, Delivery]:  # fmt: skip
    """A chat message that stands so, and the mail in its place."""
    [chat], mail = await several(session, now, 1, kind=kind), None
    chat.status, chat.reason, chat.done_at = first, "read_timeout", now
    mail = await in_place_of(session, chat, second, now, is_backup=is_backup)
    return chat, mail


async def several(
    session: AsyncSession, now: datetime, n: int, *, kind: MessageKind = MessageKind.BRIEFING
) -> list[Delivery]:
    count = len((await session.exec(select(Delivery.id))).all())
    people = [await a_person(session, now, chat=str(count * 100 + each)) for each in range(n)]
    rows = await a_briefing(session, people, now, kind=kind)
    message = await session.get_one(Message, rows[0].message_id)
    message.briefing_id = VERSION if kind is MessageKind.BRIEFING else None
    return rows


async def in_place_of(
    session: AsyncSession, first: Delivery, status: DeliveryStatus, now: datetime, *,
    is_backup: bool = False, address: str = "",
) -> Delivery:  # fmt: skip
    mail = Delivery(
        message_id=first.message_id, person_id=first.person_id, kind=MAIL,
        address=address or f"m{first.id}@example.org", status=status, fallback_of_id=first.id,
        is_backup=is_backup, not_before=now, planned_at=now, done_at=now,
    )  # fmt: skip
    session.add(mail)
    await session.flush()
    return mail


async def counted(session: AsyncSession) -> DeliveryCounts:
    found = await session.exec(select(Message.id).where(col(Message.briefing_id) == VERSION))
    return await count_deliveries(session, message_ids=[ident or 0 for ident in found.all()])


async def test_who_has_it_by_mail_is_neither_uncertain_nor_offered_again(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        chat, _ = await a_pair(session, now, UNKNOWN, SENT)
        assert await counted(session) == DeliveryCounts(sent=1, elsewhere=1)
        assert await doubts_of_version(session, VERSION) == []
        assert await may_go_again(session, ids_of([chat])) == []
        assert await resend_unknown(session, ids_of([chat]), who=SYSTEM, now=now) == 0
        assert await not_received(session, [1]) == []
        [one] = await read_progress(session, [1], now=now)
        assert (one.total, one.sent, one.unknown, one.reasons) == (1, 1, 0, {})
        asked = await read_columns(session, UNSURE_PER_MESSAGE)
        assert [count for *_, count in asked] == [0]


async def test_an_uncertain_answer_that_went_by_mail_is_not_offered_either(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_pair(session, now, UNKNOWN, SENT, kind=MessageKind.FEEDBACK)
        assert await doubts_of(session, is_exercise=False) == []
        _, mail = await a_pair(session, now, UNKNOWN, PLANNED, kind=MessageKind.FEEDBACK)
        assert len(await doubts_of(session, is_exercise=False)) == 1
        mail.status = SENT
        session.add(mail)
        await session.flush()
        assert await doubts_of(session, is_exercise=False) == []


async def test_a_mail_still_to_go_can_be_stopped_and_the_reader_is_uncertain_meanwhile(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_pair(session, now, UNKNOWN, PLANNED)
        assert await counted(session) == DeliveryCounts(unknown=1, to_go=1)
        assert len(await doubts_of_version(session, VERSION)) == 1


async def test_a_refused_reader_whose_mail_is_to_go_waits(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        await a_pair(session, now, FAILED, PLANNED)
        assert await counted(session) == DeliveryCounts(planned=1, to_go=1)
        found = await without_it(session, VERSION, now=now)
        assert (found.refused, [one.channel for one in found.waiting]) == ([], [MAIL])


async def test_the_back_up_is_a_reader_of_their_own(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        await a_pair(session, now, UNKNOWN, SENT, is_backup=True)
        assert await counted(session) == DeliveryCounts(sent=1, unknown=1)
        assert len(await doubts_of_version(session, VERSION)) == 1


async def test_of_three_channels_the_last_one_that_arrived_counts(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        _, mail = await a_pair(session, now, FAILED, FAILED)
        await in_place_of(session, mail, SENT, now, address="work@example.org")
        assert await counted(session) == DeliveryCounts(sent=1, elsewhere=1)
        found = await without_it(session, VERSION, now=now)
        assert (found.unsure, found.refused, found.waiting) == ([], [], [])


async def test_every_pair_counts_once_and_the_lists_say_what_the_counts_say(
    db: Database, now: datetime
) -> None:
    expected: Counter[str] = Counter()
    async with db.begin() as session:
        chats = await several(session, now, len(DeliveryStatus) ** 2)
        pairs = product(DeliveryStatus, DeliveryStatus)
        for chat, (first, second) in zip(chats, pairs, strict=True):
            chat.status = first
            await in_place_of(session, chat, second, now)
            expected[max(first.value, second.value, key=ORDER.index)] += 1
        await compare(session, expected, elsewhere=5)


async def test_of_three_channels_each_reader_counts_once_too(db: Database, now: datetime) -> None:
    expected: Counter[str] = Counter()
    elsewhere = 0
    async with db.begin() as session:
        chats = await several(session, now, len(DeliveryStatus) ** 3)
        trios = product(DeliveryStatus, DeliveryStatus, DeliveryStatus)
        for chat, (first, second, third) in zip(chats, trios, strict=True):
            chat.status = first
            mail = await in_place_of(session, chat, second, now)
            await in_place_of(session, mail, third, now, address=f"work{chat.id}@example.org")
            expected[max(first.value, second.value, third.value, key=ORDER.index)] += 1
            elsewhere += first.value in ORDER[1:6] and SENT in {second, third}
        await compare(session, expected, elsewhere=elsewhere)


async def compare(session: AsyncSession, expected: Counter[str], *, elsewhere: int) -> None:
    """The counts, the rows that are left, and the progress say the same."""
    counts = await counted(session)
    assert (counts.planned, counts.to_go > counts.planned, counts.elsewhere) == (
        expected["planned"] + expected["claimed"], True, elsewhere,
    )  # fmt: skip
    for name in ("sending", "sent", "failed", "unknown", "cancelled"):
        assert getattr(counts, name) == expected[name], name
    left = await session.exec(select(Delivery.status).where(~stands_better()))
    assert Counter(str(status) for status in left.all()) == expected
    [one] = await read_progress(session, [1], now=NOW)
    assert (one.sent, one.failed, one.unknown, one.due) == (
        expected["sent"], expected["failed"], expected["unknown"],
        expected["planned"] + expected["claimed"] + expected["sending"],
    )  # fmt: skip


async def test_who_had_it_by_the_first_channel_did_not_get_it_by_another(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_pair(session, now, SENT, FAILED)
        await a_pair(session, now, SENT, SENT)
        assert await counted(session) == DeliveryCounts(sent=2)


async def test_what_was_put_off_is_told_apart_from_what_rests(db: Database, now: datetime) -> None:
    later = now + timedelta(minutes=4)
    async with db.begin() as session:
        put_off, rests = await several(session, now, 2)
        put_off.attempts, put_off.reason, put_off.not_before = 2, "smtp_451", later
        rests.reason, rests.not_before = QUIET_HOURS, now + timedelta(hours=9)
        await session.flush()
        waiting = await count_waiting(session, VERSION, now=now)
        assert waiting == Waiting(1, rests.not_before, 1, later)
        [one] = await read_progress(session, [1], now=now)
        assert (one.total, one.later, one.again, one.next_try) == (2, 1, 1, later)
        assert (
            "1 wacht op een nieuwe poging om 17.46 uur: de mailserver weigerde (451)"
            in lines_of(one)
        )
        found = await without_it(session, VERSION, now=now)
        assert [one.why for one in found.waiting] == [
            "nieuwe poging om 17.46 uur: de mailserver weigerde (451)",
            "rusttijd tot 02.42 uur",
        ]
        assert _without(found.counts, waiting) == WHO_LACKS_IT.format(count=2)


async def test_who_waits_for_a_channel_that_is_silent_is_told_apart_without_an_estimate(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        chats = await several(session, now, 3)
        chats[0].status, chats[0].done_at = SENT, now
        await in_place_of(session, chats[1], SENT, now)
        await session.flush()
        [one] = await read_progress(session, [1], now=now)
        assert (one.due, one.away) == (1, 0)
        since, until = now - timedelta(minutes=2), now + timedelta(minutes=1)
        session.add(ChannelPause(kind=CHAT, reason="not_reachable", since=since, until=until))
        await session.flush()
        [one] = await read_progress(session, [1], now=now)
        assert (one.total, one.sent, one.due, one.away, one.left) == (3, 2, 0, 1, None)
        assert any(line.startswith("1 wacht op een kanaal dat nu niet") for line in lines_of(one))
        waiting = await count_waiting(session, VERSION, now=now)
        assert waiting == Waiting(away={CHAT: 1})
        found = await without_it(session, VERSION, now=now)
        assert _without(found.counts, waiting) == WHO_LACKS_IT.format(count=1)


@pytest.mark.parametrize(
    ("status", "reason", "minutes", "message", "said"),
    [
        (UNKNOWN, "read_timeout", 0, "ready", "geen antwoord op tijd; misschien kwam het aan"),
        (FAILED, "blocked", 0, "ready", "de ontvanger blokkeerde de bot"),
        (DeliveryStatus.SENDING, None, 0, "ready", "gaat nu weg"),
        (PLANNED, None, 0, "halted", "gestopt"),
        (PLANNED, None, 0, "ready", "aan de beurt"),
        (PLANNED, "not_reachable", 0, "ready", "geen verbinding"),
        (PLANNED, None, 8, "ready", "gaat om 17.50 uur"),
    ],
)
def test_each_reader_without_it_has_a_reason(
    now: datetime, status: DeliveryStatus, reason: str | None, minutes: int, message: str, said: str
) -> None:
    at = now + timedelta(minutes=minutes)
    assert why(status, reason, at, 0, MessageStatus(message), now=now) == said


async def test_where_an_old_text_stands_no_other_channel_is_said_to_mend_it(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="901", role=Role.COORDINATOR)
        chat, _ = await a_pair(session, now, UNKNOWN, SENT)
        other, _ = await a_pair(session, now, UNKNOWN, PLANNED)
        chat.untold = other.untold = Untold.OLD_TEXT
        await session.flush()
        assert await tell_failures(session, now=now) == (2, 0)
    [text] = await notices(db)
    assert "Bij 2 ontvangers staat de oude tekst misschien nog in de chat." in text
    assert "ander kanaal" not in text
