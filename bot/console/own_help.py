"""Vraag en aanbod on a member's own page: look, ask, offer, take up, end; and who may see me.

No account, no cookie, no JavaScript. Words that seem to be about a person come back marked, and
are kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.chat.help_texts import HOW_PAGE, REFUSED
from bot.console import help_page_texts as texts
from bot.console.forms import Fields, as_number, first, number
from bot.console.own_page import Own, act_on_own_page, back, open_page
from bot.console.pages import parts_of, show
from bot.console.paths import PERSONAL_PAGE
from bot.console.signal_form import form_hash, mark_hits, why_refused
from bot.event_names import names_of_events
from contacts.consent import ConsentKind, give_consent, withdraw_consent
from contacts.journal import Who
from contacts.permissions import Actor, Permission, load_actor, may
from contacts.sharing import is_sharing
from contacts.tally import count_up
from contacts.tokens import new_token
from signals import help_texts
from signals.help_given import say_given
from signals.help_rows import HelpKind, HelpStatus, HelpTopic
from signals.help_views import entries_for, mine_of
from signals.helping import (
    MAX_TEXT,
    HelpDraft,
    HelpRefused,
    Placed,
    end_own,
    events_to_choose,
    place,
    take_up,
)
from signals.person_filter import Screening
from signals.telling import Blocked


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it stands, with what is wrong with it."""

    kind: str = HelpKind.ASKED.value
    topic: str = ""
    event: str = ""
    text: str = ""
    error: str = ""
    refused: Screening | None = None


async def show_board(request: Request) -> Response:
    """``GET /p/{token}/hulp``."""
    parts = parts_of(request)
    async with parts.db.read() as session:
        own = await open_page(session, request)
        return await _page(request, session, own, Form())


async def _page(
    request: Request, session: AsyncSession, own: Own, form: Form, *, status: int = 200
) -> Response:
    parts, token = parts_of(request), request.path_params["token"]
    actor = await actor_of(session, own)
    now = parts.clock()
    reads = may(actor, Permission.READ_HELP)
    entries = await entries_for(session, actor, sealer=parts.sealer, now=now) if reads else []
    mine = await mine_of(session, actor, sealer=parts.sealer)
    events = await events_to_choose(session, actor)
    asked_about = {e.event_id for e in entries} | {one.entry.event_id for one in mine}
    known = {i for i in asked_about if i is not None} | {e.id for e in events if e.id}
    marked = None if form.refused is None else mark_hits(form.text, form.refused.spans)
    return show(
        request, "hulp.html", status=status, page=f"/p/{token}", own=own, form=form,
        entries=entries, mine=mine, reads=reads, shares=await is_sharing(session, actor.person_id),
        events=events, names=await names_of_events(session, known), marked=marked,
        why="" if form.refused is None else why_refused(form.refused.labels),
        words=help_texts, longest=MAX_TEXT, once=new_token(), open_now=HelpStatus.OPEN,
        days=parts.config.signals, is_exercise=own.person.is_exercise,
        internal_contact=own.organisation.internal_contact, here=texts,
        done=texts.DONE.get(request.query_params.get("klaar", ""), ""),
    )  # fmt: skip


async def actor_of(session: AsyncSession, own: Own) -> Actor:
    """Whose page this is, at the gate."""
    actor = await load_actor(session, own.person.id or 0)
    assert actor is not None, "the own page of somebody who left does not open"
    return actor


async def place_entry(request: Request) -> Response:
    """``POST /p/{token}/hulp``: ask or offer; what is refused comes back and is kept nowhere."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        form = Form(
            first(fields, "soort"), first(fields, "waarmee"), first(fields, "waarbij"),
            " ".join(first(fields, "tekst").split()),
        )  # fmt: skip
        if form.topic not in set(HelpTopic) or form.kind not in set(HelpKind):
            return await _again(request, session, own, form, texts.CHOOSE)
        if len(form.text) > MAX_TEXT:
            line = texts.TOO_LONG.format(length=len(form.text), longest=MAX_TEXT)
            return await _again(request, session, own, form, line)
        result = await _place(request, session, own, fields, form, now=now)
        if isinstance(result, Blocked):
            await count_up(session, "referral", now=now, is_exercise=own.person.is_exercise)
            shown = Form(form.kind, form.topic, form.event, form.text, "", result.screening)
            return await _page(request, session, own, shown, status=422)
        if isinstance(result, HelpRefused):
            line = REFUSED.get(result.reason, texts.SHARE_FIRST)
            return await _again(request, session, own, form, line)
        return _back(request, "geplaatst")

    return await act_on_own_page(request, act)


async def _place(
    request: Request, session: AsyncSession, own: Own, fields: Fields, form: Form, *, now: datetime
) -> Placed | Blocked | HelpRefused:
    parts = parts_of(request)
    if first(fields, "delen") == "ja":
        await let_others_see(session, own, now=now)
    return await place(
        session,
        HelpDraft(
            HelpKind(form.kind), HelpTopic(form.topic),
            as_number(form.event) if form.event else None, form.text,
        ),
        actor=await actor_of(session, own),
        sealer=parts.sealer,
        settings=parts.config.signals,
        now=now,
        once=form_hash(request.path_params["token"], first(fields, "eenmalig"), fields),
    )  # fmt: skip


async def _again(
    request: Request, session: AsyncSession, own: Own, form: Form, line: str
) -> Response:
    kept = Form(form.kind, form.topic, form.event, form.text, line)
    return await _page(request, session, own, kept, status=422)


async def take(request: Request) -> Response:
    """``POST /p/{token}/hulp/oppakken``."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        if first(fields, "delen") == "ja":
            await let_others_see(session, own, now=now)
        actor = await actor_of(session, own)
        result = await take_up(session, number(fields, "welke"), actor=actor, now=now)
        if isinstance(result, HelpRefused):
            return _back(request, "weg" if result.reason == "gone" else "delen-eerst")
        return _back(request, "opgepakt", "#van-mij")

    return await act_on_own_page(request, act)


async def end(request: Request) -> Response:
    """``POST /p/{token}/hulp/klaar``: arranged, or taken back."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        outcome = HelpStatus(first(fields, "doe"))
        if outcome not in (HelpStatus.DONE, HelpStatus.WITHDRAWN):
            raise ValueError("not for a maker")
        actor = await actor_of(session, own)
        await end_own(session, number(fields, "welke"), outcome, actor=actor, now=now)
        return _back(request, outcome.value)

    return await act_on_own_page(request, act)


async def say_it_was_given(request: Request) -> Response:
    """``POST /p/{token}/hulp/gegeven``: help was given, says either side."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        actor = await actor_of(session, own)
        await say_given(session, number(fields, "welke"), actor=actor, now=now)
        return _back(request, "gegeven", "#van-mij")

    return await act_on_own_page(request, act)


def _back(request: Request, done: str, where: str = "") -> Response:
    return back(request, f"{done}{where}", "/hulp")


async def let_others_see(session: AsyncSession, own: Own, *, now: datetime) -> None:
    """The consent, given by who it is about."""
    who = Who("person", own.person.id)
    kind = ConsentKind.SHARE_WITH_MEMBERS
    await give_consent(session, own.person, kind, HOW_PAGE, who=who, now=now)


async def choose_sharing(request: Request) -> Response:
    """``POST /p/{token}/delen``: other members may see me, or not any more."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        wish = first(fields, "doe")
        if wish not in ("ja", "nee"):
            raise ValueError("no such wish")
        if wish == "ja":
            await let_others_see(session, own, now=now)
            return back(request, "delen")
        who, kind = Who("person", own.person.id), ConsentKind.SHARE_WITH_MEMBERS
        await withdraw_consent(session, own.person, kind, who=who, now=now)
        return back(request, "niet-delen")

    return await act_on_own_page(request, act)


ROUTES = (
    Route(f"{PERSONAL_PAGE}/hulp", show_board),
    Route(f"{PERSONAL_PAGE}/hulp", place_entry, methods=["POST"]),
    Route(f"{PERSONAL_PAGE}/hulp/oppakken", take, methods=["POST"]),
    Route(f"{PERSONAL_PAGE}/hulp/klaar", end, methods=["POST"]),
    Route(f"{PERSONAL_PAGE}/hulp/gegeven", say_it_was_given, methods=["POST"]),
    Route(f"{PERSONAL_PAGE}/delen", choose_sharing, methods=["POST"]),
)
