"""Is this answer of use: asked by mail, counted once by a press, and of nobody."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.console.inbox import usefulness
from bot.tidying import forget_what_is_over
from contacts.directory import Tally
from contacts.journal import SYSTEM
from contacts.outbox import Content, Delivery, DeliveryStatus, Message, MessageKind
from contacts.preparing import Case, Known, Linking, prepare
from contacts.records import Database
from contacts.transport import Outgoing
from signals.feedback import close_signal
from signals.rows import (
    AnswerLink,
    OutcomeCode,
    Signal,
)
from signals.settings import SignalSettings
from tests.asking_practice import WORDS, ask
from tests.console_world import SAME_SITE, World, a_world, contents
from tests.partner_world import SEALER, Chat, a_partner


@pytest.fixture
async def school(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def answered_by_mail(world: World) -> str:
    """The path in the mail with the answer."""
    signal = await ask(world)
    async with world.db.begin() as session:
        assert signal.id is not None
        await close_signal(
            session, signal.id, OutcomeCode.A, "Wij komen langs.", who=SYSTEM,
            sealer=world.sealer, now=world.now,
        )  # fmt: skip
        found = await session.exec(select(Message).where(col(Message.kind) == MessageKind.FEEDBACK))
        content = found.one().content
    mail = Content.from_json(content).email
    assert mail is not None
    text = world.sealer.unseal(mail.text)
    assert "Is dit antwoord nuttig?" in text
    link = re.search(r"%%BASE%%(/nuttig/[\w-]+)", text)
    assert link is not None
    assert link[1] not in str(content), "the link stands sealed in the outbox"
    return link[1]


async def judged(world: World) -> dict[str, int]:
    async with world.db.read() as session:
        rows = (await session.exec(select(Tally))).all()
    return {row.name: row.count for row in rows if row.name.endswith(("useful:A", "notuseful:A"))}


async def test_the_page_of_an_exercise_says_so_before_and_after_the_press(world: World) -> None:
    path = await answered_by_mail(world)
    assert "OEFENING." not in (await world.web.get(path)).text
    async with world.db.begin() as session:
        (await session.exec(select(AnswerLink))).one().is_exercise = True
    assert "OEFENING." in (await world.web.get(path)).text
    pressed = await world.web.post(path, data={"oordeel": "ja"}, headers=SAME_SITE)
    assert "OEFENING." in pressed.text
    assert await judged(world) == {"exercise:useful:A": 1}
    assert "of het nuttig was" not in (await world.desk.get("/signalen")).text
    async with world.db.read() as session:
        assert await usefulness(session, is_exercise=True) == (1, 1)
        assert await usefulness(session, is_exercise=False) == (0, 0)


async def test_a_look_counts_nothing_and_one_press_counts_once(world: World) -> None:
    path = await answered_by_mail(world)
    before = await contents(world.db)
    page = await world.web.get(path)
    assert page.status_code == 200
    assert "<script" not in page.text
    assert await contents(world.db) == before
    first = await world.web.post(path, data={"oordeel": "ja"}, headers=SAME_SITE)
    assert first.status_code == 200
    assert await judged(world) == {"useful:A": 1}
    again = await world.web.post(path, data={"oordeel": "nee"}, headers=SAME_SITE)
    assert again.status_code == 410
    assert (await world.web.get(path)).status_code == 410
    assert await judged(world) == {"useful:A": 1}
    async with world.db.read() as session:
        assert (await session.exec(select(AnswerLink))).all() == []
    assert (
        "Van één antwoord zei de melder of het nuttig was: ja."
        in (await world.desk.get("/signalen")).text
    )


async def test_the_mail_that_leaves_leads_to_the_page(world: World) -> None:
    path = await answered_by_mail(world)
    async with world.db.begin() as session:
        found = await session.exec(
            select(Delivery, Message)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Message.kind) == MessageKind.FEEDBACK)
        )
        delivery, message = found.one()
        case = Case(delivery, message, None, "docent@school.example", None, Known(False, None))
        linking = Linking("https://schakel.example/", 30)
        [marked] = await prepare(session, [case], linking, sealer=world.sealer, now=world.now)
    assert isinstance(marked.work, Outgoing)
    mail = marked.work.content.email
    assert mail is not None
    assert f"https://schakel.example{path}" in mail.text
    assert f'href="https://schakel.example{path}"' in mail.html
    assert "%%" not in mail.text + mail.html


async def test_the_link_says_neither_who_nor_when(world: World) -> None:
    path = await answered_by_mail(world)
    async with world.db.read() as session:
        [link] = (await session.exec(select(AnswerLink))).all()
    names = set(AnswerLink.metadata.tables["answer_link"].columns.keys())
    assert names == {"token_hash", "code", "last_day", "is_exercise"}
    assert path.rpartition("/")[2] not in link.token_hash


async def test_other_sites_old_links_and_made_up_ones_count_nothing(world: World) -> None:
    path = await answered_by_mail(world)
    for where, fields, headers, status in (
        (path, {"oordeel": "ja"}, {"Sec-Fetch-Site": "cross-site"}, 403),
        (path, {"oordeel": "misschien"}, SAME_SITE, 400),
        (f"/nuttig/{'x' * 22}", {"oordeel": "ja"}, SAME_SITE, 410),
    ):
        answer = await world.web.post(where, data=fields, headers=headers)
        assert answer.status_code == status
    async with world.db.begin() as session:
        late = world.now + timedelta(days=61)
        await forget_what_is_over(session, SignalSettings(), now=late)
        assert (await session.exec(select(AnswerLink))).all() == []
    assert (
        await world.web.post(path, data={"oordeel": "ja"}, headers=SAME_SITE)
    ).status_code == 410
    assert await judged(world) == {}


async def test_an_answer_to_a_chat_keeps_its_buttons_and_makes_no_link(school: Chat) -> None:
    await school.command("/vraag")
    await school.write(WORDS)
    await school.press("Versturen")
    [signal] = await school.all(Signal)
    async with school.db.begin() as session:
        closed = await close_signal(
            session, signal.id, OutcomeCode.F, "Er staat een les klaar.", who=SYSTEM,
            sealer=SEALER, now=school.now,
        )  # fmt: skip
        assert isinstance(closed, list)
        [delivery] = closed
        assert delivery.status is DeliveryStatus.PLANNED
    assert await school.all(AnswerLink) == []
