"""A mail as its reader sees it: light, dark, and on the narrowest phone."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.async_api import Browser

from bot.clock import utc_now
from bot.mail_composing import Letterhead, compose
from briefings.mail_form import render_mail
from briefings.render import Form, render_text
from contacts.directory import Audience
from contacts.outbox import EmailForm
from contacts.texts import BACKUP_LINE, OWN_INTERNAL_CONTACT
from contacts.transport import Standing
from tests.briefings_sheets import FACTS, MEASURE, a_sheet
from tests.browsing import DESK, PHONE, keeps_all, needs_browser, open_window
from tests.mail_world import HELLO

LEAVE = "https://schakel.example/uit/7-0123456789abcdef0123456789abcdef"
#: lightness of the colours that a reader gets to see, 0 (black) to 1 (white)
LOOK = """() => {
  const light = colour => {
    const [r, g, b] = colour.match(/\\d+/g).map(n => {
      n /= 255; return n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = node => {
    const own = getComputedStyle(node).backgroundColor;
    return own === "rgba(0, 0, 0, 0)" ? behind(node.parentElement) : light(own); };
  return [...document.querySelectorAll("h2, p, li, a, cite, .voet")].map(node => {
    const [a, b] = [light(getComputedStyle(node).color), behind(node)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); });
}"""


def a_mail(form: Form = Form.FULL, standing: Standing = Standing.BACKUP) -> str:
    """The HTML of a whole mail, as it leaves."""
    sheet = a_sheet(form, confirmed=FACTS, measures=(MEASURE,))
    text = render_text(sheet, Audience.SCHOOL_LEADER)
    html = render_mail(
        audience=text.audience, subject=text.subject, body=text.html, extra="", sender="Schakel"
    )
    html = html.replace("%%LINK%%", LEAVE).replace("%%INTERNAL_CONTACT%%", OWN_INTERNAL_CONTACT)
    outgoing = replace(HELLO, standing=standing)
    made = compose(
        outgoing, EmailForm(text.subject, text.plain, html),
        Letterhead("Schakel", "schakel@schakel.example"),
        reply_to=None, unsubscribe=LEAVE, now=utc_now(),
    )  # fmt: skip
    message = message_from_bytes(made.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def test_what_is_added_when_it_leaves_stands_within_the_letter() -> None:
    html = a_mail()
    assert html.startswith("<!doctype html>")
    assert html.index("<table") < html.index(BACKUP_LINE) < html.index("<h2")
    assert html.index("stuurt dit omdat") < html.index(LEAVE + '">Afmelden') < html.index("</body>")
    assert BACKUP_LINE not in a_mail(standing=Standing.FIRST)


@pytest.mark.parametrize("already", ["", "OEFENING. Dit is niet echt gebeurd. "])
def test_a_mail_of_an_exercise_says_so_once_in_each_body(already: str) -> None:
    form = EmailForm("Onderwerp", f"{already}Bel even.", f"<p>{already}Bel even.</p>")
    made = compose(
        replace(HELLO, is_exercise=True), form, Letterhead("Schakel", "schakel@schakel.example"),
        reply_to=None, unsubscribe=None, now=utc_now(),
    )  # fmt: skip
    message = message_from_bytes(made.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        assert body.get_content().count("OEFENING") == 1
        assert body.get_content().index("OEFENING") < body.get_content().index("Bel even")


@needs_browser
@pytest.mark.parametrize(
    ("name", "size", "dark"),
    [("mail", DESK, False), ("mail-donker", DESK, True), ("mail-360", PHONE, False)],
)
async def test_a_mail_is_whole_and_readable(
    browser: Browser, name: str, size: Any, dark: bool
) -> None:
    window = await open_window(browser, "https://schakel.example", size=size, dark=dark)
    await window.page.set_content(a_mail())
    assert not await window.is_wider_than_its_window()
    contrasts = await window.page.evaluate(LOOK)
    assert len(contrasts) > 30
    assert min(contrasts) >= 4.5
    assert window.foreign == []
    behind = await window.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert behind == ("rgb(22, 22, 22)" if dark else "rgb(243, 243, 243)")
    if name == "mail" or keeps_all():
        await window.keep(name)
