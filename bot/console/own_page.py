"""A person's own page behind a link of their own: what is kept, over which channels, and stop.

No account, no cookie, no JavaScript. The link is for one person; only its hash is kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import NoResultFound
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot import gaps
from bot.alerts import tell_those
from bot.console import own_page_texts, telling
from bot.console.forms import BadForm, Fields, first, read_fields
from bot.console.guarding import is_same_site
from bot.console.mailing_links import Asked, mail_asked_link
from bot.console.pages import Parts, explain, parts_of, show
from bot.console.paths import PERSONAL_PAGE
from bot.exercise.lending import way_of_yes
from bot.exercise.seat_texts import ROLES, WAYS
from bot.exercise.seats import seat_of
from bot.line_asking import in_words
from briefings.city_lines import fingerprint_of, kept_by
from briefings.learning.digests import newest_sent
from briefings.learning.survey import running
from briefings.moments import local_date
from briefings.overleg.meetings import next_meeting
from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    LinkPurpose,
    Organisation,
    Person,
    Role,
)
from contacts.filling import OWN_PAGE
from contacts.links import count_person_links, find_person_link
from contacts.outbox import Content, EmailForm, MessageKind
from contacts.people import close_channel, open_channel, person_by_address
from contacts.permissions import NotAllowed, people_with
from contacts.records import RecordError
from contacts.returning import STOPPED
from contacts.sending import Recipient, post
from contacts.sharing import is_sharing
from contacts.successors import Succession, open_successions

ASK = "/gegevens"
#: no more mails with a link than this for one person in a day
LINKS_A_DAY = 5


@dataclass(frozen=True, slots=True)
class Own:
    """Whose page this is; ``colleagues``: who can be the back-up of the organisation;
    ``vacant``: places that somebody left."""

    person: Person
    organisation: Organisation
    channels: tuple[Channel, ...]
    colleagues: tuple[Person, ...]
    vacant: tuple[tuple[Succession, Person], ...]


class PageOver(Exception):
    """The link in the address opens nothing (any more)."""


async def say_over(request: Request, error: Exception) -> Response:
    """For whoever opened one."""
    return explain(request, "own_page_over", status=410)


async def open_page(session: AsyncSession, request: Request) -> Own:
    """What the link in the address opens.

    :raises PageOver: nothing; the application answers that with :func:`say_over`.
    """
    token, now = request.path_params["token"], parts_of(request).clock()
    link = await find_person_link(session, token, LinkPurpose.OWN_PAGE, now=now)
    person = await session.get(Person, link.person_id) if link is not None else None
    if person is None or person.left_at is not None:
        raise PageOver
    found = await session.exec(
        select(Channel).where(col(Channel.person_id) == person.id).order_by(col(Channel.rank))
    )
    organisation = await session.get_one(Organisation, person.organisation_id)
    colleagues = await session.exec(
        select(Person)
        .where(col(Person.organisation_id) == organisation.id, col(Person.left_at).is_(None))
        .order_by(col(Person.name), col(Person.id))
    )
    vacant = await open_successions(session, [person.organisation_id])
    return Own(person, organisation, tuple(found.all()), tuple(colleagues.all()), tuple(vacant))


#: in the transaction of the page's owner; :raises ValueError: the form asks what it cannot
Act = Callable[[AsyncSession, Own, Fields, datetime], Awaitable[Response]]


async def act_on_own_page(request: Request, act: Act) -> Response:
    """The guard of a person's own page around one act, which makes its own answer: same site, a
    link that works, a form that is right."""
    parts = parts_of(request)
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, "cross_site", status=403)
    try:
        fields = await read_fields(request)
        async with parts.db.begin() as session:
            own = await open_page(session, request)
            response = await act(session, own, fields, parts.clock())
    except NotAllowed:
        return explain(request, "not_allowed", status=403)
    except RecordError:
        # A second press, or a colleague who was first.
        return explain(request, "too_late", status=409)
    except (LookupError, NoResultFound):
        return explain(request, "not_found", status=404)
    except (BadForm, ValueError, OverflowError):
        return explain(request, "not_like_this", status=400)
    parts.on_change()
    return response


def back(request: Request, done: str, page: str = "") -> Response:
    """To the own page, or one below it, with what was done (and where on it)."""
    token = request.path_params["token"]
    return RedirectResponse(f"/p/{token}{page}?klaar={done}", status_code=303)


async def show_page(request: Request) -> Response:
    """``GET /p/{token}``."""
    parts, token = parts_of(request), request.path_params["token"]
    async with parts.db.read() as session:
        own = await open_page(session, request)
        number, is_exercise = own.person.id or 0, own.person.is_exercise
        shares = await is_sharing(session, number)
        lines = await kept_by(session, parts.config.briefings, number)
        survey = await running(session, is_exercise=is_exercise, now=parts.clock())
        seat = await seat_of(session, number)
        lent = await way_of_yes(session, seat[0]) if seat else None
        digest = await newest_sent(session, is_exercise=is_exercise)
        meeting = await next_meeting(session, is_exercise=is_exercise, now=parts.clock())
    return show(
        request, "eigen.html", own=own, page=f"/p/{token}", stopped=STOPPED, lines=lines,
        shares=shares, has_survey=survey is not None, has_digest=digest is not None,
        seat=seat, lent=WAYS[lent.kind].format(lent.address) if lent else "", roles=ROLES,
        meeting=meeting, now=parts.clock(),
        in_words=in_words, mark_of=fingerprint_of, today=local_date(parts.clock()),
        statuses=ChannelStatus, is_exercise=is_exercise,
        done=own_page_texts.DONE.get(request.query_params.get("klaar", ""), ""),
    )  # fmt: skip


async def change_channel(request: Request) -> Response:
    """``POST /p/{token}/kanaal``: stop one channel, or start it again."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        number, wish = first(fields, "kanaal"), first(fields, "doe")
        channel = next((one for one in own.channels if str(one.id) == number), None)
        if channel is None or wish not in ("stop", "start"):
            raise ValueError("no such channel or wish")
        await _change(session, own, channel, wish, now=now)
        return back(request, wish)

    return await act_on_own_page(request, act)


async def _change(
    session: AsyncSession, own: Own, channel: Channel, wish: str, *, now: datetime
) -> None:
    if wish == "start":
        if channel.closed_reason == STOPPED:
            await open_channel(
                session, own.person, channel.kind, channel.address, rank=channel.rank, now=now
            )
        return
    closed = await close_channel(
        session, channel.kind, channel.address, reason=STOPPED, now=now,
        only_exercise=channel.is_exercise,
    )  # fmt: skip
    still = [
        one for one in own.channels if one.id != channel.id and one.status is ChannelStatus.ACTIVE
    ]
    if closed and not still:
        await _tell_gap(session, own, now=now)


async def _tell_gap(session: AsyncSession, own: Own, *, now: datetime) -> None:
    """Nobody is reached there any more: the coordinators look for somebody else."""
    coordinators = await people_with(session, Role.COORDINATOR, is_exercise=own.person.is_exercise)
    await tell_those(
        session, [person for person in coordinators if person.id != own.person.id], "left.html",
        is_exercise=own.person.is_exercise, now=now,
        may_rest=await gaps.may_rest(
            session, [own.person.id or 0], is_exercise=own.person.is_exercise
        ),
        organisation=own.organisation.name, is_everywhere=True, has_other=False,
    )  # fmt: skip


async def show_form(request: Request) -> Response:
    """``GET /p/{token}/signaal``: a signal that belongs to no event."""
    return await telling.show_form(request, open_place)


async def take_signal(request: Request) -> Response:
    """``POST /p/{token}/signaal``."""
    return await telling.take_signal(request, open_place)


async def thank(request: Request) -> Response:
    """``GET /p/{token}/dank``."""
    token = request.path_params["token"]
    return await telling.thank(request, open_place, page=f"/p/{token}", token=token)


async def open_place(session: AsyncSession, request: Request) -> telling.Place:
    """The loose form of this person's organisation; the answer goes to their first channel."""
    token, own = request.path_params["token"], await open_page(session, request)
    working = [one for one in own.channels if one.status is ChannelStatus.ACTIVE]
    reply = (
        Recipient(working[0].kind, working[0].address, None, own.organisation.id)
        if working
        else None
    )
    return telling.Place(
        page=f"/p/{token}",
        token=token,
        organisation=own.organisation,
        event=None,
        reply=reply,
        is_exercise=own.person.is_exercise,
    )


async def show_asking(request: Request) -> Response:
    """``GET /gegevens``: asks for the address to send the link to."""
    asked = request.query_params.get("gevraagd") == "ja"
    return show(request, "eigen_vragen.html", asked=asked)


async def ask_link(request: Request) -> Response:
    """``POST /gegevens``: mail the link. The answer is the same for every address."""
    return await mail_asked_link(request, _mail_link, page=ASK, cross_site="cross_site")


async def _mail_link(session: AsyncSession, parts: Parts, asked: Asked, now: datetime) -> None:
    person = await person_by_address(session, ChannelKind.EMAIL, asked.address)
    if person is None or person.id is None:
        return
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    made = await count_person_links(session, person.id, LinkPurpose.OWN_PAGE, since=midnight)
    if made >= LINKS_A_DAY:
        return
    form = EmailForm(
        subject=own_page_texts.MAIL_SUBJECT,
        text=own_page_texts.MAIL_TEXT.format(link=OWN_PAGE),
        html=own_page_texts.MAIL_HTML.format(link=OWN_PAGE),
    )
    await post(
        session,
        kind=MessageKind.DIALOGUE,
        content=Content(email=form),
        to=[Recipient(ChannelKind.EMAIL, asked.address, person.id, person.organisation_id)],
        is_exercise=person.is_exercise,
        now=now,
    )


ROUTES = (
    Route(PERSONAL_PAGE, show_page),
    Route(f"{PERSONAL_PAGE}/kanaal", change_channel, methods=["POST"]),
    Route(f"{PERSONAL_PAGE}/signaal", show_form),
    Route(f"{PERSONAL_PAGE}/signaal", take_signal, methods=["POST"]),
    Route(f"{PERSONAL_PAGE}/dank", thank),
    Route(ASK, show_asking),
    Route(ASK, ask_link, methods=["POST"]),
)
