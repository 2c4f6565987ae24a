"""The way to answer an invitation: two buttons in the chat, the agenda behind the own page."""

from __future__ import annotations

from bot.chat.buttons import data
from briefings.overleg import texts
from briefings.overleg.replies import moment_key
from briefings.overleg.rows import Overleg, Reply
from contacts.outbox import Button

#: behind the link of somebody's own page
CALENDAR = "/overleg.ics"
#: the agenda, with the form of the answer, there as well
AGENDA = "/overleg"
#: button data ``ovk:<overleg>:<ja or nee>:<moment>``
COMES = "ovk"


def answer_rows(overleg: Overleg, *, is_host: bool) -> list[list[Button]]:
    """*Wij komen* and *Wij komen niet*, for this moment; a host is not asked. Pure."""
    if is_host:
        return []
    key = moment_key(overleg.starts_at)
    return [
        [Button(texts.REPLIES[reply], data(COMES, overleg.id, reply.value, key)) for reply in Reply]
    ]


def agenda_label(*, is_host: bool) -> str:
    """What the link to the page is called in a mail: whether they come is no question to a host.
    Pure."""
    return texts.INVITE_AGENDA if is_host else texts.COMING_MAIL
