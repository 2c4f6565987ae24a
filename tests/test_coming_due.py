"""What comes due by itself: a fault in one thing holds up none of the others, and what may not
leave stays, also after a house that was killed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import coming_due, ticks
from bot.chat.coordinator import approved_texts
from bot.house import House
from briefings import last_look
from briefings.approval import Approved, Submitted, approve, submit
from briefings.calling_off import go_on
from briefings.came_due import came_due
from briefings.drafting import draft_briefing
from briefings.facts import set_next_update
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.claiming import owned_by
from contacts.departure_log import Left
from contacts.directory import Channel, ChannelKind, ChannelStatus, Organisation, Role
from contacts.journal import JournalEntry
from contacts.outbox import Delivery, DeliveryStatus, Message, MessageStatus
from contacts.records import Database
from contacts.recovery import recover_all
from contacts.settings import SendingSettings
from tests.briefings_cast import SETTINGS, Cast, add_person, an_event, facts_for
from tests.closing_world import LATER, SEALER, told
from tests.test_closing_at_its_moment import MOMENT, for_the_morning, nothing, notices
from tests.test_lapsed_promises import AFTER, forms, going, promised

SAID = "ging niet uit"
RUN = "run"


def a_house(db: Database, *, clock: datetime = MOMENT, recover: Any = nothing) -> Any:
    pump = SimpleNamespace(wake=lambda: None, recover=recover, run=nothing)
    return SimpleNamespace(db=db, pump=pump, clock=lambda: clock)


async def status(db: Database, briefing: Briefing) -> tuple[BriefingStatus, bool]:
    """Where it stands, and whether it still waits for its moment."""
    async with db.read() as session:
        stored = await session.get_one(Briefing, briefing.id)
        return stored.status, stored.send_at is not None


async def said(db: Database) -> list[str]:
    async with db.read() as session:
        return [text for text in await notices(session) if SAID in text]


async def another(session: AsyncSession, cast: Cast) -> Briefing:
    """A first text of another event, for the same moment as the closing text."""
    event = an_event(title="Brand in Malburgen")
    session.add(event)
    await session.flush()
    await facts_for(session, event, now=LATER)
    promise = MOMENT + timedelta(hours=12)
    await set_next_update(session, event.id or 0, promise, editor_id=1, now=LATER)
    briefing = await draft_briefing(
        session, event, kind=BriefingKind.FIRST, settings=SETTINGS,
        editor_id=cast.writer.person_id, now=LATER,
    )  # fmt: skip
    bound = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
    assert isinstance(bound, Submitted), bound
    done = await approve(
        session, briefing, cast.approver, SETTINGS, expected_hash=bound.content_hash, now=LATER,
        send_at=MOMENT,
    )  # fmt: skip
    assert isinstance(done, Approved), done
    return briefing


async def broken(*_: object, **__: object) -> Any:
    raise RuntimeError("a lasting fault")


async def two_due(db: Database) -> tuple[Cast, Briefing, Briefing]:
    async with db.begin() as session:
        cast, closing = await for_the_morning(session)
        return cast, closing, await another(session, cast)


async def held_and_unheard_of(db: Database, channels: ChannelStatus) -> Cast:
    """A closing text that may not leave, and whether anybody has a channel."""
    async with db.begin() as session:
        cast, _ = await for_the_morning(session)
        await told(session, cast, at=LATER + timedelta(hours=1))
        await session.exec(update(Channel).values(status=channels))
    return cast


async def test_a_closing_that_stands_still_is_told_as_soon_as_somebody_can_hear_it(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await held_and_unheard_of(db, ChannelStatus.CLOSED)
    await ticks.refresh(a_house(db), MOMENT)
    await ticks.refresh(a_house(db), MOMENT + timedelta(seconds=1))
    assert await said(db) == []
    assert [one.message for one in caplog.records if "nobody can hear" in one.message] == [
        "A closing text was stopped, and nobody can hear it"
    ]
    async with db.begin() as session:
        await session.exec(update(Channel).values(status=ChannelStatus.ACTIVE))
    await ticks.refresh(a_house(db), MOMENT + timedelta(minutes=5))
    assert len(await said(db)) == 2
    await ticks.refresh(a_house(db), MOMENT + timedelta(minutes=6))
    assert len(await said(db)) == 2
    async with db.read() as session:
        found = await session.exec(
            select(JournalEntry.action)
            .where(col(JournalEntry.action).startswith("closing_h"))
            .order_by(col(JournalEntry.id))
        )
        assert list(found.all()) == ["closing_held", "closing_hold_untold", "closing_hold_told"]


async def test_an_admin_hears_of_a_closing_when_no_coordinator_or_approver_can(
    db: Database,
) -> None:
    cast = await held_and_unheard_of(db, ChannelStatus.CLOSED)
    async with db.begin() as session:
        city = await session.get_one(Organisation, cast.writer.organisation_id)
        await add_person(session, city, "beheerder", [], telegram="9", role=Role.ADMIN)
    for later in range(2):
        await ticks.refresh(a_house(db), MOMENT + timedelta(seconds=later))
        assert len(await said(db)) == 1


async def test_a_fault_in_promises_holds_up_no_text_and_reaches_the_heartbeat(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, closing, other = await two_due(db)
    monkeypatch.setattr(coming_due, "drop_past_promises", broken)
    with pytest.raises(RuntimeError):
        await ticks.refresh(a_house(db), MOMENT)
    assert [(await status(db, one))[0] for one in (closing, other)] == (
        [BriefingStatus.DISTRIBUTED] * 2
    )


async def test_a_closing_that_nothing_could_look_at_or_stop_does_not_count_as_sent(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, closing, other = await two_due(db)
    monkeypatch.setattr(coming_due, "hold_unheard", broken)
    monkeypatch.setattr(coming_due, "hold_unseen", broken)
    with pytest.raises(RuntimeError):
        await ticks.refresh(a_house(db), MOMENT)
    assert await status(db, closing) == (BriefingStatus.APPROVED, True)
    assert (await status(db, other))[0] is BriefingStatus.DISTRIBUTED


async def test_a_closing_that_cannot_be_looked_at_is_stopped_in_its_last_seconds(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, closing, _ = await two_due(db)
    with monkeypatch.context() as patch:
        patch.setattr(last_look, "unheard", broken)
        for before, waits in ((30, True), (3, False)):
            with pytest.raises(RuntimeError):
                await ticks.refresh(a_house(db), MOMENT - timedelta(seconds=before))
            assert await status(db, closing) == (BriefingStatus.APPROVED, waits)
    assert len(await said(db)) == 2
    assert all(approved_texts.NOT_LOOKED in text for text in await said(db))
    # By hand it goes, once it can be looked at and nothing was told.
    async with db.begin() as session:
        stored = await session.get_one(Briefing, closing.id)
        assert await go_on(session, stored, who=cast.writer.who, now=MOMENT)


async def test_a_fault_in_telling_lets_no_closing_leave(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await held_and_unheard_of(db, ChannelStatus.ACTIVE)
    with monkeypatch.context() as patch:
        patch.setattr("bot.evening.closing_held.tell_people", broken)
        with pytest.raises(RuntimeError):
            await ticks.refresh(a_house(db), MOMENT)
    async with db.read() as session:
        found = await session.exec(
            select(Message.status).where(col(Message.halt_reason) == "signals_wait")
        )
        assert set(found.all()) == {MessageStatus.HALTED}
    await ticks.refresh(a_house(db), MOMENT + timedelta(seconds=1))
    assert len(await said(db)) == 2


async def killed_with(session: AsyncSession, state: DeliveryStatus, version: Briefing) -> None:
    """What waits of a version was in hand when the house was killed, and did not leave."""
    messages = select(Message.id).where(col(Message.briefing_id) == version.id)
    await session.exec(
        update(Delivery)
        .where(
            col(Delivery.message_id).in_(messages), col(Delivery.status) == DeliveryStatus.PLANNED
        )
        .values(status=state, lease_owner=owned_by("house", RUN))
        .execution_options(synchronize_session=False)
    )


def recovering(db: Database) -> Any:
    async def recover(now: datetime) -> None:
        async with db.begin() as session:
            await recover_all(
                session, list(ChannelKind), owner="house", settings=SendingSettings(),
                sealer=SEALER, left=Left(run=RUN, sent={}, away=frozenset()), now=now,
            )  # fmt: skip

    return recover


IN_HAND = [DeliveryStatus.CLAIMED, DeliveryStatus.SENDING]


@pytest.mark.parametrize("state", IN_HAND)
async def test_what_was_in_hand_at_a_kill_leaves_without_a_promise_that_is_over(
    db: Database, state: DeliveryStatus
) -> None:
    async with db.begin() as session:
        cast, briefing = await going(session)
        await killed_with(session, state, briefing)
    await House._hold_pump(a_house(db, clock=AFTER, recover=recovering(db)), asyncio.Event())
    async with db.read() as session:
        shown = await forms(session, cast)
    assert promised(shown.pop(0)) == [True] * 3
    assert [one.status for one in shown.values()] == [DeliveryStatus.PLANNED] * 2
    assert all(promised(one) == [False] * 3 for one in shown.values())


@pytest.mark.parametrize("state", IN_HAND)
async def test_a_closing_in_hand_at_a_kill_is_stopped_before_it_leaves(
    db: Database, state: DeliveryStatus
) -> None:
    async with db.begin() as session:
        cast, closing = await for_the_morning(session)
        await told(session, cast, at=LATER + timedelta(hours=1))
        await killed_with(session, state, closing)
    await House._hold_pump(a_house(db, recover=recovering(db)), asyncio.Event())
    assert await status(db, closing) == (BriefingStatus.APPROVED, False)
    assert len(await said(db)) == 2


async def test_a_house_sends_also_when_looking_first_goes_wrong(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with db.begin() as session:
        await going(session)
    monkeypatch.setattr(coming_due, "drop_past_promises", broken)
    ran = []
    house = a_house(db, clock=AFTER)

    async def run(_: asyncio.Event) -> None:
        ran.append(True)

    house.pump.run = run
    await House._hold_pump(house, asyncio.Event())
    assert ran == [True]


async def test_a_promise_that_is_over_came_due_and_one_that_holds_did_not(db: Database) -> None:
    assert not await came_due(db, now=AFTER)
    async with db.begin() as session:
        await going(session)
    assert await came_due(db, now=AFTER)
    assert not await came_due(db, now=AFTER - timedelta(days=1))


def test_a_house_that_starts_loads_no_more_than_sending_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import bot.house, sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = set(done.stdout.split())
    assert "contacts.pump" in loaded
    assert not {"bot.coming_due", "briefings.distribution", "bot.chat.coordinator.card"} & loaded
