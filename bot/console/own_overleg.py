"""The next meeting of the overleg as a member reads it behind the own page: when, and the agenda.

The same counts that everybody may see, small ones hidden. Of what was agreed only what the own
organisation or a function took on: no member reads here what another organisation still has to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.config import Config
from bot.console import (
    picture_texts,
)
from bot.console.overleg_agenda import coming, done_since, last_met, waiting_picture
from bot.console.own_page import Own, open_page
from bot.console.pages import parts_of, show
from bot.console.paths import PERSONAL_PAGE
from bot.overleg_answers import AGENDA, CALENDAR
from briefings.drafting import names_never_said
from briefings.learning.lessons import all_lessons
from briefings.learning.rows import Lesson, LessonStatus
from briefings.lint import names_one_of
from briefings.moments import dated, day, local_date
from briefings.overleg import texts as names
from briefings.overleg.agreements import open_actions
from briefings.overleg.meetings import next_meeting
from briefings.overleg.replies import moment_key, replies_of
from briefings.overleg.rows import Overleg
from contacts.directory import Organisation
from signals.picture import Picture


@dataclass(frozen=True, slots=True)
class OwnAgenda:
    """What the page shows. ``actions``: (words, day) of the own organisation or a function;
    ``said``: what the own organisation answered; ``moment``: about which moment."""

    overleg: Overleg
    host: str
    is_host: bool
    picture: Picture
    coming: list[tuple[str, str]]
    actions: list[tuple[str, str]]
    open_lessons: list[str]
    done_lessons: list[str]
    since: str
    said: str
    says_yes: int
    says_no: int
    moment: int


async def read_own_agenda(
    session: AsyncSession, own: Own, config: Config, *, now: datetime
) -> OwnAgenda | None:
    """The agenda for somebody of this organisation; None while nothing is planned."""
    is_exercise = own.person.is_exercise
    overleg = await next_meeting(session, is_exercise=is_exercise, now=now)
    if overleg is None:
        return None
    since = await last_met(session, overleg, now=now)
    lessons = await all_lessons(session, is_exercise=is_exercise)
    host = await session.get_one(Organisation, overleg.host_id)
    own_id, replies = own.organisation.id, await replies_of(session, overleg.id or 0)
    others = [
        name
        for name in await names_never_said(session, is_exercise=is_exercise)
        if name != own.organisation.name
    ]
    return OwnAgenda(
        overleg,
        host.name,
        is_host=host.id == own.organisation.id,
        picture=await waiting_picture(session, is_exercise, live=False),
        coming=await coming(config, overleg, now),
        actions=[
            (one.words, dated(one.due) if one.due else "")
            for one in await open_actions(session, is_exercise=is_exercise)
            if one.owner_id in (None, own.organisation.id) and not names_one_of([one.words], others)
        ],
        open_lessons=_said([one for one in lessons if one.status is LessonStatus.OPEN], others),
        done_lessons=_said(done_since(lessons, since), others),
        since=day(local_date(since)),
        said="ja" if own_id in replies.yes else "nee" if own_id in replies.no else "",
        says_yes=len(replies.yes),
        says_no=len(replies.no),
        moment=moment_key(overleg.starts_at),
    )


def _said(lessons: Sequence[Lesson], others: Sequence[str]) -> list[str]:
    """What should change; one that names another organisation stays with the coordinators."""
    return [one.change for one in lessons if not names_one_of([one.change], others)]


async def show_own_agenda(request: Request) -> Response:
    """``GET /p/{token}/overleg``. Changes nothing, and nobody keeps who looked."""
    parts, token = parts_of(request), request.path_params["token"]
    now = parts.clock()
    async with parts.db.read() as session:
        own = await open_page(session, request)
        agenda = await read_own_agenda(session, own, parts.config, now=now)
    return show(
        request, "overleg_eigen.html", page=f"/p/{token}", agenda=agenda, names=names, now=now,
        done=request.query_params.get("klaar", ""), headings=picture_texts.HEADINGS,
        calendar=CALENDAR, is_exercise=own.person.is_exercise,
    )  # fmt: skip


ROUTES = (Route(f"{PERSONAL_PAGE}{AGENDA}", show_own_agenda),)
