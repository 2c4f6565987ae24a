"""A rule that blocks is set aside by a second approver, with a reason, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.approval import ApprovalRefused, Approved, SubmitRefused, Submitted, approve, submit
from briefings.blocking import OVERRIDABLE, Found, granted_in, may_be_asked, open_blocks
from briefings.drafting import draft_briefing, texts_of
from briefings.editing import write_words
from briefings.exceptions import ExceptionRefused, grant_exception
from briefings.lint import Remark
from briefings.rows import Briefing, BriefingKind, BriefingText
from contacts.directory import Audience, Role
from contacts.journal import JournalEntry
from contacts.permissions import Actor, NotAllowed
from contacts.records import Database
from tests.briefings_cast import NOW, SETTINGS, Cast, actor, facts_for, the_cast

LATER = NOW + timedelta(minutes=5)
REASON = "De gemeente ontkent dit gerucht zelf op haar pagina."
VO = Audience.TEACHER_VO_MBO


async def asked(session: AsyncSession, severity: int = 4) -> tuple[Cast, Briefing, str]:
    """Handed in with a sentence that N4 blocks, for a second approver to decide."""
    cast = await the_cast(session, severity=severity)
    await facts_for(session, cast.event)
    briefing = await draft_briefing(
        session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
        editor_id=cast.writer.person_id, now=NOW,
    )  # fmt: skip
    await write_words(
        session, cast.event, cast.writer, VO, "Liever niet", "- Delen wat er naar verluidt is.",
        SETTINGS, allow=(), now=NOW,
    )  # fmt: skip
    assert isinstance(
        await submit(session, briefing, cast.writer, SETTINGS, now=NOW), SubmitRefused
    )
    done = await submit(session, briefing, cast.writer, SETTINGS, now=NOW, asks_exception=True)
    assert isinstance(done, Submitted), done
    return cast, briefing, done.content_hash


async def block_of(session: AsyncSession, briefing: Briefing) -> Found:
    [found] = open_blocks(briefing, await texts_of(session, briefing.id or 0))
    return found


async def grant(
    session: AsyncSession, cast: Cast, briefing: Briefing, seen: str, *, by: Actor | None = None,
    reason: str = REASON, key: str = "",
) -> object:  # fmt: skip
    found = await block_of(session, briefing)
    return await grant_exception(
        session, cast.event, briefing, by or cast.approver, key or found.key, reason,
        expected_hash=seen, allow=(), now=LATER,
    )  # fmt: skip


async def test_nothing_goes_out_while_it_blocks_and_all_goes_once_it_is_set_aside(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await asked(session)
        how = {"expected_hash": seen, "now": LATER}
        refused = await approve(session, briefing, cast.approver, SETTINGS, **how)
        assert refused == ApprovalRefused("blocked")
        granted = await grant(session, cast, briefing, seen)
        assert not isinstance(granted, ExceptionRefused)
        done = await approve(session, briefing, cast.approver, SETTINGS, **how)
    assert isinstance(done, Approved)


async def test_the_reason_is_kept_in_the_journal_and_beside_the_text(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await asked(session)
        await grant(session, cast, briefing, seen)
        entries = (await session.exec(select(JournalEntry))).all()
        [one] = granted_in(briefing, await texts_of(session, briefing.id or 0))
    [entry] = [entry for entry in entries if entry.action == "rule_set_aside"]
    assert entry.detail == {"rule": "N4", "audience": VO.value, "reason": REASON}
    assert entry.actor == str(cast.approver.who)
    assert (one.code, one.reason, one.by) == ("N4", REASON, cast.approver.person_id)


@pytest.mark.parametrize("severity", [3, 4])
async def test_only_an_approver_who_had_no_hand_in_it_sets_aside(
    db: Database, severity: int
) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await asked(session, severity)
        both = replace(cast.writer, roles=cast.writer.roles | {Role.APPROVER})
        other = replace(cast.writer, person_id=98)
        for who in (cast.writer, both, other):
            result = await grant(session, cast, briefing, seen, by=who)
            assert result == ExceptionRefused("not_second"), who
        with pytest.raises(NotAllowed):
            await grant(session, cast, briefing, seen, by=actor(cast.people[0]))
    assert briefing.exceptions is None


@pytest.mark.parametrize(
    ("reason", "why"), [("  ", "no_reason"), ("Karel Jansen vroeg het.", "person")]
)
async def test_a_reason_is_given_and_names_nobody(db: Database, reason: str, why: str) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await asked(session)
        result = await grant(session, cast, briefing, seen, reason=reason)
        entries = (await session.exec(select(JournalEntry))).all()
    assert result == ExceptionRefused(why)
    assert not any(reason.strip() and reason in str(entry.detail) for entry in entries)


async def test_what_was_not_read_is_not_set_aside(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await asked(session)
        assert await grant(session, cast, briefing, "0" * 64) == ExceptionRefused("changed")
        result = await grant(session, cast, briefing, seen, key="0" * 12)
    assert result == ExceptionRefused("not_this")


async def test_an_edit_of_that_text_ends_the_exception(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await asked(session)
        await grant(session, cast, briefing, seen)
        await write_words(
            session, cast.event, cast.writer, VO, "Liever niet",
            "- Delen wat er naar verluidt is.\n- Nog iets.", SETTINGS, allow=(), now=LATER,
        )  # fmt: skip
        assert granted_in(briefing, await texts_of(session, briefing.id or 0)) == []
        refused = await submit(session, briefing, cast.writer, SETTINGS, now=LATER)
    assert isinstance(refused, SubmitRefused)


async def test_an_exception_goes_along_with_a_text_that_is_held_back(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await asked(session)
        rest = [audience for audience in Audience if audience is not VO]
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=LATER,
            audiences=rest,
        )  # fmt: skip
        # The text that blocks is held back, so the others need no exception.
        assert isinstance(done, Approved)


def a_text(*remarks: Remark) -> BriefingText:
    return BriefingText(
        briefing_id=1, audience=VO, template="a/b", template_version="1", subject="s",
        telegram="t", html="h", plain="p", words=1, remarks=[r.to_json() for r in remarks],
    )  # fmt: skip


def blocks(code: str, *, absolute: bool = False) -> Remark:
    return Remark(code, "block", "feiten", "Anders.", absolute)


def test_only_the_rules_of_the_guide_can_be_set_aside() -> None:
    assert {"N1", "N2", "N4", "N5", "N6", "N9"} == OVERRIDABLE
    for code in ("T1", "R1", "H1", "H2"):
        assert not may_be_asked([a_text(blocks(code))])
    assert not may_be_asked([a_text(blocks("N4"), blocks("H1"))])
    assert may_be_asked([a_text(blocks("N4"), Remark("Z4", "warn", "x", "y"))])


def test_what_the_person_filter_found_is_never_set_aside() -> None:
    assert not may_be_asked([a_text(blocks("N1", absolute=True))])
    assert may_be_asked([a_text(blocks("N1"))])


def test_a_text_that_nothing_blocks_asks_nothing() -> None:
    assert not may_be_asked([a_text(Remark("Z4", "warn", "x", "y"))])


def test_a_finding_that_was_kept_before_this_can_be_read() -> None:
    old = {"code": "N4", "level": "block", "where": "x", "advice": "y"}
    assert Remark(**old) == Remark("N4", "block", "x", "y", absolute=False)
