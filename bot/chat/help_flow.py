"""``/hulp``: ask peers for help or offer it: who may see me, what, about what, a sentence.

The words go through the person filter before the inbox, and again here; they wait sealed.
"""

from __future__ import annotations

from typing import Any

from bot.chat import help_texts as texts
from bot.chat import peer_texts
from bot.chat import texts as common
from bot.chat.buttons import data, short
from bot.chat.refusing import refuse_text, screened_line
from bot.chat.render import render
from bot.chat.turn import Handler, Rows, Turn
from bot.event_names import names_of_events
from briefings.capitals import with_capital
from contacts.consent import ConsentKind, give_consent, withdraw_consent
from contacts.directory import Person
from contacts.outbox import Button
from contacts.permissions import Permission, may
from contacts.sharing import is_sharing
from signals import help_texts as labels
from signals import texts as signal_texts
from signals.errors import NoSuchEvent
from signals.help_rows import HelpKind, HelpTopic
from signals.help_views import entries_for, mine_of
from signals.helping import (
    MAX_TEXT,
    HelpDraft,
    HelpRefused,
    days_until,
    events_to_choose,
    place,
)
from signals.peer_groups import SAY_YES
from signals.peer_views import my_groups
from signals.telling import Blocked

FLOW = "help"
MOST_EVENTS = 4


async def open_board(turn: Turn) -> None:
    """``/hulp``."""
    await turn.say(*await _menu(turn))


async def back_to_menu(turn: Turn) -> None:
    await turn.finish()
    await turn.change(*await _menu(turn))


async def _menu(turn: Turn) -> tuple[str, Rows]:
    actor = turn.allowed(Permission.ASK_HELP)
    reads = may(actor, Permission.READ_HELP)
    shares = await is_sharing(turn.session, actor.person_id)
    rows = [[Button(text, data("hn", kind.value)) for kind, text in texts.STARTS.items()]]
    if reads:
        entries = await entries_for(turn.session, actor, sealer=turn.sealer, now=turn.now)
        rows.append([Button(texts.LOOK.format(count=len(entries)), data("hl", 0))])
    mine = await mine_of(turn.session, actor, sealer=turn.sealer)
    if mine:
        rows.append([Button(texts.MINE.format(count=len(mine)), data("hi"))])
    groups = await my_groups(turn.session, actor, sealer=turn.sealer)
    label = peer_texts.GROUPS.format(count=len(groups)) if groups else peer_texts.NO_GROUPS
    rows.append([Button(label, data("pgm"))])
    if shares:
        rows.append([Button(texts.SHARE_STOP, data("hz"))])
    return render("help/menu.html", reads=reads, shares=shares), rows


async def begin(turn: Turn) -> None:
    """*Ik zoek hulp* or *Ik bied hulp*; first asks whether others may see who it is."""
    actor = turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    kind = HelpKind(turn.tap.word(0))
    if not await is_sharing(turn.session, actor.person_id):
        await ask_to_share(turn, "hn", kind.value)
        return
    await turn.ask(FLOW, "topic", {"kind": kind.value})
    rows = [
        [Button(with_capital(label), data("ht", t.value))] for t, label in labels.TOPICS.items()
    ]
    await turn.change(
        render("help/ask_topic.html", title=texts.STARTS[kind]), [*rows, [_quit_button()]]
    )


async def ask_to_share(turn: Turn, verb: str, *args: object) -> None:
    """May others see me? *Yes* goes on with ``verb``."""
    rows = [
        [Button(texts.SHARE_YES, data("hs", verb, *args))],
        [Button(texts.SHARE_NO, data("hm"))],
    ]
    await turn.change(render("help/share.html"), rows)


async def share(turn: Turn) -> None:
    """The consent, given by who it is about; then what they were about to do."""
    from bot.chat.finding_flow import open_search
    from bot.chat.help_board import take
    from bot.chat.peer_flow import begin as begin_group
    from bot.chat.peer_flow import show_group, yes

    actor = turn.allowed(Permission.ASK_HELP)
    assert turn.tap is not None
    ways = {"hn": begin, "ho": take, "wie": open_search, "pgb": begin_group, "pgs": show_group}
    goes_on = {**ways, SAY_YES: yes}.get(turn.tap.word(0))
    if goes_on is None:
        raise ValueError("an old button")
    person = await turn.session.get_one(Person, actor.person_id)
    await give_consent(
        turn.session, person, ConsentKind.SHARE_WITH_MEMBERS, texts.HOW_CHAT,
        who=actor.who, now=turn.now,
    )  # fmt: skip
    turn.tap = type(turn.tap)(turn.tap.word(0), turn.tap.args[1:], turn.tap.delivery_id)
    await goes_on(turn)


async def stop_sharing(turn: Turn) -> None:
    """As easy as it was given."""
    actor = turn.known()
    person = await turn.session.get_one(Person, actor.person_id)
    kind = ConsentKind.SHARE_WITH_MEMBERS
    await withdraw_consent(turn.session, person, kind, who=actor.who, now=turn.now)
    await turn.change(render("help/sharing_stopped.html"), [[Button(texts.MENU, data("hm"))]])


async def chose_topic(turn: Turn) -> None:
    kept = _data(turn)
    assert turn.tap is not None
    if kept is None:
        return
    kept["topic"] = HelpTopic(turn.tap.word(0)).value
    events = await events_to_choose(turn.session, turn.known())
    if not events:
        await _ask_words(turn, kept)
        return
    names = await names_of_events(turn.session, [event.id or 0 for event in events])
    rows = [
        [Button(short(names[event.id or 0]), data("hv", event.id))]
        for event in events[:MOST_EVENTS]
    ]
    rows.append([Button(texts.STANDING, data("hv", 0))])
    await turn.ask(FLOW, "event", kept)
    await turn.change(render("help/ask_event.html", title=_title(kept)), [*rows, [_quit_button()]])


async def chose_event(turn: Turn) -> None:
    kept = _data(turn)
    assert turn.tap is not None
    if kept is not None:
        await _ask_words(turn, kept | {"event": turn.tap.number(0) or None})


async def _ask_words(turn: Turn, kept: dict[str, Any]) -> None:
    """The last question; what is typed next is its answer."""
    kept.pop("words", None)
    await turn.ask(FLOW, "words", kept)
    rows = [[Button(texts.WITHOUT_WORDS, data("hw"))], [_quit_button()]]
    text = render(
        "help/ask_words.html", what=_title(kept), where=await _where(turn, kept), longest=MAX_TEXT
    )
    await turn.change(text, rows)


async def wrote(turn: Turn) -> None:
    """The sentence, screened once more; then what others will see."""
    kept = _data(turn)
    if kept is None:
        return
    line = await screened_line(turn)
    if line is None:
        return
    if len(line) > MAX_TEXT:
        text = render("help/too_long.html", length=len(line), longest=MAX_TEXT)
        await turn.say(text, reply_to=turn.message_id)
        return
    kept["words"] = turn.sealer.seal(line)
    await turn.ask(FLOW, "words", kept)
    text = render(
        "help/sure.html", what=_title(kept), where=await _where(turn, kept),
        until=days_until(kept.get("event"), turn.config.signals, now=turn.now), length=len(line),
    )  # fmt: skip
    await turn.say(text, [[Button(texts.PLACE, data("hw")), _quit_button()]])


async def put_up(turn: Turn) -> None:
    """*Plaatsen*: stored, and the question is forgotten."""
    actor = turn.allowed(Permission.ASK_HELP)
    kept = _data(turn)
    if kept is None:
        return
    words = turn.sealer.unseal(kept["words"]) if kept.get("words") else ""
    draft = HelpDraft(HelpKind(kept["kind"]), HelpTopic(kept["topic"]), kept.get("event"), words)
    try:
        result = await place(
            turn.session, draft, actor=actor, sealer=turn.sealer, settings=turn.config.signals,
            now=turn.now,
        )  # fmt: skip
    except NoSuchEvent:
        await turn.finish()
        await turn.change(texts.EVENT_OVER, [[Button(texts.MENU, data("hm"))]])
        return
    if isinstance(result, Blocked):
        await refuse_text(turn, list(result.screening.labels), [])
    elif isinstance(result, HelpRefused):
        if result.reason == "not_sharing":
            await ask_to_share(turn, "hn", kept["kind"])
        else:
            turn.toast = texts.REFUSED[result.reason]
    else:
        await turn.finish()
        changed = [signal_texts.CHANGED[change] for change in result.changes]
        turn.toast = texts.PLACED_TOAST
        text = render("help/placed.html", what=_title(kept), until=result.until, changed=changed)
        await turn.change(text, [[Button(texts.MENU, data("hm"))]])


async def give_up(turn: Turn) -> None:
    """*Stoppen*: nothing is kept."""
    await turn.give_up(FLOW, render("help/stopped.html"))


def _data(turn: Turn) -> dict[str, Any] | None:
    """What was chosen so far; None (with a toast) for a button of a question that is over."""
    turn.allowed(Permission.ASK_HELP)
    talk = turn.conversation
    if talk is None or talk.flow != FLOW:
        turn.toast = common.QUESTION_OVER
        return None
    return dict(talk.data)


def _title(kept: dict[str, Any]) -> str:
    kind = labels.KINDS[HelpKind(kept["kind"])]
    return f"{kind}: {labels.TOPICS[HelpTopic(kept['topic'])]}"


async def _where(turn: Turn, kept: dict[str, Any]) -> str:
    event_id = kept.get("event")
    if event_id is None:
        return texts.STANDING
    return (await names_of_events(turn.session, [event_id])).get(event_id, labels.SOME_EVENT)


def _quit_button() -> Button:
    return Button(texts.QUIT, data("hq"))


TAPS: dict[str, Handler] = {
    "hm": back_to_menu,
    "hn": begin,
    "hs": share,
    "hz": stop_sharing,
    "ht": chose_topic,
    "hv": chose_event,
    "hw": put_up,
    "hq": give_up,
}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "words"): wrote}
COMMANDS: dict[str, Handler] = {"/hulp": open_board}
