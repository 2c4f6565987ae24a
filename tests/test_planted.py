"""Generated names, numbers and accounts go in at every public door; afterwards they are nowhere.

Not in the database file, its log, the journal, the program's logs, nor the report of a crash.
"""

from __future__ import annotations

import asyncio
import io
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel, select

from bot.config import Config
from bot.console.app import build_app
from bot.database import open_database
from bot.handling import handle_update
from bot.inbox import next_updates, store_updates
from bot.mail_reading import handle
from bot.mail_sorting import sort_mail
from bot.mail_words import words_of
from bot.reducing import reduce_update
from bot.run import quiet_logging
from bot.verp import Verp
from contacts.directory import Channel, ChannelKind, Person
from contacts.tally import total
from signals import telling
from signals.person_filter import screen
from signals.rows import Signal
from tests.console_world import FORM, SAME_SITE, World, a_world, tell

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
CHAT = 4711
CLEAN = "Er gaat een gerucht rond en de groep is onrustig."


@dataclass(frozen=True, slots=True)
class Planted:
    """What somebody writes, and the part of it that may be found nowhere."""

    text: str
    secret: str


def eleven(digits: str) -> str | None:
    """These eight digits as a BSN, or None when no ninth makes one."""
    last = (
        sum(int(digit) * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True)) % 11
    )
    return None if last == 10 or digits[0] == "0" else f"{digits}{last}"


def iban(account: str) -> str:
    rest = int("".join(str(int(sign, 36)) for sign in f"INGB{account}NL00")) % 97
    return f"NL{98 - rest:02d}INGB{account}"


def numbers(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


FIRST = ("Achmed", "Fatima", "Şevval", "Berivan", "Youssef", "Lotte", "Sander", "Oğuzhan", "Rojda",
         "Wim", "Hêvîn", "Chayenne", "Ruben", "Meryem", "Jelle")  # fmt: skip
LAST = ("Yıldırım", "el Khattabi", "Bakkerstra", "van der Velde", "Tahapary", "Matulessy", "Demir",
        "de Groot", "Haddouchi", "Öztürk", "Kuiperij")  # fmt: skip
CARRIERS = (
    "Volgens {} komt er vrijdag ruzie.",
    "Gisteren heeft {} de groep opgehitst.",
    "ik hoorde van {} dat het misgaat",
    "Bel {} maar, die weet meer.",
    "Het gaat om {}, zegt iedereen.",
)
names = st.tuples(st.sampled_from(FIRST), st.sampled_from(LAST)).map(" ".join)
handles = st.text("abcdefghkmnprstvz", min_size=6, max_size=12).map("@{}_026".format)
values = st.one_of(
    names,
    handles,
    numbers(8).map("06{}".format),
    numbers(8).map(lambda d: f"06-{d[:4]} {d[4:]}"),
    numbers(8).map(eleven).filter(bool).map(str),
    numbers(10).map(iban),
    st.text("abcdefghkmnprstvz", min_size=5, max_size=9).map("{}@voorbeeld.example".format),
    st.tuples(st.sampled_from(("Hommelseweg", "Johan de Wittlaan")), st.integers(100, 399)).map(
        lambda part: f"{part[0]} {part[1]}"
    ),
    st.tuples(st.text("BDFGHJKL", min_size=2, max_size=2), numbers(3)).map(
        lambda part: f"{part[0]}-{part[1]}-Z"
    ),
    st.tuples(st.integers(1, 28), st.integers(1, 12), st.integers(2001, 2015)).map(
        lambda day: f"geboren op {day[0]}-{day[1]}-{day[2]}"
    ),
)
planted = st.builds(
    lambda value, carrier: Planted(carrier.format(value), value), values, st.sampled_from(CARRIERS)
)


@settings(max_examples=10)
@given(st.lists(planted, min_size=4, max_size=8, unique_by=lambda one: one.secret))
@example([Planted("ik hoorde van Meryem Öztürk dat het misgaat", "Meryem Öztürk")])
def test_what_is_about_a_person_is_nowhere_after_any_door(told: list[Planted]) -> None:
    asyncio.run(_through_all_doors(told))


async def _through_all_doors(told: list[Planted]) -> None:
    with tempfile.TemporaryDirectory() as folder, everything_logged() as log:
        db = open_database(f"sqlite+aiosqlite:///{folder}/schakel.sqlite3")
        async with db.engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all)
        async with a_world(db, NOW) as world:
            await a_chat(world)
            for number, one in enumerate(told):
                assert screen(one.text).blocked, one
                await by_telegram(world, one, number)
                await by_page(world, one)
                await by_mail(world, one, number)
            # Not because nothing was kept at all: what is about a group is.
            assert (await tell(world, toelichting=CLEAN)).status_code == 303
            async with db.read() as session:
                # One from the page, and one mail each of which only the quote is about somebody.
                assert len((await session.exec(select(Signal))).all()) == 1 + len(told)
                assert await total(session, "referral", is_exercise=False) >= 2 * len(told)
            raw = b"".join(file.read_bytes() for file in Path(folder).iterdir())
        await db.close()
        raw += b"".join(file.read_bytes() for file in Path(folder).iterdir())
    written = log.getvalue()
    assert "A page crashed on purpose" in written
    for one in told:
        for form in forms(one.secret):
            assert form.encode() not in raw, form
            assert form not in written, form


def forms(secret: str) -> set[str]:
    """As written, and as JSON writes it."""
    escaped = secret.encode("unicode_escape").decode()
    last = secret.rsplit(maxsplit=1)[-1]
    return {secret, escaped, *({last} if last.istitle() and len(last) > 4 else ())}


async def a_chat(world: World) -> None:
    async with world.db.begin() as session:
        person = (await session.exec(select(Person).where(Person.name == "Docent"))).one()
        session.add(
            Channel(
                person_id=person.id, kind=ChannelKind.TELEGRAM, address=str(CHAT), created_at=NOW
            )
        )


async def by_telegram(world: World, one: Planted, number: int) -> None:
    """As a message, in a forward, under a picture, as a file, as a card, edited, as a command."""
    text, secret = one.text, one.secret
    shapes: list[dict[str, Any]] = [
        {"text": text},
        {"text": text, "forward_date": 1},
        {"photo": [{"file_id": "x"}], "caption": text},
        {"document": {"file_id": "x", "file_name": f"{secret}.pdf"}},
        {"contact": {"first_name": secret, "phone_number": secret}},
        {"text": f"/signaal {text}"},
        {"text": f"https://voorbeeld.example/{secret.replace(' ', '-')}"},
    ]
    updates = [
        {"update_id": 1000 * number + place, "message": message(place, shape)}
        for place, shape in enumerate(shapes)
    ]
    updates.append({"update_id": 1000 * number + 99, "edited_message": message(99, {"text": text})})
    reduced = [reduce_update(raw, partial(screen, allow=())) for raw in updates]
    await store_updates(world.db, reduced, world.sealer, now=NOW)
    for ident in await next_updates(world.db):
        await handle_update(world.db, ident, Config(), world.sealer, now=NOW)


def message(number: int, content: dict[str, Any]) -> dict[str, Any]:
    chat = {"id": CHAT, "type": "private", "first_name": "Docent"}
    return {"message_id": number, "chat": chat, "from": {"id": CHAT}, **content}


async def by_mail(world: World, one: Planted, number: int) -> None:
    """In the words, the subject and the name of a file; and where it is quoted or signed."""
    verp = Verp("antwoord@stad.example", world.sealer.derive("verp"))
    file = (
        f"--x\nContent-Type: text/plain; charset=utf-8\n\n{CLEAN}\n--x\nContent-Type: image/png\n"
        f'Content-Disposition: attachment; filename="{one.secret}.png"\n\nx\n--x--'
    )
    said_by = (
        "Op 3 mrt 2026, om 21:03 heeft Gemeente <antwoord@stad.example> het volgende geschreven:"
    )
    bodies = [
        ("Re: Informatie", "text/plain", one.text),
        (one.text, "text/plain", CLEAN),
        ("Re: Informatie", "multipart/mixed; boundary=x", file),
        (
            "Re: Informatie",
            "text/plain",
            f"{CLEAN}\n\nGroeten\n{one.secret}\n\n{said_by}\n> {one.text}",
        ),
    ]
    for place, (subject, kind, body) in enumerate(bodies):
        raw = message_from_bytes(
            f"From: <docent@school.example>\nTo: {verp.address(world.delivery_id)}\n"
            f"Subject: {subject}\nMessage-ID: <{number}.{place}@school.example>\n"
            f"Content-Type: {kind}; charset=utf-8\n\n{body}".encode()
        )
        async with world.db.begin() as session:
            assert await handle(
                session, sort_mail(raw, verp), sealer=world.sealer, now=NOW, words=words_of(raw)
            )


async def by_page(world: World, one: Planted) -> None:
    """In the note, in fields that offer no text, as an address, in the address bar; and a crash."""
    assert (await tell(world, toelichting=one.text)).status_code == 422
    for field in ("waar_wijk", "setting", "thema", "bestand"):
        await tell(world, **{field: one.secret, "toelichting": one.text})
    word = {"wat": "praktijkvraag", "tekst": one.text}
    assert (
        await world.web.post(f"{world.page}/vertel", headers=SAME_SITE, data=word)
    ).status_code == 422
    await world.web.post("/gegevens", data={"e-mail": one.secret}, headers=SAME_SITE)
    await world.web.get(world.page, params={"tekst": one.text})
    await world.web.get(f"/{one.secret.strip('@ ')}")
    with crashing_filter():
        answer = await tell(world, toelichting=one.text)
        assert answer.status_code == 500
        assert one.secret not in answer.text
        await _as_the_server_reports_it(world, one)


async def _as_the_server_reports_it(world: World, one: Planted) -> None:
    """The crash again, with the line that the web server writes about it."""
    app = build_app(world.db, Config(), world.sealer, lambda: NOW)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8420") as web:
        try:
            form = {**FORM, "toelichting": one.text}
            await web.post(f"{world.page}/signaal", headers=SAME_SITE, data=form)
        except RuntimeError as error:
            server = logging.getLogger("uvicorn.error")
            server.error("Exception in ASGI application\n", exc_info=error)


@contextmanager
def crashing_filter() -> Iterator[None]:
    """Our own fault at the worst moment: with the text in hand."""

    def explode(text: str, allow: object) -> None:
        raise RuntimeError("A page crashed on purpose")

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(telling, "screen", explode)
        yield


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """All that the program says in its most talkative setting, with the tracebacks."""
    quiet_logging(logging.DEBUG)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
