"""The form *Ik merk iets* behind a link: of one event, or loose on somebody's own page.

No account, no cookie, no JavaScript. What seems to be about a person comes back marked, and is
kept nowhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.forms import FORM_TYPE, BadForm, Fields, read_fields
from bot.console.guarding import is_same_site
from bot.console.pages import Parts, explain, parts_of, show
from bot.console.signal_form import (
    Answers,
    empty_form,
    form_hash,
    mark_hits,
    read_form,
    why_refused,
)
from bot.evening.hearing import hear, is_over
from contacts.directory import Organisation
from contacts.sealing import PREFIX, Sealer, UnsealError
from contacts.sending import Recipient
from contacts.tally import count_up
from contacts.tokens import new_token
from feeds.rows import Event
from signals import texts as signal_texts
from signals.person_filter import Screening
from signals.rephrasing import Change
from signals.telling import Blocked, Draft, Emergency, Told, district_names, tell


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which link the form stands. ``reply``: where the answer goes, if anywhere."""

    page: str
    token: str
    organisation: Organisation
    event: Event | None
    reply: Recipient | None
    is_exercise: bool

    @property
    def is_over(self) -> bool:
        return is_over(self.event)


#: finds the place behind the link of a request, or says why there is none
Opener = Callable[[AsyncSession, Request], Awaitable[Place | Response]]


async def show_form(request: Request, opener: Opener) -> Response:
    """``GET …/signaal``: an empty form."""
    place = await _open(request, opener)
    if isinstance(place, Response):
        return place
    form = empty_form(place.organisation.district, district_names(), once=new_token())
    return _form_page(request, place, form)


async def take_signal(request: Request, opener: Opener) -> Response:
    """``POST …/signaal``: store it, or say why not and keep nothing."""
    parts = parts_of(request)
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site", status=403)
    body = await _read_body(request)
    if isinstance(body, Response):
        return body
    place = await _open(request, opener)
    if isinstance(place, Response):
        return place
    answers = read_form(body, district_names(), parts.config.signals.themes)
    if answers.is_danger:
        return _danger_page(request, place)
    if answers.errors:
        return _form_page(request, place, answers, status=422)
    once = form_hash(place.token, answers.once, body)
    outcome = await _store(parts, place, answers, once=once, now=parts.clock())
    if isinstance(outcome, Emergency):
        return _danger_page(request, place)
    if isinstance(outcome, Blocked):
        return _form_page(request, place, answers, refused=outcome.screening, status=422)
    parts.on_change()
    can_answer = answers.wants_feedback == "ja" and place.reply is not None
    proof = seal_receipt(parts.sealer, place.token, outcome, can_answer=can_answer)
    # Another address after the post: reloading the thanks does not tell it twice.
    return RedirectResponse(f"{place.page}/dank?bon={proof}", status_code=303)


async def thank(request: Request, opener: Opener, *, page: str, token: str) -> Response:
    """``GET …/dank``: received, and when the answer comes."""
    parts = parts_of(request)
    receipt = _open_receipt(parts.sealer, token, request.query_params.get("bon", ""))
    if receipt is None:
        return RedirectResponse(page, status_code=303)
    place = await _open(request, opener)
    if isinstance(place, Response):
        return place
    read_before, due_at, changed = receipt
    return show(
        request, "dank.html", page=page, read_before=read_before, due_at=due_at,
        changed=changed,
        is_exercise=place.is_exercise, is_over=place.is_over, is_loose=place.event is None,
    )  # fmt: skip


async def _open(request: Request, opener: Opener) -> Place | Response:
    async with parts_of(request).db.read() as session:
        return await opener(session, request)


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


async def _store(
    parts: Parts, place: Place, answers: Answers, *, once: str | None, now: datetime
) -> Told | Blocked | Emergency:
    draft = answers.to_draft(None if place.event is None else place.event.id)
    if place.reply is None:
        # Without an address an answer would be an empty promise.
        draft = replace(draft, wants_feedback=False)
    async with parts.db.begin() as session:
        return await tell_here(session, parts, place, draft, once=once, now=now)


async def tell_here(
    session: AsyncSession, parts: Parts, place: Place, draft: Draft, *, once: str | None,
    now: datetime,
) -> Told | Blocked | Emergency:  # fmt: skip
    """Keep what was told on a page, in the caller's transaction, and let the duiders hear it."""
    outcome = await tell(
        session,
        draft,
        organisation_id=place.organisation.id or 0,
        domain=place.organisation.domain,
        reply=place.reply,
        sealer=parts.sealer,
        settings=parts.config.signals,
        is_exercise=place.is_exercise,
        now=now,
        once=once,
    )
    if isinstance(outcome, Blocked):
        await count_up(session, "referral", now=now, is_exercise=place.is_exercise)
    elif isinstance(outcome, Told):
        # It would prove that the message arrived. But then the moment and the lines of the
        # journal would join this signal to the person who got that message.
        await hear(session, outcome, now=now)
    return outcome


def _form_page(
    request: Request,
    place: Place,
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
        request, "signaal.html", status=status, page=place.page, answers=answers, marked=marked,
        why="" if refused is None else why_refused(refused.labels), is_over=place.is_over,
        labels=signal_texts, districts=district_names(), meldkaart=config.briefings.meldkaart,
        today=parts_of(request).clock().date(), keep_days=config.signals.keep_note_days,
        internal_contact=place.organisation.internal_contact, is_exercise=place.is_exercise,
        is_loose=place.event is None, themes=config.signals.themes,
    )  # fmt: skip


def _danger_page(request: Request, place: Place) -> Response:
    return show(request, "gevaar.html", page=place.page, is_exercise=place.is_exercise)


def seal_receipt(sealer: Sealer, token: str, told: Told, *, can_answer: bool) -> str:
    """What the thanks say, sealed: nobody can make up another promise in our name."""
    due = told.answer_due_at.isoformat() if can_answer else ""
    changes = ",".join(told.changes)
    said = f"{token} {told.read_before.isoformat()} {due} {changes}"
    return sealer.seal(said).removeprefix(PREFIX)


def _open_receipt(
    sealer: Sealer, token: str, proof: str
) -> tuple[datetime, datetime | None, list[str]] | None:
    """What was promised behind this link; None for a receipt of another one."""
    try:
        told_by, read_before, due, changes = sealer.unseal(PREFIX + proof).split(" ")
        if told_by != token:
            return None
        return (
            datetime.fromisoformat(read_before),
            datetime.fromisoformat(due) if due else None,
            [signal_texts.CHANGED[Change(change)] for change in changes.split(",") if change],
        )
    except (UnsealError, ValueError):
        return None
