"""One text in own words, part by part: written, put back, chosen anew when the facts change."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from bot.chat.coordinator import texts as chat_texts
from bot.console import previews, texts
from bot.console.doors import Door, Visit
from bot.console.drafts import stamp_of
from bot.evening.forewarning import own_at_stake, own_forewarned
from briefings.editing import (
    CHANGES,
    Part,
    can_be_worded,
    foresee_words,
    parts_of,
    settle_words,
    write_words,
)
from briefings.own_words import CHAT
from briefings.rows import Briefing, BriefingStatus, BriefingText
from briefings.versions import current_briefing, texts_of, versions_of
from briefings.wordings import words_of
from contacts.directory import Audience
from contacts.permissions import Permission
from feeds.rows import Event


@dataclass(frozen=True, slots=True)
class Shown:
    """A part as the page shows it; ``changes`` are those from the standard to the own words.

    ``asks``: the choice that takes texts back from the approvers, and waits for a yes.
    """

    part: Part
    heading: str
    rows: int
    changes: Markup | None
    words: str
    error: str = ""
    asks: str = ""


async def show_wording(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/teksten/schrijven?tekst=…``; without a name the first text."""
    asked = visit.request.query_params.get("tekst") or next(iter(Audience)).value
    audience = _audience(asked)
    return await _page(visit, await visit.event(), audience)


async def _page(
    visit: Visit,
    event: Event,
    audience: Audience,
    *,
    place: str = "",
    typed: str = "",
    error: str = "",
    asks: str = "",
) -> Response:
    assert event.id is not None
    briefing = await current_briefing(visit.session, event.id)
    text = await _text(visit, briefing, audience)
    if briefing is None or text is None:
        raise LookupError("no such text")
    parts = parts_of(text, await words_of(visit.session, text.briefing_id))
    return await visit.show_of(
        event,
        "teksten",
        "schrijven.html",
        status=422 if error or asks else 200,
        briefing=briefing,
        draft=previews.as_draft(text, None),
        is_open=can_be_worded(briefing, now=visit.now),
        warning=own_forewarned(briefing, now=visit.now, names=texts.AUDIENCES),
        stamp=stamp_of(await versions_of(visit.session, event.id)),
        parts=[
            _shown(part, typed, error, asks) if part.place == place else _shown(part)
            for part in parts
        ],
        choices=[one for one in parts if one.is_unsettled],
    )


def _shown(part: Part, typed: str = "", error: str = "", asks: str = "") -> Shown:
    words = typed or part.words
    return Shown(
        part=part,
        heading=chat_texts.OWN_CHAT if part.place == CHAT else part.place,
        rows=min(14, sum(1 + len(line) // 70 for line in words.split("\n")) + 1),
        changes=previews.word_changes(part.standard, part.words) if part.is_own else None,
        words=words,
        error=error,
        asks=asks,
    )


async def _text(visit: Visit, briefing: Briefing | None, audience: Audience) -> BriefingText | None:
    found = await texts_of(visit.session, briefing.id or 0) if briefing else []
    return next((one for one in found if one.audience is audience), None)


async def write(visit: Visit) -> Response:
    """``POST …/teksten/schrijven``: own words for one part, or a choice about them."""
    event = await visit.event()
    assert event.id is not None
    audience = _audience(visit.text("tekst"))
    before = await current_briefing(visit.session, event.id)
    if before is not None:
        await visit.hold(before)
    visit.require_seen(stamp_of(await versions_of(visit.session, event.id)))
    place, typed = visit.text("plek"), visit.text("woorden")
    settings = visit.parts.config.briefings
    went_back = own_at_stake(before, now=visit.now)
    choice = visit.text("keuze") or "opslaan"
    asks = went_back and visit.text("terughalen") != "ja"
    if asks and choice != "standaard":
        # Nobody says yes to taking texts back for words that are refused, or there already.
        judged = await foresee_words(
            visit.session, event, visit.actor, audience, place, typed,
            allow=visit.parts.config.signals.allow, now=visit.now,
        )  # fmt: skip
        asks = judged == CHANGES
    if asks:
        return await _page(visit, event, audience, place=place, typed=typed, asks=choice)
    if choice == "standaard":
        refused = await settle_words(
            visit.session, event, visit.actor, audience, place, "drop", settings, now=visit.now
        )
    else:
        # Words that still hold are written over the new standard text, with what was typed.
        refused = await write_words(
            visit.session, event, visit.actor, audience, place, typed, settings,
            allow=visit.parts.config.signals.allow, now=visit.now,
        )  # fmt: skip
    if refused is not None:
        error = chat_texts.OWN_REFUSALS[refused.reason]
        return await _page(visit, event, audience, place=place, typed=typed, error=error)
    after = await current_briefing(visit.session, event.id)
    done = _DONE.get(choice, "own_words_written")
    if went_back and own_at_stake(after, now=visit.now) is None:
        done = _TOOK_BACK[went_back]
    back = urlencode({"tekst": audience.value, "klaar": done})
    return RedirectResponse(f"/gebeurtenis/{event.id}/teksten/schrijven?{back}", status_code=303)


_DONE = {"houden": "own_words_kept", "standaard": "own_words_dropped"}
_TOOK_BACK = {
    BriefingStatus.SUBMITTED: "own_words_took_back",
    BriefingStatus.APPROVED: "own_words_lapsed",
}


def _audience(asked: str) -> Audience:
    """:raises LookupError: there is no such text."""
    if asked not in {audience.value for audience in texts.AUDIENCES}:
        raise LookupError("no such audience")
    return Audience(asked)


_EVENT = "/gebeurtenis/{number:int}"
DOORS = (
    Door(f"{_EVENT}/teksten/schrijven", show_wording, Permission.EDIT_FACTS),
    Door(f"{_EVENT}/teksten/schrijven", write, Permission.EDIT_FACTS, "POST"),
)
