"""Vraag en aanbod in the chat: what others ask, take it up, see each other, and end one's own."""

from __future__ import annotations

from bot.chat import help_texts as texts
from bot.chat.buttons import data, in_pairs
from bot.chat.help_flow import ask_to_share
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.chat.used import use_up
from bot.event_names import names_of_events
from briefings.capitals import with_capital
from contacts.outbox import Button
from contacts.permissions import Permission, may
from signals import help_texts as labels
from signals.help_given import GIVEN, say_given
from signals.help_rows import HelpEntry, HelpStatus
from signals.help_views import Met, Mine, entries_for, mine_of, named
from signals.helping import (
    SHOW_CONTACT,
    HelpRefused,
    end_own,
    remove_entry,
    take_up,
)

#: how many of one's own get buttons
MOST_OWN = 8


async def show_entries(turn: Turn) -> None:
    """What others ask and offer, five to a message; one tap takes one up."""
    actor = turn.allowed(Permission.READ_HELP)
    assert turn.tap is not None
    entries = await entries_for(turn.session, actor, sealer=turn.sealer, now=turn.now)
    leaf = max(turn.tap.number(0), 0)
    here = entries[leaf * texts.PAGE : (leaf + 1) * texts.PAGE]
    first = leaf * texts.PAGE + 1
    names = await names_of_events(turn.session, {e.event_id for e in here if e.event_id})
    text = render(
        "help/entries.html", entries=here, first=first, names=names, kinds=labels.KINDS,
        standing=labels.STANDING,
    )  # fmt: skip
    buttons = []
    for number, entry in enumerate(here, first):
        label = texts.TAKEN if entry.is_taken else texts.TAKE
        buttons.append(Button(label.format(number=number), data("ho", entry.id)))
        if may(actor, Permission.MODERATE_HELP):
            buttons.append(Button(texts.REMOVE.format(number=number), data("hr", entry.id)))
    turning = [Button(texts.MENU, data("hm"))]
    if len(entries) > (leaf + 1) * texts.PAGE:
        turning.append(Button(texts.NEXT, data("hl", leaf + 1)))
    # Others' words stand sealed in the outbox, so they come as a message of their own.
    await turn.say(text, [*in_pairs(buttons), turning], is_delicate=True)


async def take(turn: Turn) -> None:
    """*Oppakken*: both sides see each other from now on."""
    actor = turn.allowed(Permission.READ_HELP)
    assert turn.tap is not None
    entry_id = turn.tap.number(0)
    result = await take_up(turn.session, entry_id, actor=actor, now=turn.now)
    if isinstance(result, HelpRefused):
        if result.reason == "not_sharing":
            await ask_to_share(turn, "ho", entry_id)
        else:
            turn.toast = texts.REFUSED[result.reason]
        return
    found = await _find(turn, result.match_id)
    if found is not None:
        await use_up(turn)
        await _say_contact(turn, found, is_new=result.is_new)


async def show_contact(turn: Turn) -> None:
    """The other side of a match, as far as it may be seen at this moment."""
    turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    found = await _find(turn, turn.tap.number(0))
    if found is None:
        turn.toast = texts.GONE
        return
    await _say_contact(turn, found, is_new=False)


async def _find(turn: Turn, match_id: int) -> Met | None:
    """A match of this member, whichever side they are on."""
    for one in await mine_of(turn.session, turn.known(), sealer=turn.sealer):
        for met in one.met:
            if met.match_id == match_id:
                return met
    return None


async def _say_contact(turn: Turn, met: Met, *, is_new: bool) -> None:
    text = render(
        "help/contact.html", organisation=met.organisation, contact=met.contact, is_new=is_new,
        no_contact=labels.NO_CONTACT,
    )  # fmt: skip
    rows = [] if met.is_given else [[Button(labels.GIVEN, data(GIVEN, met.match_id))]]
    await turn.say(text, [*rows, [Button(texts.MENU, data("hm"))]], is_delicate=True)


async def given(turn: Turn) -> None:
    """*Hulp is gegeven*, by either side; counted, and said once."""
    actor = turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    is_new = await say_given(turn.session, turn.tap.number(0), actor=actor, now=turn.now)
    turn.toast = texts.GIVEN_TOAST if is_new else texts.GIVEN_BEFORE
    await use_up(turn)
    await show_mine(turn)


async def show_mine(turn: Turn) -> None:
    """What this member asked, offered and took up; with who is on the other side."""
    actor = turn.allowed(Permission.ASK_HELP)
    mine = (await mine_of(turn.session, actor, sealer=turn.sealer))[:MOST_OWN]
    buttons = []
    for number, one in enumerate(mine, 1):
        buttons += _own_buttons(one, number, is_maker=one.entry.person_id == actor.person_id)
    text = render("help/mine.html", mine=mine, me=actor.person_id)
    rows = [*in_pairs(buttons), [Button(texts.MENU, data("hm"))]]
    await turn.say(text, rows, is_delicate=True)


def _own_buttons(one: Mine, number: int, *, is_maker: bool) -> list[Button]:
    buttons = [
        Button(texts.CONTACT.format(number=number), data(SHOW_CONTACT, met.match_id))
        for met in one.met
    ]
    buttons += [
        Button(texts.GIVEN.format(number=number), data(GIVEN, met.match_id))
        for met in one.met
        if not met.is_given
    ]
    if is_maker and one.is_open:
        ident = one.entry.id
        buttons += [
            Button(texts.DONE.format(number=number), data("he", ident, HelpStatus.DONE.value)),
            Button(
                texts.WITHDRAW.format(number=number), data("he", ident, HelpStatus.WITHDRAWN.value)
            ),
        ]
    return buttons


async def end(turn: Turn) -> None:
    """*Geregeld*, or *weghalen*, by who placed it."""
    actor = turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    outcome = HelpStatus(turn.tap.word(1))
    if outcome not in (HelpStatus.DONE, HelpStatus.WITHDRAWN):
        raise ValueError("not for a maker")
    ended = await end_own(turn.session, turn.tap.number(0), outcome, actor=actor, now=turn.now)
    turn.toast = labels.STATUSES[outcome] if ended else texts.OVER
    await use_up(turn)
    await show_mine(turn)


async def ask_reason(turn: Turn) -> None:
    """A coordinator takes an entry of somebody else away: why?"""
    turn.allowed(Permission.MODERATE_HELP)
    entry = await _entry(turn)
    rows = [
        [Button(with_capital(why), data("hx", entry.id, key))]
        for key, why in labels.REASONS.items()
    ]
    text = render("help/ask_reason.html", what=named(entry))
    await turn.say(text, [*rows, [Button(texts.MENU, data("hm"))]])


async def remove(turn: Turn) -> None:
    actor = turn.allowed(Permission.MODERATE_HELP)
    assert turn.tap is not None
    entry, reason = await _entry(turn), turn.tap.word(1)
    if reason not in labels.REASONS:
        raise ValueError("no such reason")
    await remove_entry(turn.session, entry, reason, actor=actor, now=turn.now)
    await turn.change(render("help/removed.html"), [[Button(texts.MENU, data("hm"))]])


async def _entry(turn: Turn) -> HelpEntry:
    """:raises ValueError: there is none in this world."""
    assert turn.tap is not None
    return await turn.in_world(HelpEntry, turn.tap.number(0))


TAPS: dict[str, Handler] = {
    "hl": show_entries,
    "ho": take,
    SHOW_CONTACT: show_contact,
    GIVEN: given,
    "hi": show_mine,
    "he": end,
    "hr": ask_reason,
    "hx": remove,
}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
