"""What people read to do when a channel is away: the same, wherever it is said."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat.texts import TELEGRAM_TROUBLE
from bot.config import Config
from bot.console.away import stands_of, what_is_away
from bot.console.health import read_beats
from bot.console.needs import away
from bot.evening.doubts import doubts_of
from bot.rows import Heartbeat
from bot.run import about_telegram
from bot.run_texts import TELEGRAM_WORKS
from bot.settings import MailSettings, TickSettings
from contacts.away_texts import RESTART, WAIT, advice, what_to_do
from contacts.directory import ChannelKind, Role
from contacts.outbox import ChannelPause, Delivery, DeliveryStatus, Message
from contacts.pause_notices import tell_pause_over, tell_pauses
from contacts.records import Database
from contacts.verdicts import Untold
from tests.outbox_world import Scripted, a_person, a_pump, all_deliveries


@pytest.mark.parametrize(
    ("reason", "begin"),
    [
        ("not_reachable", "U hoeft niets te doen."),
        ("wrong_token", "Bel de beheerder: die controleert het token"),
    ],
)
async def test_the_message_and_vandaag_give_the_same_advice(
    db: Database, now: datetime, reason: str, begin: str
) -> None:
    async with db.begin() as session:
        await a_person(session, now, mail="c@example.org", role=Role.COORDINATOR)
        since, until = now - timedelta(minutes=5), now + timedelta(minutes=5)
        session.add(
            ChannelPause(kind=ChannelKind.TELEGRAM, reason=reason, since=since, until=until)
        )
        await session.flush()
        assert await tell_pauses(session, sends_by=set(ChannelKind), now=now) == (1, 0)
        [need] = await away(session, TickSettings(), now=now)
        [message] = (await session.exec(select(Message))).all()
    assert what_to_do(reason).startswith(begin)
    assert need.detail.endswith(what_to_do(reason))
    assert advice(reason, ChannelKind.TELEGRAM, ChannelKind) in str(message.content)


async def test_reading_that_waits_for_telegram_is_no_part_to_restart(
    db: Database, now: datetime
) -> None:
    since = now - timedelta(minutes=9)
    async with db.begin() as session:
        session.add(Heartbeat(name="poller", at=since, trouble="unreachable"))
        session.add(Heartbeat(name="pump_telegram", at=now))
        session.add(Heartbeat(name="feeds", at=now - timedelta(hours=1)))
        await session.flush()
        found = await what_is_away(session, TickSettings(), now=now)
        assert [(one.what, one.advice) for one in found] == [
            ("Het lezen van nieuws staat stil", RESTART), ("Telegram reageert niet", WAIT),
        ]  # fmt: skip
        # Sending is silent as well: that is one thing, with one advice.
        until = now + timedelta(minutes=5)
        session.add(
            ChannelPause(
                kind=ChannelKind.TELEGRAM, reason="not_reachable", since=since, until=until
            )
        )
        await session.flush()
        found = await what_is_away(session, TickSettings(), now=now)
        assert [(one.what, one.advice) for one in found] == [
            ("Telegram reageert niet", WAIT), ("Het lezen van nieuws staat stil", RESTART),
        ]  # fmt: skip
        beats = await read_beats(session, TickSettings(), now=now)
        stands = await stands_of(session, beats, now=now)
        assert [(one.part, one.said, one.at) for one in stands] == [
            ("Het lezen van nieuws", "staat stil sinds", now - timedelta(hours=1)),
            ("Het lezen van Telegram", "wacht: Telegram reageert niet, sinds", since),
            ("Het versturen via Telegram", "wacht: geen verbinding, sinds", since),
        ]  # fmt: skip


async def test_what_needs_a_person_is_said_beside_a_pause_and_a_pause_of_seconds_is_not(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        session.add(Heartbeat(name="poller", at=now - timedelta(minutes=9), trouble="conflict"))
        since, until = now - timedelta(seconds=3), now + timedelta(seconds=4)
        pause = ChannelPause(
            kind=ChannelKind.TELEGRAM, reason="too_many_requests", since=since, until=until
        )
        session.add(pause)
        await session.flush()
        found = await what_is_away(session, TickSettings(), now=now)
        assert [one.what for one in found] == ["Een ander programma leest dezelfde bot mee"]
        pause.since, pause.reason = now - timedelta(minutes=9), "not_reachable"
        await session.flush()
        found = await what_is_away(session, TickSettings(), now=now)
        assert [one.what for one in found] == [
            "Telegram reageert niet", "Een ander programma leest dezelfde bot mee",
        ]  # fmt: skip


async def test_reading_that_hangs_stands_still_and_waits_for_nothing(
    db: Database, now: datetime
) -> None:
    since = now - timedelta(minutes=9)
    async with db.begin() as session:
        session.add(Heartbeat(name="poller", at=since, trouble="hangs"))
        await session.flush()
        beats = await read_beats(session, TickSettings(), now=now)
        [one] = await stands_of(session, beats, now=now)
        assert (one.part, one.said) == ("Het lezen van Telegram", "staat stil sinds")
        [said] = await what_is_away(session, TickSettings(), now=now)
        assert said.advice == RESTART


async def test_that_a_channel_was_away_is_not_sent_again_once_it_works(
    db: Database, now: datetime
) -> None:
    since, until = now - timedelta(minutes=5), now + timedelta(minutes=5)
    pause = ChannelPause(kind=ChannelKind.TELEGRAM, reason="busy", since=since, until=until)
    async with db.begin() as session:
        for chat in ("1", "2", "3"):
            await a_person(session, now, chat=chat, role=Role.COORDINATOR)
        session.add(pause)
        await session.flush()
        await tell_pauses(session, sends_by=set(ChannelKind), now=now)
        rows = (await session.exec(select(Delivery).order_by(col(Delivery.id)))).all()
        rows[0].status, rows[1].status = DeliveryStatus.UNKNOWN, DeliveryStatus.SENT
        rows[0].untold = Untold.UNKNOWN
        await session.flush()
        assert len(await doubts_of(session, is_exercise=False)) == 1
        await tell_pause_over(session, pause, now=now)
        assert await doubts_of(session, is_exercise=False) == []
    assert [row.status.value for row in await all_deliveries(db)] == [
        "failed", "sent", "cancelled", "planned", "planned", "planned",
    ]  # fmt: skip


def test_whatever_is_wrong_with_telegram_has_one_advice_that_fits() -> None:
    assert what_to_do("hangs") == RESTART
    assert what_to_do("unreachable") == what_to_do("not_reachable") == WAIT
    assert what_to_do("token") == what_to_do("wrong_token")
    for trouble, said in TELEGRAM_TROUBLE.items():
        assert said.endswith("."), "what is wrong, without an advice of its own"
        assert "Herstart" not in said
        assert advice(trouble, "telegram", ChannelKind).startswith(
            "E-mail gaat door. Niemand krijgt iets dubbel."
        )
    assert advice("busy", "email", ChannelKind).startswith("Telegram gaat door.")


async def test_a_channel_that_is_not_set_up_is_not_said_to_go_on(
    db: Database, now: datetime
) -> None:
    since, until = now - timedelta(minutes=5), now + timedelta(minutes=5)
    async with db.begin() as session:
        await a_person(session, now, mail="c@example.org", role=Role.COORDINATOR)
        session.add(ChannelPause(kind=ChannelKind.EMAIL, reason="busy", since=since, until=until))
    assert await a_pump(db, Scripted(ChannelKind.EMAIL)).tidy(now=now) == 1
    async with db.read() as session:
        [message] = (await session.exec(select(Message))).all()
    assert "gaat door" not in str(message.content)
    assert "Niemand krijgt iets dubbel." in str(message.content)
    assert "gaat door" not in advice("token", "telegram", [ChannelKind.TELEGRAM])


def test_a_start_without_telegram_says_that_mail_goes_on_only_where_it_is_set_up() -> None:
    with_mail = Config(mail=MailSettings(host="mail.example"))
    assert about_telegram("unreachable", with_mail).endswith(
        "blijft het proberen. E-mail gaat door."
    )
    assert about_telegram("unreachable", Config()).endswith("blijft het proberen.")
    assert about_telegram(None, Config()) == TELEGRAM_WORKS
