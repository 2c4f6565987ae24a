"""``/overleg``: the next meeting, whether the own organisation comes, and afterwards who came.

An answer is of the organisation: who of it gave it is kept nowhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import escape

from sqlmodel import col, select

from bot.chat import overleg_texts as texts
from bot.chat.buttons import data, short
from bot.chat.shown import shown_form
from bot.chat.turn import Handler, Rows, Turn
from bot.overleg_answers import AGENDA, COMES, answer_rows
from bot.overleg_telling import invited_organisations
from briefings.moments import dated, far_moment, local_date
from briefings.overleg import texts as names
from briefings.overleg.meetings import add_present, next_meeting, present_at, remove_present
from briefings.overleg.replies import replies_of, say
from briefings.overleg.rows import Overleg, OverlegInvitation, OverlegStatus, Reply
from contacts.directory import Organisation
from contacts.filling import OWN_PAGE
from contacts.outbox import Button, Content, Delivery, DeliveryAct
from contacts.permissions import Permission, may
from contacts.sending import edit_sent

#: so long after a meeting who came is still ticked here
TICKED_FOR = timedelta(days=14)
#: organisations under one message
PAGE = 8


async def show(turn: Turn) -> None:
    """What is next; for who leads the overleg the counts, and who came to the last one."""
    actor = turn.known()
    overleg = await next_meeting(turn.session, is_exercise=actor.is_exercise, now=turn.now)
    lines, rows = [texts.NOTHING], list[list[Button]]()
    if overleg is not None:
        lines, rows = await _next(turn, overleg)
    if may(actor, Permission.LEAD_OVERLEG):
        for one in await _begun(turn):
            label = texts.WHO_CAME.format(day=dated(local_date(one.starts_at)))
            rows.append([Button(label, data("ovw", one.id, 0))])
    await turn.say("\n".join(lines), rows)


async def _next(turn: Turn, overleg: Overleg) -> tuple[list[str], list[list[Button]]]:
    actor = turn.known()
    host = await turn.session.get_one(Organisation, overleg.host_id)
    replies = await replies_of(turn.session, overleg.id or 0)
    said = texts.NOT_SAID
    for reply, who in ((Reply.YES, replies.yes), (Reply.NO, replies.no)):
        said = texts.SAID[reply.value] if actor.organisation_id in who else said
    when = texts.WHEN.format(
        when=far_moment(overleg.starts_at, turn.now), minutes=overleg.minutes, host=host.name,
        place=f" ({overleg.place})" if overleg.place else "",
    )  # fmt: skip
    is_host = host.id == actor.organisation_id
    lines = [f"<b>{names.KINDS[overleg.kind]}</b>", escape(when)]
    lines.append(names.HOST_STILL if is_host else said)
    if may(actor, Permission.LEAD_OVERLEG) or is_host:
        asked = await invited_organisations(turn.session, overleg)
        silent = replies.silent(asked, host=overleg.host_id)
        counts = texts.COUNTS.format(yes=len(replies.yes), no=len(replies.no), open=silent)
        lines.append(counts)
    agenda = Button(names.INVITE_AGENDA, url=f"{OWN_PAGE}{AGENDA}")
    return lines, [*answer_rows(overleg, is_host=is_host), [agenda]]


async def _begun(turn: Turn) -> list[Overleg]:
    """Meetings that began lately and were not called off, the latest first."""
    found = await turn.session.exec(
        select(Overleg)
        .where(
            col(Overleg.is_exercise) == turn.known().is_exercise,
            col(Overleg.status) != OverlegStatus.CANCELLED,
            col(Overleg.starts_at) <= turn.now,
            col(Overleg.starts_at) > turn.now - TICKED_FOR,
        )
        .order_by(col(Overleg.starts_at).desc(), col(Overleg.id).desc())
        .limit(2)
    )
    return list(found.all())


async def answer(turn: Turn) -> None:
    """*Wij komen*, or not, in one tap; the buttons stay, so that it can be said otherwise."""
    actor = turn.known()
    assert turn.tap is not None
    overleg, reply = await _overleg(turn), Reply(turn.tap.word(1))
    kept = await say(
        turn.session, overleg, actor.organisation_id, reply, key=turn.tap.number(2), now=turn.now
    )
    turn.toast = texts.TOAST[reply.value] if kept else texts.OVER
    if kept:
        await _show_answer(turn, overleg, reply)


async def _show_answer(turn: Turn, overleg: Overleg, reply: Reply) -> None:
    """The message that was tapped says what was answered, and so does the invitation here."""
    assert turn.tap is not None
    found = await turn.session.exec(
        select(Delivery.id)
        .join(OverlegInvitation, col(OverlegInvitation.message_id) == col(Delivery.message_id))
        .where(
            col(OverlegInvitation.overleg_id) == overleg.id,
            col(Delivery.address) == str(turn.chat),
            col(Delivery.act) == DeliveryAct.SEND,
        )
    )
    button = data(COMES, *turn.tap.args)
    shown = [number for number in {turn.tap.delivery_id, *found.all()} if number is not None]
    for number in sorted(shown):
        form = await shown_form(turn.session, number)
        # An invitation for an earlier moment is left as it was.
        if form is None or button not in {one.data for row in form.buttons for one in row}:
            continue
        if (text := _answered(form.text, texts.SAID[reply.value])) != form.text:
            content = Content(telegram=replace(form, text=text))
            await edit_sent(turn.session, number, content, now=turn.now)


def _answered(text: str, said: str) -> str:
    """With this line in place of what was said before, or at the end. Pure."""
    before = {texts.NOT_SAID, *texts.SAID.values()}
    lines = text.split("\n")
    if before.isdisjoint(lines):
        return "\n".join([*lines, said])
    return "\n".join(said if line in before else line for line in lines)


async def _overleg(turn: Turn) -> Overleg:
    """:raises ValueError: there is none in this world."""
    assert turn.tap is not None
    return await turn.in_world(Overleg, turn.tap.number(0), called="meeting")


async def who_came(turn: Turn) -> None:
    """A leaf of organisations, to tick those that were there."""
    turn.allowed(Permission.LEAD_OVERLEG)
    assert turn.tap is not None
    await turn.say(*await _leaf(turn, await _overleg(turn), turn.tap.number(1)))


async def tick(turn: Turn) -> None:
    """It was there, or it was not after all."""
    actor = turn.allowed(Permission.LEAD_OVERLEG)
    assert turn.tap is not None
    overleg, organisation_id = await _overleg(turn), turn.tap.number(1)
    if overleg.starts_at > turn.now or overleg.status is OverlegStatus.CANCELLED:
        turn.toast = texts.OVER
        return
    if turn.tap.word(2) == "weg":
        await remove_present(turn.session, overleg, organisation_id, who=actor.who, now=turn.now)
    else:
        await add_present(turn.session, overleg, [organisation_id], who=actor.who, now=turn.now)
    await turn.change(*await _leaf(turn, overleg, turn.tap.number(3)))


async def _leaf(turn: Turn, overleg: Overleg, leaf: int) -> tuple[str, Rows]:
    there = await present_at(turn.session, overleg.id or 0)
    replies = await replies_of(turn.session, overleg.id or 0)
    asked = await invited_organisations(turn.session, overleg)
    found = await turn.session.exec(
        select(Organisation.id, Organisation.name).where(
            col(Organisation.id).in_(there | replies.yes | asked | {overleg.host_id})
        )
    )
    comes = replies.yes | {overleg.host_id}
    listed = sorted(found.all(), key=lambda one: (one[0] not in comes, one[1].casefold()))
    leaf = min(max(leaf, 0), max(len(listed) - 1, 0) // PAGE)
    rows = [
        [
            Button(
                short(f"{'☑' if ident in there else '☐'} {name}"),
                data("ovp", overleg.id, ident, "weg" if ident in there else "er", leaf),
            )
        ]
        for ident, name in listed[leaf * PAGE : (leaf + 1) * PAGE]
    ]
    turning = []
    if leaf > 0:
        turning.append(Button(texts.PREVIOUS, data("ovw", overleg.id, leaf - 1)))
    if len(listed) > (leaf + 1) * PAGE:
        turning.append(Button(texts.NEXT, data("ovw", overleg.id, leaf + 1)))
    text = f"<b>{texts.WHO_TITLE}</b>\n{texts.WHO_HOW}"
    return text, [*rows, turning] if turning else rows


TAPS: dict[str, Handler] = {COMES: answer, "ovw": who_came, "ovp": tick}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/overleg": show}
