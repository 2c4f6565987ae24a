"""While a channel is silent, who must hear or answer something does not wait for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from contacts.directory import ChannelKind, Person, Role
from contacts.escalation import escalate_due
from contacts.fallback import plan_pressing_elsewhere
from contacts.journal import SYSTEM
from contacts.messages import URGENT_SEVERITY
from contacts.notices import as_content, tell_coordinators
from contacts.outbox import ChannelPause, MessageKind
from contacts.pauses import count_held
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import halt_message, tell_people
from tests.outbox_world import BOTH, CHAT, MAIL, a_person, all_deliveries
from tests.stores import statements_of
from tests.test_escalation import HOUR, SETTINGS, calls, sent

SEALER = Sealer(Sealer.new_key())
SECONDS, LONG = timedelta(seconds=20), timedelta(minutes=5)


async def goes_silent(
    db: Database, now: datetime, *, for_long: bool = True, kind: ChannelKind = CHAT
) -> None:
    """It is silent now, and will be for some seconds more."""
    async with db.begin() as session:
        since = now - LONG if for_long else now
        session.add(ChannelPause(kind=kind, since=since, until=now + SECONDS, reason="down"))


async def a_boss(db: Database, now: datetime) -> Person:
    async with db.begin() as session:
        return await a_person(session, now, chat="9", mail="c@example.org", role=Role.COORDINATOR)


async def channels_to(db: Database, boss: Person) -> list[ChannelKind]:
    return [row.kind for row in await all_deliveries(db) if row.person_id == boss.id]


async def looks(db: Database, now: datetime, kind: ChannelKind = CHAT) -> None:
    """The lane of the silent channel looks, as it does all the time; once is enough."""
    for _ in range(2):
        async with db.begin() as session:
            await plan_pressing_elsewhere(session, kind, sealer=SEALER, now=now)


async def test_the_list_to_call_goes_by_mail_as_well_while_the_chat_is_silent(
    db: Database, now: datetime
) -> None:
    boss = await a_boss(db, now)
    async with db.begin() as session:
        await sent(session, [await a_person(session, now, chat="1")], now)
    await goes_silent(db, now + HOUR)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    assert await calls(db) == [("silent", "open")]
    await looks(db, now + HOUR)
    assert await channels_to(db, boss) == [CHAT, MAIL]


async def test_what_waits_for_a_silent_mail_server_goes_to_the_chat_as_well(
    db: Database, now: datetime
) -> None:
    boss = await a_boss(db, now)
    async with db.begin() as session:
        content = as_content("Kop", ["Regel"])
        await tell_coordinators(
            session, content, is_exercise=False, avoid=CHAT, is_urgent=True, now=now
        )
    await goes_silent(db, now, kind=MAIL)
    await looks(db, now, MAIL)
    assert await channels_to(db, boss) == [MAIL, CHAT]


async def test_who_has_nothing_else_is_told_where_it_is_silent(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        boss = await a_person(session, now, chat="9", role=Role.COORDINATOR)
        await tell_coordinators(session, as_content("Kop", ["."]), is_exercise=False, now=now)
    await goes_silent(db, now)
    await looks(db, now)
    assert await channels_to(db, boss) == [CHAT]


@pytest.mark.parametrize(
    ("kind", "severity", "for_long", "goes"),
    [
        (MessageKind.ALERT, 3, False, True),
        (MessageKind.APPROVAL, 3, True, True),
        (MessageKind.APPROVAL, 5, False, False),
        (MessageKind.NOTICE, URGENT_SEVERITY, True, True),
        (MessageKind.NOTICE, URGENT_SEVERITY, False, False),
        (MessageKind.NOTICE, 0, True, False),
        (MessageKind.BRIEFING, 5, True, False),
    ],
)
async def test_what_presses_and_waits_in_a_silent_chat_goes_by_mail_as_well(
    db: Database, now: datetime, kind: MessageKind, severity: int, for_long: bool, goes: bool
) -> None:
    boss = await a_boss(db, now)
    async with db.begin() as session:
        await tell_people(
            session, [boss], BOTH, kind=kind, severity=severity, is_exercise=False, now=now
        )
    assert await channels_to(db, boss) == [CHAT]
    await goes_silent(db, now, for_long=for_long)
    await looks(db, now)
    assert await channels_to(db, boss) == [CHAT, *[MAIL] * goes]


@pytest.mark.parametrize("is_urgent", [True, False])
async def test_a_calm_line_waits_for_its_channel(
    db: Database, now: datetime, is_urgent: bool
) -> None:
    boss = await a_boss(db, now)
    async with db.begin() as session:
        content = as_content("Kop", ["Regel"])
        await tell_coordinators(session, content, is_exercise=False, is_urgent=is_urgent, now=now)
    await goes_silent(db, now)
    await looks(db, now)
    assert await channels_to(db, boss) == [CHAT, *[MAIL] * is_urgent]


async def test_who_has_it_by_the_other_way_already_is_not_looked_at_again(
    db: Database, now: datetime
) -> None:
    """The lane looks twice a second, for as long as the channel is silent."""
    boss = await a_boss(db, now)
    async with db.begin() as session:
        for _ in range(5):
            await tell_people(
                session, [boss], BOTH, kind=MessageKind.ALERT, is_exercise=False, now=now
            )
    await goes_silent(db, now)
    await looks(db, now)
    with statements_of(db) as asked:
        await looks(db, now)
    assert len([one for one in asked if "fallback_of_id" in one]) == 2, "one a look"


async def test_a_notice_of_silence_counts_what_would_have_left_and_nothing_else(
    db: Database, now: datetime
) -> None:
    boss = await a_boss(db, now)
    async with db.begin() as session:
        for send_at in (None, None, now + HOUR):
            await tell_people(
                session, [boss], BOTH, kind=MessageKind.NOTICE, is_exercise=False,
                now=send_at or now,
            )  # fmt: skip
        [halted] = await tell_people(
            session, [boss], BOTH, kind=MessageKind.NOTICE, is_exercise=False, now=now
        )
        await halt_message(session, halted.message_id, who=SYSTEM, reason="x", now=now)
    async with db.read() as session:
        assert await count_held(session, CHAT, by=now) == 2
        assert await count_held(session, MAIL, by=now) == 0
