"""Writes the seven texts of a version from the fact block, and checks them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings import moments
from briefings.closing import closing_of
from briefings.facts import FactView, facts_of, renew_promise
from briefings.headlines import headlines_in
from briefings.library import library
from briefings.links_alive import dead_links, link_remarks
from briefings.lint import Remark, lint_text, review_remarks
from briefings.lint_headlines import headline_remarks
from briefings.lint_own import own_remarks
from briefings.lint_quotes import quote_remarks
from briefings.lint_sources import source_remarks
from briefings.promising import open_promises
from briefings.render import Rendered, Sheet, render_text
from briefings.rows import (
    CAN_SPLIT,
    CORRECTING,
    Briefing,
    BriefingKind,
    BriefingStatus,
    BriefingText,
    Fact,
    covered,
)
from briefings.settings import BriefingSettings
from briefings.sheets import Closing, History, make_sheet, numbers_for
from briefings.translations import carry_translations
from briefings.versions import (
    OPEN,
    SENT,
    NothingToCorrect,
    current_briefing,
    earlier_for,
    editor,
    texts_of,
    versions_of,
    void_submission,
)
from briefings.wordings import carry_words, worded, words_of
from briefings.wrong_carried import with_wrong
from contacts.directory import Audience, Domain, Organisation
from contacts.journal import write_journal
from feeds.rows import Event

__all__ = ["current_briefing", "draft_briefing", "texts_of"]

WRONG_LIMIT = 300
#: between the subjects of one correction
NEXT_SUBJECT = "; "
#: organisations of these domains are never named (rule N9); police and municipality are sources
_NEVER_NAMED = (Domain.EDUCATION, Domain.CIVIL, Domain.CARE_WELFARE)


async def draft_briefing(
    session: AsyncSession,
    event: Event,
    *,
    kind: BriefingKind,
    settings: BriefingSettings,
    editor_id: int | None,
    now: datetime,
    correction_of: int | None = None,
    wrong: str | None = None,
    bare: bool = False,
    alone: bool = False,
    told_as: str | None = None,
    meets_at: datetime | None = None,
) -> Briefing:
    """(Re)write the open version of an event, with a text for each of the seven audiences.

    There is at most one open version: a draft is rewritten, one that was handed in goes back to
    draft first. A promised update whose moment is here moves to the next usual one. After
    something was sent, a first version becomes an update (nobody gets a first text twice), and
    before that an update becomes a first one.

    :param correction_of: the version that was wrong; by default the newest that was sent.
    :param wrong: what was wrong, as a category (*het aantal*), never the wrong claim itself.
    :param told_as: the kind of event whose words fit; None keeps what the version has.
    :param meets_at: of an invitation to look back; None keeps what the version has.
    :param bare: a retraction that repeats nothing of what was said.
    :param alone: words of this version change, not the facts that other parts share with it.
    :raises FactsNotOpened: the event has no fact block yet.
    :raises NothingToCorrect: a correction before anything was sent.
    """
    assert event.id is not None
    if kind is not BriefingKind.LOOK_BACK:
        await renew_promise(session, event.id, settings, editor_id=editor_id, now=now)
    view = await facts_of(session, event.id)
    await void_submission(session, event.id, editor_id=editor_id, now=now, alone=alone)
    # After that, or a draft that took the place of a waiting version would not be among them.
    versions = await versions_of(session, event.id)
    briefing = _open_version(versions) or _new_version(event, versions, now)
    had = frozenset(covered(briefing)) if briefing.facts_version else frozenset[Audience]()
    if kind not in CAN_SPLIT:
        briefing.audiences = None
    earlier = earlier_for(briefing, versions)
    _set_kind(briefing, kind, earlier, correction_of=correction_of, wrong=wrong)
    briefing.told_as = told_as or briefing.told_as
    is_invitation = briefing.kind is BriefingKind.LOOK_BACK
    briefing.meets_at = (meets_at or briefing.meets_at) if is_invitation else None
    briefing.facts_version = view.block.version
    briefing.edited_by, briefing.edited_at = editor_id, now
    session.add(briefing)
    await session.flush()
    if joined := frozenset(covered(briefing)) - had:
        await carry_words(session, briefing, versions, joined)
        await carry_translations(session, briefing, versions, joined)
    history = await _history(session, briefing, earlier, now=now)
    history = await with_wrong(session, history, briefing, versions, now=now)
    told = view
    if briefing.kind is BriefingKind.RETRACTION:
        # It goes out on one word: nothing rides along that no second reader has approved.
        read = max((b.approved_at for b in earlier if b.approved_at), default=now)
        told = view.without_words() if bare else view.approved_by(read)
    sheet = make_sheet(
        event,
        told,
        settings,
        kind=briefing.kind,
        versions=numbers_for(earlier),
        history=history,
        closing=await _closing(session, briefing),
        wrong=briefing.wrong or "",
        told_as=briefing.told_as,
        meets_at=briefing.meets_at,
        now=now,
    )
    await _write_texts(session, briefing, sheet, told, settings)
    _journal_drafted(session, briefing, editor_id, now)
    return briefing


def _open_version(versions: list[Briefing]) -> Briefing | None:
    return next((b for b in reversed(versions) if b.status in OPEN), None)


def _new_version(event: Event, versions: list[Briefing], now: datetime) -> Briefing:
    assert event.id is not None
    return Briefing(
        event_id=event.id,
        version=max((briefing.version for briefing in versions), default=0) + 1,
        kind=BriefingKind.FIRST,
        status=BriefingStatus.DRAFT,
        facts_version=0,
        edited_at=now,
        created_at=now,
        is_exercise=event.is_exercise,
    )


def _set_kind(
    briefing: Briefing,
    kind: BriefingKind,
    earlier: list[Briefing],
    *,
    correction_of: int | None,
    wrong: str | None,
) -> None:
    """What was typed about a mistake stays when the same correction is drafted again.

    A second mistake joins the first: it goes to the readers of the earliest wrong version.
    """
    briefing.kind = _fitting(kind, has_earlier=bool(earlier))
    if briefing.kind not in CORRECTING:
        briefing.correction_of_id, briefing.wrong = None, None
        return
    before = briefing.correction_of_id
    if before is None or correction_of is not None:
        asked = _wrong_version(earlier, correction_of)
        # ``earlier`` runs from the oldest on.
        briefing.correction_of_id = next(b.id for b in earlier if b.id in {before, asked})
    briefing.wrong = _joined(briefing.wrong, wrong)


def _joined(before: str | None, wrong: str | None) -> str | None:
    """Both subjects, each once, as far as they fit; the newest is never cut away."""
    if not before or not wrong or wrong in (before, *before.split(NEXT_SUBJECT)):
        return before or wrong
    room = WRONG_LIMIT - len(NEXT_SUBJECT) - len(wrong)
    kept = before[: max(room, 0)].rstrip(" .;")
    return f"{kept}{NEXT_SUBJECT}{wrong}" if kept else wrong[:WRONG_LIMIT]


def _fitting(kind: BriefingKind, *, has_earlier: bool) -> BriefingKind:
    if kind in CORRECTING and not has_earlier:
        raise NothingToCorrect
    if kind is BriefingKind.FIRST and has_earlier:
        return BriefingKind.UPDATE
    if kind is BriefingKind.UPDATE and not has_earlier:
        return BriefingKind.FIRST
    return kind


def _wrong_version(earlier: list[Briefing], asked: int | None) -> int | None:
    known = {briefing.id for briefing in earlier}
    if asked is not None and asked not in known:
        raise NothingToCorrect(f"version {asked} was not sent")
    return asked if asked is not None else earlier[-1].id


async def _history(
    session: AsyncSession, briefing: Briefing, earlier: list[Briefing], *, now: datetime
) -> History:
    before = next(
        (b for b in earlier if b.id == briefing.correction_of_id), _least_told(briefing, earlier)
    )
    if before is None:
        return History()
    removed = await session.exec(
        select(func.count())
        .select_from(Fact)
        .where(
            col(Fact.event_id) == briefing.event_id,
            col(Fact.withdrawn_at) > before.edited_at,
            col(Fact.created_at) <= before.edited_at,
        )
    )
    sent = Counter(one for version in earlier if version.status in SENT for one in covered(version))
    promised = open_promises(earlier, now=now)
    return History(before=before, removed=removed.one(), sent=sent, promised=promised)


def _least_told(briefing: Briefing, earlier: list[Briefing]) -> Briefing | None:
    """The version that the reader who heard least of this heard last: what is news to one of
    the readers is told as news to all."""
    last = [
        next((b for b in reversed(earlier) if audience in covered(b)), None)
        for audience in covered(briefing)
    ]
    return min(filter(None, last), key=lambda told: told.version, default=None)


async def _closing(session: AsyncSession, briefing: Briefing) -> Closing:
    if briefing.kind not in {BriefingKind.CLOSING, BriefingKind.LOOK_BACK}:
        return Closing()
    return await closing_of(session, briefing.event_id)


async def _write_texts(
    session: AsyncSession, briefing: Briefing, sheet: Sheet, view: FactView,
    settings: BriefingSettings,
) -> None:  # fmt: skip
    """Render and check all audiences, in place of what was there."""
    assert briefing.id is not None
    there = {text.audience: text for text in await texts_of(session, briefing.id)}
    stated = _stated(view, sheet)
    names = await names_never_said(session, is_exercise=briefing.is_exercise)
    own = await words_of(session, briefing.id)
    facts = _all_facts(view)
    said = [fact.text for fact in facts]
    dead = await dead_links(session)
    headlines = await headlines_in(session, briefing.event_id, view)
    for audience in covered(briefing):
        done = worded(render_text(sheet, audience), briefing.kind, own)
        remarks = lint_text(
            done.text,
            stated=[*stated, *done.written],
            unscreened=[sheet.wrong] if sheet.wrong else [],
            organisations=names,
        )
        remarks += [
            *own_remarks(done),
            *link_remarks(done.text.html, dead),
            *quote_remarks(said, done.written, public_words=sheet.meaning),
            *headline_remarks(headlines, done.text.html, done.text.telegram),
            *source_remarks(facts, done.text),
            *_aged(sheet, audience, settings),
        ]
        remarks.sort(key=lambda remark: not remark.blocks)
        session.add(_fill(there.get(audience), briefing.id, done.text, remarks))
    session.add_all(own)
    await session.flush()


def _aged(sheet: Sheet, audience: Audience, settings: BriefingSettings) -> list[Remark]:
    """A remark when nobody read this set again for too long."""
    meta = library(sheet.own_templates).metas(sheet.templates)[audience]
    today = moments.local_date(sheet.now)
    return review_remarks(meta.reviewed_on, settings.review_months, today=today)


def _all_facts(view: FactView) -> tuple[Fact, ...]:
    return (*view.confirmed, *view.unconfirmed, *view.unknown, *view.denied, *view.measures)


def _stated(view: FactView, sheet: Sheet) -> list[str]:
    """Everything in the texts that somebody wrote, for the check on names."""
    facts = _all_facts(view)
    measured = [str(value) for fact in view.measures for value in (fact.measure or {}).values()]
    written = [sheet.tie, sheet.meaning, sheet.meaning_speaker, sheet.wrong, sheet.title]
    return [*(fact.text for fact in facts), *measured, *filter(None, written)]


async def names_never_said(session: AsyncSession, *, is_exercise: bool) -> list[str]:
    """Of schools, care and civil partners on the list of this world (rule N9)."""
    found = await session.exec(
        select(Organisation.name).where(
            col(Organisation.domain).in_(_NEVER_NAMED),
            col(Organisation.is_exercise) == is_exercise,
        )
    )
    return list(found.all())


def _fill(
    there: BriefingText | None, briefing_id: int, rendered: Rendered, remarks: list[Remark]
) -> BriefingText:
    values: dict[str, Any] = {
        "template": rendered.template,
        "template_version": rendered.template_version,
        "subject": rendered.subject,
        "telegram": rendered.telegram,
        "html": rendered.html,
        "plain": rendered.plain,
        "words": rendered.words,
        "remarks": [remark.to_json() for remark in remarks],
    }
    if there is None:
        return BriefingText(briefing_id=briefing_id, audience=rendered.audience, **values)
    for name, value in values.items():
        setattr(there, name, value)
    return there


def _journal_drafted(
    session: AsyncSession, briefing: Briefing, editor_id: int | None, now: datetime
) -> None:
    write_journal(
        session,
        who=editor(editor_id),
        action="briefing_drafted",
        subject=f"briefing:{briefing.id}",
        detail={
            "kind": briefing.kind.value,
            "version": briefing.version,
            "facts_version": briefing.facts_version,
        },
        now=now,
    )
