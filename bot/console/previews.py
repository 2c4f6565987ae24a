"""A text in all its forms, as readers get it: remarks in its words, versions compared."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from itertools import count

from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from bot.console import texts
from bot.console.reading import fill_page
from briefings.lint import Remark
from briefings.messages import content_for
from briefings.plaintext import read_blocks
from briefings.reading import Score, score_of
from briefings.rows import BriefingText
from contacts.outbox import EmailForm

_TOKEN = re.compile(r"\s+|[^\s]+")
_TAG = re.compile(r"(<[^>]*>)")
#: the words that a remark is about stand between these in its place
_QUOTED = re.compile("“(.+?)(?: …)?”")
_STYLED = re.compile(r'style="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Marked:
    """A remark with its number; ``is_shown`` when its words are marked in the text."""

    number: int
    remark: Remark
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """One text in all its forms, as its readers get it without their own links."""

    key: str
    audience: str
    subject: str
    telegram: Markup
    page: Markup
    plain: str
    words: int
    score: Score
    remarks: Sequence[Marked]
    changes: Markup | None

    @property
    def is_blocked(self) -> bool:
        return any(one.remark.level == "block" for one in self.remarks)


def as_draft(text: BriefingText, earlier: BriefingText | None) -> Draft:
    """A stored text for the page; ``earlier`` is the one that it is compared with."""
    page, telegram = _filled(text.html), _filled(text.telegram)
    remarks = []
    for number, remark in enumerate((Remark(**one) for one in text.remarks), start=1):
        words = _QUOTED.search(remark.where)
        before = (page, telegram)
        if words:
            page, telegram = (mark_words(form, words[1], number) for form in before)
        remarks.append(Marked(number, remark, is_shown=(page, telegram) != before))
    return Draft(
        key=text.audience.value,
        audience=texts.AUDIENCES[text.audience],
        subject=text.subject,
        telegram=telegram,
        page=page,
        plain=str(_filled(text.plain)),
        words=text.words,
        score=score_of(read_blocks(text.html)),
        remarks=remarks,
        changes=None if earlier is None else word_changes(earlier.plain, text.plain),
    )


def _filled(html: str) -> Markup:
    contact, link = texts.PREVIEW_CONTACT, texts.PREVIEW_LINK
    # Rendered by us with everything escaped.
    return Markup(fill_page(html, page=link, signal=link, internal_contact=contact))  # noqa: S704


def mark_words(html: Markup, words: str, number: int) -> Markup:
    """The HTML with these words marked wherever they are said, never inside a tag. Pure."""
    sought = re.compile(r"\s+".join(re.escape(one) for one in words.split()), re.I)
    parts = _TAG.split(html)
    # Between two tags lies one text; only tags of ours come in between.
    parts[::2] = [_marked(part, sought, number) for part in parts[::2]]
    return Markup("".join(parts))  # noqa: S704  (between tags of ours everything was escaped)


def _marked(part: str, sought: re.Pattern[str], number: int) -> str:
    said, out, end = unescape(part), [], 0
    for found in sought.finditer(said):
        mark = Markup('<mark class="opgemerkt">{}</mark><sup>{}</sup>').format(found[0], number)
        out += [escape(said[end : found.start()]), mark]
        end = found.end()
    return "".join([*out, escape(said[end:])]) if out else part


def word_changes(old: str, new: str) -> Markup:
    """The new text with what went in ``<del>`` and what came in ``<ins>``, word by word. Pure."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    out = []
    for op, a, b, c, d in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        if op == "equal":
            out.append(escape("".join(after[c:d])))
            continue
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        if gone.strip():
            out.append(Markup("<del>{}</del>").format(gone))
        if come.strip():
            out.append(Markup("<ins>{}</ins>").format(come))
        elif "\n" in come:
            out.append(escape(come))
    return Markup("").join(out)


def mail_of(text: BriefingText, *, event_id: int, sender: str) -> EmailForm:
    """The mail exactly as it is put in the outbox, with a link that leads nowhere."""
    content = content_for(text, briefing_id=text.briefing_id, event_id=event_id, sender=sender)
    assert content.email is not None
    mail = content.email
    return EmailForm(mail.subject, str(_filled(mail.text)), str(_filled(mail.html)))


def show_mail(html: str, nonce: str) -> Response:
    """A mail as a document of its own, for a frame on our own page and nowhere else.

    A mail carries its styles inside; they pass by their nonce, so nothing else can.
    """
    return HTMLResponse(
        with_nonce(html, nonce),
        headers={
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; "
                "form-action 'none'; frame-ancestors 'self'; sandbox"
            )
        },
    )


def with_nonce(html: str, nonce: str) -> str:
    """Styles of single elements gathered in one sheet; both sheets carry the nonce. Pure."""
    numbers, rules = count(1), []

    def move(found: re.Match[str]) -> str:
        number = next(numbers)
        rules.append(f'[data-stijl="{number}"]{{{unescape(found[1])}}}')
        return f'data-stijl="{number}"'

    moved = _STYLED.sub(move, html)
    sheet = f'<style nonce="{nonce}">{"".join(rules)}</style>'
    head, style, rest = moved.partition("<style>")
    if not style:
        return sheet + moved
    # Before the mail's own sheet: what that says with "important" still wins.
    return f'{head}{sheet}<style nonce="{nonce}">{rest}'
