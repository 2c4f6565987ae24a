"""The two questions behind an organisation's link: a button per answer, without JavaScript.

Looking changes nothing; each answer is a press. What was typed and refused comes back in the
form and is kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot import poll_texts as texts
from bot.console.forms import BadForm, Fields, first, read_fields
from bot.console.guarding import is_same_site
from bot.console.organisation import closed_door
from bot.console.pages import Parts, explain, parts_of, show
from bot.console.paths import EVENT_PAGE
from bot.console.reading import Door, open_door
from bot.console.signal_form import mark_hits, why_refused
from bot.poll_ballots import CLOSING, QUICK, Ballot
from briefings.learning.polls import (
    MAX_WORDS,
    OFFERED,
    Asked,
    add_words,
    answer,
    is_open,
    ticket_of,
    used,
)
from briefings.learning.rows import Question
from briefings.moments import local_date
from contacts.sending import original_of
from contacts.tally import count_up
from signals.person_filter import Screening

_PAGE = EVENT_PAGE


@dataclass(frozen=True, slots=True)
class Booth:
    """Where one reader answers: their link, the questions, and the ticket that is used once."""

    door: Door
    ballot: Ballot
    poll: Asked
    ticket: str
    used: frozenset[Question]

    @property
    def next(self) -> Question | None:
        """The first question that was not answered."""
        return next((one for one in self.ballot.questions if one not in self.used), None)


async def show_questions(request: Request) -> Response:
    """``GET /o/{token}/vraag``: the first question that is still open, or thanks."""
    return await _look(request, CLOSING)


async def show_quick(request: Request) -> Response:
    """``GET /o/{token}/overleg``: the same, before an extra overleg."""
    return await _look(request, QUICK)


async def _look(request: Request, ballot: Ballot) -> Response:
    parts = parts_of(request)
    async with parts.db.read() as session:
        booth = await _enter(session, request, parts, ballot)
    return booth if isinstance(booth, Response) else _page(request, booth)


async def take_answer(request: Request) -> Response:
    """``POST /o/{token}/vraag``: count it, or keep the words; then the next question."""
    return await _take(request, CLOSING)


async def take_quick(request: Request) -> Response:
    """``POST /o/{token}/overleg``: the same, before an extra overleg."""
    return await _take(request, QUICK)


async def _take(request: Request, ballot: Ballot) -> Response:
    parts = parts_of(request)
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site", status=403)
    try:
        fields = await read_fields(request)
    except BadForm:
        return explain(request, "not_like_this", status=400)
    async with parts.db.begin() as session:
        booth = await _enter(session, request, parts, ballot)
        if isinstance(booth, Response):
            return booth
        try:
            refused = await _keep(session, parts, booth, fields)
        except ValueError:
            return explain(request, "not_like_this", status=400)
        if refused is not None:
            await count_up(
                session, "referral", now=parts.clock(), is_exercise=booth.poll.is_exercise
            )
            typed = " ".join(first(fields, "woorden").split())
            return _page(request, booth, typed=typed, refused=refused)
    skip = "?klaar=ja" if first(fields, "klaar") else ""
    return RedirectResponse(
        f"/o/{request.path_params['token']}{ballot.place}{skip}", status_code=303
    )


async def _keep(
    session: AsyncSession, parts: Parts, booth: Booth, fields: Fields
) -> Screening | None:
    """What the filter saw when nothing was kept.

    :raises ValueError: no answer of ours.
    """
    now, question = parts.clock(), Question(first(fields, "vraag"))
    if question not in booth.ballot.questions:
        raise ValueError("not asked here")
    if question in OFFERED:
        await answer(
            session, booth.poll, question, first(fields, "antwoord"),
            domain=booth.door.organisation.domain, ticket=booth.ticket, now=now,
        )  # fmt: skip
        return None
    if first(fields, "klaar"):
        return None
    words = first(fields, "woorden")
    if len(" ".join(words.split())) > MAX_WORDS:
        raise ValueError("too long")
    kept = await add_words(
        session, booth.poll, words, question=booth.ballot.words, ticket=booth.ticket,
        sealer=parts.sealer, allow=parts.config.signals.allow, today=local_date(now), now=now,
    )  # fmt: skip
    return None if isinstance(kept, bool) else kept


async def _enter(
    session: AsyncSession, request: Request, parts: Parts, ballot: Ballot
) -> Booth | Response:
    token = request.path_params["token"]
    door = await open_door(session, token, now=parts.clock())
    if door is None:
        return await closed_door(session, request, token)
    poll = await ballot.find(session, door.link.event_id)
    if poll is None or not is_open(poll, parts.clock()):
        return explain(request, "questions_closed", status=410)
    ticket = ticket_of(poll.event_id, await _whose(session, door), parts.sealer.derive("poll"))
    known = frozenset(await used(session, poll.event_id, ticket))
    return Booth(door, ballot, poll, ticket, known)


async def _whose(session: AsyncSession, door: Door) -> str:
    """Whoever got this link, by whatever message; a link of nobody stands for itself."""
    if door.link.delivery_id is None:
        return f"link:{door.link.id}"
    delivery = await original_of(session, door.link.delivery_id)
    if delivery.person_id is None:
        return f"address:{delivery.kind}:{delivery.address}"
    return f"person:{delivery.person_id}"


def _page(
    request: Request, booth: Booth, *, typed: str = "", refused: Screening | None = None
) -> Response:
    is_done = request.query_params.get("klaar") == "ja" and booth.ballot.second in booth.used
    question = None if is_done else booth.next
    if refused is not None:
        question = booth.ballot.words
    return show(
        request, "vraag.html", status=422 if refused else 200,
        page=f"/o/{request.path_params['token']}", here=request.url.path,
        question=question, typing=booth.ballot.words, words=texts,
        longest=MAX_WORDS, typed=typed,
        marked=None if refused is None else mark_hits(typed, refused.spans),
        why="" if refused is None else why_refused(refused.labels),
        is_exercise=booth.poll.is_exercise,
    )  # fmt: skip


ROUTES = (
    Route(f"{_PAGE}{CLOSING.place}", show_questions),
    Route(f"{_PAGE}{CLOSING.place}", take_answer, methods=["POST"]),
    Route(f"{_PAGE}{QUICK.place}", show_quick),
    Route(f"{_PAGE}{QUICK.place}", take_quick, methods=["POST"]),
)
