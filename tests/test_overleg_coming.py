"""A member says whether the organisation comes, is reminded once, and who came is ticked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlmodel import col, select, update

from bot.config import Config
from bot.overleg_answers import AGENDA, COMES
from bot.overleg_coming import remind_of_overleg
from bot.overleg_moments import remind_from
from bot.overleg_telling import stand_of, tell_invited
from briefings.overleg.meetings import Plan, change_overleg
from briefings.overleg.replies import (
    KEEP_REPLIES,
    forget_replies,
    moment_key,
    say,
)
from briefings.overleg.rows import (
    Overleg,
    OverlegReply,
    OverlegStatus,
    Reply,
)
from contacts.directory import ContactGroup, Domain, GroupMember, Organisation, Person
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Delivery, DeliveryStatus, Message
from contacts.quiet import QUIET_HOURS
from contacts.records import Database, StaleMove
from tests.console_desk import Desk, a_desk
from tests.console_world import SAME_SITE, contents
from tests.overleg_world import act, page_of, planned
from tests.test_own_overleg import own_link


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def invited(desk: Desk, host: int = 0) -> Overleg:
    """Of which the invitation went out; another organisation receives, unless it is said whose."""
    host = host or await elsewhere(desk)
    overleg = await planned(desk, gastheer=str(host))
    await act(desk, overleg, "uitnodigen", gezien=f"{overleg.version}-")
    return (await desk.rows(Overleg))[-1]


async def elsewhere(desk: Desk) -> int:
    """An organisation that receives the others, of which nobody can be reached."""
    async with desk.world.db.begin() as session:
        house = Organisation(name="Buurthuis", domain=Domain.CIVIL, created_at=desk.world.now)
        session.add(house)
        await session.flush()
        return house.id or 0


async def round_at(desk: Desk, at: datetime) -> list[str]:
    """One round of reminding; the addresses it wrote to."""
    before = len(await desk.rows(Delivery))
    async with desk.world.db.begin() as session:
        await remind_of_overleg(session, Config(), now=at)
    return [one.address for one in (await desk.rows(Delivery))[before:]]


def day_before(overleg: Overleg) -> datetime:
    return remind_from(overleg.starts_at) + timedelta(minutes=5)


async def said(desk: Desk, overleg: Overleg, reply: Reply, organisation: int = 0) -> bool:
    async with desk.world.db.begin() as session:
        return await say(
            session, await session.get_one(Overleg, overleg.id),
            organisation or desk.world.organisation_id, reply,
            key=moment_key(overleg.starts_at), now=desk.world.now,
        )  # fmt: skip


async def test_the_invitation_carries_two_buttons_and_the_mail_leads_to_the_page(
    desk: Desk,
) -> None:
    overleg = await invited(desk)
    content = (await desk.rows(Message))[-1].content
    first = content["telegram"]["buttons"][0]
    key = moment_key(overleg.starts_at)
    assert [(one["text"], one["data"]) for one in first] == [
        ("Wij komen", f"{COMES}:{overleg.id}:ja:{key}"),
        ("Wij komen niet", f"{COMES}:{overleg.id}:nee:{key}"),
    ]
    assert f"%%OWN_PAGE%%{AGENDA}" in content["email"]["text"]
    assert "Zeg of u komt" in content["email"]["text"]


async def test_looking_at_the_page_says_nothing_and_one_press_does(desk: Desk) -> None:
    overleg = await invited(desk)
    link = f"{await own_link(desk)}{AGENDA}"
    before = await contents(desk.world.db)
    page = (await desk.world.web.get(link)).text
    assert "Er staat nog geen antwoord" in page
    assert await contents(desk.world.db) == before
    form = {"welk": str(overleg.id), "moment": str(moment_key(overleg.starts_at))}
    for reply, shown in (("ja", "Er staat: wij komen."), ("nee", "Er staat: wij komen niet.")):
        answer = await desk.world.web.post(link, data={**form, "doe": reply}, headers=SAME_SITE)
        assert answer.headers["location"].endswith(f"klaar={reply}")
        assert shown in (await desk.world.web.get(link)).text
    [row] = await desk.rows(OverlegReply)
    assert (row.organisation_id, row.reply) == (desk.world.organisation_id, Reply.NO)
    assert "person_id" not in OverlegReply.model_fields
    for wrong in ({"doe": "misschien"}, {"doe": "ja", "welk": "99"}):
        answer = await desk.world.web.post(link, data={**form, **wrong}, headers=SAME_SITE)
        assert answer.status_code == 400
    old = await desk.world.web.post(
        link, data={**form, "doe": "ja", "moment": "1"}, headers=SAME_SITE
    )
    assert old.headers["location"].endswith("klaar=niet")
    cross = await desk.world.web.post(
        link, data={**form, "doe": "ja"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert cross.status_code == 403
    assert [one.reply for one in await desk.rows(OverlegReply)] == [Reply.NO]


async def test_the_coordinator_sees_the_counts_before_and_who_comes_stands_first(
    desk: Desk,
) -> None:
    overleg = await planned(desk)
    page = await page_of(desk, overleg)
    assert "dan de uitnodiging</strong>" in page, "how many get it, before it goes"
    assert "Wie komt?" not in page
    overleg = await invited(desk)
    await said(desk, overleg, Reply.YES)
    page = await page_of(desk, overleg)
    assert "<b>1</b> komt" in page
    assert "<b>0</b> komen niet" in page
    assert "(zei: wij komen)" in page


async def test_the_count_before_sending_is_of_exactly_who_gets_it(desk: Desk) -> None:
    overleg = await planned(desk)
    async with desk.world.db.begin() as session:
        group = ContactGroup(name="Klein")
        session.add(group)
        await session.flush()
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        session.add(GroupMember(group_id=group.id or 0, person_id=teacher.id or 0))
        number = group.id
    page = (await desk.web.get(f"/overleg/{overleg.id}?wie={number}")).text
    assert "1 persoon krijgt dan de uitnodiging" in page
    assert f'name="groep" value="{number}"' in page
    page = (await desk.web.get(f"/overleg/{overleg.id}")).text
    before = len(await desk.rows(Delivery))
    await act(desk, overleg, "uitnodigen", gezien=f"{overleg.version}-")
    sent = len(await desk.rows(Delivery)) - before
    assert (f"{sent} mensen krijgen" if sent > 1 else "1 persoon krijgt") in page
    page = (await desk.web.get(f"/overleg/{overleg.id}")).text
    assert "De uitnodiging ging uit" in page
    assert "Stuurt u opnieuw, dan" in page
    assert "dan de uitnodiging" not in page, "it went already"


async def test_who_leads_sees_of_which_organisation_and_function_somebody_is_invited(
    desk: Desk,
) -> None:
    overleg = await planned(desk)
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        teacher.function = "teamleider"
        place = await session.get_one(Organisation, teacher.organisation_id)
        name = place.name
    page = (await desk.web.get(f"/overleg/{overleg.id}")).text
    assert "Bekijk wie dat zijn" in page
    assert "wie als eerste op de lijst staat" in page
    assert "Wie krijgt de uitnodiging?" not in page
    page = (await desk.web.get(f"/overleg/{overleg.id}?wie=&toon=ja")).text
    assert f"<li>{name}: teamleider</li>" in page.split("Wie krijgt de uitnodiging?")[1]
    await act(desk, overleg, "uitnodigen", gezien=f"{overleg.version}-")
    page = (await desk.web.get(f"/overleg/{overleg.id}")).text
    assert f"<li>{name}: teamleider</li>" in page.split("Wie kreeg de uitnodiging (")[1]


async def test_moved_means_asked_anew_and_an_old_button_says_so(desk: Desk) -> None:
    overleg = await invited(desk)
    assert await said(desk, overleg, Reply.YES)
    await act(
        desk, overleg, "wijzigen", gastheer=str(overleg.host_id), dag="2026-06-19", tijd="16:30",
        duur="90", plek="Zaal 2",
    )  # fmt: skip
    assert await desk.rows(OverlegReply) == []
    assert not await said(desk, overleg, Reply.YES), "under the older message"
    moved = (await desk.rows(Overleg))[-1]
    buttons = (await desk.rows(Message))[-1].content["telegram"]["buttons"][0]
    assert buttons[0]["data"] == f"{COMES}:{moved.id}:ja:{moment_key(moved.starts_at)}"
    assert await said(desk, moved, Reply.NO)
    await act(
        desk, moved, "wijzigen", gastheer=str(moved.host_id), dag="2026-06-19", tijd="16:30",
        duur="90", plek="Zaal 3",
    )  # fmt: skip
    assert len(await desk.rows(OverlegReply)) == 1, "another room asks nobody anew"


@pytest.mark.parametrize(
    ("starts", "begin"),
    [
        (datetime(2026, 6, 18, 13, tzinfo=UTC), datetime(2026, 6, 17, 7, tzinfo=UTC)),
        (datetime(2026, 6, 22, 7, tzinfo=UTC), datetime(2026, 6, 19, 7, tzinfo=UTC)),
    ],
)
def test_reminding_begins_on_the_working_day_before(starts: datetime, begin: datetime) -> None:
    assert remind_from(starts) == begin


async def test_who_was_invited_is_reminded_once_but_not_who_said_no(desk: Desk) -> None:
    overleg = await invited(desk)
    at = day_before(overleg)
    assert await round_at(desk, at - timedelta(hours=12)) == []
    assert await round_at(desk, at - timedelta(days=1)) == []
    reached = await round_at(desk, at)
    assert reached
    reminder = (await desk.rows(Message))[-1].content
    assert reminder["email"]["subject"] == "Herinnering: Maatschappelijk overleg"
    assert reminder["telegram"]["buttons"][0][0]["text"] == "Wij komen"
    assert await round_at(desk, at + timedelta(hours=1)) == []
    [line] = [one for one in await desk.rows(JournalEntry) if one.action == "overleg_reminded"]
    assert line.detail == {"count": len(reached)}


async def test_an_organisation_that_said_no_is_not_reminded(desk: Desk) -> None:
    overleg = await invited(desk)
    everybody = [
        one.organisation_id for one in await desk.rows(Delivery)
        if one.organisation_id == desk.world.organisation_id
    ]  # fmt: skip
    assert everybody
    await said(desk, overleg, Reply.NO)
    assert "docent@school.example" not in await round_at(desk, day_before(overleg))


async def test_what_is_off_or_was_invited_to_just_now_reminds_of_nothing(desk: Desk) -> None:
    overleg = await invited(desk)
    at = day_before(overleg)
    await act(desk, overleg, "stand", doe="niet")
    assert await round_at(desk, at) == []
    await act(desk, (await desk.rows(Overleg))[-1], "stand", doe="weer")
    async with desk.world.db.begin() as session:
        await session.exec(update(Overleg).values(invited_at=at - timedelta(minutes=1)))
    assert await round_at(desk, at) == []


async def test_a_meeting_that_moved_after_the_reminder_is_reminded_of_again(desk: Desk) -> None:
    overleg = await invited(desk)
    assert await round_at(desk, day_before(overleg))
    async with desk.world.db.begin() as session:
        later = overleg.starts_at + timedelta(days=7)
        await session.exec(update(Overleg).values(starts_at=later))
    assert await round_at(desk, day_before(overleg)) == []
    assert await round_at(desk, day_before(overleg) + timedelta(days=7))


@pytest.mark.parametrize("put_back", [False, True])
async def test_news_on_the_day_of_reminding_is_the_reminder(desk: Desk, put_back: bool) -> None:
    overleg = await invited(desk)
    at = day_before(overleg)
    before = len(await desk.rows(Delivery))
    async with desk.world.db.begin() as session:
        row = await session.get_one(Overleg, overleg.id)
        if put_back:
            row.status = OverlegStatus.CANCELLED
        stood = stand_of(row)
        if put_back:
            row.status = OverlegStatus.PLANNED
        else:
            row.starts_at += timedelta(hours=1)
        session.add(row)
        assert await tell_invited(session, row, stood, who=SYSTEM, now=at)
    assert len(await desk.rows(Delivery)) > before
    for later in (timedelta(minutes=30), timedelta(hours=3)):
        assert await round_at(desk, at + later) == []


async def test_news_before_the_day_of_reminding_leaves_the_reminder(desk: Desk) -> None:
    overleg = await invited(desk)
    at = day_before(overleg)
    async with desk.world.db.begin() as session:
        row = await session.get_one(Overleg, overleg.id)
        stood = stand_of(row)
        row.starts_at += timedelta(hours=1)
        session.add(row)
        assert await tell_invited(session, row, stood, who=SYSTEM, now=at - timedelta(days=1))
    assert await round_at(desk, at)


async def test_in_quiet_hours_it_waits_and_a_change_stops_what_waits(desk: Desk) -> None:
    overleg = await invited(desk)
    async with desk.world.db.begin() as session:
        await session.exec(update(Person).values(quiet_from=time(8), quiet_until=time(11)))
    at = day_before(overleg)
    before = len(await desk.rows(Delivery))
    assert await round_at(desk, at)
    mine = (await desk.rows(Delivery))[before:]
    assert {one.reason for one in mine} == {QUIET_HOURS}
    assert all(one.not_before > at for one in mine)
    await act(desk, (await desk.rows(Overleg))[-1], "stand", doe="niet")
    stopped = (await desk.rows(Delivery))[before : before + len(mine)]
    assert {one.status for one in stopped} == {DeliveryStatus.CANCELLED}
    assert (await desk.rows(Message))[-1].content["email"]["subject"].startswith("Gaat niet door")


async def test_an_answer_of_the_other_world_is_none(desk: Desk) -> None:
    overleg = await invited(desk)
    async with desk.world.db.begin() as session:
        played = Organisation(
            name="Spel", domain=Domain.CIVIL, is_exercise=True, created_at=desk.world.now
        )
        session.add(played)
        await session.flush()
        number = played.id or 0
    assert not await said(desk, overleg, Reply.YES, number)


async def test_answers_go_a_month_after_the_meeting(desk: Desk) -> None:
    overleg = await invited(desk)
    await said(desk, overleg, Reply.YES)
    for extra, left in ((timedelta(days=-1), 1), (timedelta(minutes=1), 0)):
        async with desk.world.db.begin() as session:
            await forget_replies(session, now=overleg.starts_at + KEEP_REPLIES + extra)
        assert len(await desk.rows(OverlegReply)) == left


async def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(desk: Desk) -> None:
    overleg = await planned(desk)
    async with desk.world.db.begin() as session:
        seen = await session.get_one(Overleg, overleg.id)
        await session.exec(
            update(Overleg)
            .values(version=col(Overleg.version) + 1, place="Zaal 9")
            .execution_options(synchronize_session=False)
        )
        given = Plan(seen.starts_at, 60, seen.host_id, "Zaal 3")
        with pytest.raises(StaleMove):
            await change_overleg(session, seen, given, who=SYSTEM, allow=(), now=desk.world.now)
    assert (await desk.rows(Overleg))[-1].place == "Zaal 9"
