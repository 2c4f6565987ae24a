"""A file goes to Telegram once, and everybody gets it once, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select
from telegram import Bot
from telegram.error import TelegramError

from bot.clock import utc_now
from bot.simulator import Fault, Simulator
from bot.telegram_request import AiohttpRequest
from bot.telegram_transport import TelegramTransport
from bot.upload_rows import UploadedFile
from bot.uploads import Document, NoDocument, Uploads, forget_uploads
from contacts.outbox import Content, DeliveryAct, TelegramForm
from contacts.records import Database
from contacts.transport import Later, Outcome, Outgoing, Refused, Sent, Unknown, when_leaving

KEY = "tekst/1/1/docent_po/0/0/open/nl"


class Desk:
    """A simulated Telegram with chats, and the transport of one process."""

    def __init__(self, db: Database, simulator: Simulator) -> None:
        self.db, self.simulator = db, simulator
        self.made: list[str] = []
        self.cannot = False
        self.fails: Exception | None = None
        self.requests = [AiohttpRequest(read_timeout_s=1.0), AiohttpRequest()]
        self.bot = Bot(
            simulator.token, base_url=simulator.bot_url, request=self.requests[0],
            get_updates_request=self.requests[1],
        )  # fmt: skip
        self.start_anew()

    def start_anew(self, bot: str = "7000000001") -> None:
        """As after a restart: nothing is in memory."""
        self.uploads = Uploads(self.db, bot, self.make, clock=utc_now)
        self.transport = TelegramTransport(self.bot, utc_now, self.uploads)

    async def make(self, key: str) -> Document:
        self.made.append(key)
        await asyncio.sleep(0.05)
        if self.cannot:
            raise NoDocument("test")
        if self.fails is not None:
            raise self.fails
        return Document("informatie.pdf", b"%PDF-1.7 " + b"x" * 500, "application/pdf")

    async def send(self, chat: int, key: str = KEY) -> Outcome:
        self.simulator.telegram.world.add_chat(chat, f"lid {chat}").started = True
        form = TelegramForm(text="<b>Stand</b>", document=key)
        return await self.transport.send(
            Outgoing(
                delivery_id=chat, original_id=chat, address=str(chat), act=DeliveryAct.SEND,
                content=Content(telegram=form), edits_external_id=None, is_repeat=False,
                is_exercise=False,
            )
        )  # fmt: skip

    def got(self, chat: int) -> list[tuple[str, str | None]]:
        """The words and the file's name of every message in this chat."""
        messages = self.simulator.telegram.world.chats[chat].from_bot()
        return [(m.text, m.document["file_name"] if m.document else None) for m in messages]

    @property
    def uploaded(self) -> int:
        return len(self.simulator.telegram.world.files)


@pytest.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    async with Simulator() as simulator:
        simulator.telegram.limits.per_s = simulator.telegram.limits.chat_burst = 0
        desk = Desk(db, simulator)
        yield desk
        for request in desk.requests:
            await request.shutdown()


async def test_a_file_is_made_and_uploaded_once_and_the_others_wait_for_it(desk: Desk) -> None:
    outcomes = await asyncio.gather(*(desk.send(chat) for chat in range(1, 11)))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert (desk.made, desk.uploaded) == ([KEY], 1)
    for chat in range(1, 11):
        assert desk.got(chat) == [("Stand", "informatie.pdf")]


async def test_a_file_leaves_once_and_the_other_side_has_heard_nothing_before(desk: Desk) -> None:
    left: list[int] = []
    when_leaving(lambda: left.append(len(desk.simulator.telegram.calls)))
    assert isinstance(await desk.send(1), Sent)
    assert left == [len(desk.simulator.telegram.calls) - 1]
    assert desk.got(1) == [("Stand", "informatie.pdf")]


async def test_after_a_restart_it_goes_by_its_number(desk: Desk) -> None:
    await desk.send(1)
    desk.start_anew()
    assert isinstance(await desk.send(2), Sent)
    assert (len(desk.made), desk.uploaded) == (1, 1)


async def test_another_file_and_another_bot_have_uploads_of_their_own(desk: Desk) -> None:
    await desk.send(1)
    await desk.send(2, KEY.replace("docent_po", "ouders"))
    desk.start_anew(bot="7000000002")
    await desk.send(3)
    assert desk.uploaded == 3


async def test_a_number_that_telegram_forgot_costs_one_upload_and_no_message(desk: Desk) -> None:
    await desk.send(1)
    desk.simulator.telegram.world.files.clear()
    outcomes = await asyncio.gather(*(desk.send(chat) for chat in range(2, 6)))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert desk.uploaded == 1
    assert all(len(desk.got(chat)) == 1 for chat in range(1, 6))
    async with desk.db.read() as session:
        assert len((await session.exec(select(UploadedFile))).all()) == 1


async def test_a_kill_between_upload_and_noting_costs_one_more_upload_and_no_message(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = asyncio.Event()

    async def killed_here(_key: str, _number: str) -> None:
        arrived.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(desk.uploads, "_note", killed_here)
    sending = asyncio.create_task(desk.send(1))
    await arrived.wait()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    desk.start_anew()
    assert isinstance(await desk.send(2), Sent)
    assert isinstance(await desk.send(3), Sent)
    assert desk.uploaded == 2
    assert [len(desk.got(chat)) for chat in (1, 2, 3)] == [1, 1, 1]


async def test_a_number_that_cannot_be_noted_is_no_reason_to_say_that_it_did_not_arrive(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError("disk full")

    monkeypatch.setattr(desk.db, "begin", full)
    assert isinstance(await desk.send(1), Sent)
    assert len(desk.got(1)) == 1


@pytest.mark.parametrize("fault", ["drop_after", "hang"])
async def test_silence_at_an_upload_is_uncertain_and_the_next_one_uploads(
    desk: Desk, fault: str
) -> None:
    desk.simulator.telegram.faults.add(Fault(fault, "sendDocument", times=1))
    assert isinstance(await desk.send(1), Unknown)
    assert isinstance(await desk.send(2), Sent)
    assert len(desk.got(2)) == 1


async def test_who_blocked_the_bot_is_refused_and_the_file_stays_known(desk: Desk) -> None:
    await desk.send(1)
    desk.simulator.telegram.world.add_chat(2, "weg").blocked = True
    outcome = await desk.send(2)
    assert isinstance(outcome, Refused)
    assert outcome.closes_channel
    assert isinstance(await desk.send(3), Sent)
    assert desk.uploaded == 1


async def test_a_file_that_cannot_be_made_leaves_the_words_and_says_so(desk: Desk) -> None:
    desk.cannot = True
    assert isinstance(await desk.send(1), Sent)
    ((words, name),) = desk.got(1)
    assert words.startswith("Stand")
    assert "kon nu niet worden gemaakt" in words
    assert name is None


async def test_a_store_that_is_busy_while_the_file_is_made_is_asked_again(desk: Desk) -> None:
    desk.fails = OperationalError("select", {}, Exception("database is locked"))
    outcome = await desk.send(1)
    assert isinstance(outcome, Later)
    assert not outcome.whole_channel
    assert desk.got(1) == []
    desk.fails = None
    assert isinstance(await desk.send(1), Sent)
    assert desk.got(1) == [("Stand", "informatie.pdf")]


async def test_a_store_that_is_busy_before_the_number_is_known_is_asked_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> None:
        raise OperationalError("select", {}, Exception("database is locked"))

    with monkeypatch.context() as patched:
        patched.setattr(desk.db, "read", busy)
        assert isinstance(await desk.send(1), Later)
    assert isinstance(await desk.send(1), Sent)
    assert len(desk.got(1)) == 1


async def test_a_fault_of_the_maker_leaves_the_words_and_says_so(desk: Desk) -> None:
    desk.fails = IndexError("in the library")
    assert isinstance(await desk.send(1), Sent)
    ((words, name),) = desk.got(1)
    assert "kon nu niet worden gemaakt" in words
    assert name is None


async def test_numbers_of_old_files_are_forgotten(desk: Desk, now: datetime) -> None:
    await desk.send(1)
    async with desk.db.begin() as session:
        assert await forget_uploads(session, now=utc_now() + timedelta(days=29)) == 0
        assert await forget_uploads(session, now=utc_now() + timedelta(days=31)) == 1
    assert isinstance(await desk.send(2), Sent)
    assert desk.uploaded == 2


async def test_a_form_keeps_its_file_in_the_store() -> None:
    form = TelegramForm(text="x", document=KEY)
    assert Content.from_json(Content(telegram=form).to_json()).telegram == form


def test_the_errors_of_files_are_errors_of_telegram() -> None:
    assert not issubclass(NoDocument, TelegramError)
