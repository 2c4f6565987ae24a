"""The page behind an organisation's link: read, say that it was read, tell what one notices.

No account, no cookie, no JavaScript. Looking changes nothing: mail programs open links too.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from markupsafe import Markup
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.forms import BadForm, read_fields
from bot.console.guarding import is_same_site
from bot.console.pages import Parts, explain, parts_of, show
from bot.console.paths import ACKNOWLEDGEMENTS
from bot.console.reading import Door, fill_page, open_door, read_newest, was_a_link
from bot.console.signal_form import Answers, empty_form, mark_hits, read_form
from contacts.arrival import acknowledge, prove_arrival
from contacts.claiming import open_address
from contacts.directory import Audience
from contacts.outbox import AcknowledgementKind
from contacts.sealing import PREFIX, Sealer, UnsealError
from contacts.sending import Recipient, original_of
from contacts.tally import count_up
from signals import texts as signal_texts
from signals.telling import Blocked, Emergency, Told, district_names, tell


async def show_text(request: Request) -> Response:
    """``GET /o/{token}``: the newest text."""
    parts, token = parts_of(request), request.path_params["token"]
    now = parts.clock()
    async with parts.db.read() as session:
        door = await open_door(session, token, now=now)
        if door is None:
            return await _closed_door(session, request, token)
        wanted = _audience(request.query_params.get("tekst", ""))
        reading = await read_newest(session, door, wanted, now=now)
    if reading is None:
        return explain(request, "no_text", status=404)
    page = f"/o/{token}"
    return show(
        request, "organisatie.html", page=page, door=door, reading=reading,
        body=_fill(reading.html, page, door), before=_fill(reading.before, page, door),
        is_exercise=door.event.is_exercise, kinds=AcknowledgementKind,
    )  # fmt: skip


def _fill(html: str, page: str, door: Door) -> Markup:
    contact = door.organisation.internal_contact
    filled = fill_page(html, page=page, signal=f"{page}/signaal", internal_contact=contact)
    # It was rendered with everything escaped, and approved as it stands.
    return Markup(filled)  # noqa: S704


async def note_acknowledgement(request: Request) -> Response:
    """``POST /o/{token}/gelezen`` and ``…/begrepen``, then back to the text."""
    parts, token = parts_of(request), request.path_params["token"]
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site", status=403)
    kind = ACKNOWLEDGEMENTS[request.path_params["answer"]]
    now = parts.clock()
    async with parts.db.begin() as session:
        door = await open_door(session, token, now=now)
        if door is None:
            return await _closed_door(session, request, token)
        if door.link.delivery_id is not None:
            await acknowledge(session, door.link.delivery_id, kind, now=now)
    audience = _audience(request.query_params.get("tekst", ""))
    query = f"?tekst={audience.value}" if audience else ""
    return RedirectResponse(f"/o/{token}{query}#antwoord", status_code=303)


async def show_form(request: Request) -> Response:
    """``GET /o/{token}/signaal``: an empty form."""
    parts, token = parts_of(request), request.path_params["token"]
    async with parts.db.read() as session:
        door = await open_door(session, token, now=parts.clock())
        if door is None:
            return await _closed_door(session, request, token)
    return _form_page(request, door, empty_form(door.organisation.district, district_names()))


async def take_signal(request: Request) -> Response:
    """``POST /o/{token}/signaal``: store it, or say why not and keep nothing."""
    parts, token = parts_of(request), request.path_params["token"]
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site", status=403)
    try:
        body = await read_fields(request)
    except BadForm:
        return explain(request, "too_big", status=413)
    now = parts.clock()
    async with parts.db.read() as session:
        door = await open_door(session, token, now=now)
        if door is None:
            return await _closed_door(session, request, token)
    answers = read_form(body, district_names())
    if answers.is_danger:
        return _danger_page(request, door)
    if answers.errors:
        return _form_page(request, door, answers, status=422)
    outcome = await _store(parts, door, answers, now=now)
    if isinstance(outcome, Emergency):
        return _danger_page(request, door)
    if isinstance(outcome, Blocked):
        marked = mark_hits(answers.note, outcome.screening.spans)
        return _form_page(request, door, answers, marked=marked, status=422)
    can_answer = answers.wants_feedback == "ja" and door.link.delivery_id is not None
    proof = _seal_receipt(parts.sealer, outcome, can_answer=can_answer)
    # Another address after the post: reloading the thanks does not tell it twice.
    return RedirectResponse(f"/o/{token}/dank?bon={proof}", status_code=303)


async def thank(request: Request) -> Response:
    """``GET /o/{token}/dank``: received, and when the answer comes."""
    parts, token = parts_of(request), request.path_params["token"]
    receipt = _open_receipt(parts.sealer, request.query_params.get("bon", ""))
    if receipt is None:
        return RedirectResponse(f"/o/{token}", status_code=303)
    async with parts.db.read() as session:
        door = await open_door(session, token, now=parts.clock())
        if door is None:
            return await _closed_door(session, request, token)
    read_before, due_at = receipt
    return show(
        request, "dank.html", page=f"/o/{token}", door=door, read_before=read_before,
        due_at=due_at, is_exercise=door.event.is_exercise,
    )  # fmt: skip


async def _store(
    parts: Parts, door: Door, answers: Answers, *, now: datetime
) -> Told | Blocked | Emergency:
    async with parts.db.begin() as session:
        reply = await _way_back(session, door, parts.sealer)
        draft = answers.to_draft(door.link.event_id)
        if reply is None:
            # Without an address an answer would be an empty promise.
            draft = replace(draft, wants_feedback=False)
        outcome = await tell(
            session,
            draft,
            organisation_id=door.link.organisation_id,
            domain=door.organisation.domain,
            reply=reply,
            sealer=parts.sealer,
            settings=parts.config.signals,
            is_exercise=door.event.is_exercise,
            now=now,
        )
        if isinstance(outcome, Blocked):
            await count_up(session, "referral", now=now)
        elif isinstance(outcome, Told) and door.link.delivery_id is not None:
            await prove_arrival(session, door.link.delivery_id, now=now)
    return outcome


async def _way_back(session: AsyncSession, door: Door, sealer: Sealer) -> Recipient | None:
    """The answer goes to whoever got the message with this link."""
    if door.link.delivery_id is None:
        return None
    delivery = await original_of(session, door.link.delivery_id)
    address = open_address(delivery.address, delivery.kind, sealer)
    if address is None:
        return None
    return Recipient(delivery.kind, address, delivery.person_id, delivery.organisation_id)


async def _closed_door(session: AsyncSession, request: Request, token: str) -> Response:
    if await was_a_link(session, token):
        return explain(request, "link_over", status=410)
    return explain(request, "unknown_link", status=404)


def _form_page(
    request: Request,
    door: Door,
    answers: Answers,
    *,
    marked: Markup | None = None,
    status: int = 200,
) -> Response:
    config = parts_of(request).config
    return show(
        request, "signaal.html", status=status,
        page=f"/o/{request.path_params['token']}", door=door, answers=answers, marked=marked,
        labels=signal_texts, districts=district_names(), meldkaart=config.briefings.meldkaart,
        today=parts_of(request).clock().date(), keep_days=config.signals.keep_note_days,
        internal_contact=door.organisation.internal_contact,
        is_exercise=door.event.is_exercise,
    )  # fmt: skip


def _danger_page(request: Request, door: Door) -> Response:
    return show(
        request, "gevaar.html", page=f"/o/{request.path_params['token']}",
        is_exercise=door.event.is_exercise,
    )  # fmt: skip


def _audience(value: str) -> Audience | None:
    try:
        return Audience(value)
    except ValueError:
        return None


def _seal_receipt(sealer: Sealer, told: Told, *, can_answer: bool) -> str:
    """What the thanks say, sealed: nobody can make up another promise in our name."""
    due = told.answer_due_at.isoformat() if can_answer else ""
    return sealer.seal(f"{told.read_before.isoformat()} {due}").removeprefix(PREFIX)


def _open_receipt(sealer: Sealer, proof: str) -> tuple[datetime, datetime | None] | None:
    try:
        read_before, _, due = sealer.unseal(PREFIX + proof).partition(" ")
        return datetime.fromisoformat(read_before), datetime.fromisoformat(due) if due else None
    except (UnsealError, ValueError):
        return None
