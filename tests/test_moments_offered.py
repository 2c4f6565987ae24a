"""The moments that are offered for a next update, at the desk and in the chat, in their order."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.evening import starting
from bot.evening.promising import desk_choices, in_an_hour, part_of_day
from briefings import moments
from briefings.facts import facts_of
from briefings.rows import Briefing, BriefingStatus
from briefings.settings import BriefingSettings
from contacts.directory import Role
from contacts.local_time import AMSTERDAM
from contacts.permissions import Actor
from contacts.records import Database
from feeds.rows import Event
from tests.console_desk import Desk, a_desk
from tests.partner_world import Chat, a_coordinator, an_event


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as made:
        yield made


@pytest.fixture
async def chat(db: Database, now: datetime) -> Chat:
    return await a_coordinator(db, now)


def clock_of(day: int, hour: int, minute: int = 0) -> datetime:
    """On the clock of the city."""
    return datetime(2026, 3, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


async def an_evening(chat: Chat, now: datetime, send_before: datetime | None = None) -> int:
    """An event with its facts and its first texts, in the chat of a coordinator."""
    chat.now = now
    number = await an_event(chat)
    async with chat.db.begin() as session:
        event = await session.get_one(Event, number)
        event.severity, event.send_before = 3, send_before
        await starting.prepare(
            session, event,
            Actor(chat.person_id or 0, 1, frozenset({Role.COORDINATOR}), is_exercise=False),
            BriefingSettings(), now=now,
        )  # fmt: skip
    await chat.tap(f"facts:{number}")
    return number


async def promised(chat: Chat, number: int) -> datetime:
    async with chat.db.read() as session:
        return (await facts_of(session, number)).block.next_update_at


async def test_the_moments_of_a_next_update_say_their_day_and_come_in_order(chat: Chat) -> None:
    number = await an_evening(chat, clock_of(3, 18))
    await chat.tap(f"fnext:{number}")
    assert await chat.labels() == ["vandaag 22.00", "morgen 07.15", "morgen 15.30"]
    chat.now = clock_of(3, 23)
    await chat.tap(f"fnext:{number}")
    assert await chat.labels() == ["morgen 07.15", "morgen 15.30", "morgen 22.00"]


async def test_no_update_is_offered_before_the_first_text_has_to_be_out(chat: Chat) -> None:
    number = await an_evening(chat, clock_of(3, 21), send_before=clock_of(4, 6, 45))
    assert await promised(chat, number) == clock_of(4, 7, 15)
    await chat.tap(f"fnext:{number}")
    assert await chat.labels() == ["morgen 07.15", "morgen 15.30", "morgen 22.00"]
    async with chat.db.begin() as session:
        first = (await session.exec(select(Briefing))).one()
        first.status = BriefingStatus.DISTRIBUTED
    await chat.tap(f"fnext:{number}")
    assert (await chat.labels())[0] == "vandaag 22.00"


async def test_a_moment_with_its_day_is_that_moment_or_none(chat: Chat) -> None:
    number = await an_evening(chat, clock_of(3, 18))
    await chat.tap(f"fnext:{number}")
    tonight = next(button for button in await chat.buttons() if button.text == "vandaag 22.00")
    assert tonight.data is not None
    chat.now = clock_of(3, 21, 55)
    before = await promised(chat, number)
    await chat.tap(tonight.data)
    assert chat.toast == "Dat moment kan niet meer. Kies opnieuw."
    assert await promised(chat, number) == before
    await chat.press("morgen 15.30")
    assert await promised(chat, number) == clock_of(4, 15, 30)


@pytest.mark.parametrize(("place", "at"), [(0, (3, 22, 0)), (1, (4, 7, 15)), (2, (4, 15, 30))])
async def test_a_button_from_before_days_were_named_does_what_it_said(
    chat: Chat, place: int, at: tuple[int, int, int]
) -> None:
    number = await an_evening(chat, clock_of(3, 18))
    await chat.tap(f"fnext2:{number}:{place}")
    assert await promised(chat, number) == clock_of(*at)


async def test_the_desk_takes_the_first_such_hour_after_the_first_text(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.send_before = desk.world.now + timedelta(hours=3)
    page = await desk.page("feiten")
    assert "Nu beloofd: vandaag 22.00." in page
    seen = page.partition('id="belofte"')[2].partition('name="gezien" value="')[2]
    early = moments.clock(desk.world.now + timedelta(hours=2))
    stamp = seen.partition('"')[0]
    assert (await desk.press("volgende-update", tijd=early, gezien=stamp)).status_code == 303
    async with desk.world.db.read() as session:
        at = (await facts_of(session, desk.number)).block.next_update_at
    assert at == (desk.world.now + timedelta(days=1, hours=2)).replace(second=0, microsecond=0)


async def test_the_desk_offers_the_usual_moments_with_one_press(desk: Desk) -> None:
    page = (await desk.page("feiten")).partition('id="belofte"')[2]
    offered = re.findall(r'name="moment" value="(\d+)">([^<]+)<', page)
    # An hour after the moment that the first text has to be out, since none went yet.
    assert offered[0][1] == "Vandaag 21.30"
    assert any(name.endswith("07.15") for _, name in offered)
    stamp = page.partition('name="gezien" value="')[2].partition('"')[0]
    for wrong in (int(offered[0][0]) - 7200, int(offered[0][0]) + 30 * 86_400):
        pressed = await desk.press("volgende-update", moment=wrong, gezien=stamp)
        assert pressed.status_code in (400, 404, 422)
    morning = next(at for at, name in offered if name.endswith("07.15"))
    assert (await desk.press("volgende-update", moment=morning, gezien=stamp)).status_code == 303
    async with desk.world.db.read() as session:
        at = (await facts_of(session, desk.number)).block.next_update_at
    assert int(at.timestamp()) == int(morning)


def test_in_an_hour_is_a_whole_quarter_and_never_too_soon() -> None:
    at = clock_of(3, 18) + timedelta(minutes=7)
    assert in_an_hour(at, at) == clock_of(3, 18) + timedelta(hours=1, minutes=15)
    assert in_an_hour(clock_of(3, 18), at) == clock_of(3, 19)
    late = clock_of(3, 20) + timedelta(minutes=50)
    assert in_an_hour(clock_of(3, 18), late) == clock_of(3, 22)


def test_a_moment_is_offered_once() -> None:
    names = [name for _, name in desk_choices(clock_of(3, 21), clock_of(3, 21))]
    assert names[0] == "over een uur: vandaag 22.00"
    assert len([name for name in names if name.endswith("22.00")]) == 1
    [(_, later), *_] = desk_choices(clock_of(3, 18), clock_of(3, 20))
    assert later == "vandaag 21.00"


def test_the_moments_that_a_page_offers_come_in_order_of_time() -> None:
    now = clock_of(3, 14) + timedelta(minutes=50)
    choices = desk_choices(now, now)
    assert [name for _, name in choices] == [
        "vandaag 15.30", "over een uur: vandaag 16.00", "vandaag 22.00", "morgen 07.15",
    ]  # fmt: skip
    assert [at for at, _ in choices] == sorted(at for at, _ in choices)


async def test_a_time_that_is_none_is_told_at_its_own_field(desk: Desk) -> None:
    page = await desk.page("feiten")
    stamp = page.partition('name="gezien" value="')[2].partition('"')[0]
    refused = await desk.press("volgende-update", tijd="straks", gezien=stamp)
    assert refused.status_code == 422
    assert 'id="belofte-tijd-fout"' in refused.text
    assert 'aria-describedby="belofte-tijd-hint belofte-tijd-fout"' in refused.text
    assert 'role="alert"><p><strong>Let op.</strong>' not in refused.text


@pytest.mark.parametrize(
    ("values", "ident"),
    [
        ({"tekst": "De politie doet onderzoek.", "bron": "politie", "tijd": "laat"}, "bron-tijd"),
        ({"tekst": "De politie doet onderzoek.", "bron": ""}, "bron"),
        ({"tekst": "Sander de Vries is aangehouden.", "bron": "politie"}, "tekst"),
    ],
)
async def test_what_is_wrong_with_a_fact_is_told_at_its_field(
    desk: Desk, values: dict[str, str], ident: str
) -> None:
    refused = await desk.press("feiten", soort="bevestigd", versie=1, **values)
    assert refused.status_code == 422
    assert f'id="{ident}-fout"' in refused.text
    assert f'aria-describedby="{ident}-hint {ident}-fout"' in refused.text


@pytest.mark.parametrize(
    ("hour", "when"), [(2, "vannacht"), (9, "vandaag"), (17, "vandaag"), (18, "vanavond")]
)
def test_the_card_is_for_the_part_of_the_day_that_it_is(hour: int, when: str) -> None:
    assert part_of_day(clock_of(3, hour)) == when


@pytest.mark.parametrize(
    ("hour", "labels"),
    [
        (2, ["06.45", "20.30", "22.00"]),
        (16, ["20.30", "22.00", "morgen 06.45"]),
        (21, ["22.00", "morgen 06.45", "morgen 20.30"]),
    ],
)
def test_the_moments_to_send_before_come_in_order_and_keep_their_places(
    hour: int, labels: list[str]
) -> None:
    choices = starting.send_choices(clock_of(3, hour))
    assert [label for _, label in choices] == labels
    assert all(label.endswith(f"{starting.SEND_TIMES[place]:%H.%M}") for place, label in choices)
