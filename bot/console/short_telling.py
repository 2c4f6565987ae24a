"""A question from practice or a good example, behind a link: a few words to the municipality.

No account, no cookie, no JavaScript. The same filter, promise and way back as a signal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.chat import word_texts
from bot.console import organisation, own_page, texts
from bot.console.forms import BadForm, first, read_fields
from bot.console.guarding import is_same_site
from bot.console.pages import explain, parts_of, show
from bot.console.paths import EVENT_PAGE, PERSONAL_PAGE
from bot.console.signal_form import form_hash, mark_hits, why_refused
from bot.console.telling import Opener, Place, seal_receipt, tell_here
from contacts.tokens import new_token
from signals import texts as signal_texts
from signals.person_filter import Screening
from signals.rows import ToldAs
from signals.telling import MAX_NOTE, Blocked, Emergency, Told, short_draft

OFFERED = (ToldAs.QUESTION, ToldAs.EXAMPLE)


@dataclass(frozen=True, slots=True)
class Words:
    """The form as it stands, with what is wrong with it."""

    told_as: str = ToldAs.QUESTION.value
    text: str = ""
    wants_answer: bool = True
    error: str = ""


async def show_form(request: Request, opener: Opener) -> Response:
    """``GET …/vertel``."""
    async with parts_of(request).db.read() as session:
        place = await opener(session, request)
    return place if isinstance(place, Response) else _page(request, place, Words())


async def take(request: Request, opener: Opener) -> Response:
    """``POST …/vertel``: store it, or say why not and keep nothing."""
    parts = parts_of(request)
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site", status=403)
    try:
        fields = await read_fields(request)
    except BadForm:
        return explain(request, "not_like_this", status=400)
    words = Words(
        first(fields, "wat"), " ".join(first(fields, "tekst").split()),
        first(fields, "terugkoppeling") != "nee",
    )  # fmt: skip
    async with parts.db.begin() as session:
        place = await opener(session, request)
        if isinstance(place, Response):
            return place
        if words.told_as not in OFFERED or not 0 < len(words.text) <= MAX_NOTE:
            line = word_texts.LIKE_THIS.format(longest=MAX_NOTE)
            return _page(request, place, replace(words, error=line), status=422)
        once = form_hash(place.token, first(fields, "eenmalig"), fields)
        told = await _store(request, session, place, words, once=once)
        if isinstance(told, Blocked):
            return _page(request, place, words, refused=told.screening, status=422)
    parts.on_change()
    can_answer = words.wants_answer and place.reply is not None
    proof = seal_receipt(parts.sealer, place.token, told, can_answer=can_answer)
    return RedirectResponse(f"{place.page}/dank?bon={proof}", status_code=303)


async def _store(
    request: Request, session: AsyncSession, place: Place, words: Words, *, once: str | None
) -> Told | Blocked:
    parts = parts_of(request)
    draft = short_draft(
        ToldAs(words.told_as),
        None if place.event is None else place.event.id,
        words.text,
        # Without an address an answer would be an empty promise.
        wants_feedback=words.wants_answer and place.reply is not None,
    )
    told = await tell_here(session, parts, place, draft, once=once, now=parts.clock())
    # A few words have no danger to tick, so they are never an emergency.
    assert not isinstance(told, Emergency)
    return told


def _page(
    request: Request,
    place: Place,
    words: Words,
    *,
    refused: Screening | None = None,
    status: int = 200,
) -> Response:
    return show(
        request, "vertel.html", status=status, page=place.page, words=words, once=new_token(),
        marked=None if refused is None else mark_hits(words.text, refused.spans),
        why="" if refused is None else why_refused(refused.labels), longest=MAX_NOTE,
        choices={one.value: signal_texts.TOLD_AS[one] for one in OFFERED},
        hints=[(signal_texts.TOLD_AS[one], word_texts.HINTS[one]) for one in OFFERED],
        answers=texts.ANSWERS, is_loose=place.event is None, is_over=place.is_over,
        internal_contact=place.organisation.internal_contact, is_exercise=place.is_exercise,
        keep_days=parts_of(request).config.signals.keep_note_days,
    )  # fmt: skip


async def show_own(request: Request) -> Response:
    """``GET /p/{token}/vertel``."""
    return await show_form(request, own_page.open_place)


async def take_own(request: Request) -> Response:
    """``POST /p/{token}/vertel``."""
    return await take(request, own_page.open_place)


async def show_of_event(request: Request) -> Response:
    """``GET /o/{token}/vertel``."""
    return await show_form(request, organisation.open_place)


async def take_of_event(request: Request) -> Response:
    """``POST /o/{token}/vertel``."""
    return await take(request, organisation.open_place)


ROUTES = (
    Route(f"{PERSONAL_PAGE}/vertel", show_own),
    Route(f"{PERSONAL_PAGE}/vertel", take_own, methods=["POST"]),
    Route(f"{EVENT_PAGE}/vertel", show_of_event),
    Route(f"{EVENT_PAGE}/vertel", take_of_event, methods=["POST"]),
)
