"""Groups at the desk: by a rule that is read anew each time, or by hand."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from bot.console import contact_texts, texts
from bot.console.doors import Door, Visit
from bot.console.organisations import AUDIENCES
from contacts.cells import clean
from contacts.directory import Audience, ContactGroup, Domain, Organisation, Person, SchoolType
from contacts.filling import MARK
from contacts.groups import Rule, all_groups, make_group, members_of_each, remove_group
from contacts.permissions import Permission
from feeds.districts import districts

LONGEST_NAME = 120
SHOWN = 200


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group with who is in it now, and its rule in words."""

    group: ContactGroup
    members: list[tuple[Person, Organisation]]
    rule: str


async def show_groups(visit: Visit) -> Response:
    """``GET /contacten/groepen``."""
    return await _page(visit)


async def _page(visit: Visit, *, error: str = "") -> Response:
    groups = await all_groups(visit.session)
    members = await members_of_each(visit.session, groups, is_exercise=visit.actor.is_exercise)
    views = [
        GroupView(
            group,
            members[group.id or 0],
            rule_in_words(Rule.from_json(group.rule)) if group.rule else "",
        )
        for group in groups
    ]
    return visit.show(
        "groepen.html", status=422 if error else 200, views=views, error=error, shown=SHOWN,
        domains=texts.DOMAINS, types=contact_texts.SCHOOL_TYPES, audiences=AUDIENCES,
        places=dict(districts()), name=visit.text("naam"),
    )  # fmt: skip


def rule_in_words(rule: Rule) -> str:
    """``Onderwijs · Docenten vo en mbo · Klarendal, Presikhaaf``. Pure."""
    places = dict(districts())
    parts = [
        ", ".join(texts.DOMAINS[domain] for domain in Domain if domain in rule.domains),
        ", ".join(
            contact_texts.SCHOOL_TYPES[one] for one in SchoolType if one in rule.school_types
        ),
        ", ".join(AUDIENCES[one] for one in AUDIENCES if one in rule.audiences),
        ", ".join(name for code, name in places.items() if code in rule.districts),
    ]
    return " · ".join(part for part in parts if part)


async def add_group(visit: Visit) -> Response:
    """``POST /contacten/groepen``."""
    name, is_ruled = clean(visit.text("naam")), visit.text("soort") == "regel"
    if not name or len(name) > LONGEST_NAME:
        return await _page(visit, error=contact_texts.GROUP_NAME)
    if MARK in name:
        return await _page(visit, error=contact_texts.GROUP_MARK)
    rule = _rule(visit) if is_ruled else None
    if rule is not None and rule.is_empty:
        return await _page(visit, error=contact_texts.GROUP_EMPTY)
    made = await make_group(visit.session, name, rule, who=visit.actor.who, now=visit.now)
    if made is None:
        return await _page(visit, error=contact_texts.GROUP_TAKEN)
    return visit.back("/contacten/groepen", done="saved")


def _rule(visit: Visit) -> Rule:
    """:raises ValueError: a choice that is none."""
    chosen = visit.fields.get("wijk", [])
    if not set(chosen) <= dict(districts()).keys():
        raise ValueError("no such wijk")
    return Rule(
        frozenset(Domain(value) for value in visit.fields.get("domein", [])),
        frozenset(Audience(value) for value in visit.fields.get("tekst", [])),
        frozenset(chosen),
        frozenset(SchoolType(value) for value in visit.fields.get("schooltype", [])),
    )


async def take_group_away(visit: Visit) -> Response:
    """``POST /groep/{number}/weg``."""
    group = await visit.session.get(ContactGroup, visit.in_path())
    if group is None:
        raise LookupError("no such group")
    await remove_group(visit.session, group, who=visit.actor.who, now=visit.now)
    return visit.back("/contacten/groepen", done="saved")


DOORS = (
    Door("/contacten/groepen", show_groups, Permission.MANAGE_GROUPS),
    Door("/contacten/groepen", add_group, Permission.MANAGE_GROUPS, "POST"),
    Door("/groep/{number:int}/weg", take_group_away, Permission.MANAGE_GROUPS, "POST"),
)
