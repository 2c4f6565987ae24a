"""A text that waits for the morning, is withdrawn, or promises what is over."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import select

from bot import ticks
from briefings.approval import (
    ApprovalRefused,
    SubmitRefused,
    Submitted,
    approve,
    submit,
    withdraw,
)
from briefings.distribution import distribute_due
from briefings.drafting import current_briefing, draft_briefing, texts_of
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from briefings.versions import versions_of
from contacts.outbox import (
    Message,
    MessageStatus,
)
from contacts.records import Database, IllegalMove
from tests.approving import a_draft, handed_in
from tests.briefings_cast import (
    NOW,
    SETTINGS,
    sure,
)

#: promised where a text waits for the morning
TOMORROW = NOW + timedelta(hours=24)


async def test_a_text_for_the_morning_waits_and_then_counts_as_sent(db: Database) -> None:
    morning = NOW + timedelta(hours=12)
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session, promise=TOMORROW)
        await approve(
            session, briefing, cast.approver, SETTINGS,
            expected_hash=seen, now=NOW, send_at=morning,
        )  # fmt: skip
        assert briefing.status is BriefingStatus.APPROVED
        assert {m.send_at for m in (await session.exec(select(Message))).all()} == {morning}
        assert await distribute_due(session, now=NOW) == []
        assert await distribute_due(session, now=morning) == [briefing.id]
        assert await distribute_due(session, now=morning) == []
        await session.refresh(briefing)
        assert briefing.status is BriefingStatus.DISTRIBUTED
        with pytest.raises(IllegalMove):
            await withdraw(session, briefing, cast.writer, now=morning)


async def test_an_edit_voids_a_text_that_waits_for_the_morning(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session, promise=TOMORROW)
        await approve(
            session, briefing, cast.approver, SETTINGS,
            expected_hash=seen, now=NOW, send_at=NOW + timedelta(hours=12),
        )  # fmt: skip
        await sure(session, cast.event, "De Testlaan is weer open.")
        await session.refresh(briefing)
        current = await current_briefing(session, cast.event.id or 0)
        statuses = {m.status for m in (await session.exec(select(Message))).all()}
    assert briefing.status is BriefingStatus.WITHDRAWN
    assert statuses == {MessageStatus.CANCELLED}
    assert current is not None
    assert (current.version, current.status, current.kind) == (
        2,
        BriefingStatus.DRAFT,
        BriefingKind.FIRST,
    )


async def test_a_promise_that_is_over_is_made_anew_in_the_next_draft(db: Database) -> None:
    late = NOW + timedelta(hours=5)  # 23.05, an hour after the promised update
    async with db.begin() as session:
        cast, _ = await a_draft(session)
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=late,
        )  # fmt: skip
        texts = await texts_of(session, briefing.id or 0)
        submitted = await submit(session, briefing, cast.writer, SETTINGS, now=late)
    assert all("woensdag 4 maart, 07.15 uur" in text.plain for text in texts)
    assert not any("22.00" in text.plain for text in texts)
    assert isinstance(submitted, Submitted)


async def test_a_text_that_promises_an_update_in_the_past_goes_nowhere(db: Database) -> None:
    late = NOW + timedelta(hours=5)
    async with db.begin() as session:
        cast, briefing = await a_draft(session)
        refused = await submit(session, briefing, cast.writer, SETTINGS, now=late)
        submitted = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
        assert isinstance(submitted, Submitted)
        seen = submitted.content_hash
        at_once = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=late
        )
        later = await approve(
            session, briefing, cast.approver, SETTINGS,
            expected_hash=seen, now=NOW, send_at=late,
        )  # fmt: skip
        nothing = (await session.exec(select(Message))).all()
    assert refused == SubmitRefused("promise_past")
    assert (at_once, later) == (ApprovalRefused("promise_past"),) * 2
    assert nothing == []


async def test_withdrawing_drops_a_draft(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await a_draft(session)
        await withdraw(session, briefing, cast.writer, now=NOW)
        assert await current_briefing(session, cast.event.id or 0) is None


async def test_drafting_while_a_text_waits_for_the_morning_leaves_one_open_version(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session, promise=TOMORROW)
        await approve(
            session, briefing, cast.approver, SETTINGS,
            expected_hash=seen, now=NOW, send_at=NOW + timedelta(hours=12),
        )  # fmt: skip
        drafted = await draft_briefing(
            session, cast.event, kind=BriefingKind.UPDATE, settings=SETTINGS, editor_id=1, now=NOW
        )
        versions = await versions_of(session, cast.event.id or 0)
    assert [(one.version, one.status) for one in versions] == [
        (1, BriefingStatus.WITHDRAWN),
        (2, BriefingStatus.DRAFT),
    ]
    assert (drafted.id, drafted.kind) == (versions[1].id, BriefingKind.FIRST)


async def test_a_card_that_cannot_be_shown_holds_up_no_text(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning = NOW + timedelta(hours=12)
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session, promise=TOMORROW)
        await approve(
            session, briefing, cast.approver, SETTINGS,
            expected_hash=seen, now=NOW, send_at=morning,
        )  # fmt: skip

    async def broken(*args: object, **values: object) -> int:
        raise RuntimeError("card")

    monkeypatch.setattr(ticks, "refresh_live", broken)
    house: Any = SimpleNamespace(db=db, pump=SimpleNamespace(wake=lambda: None))
    with pytest.raises(RuntimeError):
        await ticks.refresh(house, morning)
    async with db.read() as session:
        stored = await session.get_one(Briefing, briefing.id)
    assert stored.status is BriefingStatus.DISTRIBUTED
