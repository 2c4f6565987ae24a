"""The page *Telefoons*: everybody's chat side by side, for who plays the evening alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from sqlmodel import col, select

from bot.clock import utc_now
from bot.config import Config
from bot.console.app import build_app
from bot.demo import phone_texts as texts
from bot.demo.checklist import Progress, read_progress
from bot.demo.evenings import begin_evening, further_stories, next_story, publish_background
from bot.demo.phone_stream import Stream
from bot.demo.phone_view import TOAST_S, Toasts, bubbles_of, pinned_of, print_of
from bot.demo.phones import phone_routes
from bot.demo.stage import (
    FIRST_CHAT,
    PHONES,
    Stage,
    exercise_config,
    load_scenario,
    scenario_sources,
    seat_everyone,
)
from bot.house import House
from bot.simulator import Simulator, User
from bot.simulator.telegram_html import parse_html
from bot.simulator.world import Json
from briefings.rows import Briefing, BriefingKind, Fact, FactKind
from contacts.directory import ChannelKind, Domain
from contacts.outbox import (
    Acknowledgement,
    AcknowledgementKind,
    Content,
    Delivery,
    Message,
    MessageKind,
)
from contacts.records import Database
from contacts.sealing import Sealer
from feeds.grouping import Doc, Grouper
from feeds.intake import hint_of
from feeds.lexicon import load_lexicon, stop_words
from feeds.relevance import score_item
from feeds.rows import Event, EventStatus, Origin, Trust
from signals.rows import OutcomeCode, Setting, Signal

OURS = {"Sec-Fetch-Site": "same-origin"}
BY_SCRIPT = {**OURS, "X-Telefoons": "1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
COORDINATOR = FIRST_CHAT


@dataclass
class Table:
    """The phones on a table, and a browser to look at them; no bot is running."""

    stage: Stage
    web: httpx.AsyncClient
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def coordinator(self) -> User:
        return self.stage.coordinator

    def bot_says(self, user: User, html: str, buttons: list[list[Json]] | None = None) -> int:
        world = self.stage.simulator.telegram.world
        sent = world.bot_sends(user.chat, parse_html(html), buttons or [], 1_772_556_120.0)
        return sent.message_id

    async def chat(self, chat_id: int = COORDINATOR) -> str:
        answer = await self.web.get(f"/telefoons/{chat_id}/berichten")
        assert answer.status_code == 200
        return answer.text

    async def post(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        given = OURS if headers is None else headers
        return await self.web.post(f"/telefoons{path}", data=fields, headers={**FORM, **given})


@asynccontextmanager
async def a_table(db: Database, now: datetime, **asked: Any) -> AsyncIterator[Table]:
    simulator, scenario = Simulator(), load_scenario()
    scenario_sources(simulator, scenario)
    stop = asyncio.Event()
    house = cast(House, SimpleNamespace(db=db, clock=lambda: now, stop_event=stop))
    stage = Stage(simulator, scenario)
    stage.house = house
    routes = phone_routes(stage)
    app = build_app(db, Config(), Sealer(Sealer.new_key()), lambda: now, phones=routes)
    for number, name in enumerate(PHONES):
        stage.users[name] = simulator.user(FIRST_CHAT + number, name)
    client = asked.pop("client", ("127.0.0.1", 50_000))
    transport = httpx.ASGITransport(app=app, client=client)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8420", **asked
    ) as web:
        yield Table(stage, web, stop)


@pytest.fixture
async def table(db: Database, now: datetime) -> AsyncIterator[Table]:
    async with a_table(db, now) as laid:
        yield laid


def updates(table: Table) -> list[Json]:
    return table.stage.simulator.telegram.world.updates


# -- looking


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


# -- doing


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


# -- live


async def test_the_stream_names_the_chat_that_changed(table: Table, db: Database) -> None:
    def prints() -> dict[int, str]:
        return {user.chat_id: print_of(user.chat, "") for user in table.stage.users.values()}

    async def progress() -> Progress:
        async with db.read() as session:
            return await read_progress(session)

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


# -- the steps


def _event(now: datetime, **given: Any) -> Event:
    return Event(
        title="Verzonnen", type="E01", origin=Origin.FEED, detected_at=now,
        **{"alerted_at": now, "is_exercise": True, **given},
    )  # fmt: skip


def ticked(progress: Progress) -> list[int]:
    return [step.number for step in progress.steps if step.is_done]


async def test_without_an_evening_the_first_step_is_now(db: Database) -> None:
    async with db.read() as session:
        progress = await read_progress(session)
    assert ticked(progress) == []
    assert [step.number for step in progress.steps if step.is_now] == [1]
    assert (progress.has_begun, progress.is_over) == (False, False)


async def test_dismissed_and_real_events_are_no_evening(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        session.add(_event(now, status=EventStatus.DISMISSED))
        session.add_all([_event(now, is_exercise=False), _event(now, alerted_at=None)])
    async with db.read() as session:
        assert not (await read_progress(session)).has_begun


async def test_each_step_is_ticked_by_what_happened(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        event = _event(now, confirmed_at=now, status=EventStatus.CONFIRMED)
        session.add(event)
        await session.flush()
        assert event.id is not None
        session.add(Fact(event_id=event.id, kind=FactKind.UNKNOWN, text="motief", created_at=now))
        event_id = event.id
    expected = [1, 2]
    for rows in (
        [Fact(event_id=event_id, kind=FactKind.CONFIRMED, text="x", created_at=now, created_by=1)],
        [_briefing(event_id, now, submitted_at=now)],
        [_briefing(event_id, now, version=2, approved_at=now)],
        await _acknowledged(db, event_id, now),
        [_signal(event_id, now)],
        [_signal(event_id, now, outcome_code=OutcomeCode.F)],
    ):
        async with db.read() as session:
            progress = await read_progress(session)
        assert ticked(progress) == expected
        assert [step.number for step in progress.steps if step.is_now] == [len(expected) + 1]
        async with db.begin() as session:
            session.add_all(rows)
        expected.append(len(expected) + 1)
    async with db.begin() as session:
        (await session.get_one(Event, event_id)).closed_at = now
    async with db.read() as session:
        progress = await read_progress(session)
    assert (len(ticked(progress)), progress.is_over) == (9, True)


async def test_a_new_evening_starts_the_list_again(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        session.add(_event(now, closed_at=now, confirmed_at=now, status=EventStatus.CLOSED))
    async with db.begin() as session:
        session.add(_event(now + timedelta(hours=1)))
    async with db.read() as session:
        assert ticked(await read_progress(session)) == [1]


def _briefing(event_id: int, now: datetime, **given: Any) -> Briefing:
    return Briefing(
        **{"version": 1, **given},
        event_id=event_id, kind=BriefingKind.FIRST, facts_version=1, edited_at=now, created_at=now,
        is_exercise=True,
    )  # fmt: skip


def _signal(event_id: int, now: datetime, **given: Any) -> Signal:
    return Signal(
        event_id=event_id, organisation_id=1, domain=Domain.EDUCATION, received_at=now,
        district="stad", setting=Setting.CLASSROOM, kinds=["geruchten"], severity=2,
        answer_due_at=now, is_exercise=True, **given,
    )  # fmt: skip


async def _acknowledged(db: Database, event_id: int, now: datetime) -> list[Any]:
    async with db.begin() as session:
        message = Message(
            kind=MessageKind.BRIEFING, content=Content().to_json(), created_at=now, send_at=now
        )
        session.add(message)
        await session.flush()
        assert message.id is not None
        delivery = Delivery(
            message_id=message.id, kind=ChannelKind.TELEGRAM, address="1", not_before=now,
            planned_at=now,
        )  # fmt: skip
        session.add(delivery)
        await session.flush()
        assert delivery.id is not None
        kind = AcknowledgementKind.READ
        return [Acknowledgement(delivery_id=delivery.id, event_id=event_id, kind=kind, at=now)]


# -- a new evening


def test_every_story_rings_and_belongs_to_no_other(now: datetime) -> None:
    lexicon, grouper = load_lexicon(), Grouper(timedelta(hours=72), stop_words())
    trust = {one["key"]: Trust(one["trust"]) for one in load_scenario()["outlets"]}
    homes = []
    for story in (load_scenario(), *further_stories()):
        groups = set()
        for item in (story["first"], *story["more"]):
            found = score_item(
                item["title"], item["lead"], trust=trust[item["outlet"]], lexicon=lexicon
            )
            assert found.severity >= 3, item["title"]
            local = found.place.proximity.is_local
            hint = hint_of(found.severity, found.type, found.place.name, local=local)
            doc = Doc(item["title"], item["lead"], now, found.severity, hint)
            groups.add(id(grouper.add(doc)[0]))
        assert len(groups) == 1, story["first"]["title"]
        homes += groups
    assert len(set(homes)) == len(homes)


def test_stories_come_in_turn_until_they_are_told(now: datetime) -> None:
    simulator, scenario = Simulator(), load_scenario()
    scenario_sources(simulator, scenario)
    begun = [begin_evening(simulator.feeds, scenario, now=now) for _ in range(7)]
    assert begun == [True] * (1 + len(further_stories())) + [False]
    keys = [item.key for outlet in simulator.feeds.outlets.values() for item in outlet.items]
    assert len(set(keys)) == len(keys)


async def test_the_page_says_when_all_stories_are_told(table: Table, now: datetime) -> None:
    while begin_evening(table.stage.simulator.feeds, table.stage.scenario, now=now):
        pass
    answer = await table.web.get("/telefoons/lijst")
    assert "/telefoons/begin" not in answer.text
    assert (await table.post("/begin")).status_code == 303


@pytest.mark.slow
async def test_the_second_evening_rings_too_and_stopping_is_quick(tmp_path: Path) -> None:
    simulator, scenario = Simulator(), load_scenario()
    simulator.telegram.limits.chat_burst = 0
    await simulator.start()
    config = exercise_config(simulator, tmp_path, scenario_sources(simulator, scenario))
    publish_background(simulator.feeds, scenario, now=utc_now())
    # The house is built with the routes, so the stage gets it afterwards.
    stage = Stage(simulator, scenario)
    stage.house = House(config, phones=phone_routes(stage))
    try:
        await stage.house.start()
        await seat_everyone(stage)
        async with httpx.AsyncClient(base_url=stage.house.web.address) as web:
            await _two_evenings(stage, web)
            async with web.stream("GET", "/telefoons/stroom") as stream:
                lines = stream.aiter_lines()
                assert await anext(lines) == "retry: 2000"
                await asyncio.wait_for(stage.house.stop(), 5)
                assert [line async for line in lines if line.startswith("!")] == []
    finally:
        await stage.house.stop()
        await simulator.stop()


async def _two_evenings(stage: Stage, web: httpx.AsyncClient) -> None:
    """The first is confirmed; the second must not join it."""
    for story in (stage.scenario, further_stories()[0]):
        mark = stage.coordinator.last_id
        assert (await web.post("/telefoons/begin", headers=BY_SCRIPT)).status_code == 204
        await stage.coordinator.see(story["first"]["title"][:30], after=mark, timeout_s=20)
        await stage.coordinator.press("Bevestig", after=mark)
        await stage.coordinator.press("Alles akkoord", after=mark)
        await stage.coordinator.see("Volgende update", after=mark)
    async with stage.house.db.read() as session:
        rang = await session.exec(select(Event.id).where(col(Event.alerted_at).is_not(None)))
        assert len(rang.all()) == 2
        assert ticked(await read_progress(session)) == [1, 2]
