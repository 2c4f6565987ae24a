"""Groups around an event on a member's own page: begin one, ask members in, say yes or no, leave.

No account, no cookie, no JavaScript; looking changes nothing. A name that seems to be about a
person comes back marked, and is kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.chat.peer_texts import REFUSED
from bot.console import own_groups_texts as texts
from bot.console.forms import Fields, as_number, first, number
from bot.console.own_help import actor_of, let_others_see
from bot.console.own_page import Own, act_on_own_page, back, open_page
from bot.console.pages import parts_of, show
from bot.console.paths import PERSONAL_PAGE
from bot.console.signal_form import form_hash, mark_hits
from bot.event_names import names_of_events
from contacts.directory import Domain
from contacts.permissions import Actor, Permission, may
from contacts.sharing import SharedContact, is_sharing
from contacts.tally import count_up
from contacts.tokens import new_token
from signals import peer_texts
from signals import texts as signal_texts
from signals.helping import HelpRefused, events_to_choose
from signals.peer_groups import (
    MAX_NAME,
    Begun,
    ask_in,
    begin_group,
    leave,
    say_no,
    say_yes,
)
from signals.peer_rows import PeerTopic, SeatStatus
from signals.peer_telling import GROUPS
from signals.peer_views import MyGroup, my_groups, people_to_ask, seat_of_actor
from signals.person_filter import Screening
from signals.telling import Blocked

#: members of one domain that are offered at once
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a new group as it stands, with what is wrong with it."""

    event: str = ""
    topic: str = ""
    name: str = ""
    error: str = ""
    refused: Screening | None = None


async def show_groups(request: Request) -> Response:
    """``GET /p/{token}/groepen``. Changes nothing."""
    parts = parts_of(request)
    async with parts.db.read() as session:
        own = await open_page(session, request)
        return await _page(request, session, own, Form())


async def _page(
    request: Request,
    session: AsyncSession,
    own: Own,
    form: Form,
    *,
    asking: tuple[int, Domain] | None = None,
    status: int = 200,
) -> Response:
    parts, token = parts_of(request), request.path_params["token"]
    actor = await actor_of(session, own)
    groups = await my_groups(session, actor, sealer=parts.sealer)
    takes_part = may(actor, Permission.ASK_HELP)
    events = await events_to_choose(session, actor) if takes_part else []
    known = {group.event_id for group in groups} | {event.id for event in events if event.id}
    people = await _people(session, asking, actor)
    return show(
        request, "groepen_eigen.html", status=status, page=f"/p/{token}", form=form, groups=groups,
        events=events, names=await names_of_events(session, known), topics=peer_texts.TOPICS,
        some_event=peer_texts.SOME_EVENT, shares=await is_sharing(session, actor.person_id),
        domains=signal_texts.DOMAINS, asking=asking, people=people[:MOST_SHOWN],
        more=len(people) > MOST_SHOWN, longest=MAX_NAME, once=new_token(), asked=SeatStatus.ASKED,
        marked=None if form.refused is None else mark_hits(form.name, form.refused.spans),
        done=texts.DONE.get(request.query_params.get("klaar", ""), ""),
        mails=_mails, is_exercise=own.person.is_exercise,
    )  # fmt: skip


def _mails(group: MyGroup) -> str:
    """All addresses of a group, for one mail to everybody. Pure."""
    return ",".join(sorted({one.email for one in group.members if one.email}))


async def _people(
    session: AsyncSession, asking: tuple[int, Domain] | None, actor: Actor
) -> list[SharedContact]:
    if asking is None:
        return []
    found = await seat_of_actor(session, asking[0], actor)
    if found is None or found[1].status is not SeatStatus.IN:
        raise ValueError("not in that group")
    return await people_to_ask(session, found[0], asking[1], actor)


async def begin(request: Request) -> Response:
    """``POST /p/{token}/groepen``: a new group; what is refused comes back, kept nowhere."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        name = " ".join(first(fields, "naam").split())
        form = Form(first(fields, "waarbij"), first(fields, "waarvoor"), name)
        line = _why_not(form)
        if line:
            form = Form(form.event, form.topic, form.name, line)
            return await _page(request, session, own, form, status=422)
        result = await _begin(request, session, own, fields, form, now=now)
        if isinstance(result, Blocked):
            await count_up(session, "referral", now=now, is_exercise=own.person.is_exercise)
            form = Form(form.event, form.topic, form.name, "", result.screening)
            return await _page(request, session, own, form, status=422)
        if isinstance(result, HelpRefused):
            line = REFUSED.get(result.reason, texts.SHARE_FIRST)
            form = Form(form.event, form.topic, form.name, line)
            return await _page(request, session, own, form, status=422)
        return _back(request, "begonnen")

    return await act_on_own_page(request, act)


def _why_not(form: Form) -> str:
    """What is wrong with a filled form, in Dutch; empty when nothing is. Pure."""
    if not form.event or form.topic not in set(PeerTopic):
        return texts.CHOOSE
    if bool(form.name) is not (form.topic == PeerTopic.OWN):
        return texts.CHOOSE
    if len(form.name) > MAX_NAME:
        return texts.TOO_LONG.format(length=len(form.name), longest=MAX_NAME)
    return ""


async def _begin(
    request: Request, session: AsyncSession, own: Own, fields: Fields, form: Form, *, now: datetime
) -> Begun | Blocked | HelpRefused:
    parts = parts_of(request)
    await _consent(session, own, fields, now=now)
    return await begin_group(
        session, as_number(form.event), PeerTopic(form.topic), form.name,
        actor=await actor_of(session, own), sealer=parts.sealer, settings=parts.config.signals,
        now=now, once=form_hash(request.path_params["token"], first(fields, "eenmalig"), fields),
    )  # fmt: skip


async def _consent(session: AsyncSession, own: Own, fields: Fields, *, now: datetime) -> None:
    if first(fields, "delen") == "ja":
        await let_others_see(session, own, now=now)


async def look(request: Request) -> Response:
    """``POST /p/{token}/groepen/wie``: who of a domain can be asked; stands in no address."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        asking = (number(fields, "groep"), Domain(first(fields, "domein")))
        return await _page(request, session, own, Form(), asking=asking)

    return await act_on_own_page(request, act)


async def ask(request: Request) -> Response:
    """``POST /p/{token}/groepen/vragen``: ask one member in."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        actor, group_id = await actor_of(session, own), number(fields, "groep")
        found = await seat_of_actor(session, group_id, actor)
        event_id = 0 if found is None else found[0].event_id
        names = await names_of_events(session, {event_id})
        refused = await ask_in(
            session, group_id, number(fields, "wie"), actor=actor,
            event_name=names.get(event_id, peer_texts.SOME_EVENT),
            sealer=parts_of(request).sealer, now=now,
        )  # fmt: skip
        return _back(request, _said(refused, "gevraagd"))

    return await act_on_own_page(request, act)


async def answer(request: Request) -> Response:
    """``POST /p/{token}/groepen/antwoord``: yes, no, or out of it; one press."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        wish, group_id = first(fields, "doe"), number(fields, "groep")
        if wish == "ja":
            await _consent(session, own, fields, now=now)
        actor = await actor_of(session, own)
        if wish == "ja":
            refused = await say_yes(session, group_id, actor=actor, now=now)
            return _back(request, _said(refused, "ja"))
        if wish not in ("nee", "eruit"):
            raise ValueError("no such wish")
        act_now = say_no if wish == "nee" else leave
        done = await act_now(session, group_id, actor=actor, now=now)
        return _back(request, wish if done else "niet")

    return await act_on_own_page(request, act)


def _said(refused: HelpRefused | None, done: str) -> str:
    if refused is None:
        return done
    return "delen-eerst" if refused.reason == "not_sharing" else "niet"


def _back(request: Request, done: str) -> Response:
    return back(request, done, GROUPS)


_PAGE = f"{PERSONAL_PAGE}{GROUPS}"
ROUTES = (
    Route(_PAGE, show_groups),
    Route(_PAGE, begin, methods=["POST"]),
    Route(f"{_PAGE}/wie", look, methods=["POST"]),
    Route(f"{_PAGE}/vragen", ask, methods=["POST"]),
    Route(f"{_PAGE}/antwoord", answer, methods=["POST"]),
)
