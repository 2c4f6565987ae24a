"""With each reason of an alert stands the report, and the part of it, that it was read in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.alerts import SHOWN_ITEMS, alert_content, shown_items
from bot.chat.render import render
from contacts.directory import Role
from contacts.permissions import Actor
from contacts.records import Database
from feeds import texts
from feeds.events import ItemView, close_event, confirm_event
from feeds.explaining import explain
from feeds.grounds import grounds_of, where_read
from feeds.rows import Event, LeadAgency
from feeds.standing import Trust
from feeds.telling_why import told
from tests.console_world import a_world
from tests.feeds_world import World, feeds_world

WHO = Actor(1, 1, frozenset({Role.COORDINATOR}), is_exercise=False).who
NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
QUIET = "Politie in Presikhaaf na melding bij winkels"
HEAVY = "Schietpartij in Presikhaaf, winkels dicht"
LEAD = "Er zijn twee doden. Ook kinderen zagen het gebeuren."


@pytest.mark.parametrize(
    ("reason", "where"),
    [
        ("schieten: “Schietpartij”", texts.IN_TITLE),
        ("doden: “doden”", texts.IN_LEAD),
        ("jongere gedood: “Schietpartij … kinderen”", texts.PARTLY_IN_LEAD),
        ("rubriek: “rellen-den-haag”", texts.NOT_IN_TITLE),
        ("nieuw onderwerp", ""),
    ],
)
def test_the_words_of_a_reason_are_looked_up_where_they_stand(reason: str, where: str) -> None:
    assert where_read(reason, HEAVY, LEAD) == where


def test_without_the_lead_nobody_says_that_it_stood_there() -> None:
    assert where_read("doden: “doden”", HEAVY, None) == texts.NOT_IN_TITLE
    assert where_read("x: “Schietpartij … doden”", HEAVY, None) == texts.PARTLY_IN_TITLE


def view(number: int) -> ItemView:
    return ItemView(number, f"Bericht {number}", "", "krant", Trust.NATIONAL, None, NOW)


def test_the_report_that_the_reasons_come_from_is_always_shown() -> None:
    items = [view(number) for number in range(1, 9)]
    assert shown_items(items, items[2]) == items[:SHOWN_ITEMS]
    assert [one.id for one in shown_items(items, items[7])] == [1, 2, 3, 4, 8]
    assert shown_items(items, None) == items[:SHOWN_ITEMS]


async def a_heavy_second_report(world: World) -> Event:
    """Six calm reports, and then the one that weighs most, for what its lead says."""
    await world.add("omroep", "krant")
    for number in range(6):
        world.server.publish(
            "omroep", f"q{number}", f"{QUIET}, update {number}", published=world.clock()
        )
    await world.watch.poll_due()
    world.clock.forward(minutes=31)
    world.server.publish("krant", "h", HEAVY, lead=LEAD, published=world.clock())
    await world.watch.poll_due()
    events = await world.events()
    return max(events, key=lambda one: one.suggested_severity)


async def test_an_alert_names_the_report_and_marks_what_no_title_shows(
    db: Database, now: datetime
) -> None:
    async with feeds_world(db, now) as world:
        event = await a_heavy_second_report(world)
        async with db.read() as session:
            content = await alert_content(session, event)
            grounds = await grounds_of(session, event)
        assert event.item_count > SHOWN_ITEMS
        assert grounds.item is not None
        assert grounds.item.title == HEAVY
        assert content.telegram is not None
        text = content.telegram.text
        said = text.partition("Waarom, volgens ")[2]
        assert said.startswith(f'<a href="{grounds.item.link}">{HEAVY}</a> (krant, ')
        first = said.splitlines()[0]
        assert HEAVY in said.replace(first, ""), "the list below shows it too"
        assert any("doden" in line and "inleiding" in line for line in said.splitlines())
        assert not any(
            "(in de inleiding)" in line for line in said.splitlines() if "Schiet" in line
        )
        assert content.email is not None
        assert f'volgens "{HEAVY}" (krant, ' in content.email.text
        assert f"%%BASE%%/gebeurtenis/{event.id}" in content.email.text
        assert "schakel event new" in content.email.text
        async with db.read() as session:
            played = await alert_content(session, event.model_copy(update={"is_exercise": True}))
        assert played.email is not None
        assert "schakel event new" not in played.email.text, "that would start a real one"
        why = render(
            "coordinator/why.html", event=event, why=told(grounds.rows), telling=grounds.item
        )
        assert f">{HEAVY}</a> (krant, " in why


async def test_explain_says_from_which_report_the_event_has_its_reasons(
    db: Database, now: datetime
) -> None:
    async with feeds_world(db, now) as world:
        await a_heavy_second_report(world)
        async with db.read() as session:
            calm, heavy = await explain(session, "q5"), await explain(session, "h")
    assert any(f"(uit: {HEAVY}, krant, " in line for line in lines(calm))
    assert any("doden" in line and line.endswith("(in de inleiding)") for line in lines(heavy))
    assert not any("(uit: " in line for line in lines(heavy))


def lines(told_so: list[dict[str, Any]] | None) -> list[str]:
    return [str(line["text"]) for line in told_so or []]


async def test_a_closed_event_still_says_what_was_not_in_the_title(
    db: Database, now: datetime
) -> None:
    async with feeds_world(db, now) as world:
        event = await a_heavy_second_report(world)
        async with db.begin() as session:
            event = await session.get_one(Event, event.id)
            await confirm(session, event, world.clock())
            await close_event(session, event, who=WHO, now=world.clock() + timedelta(hours=1))
        async with db.read() as session:
            grounds = await grounds_of(session, event)
    said = {one.where for one in grounds.reasons if "“twee doden”" in one.text}
    assert said == {texts.NOT_IN_TITLE}


async def confirm(session: Any, event: Event, now: datetime) -> None:
    await confirm_event(
        session, event, severity=4, lead_agency=LeadAgency.POLICE, send_before=None, who=WHO,
        now=now,
    )  # fmt: skip


async def test_the_page_of_an_event_says_where_each_reason_was_read(
    db: Database, now: datetime
) -> None:
    async with a_world(db, now) as console, feeds_world(db, now) as world:
        event = await a_heavy_second_report(world)
        page = (await console.desk.get(f"/gebeurtenis/{event.id}")).text
    card = page.partition('id="waarom"')[2].partition("</section>")[0]
    assert f">{HEAVY}</a> (krant, " in card
    assert 'twee doden” <span class="klein">in de inleiding</span>' in card
    assert '<span class="klein">kop</span>' in card
