"""``/wie``: find a member who lets others find them, by domain, kind of school and wijk.

What is chosen stands in the buttons; nothing is kept of who looked for whom. A look is counted
for the two domains.
"""

from __future__ import annotations

from bot.chat import help_texts as texts
from bot.chat.buttons import data, in_pairs
from bot.chat.help_flow import ask_to_share
from bot.chat.render import render
from bot.chat.signal_questions import PAGE as DISTRICTS
from bot.chat.turn import Handler, Rows, Turn
from briefings.capitals import with_capital
from contacts.directory import Audience, Domain, Organisation
from contacts.meeting import Way, count_contact
from contacts.outbox import Button
from contacts.permissions import Permission
from contacts.sharing import find_members, is_sharing
from feeds.districts import districts
from signals import texts as signal_texts

#: contacts in one message
PAGE = 8
#: the word in a button for "does not matter"
ANY = "-"
SCHOOLS = {"po": Audience.TEACHER_PO, "vo": Audience.TEACHER_VO_MBO}


async def start(turn: Turn) -> None:
    """``/wie``."""
    await turn.say(*await _domains(turn))


async def open_search(turn: Turn) -> None:
    await turn.change(*await _domains(turn))


async def _domains(turn: Turn) -> tuple[str, Rows]:
    actor = turn.allowed(Permission.ASK_HELP)
    rows = in_pairs(
        [
            Button(with_capital(label), data("wd", domain.value))
            for domain, label in signal_texts.DOMAINS.items()
        ]
    )
    shares = await is_sharing(turn.session, actor.person_id)
    if not shares:
        rows.append([Button(texts.SHOW_ME, data("ws"))])
    return render("wie/domains.html", shares=shares), rows


async def show_me(turn: Turn) -> None:
    turn.allowed(Permission.ASK_HELP)
    await ask_to_share(turn, "wie")


async def chose_domain(turn: Turn) -> None:
    """Of schools the kind is asked; of all others the members come at once."""
    turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    domain = Domain(turn.tap.word(0))
    if domain is not Domain.EDUCATION:
        await _show(turn, domain, ANY, ANY, 0)
        return
    rows = [
        [Button(label, data("wz", domain.value, kind, ANY, 0))]
        for kind, label in (*texts.SCHOOLS.items(), (ANY, texts.ANY_SCHOOL))
    ]
    await turn.change(render("wie/schools.html"), rows)


async def show_found(turn: Turn) -> None:
    turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    kind, district = turn.tap.word(1), turn.tap.word(2)
    await _show(turn, Domain(turn.tap.word(0)), kind, district, turn.tap.number(3))


async def _show(turn: Turn, domain: Domain, kind: str, district: str, leaf: int) -> None:
    """One leaf of members, as a message of its own: their contacts stand sealed in the outbox."""
    actor = turn.known()
    places = dict(districts())
    if (kind != ANY and kind not in SCHOOLS) or (district != ANY and district not in places):
        raise ValueError("an old button")
    found = await find_members(
        turn.session, domain, audience=SCHOOLS.get(kind), asker_id=actor.person_id,
        district=None if district == ANY else district, is_exercise=actor.is_exercise,
    )  # fmt: skip
    here = found[leaf * PAGE : (leaf + 1) * PAGE] if leaf >= 0 else []
    if here and leaf == 0 and district == ANY:
        # A leaf further, or a wijk of the same search, is the same look.
        await count_contact(
            turn.session, actor.domain, domain, Way.LOOKED_UP,
            is_exercise=actor.is_exercise, now=turn.now,
        )  # fmt: skip
    title = signal_texts.DOMAINS[domain]
    text = render(
        "wie/found.html", title=with_capital(title), place=places.get(district, ""),
        contacts=here,
    )  # fmt: skip
    rows = await _ways_on(turn, domain, kind, district, leaf, more=len(found) > (leaf + 1) * PAGE)
    await turn.say(text, rows, is_delicate=True)


async def _ways_on(
    turn: Turn, domain: Domain, kind: str, district: str, leaf: int, *, more: bool
) -> Rows:
    """Other leaves, a wijk, another domain."""
    turning = []
    if leaf > 0:
        turning.append(Button(texts.PREVIOUS, data("wz", domain.value, kind, district, leaf - 1)))
    if more:
        turning.append(Button(texts.NEXT, data("wz", domain.value, kind, district, leaf + 1)))
    places = dict(districts())
    organisation = await turn.session.get_one(Organisation, turn.known().organisation_id)
    own = organisation.district
    near = []
    if district != ANY:
        near.append(Button(texts.EVERYWHERE, data("wz", domain.value, kind, ANY, 0)))
    elif own in places:
        label = texts.NEAR.format(district=places[own or ""])
        near.append(Button(label, data("wz", domain.value, kind, own, 0)))
    near.append(Button(texts.CHOOSE_NEAR, data("wp", domain.value, kind, 0)))
    return [row for row in (turning, near, [Button(texts.OTHER_DOMAIN, data("wo"))]) if row]


async def choose_district(turn: Turn) -> None:
    """All wijken, a leaf at a time."""
    turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    domain, kind, leaf = Domain(turn.tap.word(0)), turn.tap.word(1), turn.tap.number(2)
    every = list(districts())
    here = every[leaf * DISTRICTS : (leaf + 1) * DISTRICTS] if leaf >= 0 else []
    if not here:
        raise ValueError("no such leaf")
    rows = in_pairs([Button(name, data("wz", domain.value, kind, code, 0)) for code, name in here])
    turning = []
    if leaf > 0:
        turning.append(Button(texts.PREVIOUS, data("wp", domain.value, kind, leaf - 1)))
    if (leaf + 1) * DISTRICTS < len(every):
        turning.append(Button(texts.NEXT, data("wp", domain.value, kind, leaf + 1)))
    await turn.say(render("wie/districts.html"), [*rows, turning])


TAPS: dict[str, Handler] = {
    "wd": chose_domain,
    "wz": show_found,
    "wp": choose_district,
    "wo": open_search,
    "ws": show_me,
}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/wie": start}
