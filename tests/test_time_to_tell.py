"""A signal takes a minute: taps and letters of the shortest and the full way, by driving them.

pytest -s tests/test_time_to_tell.py     prints the table of docs/privacy.md
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from bot.chat import texts
from bot.chat.signal_draft import ASKED, OPTIONAL
from contacts.directory import Organisation
from contacts.records import Database
from signals.rows import Signal
from tests.console_world import World, a_world
from tests.partner_world import a_partner, an_event
from tests.time_to_tell import NOTE, Work, in_the_chat, on_the_page

DOCS = Path(__file__).parents[1] / "docs" / "privacy.md"
MINUTE = 60
SHORT_CHAT = ["Geruchten", "2 gespannen", "✔ Klarendal", "Klas", texts.SEND]
FULL_CHAT = [
    "Geruchten", "2 gespannen", texts.OTHER_DISTRICT, texts.NEXT, "Geitenkamp", "Klas",
    texts.TELL_MORE, "gisteren", "gebeurd", "een groep", "neemt toe", "politieoptreden",
    "gesprek gevoerd", "informatie", "antwoord graag", "alleen naar het", texts.SEND,
]  # fmt: skip
SHORT_PAGE = {"soort": "geruchten", "ernst": "2", "setting": "klas"}
FULL_PAGE = {
    **SHORT_PAGE, "waar_wijk": "WK020209", "wanneer": "gisteren", "eep": "gebeurd",
    "hoe_breed": "groep", "richting": "neemt_toe", "thema": "politieoptreden",
    "wat_gedaan": "gesprek_gevoerd", "wat_nodig": "informatie", "terugkoppeling": "nee",
    "delen": "geanonimiseerd_leden",
}  # fmt: skip


def said(way: str, work: Work) -> None:
    """The table in the docs says what the flow takes today."""
    row = f"| {way} | {work.row}"
    sys.stdout.write(f"\n{row}")
    assert row in DOCS.read_text(encoding="utf-8"), row


async def test_the_shortest_way_in_the_chat_is_within_a_minute_the_first_time(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    work = await in_the_chat(chat, await an_event(chat), SHORT_CHAT)
    assert len(await chat.all(Signal)) == 1
    assert work.first_time < MINUTE
    said("Telegram, kortste weg", work)


async def test_the_full_way_in_the_chat_answers_every_question(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    work = await in_the_chat(chat, await an_event(chat), FULL_CHAT, NOTE)
    [signal] = await chat.all(Signal)
    assert signal.note_sealed
    # One tap a question; and the button, the other wijk, telling more, the sentence, sending.
    assert work.taps <= len(ASKED) + len(OPTIONAL) + 7
    said("Telegram, alles ingevuld", work)


async def a_page(db: Database, now: datetime, world: World) -> None:
    """The organisation with a wijk, as most have: it is filled in already."""
    async with db.begin() as session:
        row = await session.get_one(Organisation, world.organisation_id)
        row.district = "WK020207"
        session.add(row)


async def test_the_shortest_way_on_the_page_is_within_a_minute_for_who_knows_it(
    db: Database, now: datetime
) -> None:
    async with a_world(db, now) as world:
        await a_page(db, now, world)
        work, answer = await on_the_page(world.web, world.page, SHORT_PAGE)
    assert answer.status_code == 303
    assert work.seconds < MINUTE
    said("Pagina, kortste weg", work)


async def test_the_full_way_on_the_page_answers_every_question(db: Database, now: datetime) -> None:
    async with a_world(db, now) as world:
        await a_page(db, now, world)
        work, answer = await on_the_page(world.web, world.page, FULL_PAGE, NOTE)
    assert answer.status_code == 303
    said("Pagina, alles ingevuld", work)
