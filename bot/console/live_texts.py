"""What a text says at this moment, beside the facts; whether a page of texts is out of date."""

from __future__ import annotations

from sqlmodel import col, select
from starlette.responses import Response

from bot.console.doors import Door, Visit
from bot.console.drafts import chosen_version, stamp_of
from bot.console.previews import as_draft
from briefings.rows import BriefingText
from briefings.versions import versions_of
from contacts.directory import Audience
from contacts.permissions import Permission


async def show_preview(visit: Visit) -> Response:
    """``GET …/voorbeeld?tekst=docent_po``: one text as it stands now, for beside the facts."""
    event = await visit.event()
    assert event.id is not None
    asked = visit.request.query_params.get("tekst", "")
    audience = Audience(asked) if asked in set(Audience) else next(iter(Audience))
    briefing = chosen_version(await versions_of(visit.session, event.id), "")
    found = None
    if briefing is not None:
        rows = await visit.session.exec(
            select(BriefingText).where(
                col(BriefingText.briefing_id) == briefing.id,
                col(BriefingText.audience) == audience,
            )
        )
        found = rows.first()
    return await visit.show_of(
        event,
        "feiten",
        "deel_voorbeeld.html",
        briefing=briefing,
        draft=as_draft(found, None) if found else None,
    )


async def show_news(visit: Visit) -> Response:
    """``GET …/teksten/stand?gezien=…``: one sentence when the texts changed since; else nothing."""
    event = await visit.event()
    assert event.id is not None
    versions = await versions_of(visit.session, event.id)
    is_same = visit.request.query_params.get("gezien", "") == stamp_of(versions)
    return await visit.show_of(event, "teksten", "deel_nieuwer.html", is_same=is_same)


_EVENT = "/gebeurtenis/{number:int}"
DOORS = (
    Door(f"{_EVENT}/voorbeeld", show_preview, Permission.SEE_STATUS),
    Door(f"{_EVENT}/teksten/stand", show_news, Permission.SEE_STATUS),
)
