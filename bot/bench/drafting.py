"""``schakel bench draft``: from a confirmed event to the texts in every form, and on paper.

Warm, as ``schakel run`` is after its start. Every type of event once, in a temporary store,
through the functions that the evening uses.
"""

from __future__ import annotations

import json
import time

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.bench import bench_texts as texts
from bot.bench.folders import bench_folder
from bot.bench.processes import BenchFailed
from bot.bench.visiting import percentile
from bot.clock import utc_now
from bot.console.printing import FONT, warm_up
from bot.database import open_database
from bot.demo.stage import exercise_lines
from bot.migrating import migrate
from bot.settling import settle_memory
from briefings.drafting import draft_briefing, texts_of
from briefings.event_kinds import event_kinds
from briefings.facts import add_fact, open_facts
from briefings.messages import content_for
from briefings.pdf import Sheet, can_print, print_sheet
from briefings.proofing import read_ahead
from briefings.rows import BriefingKind, BriefingText, FactKind
from contacts.journal import SYSTEM
from contacts.records import Database
from feeds.events import open_event
from feeds.rows import Event, LeadAgency

#: what a coordinator and a reader may wait (milliseconds)
LIMIT_MS, PDF_LIMIT_MS = 150, 500


async def measure() -> str:
    """One line of figures.

    :raises BenchFailed: this machine cannot print.
    """
    if not can_print():
        raise BenchFailed(texts.NO_PDF)
    with bench_folder() as folder:
        url = f"sqlite+aiosqlite:///{folder / 'bench.sqlite3'}"
        await migrate(url)
        db = open_database(url)
        begun = time.perf_counter()
        read_ahead(exercise_lines())
        warm_up()
        warming = 1000 * (time.perf_counter() - begun)
        settle_memory()
        try:
            drafts = [await _draft(db, kind) for kind in event_kinds()]
        finally:
            await db.close()
    spent = [ms for ms, _ in drafts]
    paper = [_print(text) for _, written in drafts[:2] for text in written]
    figures = {
        "texts": sum(len(written) for _, written in drafts),
        "draft_first_ms": round(spent[0]),
        "draft_p50_ms": round(percentile(spent, 0.5)),
        "draft_max_ms": round(max(spent)),
        "warm_up_ms": round(warming),
        "pdf_first_ms": round(paper[0]),
        "pdf_p50_ms": round(percentile(paper, 0.5)),
        "pdf_max_ms": round(max(paper)),
        "within_limits": max(spent) <= LIMIT_MS and max(paper) <= PDF_LIMIT_MS,
    }
    return json.dumps(figures)


async def _draft(db: Database, kind: str) -> tuple[float, list[BriefingText]]:
    """Milliseconds from confirmation to seven texts as chat, mail and page."""
    now = utc_now()
    settings = exercise_lines()
    async with db.begin() as session:
        event = await open_event(
            session, type=kind, title=texts.DRAFT_TITLE, place=None, severity=3,
            lead_agency=LeadAgency.POLICE, who=SYSTEM, now=now, is_exercise=True,
        )  # fmt: skip
        await open_facts(session, event, settings, editor_id=None, now=now)
        await _facts(session, event)
        begun = time.perf_counter()
        briefing = await draft_briefing(
            session, event, kind=BriefingKind.FIRST, settings=settings, editor_id=None, now=now
        )
        written = await texts_of(session, briefing.id or 0)
        for text in written:
            content_for(
                text, briefing_id=briefing.id or 0, event_id=event.id or 0, sender=settings.sender
            )
        return 1000 * (time.perf_counter() - begun), written


async def _facts(session: AsyncSession, event: Event) -> None:
    now = utc_now()
    for line in (texts.FACT, texts.SECOND_FACT):
        await add_fact(
            session, event.id or 0, kind=FactKind.CONFIRMED, text=line,
            source_name=texts.FACT_SOURCE, source_at=now, editor_id=None, now=now,
        )  # fmt: skip


def _print(text: BriefingText) -> float:
    begun = time.perf_counter()
    sheet = Sheet(
        subject=text.subject, body=text.html, audience=text.audience.value,
        stand=texts.STAND, sender=texts.SENDER, is_exercise=True,
    )  # fmt: skip
    print_sheet(sheet, font=FONT)
    return 1000 * (time.perf_counter() - begun)
