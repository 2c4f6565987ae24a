"""The working pages: everything that waits, in order, escaped, in small numbers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.config import Config
from bot.console.calling_texts import NEED
from bot.console.event_view import count_by
from bot.console.health import judge_beat, report
from bot.console.lists import place_views, set_views
from bot.console.needs import counted
from bot.console.texts import NEED_LINES_DETAIL
from bot.demo.stage import exercise_lines
from bot.rows import Heartbeat
from bot.settings import TickSettings
from briefings.facts import open_facts
from briefings.library import library
from briefings.rows import BriefingStatus
from contacts.calling import CallItem, CallReason
from contacts.directory import Audience, Domain, Person, Role
from contacts.journal import SYSTEM, JournalEntry, Who, write_journal
from contacts.outbox import (
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.permissions import ALLOWED, Permission
from contacts.records import Database
from contacts.sealing import Sealer
from feeds.rows import Event, Origin
from signals.rows import Setting, Signal
from signals.settings import SignalSettings
from tests.console_world import (
    World,
    a_colleague,
    a_version,
    a_world,
    an_item,
    client_of,
    signed_in,
    tell,
)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def test_feed_titles_and_reasons_are_escaped(world: World) -> None:
    await an_item(world)
    for path in ("/", f"/gebeurtenis/{world.event_id}"):
        page = (await world.desk.get(path)).text
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
    assert "&lt;i&gt;" in page
    assert "Omroep &lt;Oost&gt;" in page
    assert "javascript:" not in page
    assert 'href="https://omroep.example/1"' in page


async def test_the_event_page_shows_seven_texts_without_anybodys_link(world: World) -> None:
    async with world.db.begin() as session:
        event, city = await session.get_one(Event, world.event_id), Config().briefings
        await open_facts(session, event, city, editor_id=None, now=world.now)
    page = (await world.desk.get(f"/gebeurtenis/{world.event_id}/teksten")).text
    assert page.count('id="tekst-') == len(Audience)
    assert "%%" not in page
    assert world.token not in page


async def test_small_numbers_of_organisations_stay_vague(world: World) -> None:
    await tell(world)
    page = (await world.desk.get(f"/gebeurtenis/{world.event_id}")).text
    assert "Van 1-2 organisaties." in page
    assert "Voorbeeldcollege" not in page
    assert "Veel vragen in de groep" not in page


def test_one_organisation_counts_once_however_often_it_tells() -> None:
    pairs = [("angst", 1)] * 12 + [("boosheid", n) for n in range(3)]
    assert count_by(pairs) == [("boosheid", "3"), ("angst", "1-2")]


async def much_waits(world: World) -> None:
    """Something of every kind that *Vandaag* can show."""
    await an_item(world)
    async with world.db.begin() as session:
        session.add(
            Event(
                title="Melding",
                type="algemeen",
                origin=Origin.FEED,
                detected_at=world.now,
                alerted_at=world.now,
                suggested_severity=3,
            )
        )
        await a_version(session, world.event_id, 2, world.now, BriefingStatus.SUBMITTED)
        (await session.get_one(Delivery, world.delivery_id)).status = DeliveryStatus.UNKNOWN
        session.add(
            Message(
                kind=MessageKind.UPDATE,
                status=MessageStatus.HALTED,
                event_id=world.event_id,
                content={},
                created_at=world.now,
                send_at=world.now,
            )
        )
        session.add(
            Signal(
                event_id=world.event_id,
                organisation_id=1,
                domain=Domain.EDUCATION,
                received_at=world.now,
                district="stad",
                setting=Setting.CLASSROOM,
                kinds=["steun"],
                severity=1,
                answer_due_at=world.now - timedelta(days=1),
            )
        )
        session.add(Heartbeat(name="feeds", at=world.now - timedelta(hours=1)))


async def test_a_text_that_was_stopped_before_its_moment_is_one_line_with_that_moment(
    world: World,
) -> None:
    async with world.db.begin() as session:
        for _ in range(7):
            session.add(
                Message(
                    kind=MessageKind.BRIEFING, status=MessageStatus.HALTED,
                    event_id=world.event_id, briefing_id=1, content={}, created_at=world.now,
                    send_at=world.now + timedelta(hours=9),
                )
            )  # fmt: skip
    page = (await world.desk.get("/")).text
    assert page.count('taak-wat">Gestopt: ') == 1
    assert "klaar voor" in page


async def test_vandaag_names_everything_that_waits(world: World) -> None:
    await much_waits(world)
    page = (await world.desk.get("/")).text
    waiting = (
        "Melding wacht op een besluit", "Gestopt: update", "wachten op goedkeuring",
        "1 onzeker bericht", "1 signaal zonder antwoord", "Het lezen van nieuws staat stil",
        "Bron geeft geen nieuws",
    )  # fmt: skip
    places = [page.index(line) for line in waiting]
    assert places == sorted(places)


@pytest.mark.parametrize("role", sorted(ALLOWED[Permission.USE_CONSOLE]))
async def test_everything_on_vandaag_opens_for_who_sees_it(world: World, role: Role) -> None:
    await much_waits(world)
    async with world.db.begin() as session:
        person_id = await a_colleague(session, "Collega", (role,), world.now)
        cookies = await signed_in(session, person_id, world.now)
    async with client_of(world.db, world.sealer, world.now, cookies=cookies) as desk:
        page = (await desk.get("/")).text
        links = set(re.findall(r'<a [^>]*href="(/[^"#]*)"', page))
        assert links
        for link in links:
            answer = await desk.get(link)
            assert answer.status_code == 200, link
            for tab in re.findall(r'<li><a href="(/gebeurtenis/[^"#]*)"', answer.text):
                assert (await desk.get(tab)).status_code not in (401, 403, 404), tab


async def test_an_empty_list_says_what_is_normal(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        staff_id = await a_colleague(session, "Coördinator", (Role.COORDINATOR,), now)
        cookies = await signed_in(session, staff_id, now)
    checked = Config(briefings=exercise_lines())
    async with client_of(
        db, Sealer(Sealer.new_key()), now, config=checked, cookies=cookies
    ) as desk:
        page = (await desk.get("/")).text
    assert "Niets te doen." in page
    assert "Er loopt geen gebeurtenis." in page
    async with client_of(db, Sealer(Sealer.new_key()), now, cookies=cookies) as desk:
        fresh = (await desk.get("/")).text
    assert "Niets te doen." not in fresh
    assert NEED_LINES_DETAIL in fresh.lower()


async def test_a_snoozed_alert_waits_until_its_hour(world: World) -> None:
    async with world.db.begin() as session:
        session.add(
            Event(
                title="Melding",
                type="algemeen",
                origin=Origin.FEED,
                detected_at=world.now,
                alerted_at=world.now,
                snoozed_until=world.now + timedelta(hours=1),
            )
        )
    assert "wacht op een besluit" not in (await world.desk.get("/")).text


async def test_the_journal_shows_codes_in_dutch_and_unknown_ones_as_they_are(world: World) -> None:
    async with world.db.begin() as session:
        write_journal(
            session,
            who=SYSTEM,
            action="event_confirmed",
            subject="event:1",
            now=world.now,
            detail={"from": "detected", "to": "confirmed", "ids": [4, 5, 6]},
        )
        session.add(JournalEntry(at=world.now, actor="person:3", action="zomaar", subject="x:1"))
    page = (await world.desk.get("/journaal")).text
    for words in (
        "gebeurtenis bevestigd", "gebeurtenis 1", "gemeld → bevestigd, aantal: 3", "persoon 3",
        "zomaar",
    ):  # fmt: skip
        assert words in page


async def test_the_journal_is_cut_at_200_lines(world: World) -> None:
    async with world.db.begin() as session:
        for number in range(230):
            write_journal(session, who=SYSTEM, action="x", subject=f"event:{number}", now=world.now)
    page = (await world.desk.get("/journaal")).text
    assert page.count("<tr ") == 201
    assert "gebeurtenis 229" in page


async def test_the_journal_names_colleagues_and_can_be_asked_about_one(world: World) -> None:
    async with world.db.begin() as session:
        staff = Who("person", world.staff_id)
        member = Who("person", 4)
        for who, action, subject in (
            (staff, "event_confirmed", "event:1"), (staff, "fact_added", "fact:12"),
            (member, "signal_told", "signal:1"), (SYSTEM, "event_closed", "event:12"),
        ):  # fmt: skip
            write_journal(session, who=who, action=action, subject=subject, now=world.now)
        session.add(JournalEntry(at=world.now, actor="person:x", action="a", subject="event"))
        name = (await session.get_one(Person, world.staff_id)).name

    async def rows(query: str) -> list[str]:
        page = (await world.desk.get(f"/journaal?{query}")).text
        return re.findall(r"<tr [^>]*><td.*?</tr>", page, re.DOTALL)

    assert any(f"{name} (" in row for row in await rows(f"wie=person:{world.staff_id}"))
    assert len(await rows(f"wie=person:{world.staff_id}&waarover=fact")) == 1
    assert all("persoon 4" in row for row in await rows("wat=signal_told"))
    assert len(await rows("waarover=event")) == 3
    assert len(await rows("waarover=event&nummer=1")) == 1
    assert await rows("waarover=zomaar&na=x") == []


async def test_decisions_of_people_are_not_hidden_by_what_the_machine_does(world: World) -> None:
    async with world.db.begin() as session:
        write_journal(
            session, who=SYSTEM, action="event_confirmed", subject="event:1", now=world.now
        )
        for number in range(230):
            write_journal(
                session, who=SYSTEM, action="deliveries_sent", subject=f"delivery:{number}",
                now=world.now,
            )  # fmt: skip
    decided = ">gebeurtenis bevestigd</td>"
    assert decided in (await world.desk.get("/journaal")).text
    everything = (await world.desk.get("/journaal?alles=ja")).text
    assert decided not in everything
    assert "Ouder" in everything


@pytest.mark.parametrize("number", ["999", "9" * 30, "0"])
async def test_an_event_that_is_not_there_is_a_404(world: World, number: str) -> None:
    assert (await world.desk.get(f"/gebeurtenis/{number}")).status_code == 404


async def test_health_is_503_until_everything_beats(world: World) -> None:
    assert (await world.web.get("/gezond")).status_code == 503
    async with world.db.begin() as session:
        session.add(Heartbeat(name="feeds", at=world.now - timedelta(seconds=5)))
    good = await world.web.get("/gezond")
    assert (good.status_code, good.json()["beats"]) == (
        200, [{"name": "feeds", "age_s": 5, "late": False}],
    )  # fmt: skip
    async with world.db.begin() as session:
        session.add(Heartbeat(name="alerts", at=world.now - timedelta(minutes=10)))
    assert (await world.web.get("/gezond")).status_code == 503


def test_a_part_is_late_at_its_own_pace(now: datetime) -> None:
    ticks = TickSettings()
    hour_ago = now - timedelta(hours=1)
    assert judge_beat("feeds", hour_ago, ticks, now=now).is_late
    assert judge_beat("poller", hour_ago, ticks, now=now).is_late
    assert not judge_beat("tidy", hour_ago, ticks, now=now).is_late
    assert report([])["ok"] is False


async def test_lists_say_what_is_still_to_be_checked_and_who_keeps_a_set(world: World) -> None:
    page = (await world.desk.get("/beheer/lijsten")).text
    assert "Coördinator (vanavond)" in page
    assert "<strong>te controleren</strong>" in page or "te controleren: er staat niets in" in page
    for name in library().sets():
        assert library().set_meta(name).name in page
    assert "Wijken" in page


async def test_lists_show_which_names_the_person_filter_lets_through(world: World) -> None:
    assert "Er staat nog niets op deze lijst." in (await world.desk.get("/beheer/lijsten")).text
    config = Config(signals=SignalSettings(allow=["Zonnebloem <School>"]))
    cookies = dict(world.desk.cookies)
    async with client_of(world.db, world.sealer, world.now, config=config, cookies=cookies) as desk:
        assert "<li>Zonnebloem &lt;School&gt;</li>" in (await desk.get("/beheer/lijsten")).text


def test_every_set_is_of_some_kind_and_every_sort_of_place_has_dutch_words() -> None:
    assert [view.name for view in set_views(library()) if not view.kinds] == []
    assert all("_" not in view.sort for view in place_views())
    assert sum(view.unchecked for view in place_views()) > 0


async def test_nobody_is_asked_to_call_or_decide_whose_role_cannot(world: World) -> None:
    async with world.db.begin() as session:
        session.add(CallItem(
            event_id=world.event_id, organisation_id=world.organisation_id,
            person_id=world.staff_id, why=CallReason.NO_CHANNEL,
            added_at=world.now,
        ))  # fmt: skip
        keeper = await a_colleague(session, "Systeembeheerder", (Role.ADMIN,), world.now)
        cookies = await signed_in(session, keeper, world.now)
    calling = counted(NEED, 1)
    assert calling in (await world.desk.get("/")).text
    async with client_of(world.db, world.sealer, world.now, cookies=cookies) as desk:
        page = (await desk.get("/")).text
    assert calling not in page
    assert "Melding wacht op een besluit" not in page
