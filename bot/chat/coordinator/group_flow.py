"""``/groep``: a few words to one small group, read back with who gets it before they go.

The same rules as at the desk judge each line when it comes, and both when they go. It goes to
whom the reading back named, and still is in the group.
"""

from __future__ import annotations

from html import escape
from typing import Any
from zlib import crc32

from bot import group_texts as texts
from bot.chat.buttons import data, short
from bot.chat.turn import Handler, Turn
from bot.group_messages import (
    MAX_TEXT,
    MAX_TITLE,
    MOST_MEMBERS,
    Sent,
    content_of,
    resting_line,
    tell_group,
    why_not,
)
from contacts.directory import ContactGroup, Organisation, Person
from contacts.groups import all_groups, members_of, members_of_each
from contacts.outbox import Button
from contacts.permissions import Actor, Permission
from contacts.sending import without_channel

FLOW = "group"
#: to which group · send · write it anew · stop
TO, SEND, AGAIN, QUIT = "grp", "grpsend", "grpback", "grpquit"
#: other groups, and how many stand in one message (Telegram refuses over a hundred buttons)
LEAF, PAGE = "grpleaf", 10
#: names in one list; the desk shows all
SHOWN = 15
Members = list[tuple[Person, Organisation]]


async def choose(turn: Turn) -> None:
    """``/groep``: the groups that can be written to, with how many are in each."""
    await turn.say(*await _leaf(turn, 0))


async def turn_leaf(turn: Turn) -> None:
    """``grpleaf:<leaf>``."""
    assert turn.tap is not None
    await turn.change(*await _leaf(turn, turn.tap.number(0)))


async def _leaf(turn: Turn, leaf: int) -> tuple[str, list[list[Button]]]:
    """So many groups, and the way to the others."""
    actor = _allowed(turn)
    groups = await all_groups(turn.session)
    members = await members_of_each(turn.session, groups, is_exercise=actor.is_exercise)
    rows = []
    for group in groups:
        if 0 < (count := len(members[group.id or 0])) <= MOST_MEMBERS:
            label = texts.ONE_GROUP.format(name=short(group.name, 50), count=count)
            rows.append([Button(label, data(TO, group.id))])
    if not rows:
        return texts.NO_GROUP.format(most=MOST_MEMBERS), []
    leaf = min(max(leaf, 0), (len(rows) - 1) // PAGE)
    turning = []
    if leaf > 0:
        turning.append(Button(texts.PREVIOUS, data(LEAF, leaf - 1)))
    if len(rows) > (leaf + 1) * PAGE:
        turning.append(Button(texts.NEXT, data(LEAF, leaf + 1)))
    shown = rows[leaf * PAGE : (leaf + 1) * PAGE]
    return texts.CHOOSE, [*shown, turning] if turning else shown


async def begin(turn: Turn) -> None:
    """``grp:<number>``."""
    _allowed(turn)
    assert turn.tap is not None
    await _ask_title(turn, await _group(turn, turn.tap.number(0)))


async def _ask_title(turn: Turn, group: ContactGroup) -> None:
    await turn.ask(FLOW, "title", {"group": group.id})
    text = texts.ASK_TITLE.format(group=escape(group.name), title=MAX_TITLE)
    await turn.say(text, [_quit()])


async def wrote_title(turn: Turn) -> None:
    _allowed(turn)
    # The text is as it should be, so that only the title is judged.
    if refused := why_not(line := turn.line, texts.ONE, turn.config.signals.allow):
        await turn.say(escape(refused))
        return
    await turn.ask(FLOW, "text", turn.kept | {"title": line})
    await turn.say(texts.ASK_TEXT.format(text=MAX_TEXT), [_quit()])


async def wrote_text(turn: Turn) -> None:
    """Read back: how it will look, and who gets it. Nothing is sent."""
    actor = _allowed(turn)
    kept = turn.kept
    if refused := why_not(kept["title"], line := turn.line, turn.config.signals.allow):
        await turn.say(escape(refused))
        return
    group = await turn.session.get(ContactGroup, int(kept["group"]))
    members: Members = []
    if group is not None:
        members = await members_of(turn.session, group, is_exercise=actor.is_exercise)
    if group is None or not 0 < len(members) <= MOST_MEMBERS:
        await turn.finish()
        await turn.say(texts.CHANGED)
        return
    chosen = [person.id or 0 for person, _ in members]
    lacking = await without_channel(turn.session, chosen)
    reached = [one for one in members if one[0].id not in lacking]
    missed = [one for one in members if one[0].id in lacking]
    if not reached:
        await turn.finish()
        await turn.say("\n".join([texts.NOBODY_HAS, *_to_call(missed)]))
        return
    rests = await resting_line(turn.session, reached, now=turn.now)
    await turn.ask(FLOW, "sure", kept | {"text": line, "chosen": chosen})
    await turn.say(
        _read_back(group, kept["title"], line, reached, missed, rests),
        [
            [
                Button(
                    texts.SEND.format(people=people(len(reached))),
                    data(SEND, _mark(kept["title"], line)),
                )
            ],
            [Button(texts.AGAIN, data(AGAIN))],
            _quit(),
        ],
    )


def _read_back(
    group: ContactGroup, title: str, text: str, reached: Members, missed: Members, rests: str
) -> str:
    """The message itself, then who gets it, and whom to call. Pure."""
    form = content_of(group.name, title, text).telegram
    said = texts.SURE.format(people=people(len(reached)))
    lines = [form.text if form else "", "", f"<b>{said}</b>", *_names(reached)]
    if rests:
        lines.append(rests)
    return "\n".join([*lines, *_to_call(missed)])


def _names(members: Members) -> list[str]:
    """Who and from where, as lines of HTML. Pure."""
    names = [escape(f"· {person.name}, {place.name}") for person, place in members[:SHOWN]]
    if (rest := len(members) - SHOWN) > 0:
        names.append(texts.MORE.format(count=rest))
    return names


def _to_call(missed: Members) -> list[str]:
    """Whom no message reaches; nothing when there is nobody. Pure."""
    return [f"<b>{texts.NO_CHANNEL}</b>", *_names(missed)] if missed else []


async def send(turn: Turn) -> None:
    """``grpsend``: to who was read back, and is in the group still."""
    actor = _allowed(turn)
    kept = _kept_at(turn, "sure")
    assert turn.tap is not None
    if not turn.tap.args or turn.tap.number(0) != _mark(kept["title"], kept["text"]):
        raise ValueError("this button stands under another text")
    group = await _group(turn, int(kept["group"]))
    await turn.finish()
    if refused := why_not(kept["title"], kept["text"], turn.config.signals.allow):
        await turn.change(escape(refused))
        return
    now_in = {
        person.id
        for person, _ in await members_of(turn.session, group, is_exercise=actor.is_exercise)
    }
    chosen = now_in & set(kept["chosen"])
    if not chosen:
        await turn.change(texts.CHANGED)
        return
    sent = await tell_group(
        turn.session, group, kept["title"], kept["text"],
        chosen={number for number in chosen if number is not None}, actor=actor, now=turn.now,
    )  # fmt: skip
    await turn.change(_said(group, sent) if sent.is_new else texts.HAD_IT)


def _said(group: ContactGroup, sent: Sent) -> str:
    """To how many it goes, and whom to call. Pure."""
    name, missed = escape(group.name), list(sent.missed)
    if not missed:
        return texts.SENT.format(people=people(sent.told), group=name)
    said = texts.SENT_PART.format(
        told=sent.told, people=people(sent.told + len(missed)), group=name
    )
    return "\n".join([said if sent.told else texts.NOBODY_HAS, *_to_call(missed)])


async def write_again(turn: Turn) -> None:
    """``grpback``: from the title on."""
    _allowed(turn)
    await _ask_title(turn, await _group(turn, int(_kept_at(turn, "sure")["group"])))


async def quit_it(turn: Turn) -> None:
    """``grpquit``."""
    _allowed(turn)
    await turn.give_up(FLOW, texts.GIVEN_UP)


def people(count: int) -> str:
    """``12 contacten``. Pure."""
    return texts.ONE if count == 1 else texts.MANY.format(count=count)


def _allowed(turn: Turn) -> Actor:
    """As at the desk: to choose a group and to send; who only plays does neither."""
    turn.allowed(Permission.MANAGE_GROUPS)
    return turn.allowed(Permission.SUBMIT_BRIEFING)


async def _group(turn: Turn, number: int) -> ContactGroup:
    """:raises ValueError: there is none any more."""
    group = await turn.session.get(ContactGroup, number)
    if group is None:
        raise ValueError("no such group")
    return group


def _kept_at(turn: Turn, step: str) -> dict[str, Any]:
    """:raises ValueError: this question is over."""
    talk = turn.conversation
    if talk is None or (talk.flow, talk.step) != (FLOW, step):
        raise ValueError("this question is over")
    return dict(talk.data)


def _mark(title: str, text: str) -> int:
    """Of what stands above the button: no other text goes out by it. Pure."""
    return crc32(f"{title}\n{text}".encode())


def _quit() -> list[Button]:
    return [Button(texts.QUIT, data(QUIT))]


TAPS: dict[str, Handler] = {
    TO: begin, LEAF: turn_leaf, SEND: send, AGAIN: write_again, QUIT: quit_it,
}  # fmt: skip
STEPS: dict[tuple[str, str], Handler] = {
    (FLOW, "title"): wrote_title,
    (FLOW, "text"): wrote_text,
}
COMMANDS: dict[str, Handler] = {"/groep": choose}
