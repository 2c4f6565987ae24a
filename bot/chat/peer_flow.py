"""Groups around an event in the chat: begin one, ask members in, say yes or no, and leave.

A name in own words goes through the person filter before the inbox, and again here.
"""

from __future__ import annotations

from bot.chat import help_texts
from bot.chat import peer_texts as texts
from bot.chat import texts as common
from bot.chat.buttons import data, in_pairs, short
from bot.chat.help_flow import ask_to_share
from bot.chat.refusing import refuse_text, screened_line
from bot.chat.render import render
from bot.chat.turn import Handler, Rows, Turn
from bot.chat.used import use_up
from bot.event_names import names_of_events
from briefings.capitals import with_capital
from contacts.directory import Domain
from contacts.outbox import Button
from contacts.permissions import Permission
from contacts.sharing import is_sharing
from signals import peer_texts as labels
from signals import texts as signal_texts
from signals.errors import NoSuchEvent
from signals.helping import HelpRefused, events_to_choose
from signals.peer_groups import (
    MAX_NAME,
    SAY_NO,
    SAY_YES,
    ask_in,
    begin_group,
    leave,
    say_no,
    say_yes,
)
from signals.peer_rows import PeerTopic, SeatStatus
from signals.peer_telling import SHOW
from signals.peer_views import MyGroup, my_groups, people_to_ask, seat_of_actor
from signals.telling import Blocked

FLOW = "peers"
MOST_EVENTS = 6
#: members in one message
PAGE = 6


async def show_groups(turn: Turn) -> None:
    """My groups, and those I was asked into."""
    actor = turn.allowed(Permission.ASK_HELP)
    groups = await my_groups(turn.session, actor, sealer=turn.sealer)
    names = await names_of_events(turn.session, {group.event_id for group in groups})
    buttons = [
        Button(texts.SHOW.format(number=number), data(SHOW, group.id))
        for number, group in enumerate(groups, 1)
    ]
    rows = [
        *in_pairs(buttons), [Button(texts.BEGIN, data("pgb"))],
        [Button(help_texts.MENU, data("hm"))],
    ]  # fmt: skip
    text = render("peers/menu.html", groups=groups, names=names, some_event=labels.SOME_EVENT)
    await turn.say(text, rows, is_delicate=True)


async def show_group(turn: Turn) -> None:
    turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    await _show(turn, turn.tap.number(0))


async def _show(turn: Turn, group_id: int) -> None:
    """One group: who is in it; or the question whether I join."""
    group = await _mine(turn, group_id)
    if group is None:
        turn.toast = texts.REFUSED["group_over"]
        return
    names = await names_of_events(turn.session, [group.event_id])
    shares = await is_sharing(turn.session, turn.known().person_id)
    text = render(
        "peers/group.html", group=group, shares=shares,
        event=names.get(group.event_id, labels.SOME_EVENT),
    )  # fmt: skip
    await turn.say(text, _ways(group), is_delicate=True)


def _ways(group: MyGroup) -> Rows:
    back = [Button(texts.BACK, data("pgm"))]
    if group.status is SeatStatus.ASKED:
        return [
            [
                Button(labels.YES, data(SAY_YES, group.id)),
                Button(labels.NO, data(SAY_NO, group.id)),
            ],
            back,
        ]  # fmt: skip
    invite, out = Button(texts.INVITE, data("pgi", group.id)), data("pgv", group.id)
    return [[invite], [Button(texts.LEAVE, out)], back]


async def _mine(turn: Turn, group_id: int) -> MyGroup | None:
    groups = await my_groups(turn.session, turn.known(), sealer=turn.sealer)
    return next((group for group in groups if group.id == group_id), None)


async def begin(turn: Turn) -> None:
    """*Begin een groep*: around which event?"""
    actor = turn.allowed(Permission.ASK_HELP)
    events = (await events_to_choose(turn.session, actor))[:MOST_EVENTS]
    if not events:
        await turn.change(render("peers/no_event.html"), [[Button(texts.BACK, data("pgm"))]])
        return
    if not await is_sharing(turn.session, actor.person_id):
        await ask_to_share(turn, "pgb")
        return
    names = await names_of_events(turn.session, [event.id or 0 for event in events])
    rows = [[Button(short(names[event.id or 0]), data("pge", event.id))] for event in events]
    await turn.change(render("peers/ask_event.html"), [*rows, [Button(texts.BACK, data("pgm"))]])


async def chose_event(turn: Turn) -> None:
    """What for? One tap, or a line that is typed next."""
    turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    event_id = turn.tap.number(0)
    names = await names_of_events(turn.session, [event_id])
    await turn.ask(FLOW, "name", {"event": event_id})
    rows = [
        [Button(with_capital(label), data("pgn", topic.value))]
        for topic, label in labels.TOPICS.items()
        if topic is not PeerTopic.OWN
    ]
    text = render(
        "peers/ask_name.html", event=names.get(event_id, labels.SOME_EVENT), longest=MAX_NAME
    )
    await turn.change(text, [*rows, [Button(help_texts.QUIT, data("pgq"))]])


async def chose_name(turn: Turn) -> None:
    turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    await _begin(turn, PeerTopic(turn.tap.word(0)), "")


async def wrote_name(turn: Turn) -> None:
    line = await screened_line(turn)
    if line is None:
        return
    if not line or len(line) > MAX_NAME:
        text = render("help/too_long.html", length=len(line), longest=MAX_NAME)
        await turn.say(text, reply_to=turn.message_id)
        return
    await _begin(turn, PeerTopic.OWN, line)


async def _begin(turn: Turn, topic: PeerTopic, words: str) -> None:
    talk = turn.conversation
    if talk is None or talk.flow != FLOW:
        turn.toast = common.QUESTION_OVER
        return
    try:
        result = await begin_group(
            turn.session, int(talk.data["event"]), topic, words, actor=turn.known(),
            sealer=turn.sealer, settings=turn.config.signals, now=turn.now,
        )  # fmt: skip
    except NoSuchEvent:
        # Closed or joined to another since it was chosen: the question has no answer any more.
        await turn.finish()
        await turn.say(texts.EVENT_OVER, [[Button(texts.BACK, data("pgm"))]])
        return
    if isinstance(result, Blocked):
        await refuse_text(turn, list(result.screening.labels), [])
    elif isinstance(result, HelpRefused):
        if result.reason == "not_sharing":
            await ask_to_share(turn, "pgb")
        else:
            await turn.say(texts.REFUSED[result.reason], [[Button(texts.BACK, data("pgm"))]])
    else:
        await turn.finish()
        await _show(turn, result.group_id)


async def give_up(turn: Turn) -> None:
    """*Stoppen*: nothing is kept."""
    await turn.give_up(FLOW, render("help/stopped.html"))


async def ask_domain(turn: Turn) -> None:
    turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    group_id = turn.tap.number(0)
    rows = in_pairs(
        [
            Button(with_capital(label), data("pgl", group_id, domain.value, 0))
            for domain, label in signal_texts.DOMAINS.items()
        ]
    )
    back = [Button(texts.BACK, data(SHOW, group_id))]
    await turn.change(render("peers/domains.html"), [*rows, back])


async def show_people(turn: Turn) -> None:
    turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    await _people(turn, turn.tap.number(0), Domain(turn.tap.word(1)), turn.tap.number(2))


async def _people(turn: Turn, group_id: int, domain: Domain, leaf: int, *, asked: str = "") -> None:
    """One leaf of members of a domain who can be asked; one tap asks one.

    :param asked: what was just done, above the leaf.
    """
    found = await seat_of_actor(turn.session, group_id, turn.known())
    if found is None or found[1].status is not SeatStatus.IN:
        turn.toast = texts.REFUSED["group_over"]
        return
    people = await people_to_ask(turn.session, found[0], domain, turn.known())
    leaf = min(max(leaf, 0), max(len(people) - 1, 0) // PAGE)
    here, first = people[leaf * PAGE : (leaf + 1) * PAGE], leaf * PAGE + 1
    title = signal_texts.DOMAINS[domain]
    text = render(
        "peers/people.html", title=with_capital(title), people=here, first=first,
        asked=asked,
    )  # fmt: skip
    buttons = [
        Button(f"Vraag {number}", data("pgk", group_id, domain.value, one.person_id))
        for number, one in enumerate(here, first)
    ]
    turning = [Button(texts.OTHER_DOMAIN, data("pgi", group_id))]
    if len(people) > (leaf + 1) * PAGE:
        turning.append(Button(help_texts.NEXT, data("pgl", group_id, domain.value, leaf + 1)))
    rows = [*in_pairs(buttons), turning, [Button(texts.BACK, data(SHOW, group_id))]]
    await turn.say(text, rows, is_delicate=True)


async def ask_somebody(turn: Turn) -> None:
    actor = turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    group_id, domain = turn.tap.number(0), Domain(turn.tap.word(1))
    group = await _mine(turn, group_id)
    event = "" if group is None else (
        await names_of_events(turn.session, [group.event_id])
    ).get(group.event_id, labels.SOME_EVENT)  # fmt: skip
    refused = await ask_in(
        turn.session, group_id, turn.tap.number(2), event_name=event, actor=actor,
        sealer=turn.sealer, now=turn.now,
    )  # fmt: skip
    if refused is not None and refused.reason == "not_sharing":
        await ask_to_share(turn, SHOW, group_id)
        return
    turn.toast = texts.ASKED if refused is None else texts.REFUSED[refused.reason]
    if refused is None:
        await use_up(turn)
        await _people(turn, group_id, domain, 0, asked=texts.ASKED)


async def yes(turn: Turn) -> None:
    """*Ja, ik doe mee*; first asks whether others may see who it is, where that was not said."""
    actor = turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    group_id = turn.tap.number(0)
    refused = await say_yes(turn.session, group_id, actor=actor, now=turn.now)
    if refused is None:
        turn.toast = texts.IN
        await turn.change(texts.IN)
        await _show(turn, group_id)
    elif refused.reason == "not_sharing":
        await ask_to_share(turn, SAY_YES, group_id)
    else:
        turn.toast = texts.REFUSED[refused.reason]


async def no(turn: Turn) -> None:
    actor = turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    done = await say_no(turn.session, turn.tap.number(0), actor=actor, now=turn.now)
    if not done:
        turn.toast = texts.REFUSED["group_over"]
        return
    await turn.change(texts.DECLINED)


async def go_out(turn: Turn) -> None:
    """*Ga eruit*, in one tap."""
    actor = turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    left = await leave(turn.session, turn.tap.number(0), actor=actor, now=turn.now)
    turn.toast = None if left else texts.REFUSED["group_over"]
    if left:
        await turn.change(texts.LEFT, [[Button(texts.BACK, data("pgm"))]])


TAPS: dict[str, Handler] = {
    "pgm": show_groups, SHOW: show_group, "pgb": begin, "pge": chose_event, "pgn": chose_name,
    "pgq": give_up, "pgi": ask_domain, "pgl": show_people, "pgk": ask_somebody,
    SAY_YES: yes, SAY_NO: no, "pgv": go_out,
}  # fmt: skip
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "name"): wrote_name}
COMMANDS: dict[str, Handler] = {}
