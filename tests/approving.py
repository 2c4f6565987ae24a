"""A text that somebody may approve."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from briefings.approval import (
    Submitted,
    submit,
)
from briefings.drafting import draft_briefing
from briefings.facts import set_next_update
from briefings.rows import Briefing, BriefingKind
from tests.briefings_cast import (
    NOW,
    SETTINGS,
    Cast,
    facts_for,
    the_cast,
)


async def a_draft(
    session: object, *, promise: datetime | None = None, **event_values: object
) -> tuple[Cast, Briefing]:
    cast = await the_cast(session, **event_values)
    await facts_for(session, cast.event)
    if promise is not None:
        await set_next_update(session, cast.event.id or 0, promise, editor_id=1, now=NOW)
    briefing = await draft_briefing(
        session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
        editor_id=cast.writer.person_id, now=NOW,
    )  # fmt: skip
    return cast, briefing


async def handed_in(session: object, **event_values: Any) -> tuple[Cast, Briefing, str]:
    cast, briefing = await a_draft(session, **event_values)
    submitted = await submit(session, briefing, cast.writer, SETTINGS, now=NOW)
    assert isinstance(submitted, Submitted), submitted
    return cast, briefing, submitted.content_hash
