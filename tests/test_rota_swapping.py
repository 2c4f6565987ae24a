"""A period goes to a colleague by their own tap; at no moment is it nobody's."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot import rota_texts as texts
from bot.alerts import ring
from bot.chat.coordinator.rota_swap_flow import ASK, SURE
from bot.rota_swapping import NO, YES
from contacts.directory import ChannelKind, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Delivery, Message, MessageKind
from contacts.people import close_channel, grant
from contacts.permissions import NotAllowed
from contacts.records import Database
from contacts.rota import gaps
from contacts.rota_rows import RotaTurn
from feeds.settings import FeedSettings
from tests.console_world import a_world, client_of, press, signed_in
from tests.partner_world import Chat, a_partner
from tests.rota_world import (
    BACKUP,
    DAY,
    an_alert,
    on_rota,
    people_of_the_city,
    rows,
    told,
    turn,
)

NOTICE, ALERT = MessageKind.NOTICE, MessageKind.ALERT
PAGE = "/beheer/rooster"


@pytest.fixture
async def chat(db: Database, now: datetime) -> Chat:
    """A coordinator's; *Docent* is what they are called."""
    made = await a_partner(db, now)
    async with db.begin() as session:
        await grant(session, made.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
    return made


async def as_other(chat: Chat, person: int) -> Chat:
    """Another's telephone, with the newest message before them."""
    newest = [one.id for one in await rows(chat.db, Delivery) if one.person_id == person]
    return Chat(chat.db, chat.now, person, message=newest[-1] if newest else 0)


async def test_one_asks_and_one_tap_of_the_other_passes_it(chat: Chat, now: datetime) -> None:
    people = await people_of_the_city(chat.db, now)
    number = await on_rota(chat.db, chat.person_id or 0, now + DAY, now + 2 * DAY, now=now)
    await chat.command("/rooster")
    await chat.press(texts.SWAP.format(number=1))
    assert {"Anna", "Bram", "Carla"} <= set(await chat.labels())
    assert "Dirk" not in await chat.labels(), "an approver has no duty"
    await chat.press("Anna")
    assert "Anna krijgt de vraag" in await chat.text()
    assert await told(chat.db, NOTICE, "Docent vraagt of u dit overneemt") == [[people["Anna"]]]
    assert (await turn(chat.db, number)).person_id == chat.person_id, "until Anna says yes"
    await (await as_other(chat, people["Bram"])).tap(f"{YES}:{number}:2")
    assert (await turn(chat.db, number)).person_id == chat.person_id, "Bram was not asked"
    annas = await as_other(chat, people["Anna"])
    await annas.press(texts.YES)
    found = await turn(chat.db, number)
    assert (found.person_id, found.offered_to_id, found.taken_at) == (people["Anna"], None, None)
    assert await told(chat.db, NOTICE, "Anna neemt dit van u over") == [[chat.person_id]]
    await annas.tap(f"{YES}:{number}:2")
    assert annas.toast == texts.CHANGED
    actions = [one.action for one in await rows(chat.db, JournalEntry) if "rota" in one.action]
    assert actions == ["rota_added", "rota_offered", "rota_passed"]


async def test_no_is_told_and_changes_nothing(chat: Chat, now: datetime) -> None:
    people = await people_of_the_city(chat.db, now)
    number = await on_rota(chat.db, chat.person_id or 0, now + DAY, now + 2 * DAY, now=now)
    await chat.command("/rooster")
    await chat.tap(f"{ASK}:{number}:1:{people['Anna']}")
    annas = await as_other(chat, people["Anna"])
    await annas.press(texts.NO)
    assert await told(chat.db, NOTICE, "Anna kan dit niet van u overnemen") == [[chat.person_id]]
    found = await turn(chat.db, number)
    assert (found.person_id, found.offered_to_id) == (chat.person_id, None)
    await annas.tap(f"{YES}:{number}:2")
    assert annas.toast == texts.CHANGED


async def test_what_runs_is_split_at_the_tap_and_the_alert_follows_without_a_gap(
    chat: Chat, now: datetime
) -> None:
    people = await people_of_the_city(chat.db, now)
    number = await on_rota(chat.db, people["Anna"], now - DAY, now + DAY, now=now)
    await chat.command("/rooster")
    await chat.press(texts.TAKE_IT.format(number=1))
    assert "Neemt u dit over van Anna?" in await chat.text()
    await chat.press(texts.YES)
    assert "Het is nu van u" in await chat.text()
    before, after = await rows(chat.db, RotaTurn)
    assert (before.id, before.person_id, before.ends_at) == (number, people["Anna"], now)
    assert (after.person_id, after.starts_at, after.ends_at) == (chat.person_id, now, now + DAY)
    assert after.taken_at == now
    assert gaps([before, after], begin=now - DAY, end=now + DAY) == []
    assert await told(chat.db, NOTICE, "Docent neemt dit van u over") == [[people["Anna"]]]
    await an_alert(chat.db, now)
    await ring(chat.db, FeedSettings(), now=now)
    assert await told(chat.db, ALERT) == [[chat.person_id]]


async def test_an_old_button_changes_nothing(chat: Chat, now: datetime) -> None:
    people = await people_of_the_city(chat.db, now)
    number = await on_rota(chat.db, people["Anna"], now + DAY, now + 2 * DAY, now=now)
    for wire in (f"{SURE}:{number}:7", f"{ASK}:{number}:1:{people['Bram']}", f"{NO}:{number}"):
        await chat.tap(wire, message=0)
        assert chat.toast == texts.CHANGED, wire
    found = await turn(chat.db, number)
    assert (found.person_id, found.version, found.offered_to_id) == (people["Anna"], 1, None)


async def test_who_may_not_stand_there_and_who_cannot_be_reached_is_refused(
    chat: Chat, now: datetime
) -> None:
    people = await people_of_the_city(chat.db, now)
    mine = await on_rota(chat.db, chat.person_id or 0, now + DAY, now + 2 * DAY, now=now)
    await chat.tap(f"{ASK}:{mine}:1:{people['Dirk']}", message=0)
    assert chat.toast == texts.MAY_NOT
    approver = await as_other(chat, people["Dirk"])
    await approver.tap(f"{SURE}:{mine}:1", message=0)
    assert approver.toast == texts.MAY_NOT
    async with chat.db.begin() as session:
        await close_channel(session, ChannelKind.TELEGRAM, "4100", reason="stopped", now=now)
    before = len(await rows(chat.db, Message))
    await chat.tap(f"{ASK}:{mine}:1:{people['Anna']}", message=0)
    assert chat.toast == texts.NOT_REACHED
    assert len(await rows(chat.db, Message)) == before
    found = await turn(chat.db, mine)
    assert (found.version, found.offered_to_id) == (1, None), "nothing was asked"
    backup = await on_rota(chat.db, people["Bram"], now + DAY, now + 2 * DAY, BACKUP, now=now)
    await approver.command("/rooster")
    # The period of duty stands there too, without a button that would be refused.
    assert await approver.labels() == [texts.TAKE_IT.format(number=2)]
    await approver.tap(f"{SURE}:{backup}:1")
    assert (await turn(chat.db, backup)).person_id == people["Dirk"], "a back-up he may be"


async def test_a_member_of_the_list_has_nothing_to_do_with_it(db: Database, now: datetime) -> None:
    member = await a_partner(db, now)
    people = await people_of_the_city(db, now)
    number = await on_rota(db, people["Anna"], now + DAY, now + 2 * DAY, now=now)
    for wire in (f"{SURE}:{number}:1", f"{YES}:{number}:1", f"{NO}:{number}"):
        with pytest.raises(NotAllowed):
            await member.tap(wire, message=0)
    assert (await turn(db, number)).version == 1


async def test_at_the_desk_it_is_asked_taken_and_declined_as_seen(
    db: Database, now: datetime
) -> None:
    async with a_world(db, now) as world:
        people = await people_of_the_city(db, now)
        mine = await on_rota(db, world.staff_id, now + DAY, now + 2 * DAY, now=now)
        annas = await on_rota(db, people["Anna"], now + 2 * DAY, now + 3 * DAY, now=now)
        async with db.begin() as session:
            cookies = await signed_in(session, people["Anna"], now)
        async with client_of(db, world.sealer, now, cookies=cookies) as desk:
            ask = f"{PAGE}/{mine}/ruil"
            stale = await world.press(ask, aan=people["Anna"], versie="9")
            assert stale.status_code == 409
            not_hers = await press(desk, world.sealer, ask, aan=people["Bram"], versie="1")
            assert not_hers.status_code == 409
            dirk = await world.press(ask, aan=people["Dirk"], versie="1")
            assert (dirk.status_code, "Dirk mag hier niet staan" in dirk.text) == (422, True)
            assert (await world.press(ask, aan=people["Anna"], versie="1")).status_code == 303
            assert "Gevraagd aan Anna; nog geen antwoord." in (await world.desk.get(PAGE)).text
            assert "aan u gevraagd" in (await desk.get(PAGE)).text
            assert (await press(desk, world.sealer, f"{PAGE}/{mine}/nee")).status_code == 303
            assert (await press(desk, world.sealer, f"{PAGE}/{mine}/nee")).status_code == 409
            take = f"{PAGE}/{annas}/over"
            assert (await world.press(take, versie="2")).status_code == 409
            assert (await world.press(take, versie="1")).status_code == 303
            assert (await world.press(take, versie="2")).status_code == 409, "it is theirs now"
    assert (await turn(db, annas)).person_id == world.staff_id
    assert (await turn(db, mine)).person_id == world.staff_id


async def test_what_is_over_is_not_passed(chat: Chat, now: datetime) -> None:
    people = await people_of_the_city(chat.db, now)
    number = await on_rota(chat.db, people["Anna"], now - DAY, now + timedelta(hours=1), now=now)
    chat.now = now + timedelta(hours=1)
    await chat.tap(f"{SURE}:{number}:1", message=0)
    assert chat.toast == texts.CHANGED
