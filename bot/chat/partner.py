"""The chat of a partner: connect, read, tell, stop."""

from __future__ import annotations

from bot.chat import signal_flow, texts
from bot.chat.buttons import data
from bot.chat.discreet import say_discreetly
from bot.chat.refusing import internal_contact, refuse_media, refuse_text
from bot.chat.render import render
from bot.chat.returning import come_back
from bot.chat.seat_flow import stop_playing
from bot.chat.shown import replace_button, tick_read
from bot.chat.turn import Handler, Turn
from contacts.arrival import acknowledge
from contacts.directory import ChannelKind, Person
from contacts.filling import OWN_PAGE
from contacts.invitations import TELEGRAM_RANK, InviteRefused, redeem
from contacts.local_time import AMSTERDAM
from contacts.outbox import AcknowledgementKind, Button, Delivery
from contacts.people import close_channel, open_channel
from contacts.permissions import Permission, load_actor, may
from contacts.returning import STOPPED, WORDS
from contacts.tally import count_up
from signals.rows import OutcomeCode

__all__ = ["COMMANDS", "STEPS", "TAPS", "refuse_media", "refuse_text"]


async def start(turn: Turn) -> None:
    """``/start <token>`` connects this chat; without a token it is a way back in."""
    token = (turn.text or "").partition(" ")[2].strip()
    if token in WORDS and turn.actor is None and await come_back(turn, token):
        return
    if token in WORDS:
        token = ""
    if token:
        await _redeem(turn, token)
    elif turn.actor is None:
        await count_up(turn.session, "stranger", now=turn.now)
        await say_discreetly(turn, render("stranger.txt", settings=turn.config.briefings))
    else:
        await _come_back(turn)


async def _redeem(turn: Turn, token: str) -> None:
    result = await redeem(turn.session, token, turn.chat, now=turn.now)
    if isinstance(result, InviteRefused):
        await count_up(turn.session, "stranger", now=turn.now)
        await say_discreetly(turn, render("partner/invite_refused.html", reason=result.reason))
        return
    turn.actor = await load_actor(turn.session, result.person_id)
    await turn.say(render("partner/welcome.html", settings=turn.config.briefings))


async def _come_back(turn: Turn) -> None:
    """Somebody who blocked the bot, or was never gone, starts it again."""
    person = await turn.session.get_one(Person, turn.known().person_id)
    await open_channel(
        turn.session,
        person,
        ChannelKind.TELEGRAM,
        str(turn.chat),
        rank=TELEGRAM_RANK,
        now=turn.now,
    )
    await turn.say(render("partner/back_again.html"))


async def explain(turn: Turn) -> None:
    """``/help``."""
    actor = turn.known()
    await turn.say(
        render(
            "partner/help.html",
            privacy=f"{turn.config.web.base_url.rstrip('/')}/privacy",
            settings=turn.config.briefings,
            runs_events=may(actor, Permission.MANAGE_EVENT),
            leads_exercises=may(actor, Permission.LEAD_EXERCISE),
            today=turn.now.astimezone(AMSTERDAM).date(),
        )
    )


async def send_own_page(turn: Turn) -> None:
    """``/gegevens``: a link to what is kept of this person, for this person alone."""
    turn.known()
    await turn.say(render("partner/own_page.html"), [[Button(texts.OWN_PAGE, url=OWN_PAGE)]])


async def ask_to_stop(turn: Turn) -> None:
    """``/stop`` asks once more; who takes part in an exercise only leaves that, at once."""
    if await stop_playing(turn):
        return
    buttons = [
        [Button(texts.STOP_YES, data("stopyes")), Button(texts.STOP_NO, data("stopno"))],
    ]
    await turn.say(render("partner/stop_sure.html"), buttons)


async def stop(turn: Turn) -> None:
    turn.known()
    await turn.finish()
    await turn.change(render("partner/stopped.html"))
    turn.toast = texts.STOPPED
    await close_channel(
        turn.session, ChannelKind.TELEGRAM, str(turn.chat), reason=STOPPED, now=turn.now,
        only_exercise=turn.is_exercise,
    )  # fmt: skip


async def stay(turn: Turn) -> None:
    await turn.change(render("partner/stays.html"))


async def read(turn: Turn) -> None:
    """*Gelezen* becomes ✔ and stays quiet."""
    assert turn.tap is not None
    turn.toast = texts.THANKS
    if turn.tap.delivery_id is None:
        return
    new = await acknowledge(
        turn.session, turn.tap.delivery_id, AcknowledgementKind.READ, now=turn.now
    )
    if new:
        await tick_read(turn.session, turn.tap.delivery_id, now=turn.now)


async def show_card(turn: Turn) -> None:
    """*Waar meld ik wat?*"""
    lines = turn.config.briefings
    await turn.say(
        render(
            "partner/card.html",
            meldkaart=lines.meldkaart,
            help_lines=lines.help_lines,
            internal_contact=await internal_contact(turn),
            today=turn.now.astimezone(AMSTERDAM).date(),
        )
    )


async def judge_answer(turn: Turn) -> None:
    """*Nuttig* or *niet nuttig* under an answer: counted, once, about nobody."""
    assert turn.tap is not None
    turn.toast = texts.THANKS
    code = OutcomeCode(turn.tap.args[0] if turn.tap.args else "")
    if turn.tap.delivery_id is None:
        return
    verb = turn.tap.verb
    other = "useful" if verb == "notuseful" else "notuseful"
    ticked = Button(texts.CHOSEN.format(label=_LABELS[verb]), data("judged"))
    if await replace_button(turn.session, turn.tap.delivery_id, verb, ticked, now=turn.now):
        await replace_button(turn.session, turn.tap.delivery_id, other, None, now=turn.now)
        delivery = await turn.session.get_one(Delivery, turn.tap.delivery_id)
        await count_up(
            turn.session, f"{verb}:{code.value}", now=turn.now, is_exercise=delivery.is_exercise
        )


async def nothing_more(turn: Turn) -> None:
    turn.toast = texts.THANKS


_LABELS = {"useful": texts.USEFUL, "notuseful": texts.NOT_USEFUL}

TAPS: dict[str, Handler] = {
    **signal_flow.TAPS,
    "read": read,
    "card": show_card,
    "useful": judge_answer,
    "notuseful": judge_answer,
    "judged": nothing_more,
    "stopyes": stop,
    "stopno": stay,
}
STEPS: dict[tuple[str, str], Handler] = {**signal_flow.STEPS}
COMMANDS: dict[str, Handler] = {
    **signal_flow.COMMANDS,
    "/start": start,
    "/help": explain,
    "/stop": ask_to_stop,
    "/gegevens": send_own_page,
}
