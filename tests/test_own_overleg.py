"""A member reads the agenda of the next meeting: counts for everybody, and no other's homework."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.overleg_answers import AGENDA
from bot.overleg_inviting import invitation
from briefings.learning.rows import Lesson
from briefings.moments import local_date
from briefings.overleg.rows import Agreement, AgreementKind, Overleg, OverlegKind, OverlegStatus
from contacts.directory import Domain, LinkPurpose, Organisation, Person
from contacts.filling import OWN_PAGE
from contacts.links import mint_person_link
from contacts.records import Database
from tests.console_desk import Desk, a_desk


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def own_link(desk: Desk) -> str:
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        token = await mint_person_link(
            session, teacher.id or 0, LinkPurpose.OWN_PAGE, now=desk.world.now
        )
    return f"/p/{token}"


async def meetings(desk: Desk) -> None:
    """One that is off and one that comes, at another school; actions of both and of a function."""
    now, own = desk.world.now, desk.world.organisation_id
    due = local_date(now) + timedelta(days=30)
    async with desk.world.db.begin() as session:
        other = Organisation(name="Andere school", domain=Domain.EDUCATION, created_at=now)
        session.add(other)
        await session.flush()
        for days, status in ((5, OverlegStatus.CANCELLED), (20, OverlegStatus.PLANNED)):
            session.add(
                Overleg(
                    starts_at=now + timedelta(days=days), kind=OverlegKind.REGULAR,
                    host_id=own if days == 20 else other.id or 0, place=f"Zaal {days}",
                    status=status, edited_at=now,
                )
            )  # fmt: skip
        await session.flush()
        for words, name, ident in (
            ("Wij regelen de sleutel.", "eigen", own),
            ("Zij regelen de koffie.", other.name, other.id),
            ("De adviseur schrijft een stuk.", "adviseur", None),
        ):
            session.add(
                Agreement(
                    overleg_id=1, kind=AgreementKind.ACTION, words=words, owner=name,
                    owner_id=ident, due=due, made_at=now,
                )
            )  # fmt: skip
        session.add_all(
            Lesson(event_id=desk.number, change=change, owner="Andere school", due=due, made_at=now)
            for change in ("Eerder bellen.", "Andere school belt eerder.")
        )  # fmt: skip


async def test_a_member_reads_what_is_coming_and_only_the_own_actions(desk: Desk) -> None:
    await meetings(desk)
    page = (await desk.web.get(f"{await own_link(desk)}{AGENDA}")).text
    assert "Zaal 20" in page
    assert "Zaal 5" not in page
    assert "Uw organisatie is gastheer" in page
    assert "Wij regelen de sleutel." in page
    assert "De adviseur schrijft een stuk." in page
    assert "koffie" not in page
    assert "Eerder bellen." in page
    assert "Andere school" not in page


async def test_the_own_page_leads_there_only_while_something_is_planned(desk: Desk) -> None:
    link = await own_link(desk)
    assert f"{link}{AGENDA}" not in (await desk.web.get(link)).text
    assert "Er staat geen overleg gepland" in (await desk.web.get(f"{link}{AGENDA}")).text
    await meetings(desk)
    assert f"{link}{AGENDA}" in (await desk.web.get(link)).text
    assert (await desk.web.get(f"/p/nergens{AGENDA}")).status_code in (404, 410)


def test_the_invitation_leads_to_the_agenda_in_both_forms() -> None:
    at = datetime.fromisoformat("2026-06-18T15:00:00+02:00")
    overleg = Overleg(id=1, starts_at=at, kind=OverlegKind.REGULAR, host_id=1, edited_at=at)
    content = invitation(overleg, "School", now=at - timedelta(days=9))
    assert content.telegram is not None
    assert content.email is not None
    assert content.telegram.buttons[1][0].url == f"{OWN_PAGE}{AGENDA}"
    assert f"{OWN_PAGE}{AGENDA}\n" in content.email.text
    assert f'href="{OWN_PAGE}{AGENDA}"' in content.email.html
