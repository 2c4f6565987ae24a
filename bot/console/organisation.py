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

from bot.console import texts
from bot.console.forms import FORM_TYPE, BadForm, Fields, read_fields
from bot.console.guarding import is_same_site
from bot.console.pages import Parts, explain, parts_of, show
from bot.console.paths import ACKNOWLEDGEMENTS
from bot.console.printing import send_pdf
from bot.console.reading import (
    Door,
    delivery_of,
    fill_page,
    open_door,
    read_newest,
    version_sent,
    was_a_link,
    without_promise,
)
from bot.console.signal_form import (
    Answers,
    empty_form,
    form_hash,
    mark_hits,
    read_form,
    why_refused,
)
from bot.evening.hearing import hear, is_over
from briefings import moments
from briefings.pdf import Sheet
from briefings.plaintext import without_links_to
from contacts.arrival import acknowledge, prove_arrival
from contacts.claiming import open_address
from contacts.directory import Audience
from contacts.outbox import AcknowledgementKind
from contacts.sealing import PREFIX, Sealer, UnsealError
from contacts.sending import Recipient, original_of
from contacts.tally import count_up
from contacts.tokens import new_token
from signals import texts as signal_texts
from signals.person_filter import Screening
from signals.telling import Blocked, Emergency, Told, district_names, tell

#: where the buttons stand on the page; on a phone above the text, too
_PLACES = ("antwoord", "boven")


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
        is_over=is_over(door.event),
    )  # fmt: skip


async def print_text(request: Request) -> Response:
    """``GET /o/{token}/pdf``: the newest text on paper, without any link of its own."""
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
    body = _fill(f"{reading.html}{reading.before}", page, door)
    sheet = Sheet(
        subject=reading.subject,
        body=without_links_to(body, page),
        audience=texts.AUDIENCES[reading.audience],
        stand=texts.PRINTED_STAND.format(
            version=reading.version, moment=moments.moment(reading.sent_at)
        ),
        sender=parts.config.briefings.sender,
        marks=tuple(texts.PRINTED_WRONG.format(wrong=wrong) for wrong in reading.corrected),
    )
    return await send_pdf(request, sheet, name=f"informatie-{reading.audience}")


def _fill(html: str, page: str, door: Door) -> Markup:
    html = without_promise(html) if is_over(door.event) else html
    contact = door.organisation.internal_contact
    filled = fill_page(html, page=page, signal=f"{page}/signaal", internal_contact=contact)
    # It was rendered with everything escaped, and approved as it stands.
    return Markup(filled)  # noqa: S704


async def note_acknowledgement(request: Request) -> Response:
    """``POST /o/{token}/gelezen`` and ``…/begrepen``, then back to the text.

    It counts for the version that stood on the page, which may be newer than the message.
    """
    parts, token = parts_of(request), request.path_params["token"]
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site", status=403)
    kind = ACKNOWLEDGEMENTS[request.path_params["answer"]]
    now = parts.clock()
    async with parts.db.begin() as session:
        door = await open_door(session, token, now=now)
        if door is None:
            return await _closed_door(session, request, token)
        shown = _number(request.query_params.get("versie", ""))
        version = await version_sent(session, door.link.event_id, shown, now=now)
        if version is not None and (sent := await delivery_of(session, door.link, version)):
            await acknowledge(session, sent, kind, now=now)
        await _arrived(session, door, now=now)
    audience = _audience(request.query_params.get("tekst", ""))
    query = f"?tekst={audience.value}" if audience else ""
    place = request.query_params.get("plek", "")
    place = place if place in _PLACES else _PLACES[0]
    return RedirectResponse(f"/o/{token}{query}#{place}", status_code=303)


async def show_form(request: Request) -> Response:
    """``GET /o/{token}/signaal``: an empty form."""
    parts, token = parts_of(request), request.path_params["token"]
    async with parts.db.read() as session:
        door = await open_door(session, token, now=parts.clock())
        if door is None:
            return await _closed_door(session, request, token)
    form = empty_form(door.organisation.district, district_names(), once=new_token())
    return _form_page(request, door, form)


async def take_signal(request: Request) -> Response:
    """``POST /o/{token}/signaal``: store it, or say why not and keep nothing."""
    parts, token = parts_of(request), request.path_params["token"]
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site", status=403)
    body = await _read_body(request)
    if isinstance(body, Response):
        return body
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
    once = form_hash(token, answers.once, body)
    outcome = await _store(parts, door, answers, once=once, now=now)
    if isinstance(outcome, Emergency):
        return _danger_page(request, door)
    if isinstance(outcome, Blocked):
        return _form_page(request, door, answers, refused=outcome.screening, status=422)
    parts.on_change()
    can_answer = answers.wants_feedback == "ja" and door.link.delivery_id is not None
    proof = _seal_receipt(parts.sealer, token, outcome, can_answer=can_answer)
    # Another address after the post: reloading the thanks does not tell it twice.
    return RedirectResponse(f"/o/{token}/dank?bon={proof}", status_code=303)


async def _read_body(request: Request) -> Fields | Response:
    """The fields that were sent, or the page that says why there are none."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM_TYPE:
        return _open_it_again(request, status=415)
    try:
        body = await read_fields(request)
    except BadForm as error:
        if error.args == ("too large",):
            return explain(request, "too_big", status=413)
        return _open_it_again(request, status=422)
    return body or _open_it_again(request, status=422)


def _open_it_again(request: Request, *, status: int) -> Response:
    title, line = signal_texts.FORM_NOT_READ
    return show(request, "uitleg.html", status=status, title=title, line=line)


async def thank(request: Request) -> Response:
    """``GET /o/{token}/dank``: received, and when the answer comes."""
    parts, token = parts_of(request), request.path_params["token"]
    receipt = _open_receipt(parts.sealer, token, request.query_params.get("bon", ""))
    if receipt is None:
        return RedirectResponse(f"/o/{token}", status_code=303)
    async with parts.db.read() as session:
        door = await open_door(session, token, now=parts.clock())
        if door is None:
            return await _closed_door(session, request, token)
    read_before, due_at = receipt
    return show(
        request, "dank.html", page=f"/o/{token}", door=door, read_before=read_before,
        due_at=due_at, is_exercise=door.event.is_exercise, is_over=is_over(door.event),
    )  # fmt: skip


async def _store(
    parts: Parts, door: Door, answers: Answers, *, once: str | None, now: datetime
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
            once=once,
        )
        if isinstance(outcome, Blocked):
            await count_up(session, "referral", now=now)
        elif isinstance(outcome, Told):
            # It would prove that the message arrived. But then the moment and the lines of the
            # journal would join this signal to the person who got that message.
            await hear(session, outcome, now=now)
    return outcome


async def _arrived(session: AsyncSession, door: Door, *, now: datetime) -> None:
    """Whoever answers got the message with this link."""
    if door.link.delivery_id is not None:
        await prove_arrival(session, door.link.delivery_id, now=now)


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
    refused: Screening | None = None,
    status: int = 200,
) -> Response:
    marked = None if refused is None else mark_hits(answers.note, refused.spans)
    if not answers.once:
        answers = replace(answers, once=new_token())
    config = parts_of(request).config
    return show(
        request, "signaal.html", status=status,
        page=f"/o/{request.path_params['token']}", door=door, answers=answers, marked=marked,
        why="" if refused is None else why_refused(refused.labels), is_over=is_over(door.event),
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


def _number(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) < 6 else None


def _seal_receipt(sealer: Sealer, token: str, told: Told, *, can_answer: bool) -> str:
    """What the thanks say, sealed: nobody can make up another promise in our name."""
    due = told.answer_due_at.isoformat() if can_answer else ""
    return sealer.seal(f"{token} {told.read_before.isoformat()} {due}").removeprefix(PREFIX)


def _open_receipt(
    sealer: Sealer, token: str, proof: str
) -> tuple[datetime, datetime | None] | None:
    """What was promised behind this link; None for a receipt of another one."""
    try:
        told_by, read_before, due = sealer.unseal(PREFIX + proof).split(" ")
        if told_by != token:
            return None
        return datetime.fromisoformat(read_before), datetime.fromisoformat(due) if due else None
    except (UnsealError, ValueError):
        return None
