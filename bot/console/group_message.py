"""A message to one group: written, read back with who gets it, and then sent by who wrote it."""

from __future__ import annotations

from starlette.responses import Response

from bot import group_texts as texts
from bot.console.doors import Door, Visit
from bot.group_messages import (
    MAX_TEXT,
    MAX_TITLE,
    MOST_MEMBERS,
    resting_line,
    tell_group,
    why_not,
)
from contacts.directory import ContactGroup
from contacts.groups import members_of
from contacts.permissions import Permission
from contacts.sending import without_channel


async def write(visit: Visit) -> Response:
    """``GET /groep/{number}/bericht``."""
    return await _page(visit)


async def read_back(visit: Visit) -> Response:
    """``POST /groep/{number}/bericht``: how it will look and who gets it; nothing is kept."""
    title, text = _words(visit)
    error = why_not(title, text, visit.parts.config.signals.allow)
    return await _page(visit, error=error, is_read_back=not error)


async def send(visit: Visit) -> Response:
    """``POST /groep/{number}/bericht/versturen``."""
    title, text = _words(visit)
    if error := why_not(title, text, visit.parts.config.signals.allow):
        return await _page(visit, error=error)
    chosen = set(visit.numbers("wie"))
    sent = await tell_group(
        visit.session, await _group(visit), title, text, chosen=chosen, actor=visit.actor,
        now=visit.now,
    )  # fmt: skip
    if sent.missed:  # the page of the message names whom to call
        done = "group_told_part" if sent.told else "group_told_nobody"
        return visit.back(f"/groep/{visit.in_path()}/bericht", done=done)
    return visit.back("/contacten/groepen", done="group_told" if sent.is_new else "group_had_it")


def _words(visit: Visit) -> tuple[str, str]:
    return " ".join(visit.text("titel").split()), " ".join(visit.text("tekst").split())


async def _group(visit: Visit) -> ContactGroup:
    """:raises LookupError: there is none."""
    group = await visit.session.get(ContactGroup, visit.in_path())
    if group is None:
        raise LookupError("no such group")
    return group


async def _page(visit: Visit, *, error: str = "", is_read_back: bool = False) -> Response:
    group = await _group(visit)
    members = await members_of(visit.session, group, is_exercise=visit.actor.is_exercise)
    if not members:
        error = error or texts.NOBODY
    elif len(members) > MOST_MEMBERS:
        error = texts.TOO_MANY.format(most=MOST_MEMBERS)
    title, text = _words(visit)
    lacking = await without_channel(visit.session, [person.id or 0 for person, _ in members])
    reached = [one for one in members if one[0].id not in lacking]
    rests = await resting_line(visit.session, reached, now=visit.now) if is_read_back else ""
    can_write = 0 < len(members) <= MOST_MEMBERS
    return visit.show(
        "groep_bericht.html", status=422 if error and visit.fields else 200, error=error,
        group=group, members=members, can_write=can_write,
        reached=reached, rests=rests,
        missed=[one for one in members if one[0].id in lacking] if can_write else [],
        is_read_back=is_read_back and can_write, title=title, said=text,
        why=texts.WHY.format(group=group.name), longest_title=MAX_TITLE, longest=MAX_TEXT,
    )  # fmt: skip


_GROUP = "/groep/{number:int}/bericht"
DOORS = (
    Door(_GROUP, write, Permission.SUBMIT_BRIEFING),
    Door(_GROUP, read_back, Permission.SUBMIT_BRIEFING, "POST", keeps=False),
    Door(f"{_GROUP}/versturen", send, Permission.SUBMIT_BRIEFING, "POST"),
)
