"""``/gebeurtenis``: start an event by hand with a few taps and one line of text.

A forwarded message or a link is accepted as the source; its words, or the title of the page,
are not kept unless they are about no person. What the watch makes of them is one tap.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat.buttons import data, in_pairs, short
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import start_evening
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.starting import LEADS, SEND_TIMES, default_deadline, next_time
from briefings.capitals import with_capital
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.events import open_event
from feeds.lexicon import load_lexicon
from feeds.relevance import score_item
from feeds.rows import LeadAgency, Origin
from feeds.standing import Trust
from signals.person_filter import screen

FLOW = "event"
#: shows all kinds instead of the usual ones
MORE = "meer"
TITLE_LIMIT = 120


async def start(turn: Turn) -> None:
    turn.allowed(Permission.MANAGE_EVENT)
    line = (turn.text or "").strip()
    line = _clean(turn, "" if line.startswith("/") else line)
    proposal = _proposal(line, turn.page.lead if turn.page else "")
    await turn.ask(FLOW, "type", {"link": turn.link, "line": line, "proposal": proposal})
    buttons = [Button(label, data("evt", code)) for code, label in texts.EVENT_TYPES_SHORT]
    rows = in_pairs(buttons)
    if proposal is not None:
        rows.insert(0, [Button(_proposed(proposal), data("evall"))])
    await turn.say(render("coordinator/new_type.html", link=turn.link, line=line), rows)


def _clean(turn: Turn, line: str) -> str:
    """What was sent, or the title of the page behind the link; never with a person in it."""
    if line or turn.page is None:
        return line
    title = turn.page.title[:TITLE_LIMIT]
    return "" if screen(title, turn.config.signals.allow).blocked else title


def _proposal(line: str, lead: str) -> dict[str, object] | None:
    """What the watch would make of it; None when it sees no kind of event."""
    if not line:
        return None
    found = score_item(line, lead, trust=Trust.NATIONAL, lexicon=load_lexicon())
    if not found.types:
        return None
    severity = max(found.severity, min(texts.SEVERITIES))
    return {"type": found.type, "place": found.place.name or "", "severity": severity}


def _proposed(proposal: Mapping[str, object]) -> str:
    name, _ = load_lexicon().event_types[str(proposal["type"])]
    place = proposal["place"] or texts.NO_PLACE
    severity = proposal["severity"]
    # The place and the severity are what somebody checks: the kind gives way.
    room = 64 - len(texts.TAKE_PROPOSAL.format(name="", place=place, severity=severity))
    return texts.TAKE_PROPOSAL.format(
        name=short(name, max(room, 12)), place=place, severity=severity
    )


async def took_proposal(turn: Turn) -> None:
    given = _given(turn)
    proposal = given.get("proposal")
    if not isinstance(proposal, dict):
        raise ValueError("nothing was proposed")
    given |= proposal | {"lead": LEADS.index(LeadAgency.UNKNOWN)}
    await _open(turn, given, str(given["line"]))


async def chose_type(turn: Turn) -> None:
    given = _given(turn)
    assert turn.tap is not None
    if turn.tap.args[0] == MORE:
        await _show_all_types(turn)
        return
    given["type"] = turn.tap.args[0]
    await turn.ask(FLOW, "place", given)
    row = [Button(label, data("evp", code)) for code, label in texts.PLACES_SHORT]
    await turn.change(render("coordinator/new_place.html"), [row[:2], row[2:]])


async def _show_all_types(turn: Turn) -> None:
    """Every kind that the console offers, each on a line of its own: the names are long."""
    types = load_lexicon().event_types.items()
    rows = [[Button(with_capital(name), data("evt", key))] for key, (name, _) in types]
    await turn.change(render("coordinator/new_type.html", link=None, line=""), rows)


async def chose_place(turn: Turn) -> None:
    given = _given(turn)
    assert turn.tap is not None
    given["place"] = dict(texts.PLACES_SHORT)[turn.tap.args[0]]
    await turn.ask(FLOW, "severity", given)
    row = [Button(label, data("evs", number)) for number, label in texts.SEVERITIES.items()]
    await turn.change(render("coordinator/new_severity.html"), [row])


async def chose_severity(turn: Turn) -> None:
    given = _given(turn)
    assert turn.tap is not None
    given["severity"] = turn.tap.number(0)
    await turn.ask(FLOW, "lead", given)
    row = [Button(texts.LEADS[lead], data("evl", index)) for index, lead in enumerate(LEADS)]
    await turn.change(render("coordinator/new_lead.html"), [row[:2], row[2:]])


async def chose_lead(turn: Turn) -> None:
    given = _given(turn)
    assert turn.tap is not None
    given["lead"] = turn.tap.number(0)
    if given.get("line"):
        await turn.ask(FLOW, "line", given)
        await _open(turn, given, str(given["line"]))
        return
    await turn.ask(FLOW, "line", given)
    await turn.change(render("coordinator/new_line.html"))


async def wrote_line(turn: Turn) -> None:
    await _open(turn, _given(turn), (turn.text or "").strip())


async def _open(turn: Turn, given: dict[str, object], line: str) -> None:
    actor = turn.allowed(Permission.MANAGE_EVENT)
    if not line:
        await turn.say(render("coordinator/new_line.html"))
        return
    lead = int(str(given["lead"]))
    event = await open_event(
        turn.session,
        type=str(given["type"]),
        title=line[:TITLE_LIMIT],
        place=str(given["place"]),
        severity=int(str(given["severity"])),
        origin=Origin.MANUAL,
        source_link=str(given["link"]) if given.get("link") else None,
        lead_agency=LEADS[lead],
        who=actor.who,
        now=turn.now,
        is_exercise=actor.is_exercise,
    )
    event.send_before = next_time(turn.now, SEND_TIMES[default_deadline(turn.now)])
    await turn.finish()
    await start_evening(turn, event)


def _given(turn: Turn) -> dict[str, object]:
    turn.allowed(Permission.MANAGE_EVENT)
    if turn.conversation is None or turn.conversation.flow != FLOW:
        raise ValueError("this question is over")
    return dict(turn.conversation.data)


async def stop(turn: Turn) -> None:
    """``/annuleren``: forget the question that is open."""
    turn.known()
    name = "cancelled" if turn.has_stopped else "nothing_to_cancel"
    await turn.say(render(f"coordinator/{name}.html"))


TAPS: dict[str, Handler] = {
    "evall": took_proposal,
    "evt": chose_type,
    "evp": chose_place,
    "evs": chose_severity,
    "evl": chose_lead,
}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "line"): wrote_line}
COMMANDS: dict[str, Handler] = {"/gebeurtenis": start, "/annuleren": stop}
