"""An answer to an invitation in the chat, and who came, ticked there."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.chat.shown import shown_form
from bot.overleg_answers import COMES
from bot.overleg_inviting import invite_members
from briefings.overleg.replies import (
    replies_of,
)
from briefings.overleg.rows import (
    Overleg,
    OverlegKind,
    OverlegPresence,
    OverlegReply,
    Reply,
)
from contacts.directory import Domain, Organisation, Role
from contacts.journal import SYSTEM
from contacts.outbox import Delivery
from contacts.people import grant
from contacts.records import Database
from tests.partner_world import Chat, a_partner


@pytest.fixture
async def school(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


async def a_meeting(chat: Chat, hours: int = 48, *, is_exercise: bool = False) -> int:
    async with chat.db.begin() as session:
        host = Organisation(
            name="Buurthuis (spel)" if is_exercise else "Buurthuis",
            domain=Domain.CIVIL,
            is_exercise=is_exercise,
            created_at=chat.now,
        )
        session.add(host)
        await session.flush()
        overleg = Overleg(
            starts_at=chat.now + timedelta(hours=hours), kind=OverlegKind.REGULAR,
            host_id=host.id or 0, place="Zaal 2", edited_at=chat.now, is_exercise=is_exercise,
        )  # fmt: skip
        session.add(overleg)
        await session.flush()
        return overleg.id or 0


async def test_one_tap_in_the_chat_answers_and_can_be_said_otherwise(school: Chat) -> None:
    await school.command("/overleg")
    assert await school.text() == "Er staat geen overleg gepland."
    number = await a_meeting(school)
    await school.command("/overleg")
    assert "U zei nog niet of u komt" in await school.text()
    assert "Komen:" not in await school.text(), "counts are for who leads it, and the host"
    for label, toast in (("Wij komen", "wij komen."), ("Wij komen niet", "wij komen niet.")):
        await school.press(label)
        assert school.toast == f"Genoteerd: {toast}"
        assert f"U zei: {toast}" in await school.text()
        assert "U zei nog niet" not in await school.text()
    async with school.db.read() as session:
        assert len((await replies_of(session, number)).no) == 1
    await school.tap(f"{COMES}:{number}:ja:1")
    assert "veranderd of voorbij" in (school.toast or "")
    other = await a_meeting(school, is_exercise=True)
    with pytest.raises(ValueError, match="no such meeting"):
        await school.tap(f"{COMES}:{other}:ja:1")


async def test_an_answer_elsewhere_in_the_chat_stands_under_the_invitation_as_well(
    school: Chat,
) -> None:
    number = await a_meeting(school)
    async with school.db.begin() as session:
        overleg = await session.get_one(Overleg, number)
        assert await invite_members(session, overleg, None, who=SYSTEM, now=school.now) == 1
    [invitation] = await school.all(Delivery)
    school.message = invitation.id or 0
    await school.press("Wij komen niet")
    await school.command("/overleg")
    await school.press("Wij komen")
    async with school.db.read() as session:
        form = await shown_form(session, invitation.id or 0)
    assert form is not None
    assert form.text.splitlines()[-1] == "U zei: wij komen."
    assert len(form.text.split("U zei:")) == 2
    assert len(form.buttons) == 3, "it can be said otherwise"


async def test_the_coordinator_ticks_in_the_chat_who_came(school: Chat) -> None:
    number = await a_meeting(school, -3)
    async with school.db.begin() as session:
        await grant(session, school.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=school.now)
        session.add(
            OverlegReply(
                overleg_id=number, organisation_id=1, reply=Reply.YES, answered_at=school.now
            )
        )
    await school.command("/overleg")
    await school.press("Wie was er?")
    assert await school.labels() == ["☐ Buurthuis", "☐ School"]
    await school.press("☐ School")
    [there] = await school.all(OverlegPresence)
    assert there.organisation_id == 1
    assert await school.labels() == ["☐ Buurthuis", "☑ School"]
    await school.press("☑ School")
    assert await school.all(OverlegPresence) == []


async def test_a_member_ticks_nobody(school: Chat) -> None:
    from contacts.permissions import NotAllowed

    number = await a_meeting(school, -3)
    await school.command("/overleg")
    assert await school.labels() == []
    for wire in (f"ovw:{number}:0", f"ovp:{number}:1:er:0"):
        with pytest.raises(NotAllowed):
            await school.tap(wire)
    assert await school.all(OverlegPresence) == []
