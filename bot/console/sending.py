"""Approve and send at the desk: who gets it and who does not, counted before the button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from bot.chat.coordinator import texts as chat_texts
from bot.console import passkeys, texts
from bot.console.contact_texts import LANGUAGES
from bot.console.dispatch import calls_shown, goes_at, read_dispatches, what_ended
from bot.console.doors import Door, StalePage, Visit
from bot.console.drafts import stamp_of
from bot.console.exceptions import exceptions_shown
from bot.console.own_shown import not_to_choose, own_shown, why_refused
from bot.console.whom_to_ring import done_and_ring
from bot.evening import approving, asking_again, questions
from bot.evening.already_approved import became_of, decided_version
from bot.evening.closing_held import why_not
from bot.evening.lacking_said import lacking_said
from bot.evening.renewing import renew
from bot.evening.since_asked import ShownChanges, changes_shown
from bot.evening.sourcing import clock_time
from bot.evening.starting import later_moment, next_time
from briefings.approval import ApprovalRefused, approve
from briefings.approval_rules import needs_four_eyes, needs_release
from briefings.calling_off import is_held
from briefings.closing import unheard
from briefings.counting import Overview, read_overview, read_part
from briefings.drafting import current_briefing, texts_of
from briefings.exceptions import ExceptionRefused, grant_exception
from briefings.moments import local_date
from briefings.openings import not_opened
from briefings.plausibility import look_over
from briefings.rows import CAN_SPLIT, Briefing, BriefingStatus, BriefingText
from briefings.translating import READY
from briefings.translations import is_fresh, translations_of
from briefings.versions import OPEN, SENT, versions_of
from contacts.directory import Audience
from contacts.permissions import Permission
from contacts.texts import CHANNELS
from feeds.rows import Event


async def show_sending(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/verzenden``."""
    return await _page(visit, await visit.event())


async def _page(
    visit: Visit,
    event: Event,
    *,
    error: str = "",
    asks: bool = False,
    chosen: Sequence[Audience] = (),
    time_error: str = "",
) -> Response:
    assert event.id is not None
    briefing = await current_briefing(visit.session, event.id)
    plan = None
    if briefing is not None and briefing.status in OPEN:
        plan = await (
            read_part(visit.session, event, briefing, chosen)
            if chosen
            else read_overview(visit.session, event, briefing)
        )
    standing = await _standing(visit, event, briefing)
    return await visit.show_of(
        event,
        "verzenden",
        "verzenden.html",
        status=422 if error or time_error else 200,
        done=goes_at(visit, standing["dispatches"]) or await done_and_ring(visit),
        **standing,
        **await _planned(visit, event, briefing, plan),
        error=error,
        time_error=time_error,
        asks=asks,
        chosen=chosen,
        unread=await _unread(visit, briefing, chosen) if asks and briefing else [],
        lacks=lacking_said(standing["drafts"], chosen, texts.AUDIENCES) if asks else [],
        later=later_moment(event.send_before, visit.now),
        passkey=await passkeys.question(visit, briefing.content_hash or "")
        if asks and briefing is not None
        else "",
    )


async def _unread(visit: Visit, briefing: Briefing, chosen: Sequence[Audience]) -> list[str]:
    """Which of the texts that are approved this visitor did not open, by name."""
    drafts = [
        text
        for text in await texts_of(visit.session, briefing.id or 0)
        if not chosen or text.audience in chosen
    ]
    found = await not_opened(visit.session, briefing, drafts, visit.actor.person_id)
    return [texts.AUDIENCES[audience] for audience in found]


async def _standing(visit: Visit, event: Event, briefing: Briefing | None) -> dict[str, Any]:
    """What changes while it is approved and sent."""
    settings = visit.parts.config.briefings
    drafts = await texts_of(visit.session, briefing.id) if briefing and briefing.id else []
    versions = await versions_of(visit.session, event.id or 0)
    can_split = briefing is not None and briefing.kind in CAN_SPLIT and len(drafts) > 1
    return {
        "briefing": briefing,
        "drafts": drafts,
        "parts": [(one.audience, texts.AUDIENCES[one.audience]) for one in drafts],
        "can_split": can_split,
        "translated": await _translated(visit, drafts),
        **await exceptions_shown(visit.session, briefing, drafts),
        "since": await _since(visit, briefing, drafts),
        "is_open": briefing is not None and briefing.status in OPEN,
        "dispatches": await read_dispatches(visit, versions),
        "over": await what_ended(visit, versions),
        "unheard": await _unheard(visit, briefing),
        "stamp": stamp_of(versions),
        "again": await asking_again.waits_again(
            visit.session, event.id or 0, visit.actor.person_id
        ),
        "four_eyes": needs_four_eyes(event, settings),
        **await own_shown(visit, event, briefing),
        "release": briefing is not None and needs_release(briefing, event, settings),
        "unverified": not event.is_exercise and settings.unverified(local_date(visit.now)),
        **await calls_shown(visit, event),
    }


async def _since(
    visit: Visit, briefing: Briefing | None, drafts: Sequence[BriefingText]
) -> ShownChanges | None:
    """For who reads it again: what changed since it last lay with the approvers."""
    if briefing is None or briefing.status is not BriefingStatus.SUBMITTED:
        return None
    return await changes_shown(visit.session, briefing, drafts, names=texts.AUDIENCES)


async def _unheard(visit: Visit, briefing: Briefing | None) -> str:
    """Why a closing text cannot go as it is, before anybody tries; empty when it can."""
    if briefing is None or briefing.status is BriefingStatus.DRAFT or briefing.status in SENT:
        return ""
    waits = briefing.status is BriefingStatus.SUBMITTED or is_held(briefing)
    reason = await unheard(visit.session, briefing) if waits else ""
    return why_not(reason, visit.actor) if reason else ""


async def _translated(visit: Visit, drafts: Sequence[BriefingText]) -> list[tuple[str, str, bool]]:
    """Each translation: of which text, in what language, and whether it goes along."""
    ready = [text for text in drafts if text.audience in READY]
    # They are all of one version.
    rows = await translations_of(visit.session, ready[0].briefing_id) if ready else []
    return [
        (
            texts.AUDIENCES[text.audience],
            LANGUAGES.get(row.language, row.language),
            is_fresh(text, row),
        )
        for text in ready
        for row in rows
        if row.audience is text.audience
    ]


async def _planned(
    visit: Visit, event: Event, briefing: Briefing | None, plan: Overview | None
) -> dict[str, Any]:
    """Who gets the version that is still to go, and who does not."""
    if briefing is None or plan is None:
        return {"plan": None}
    return {
        "plan": plan,
        "planned_as": f"Versie {briefing.version}, {texts.BRIEFING_KINDS[briefing.kind]}",
        "by_channel": _channels(plan),
        "by_audience": _audiences(plan),
        "counts": plan.by_audience,
        "noticed": await look_over(visit.session, event, briefing, plan, now=visit.now),
    }


async def show_progress(visit: Visit) -> Response:
    """``GET …/voortgang``: only the part that changes while it is approved and sent."""
    event = await visit.event()
    assert event.id is not None
    briefing = await current_briefing(visit.session, event.id)
    standing = await _standing(visit, event, briefing)
    return await visit.show_of(
        event, "verzenden", "deel_voortgang.html", plan=None, asks=False, time_error="", **standing
    )


async def show_planned(visit: Visit) -> Response:
    """``GET …/wie``: only the part that counts who gets it; empty when it went out meanwhile."""
    event = await visit.event()
    assert event.id is not None
    briefing = await current_briefing(visit.session, event.id)
    if briefing is None or briefing.status not in OPEN:
        return Response(status_code=204)
    plan = await read_overview(visit.session, event, briefing)
    planned = await _planned(visit, event, briefing, plan)
    return await visit.show_of(event, "verzenden", "deel_wie.html", **planned)


def _channels(plan: Overview) -> Mapping[str, int]:
    return {CHANNELS[kind]: count for kind, count in plan.by_channel.items()}


def _audiences(plan: Overview) -> Mapping[str, int]:
    return {texts.AUDIENCES[audience]: count for audience, count in plan.by_audience.items()}


async def ask_sure(visit: Visit) -> Response:
    """``GET …/goedkeuren?tekst=…``: says in one sentence what will happen, and asks once more.

    With texts named, only those are approved and the others stay waiting.
    """
    event = await visit.event()
    asked = visit.request.query_params
    chosen = [Audience(one) for one in asked.getlist("tekst")]
    if asked.get("deel") and not chosen:
        return await _page(visit, event, error=texts.CHOOSE_A_TEXT)
    briefing = await current_briefing(visit.session, event.id or 0)
    if why := await not_to_choose(visit, event, briefing, chosen):
        return await _page(visit, event, error=why)
    return await _page(visit, event, asks=True, chosen=chosen)


async def approve_now(visit: Visit) -> Response:
    """``POST …/goedkeuren``: exactly what was read; anything else is refused."""
    event = await visit.event()
    briefing = await _submitted(visit, event)
    moment = visit.text("om") or visit.text("tijd")
    at = clock_time(moment)
    chosen = [Audience(one) for one in visit.fields.get("tekst", [])]
    if moment and at is None:
        return await _page(visit, event, asks=True, chosen=chosen, time_error=texts.TIME_LIKE_THIS)
    if refused := await passkeys.refusal(visit, briefing.content_hash or ""):
        return await _page(visit, event, error=refused)
    result = await approve(
        visit.session,
        briefing,
        visit.actor,
        visit.parts.config.briefings,
        expected_hash=visit.text("gelezen"),
        now=visit.now,
        send_at=next_time(visit.now, at) if at else None,
        is_released=visit.text("vrijgegeven") == "ja",
        audiences=chosen or None,
    )
    if isinstance(result, ApprovalRefused):
        reason, now = result.reason, visit.now
        # What is bound anew has to stay, so this is no refused page.
        if await renew(visit.session, event, briefing, visit.actor, reason, now=now):
            return visit.back(f"/gebeurtenis/{event.id}/verzenden", done=reason)
        why = await why_refused(visit, event, briefing, reason)
        return await _page(visit, event, error=why)
    await questions.settle_requests(visit.session, event, briefing, now=visit.now)
    await approving.follow_sending(visit.session, event, briefing, now=visit.now)
    told = await approving.ask_again_for_rest(
        visit.session, event, briefing, visit.actor, visit.parts.config.briefings, now=visit.now
    )
    if told == 0:
        return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="approved_rest_untold")
    done = "approved_part" if chosen else "approved"
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done=f"{done}_later" if at else done)


async def set_aside(visit: Visit) -> Response:
    """``POST …/uitzondering``: one finding that blocks, by a second approver, with a reason."""
    event = await visit.event()
    briefing = await _submitted(visit, event)
    visit.require_seen(briefing.content_hash or "")
    granted = await grant_exception(
        visit.session,
        event,
        briefing,
        visit.actor,
        visit.text("regel"),
        visit.text("reden"),
        expected_hash=briefing.content_hash or "",
        allow=visit.parts.config.signals.allow,
        now=visit.now,
    )
    if isinstance(granted, ExceptionRefused):
        error = chat_texts.EXCEPTION_REFUSALS[granted.reason]
        return await _page(visit, event, error=error)
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="set_aside_rule")


async def send_back(visit: Visit) -> Response:
    event = await visit.event()
    briefing = await _submitted(visit, event)
    # A remark is about words: it never lands on a text that its writer did not read.
    visit.require_seen(briefing.content_hash or "")
    if not visit.text("opmerking"):
        return await _page(visit, event, error=texts.REMARK_MISSING)
    returned = await approving.return_to_writers(
        visit.session,
        briefing,
        visit.actor,
        visit.text("opmerking"),
        allow=visit.parts.config.signals.allow,
        now=visit.now,
    )
    if not returned:
        return await _page(visit, event, error=chat_texts.REFUSALS["person"])
    await questions.retire_requests(
        visit.session, event, chat_texts.REQUEST_SENT_BACK, now=visit.now
    )
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="sent_back")


async def ask_back(visit: Visit) -> Response:
    """``POST …/vraag-indienen``: an approver asks for the texts of which the facts changed."""
    event = await visit.event()
    told = await asking_again.ask_again(visit.session, event, visit.actor, now=visit.now)
    if isinstance(told, str):
        return await _page(visit, event, error=told)
    done = "asked_back" if told else "asked_back_nobody"
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done=done)


async def _submitted(visit: Visit, event: Event) -> Briefing:
    """:raises StalePage: what was read is not what lies there now; with what became of it."""
    assert event.id is not None
    seen = visit.text("gelezen") or visit.text("gezien")
    if decided := await decided_version(visit.session, event.id, seen):
        raise StalePage(await became_of(visit.session, decided, visit.actor, now=visit.now))
    briefing = await current_briefing(visit.session, event.id)
    if briefing is None or briefing.status is not BriefingStatus.SUBMITTED:
        raise StalePage
    return briefing


_EVENT = "/gebeurtenis/{number:int}"
DOORS = (
    Door(f"{_EVENT}/verzenden", show_sending, Permission.SEE_STATUS),
    Door(f"{_EVENT}/voortgang", show_progress, Permission.SEE_STATUS),
    Door(f"{_EVENT}/wie", show_planned, Permission.SEE_STATUS),
    Door(f"{_EVENT}/goedkeuren", ask_sure, Permission.APPROVE_BRIEFING),
    Door(f"{_EVENT}/goedkeuren", approve_now, Permission.APPROVE_BRIEFING, "POST"),
    Door(f"{_EVENT}/uitzondering", set_aside, Permission.APPROVE_BRIEFING, "POST"),
    Door(f"{_EVENT}/terugsturen", send_back, Permission.APPROVE_BRIEFING, "POST"),
    Door(f"{_EVENT}/vraag-indienen", ask_back, Permission.APPROVE_BRIEFING, "POST"),
)
