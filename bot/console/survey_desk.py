"""*Peiling*: six questions once a year, and what was answered beside the figures of 2019."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot import survey_texts as texts
from bot.console.doors import Door, StalePage, Visit
from bot.console.forms import Fields, first
from bot.console.own_page import Own, act_on_own_page, open_page
from bot.console.pages import explain, parts_of, show
from bot.console.paths import PERSONAL_PAGE
from bot.console.texts import DOMAINS
from briefings.learning.polls import ticket_of
from briefings.learning.survey import (
    FEWEST,
    Share,
    begin_survey,
    can_ask,
    count_everybody,
    everybody,
    read_counts,
    running,
    share_of,
    share_of_2019,
    surveys,
    take_answers,
    was_used,
)
from briefings.learning.survey_rows import Asks, Says, Survey, SurveyCount
from briefings.moments import day, local_date
from contacts.bulk import plan_deliveries
from contacts.directory import Domain
from contacts.filling import OWN_PAGE
from contacts.messages import store_message
from contacts.outbox import Button, Content, EmailForm, MessageKind, Priority, TelegramForm
from contacts.permissions import Permission, may
from contacts.quiet import hold_back

PLACE = "/peiling"


@dataclass(frozen=True, slots=True)
class Line:
    """One domain at one question: in words, and as wide as it is drawn. None: not drawn at all,
    for what is not known is not zero."""

    domain: str
    now: str
    then: str
    now_width: int | None
    then_width: int | None


async def show_survey(visit: Visit) -> Response:
    """``GET /peiling``."""
    is_exercise = visit.actor.is_exercise
    found = await surveys(visit.session, is_exercise=is_exercise)
    newest = found[0] if found else None
    rows = await read_counts(visit.session, newest.id or 0) if newest else []
    can = may(visit.actor, Permission.LEAD_OVERLEG) and can_ask(found, visit.now)
    return visit.show(
        "peiling.html",
        survey=newest,
        is_open=newest is not None and visit.now < newest.closes_at,
        until=day(local_date(newest.closes_at)) if newest else "",
        tables=[(question, lines_of(rows, question)) for question in Asks],
        readers=await count_everybody(visit.session, is_exercise=is_exercise) if can else 0,
        fewest=FEWEST,
        words=texts,
    )


def lines_of(rows: Sequence[SurveyCount], question: Asks) -> list[Line]:
    """What one table and its drawing show. Pure."""
    lines = []
    for domain in Domain:
        now, then = share_of(rows, question, domain), share_of_2019(question, domain)
        lines.append(
            Line(
                DOMAINS[domain], said(now, texts.TOO_FEW), said(then, texts.NOT_PUBLISHED),
                _width(now), _width(then),
            )
        )  # fmt: skip
    return lines


def _width(share: Share) -> int | None:
    return None if share.tenths is None else 10 * share.tenths


def said(share: Share, nothing: str) -> str:
    """In tenths and with its n, never as a percentage. Pure."""
    if share.tenths is None:
        return nothing
    words = {0: texts.NOBODY_SAID, 10: texts.ALL_SAID}.get(share.tenths, texts.SAID)
    return words.format(tenths=share.tenths, n=share.n)


async def ask(visit: Visit) -> Response:
    """``POST /peiling``: to everybody on the list, once a year."""
    session, is_exercise = visit.session, visit.actor.is_exercise
    to = await everybody(session, is_exercise=is_exercise)
    if not to or not can_ask(await surveys(session, is_exercise=is_exercise), visit.now):
        raise StalePage
    message = await store_message(
        session, kind=MessageKind.NOTICE, content=survey_content(), priority=Priority.DIGEST,
        is_exercise=is_exercise, now=visit.now,
    )  # fmt: skip
    count = await plan_deliveries(session, message, to, now=visit.now)
    await hold_back(session, message, now=visit.now)
    try:
        await begin_survey(
            session, who=visit.actor.who, asked=count, is_exercise=is_exercise, now=visit.now
        )
    except IntegrityError as error:
        raise StalePage from error
    return visit.back(PLACE, done="survey_asked")


def survey_content() -> Content:
    """The way to the questions, in both forms; the link is for this person alone. Pure."""
    link = f"{OWN_PAGE}{PLACE}"
    return Content(
        telegram=TelegramForm(
            text=f"<b>{texts.TITLE}</b>\n{escape(texts.WHY)}",
            buttons=[[Button(texts.LINK, url=link)]],
        ),
        email=EmailForm(
            subject=texts.TITLE,
            text=f"{texts.WHY}\n\n{texts.MAIL_LAST.format(link=link)}\n",
            html=f'<p>{escape(texts.WHY)}</p><p><a href="{link}">{texts.LINK}</a></p>',
        ),
    )


async def show_own(request: Request) -> Response:
    """``GET /p/{token}/peiling``: the six questions, or thanks. Looking changes nothing."""
    parts, token = parts_of(request), request.path_params["token"]
    now = parts.clock()
    async with parts.db.read() as session:
        own = await open_page(session, request)
        survey = await running(session, is_exercise=own.person.is_exercise, now=now)
        if survey is None:
            return explain(request, "questions_closed", status=410)
        is_done = await was_used(session, survey, _ticket(request, survey, own.person.id or 0))
    return show(
        request, "peiling_eigen.html", page=f"/p/{token}", words=texts, is_done=is_done,
        is_exercise=survey.is_exercise,
    )  # fmt: skip


async def take_own(request: Request) -> Response:
    """``POST /p/{token}/peiling``: count them, once."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        given = {one: Says(said) for one in Asks if (said := first(fields, one.value))}
        survey = await running(session, is_exercise=own.person.is_exercise, now=now)
        if survey is None:
            return explain(request, "questions_closed", status=410)
        await take_answers(
            session, survey, given, domain=own.organisation.domain,
            ticket=_ticket(request, survey, own.person.id or 0), now=now,
        )  # fmt: skip
        return RedirectResponse(f"/p/{request.path_params['token']}{PLACE}", status_code=303)

    return await act_on_own_page(request, act)


def _ticket(request: Request, survey: Survey, person_id: int) -> str:
    key = parts_of(request).sealer.derive("survey")
    return ticket_of(survey.id or 0, f"person:{person_id}", key)


DOORS = (
    Door(PLACE, show_survey, Permission.SEE_STATUS),
    Door(PLACE, ask, Permission.LEAD_OVERLEG, "POST"),
)
ROUTES = (
    Route(f"{PERSONAL_PAGE}/peiling", show_own),
    Route(f"{PERSONAL_PAGE}/peiling", take_own, methods=["POST"]),
)
