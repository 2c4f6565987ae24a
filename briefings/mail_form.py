"""The mail around the HTML of a text, in Dutch or in another language. Pure but for templates."""

from __future__ import annotations

from pathlib import Path

from briefings import texts
from briefings.library import library
from briefings.render import tidy_html
from contacts.directory import Audience


def render_mail(
    *,
    audience: Audience,
    subject: str,
    body: str,
    extra: str,
    sender: str,
    own: Path | None = None,
    language: str = "nl",
    direction: str = "ltr",
) -> str:
    """The mail around the HTML of a text; ``body`` and ``extra`` are HTML already.

    What is ours in the mail stays Dutch, left to right, whatever the language of the text. Parents
    have no page of their own, so theirs has no link to one.
    """
    template = library(own).environment.get_template("mail.html.j2")
    return tidy_html(
        template.render(
            audience=audience.value,
            foot=foot(audience, sender),
            subject=subject,
            body=_inline_styles(body, direction),
            extra=extra,
            sender=sender,
            language=language,
            direction=direction,
        )
    )


def foot(audience: Audience, sender: str) -> str:
    """Why the reader gets this, and who may have it. Pure."""
    line = texts.MAIL_FOOT_PARENTS if audience is Audience.PARENTS else texts.MAIL_FOOT
    return line.format(sender=sender)


#: mail programs drop style sheets, so each block carries its own
_STYLES = {
    "h2": "font-size:18px;line-height:24px;margin:24px 0 4px",
    "p": "margin:0 0 12px",
    "ul": "margin:0 0 12px;padding-left:20px",
    "ol": "margin:0 0 12px;padding-left:20px",
    "cite": "font-style:normal;color:#4a4a4a",
}


def _inline_styles(html: str, direction: str = "ltr") -> str:
    for tag, style in _STYLES.items():
        put = style
        if direction == "rtl":
            put = style.replace("padding-left", "padding-right") + ";text-align:right"
        html = html.replace(f"<{tag}>", f'<{tag} style="{put}">')
    return html
