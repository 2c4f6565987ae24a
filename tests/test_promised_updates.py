"""An update that was promised and will not come: the closing says so, and nobody is chased."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat.render import render
from bot.evening import starting
from bot.evening.promising import desk_choices, in_an_hour, part_of_day
from briefings import moments
from briefings.drafting import draft_briefing
from briefings.facts import facts_of, set_next_update
from briefings.promising import lapsing, open_promises
from briefings.rows import Briefing, BriefingKind, BriefingStatus, BriefingText
from briefings.settings import BriefingSettings
from contacts.directory import Audience, Role
from contacts.journal import SYSTEM
from contacts.people import grant
from contacts.permissions import Actor
from contacts.records import Database
from feeds.rows import Event, EventStatus
from tests.briefings_cast import NOW, SETTINGS, facts_for, the_cast
from tests.console_desk import Desk, a_desk
from tests.partner_world import Chat, a_partner, an_event

TONIGHT, TOMORROW = NOW + timedelta(hours=3, minutes=55), NOW + timedelta(hours=13, minutes=10)
VO, PARENTS = Audience.TEACHER_VO_MBO, Audience.PARENTS


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as made:
        yield made


def told(
    number: int,
    promised: datetime | None,
    kind: BriefingKind = BriefingKind.UPDATE,
    audiences: tuple[Audience, ...] = (),
) -> Briefing:
    return Briefing(
        id=number, event_id=1, version=number, kind=kind, status=BriefingStatus.DISTRIBUTED,
        facts_version=1, edited_at=NOW, created_at=NOW, promised_at=promised,
        audiences=[one.value for one in audiences] or None,
    )  # fmt: skip


def test_every_reader_waits_for_what_that_reader_was_promised_last() -> None:
    earlier = [told(1, TONIGHT), told(2, TOMORROW, audiences=(PARENTS,))]
    waiting = open_promises(earlier, now=NOW)
    assert (waiting[VO], waiting[PARENTS]) == (TONIGHT, TOMORROW)


def test_a_moment_that_is_over_is_no_open_promise() -> None:
    assert open_promises([told(1, TONIGHT)], now=TONIGHT) == {}


def test_a_closing_ends_promises_and_a_meeting_is_none() -> None:
    closing = told(2, None, BriefingKind.CLOSING)
    meeting = told(3, TOMORROW, BriefingKind.LOOK_BACK)
    assert open_promises([told(1, TONIGHT), closing], now=NOW) == {}
    assert open_promises([told(1, None), meeting], now=NOW) == {}
    assert open_promises([told(1, TONIGHT), closing, told(3, TOMORROW)], now=NOW)[VO] == TOMORROW


async def closed_after(db: Database, promised: datetime, now: datetime) -> list[BriefingText]:
    """The closing texts, written at ``now`` after a first text that promised an update."""
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        await set_next_update(session, cast.event.id or 0, promised, editor_id=1, now=NOW)
        first = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS, editor_id=1, now=NOW
        )
        first.status, first.promised_at, first.distributed_at = (
            BriefingStatus.DISTRIBUTED, promised, NOW,
        )  # fmt: skip
        await session.flush()
        closing = await draft_briefing(
            session, cast.event, kind=BriefingKind.CLOSING, settings=SETTINGS, editor_id=1, now=now
        )
        found = await session.exec(
            select(BriefingText).where(col(BriefingText.briefing_id) == closing.id)
        )
        return list(found.all())


async def test_the_closing_says_in_every_form_that_the_promised_update_will_not_come(
    db: Database,
) -> None:
    said = "De update die wij beloofden voor woensdag 4 maart, 07.15 uur vervalt."
    texts = await closed_after(db, TOMORROW, NOW + timedelta(hours=1))
    assert len(texts) == len(Audience)
    for text in texts:
        assert said in text.plain
        assert said in text.html
        assert said in text.telegram
        assert text.remarks == []


async def test_a_closing_after_the_promised_moment_says_nothing_of_it(db: Database) -> None:
    for text in await closed_after(db, TONIGHT, TONIGHT + timedelta(minutes=1)):
        assert "vervalt" not in text.plain + text.telegram


async def test_the_desk_says_what_the_closing_will_say_before_it_is_approved(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    first = (await desk.rows(Briefing))[-1]
    stamp = (await desk.page("teksten")).partition('name="gezien" value="')[2].partition('"')[0]
    begun = await desk.press("nieuwe-versie", soort="afsluiting", gezien=stamp)
    assert begun.status_code == 303
    assert first.promised_at is not None
    assert "Deze afsluiting zegt dat die vervalt." in await desk.page("teksten")
    assert "1 beloofde update vervalt, en deze tekst zegt dat" in await desk.page("verzenden")
    await desk.send(2)
    closing = (await desk.rows(Briefing))[-1]
    assert (closing.kind, closing.promised_at) == (BriefingKind.CLOSING, None)
    assert "Deze afsluiting zegt" not in await desk.page("teksten")


async def test_a_closed_event_names_no_next_update_anywhere(desk: Desk) -> None:
    await desk.fact()
    number = desk.number
    overview = f"/gebeurtenis/{number}"
    assert "Volgende update" in (await desk.web.get(overview)).text
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, number)
        view = await facts_of(session, number)
        assert "Volgende update" in render(
            "coordinator/facts.html",
            event=event,
            title="Onrust",
            view=view,
            proposals=[],
            changed=None,
        )
        event.status = EventStatus.CLOSED
        assert "Volgende update" not in render(
            "coordinator/facts.html",
            event=event,
            title="Onrust",
            view=view,
            proposals=[],
            changed=None,
        )
    for page in (overview, f"{overview}/feiten"):
        assert "Volgende update" not in (await desk.web.get(page)).text
    assert "Volgende belofte" not in (await desk.web.get("/")).text


async def test_only_a_closing_lets_a_promise_lapse(db: Database) -> None:
    async with db.begin() as session:
        cast = await the_cast(session)
        await facts_for(session, cast.event)
        first = told(1, TOMORROW, BriefingKind.FIRST)
        first.event_id = cast.event.id or 0
        session.add(first)
        update = told(2, None, BriefingKind.UPDATE)
        update.event_id = cast.event.id or 0
        session.add(update)
        await session.flush()
        assert await lapsing(session, update) == []
        update.kind = BriefingKind.CLOSING
        assert await lapsing(session, update) == ["woensdag 4 maart, 07.15 uur"]


@pytest.fixture
async def chat(db: Database, now: datetime) -> Chat:
    made = await a_partner(db, now)
    async with db.begin() as session:
        await grant(session, made.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
    return made


def clock_of(day: int, hour: int, minute: int = 0) -> datetime:
    """On the clock of the city."""
    return datetime(2026, 3, day, hour, minute, tzinfo=moments.AMSTERDAM).astimezone(UTC)


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
