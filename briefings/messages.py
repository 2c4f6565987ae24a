"""Makes the message in each form from an approved text: chat with buttons, and mail. Pure.

The forms hold placeholders (``%%LINK%%``), filled in per organisation when they are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from briefings import moments, texts
from briefings.mail_form import foot, render_mail
from briefings.plaintext import read_blocks, to_plain
from briefings.render import Form, render_chat
from briefings.rows import BriefingText
from briefings.translating import DUTCH, Forms
from contacts.directory import Audience
from contacts.outbox import Button, Content, EmailForm, TelegramForm

LINK = "%%LINK%%"


def link_to(audience: Audience) -> str:
    """The page of the organisation, opened at another text."""
    return f"{LINK}?tekst={audience.value}"


def buttons(briefing_id: int, event_id: int) -> list[list[Button]]:
    """Under each text: the whole text, read, a signal, where to report."""
    return [
        [
            Button(texts.BUTTON_FULL, url=LINK),
            Button(texts.BUTTON_READ, data=f"read:{briefing_id}"),
        ],
        [
            Button(texts.BUTTON_SIGNAL, data=f"sig:{event_id}"),
            Button(texts.BUTTON_CARD, data=f"card:{event_id}"),
        ],
    ]


def content_for(
    text: BriefingText,
    extras: Sequence[Audience] = (),
    *,
    briefing_id: int,
    event_id: int,
    sender: str,
    own_templates: Path | None = None,
    forms: Forms | None = None,
    is_stale: bool = False,
    is_neighbour: bool = False,
) -> Content:
    """The message for readers of ``text`` who also belong to the audiences ``extras``.

    :param forms: the text in their language, if that is up to date.
    :param is_neighbour: they work for a municipality next door, and are told why they get it.
    :param is_stale: there is a translation for them, and it is not: the Dutch text says so.
    """
    also = also_for_you(extras)
    told = forms or Forms(DUTCH, text.subject, text.telegram, text.html, text.plain)
    lines = [escape(told.as_neighbour, quote=False)] if is_neighbour else []
    lines += [texts.NOT_TRANSLATED] if is_stale and forms is None else []
    chat = "\n\n".join([*lines, told.telegram, *([also] if also else [])])
    extra = "".join(f"<p>{line}</p>" for line in [*lines, *([also] if also else [])])
    plain = to_plain(read_blocks(extra)) + "\n" + told.plain if extra else told.plain
    return Content(
        telegram=TelegramForm(text=chat, buttons=buttons(briefing_id, event_id)),
        email=EmailForm(
            subject=told.subject,
            text=f"{plain}\n{_plain_end(text.audience, sender)}\n",
            html=render_mail(
                audience=text.audience,
                subject=told.subject,
                body=told.html,
                extra=extra,
                sender=sender,
                own=own_templates,
                language=told.language,
                direction=told.direction,
            ),
        ),
    )


def _plain_end(audience: Audience, sender: str) -> str:
    """What the mail as plain text ends with; parents have no page of their own."""
    page = [] if audience is Audience.PARENTS else [texts.MAIL_PAGE.format(link=LINK), ""]
    return "\n".join([*page, foot(audience, sender)])


def also_for_you(extras: Sequence[Audience]) -> str:
    """One line with links to the texts for somebody's other work, or empty. HTML."""
    if not extras:
        return ""
    links = ", ".join(
        f'<a href="{link_to(audience)}">{escape(texts.AUDIENCES[audience])}</a>'
        for audience in extras
    )
    return texts.ALSO_FOR_YOU.format(links=links)


def pointer(form: Form, *, place: str, now: datetime) -> Content:
    """What an old chat message becomes once a correction or a retraction goes out."""
    text = render_chat(
        f"gedeeld/was_{form}.chat.j2",
        place=place,
        now_clock=moments.clock(now),
    )
    return Content(
        telegram=TelegramForm(text=text, buttons=[[Button(texts.BUTTON_FULL, url=LINK)]])
    )
