"""Decisions and actions of the overleg: kept without persons, and remembered when they are due."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.overleg.rows import (
    AGREEMENT_MOVES,
    Agreement,
    AgreementKind,
    AgreementStatus,
    Overleg,
)
from contacts.journal import SYSTEM, Who, write_journal
from contacts.people import organisation_named
from contacts.records import move
from signals.person_filter import screen

LONGEST, LONGEST_OWNER = 300, 120
#: nobody plans an action further away than this
FURTHEST = timedelta(days=731)
#: what is late is told again after this long
TELL_AGAIN = timedelta(days=7)
#: its owner hears of it once, this long before
BEFORE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """What somebody filled in. A decision needs no owner and no day."""

    kind: AgreementKind
    words: str
    owner: str
    due: date | None


@dataclass(frozen=True, slots=True)
class NotAgreed:
    """Why nothing was kept: ``empty``, ``long``, ``person``, ``owner`` or ``date``."""

    reason: str


async def add_agreement(
    session: AsyncSession,
    overleg: Overleg,
    given: NewAgreement,
    *,
    who: Who,
    allow: Collection[str],
    today: date,
    now: datetime,
) -> Agreement | NotAgreed:
    """Keep what was agreed."""
    owner_id = await organisation_named(session, given.owner, is_exercise=overleg.is_exercise)
    if refused := why_not(given, allow, is_known=owner_id is not None, today=today):
        return NotAgreed(refused)
    assert overleg.id is not None
    agreement = Agreement(
        overleg_id=overleg.id, kind=given.kind, words=given.words, owner=given.owner,
        owner_id=owner_id, due=given.due, made_by=who.person_id, made_at=now,
        is_exercise=overleg.is_exercise,
    )  # fmt: skip
    session.add(agreement)
    await session.flush()
    _note(session, agreement, "agreement_added", who=who, now=now)
    return agreement


def why_not(
    given: NewAgreement, allow: Collection[str], *, is_known: bool, today: date
) -> str | None:
    """What is wrong with it, None when nothing is. Pure.

    :param is_known: the owner is an organisation of the list.
    """
    is_action = given.kind is AgreementKind.ACTION
    if not given.words:
        return "empty"
    if is_action and not given.owner:
        return "owner"
    if len(given.words) > LONGEST or len(given.owner) > LONGEST_OWNER:
        return "long"
    if (is_action and given.due is None) or (
        given.due is not None and not today <= given.due <= today + FURTHEST
    ):
        return "date"
    owner = "" if is_known else given.owner
    if any(screen(text, allow).blocked for text in (given.words, owner) if text):
        return "person"
    return None


async def settle_agreement(
    session: AsyncSession, agreement: Agreement, new: AgreementStatus, *, who: Who, now: datetime
) -> None:
    """Done, not after all, or open again.

    :raises contacts.records.RecordError: somebody settled it before.
    """
    is_open = new is AgreementStatus.OPEN
    await move(
        session, AGREEMENT_MOVES, agreement, new,
        who=who, action=f"agreement_{new.value}", now=now,
        settled_by=None if is_open else who.person_id, settled_at=None if is_open else now,
        reminded_at=None,
    )  # fmt: skip


async def agreements_of(session: AsyncSession, overleg_id: int) -> list[Agreement]:
    """Of one meeting, in the order in which they were made."""
    found = await session.exec(
        select(Agreement).where(col(Agreement.overleg_id) == overleg_id).order_by(col(Agreement.id))
    )
    return list(found.all())


async def open_actions(session: AsyncSession, *, is_exercise: bool) -> list[Agreement]:
    """What is still to be done in this world, the soonest due first."""
    found = await session.exec(
        select(Agreement)
        .where(*_to_do(is_exercise))
        .order_by(col(Agreement.due), col(Agreement.id))
    )
    return list(found.all())


def is_late(agreement: Agreement, today: date) -> bool:
    """Whether it should have been done by now. Pure."""
    return (
        agreement.kind is AgreementKind.ACTION
        and agreement.status is AgreementStatus.OPEN
        and agreement.due is not None
        and agreement.due < today
    )


async def take_late(
    session: AsyncSession, *, is_exercise: bool, today: date, now: datetime
) -> Sequence[Agreement]:
    """Late actions that nobody was told of this week; they are marked as told."""
    found = await session.exec(
        select(Agreement)
        .where(
            *_to_do(is_exercise),
            col(Agreement.due) < today,
            or_(
                col(Agreement.reminded_at).is_(None),
                col(Agreement.reminded_at) <= now - TELL_AGAIN,
            ),
        )
        .order_by(col(Agreement.due), col(Agreement.id))
    )
    late = found.all()
    for one in late:
        one.reminded_at = now
        session.add(one)
        _note(session, one, "agreement_reminded", who=SYSTEM, now=now)
    await session.flush()
    return late


async def take_near(
    session: AsyncSession, *, is_exercise: bool, today: date, now: datetime
) -> Sequence[Agreement]:
    """Actions of organisations on the list that are due within a week; each is taken once."""
    found = await session.exec(
        select(Agreement)
        .where(
            *_to_do(is_exercise),
            col(Agreement.owner_id).is_not(None),
            col(Agreement.owner_told_at).is_(None),
            col(Agreement.due) >= today,
            col(Agreement.due) <= today + BEFORE,
        )
        .order_by(col(Agreement.due), col(Agreement.id))
    )
    near = found.all()
    for one in near:
        one.owner_told_at = now
        session.add(one)
        _note(session, one, "agreement_owner_told", who=SYSTEM, now=now)
    await session.flush()
    return near


def _to_do(is_exercise: bool) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Agreement.kind) == AgreementKind.ACTION,
        col(Agreement.status) == AgreementStatus.OPEN,
        col(Agreement.is_exercise) == is_exercise,
    )


def _note(session: AsyncSession, one: Agreement, action: str, *, who: Who, now: datetime) -> None:
    write_journal(session, who=who, action=action, subject=f"agreement:{one.id}", now=now)
