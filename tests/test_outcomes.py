"""What each answer and each silence of the other side becomes in the rows, over HTTP and SMTP.

The table of docs/architecture.md, *the way out*: one claim per fault of the simulator.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlmodel import col, select
from telegram import Bot

from bot.clock import utc_now
from bot.simulator import Fault, Simulator
from bot.simulator.smtp_sink import SmtpFaultKind, SmtpSink
from bot.telegram_request import AiohttpRequest
from bot.telegram_transport import TelegramTransport
from contacts.directory import Channel, ChannelKind, Role
from contacts.outbox import ChannelPause, Delivery, DeliveryStatus, Message, MessageKind
from contacts.pump import Pump
from contacts.records import Database
from contacts.sealing import Sealer
from tests.mail_world import a_transport
from tests.outbox_world import CHAT, FAST, MAIL, a_briefing, a_person, notices, running, until

S = DeliveryStatus


class Outside:
    """Telegram and a mail server on loopback, and a pump that sends to both."""

    def __init__(self, db: Database, simulator: Simulator, sink: SmtpSink) -> None:
        self.db, self.telegram, self.sink = db, simulator.telegram, sink
        self.request = AiohttpRequest(read_timeout_s=0.4)
        bot = Bot(
            simulator.token, base_url=simulator.bot_url, request=self.request,
            get_updates_request=AiohttpRequest(),
        )  # fmt: skip
        self.pump = Pump(
            db, [TelegramTransport(bot, utc_now), a_transport(sink.port)], settings=FAST,
            sealer=Sealer(Sealer.new_key()), clock=utc_now, link_base="http://127.0.0.1",
            owner="test", notice_gap_s=0.0,
        )  # fmt: skip

    async def briefing(self, *, first: ChannelKind) -> None:
        """To two people: with whom it goes wrong, and another one; both have chat and mail."""
        async with self.db.begin() as session:
            self.telegram.world.add_chat(1, "coordinator").started = True
            await a_person(session, utc_now(), chat="1", role=Role.COORDINATOR)
            people = []
            for chat, mail in ((11, "a@school.example"), (12, "b@school.example")):
                self.telegram.world.add_chat(chat, "partner").started = True
                people.append(await a_person(session, utc_now(), chat=str(chat), mail=mail))
            if first is MAIL:
                for channel in (await session.exec(select(Channel))).all():
                    channel.rank = 0 if channel.kind is MAIL else 1
                await session.flush()
            await a_briefing(session, people, utc_now())

    def arrived(self, kind: ChannelKind) -> int:
        """How often the first person got it on this channel."""
        if kind is CHAT:
            return len(self.telegram.accepted(11))
        return len(self.sink.to("a@school.example"))


@pytest.fixture
async def outside(db: Database) -> AsyncIterator[Outside]:
    simulator, sink = Simulator(), SmtpSink()
    await simulator.start()
    await sink.start()
    world = Outside(db, simulator, sink)
    yield world
    await world.pump.close()
    await world.request.shutdown()
    await sink.stop()
    await simulator.stop()


@dataclass(frozen=True)
class Becomes:
    """Of the first person's delivery: where it stands, and what follows from it.

    ``other``: the delivery on the other channel, if one is planned. ``told``: a coordinator
    hears of it. ``arrives``: how often the other side took it on the first channel.
    """

    status: DeliveryStatus
    reason: str | None = None
    closed: bool = False
    other: DeliveryStatus | None = None
    halts: bool = False
    told: bool = False
    arrives: int = 0


SENT = Becomes(S.SENT, arrives=1)
GONE = Becomes(S.FAILED, closed=True, other=S.SENT, told=True)
UNSURE = Becomes(S.UNKNOWN, other=S.SENT, told=True)
AT_FAULT = Becomes(S.FAILED, halts=True, told=True)

TELEGRAM = {
    "429 waits and then goes": (Fault("too_many", seconds=1), SENT),
    "403 closes the chat, and mail goes": (Fault("forbidden"), replace(GONE, reason="blocked")),
    "chat not found closes the chat, and mail goes": (
        Fault("bad_request", text="chat not found"),
        replace(GONE, reason="chat_not_found"),
    ),
    "400 on the text halts it for everyone": (
        Fault("bad_request", text="can't parse entities: x"),
        replace(AT_FAULT, reason="cannot_parse"),
    ),
    "an unknown 400 is about this chat alone": (
        Fault("bad_request", text="TOPIC_CLOSED"),
        replace(GONE, reason="bad_request", closed=False),
    ),
    "a chat that moved is followed": (Fault("migrate", to=-1001), Becomes(S.SENT)),
    "500 is uncertain": (Fault("server_error"), replace(UNSURE, reason="network")),
    "502 is uncertain": (Fault("bad_gateway"), replace(UNSURE, reason="network")),
    "no answer is uncertain": (
        Fault("hang", seconds=1.5),
        replace(UNSURE, reason="read_timeout"),
    ),
    "no answer to what arrived is uncertain": (
        Fault("hang_after", seconds=1.5),
        replace(UNSURE, reason="read_timeout", arrives=1),
    ),
    "a line cut before is uncertain": (Fault("drop_before"), replace(UNSURE, reason="network")),
    "a line cut after is uncertain": (
        Fault("drop_after"),
        replace(UNSURE, reason="network", arrives=1),
    ),
}
FULL = {S.PLANNED, S.CLAIMED, S.SENDING}


@pytest.mark.parametrize("claim", TELEGRAM)
async def test_telegram(outside: Outside, claim: str) -> None:
    fault, becomes = TELEGRAM[claim]
    if fault.kind == "migrate":
        outside.telegram.world.add_chat(-1001, "group").started = True
    outside.telegram.faults.add(replace(fault, method="sendMessage", chat_id=11))
    await outside.briefing(first=CHAT)
    await holds(outside, CHAT, becomes)


MAILS: dict[str, tuple[SmtpFaultKind, Becomes]] = {
    "550 closes the address, and the chat is next": (
        "permanent", replace(GONE, reason="smtp_550"),
    ),
    "554 on the whole mail halts it for everyone": (
        "spam", replace(AT_FAULT, reason="smtp_554"),
    ),
    "a line cut before the mail was taken is uncertain": (
        "drop_before", Becomes(S.UNKNOWN, "dropped_after_data", told=True),
    ),
    "a line cut after the mail was taken is uncertain": (
        "drop_after", Becomes(S.UNKNOWN, "dropped_after_data", told=True, arrives=1),
    ),
    "a slow server only takes longer": ("slow", SENT),
}  # fmt: skip


@pytest.mark.parametrize("claim", MAILS)
async def test_mail(outside: Outside, claim: str) -> None:
    kind, becomes = MAILS[claim]
    outside.sink.fail("a@school.example", kind, seconds=0.1)
    await outside.briefing(first=MAIL)
    await holds(outside, MAIL, becomes)


@pytest.mark.parametrize("kind", ["temporary", "full"])
async def test_a_4xx_on_one_recipient_waits_and_counts_and_holds_up_nobody(
    outside: Outside, kind: SmtpFaultKind
) -> None:
    outside.sink.fail("a@school.example", kind)
    await outside.briefing(first=MAIL)
    async with running(outside.pump):
        rows = await until(
            outside.db, lambda found: found[0].attempts == 1 and found[1].status is S.SENT
        )
    assert rows[0].status is S.PLANNED
    assert rows[0].not_before > utc_now() + timedelta(seconds=5)
    async with outside.db.read() as session:
        assert (await session.exec(select(ChannelPause))).first() is None


async def test_a_421_pauses_the_channel_and_counts_no_attempt(outside: Outside) -> None:
    outside.sink.fail("a@school.example", "busy")
    await outside.briefing(first=MAIL)

    async def pause() -> ChannelPause | None:
        async with outside.db.read() as session:
            return (await session.exec(select(ChannelPause))).first()

    async with running(outside.pump):
        rows = await until(outside.db, lambda found: found[0].reason == "busy")
        assert (await pause()) is not None
    assert (rows[0].status, rows[0].attempts) == (S.PLANNED, 0)


async def test_a_refused_connection_pauses_the_channel_and_counts_no_attempt(
    outside: Outside,
) -> None:
    await outside.sink.stop()
    await outside.briefing(first=MAIL)
    async with running(outside.pump):
        rows = await until(outside.db, lambda found: found[0].reason == "not_reachable")
    assert (rows[0].status, rows[0].attempts) == (S.PLANNED, 0)


async def holds(outside: Outside, first: ChannelKind, becomes: Becomes) -> None:
    """Run until everything is settled, then look at the rows and at the other side."""

    def settled(found: list[Delivery]) -> bool:
        told = len(found) > 2 + (becomes.other is not None) or not becomes.told
        return found[0].status not in FULL and told and (
            becomes.halts or all(row.status not in FULL for row in found)
        )  # fmt: skip

    async with running(outside.pump):
        rows = await until(outside.db, settled)
    one = rows[0]
    assert (one.status, one.reason) == (becomes.status, becomes.reason)
    others = [row for row in rows if row.fallback_of_id == one.id]
    assert [row.status for row in others] == ([becomes.other] if becomes.other else [])
    async with outside.db.read() as session:
        channels = await session.exec(
            select(Channel.status).where(
                col(Channel.person_id) == one.person_id, col(Channel.kind) == first
            )
        )
        assert (channels.one() == "closed") is becomes.closed
        message = await session.exec(
            select(Message.status).where(col(Message.kind) == MessageKind.BRIEFING)
        )
        assert (message.one() == "halted") is becomes.halts
    assert bool(await notices(outside.db)) is becomes.told
    assert outside.arrived(first) == becomes.arrives
