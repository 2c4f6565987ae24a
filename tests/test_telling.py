"""Telling a signal: sealed, by organisation, refused when it is about a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind, Domain
from contacts.journal import JournalEntry
from contacts.records import Database
from contacts.sealing import Sealer, is_sealed
from contacts.sending import Recipient
from signals.errors import DraftError
from signals.rows import Setting, Signal, SignalKind
from signals.settings import SignalSettings
from signals.telling import Blocked, Draft, Emergency, Told, describe, tell

SEALER = Sealer(Sealer.new_key())
DRAFT = Draft(
    event_id=7,
    district="WK020207",
    setting=Setting.CLASSROOM,
    kinds=(SignalKind.RUMOUR,),
    severity=2,
    note="Er gaat een gerucht over een actie, de groep is onrustig.",
)
REPLY = Recipient(ChannelKind.TELEGRAM, "4242", person_id=9, organisation_id=3)


@pytest.fixture
async def session(db: Database) -> AsyncIterator[AsyncSession]:
    async with db.begin() as opened:
        yield opened


async def told(session: AsyncSession, draft: Draft, now: datetime) -> Told | Blocked | Emergency:
    return await tell(
        session,
        draft,
        organisation_id=3,
        domain=Domain.EDUCATION,
        reply=REPLY,
        sealer=SEALER,
        settings=SignalSettings(),
        is_exercise=True,
        now=now,
    )


async def stored(session: AsyncSession) -> list[Signal]:
    return list((await session.exec(select(Signal))).all())


async def test_a_signal_is_stored_with_note_and_way_back_sealed(
    session: AsyncSession, now: datetime
) -> None:
    result = await told(session, DRAFT, now)
    assert isinstance(result, Told)
    [signal] = await stored(session)
    assert signal.note_sealed is not None
    assert signal.reply_handle is not None
    assert is_sealed(signal.note_sealed)
    assert SEALER.unseal(signal.note_sealed) == DRAFT.note
    assert SEALER.unseal(signal.reply_handle) == "telegram:4242"
    assert signal.is_exercise


async def test_the_row_and_the_journal_do_not_say_who_reported(
    session: AsyncSession, now: datetime
) -> None:
    await told(session, DRAFT, now)
    [signal] = await stored(session)
    [entry] = (await session.exec(select(JournalEntry))).all()
    assert "4242" not in signal.model_dump_json()
    assert DRAFT.note not in signal.model_dump_json()
    assert (entry.actor, entry.detail) == ("system", {"severity": 2, "kinds": 1})


async def test_severity_five_stores_nothing(session: AsyncSession, now: datetime) -> None:
    assert await told(session, replace(DRAFT, severity=5), now) == Emergency()
    assert await stored(session) == []


async def test_a_note_about_a_person_is_refused_by_the_second_lock(
    session: AsyncSession, now: datetime
) -> None:
    result = await told(session, replace(DRAFT, note="Soufiane Benali is boos"), now)
    assert isinstance(result, Blocked)
    assert result.screening.words == (1, 2)
    assert await stored(session) == []


async def test_without_a_wish_for_feedback_no_way_back_is_kept(
    session: AsyncSession, now: datetime
) -> None:
    await told(session, replace(DRAFT, wants_feedback=False), now)
    [signal] = await stored(session)
    assert signal.reply_handle is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"severity": 0},
        {"severity": 6},
        {"kinds": ()},
        {"kinds": tuple(SignalKind)[:4]},
        {"kinds": (SignalKind.FEAR, SignalKind.FEAR)},
        {"district": "Klarendal"},
        {"note": "a" * 281},
    ],
)
async def test_a_value_that_the_form_does_not_offer_is_an_error(
    session: AsyncSession, now: datetime, wrong: dict[str, object]
) -> None:
    with pytest.raises(DraftError):
        await told(session, replace(DRAFT, **wrong), now)  # type: ignore[arg-type]


async def test_a_signal_is_described_in_dutch(session: AsyncSession, now: datetime) -> None:
    await told(session, replace(DRAFT, kinds=(SignalKind.RUMOUR, SignalKind.FEAR)), now)
    [signal] = await stored(session)
    words = describe(signal)
    assert words.kinds == "geruchten, angst, zorg"
    assert (words.district, words.setting, words.domain) == ("Klarendal", "klas", "onderwijs")
