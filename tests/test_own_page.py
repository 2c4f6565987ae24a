"""A person's own page: what is kept, stop and start, for that person alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.database import empty_log
from bot.rows import Passkey
from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    LinkPurpose,
    Organisation,
    Person,
    Role,
)
from contacts.journal import SYSTEM, JournalEntry
from contacts.links import mint_person_link
from contacts.outbox import Message, MessageKind
from contacts.people import close_channel, grant, mark_left, open_channel
from contacts.records import Database
from signals.rows import Signal
from tests.console_world import FORM, PLANTED, SAME_SITE, World, a_world, contents
from tests.stores import is_postgresql

ADDRESS = "docent@school.example"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        async with db.begin() as session:
            for name, address in (("Docent", ADDRESS), ("Coördinator", "co@gemeente.example")):
                person = (await session.exec(select(Person).where(col(Person.name) == name))).one()
                await open_channel(session, person, ChannelKind.EMAIL, address, rank=10, now=now)
        yield world


async def own_page(world: World, name: str = "Docent") -> str:
    async with world.db.begin() as session:
        person = (await session.exec(select(Person).where(col(Person.name) == name))).one()
        token = await mint_person_link(session, person.id or 0, LinkPurpose.OWN_PAGE, now=world.now)
    return f"/p/{token}"


async def channel(world: World) -> Channel:
    async with world.db.read() as session:
        return (await session.exec(select(Channel).where(col(Channel.address) == ADDRESS))).one()


async def press(world: World, page: str, wish: str) -> httpx.Response:
    number = (await channel(world)).id
    return await world.web.post(
        f"{page}/kanaal", data={"kanaal": number, "doe": wish}, headers=SAME_SITE
    )


async def test_it_shows_what_is_kept_and_that_it_is_not_for_forwarding(world: World) -> None:
    before = await own_page(world)
    rows = await contents(world.db)
    page = (await world.web.get(before)).text
    for words in ("Docent", "Voorbeeldcollege", ADDRESS, "Stuur de link niet door."):
        assert words in page
    assert "<script" not in page
    assert await contents(world.db) == rows


async def test_stopping_the_last_channel_tells_the_coordinator(world: World) -> None:
    page = await own_page(world)
    assert (await press(world, page, "stop")).status_code == 303
    assert (await channel(world)).status is ChannelStatus.CLOSED
    assert "geen berichten meer" in (await world.web.get(f"{page}?klaar=stop")).text
    async with world.db.read() as session:
        [told] = (await session.exec(select(Message).order_by(col(Message.id).desc()))).all()[:1]
    assert told.content["email"]["text"] == (
        "Iemand van Voorbeeldcollege krijgt geen berichten meer. Een kanaal dat werkt, is er niet "
        "meer. Bel de organisatie, en zet bij Contacten een nieuw adres."
    )
    again = await press(world, page, "start")
    assert again.status_code == 303
    assert (await channel(world)).status is ChannelStatus.ACTIVE


async def test_an_address_that_bounced_cannot_be_opened_by_its_page(world: World) -> None:
    page = await own_page(world)
    async with world.db.begin() as session:
        await close_channel(session, ChannelKind.EMAIL, ADDRESS, reason="bounced", now=world.now)
    await press(world, page, "start")
    assert (await channel(world)).status is ChannelStatus.CLOSED


async def test_nobody_changes_somebody_elses_channel(world: World) -> None:
    page = await own_page(world, "Coördinator")
    assert (await press(world, page, "stop")).status_code == 400
    assert (await channel(world)).status is ChannelStatus.ACTIVE


async def test_another_site_changes_nothing(world: World) -> None:
    page = await own_page(world)
    answer = await world.web.post(
        f"{page}/kanaal",
        data={"kanaal": (await channel(world)).id, "doe": "stop"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert (await channel(world)).status is ChannelStatus.ACTIVE


async def test_the_link_ends_with_its_days_and_with_the_job(world: World) -> None:
    page = await own_page(world)
    async with world.db.begin() as session:
        found = await session.exec(select(Person).where(col(Person.name) == "Docent"))
        await mark_left(session, found.one(), who=SYSTEM, now=world.now)
    assert (await world.web.get(page)).status_code == 410
    async with world.db.begin() as session:
        old = world.now - timedelta(days=91)
        token = await mint_person_link(session, world.staff_id, LinkPurpose.OWN_PAGE, now=old)
    assert (await world.web.get(f"/p/{token}")).status_code == 410


async def test_a_sign_in_link_is_no_own_page_and_the_other_way_round(world: World) -> None:
    page = await own_page(world, "Coördinator")
    token = page.removeprefix("/p/")
    assert (await world.web.post(f"/aanmelden/{token}", headers=SAME_SITE)).status_code == 410


async def test_asking_by_mail_answers_everybody_the_same(world: World) -> None:
    answers = {
        (await world.web.post("/gegevens", data={"e-mail": address}, headers=SAME_SITE)).headers[
            "location"
        ]
        for address in (ADDRESS, "niemand@elders.example")
    }
    assert answers == {"/gegevens?gevraagd=ja"}
    async with world.db.read() as session:
        found = await session.exec(select(Message).where(col(Message.kind) == MessageKind.DIALOGUE))
        assert "%%OWN_PAGE%%" in str(found.one().content)


async def test_quiet_hours_are_set_and_cleared_and_half_of_them_is_refused(world: World) -> None:
    page = await own_page(world)

    async def set_to(begin: str, end: str) -> str:
        answer = await world.web.post(
            f"{page}/rusttijd", data={"van": begin, "tot": end}, headers=SAME_SITE
        )
        return answer.headers["location"].rpartition("=")[2]

    async def hours() -> tuple[time | None, time | None]:
        async with world.db.read() as session:
            found = await session.exec(select(Person).where(col(Person.name) == "Docent"))
            person = found.one()
            return person.quiet_from, person.quiet_until

    assert await set_to("22:00", "7.00") == "rusttijd"
    assert await hours() == (time(22), time(7))
    assert 'value="22:00"' in (await world.web.get(page)).text
    for half in (("22:00", ""), ("", "07:00"), ("25:00", "07:00"), ("07:00", "07:00")):
        assert await set_to(*half) == "uren"
    assert await hours() == (time(22), time(7))
    assert await set_to("", "") == "rusttijd"
    assert await hours() == (None, None)


async def test_the_back_up_is_a_colleague_of_the_same_organisation(world: World) -> None:
    page = await own_page(world)

    async def choose(person_id: object) -> int:
        answer = await world.web.post(
            f"{page}/vervanger", data={"persoon": str(person_id)}, headers=SAME_SITE
        )
        return answer.status_code

    async def backup() -> int | None:
        async with world.db.read() as session:
            found = await session.get_one(Organisation, world.organisation_id)
            return found.backup_person_id

    async with world.db.read() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one().id
    assert await choose(teacher) == 303
    assert await backup() == teacher
    for wrong in (world.staff_id, "x", 9999):
        assert await choose(wrong) == 400
    assert await backup() == teacher
    assert await choose("") == 303
    assert await backup() is None


async def the_teacher(world: World) -> Person:
    async with world.db.read() as session:
        return (await session.exec(select(Person).order_by(col(Person.id)))).all()[0]


async def test_the_file_holds_what_points_to_its_owner_and_no_key(world: World) -> None:
    page = await own_page(world)
    answer = await world.web.get(f"{page}/bestand")
    assert "attachment" in answer.headers["content-disposition"]
    told = answer.json()
    assert told["person"]["name"] == "Docent"
    assert [row["address"] for row in told["channel"]] == [ADDRESS]
    assert [row["address"] for row in told["delivery"]] == [ADDRESS]
    assert "token_hash" not in answer.text
    assert "Coördinator" not in answer.text


async def test_erasing_takes_a_tick_and_then_nothing_of_the_name_is_left(
    world: World, tmp_path: Path
) -> None:
    page = await own_page(world)
    async with world.db.begin() as session:
        person = await session.get_one(Person, (await the_teacher(world)).id)
        person.name, person.phone = PLANTED, "026-1122334"
        await note_passkey(session, person.id or 0, world.now)
    # What a browser sends of a form with one box that is not ticked.
    empty = SAME_SITE | {"content-type": "application/x-www-form-urlencoded"}
    unsure = await world.web.post(f"{page}/wissen", content=b"", headers=empty)
    assert "vinkje" in unsure.headers["location"]
    answer = await world.web.post(f"{page}/wissen", data={"zeker": "ja"}, headers=SAME_SITE)
    assert "Uw gegevens zijn gewist" in answer.text
    assert (await world.web.get(page)).status_code == 410
    rows = await contents(world.db)
    left = repr({table: found for table, found in rows.items() if table != "journal_entry"})
    for said in (PLANTED, ADDRESS, "026-1122334"):
        assert said not in left, said
        assert said not in repr(rows["journal_entry"])
    assert rows["passkey"] == rows["channel"][1:] == []
    await empty_log(world.db)
    if not is_postgresql():
        raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert PLANTED.encode() not in raw
    kept = await the_teacher(world)
    assert (kept.name, kept.left_at, kept.erased_at) == (
        "Verwijderd contact", world.now, world.now,
    )  # fmt: skip


async def note_passkey(session: AsyncSession, person_id: int, now: datetime) -> None:
    session.add(
        Passkey(
            person_id=person_id, name="telefoon", credential="aa", public_key="bb", created_at=now
        )
    )


async def test_the_only_admin_is_not_erased_by_their_own_page(world: World) -> None:
    page = await own_page(world, "Coördinator")
    answer = await world.web.post(f"{page}/wissen", data={"zeker": "ja"}, headers=SAME_SITE)
    assert answer.status_code == 409
    assert "enige beheerder" in answer.text


async def test_the_desk_hands_out_the_file_and_erases_on_request(world: World) -> None:
    person = await the_teacher(world)
    contact = f"/contact/{person.id}"
    assert (await world.press(f"{contact}/bestand")).json()["person"]["name"] == "Docent"
    assert "klaar=tick_first" in (await world.press(f"{contact}/wissen")).headers["location"]
    await world.press(f"{contact}/wissen", zeker="ja")
    assert (await the_teacher(world)).name == "Verwijderd contact"
    async with world.db.read() as session:
        found = await session.exec(select(JournalEntry).order_by(col(JournalEntry.id)))
        lines = [entry.action for entry in found.all() if entry.subject == f"person:{person.id}"]
    assert [line for line in lines if line in ("person_exported", "person_erased")] == [
        "person_exported", "person_erased",
    ]  # fmt: skip


async def test_every_public_page_leads_to_the_privacy_page(world: World) -> None:
    for path in (world.page, f"{world.page}/signaal", "/gegevens", await own_page(world), "/nee"):
        assert 'href="/privacy"' in (await world.web.get(path)).text, path
    page = (await world.web.get("/privacy")).text
    for words in ("30 dagen na het antwoord", "6 maanden", "Niemand die signalen leest",
                  "Politie en Veiligheidshuis krijgen uw bericht niet."):  # fmt: skip
        assert words in page, words
    assert "<script" not in page


async def test_the_privacy_page_counts_who_also_sits_in_the_casusoverleg(world: World) -> None:
    async with world.db.begin() as session:
        person_id = (await the_teacher(world)).id or 0
        await grant(
            session, person_id, Role.INTERPRETER, who=SYSTEM, now=world.now, has_case_seat=True
        )
    assert "zit er één ook in het casusoverleg" in (await world.web.get("/privacy")).text


async def test_a_loose_signal_is_told_from_ones_own_page_and_names_nobody(world: World) -> None:
    page = await own_page(world)
    assert f'href="{page}/signaal"' in (await world.web.get(page)).text
    form = (await world.web.get(f"{page}/signaal")).text
    assert "Terug naar uw gegevens" in form
    answer = await world.web.post(f"{page}/signaal", data=FORM, headers=SAME_SITE)
    assert answer.status_code == 303
    thanks = (await world.web.get(answer.headers["location"])).text
    assert "Het antwoord komt bij u." in thanks
    async with world.db.read() as session:
        signal = (await session.exec(select(Signal))).one()
    assert signal.event_id is None
    assert world.sealer.unseal(signal.reply_handle or "") == f"email:{ADDRESS}"
    # Whoever reads the row learns the organisation, and nobody in it.
    assert ADDRESS not in repr(signal)


async def test_a_loose_signal_about_a_person_is_kept_nowhere(world: World) -> None:
    page = await own_page(world)
    answer = await world.web.post(
        f"{page}/signaal", data=FORM | {"toelichting": PLANTED}, headers=SAME_SITE
    )
    assert answer.status_code == 422
    assert "<mark>" in answer.text
    assert PLANTED not in repr(await contents(world.db))
    async with world.db.read() as session:
        assert (await session.exec(select(Signal))).all() == []


async def test_a_loose_form_behind_a_link_that_is_over_tells_nothing(world: World) -> None:
    page = await own_page(world)
    async with world.db.begin() as session:
        person = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        await mark_left(session, person, who=SYSTEM, now=world.now)
    assert (await world.web.get(f"{page}/signaal")).status_code == 410
    told = await world.web.post(f"{page}/signaal", data=FORM, headers=SAME_SITE)
    assert told.status_code == 410
