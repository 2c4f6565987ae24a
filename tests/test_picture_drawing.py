"""Beeld as a picture in the chat: the counts of the page, drawn, uploaded once; words under it."""

from __future__ import annotations

import asyncio
import re
import struct
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import picture_drawing
from bot.chat.picture_flow import LONGEST_UNDER
from bot.clock import utc_now
from bot.config import Config
from bot.paper_making import paper_maker
from bot.picture_drawing import Plate, can_draw, counted, drawn, plate_of, svg_of
from bot.picture_drawing_texts import LEGEND, NOTES, OF_WEEK
from bot.simulator import Simulator
from bot.uploads import NoDocument, Uploads
from contacts.directory import Domain
from contacts.outbox import Content, Message, TelegramForm
from contacts.records import Database
from contacts.transport import Sent
from signals.rows import Setting, Signal, SignalKind, SignalStatus
from tests.partner_world import SEALER, Chat, a_partner
from tests.test_uploads import Desk

needs_library = pytest.mark.skipif(not can_draw(), reason="the extra for pictures is not here")


def a_signal(number: int, now: datetime, **values: Any) -> Signal:
    base: dict[str, Any] = {
        "organisation_id": number, "domain": Domain.EDUCATION, "district": "WK020209",
        "setting": Setting.CLASSROOM, "kinds": [SignalKind.RUMOUR.value], "severity": 2,
        "received_at": now, "answer_due_at": now + timedelta(days=5),
        "reply_handle": SEALER.seal("telegram:99"),
    }  # fmt: skip
    return Signal(**(base | values))


def svg(count: int, now: datetime, **values: Any) -> str:
    given = {"of_event": False, "is_exercise": False, "now": now} | values
    return svg_of(counted([a_signal(n, now) for n in range(1, count + 1)]), **given)


async def told(db: Database, count: int, now: datetime) -> None:
    async with db.begin() as session:
        session.add_all([a_signal(number, now) for number in range(1, count + 1)])


def forms(messages: list[Message]) -> list[TelegramForm]:
    # PostgreSQL names rows in the order in which they were written last.
    in_order = sorted(messages, key=lambda message: message.id or 0)
    found = (Content.from_json(message.content).telegram for message in in_order)
    return [form for form in found if form is not None]


def test_a_small_count_is_as_vague_in_the_picture_as_on_the_page(now: datetime) -> None:
    assert ">1-2</text>" in svg(2, now)
    assert svg(1, now) == svg(2, now)
    assert ">4</text>" in svg(4, now)


def test_the_picture_says_what_it_is_and_when_it_is_an_exercise(now: datetime) -> None:
    words = svg(3, now)
    assert all(line in words for line in (OF_WEEK, *LEGEND, *NOTES))
    assert "OEFENING" not in words
    assert "OEFENING" in svg(3, now, is_exercise=True)
    assert not re.search(r"<script|href|url\(", words)


def test_a_key_names_the_picture_and_other_counts_are_another_picture(now: datetime) -> None:
    plate = plate_of(svg(3, now), 7, is_exercise=True)
    assert Plate.named(plate.key) == plate
    assert plate_of(svg(4, now), 7, is_exercise=True) != plate
    with pytest.raises(ValueError, match="tekst"):
        Plate.named("tekst/1/echt/x")


@needs_library
def test_it_is_drawn_as_png_with_the_letters_of_the_pages(now: datetime) -> None:
    whole = drawn(svg(3, now))
    assert whole.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", whole[16:24])
    assert (width, height > 900) == (900, True)
    # What Telegram takes as a photo.
    assert width + height < 10_000
    assert len(whole) < 1_000_000
    wordless = drawn(re.sub(r"<text.*?</text>", "", svg(3, now)))
    assert len(whole) - len(wordless) > 20_000


@needs_library
async def test_beeld_goes_as_a_picture_with_its_words_under_it(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    await told(db, 3, now)
    await chat.command("/beeld")
    [form] = forms(await chat.all(Message))
    assert "geruchten (3)" in form.text
    assert len(form.text) <= LONGEST_UNDER
    assert form.document is not None
    document = await paper_maker(db, Config(), lambda: now)(form.document)
    assert (document.name, document.mime) == ("beeld.png", "image/png")
    async with db.begin() as session:
        session.add_all([a_signal(number, now) for number in (4, 5, 6)])
    # What was counted anew meanwhile does not stand above older words.
    with pytest.raises(NoDocument):
        await paper_maker(db, Config(), lambda: now)(form.document)


async def test_without_the_library_and_without_signals_there_are_the_words(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat: Chat = await a_partner(db, now)
    await chat.command("/beeld")
    await told(db, 3, now)
    monkeypatch.setattr(picture_drawing, "LIBRARY", "no_such_library_here")
    await chat.command("/beeld")
    found = forms(await chat.all(Message))
    assert [form.document for form in found] == [None, None]
    assert "geruchten (3)" in found[1].text
    with pytest.raises(NoDocument):
        drawn(svg(3, now))


@needs_library
async def test_day_and_quarter_come_as_a_picture_too(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    await told(db, 3, now)
    async with db.begin() as session:
        # Light and closed, some weeks ago: of this quarter, and of no day or week.
        session.add_all(
            a_signal(
                n,
                now - timedelta(days=30),
                status=SignalStatus.CLOSED,
                severity=1,
                kinds=[SignalKind.ANGER.value],
            )
            for n in range(11, 17)
        )
    await chat.command("/beeld")
    await chat.press("Dagbeeld")
    await chat.press("Kwartaalbeeld")
    await chat.command("/beeld dag")
    week, day, quarter, again = forms(await chat.all(Message))
    assert "boosheid" not in week.text + day.text
    assert "vandaag" in day.text
    assert "boosheid (6)" in quarter.text
    assert "geruchten (" not in quarter.text
    assert again.document == day.document
    assert len({week.document, day.document, quarter.document}) == 3
    for form in (week, day, quarter):
        document = await paper_maker(db, Config(), lambda: now)(form.document or "")
        assert document.content.startswith(b"\x89PNG")


@needs_library
async def test_ten_members_get_one_upload(db: Database) -> None:
    now = utc_now()
    await told(db, 3, now)
    key = plate_of(svg(3, now), None, is_exercise=False).key
    async with Simulator() as simulator:
        simulator.telegram.limits.per_s = simulator.telegram.limits.chat_burst = 0
        desk = Desk(db, simulator)
        desk.uploads = Uploads(db, "7000000001", paper_maker(db, Config(), utc_now), clock=utc_now)
        desk.transport = type(desk.transport)(desk.bot, utc_now, desk.uploads)
        outcomes = await asyncio.gather(*(desk.send(chat, key) for chat in range(1, 11)))
        assert all(isinstance(outcome, Sent) for outcome in outcomes)
        assert desk.uploaded == 1
        assert {tuple(desk.got(chat)) for chat in range(1, 11)} == {(("Stand", "beeld.png"),)}
        # A picture that cannot be made is no loss: its words come alone, and say nothing of it.
        desk.start_anew()
        desk.cannot = True
        await desk.send(11, "beeld/0/echt/0")
        assert desk.got(11) == [("Stand", None)]
        for request in desk.requests:
            await request.shutdown()
