"""Approving in parts and setting a rule aside, on a phone and at the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import col, delete, select

from bot.chat.coordinator import texts
from bot.chat.coordinator.part_flow import chosen_by
from bot.config import Config
from bot.console.reach import read_reach
from bot.evening.approving import held_mask, request_view
from briefings.approval import Submitted, submit
from briefings.drafting import draft_briefing
from briefings.editing import write_words
from briefings.rows import Briefing, BriefingKind, BriefingStatus, FactBlock, covered
from briefings.versions import SENT, newest_texts, versions_of
from contacts.directory import (
    Audience,
    Channel,
    ChannelKind,
    Domain,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from contacts.journal import SYSTEM
from contacts.outbox import Content, Delivery, Message, MessageKind, TelegramForm
from contacts.people import grant
from contacts.records import Database
from contacts.sending import Recipient, post
from contacts.texts import counted
from tests import partner_world
from tests.briefings_cast import (
    NOW,
    SETTINGS,
    actor,
    add_organisation,
    add_person,
    an_event,
    facts_for,
)
from tests.console_desk import Desk, a_desk
from tests.console_world import a_colleague
from tests.partner_world import CHAT, Chat, a_partner


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


@pytest.fixture(autouse=True)
def checked_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real event goes out only with lines that somebody checked."""
    monkeypatch.setattr(partner_world, "CONFIG", Config(briefings=SETTINGS))


async def waiting(db: Database, now: datetime, *, words: str = "") -> Chat:
    """An approver's phone with a request on it, for a version of somebody else's hand."""
    phone = await a_partner(db, now)
    async with db.begin() as session:
        await grant(session, phone.person_id or 0, Role.APPROVER, who=SYSTEM, now=now)
        event = an_event(detected_at=now)
        session.add(event)
        await session.flush()
        city = await add_organisation(session, "Bureau van de stad", Domain.MUNICIPALITY)
        writer = actor(await add_person(session, city, "coördinator", []), Role.COORDINATOR)
        await add_person(session, city, "docent", [Audience.TEACHER_VO_MBO], telegram="11")
        await add_person(session, city, "wijkteam", [Audience.POLICE_DISTRICT], telegram="12")
        await facts_for(session, event, now=now)
        # The first person of the list is the approver here, who wrote none of it.
        block = (await session.exec(select(FactBlock))).one()
        block.edited_by = writer.person_id
        session.add(block)
        briefing = await draft_briefing(
            session, event, kind=BriefingKind.FIRST, settings=SETTINGS,
            editor_id=writer.person_id, now=now,
        )  # fmt: skip
        if words:
            await write_words(
                session, event, writer, Audience.PARENTS, "Liever niet", words, SETTINGS,
                allow=(), now=now,
            )  # fmt: skip
        done = await submit(
            session, briefing, writer, SETTINGS, now=now, asks_exception=bool(words)
        )
        assert isinstance(done, Submitted), done
        text, buttons = await request_view(session, event, briefing, now=now)
        [delivery] = await post(
            session, kind=MessageKind.APPROVAL,
            content=Content(telegram=TelegramForm(text=text, buttons=buttons)),
            to=[Recipient(ChannelKind.TELEGRAM, str(CHAT), phone.person_id, 1)], now=now,
        )  # fmt: skip
        phone.message = delivery.id or 0
    return phone


async def versions(phone: Chat) -> list[Briefing]:
    async with phone.db.read() as session:
        return list((await session.exec(select(Briefing).order_by(col(Briefing.id)))).all())


async def test_a_text_is_held_back_by_one_tap_and_the_rest_goes(
    db: Database, now: datetime
) -> None:
    phone = await waiting(db, now)
    await phone.press(texts.NOT_ALL)
    await phone.press("Politie/wijkteam (1)")
    assert texts.PART_OFF.format(name="Politie/wijkteam", count=1) in await phone.labels()
    await phone.press(counted(texts.PART_GO, 6))
    await phone.press(texts.UNREAD_GO)
    sure = await phone.text()
    assert "1 persoon krijgt dit nu" in sure
    assert "Docent VO/MBO: 1" in sure
    assert "Blijft wachten: Politie/wijkteam" in sure
    await phone.press(texts.APPROVE_SURE)
    first, rest = await versions(phone)
    assert (first.status, rest.status) == (
        BriefingStatus.DISTRIBUTED, BriefingStatus.SUBMITTED,
    )  # fmt: skip
    assert covered(rest) == (Audience.POLICE_DISTRICT,)


async def test_a_rule_is_set_aside_on_a_phone_with_a_reason(db: Database, now: datetime) -> None:
    phone = await waiting(db, now, words="- Delen wat er naar verluidt is.")
    assert "Houdt tegen (N4), Ouders" in await phone.text()
    await phone.press("Toch toestaan: N4")
    await phone.write("De gemeente ontkent dit gerucht zelf.")
    assert "Uitzondering op N4, Ouders:</b> De gemeente ontkent dit gerucht zelf." in (
        await phone.text()
    )
    await phone.press(texts.APPROVE)
    await phone.press(texts.UNREAD_GO)
    await phone.press(texts.APPROVE_SURE)
    [version] = await versions(phone)
    assert version.status is BriefingStatus.DISTRIBUTED


async def test_nothing_that_blocks_goes_out_from_a_phone(db: Database, now: datetime) -> None:
    phone = await waiting(db, now, words="- Delen wat er naar verluidt is.")
    await phone.press(texts.APPROVE)
    await phone.press(texts.UNREAD_GO)
    await phone.press(texts.APPROVE_SURE)
    assert texts.REFUSALS["blocked"] in await phone.text()
    [version] = await versions(phone)
    assert version.status is BriefingStatus.SUBMITTED


def test_a_mask_names_exactly_what_is_held() -> None:
    briefing = Briefing(
        event_id=1, version=1, kind=BriefingKind.FIRST, facts_version=1, edited_at=NOW,
        created_at=NOW,
    )  # fmt: skip
    assert chosen_by(briefing, 0) is None
    held = [Audience.PARENTS, Audience.TEACHER_PO]
    assert set(chosen_by(briefing, held_mask(held)) or ()) == set(Audience) - set(held)


async def test_at_the_desk_a_part_is_ticked_counted_and_approved(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        school = await session.get_one(Organisation, teacher.organisation_id)
        await add_person(session, school, "Wijkteam", [Audience.POLICE_DISTRICT], telegram="77")
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    page = await desk.page("verzenden")
    assert "Politie en wijkteams: 1 persoon" in page
    chosen = [a.value for a in Audience if a is not Audience.POLICE_DISTRICT]
    query = "&".join(f"tekst={one}" for one in chosen)
    sure = await desk.page(f"goedkeuren?deel=ja&{query}")
    assert "Nog niet: politie en wijkteams. Dat blijft wachten" in sure
    seen = (await desk.rows(Briefing))[-1].content_hash
    done = await desk.press("goedkeuren", gelezen=seen, tekst=chosen)
    assert done.status_code == 303, done.text
    first, rest = (await desk.rows(Briefing))[-2:]
    assert (first.status, rest.status) == (
        BriefingStatus.DISTRIBUTED, BriefingStatus.SUBMITTED,
    )  # fmt: skip
    assert f'value="{rest.content_hash}"' in await desk.page("verzenden")


async def test_reach_is_of_both_parts_of_a_text(desk: Desk) -> None:
    """Who got the first part does not become somebody who got nothing when the other part goes."""
    await a_part(desk)
    before = await desk.page("bereik")
    assert "Van versie 1, eerste bericht: verzonden. " in before
    rest = (await desk.rows(Briefing))[-1]
    assert (await desk.press("goedkeuren", gelezen=rest.content_hash)).status_code == 303
    after = await desk.page("bereik")
    both = "Van versie 1, eerste bericht: verzonden; versie 2, eerste bericht: verzonden. "
    assert both in after
    async with desk.world.db.read() as session:
        parts = newest_texts(await versions_of(session, rest.event_id), SENT)
        leaf = await read_reach(session, parts, is_exercise=False)
    assert [one.version for one in parts] == [1, 2]
    assert sum(row.without for row in leaf.domains) == 0


def a_version(number: int, kind: BriefingKind, *audiences: Audience) -> Briefing:
    return Briefing(
        event_id=1, version=number, kind=kind, status=BriefingStatus.DISTRIBUTED,
        audiences=[one.value for one in audiences] or None, facts_version=1,
        edited_at=NOW, created_at=NOW,
    )  # fmt: skip


def test_parts_belong_together_until_another_kind_or_the_same_readers() -> None:
    first, police = BriefingKind.FIRST, Audience.POLICE_DISTRICT
    one = a_version(1, first, Audience.PARENTS)
    two = a_version(2, first, police)
    update = a_version(3, BriefingKind.UPDATE)
    correction = a_version(4, BriefingKind.CORRECTION, police)
    assert newest_texts([one, two], SENT) == [one, two]
    assert newest_texts([one, two, update], SENT) == [update]
    assert newest_texts([one, two, update, correction], SENT) == [correction]
    again = a_version(5, first, police)
    assert newest_texts([one, two, again], SENT) == [again]
    assert newest_texts([], SENT) == []


async def test_at_the_desk_nothing_ticked_is_asked_about(desk: Desk) -> None:
    await desk.fact()
    await desk.press("indienen", versie=1)
    assert "Kies ten minste één tekst" in await desk.page("goedkeuren?deel=ja")


async def a_part(desk: Desk) -> tuple[str, list[str]]:
    """Approve all but the police's text; where that led, and who was asked about the rest."""
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        school = await session.get_one(Organisation, teacher.organisation_id)
        await add_person(session, school, "Wijkteam", [Audience.POLICE_DISTRICT], telegram="77")
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    before = len(await desk.rows(Message))
    chosen = [a.value for a in Audience if a is not Audience.POLICE_DISTRICT]
    seen = (await desk.rows(Briefing))[-1].content_hash
    done = await desk.press("goedkeuren", gelezen=seen, tekst=chosen)
    assert done.status_code == 303, done.text
    asked = {m.id for m in (await desk.rows(Message))[before:] if m.kind is MessageKind.APPROVAL}
    told = [d.address for d in await desk.rows(Delivery) if d.message_id in asked]
    return done.headers["location"], told


async def only_mail(desk: Desk, roles: dict[Role, str]) -> None:
    """Nobody with a say has a channel, but for a new person with a mailbox per role."""
    async with desk.world.db.begin() as session:
        holders = select(RoleGrant.person_id).where(
            col(RoleGrant.role).in_([Role.APPROVER, Role.COORDINATOR])
        )
        await session.exec(delete(Channel).where(col(Channel.person_id).in_(holders)))
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        for role, address in roles.items():
            person = Person(
                organisation_id=teacher.organisation_id, name=f"post {role}", created_at=NOW
            )
            session.add(person)
            await session.flush()
            kind = ChannelKind.EMAIL
            session.add(Channel(person_id=person.id, kind=kind, address=address, created_at=NOW))
            await grant(session, person.id or 0, role, who=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("roles", "asked"),
    [
        ({Role.APPROVER: "a@x.example", Role.COORDINATOR: "c@x.example"}, ["a@x.example"]),
        ({Role.COORDINATOR: "c@x.example"}, ["c@x.example"]),
    ],
)
async def test_the_rest_is_asked_by_mail_and_of_coordinators_when_no_approver_has_a_channel(
    desk: Desk, roles: dict[Role, str], asked: list[str]
) -> None:
    await only_mail(desk, roles)
    where, told = await a_part(desk)
    assert told == asked
    assert where.endswith("approved_part")


async def test_who_approved_hears_it_when_nobody_could_be_asked_about_the_rest(desk: Desk) -> None:
    await only_mail(desk, {})
    where, told = await a_part(desk)
    assert told == []
    assert where.endswith("approved_rest_untold")
    page = await desk.page("verzenden?klaar=approved_rest_untold")
    assert "kreeg bericht" in page
    assert "Wie u kunt bellen" not in page, "there is no other approver"
    async with desk.world.db.begin() as session:
        other = await a_colleague(session, "Burgemeester", (Role.APPROVER,), NOW)
        (await session.get_one(Person, other)).phone = "026 1234"
    page = await desk.page("verzenden?klaar=approved_rest_untold")
    assert "Wie u kunt bellen: Burgemeester, 026 1234." in page


async def test_on_a_phone_too_it_is_said_that_nobody_was_asked(db: Database, now: datetime) -> None:
    phone = await waiting(db, now)
    await phone.press(texts.NOT_ALL)
    async with db.begin() as session:
        await session.exec(delete(Channel).where(col(Channel.person_id) == phone.person_id))
        other = await a_colleague(session, "B & W", (Role.APPROVER,), now)
        (await session.get_one(Person, other)).phone = "026 1234"
    await phone.press("Politie/wijkteam (1)")
    await phone.press(counted(texts.PART_GO, 6))
    await phone.press(texts.UNREAD_GO)
    await phone.press(texts.APPROVE_SURE)
    assert f"{texts.REST_UNTOLD} Wie u kunt bellen: B &amp; W, 026 1234." in await phone.text()
