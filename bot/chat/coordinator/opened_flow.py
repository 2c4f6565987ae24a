"""Before the last tap of an approval: which texts were not opened, said once.

Reading is what four eyes are for. Nobody is stopped: one tap more goes on all the same.
"""

from __future__ import annotations

from bot.chat.buttons import AUDIENCES, data, in_pairs
from bot.chat.coordinator import texts
from bot.chat.render import render
from bot.chat.turn import Turn
from bot.event_names import name_of
from briefings.drafting import texts_of
from briefings.openings import not_opened
from briefings.rows import Briefing
from contacts.directory import Audience
from contacts.outbox import Button
from feeds.rows import Event

#: goes on although texts were not opened
KNOWING = "ap4"


async def asks_to_read(
    turn: Turn, event: Event, briefing: Briefing, chosen: list[Audience] | None
) -> bool:
    """Say which of these texts were not opened; False, and nothing said, when all were."""
    assert turn.tap is not None
    drafts = [
        draft
        for draft in await texts_of(turn.session, briefing.id or 0)
        if chosen is None or draft.audience in chosen
    ]
    unread = await not_opened(turn.session, briefing, drafts, turn.known().person_id)
    if not unread or turn.tap.verb == KNOWING:
        return False
    buttons = [
        Button(
            texts.READ_ONE.format(name=texts.AUDIENCES[audience]),
            data("text", briefing.id, AUDIENCES.index(audience)),
        )
        for audience in unread
    ]
    rows = in_pairs(buttons)
    rows.append([Button(texts.UNREAD_GO, data(KNOWING, *turn.tap.args))])
    rows.append([Button(texts.NOT_NOW, data("ap0", briefing.id))])
    await turn.change(
        render(
            "coordinator/approve_unread.html",
            title=await name_of(turn.session, event),
            drafts=drafts,
            unread=unread,
            names=texts.AUDIENCES,
        ),
        rows,
    )
    return True
