"""A closing text tells what partners told until it is approved, and closes over nobody's signal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat.buttons import parse
from bot.chat.coordinator import texts
from bot.chat.router import TAPS
from bot.evening.texts import CLOSE_AGAIN
from briefings.approval import (
    ApprovalRefused,
    Approved,
    SubmitRefused,
    Submitted,
    approve,
    submit,
)
from briefings.drafting import texts_of
from contacts.directory import Role
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, Message, MessageKind
from contacts.people import grant
from contacts.records import Database
from contacts.sending import first_channel
from feeds.rows import EventStatus
from signals.peer_rows import PeerGroup, PeerSeat, PeerStatus, PeerTopic, SeatStatus
from signals.peer_texts import ENDED
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS
from tests.closing_world import LATER, a_closing, answered, begun, told, told_at_desk
from tests.console_desk import Desk, a_desk
from tests.partner_world import Chat


async def test_a_signal_that_comes_while_it_is_written_is_answered_first(db: Database) -> None:
    async with db.begin() as session:
        cast, closing = await a_closing(session)
        signal = await told(session, cast, at=LATER + timedelta(minutes=5))
        late = LATER + timedelta(minutes=10)
        refused = await submit(session, closing, cast.writer, SETTINGS, now=late)
        assert refused == SubmitRefused("signals_wait")
        await answered(session, cast, signal, at=late)
        stale = await submit(session, closing, cast.writer, SETTINGS, now=late)
        assert stale == SubmitRefused("signals_changed")
        again = await begun(session, cast, now=late)
        assert again.id == closing.id
        assert isinstance(await submit(session, again, cast.writer, SETTINGS, now=late), Submitted)
        plain = (await texts_of(session, again.id or 0))[0].plain
        assert "geruchten" in plain


async def test_a_signal_that_comes_while_it_waits_for_approval_holds_it_up(db: Database) -> None:
    async with db.begin() as session:
        cast, closing = await a_closing(session)
        done = await submit(session, closing, cast.writer, SETTINGS, now=LATER)
        assert isinstance(done, Submitted), done
        signal = await told(session, cast, at=LATER + timedelta(minutes=5))
        late = LATER + timedelta(minutes=10)
        seen = done.content_hash
        waits = await approve(
            session, closing, cast.approver, SETTINGS, expected_hash=seen, now=late
        )
        assert waits == ApprovalRefused("signals_wait")
        await answered(session, cast, signal, at=late)
        stale = await approve(
            session, closing, cast.approver, SETTINGS, expected_hash=seen, now=late
        )
        assert stale == ApprovalRefused("signals_changed")
        assert cast.event.status is EventStatus.CONFIRMED
        again = await begun(session, cast, now=late)
        bound = await submit(session, again, cast.writer, SETTINGS, now=late)
        assert isinstance(bound, Submitted), bound
        sent = await approve(
            session, again, cast.approver, SETTINGS, expected_hash=bound.content_hash, now=late
        )
        assert isinstance(sent, Approved), sent
        assert cast.event.status is EventStatus.CLOSED


async def test_an_update_waits_for_no_signal(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
        await told(session, cast, at=NOW)
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=NOW
        )
        assert isinstance(done, Approved), done


@pytest.mark.parametrize("reads", [True, False])
async def test_an_approver_who_is_refused_gets_a_way_on(db: Database, reads: bool) -> None:
    async with db.begin() as session:
        cast, closing = await a_closing(session)
        bound = await submit(session, closing, cast.writer, SETTINGS, now=LATER)
        assert isinstance(bound, Submitted), bound
        await told(session, cast, at=LATER + timedelta(minutes=5))
        if reads:
            who = cast.approver.person_id
            await grant(session, who, Role.INTERPRETER, who=SYSTEM, now=LATER)
        wire = f"ap2:{closing.id}:{bound.content_hash[:12]}"
    chat = Chat(db, LATER + timedelta(minutes=6), cast.approver.person_id)
    await chat.run(TAPS["ap2"], tap=parse(wire))
    assert "Er kwam een signaal bij." in await chat.text()
    signals = [texts.SIGNALS] if reads else []
    assert await chat.labels() == [*signals, CLOSE_AGAIN, texts.SEND_BACK]
    assert ("Een coördinator of duider" in await chat.text()) is not reads


async def test_the_approved_closing_tells_a_group_of_members_at_once_that_it_is_over(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, closing = await a_closing(session)
        reached = [one for one in cast.people if await first_channel(session, one.id or 0)]
        inside = reached[0]
        group = PeerGroup(event_id=cast.event.id or 0, topic=PeerTopic.PARENTS, made_at=NOW)
        session.add(group)
        await session.flush()
        session.add(
            PeerSeat(
                group_id=group.id or 0, person_id=inside.id or 0, status=SeatStatus.IN,
                asked_at=NOW,
            )
        )  # fmt: skip
        bound = await submit(session, closing, cast.writer, SETTINGS, now=LATER)
        assert isinstance(bound, Submitted), bound
        await approve(
            session, closing, cast.approver, SETTINGS, expected_hash=bound.content_hash, now=LATER
        )
        assert cast.event.status is EventStatus.CLOSED
    async with db.read() as session:
        assert (await session.get_one(PeerGroup, group.id)).status is PeerStatus.ENDED
        found = await session.exec(
            select(Message.content, Delivery.person_id)
            .join(Delivery, col(Delivery.message_id) == col(Message.id))
            .where(col(Message.kind) == MessageKind.NOTICE)
        )
        told_of_it = [(str(words), person) for words, person in found.all()]
    assert [person for words, person in told_of_it if ENDED in words] == [inside.id]


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_at_the_desk_a_closing_is_written_again_with_one_button(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    assert (await desk.press("nieuwe-versie", soort="afsluiting")).status_code == 303
    await told_at_desk(desk)
    assert "Eerst de signalen" not in await desk.page("verzenden")
    refused = await desk.press("indienen", versie=2)
    assert refused.status_code == 422
    assert "Er kwam een signaal bij." in refused.text
    assert CLOSE_AGAIN in refused.text
    seen = refused.text.split('name="gezien" value="')[1].split('"', maxsplit=1)[0]
    waits = await desk.press("nieuwe-versie", soort="afsluiting", gezien=seen)
    assert "Nog 1 signaal wacht op een antwoord" in waits.text


async def test_at_the_desk_the_approver_sees_the_signals_before_trying(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    assert (await desk.press("nieuwe-versie", soort="afsluiting")).status_code == 303
    assert (await desk.press("indienen", versie=2)).status_code == 303
    await told_at_desk(desk)
    page = await desk.page("verzenden")
    assert "Eerst de signalen" in page
    assert "Er kwam een signaal bij." in page
    assert 'href="/signalen"' in page
    assert CLOSE_AGAIN in page
