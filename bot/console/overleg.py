"""*Overleg*: the meetings, whose turn it is to host, who was there, and what was agreed."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from sqlmodel import col, select
from starlette.responses import Response

from bot.console import overleg_texts as texts
from bot.console.doors import Door, Visit
from bot.console.overleg_agenda import agenda_of
from bot.console.overleg_extra import quick_values
from bot.console.overleg_form import CHOICES, choices_of, form_values, overleg_of, read_plan
from bot.console.overleg_inviting import coming, invitees
from bot.console.pages import fragment
from bot.console.printing import send_pdf
from bot.console.texts import DOMAINS
from bot.overleg_telling import Stand, invited_people, stand_of, tell_invited
from bot.poll_moving import follow_meeting
from briefings.moments import at_clock, dated, day, local_date
from briefings.overleg import texts as names
from briefings.overleg.agreements import (
    LONGEST,
    LONGEST_OWNER,
    NewAgreement,
    NotAgreed,
    add_agreement,
    agreements_of,
    is_late,
    settle_agreement,
)
from briefings.overleg.feed import calendar_links, ends_at
from briefings.overleg.meetings import (
    NotPlanned,
    Plan,
    add_present,
    all_overleg,
    change_overleg,
    host_names,
    move_overleg,
    plan_overleg,
    present_at,
    remove_present,
    turns,
)
from briefings.overleg.replies import replies_of
from briefings.overleg.rows import (
    Agreement,
    AgreementKind,
    AgreementStatus,
    Overleg,
    OverlegStatus,
)
from briefings.pdf import Sheet
from contacts.directory import Organisation
from contacts.former_names import named_like
from contacts.permissions import Permission
from signals.workdays import on_working_day

#: how far ahead the form proposes a meeting: the rhythm of the quarter
USUAL = timedelta(weeks=13)
USUAL_HOUR, USUAL_MIN = time(15, 0), 90
USUAL_ACTION = timedelta(weeks=6)
#: so many organisations to choose from at once; more are searched for
MOST_SHOWN = 100
SHOWN_IN_TURN = 3
STATES = {
    "geweest": OverlegStatus.HELD, "niet": OverlegStatus.CANCELLED, "weer": OverlegStatus.PLANNED,
}  # fmt: skip
DONE = {
    OverlegStatus.HELD: "overleg_held", OverlegStatus.CANCELLED: "overleg_cancelled",
    OverlegStatus.PLANNED: "overleg_again",
}  # fmt: skip
SETTLED = {
    "gedaan": AgreementStatus.DONE, "niet": AgreementStatus.DROPPED, "weer": AgreementStatus.OPEN,
}  # fmt: skip


async def show_meetings(visit: Visit) -> Response:
    """``GET /overleg``: what is planned, what was, and whose turn it is."""
    return await _list_page(visit, None)


async def _list_page(visit: Visit, typed: Plan | None, *, error: str = "") -> Response:
    is_exercise = visit.actor.is_exercise
    found = await all_overleg(visit.session, is_exercise=is_exercise)
    chosen = typed.host_id if typed else 0
    in_turn = await turns(visit.session, is_exercise=is_exercise, most=CHOICES, also=chosen)
    usual = at_clock(on_working_day(local_date(visit.now) + USUAL), USUAL_HOUR)
    first = in_turn[0].organisation_id if in_turn else 0
    return visit.show(
        "overleggen.html",
        status=422 if error else 200,
        error=error,
        planned=[one for one in reversed(found) if one.status is OverlegStatus.PLANNED],
        past=[one for one in found if one.status is not OverlegStatus.PLANNED],
        hosts=await host_names(visit.session, found, is_exercise=is_exercise),
        choices=choices_of(in_turn),
        in_turn=[one.name for one in in_turn[:SHOWN_IN_TURN]],
        links=[
            (link, name, dated(local_date(ends_at(link))), ends_at(link) <= visit.now)
            for link, name in await calendar_links(visit.session, is_exercise=is_exercise)
        ],
        **form_values(typed or Plan(usual, USUAL_MIN, first, "")),
        names=names,
    )


async def plan(visit: Visit) -> Response:
    """``POST /overleg``."""
    typed = await read_plan(visit)
    made = await plan_overleg(
        visit.session, typed, who=visit.actor.who, allow=visit.parts.config.signals.allow,
        is_exercise=visit.actor.is_exercise, now=visit.now,
    )  # fmt: skip
    if isinstance(made, NotPlanned):
        return await _list_page(visit, typed, error=texts.NOT_PLANNED[made.reason])
    return visit.back(f"/overleg/{made.id}", done="overleg_planned")


async def show_overleg(visit: Visit) -> Response:
    """``GET /overleg/{number}``: the agenda while it is planned, what was agreed after it."""
    return await _page(visit, await overleg_of(visit))


async def _page(
    visit: Visit,
    overleg: Overleg,
    *,
    error: str = "",
    typed: Plan | None = None,
    agreed: NewAgreement | None = None,
) -> Response:
    usual = on_working_day(local_date(visit.now) + USUAL_ACTION)
    plan_form = typed or Plan(overleg.starts_at, overleg.minutes, overleg.host_id, overleg.place)
    in_turn = await turns(
        visit.session, is_exercise=overleg.is_exercise, most=CHOICES, also=plan_form.host_id
    )
    return visit.show(
        "overleg.html",
        status=422 if error else 200,
        error=error,
        **await _values(visit, overleg),
        **await _to_choose(visit, overleg),
        **await quick_values(visit, overleg),
        **await invitees(visit, overleg),
        **await coming(visit, overleg),
        invited=len(await invited_people(visit.session, overleg)),
        **form_values(plan_form),
        choices=choices_of(in_turn),
        agreed=agreed or NewAgreement(AgreementKind.ACTION, "", "", usual),
        longest=LONGEST,
        longest_owner=LONGEST_OWNER,
        editing=typed is not None,
        noting=agreed is not None,
    )


async def _values(visit: Visit, overleg: Overleg) -> dict[str, Any]:
    """What the page and the paper are made of."""
    assert overleg.id is not None
    session, today = visit.session, local_date(visit.now)
    host = await session.get_one(Organisation, overleg.host_id)
    there = await present_at(session, overleg.id)
    found = await session.exec(
        select(Organisation).where(col(Organisation.id).in_(there)).order_by(col(Organisation.name))
    )
    present = found.all()
    counts = [
        (label, sum(one.domain is domain for one in present)) for domain, label in DOMAINS.items()
    ]
    return {
        "overleg": overleg,
        "host": host.name,
        "name": names.KINDS[overleg.kind],
        "state": names.STATUSES[overleg.status],
        "present": present,
        "present_counts": [(label, count) for label, count in counts if count],
        "agreements": [
            (one, dated(one.due) if one.due else "", is_late(one, today))
            for one in await agreements_of(session, overleg.id)
        ],
        "names": names,
        **await agenda_of(visit, overleg),
    }


async def _to_choose(visit: Visit, overleg: Overleg) -> dict[str, Any]:
    """Organisations that can still be noted as present; in a city they are searched for."""
    search = visit.request.query_params.get("zoek", "").strip()[:80]
    there = await present_at(visit.session, overleg.id or 0)
    comes = (await replies_of(visit.session, overleg.id or 0)).yes
    found = await visit.session.exec(
        select(Organisation.id, Organisation.name)
        .where(
            col(Organisation.is_exercise) == overleg.is_exercise,
            col(Organisation.id).not_in(there),
            named_like(search),
        )
        .order_by(col(Organisation.id).not_in(comes), col(Organisation.name))
        .limit(MOST_SHOWN + 1)
    )
    others = found.all()
    return {
        "others": others[:MOST_SHOWN], "comes": comes, "search": search,
        "more": len(others) > MOST_SHOWN,
    }  # fmt: skip


async def print_overleg(visit: Visit) -> Response:
    """``GET /overleg/{number}/pdf``: the agenda, or what was agreed when it was held."""
    overleg = await overleg_of(visit)
    is_held = overleg.status is OverlegStatus.HELD
    title = texts.REPORT_TITLE if is_held else texts.AGENDA_TITLE
    sheet = Sheet(
        subject=title.format(day=dated(local_date(overleg.starts_at))),
        body=fragment("overleg_papier.html", now=visit.now, **await _values(visit, overleg)),
        audience=texts.FOR_WHOM,
        stand=texts.STAND.format(day=day(local_date(visit.now))),
        sender=visit.parts.config.briefings.city,
        is_exercise=overleg.is_exercise,
    )
    return await send_pdf(visit.request, sheet, name=texts.FILE_NAME.format(number=overleg.id))


async def change(visit: Visit) -> Response:
    """``POST /overleg/{number}/wijzigen``."""
    overleg = await overleg_of(visit)
    visit.require_seen(str(overleg.version))
    typed, before = await read_plan(visit), stand_of(overleg)
    refused = await change_overleg(
        visit.session, overleg, typed, who=visit.actor.who,
        allow=visit.parts.config.signals.allow, now=visit.now,
    )  # fmt: skip
    if refused is not None:
        return await _page(visit, overleg, error=texts.NOT_PLANNED[refused.reason], typed=typed)
    return await _told(visit, overleg, before, "overleg_changed")


async def set_state(visit: Visit) -> Response:
    """``POST /overleg/{number}/stand``: held, cancelled, or planned again.

    :raises LookupError: no such wish.
    """
    overleg = await overleg_of(visit)
    visit.require_seen(str(overleg.version))
    new, before = STATES[visit.text("doe")], stand_of(overleg)
    await move_overleg(visit.session, overleg, new, who=visit.actor.who, now=visit.now)
    return await _told(visit, overleg, before, DONE[new])


async def _told(visit: Visit, overleg: Overleg, before: Stand, done: str) -> Response:
    """Back to the page; who was invited hears of the change, and the page says so."""
    await follow_meeting(visit.session, overleg, before, who=visit.actor.who, now=visit.now)
    told = await tell_invited(
        visit.session, overleg, before, who=visit.actor.who, now=visit.now
    )  # fmt: skip
    return visit.back(f"/overleg/{overleg.id}", done=f"{done}_told" if told else done)


async def note_present(visit: Visit) -> Response:
    """``POST /overleg/{number}/aanwezig``: organisations that were there, or one that was not."""
    overleg = await overleg_of(visit)
    visit.require_seen(str(overleg.version))
    who, now, back = visit.actor.who, visit.now, f"/overleg/{overleg.id}"
    if visit.text("weg"):
        await remove_present(visit.session, overleg, visit.number("weg"), who=who, now=now)
        return visit.back(back, done="present_removed")
    chosen = visit.numbers("organisatie")
    new = await add_present(visit.session, overleg, chosen, who=who, now=now)
    return visit.back(back, done="present_added" if new else "nothing_changed")


async def agree(visit: Visit) -> Response:
    """``POST /overleg/{number}/afspraak``: a decision or an action."""
    overleg = await overleg_of(visit)
    try:
        due = date.fromisoformat(visit.text("voor"))
    except ValueError:
        due = None
    words, owner = (" ".join(visit.text(name).split()) for name in ("afspraak", "eigenaar"))
    typed = NewAgreement(AgreementKind(visit.text("soort")), words, owner, due)
    kept = await add_agreement(
        visit.session, overleg, typed, who=visit.actor.who,
        allow=visit.parts.config.signals.allow, today=local_date(visit.now), now=visit.now,
    )  # fmt: skip
    if isinstance(kept, NotAgreed):
        return await _page(visit, overleg, error=texts.NOT_AGREED[kept.reason], agreed=typed)
    return visit.back(f"/overleg/{overleg.id}", done="agreement_added")


async def settle(visit: Visit) -> Response:
    """``POST /afspraak/{number}``: done, not after all, or open again."""
    agreement = await visit.session.get(Agreement, visit.in_path())
    if agreement is None or agreement.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such agreement")
    wish = visit.text("doe")
    await settle_agreement(
        visit.session, agreement, SETTLED[wish], who=visit.actor.who, now=visit.now
    )
    return visit.back(f"/overleg/{agreement.overleg_id}", done=f"agreement_{wish}")


_PAGE = "/overleg/{number:int}"
DOORS = (
    Door("/overleg", show_meetings, Permission.SEE_STATUS),
    Door("/overleg", plan, Permission.LEAD_OVERLEG, "POST"),
    Door(_PAGE, show_overleg, Permission.SEE_STATUS),
    Door(f"{_PAGE}/pdf", print_overleg, Permission.SEE_STATUS),
    Door(f"{_PAGE}/wijzigen", change, Permission.LEAD_OVERLEG, "POST"),
    Door(f"{_PAGE}/stand", set_state, Permission.LEAD_OVERLEG, "POST"),
    Door(f"{_PAGE}/aanwezig", note_present, Permission.LEAD_OVERLEG, "POST"),
    Door(f"{_PAGE}/afspraak", agree, Permission.LEAD_OVERLEG, "POST"),
    Door("/afspraak/{number:int}", settle, Permission.LEAD_OVERLEG, "POST"),
)
