"""The page with everybody's telephone: what it shows and what it passes on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.demo import phone_texts as texts
from bot.demo.checklist import Progress, read_progress
from bot.demo.evenings import next_story
from bot.demo.phone_stream import Stream
from bot.demo.phone_view import TOAST_S, Toasts, bubbles_of, pinned_of, print_of
from bot.demo.stage import (
    FIRST_CHAT,
    PHONES,
)
from bot.simulator.telegram_html import parse_html
from bot.simulator.world import Json
from contacts.records import Database
from tests.phones_world import BY_SCRIPT, COORDINATOR, Table, _event, a_table


@pytest.fixture
async def table(db: Database, now: datetime) -> AsyncIterator[Table]:
    async with a_table(db, now) as laid:
        yield laid


def updates(table: Table) -> list[Json]:
    return table.stage.simulator.telegram.world.updates


async def test_the_page_shows_four_phones_and_the_steps(table: Table) -> None:
    page = (await table.web.get("/telefoons")).text
    for name in texts.FIRST_SHOWN:
        assert f">{name}</h2>" in page
    assert ">Schoolleider</h2>" not in page
    assert 'aria-current="step"' in page
    assert page.count('name="toon"') == len(PHONES)


async def test_the_chosen_phones_come_in_their_order(table: Table) -> None:
    query = [("toon", "Wijkagent"), ("toon", "Goedkeurder"), ("toon", "niemand")]
    page = (await table.web.get("/telefoons", params=query)).text
    assert page.index(">Wijkagent</h2>") < page.index(">Goedkeurder</h2>")
    assert ">Docent VO</h2>" not in page
    assert "/zeg?toon=Wijkagent&amp;toon=Goedkeurder" in page


async def test_the_page_brings_no_script_or_style_of_its_own(table: Table) -> None:
    table.bot_says(table.coordinator, "Dag", [[{"text": "Ja", "callback_data": "ja"}]])
    page = (await table.web.get("/telefoons")).text
    assert "<style" not in page
    assert " style=" not in page
    assert not re.search(r"<[^>]+ on\w+=", page)
    assert page.count("<script") == page.count('<script src="/static/')


async def test_only_coordinators_get_quick_commands(table: Table) -> None:
    query = [("toon", "Coördinator"), ("toon", "Docent VO")]
    page = (await table.web.get("/telefoons", params=query)).text
    assert page.count('value="/signalen"') == 1


async def test_a_chat_shows_who_said_what(table: Table) -> None:
    table.bot_says(table.coordinator, "<b>Melding</b>\nTweede regel")
    await table.coordinator.say("<script>kwaad</script>")
    html = await table.chat()
    assert html.index("bel-bot") < html.index("bel-eigen")
    assert "<b>Melding</b>\nTweede regel" in html
    assert "<script>" not in html
    assert "&lt;script&gt;kwaad" in html


async def test_buttons_are_buttons_and_addresses_are_links(table: Table) -> None:
    rows: list[list[Json]] = [
        [{"text": "Bevestig", "callback_data": 'ok:1"'}],
        [
            {"text": "Open", "url": "https://stad.example/o"},
            {"text": "Raar", "url": "javascript:x"},
        ],
    ]
    table.bot_says(table.coordinator, '<a href="https://krant.example/1">bericht</a>', rows)
    html = await table.chat()
    assert '<button class="toets" name="data" value="ok:1&#34;">Bevestig</button>' in html
    assert 'href="https://stad.example/o" target="_blank" rel="noopener"' in html
    assert '<a target="_blank" rel="noopener" href="https://krant.example/1">' in html
    assert "javascript:" not in html


async def test_deleted_messages_are_gone_and_pinned_ones_on_top(table: Table) -> None:
    chat = table.coordinator.chat
    table.bot_says(table.coordinator, "eerst")
    pinned = chat.message(table.bot_says(table.coordinator, "OEFENING\n<b>De kaart</b> van nu"))
    gone = chat.message(table.bot_says(table.coordinator, "foutje"))
    assert pinned
    assert gone
    pinned.pinned, gone.deleted = True, True
    html = await table.chat()
    assert "foutje" not in html
    assert html.index("De kaart van nu") < html.index("eerst")
    assert (found := pinned_of(chat)) is not None
    assert found.line == "De kaart van nu"


async def test_edited_messages_replies_and_files_say_so(table: Table) -> None:
    world, chat = table.stage.simulator.telegram.world, table.coordinator.chat
    first = chat.message(table.bot_says(table.coordinator, "vraag"))
    assert first
    answer = world.bot_sends(
        chat, parse_html("antwoord"), [], 1.0, reply_to=first.message_id,
        document={"file_name": "bellijst.pdf"},
    )  # fmt: skip
    world.bot_edits(answer, parse_html("beter"), [], 2.0)
    shown = bubbles_of(chat)[-1]
    assert (shown.answers, shown.is_edited) == ("vraag", True)
    assert "bellijst.pdf" in shown.document
    assert "bijgewerkt" in await table.chat()


async def test_what_an_invitation_carries_is_not_shown(table: Table) -> None:
    await table.coordinator.start("geheimgeheimgeheim")
    assert "geheim" not in await table.chat()


async def test_the_answer_to_a_tap_is_shown_for_a_while(table: Table) -> None:
    toasts, chat = Toasts(), table.coordinator.chat
    chat.toasts.append("van vroeger")
    assert toasts.current(chat, 0.0) == ""
    chat.toasts.append("Bewaard.")
    assert toasts.current(chat, 1.0) == "Bewaard."
    assert print_of(chat, "Bewaard.") != print_of(chat, "")
    assert toasts.current(chat, 1.0 + TOAST_S) == ""


async def test_tapping_a_button_reaches_the_bot(table: Table) -> None:
    number = table.bot_says(table.coordinator, "?", [[{"text": "Ja", "callback_data": "ok:1~a"}]])
    answer = await table.post(f"/{COORDINATOR}/tik", BY_SCRIPT, message=number, data="ok:1~a")
    assert (answer.status_code, answer.text) == (204, "")
    assert updates(table)[-1]["callback_query"]["data"] == "ok:1~a"
    assert updates(table)[-1]["callback_query"]["from"]["id"] == COORDINATOR


async def test_a_typed_line_reaches_the_bot_as_it_is(table: Table) -> None:
    await table.post(f"/{COORDINATOR}/zeg", BY_SCRIPT, text="De politie & wij: 100 %")
    assert updates(table)[-1]["message"]["text"] == "De politie & wij: 100 %"


async def test_without_a_script_the_page_comes_back_at_that_phone(table: Table) -> None:
    world = table.stage.simulator.telegram.world

    async def bot_answers() -> None:
        while not world.updates:
            await table.stage.simulator.telegram.desk.wait(1)
        table.bot_says(table.coordinator, "antwoord")
        await table.stage.simulator.telegram.notify()

    answering = asyncio.create_task(bot_answers())
    path = f"/{COORDINATOR}/zeg?toon=Co%C3%B6rdinator"
    answer = await table.post(path, text="hallo")
    await answering
    assert answer.status_code == 303
    place = answer.headers["location"]
    assert place == f"/telefoons?toon=Co%C3%B6rdinator#telefoon-{COORDINATOR}"


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/4101/zeg", {"text": "a" * 4097}, 413),
        ("/4101/zeg", {"text": "   "}, 204),
        ("/9999/zeg", {"text": "a"}, 404),
        ("/4101/tik", {"message": "1", "data": "x"}, 404),
        ("/4101/tik", {"message": "geen", "data": "x"}, 404),
        ("/4101/tik", {}, 404),
        ("/99999999999999999999/zeg", {"text": "a"}, 404),
    ],
)
async def test_odd_forms_reach_nobody(
    table: Table, path: str, fields: dict[str, str], status: int
) -> None:
    assert (await table.post(path, BY_SCRIPT, **fields)).status_code == status
    assert updates(table) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "X-Telefoons": "1"},
        {"Origin": "https://elders.example"},
        {"Origin": "null"},
        {},
    ],
)
async def test_another_site_taps_nothing(table: Table, headers: dict[str, str]) -> None:
    for path in (f"/{COORDINATOR}/zeg", f"/{COORDINATOR}/tik", "/begin"):
        assert (await table.post(path, headers, text="hallo")).status_code == 403
    assert updates(table) == []
    assert next_story(table.stage.simulator.feeds, table.stage.scenario) == table.stage.scenario


async def test_nobody_elsewhere_sees_a_phone(db: Database, now: datetime) -> None:
    async with a_table(db, now, client=("192.0.2.7", 1)) as far:
        for path in ("", "/lijst", "/stroom", f"/{COORDINATOR}/berichten"):
            assert (await far.web.get(f"/telefoons{path}")).status_code == 403
        assert (await far.post("/begin")).status_code == 403


async def test_the_stream_names_the_chat_that_changed(table: Table, db: Database) -> None:
    def prints() -> dict[int, str]:
        return {user.chat_id: print_of(user.chat, "") for user in table.stage.users.values()}

    async def progress() -> Progress:
        async with db.read() as session:
            return await read_progress(session, now=datetime(2026, 3, 3, tzinfo=UTC))

    stop = asyncio.Event()
    events = Stream(prints, progress, stop).events()
    assert await anext(events) == "retry: 2000\n\n"
    table.bot_says(table.stage.approver, "nieuw")
    assert await anext(events) == f"id: 1\nevent: chat\ndata: {FIRST_CHAT + 1}\n\n"
    async with db.begin() as session:
        session.add(_event(datetime(2026, 3, 3, tzinfo=UTC)))
    assert await anext(events) == "id: 2\nevent: lijst\ndata: 1\n\n"
    stop.set()
    assert [event async for event in events] == []


async def test_the_stream_ends_when_the_house_stops(table: Table) -> None:
    table.stop.set()
    answer = await table.web.get("/telefoons/stroom")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text == "retry: 2000\n\n"
