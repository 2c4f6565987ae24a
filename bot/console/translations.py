"""A text in another language at the desk: typed, or from the file of a translator."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from bot.console import texts, translation_texts
from bot.console.contact_texts import LANGUAGES
from bot.console.doors import Door, Visit
from bot.console.drafts import stamp_of
from bot.console.reading import fill_page
from bot.console.seen import stamp
from briefings.moments import local_date
from briefings.rows import Briefing, BriefingText, Translation
from briefings.translating import (
    DUTCH,
    READY,
    Forms,
    beside,
    direction,
    fits,
    segments_of,
    translated,
)
from briefings.translations import (
    TranslationRefused,
    is_fresh,
    keep_translation,
    translations_of,
)
from briefings.versions import OPEN, current_briefing, texts_of, versions_of
from briefings.xliff import LONGEST, NotXliff, from_xliff, to_xliff
from contacts.directory import Audience
from contacts.permissions import Permission
from feeds.rows import Event

#: languages that somebody on the list may have chosen
OTHERS = {key: name for key, name in LANGUAGES.items() if key != DUTCH}


async def show_translation(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/teksten/vertalen?tekst=…&taal=…``."""
    asked = visit.request.query_params
    audience = _audience(asked.get("tekst") or READY[0].value)
    language = asked.get("taal") or next(iter(OTHERS))
    return await _page(visit, await visit.event(), audience, language)


async def _page(
    visit: Visit, event: Event, audience: Audience, language: str, *, error: str = ""
) -> Response:
    assert event.id is not None
    briefing, text = await _text(visit, event, audience)
    if language not in OTHERS:
        raise LookupError("no such language")
    rows = [
        r for r in await translations_of(visit.session, text.briefing_id) if r.audience is audience
    ]
    row = _of(rows, audience, language)
    targets = row.segments if row else {}
    return await visit.show_of(
        event,
        "teksten",
        "vertalen.html",
        status=422 if error else 200,
        briefing=briefing,
        key=audience.value,
        audience=texts.AUDIENCES[audience],
        language=language,
        languages=OTHERS,
        direction=direction(language),
        segments=[
            (one, targets.get(one, ""), fits(one, targets.get(one, "")))
            for one in _segments(event, text)
        ],
        row=row,
        is_fresh=row is not None and is_fresh(text, row),
        shown=_shown(translated(text, language, targets)) if row else None,
        others=[(OTHERS.get(one.language, one.language), is_fresh(text, one)) for one in rows],
        is_open=briefing.status in OPEN,
        is_handed_in=briefing.status.value == "submitted",
        stamp=await _stamp(visit, event, row),
        today=local_date(visit.now),
        error=error,
    )


async def _stamp(visit: Visit, event: Event, row: Translation | None) -> str:
    """What the page was made of: the texts, and this translation as it is kept.

    A translation is no edit of the Dutch version, so the version alone does not tell of one.
    """
    texts_now = stamp_of(await versions_of(visit.session, event.id or 0))
    kept = (row.entered_at, row.made_by_role, sorted(row.segments.items())) if row else ()
    return f"{texts_now}-{stamp(*kept)}"


async def _require_seen(visit: Visit, event: Event, audience: Audience, language: str) -> None:
    """Two translators of one text at once: the second one waits, and sees what the first kept.

    :raises bot.console.doors.StalePage: the texts or this translation changed since.
    """
    briefing, _ = await _text(visit, event, audience)
    await visit.hold(briefing)
    found = await translations_of(visit.session, briefing.id or 0)
    visit.require_seen(await _stamp(visit, event, _of(found, audience, language)))


def _of(rows: Sequence[Translation], audience: Audience, language: str) -> Translation | None:
    return next((r for r in rows if (r.audience, r.language) == (audience, language)), None)


def _segments(event: Event, text: BriefingText) -> list[str]:
    """What can be translated of this text, also what stands beside it."""
    return [*segments_of(text), *beside(with_neighbours=event.with_neighbours)]


def _shown(forms: Forms) -> dict[str, Markup]:
    """Page and chat as they arrive, without anybody's own links."""
    link = texts.PREVIEW_LINK

    def fill(html: str) -> Markup:
        filled = fill_page(html, page=link, signal=link, internal_contact=texts.PREVIEW_CONTACT)
        # Put together by us with everything escaped.
        return Markup(filled)  # noqa: S704

    return {"page": fill(forms.html), "telegram": fill(forms.telegram)}


async def write_translation(visit: Visit) -> Response:
    """``POST …/teksten/vertalen``: words for the segments of one text."""
    event = await visit.event()
    audience, language = _audience(visit.text("tekst")), visit.text("taal")
    await _require_seen(visit, event, audience, language)
    _, text = await _text(visit, event, audience)
    pairs = zip(_segments(event, text), visit.fields.get("woorden", []), strict=True)
    return await _keep(visit, event, audience, language, dict(pairs))


async def bring_translation(visit: Visit) -> Response:
    """``POST …/teksten/vertalen/inlezen``: the file of a translator, XLIFF 1.2."""
    event = await visit.event()
    audience, language = _audience(visit.text("tekst")), visit.text("taal")
    await _require_seen(visit, event, audience, language)
    try:
        said, pairs = from_xliff(base64.b64decode(visit.text("bestand")))
    except (NotXliff, ValueError):
        return await _page(visit, event, audience, language, error=translation_texts.NO_XLIFF)
    if said and said != language:
        return await _page(visit, event, audience, language, error=translation_texts.OTHER_LANGUAGE)
    return await _keep(visit, event, audience, language, pairs)


async def _keep(
    visit: Visit, event: Event, audience: Audience, language: str, pairs: dict[str, str]
) -> Response:
    assert event.id is not None
    briefing, _ = await _text(visit, event, audience)
    made_on = _day(visit.text("gemaakt"))
    if made_on is None:
        return await _page(visit, event, audience, language, error=translation_texts.DAY_LIKE_THIS)
    done = await keep_translation(
        visit.session, event, briefing, visit.actor, audience, language, pairs,
        role=visit.text("rol"), made_on=made_on, languages=OTHERS,
        allow=visit.parts.config.signals.allow, today=local_date(visit.now), now=visit.now,
    )  # fmt: skip
    if isinstance(done, TranslationRefused):
        error = translation_texts.REFUSALS[done.reason]
        return await _page(visit, event, audience, language, error=error)
    key = "translation_odd" if done.odd else "translation_part" if done.missing else "translated"
    query = urlencode({"tekst": audience.value, "taal": language, "klaar": key})
    return RedirectResponse(f"/gebeurtenis/{event.id}/teksten/vertalen?{query}", status_code=303)


async def take_file(visit: Visit) -> Response:
    """``GET …/teksten/vertalen/xliff?tekst=…&taal=…``: for the tool of a translator."""
    event = await visit.event()
    asked = visit.request.query_params
    audience, language = _audience(asked.get("tekst") or READY[0].value), asked.get("taal", "")
    briefing, text = await _text(visit, event, audience)
    language = language or next(iter(OTHERS))
    if language not in OTHERS:
        raise LookupError("no such language")
    rows = await translations_of(visit.session, text.briefing_id)
    row = _of(rows, audience, language)
    name = f"{audience.value}-versie-{briefing.version}-{language}.xlf"
    file = to_xliff(
        _segments(event, text), row.segments if row else {}, language=language, original=name
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(file, media_type="application/xliff+xml", headers=headers)


async def _text(visit: Visit, event: Event, audience: Audience) -> tuple[Briefing, BriefingText]:
    """:raises LookupError: there is no such text now."""
    briefing = await current_briefing(visit.session, event.id or 0)
    found = await texts_of(visit.session, briefing.id or 0) if briefing else []
    text = next((one for one in found if one.audience is audience), None)
    if briefing is None or text is None:
        raise LookupError("no such text")
    return briefing, text


def _audience(asked: str) -> Audience:
    """:raises LookupError: no text that is translated."""
    if asked not in {audience.value for audience in READY}:
        raise LookupError("no such text")
    return Audience(asked)


def _day(asked: str) -> date | None:
    try:
        return date.fromisoformat(asked)
    except ValueError:
        return None


_EVENT = "/gebeurtenis/{number:int}"
#: a file of the translator, in base64, and the fields beside it
_LIMIT = LONGEST * 2
DOORS = (
    Door(f"{_EVENT}/teksten/vertalen", show_translation, Permission.EDIT_FACTS),
    Door(f"{_EVENT}/teksten/vertalen/xliff", take_file, Permission.EDIT_FACTS),
    Door(
        f"{_EVENT}/teksten/vertalen", write_translation, Permission.EDIT_FACTS, "POST",
        limit=_LIMIT,
    ),
    Door(
        f"{_EVENT}/teksten/vertalen/inlezen", bring_translation, Permission.EDIT_FACTS, "POST",
        limit=_LIMIT,
    ),
)  # fmt: skip
