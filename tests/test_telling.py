"""Telling a signal: sealed, by organisation, refused when it is about a person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind, Domain
from contacts.journal import JournalEntry
from contacts.records import Database
from contacts.sealing import Sealer, is_sealed
from contacts.sending import Recipient
from signals import telling
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


async def told(
    session: AsyncSession, draft: Draft, now: datetime, once: str | None = None
) -> Told | Blocked | Emergency:
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
        once=once,
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
        await told(session, replace(DRAFT, **wrong), now)


async def test_a_signal_is_described_in_dutch(session: AsyncSession, now: datetime) -> None:
    await told(session, replace(DRAFT, kinds=(SignalKind.RUMOUR, SignalKind.FEAR)), now)
    [signal] = await stored(session)
    words = describe(signal)
    assert words.kinds == "geruchten; angst, zorg"
    assert (words.district, words.setting, words.domain) == ("Klarendal", "klas", "onderwijs")


async def test_the_same_form_sent_twice_is_one_signal_with_one_promise(
    session: AsyncSession, now: datetime
) -> None:
    first = await told(session, DRAFT, now, once="form")
    again = await told(session, DRAFT, now + timedelta(days=3), once="form")
    assert isinstance(first, Told)
    assert again == replace(first, is_new=False)
    assert len(await stored(session)) == 1
    assert len((await session.exec(select(JournalEntry))).all()) == 1


async def test_two_forms_are_two_signals_and_so_are_two_chats(
    session: AsyncSession, now: datetime
) -> None:
    for once in ("form", "another", None, None):
        await told(session, DRAFT, now, once=once)
    assert len(await stored(session)) == 4


async def test_the_same_form_sent_at_once_is_one_signal(db: Database, now: datetime) -> None:
    async def send() -> Told | Blocked | Emergency:
        async with db.begin() as session:
            return await told(session, DRAFT, now, once="form")

    answers = await asyncio.gather(*(send() for _ in range(4)))
    assert len({answer.signal_id for answer in answers if isinstance(answer, Told)}) == 1
    assert sum(answer.is_new for answer in answers if isinstance(answer, Told)) == 1
    async with db.read() as session:
        assert len(await stored(session)) == 1


async def test_the_database_has_the_last_word_on_a_form_sent_twice(
    session: AsyncSession, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told(session, DRAFT, now, once="form")
    looks = [None]

    async def blind_at_first(session: AsyncSession, once: str) -> Signal | None:
        return looks.pop() if looks else (await stored(session))[0]

    monkeypatch.setattr(telling, "_sent_before", blind_at_first)
    again = await told(session, DRAFT, now, once="form")
    assert isinstance(again, Told)
    assert not again.is_new
    assert len(await stored(session)) == 1
