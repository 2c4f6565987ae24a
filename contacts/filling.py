"""Fills the personal placeholders of a message, the last thing before it is sent. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape

from contacts.outbox import Button, Content, EmailForm, TelegramForm

#: begins and ends every placeholder
MARK = "%%"
LINK = "%%LINK%%"
INTERNAL_CONTACT = "%%INTERNAL_CONTACT%%"
SIGN_IN = "%%SIGN_IN%%"
OWN_PAGE = "%%OWN_PAGE%%"
#: where the pages are, without a slash at the end
BASE = "%%BASE%%"


@dataclass(frozen=True, slots=True)
class Personal:
    """What is different for this recipient."""

    link: str
    internal_contact: str
    sign_in: str = ""
    own_page: str = ""
    base: str = ""

    @property
    def places(self) -> dict[str, str]:
        """What comes in the place of each placeholder."""
        return {
            LINK: self.link,
            INTERNAL_CONTACT: self.internal_contact,
            SIGN_IN: self.sign_in,
            OWN_PAGE: self.own_page,
            BASE: self.base,
        }


def mentions(content: Content, placeholder: str) -> bool:
    """Whether the placeholder stands anywhere in the message."""
    return any(placeholder in text for text in _texts(content))


def fill(content: Content, personal: Personal) -> Content:
    """The message as this recipient gets it; what goes into HTML is escaped."""

    places = personal.places.items()
    escaped = [(placeholder, escape(value)) for placeholder, value in places]

    def plain(text: str) -> str:
        for placeholder, value in places if MARK in text else ():
            text = text.replace(placeholder, value)
        return text

    def html(text: str) -> str:
        for placeholder, value in escaped if MARK in text else ():
            text = text.replace(placeholder, value)
        return text

    return Content(
        telegram=None if content.telegram is None else _chat(content.telegram, plain, html),
        email=None if content.email is None else _mail(content.email, plain, html),
    )


Fill = Callable[[str], str]


def _chat(form: TelegramForm, plain: Fill, html: Fill) -> TelegramForm:
    rows = [
        [Button(text=b.text, data=b.data, url=None if b.url is None else plain(b.url)) for b in row]
        for row in form.buttons
    ]
    return replace(form, text=html(form.text), buttons=rows)


def _mail(form: EmailForm, plain: Fill, html: Fill) -> EmailForm:
    return EmailForm(subject=plain(form.subject), text=plain(form.text), html=html(form.html))


def _texts(content: Content) -> list[str]:
    texts: list[str] = []
    if content.telegram is not None:
        texts.append(content.telegram.text)
        texts += [b.url for row in content.telegram.buttons for b in row if b.url is not None]
    if content.email is not None:
        texts += [content.email.subject, content.email.text, content.email.html]
    return texts
