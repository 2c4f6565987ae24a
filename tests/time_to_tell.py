"""How much work a signal is: real flows are driven, and each tap, letter and word is counted.

The seconds are a model (keystroke-level: Card, Moran and Newell 1980), not a measurement of
people. A phone in the hand, thumbs, and no mistakes; the first time every word is read too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

from tests.console_world import SAME_SITE
from tests.partner_world import Chat

#: seconds: to decide what comes next (M), to point at it and tap (P and B)
DECIDE_S, TAP_S = 1.35, 1.2
#: a letter with two thumbs (36 words a minute), a word of Dutch read (238 a minute)
LETTER_S, WORD_S = 0.33, 0.25
#: the next question in a chat, the next page behind a link, one flick over a page
CHAT_S, PAGE_S, FLICK_S = 0.5, 1.0, 0.8
#: what a screen of a telephone shows at once of a form, in questions
QUESTIONS_A_SCREEN = 1

NOTE = (
    "Sinds gisteren mijden de groepen elkaar in de pauze. Er gaan geruchten rond en de sfeer is "
    "gespannen. Wij praten erover in de klas."
)


@dataclass
class Work:
    """What somebody does and reads until the thanks."""

    taps: int = 0
    letters: int = 0
    words: int = 0
    waits_s: float = 0.0
    flicks: int = 0
    read: set[str] = field(default_factory=set)

    @property
    def seconds(self) -> int:
        """Of somebody who knows the form and does not read it again: the model itself."""
        hands = self.taps * (DECIDE_S + TAP_S) + self.letters * LETTER_S + self.flicks * FLICK_S
        return round(hands + self.waits_s)

    @property
    def first_time(self) -> int:
        """Of somebody who reads every word."""
        return round(self.seconds + self.words * WORD_S)

    def reads(self, text: str) -> None:
        """A line that was read before is not read again."""
        for line in text.splitlines():
            if line.strip() and line.strip() not in self.read:
                self.read.add(line.strip())
                self.words += len(line.split())

    @property
    def row(self) -> str:
        counted = f"{self.taps} | {self.letters} | {self.words}"
        return f"{counted} | {self.seconds} s | {self.first_time} s |"


# --- in the chat


async def in_the_chat(chat: Chat, event_id: int, labels: list[str], note: str = "") -> Work:
    """From the button under a briefing to the receipt; the note comes before the last tap."""
    work = Work(taps=1, waits_s=CHAT_S)
    await chat.tap(f"sig:{event_id}")
    for label in labels:
        if note and label == labels[-1]:
            await _types(chat, work, note)
        await _reads(chat, work)
        await chat.press(label)
        work.taps += 1
        work.waits_s += CHAT_S
    return work


async def _types(chat: Chat, work: Work, note: str) -> None:
    """In the field below the chat, with its own button to send."""
    await _reads(chat, work)
    await chat.write(note)
    work.taps += 2
    work.letters += len(note)
    work.waits_s += CHAT_S


async def _reads(chat: Chat, work: Work) -> None:
    shown = re.sub(r"<[^>]+>", "", await chat.text())
    work.reads("\n".join([shown, *await chat.labels()]))


# --- on the page


class Form(HTMLParser):
    """The form as it stands: what is filled in already, what is folded away, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.chosen: dict[str, list[str]] = {}
        self.folded: set[str] = set()
        self.lists: dict[str, list[str]] = {}
        self.open_words: list[str] = []
        self.folded_words: list[str] = []
        self._folded = self._in_form = False
        self._select = ""
        self._summary = False
        self.feed(html[html.index("<h1") :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "details":
            self._folded = "open" not in given
        self._summary = tag == "summary" or (self._summary and tag != "fieldset")
        if tag == "select":
            self._select, self.lists[name] = name, []
        if tag == "option":
            self.lists[self._select].append(value)
            if "selected" in given:
                self.chosen[self._select] = [value]
        if tag in ("input", "textarea") and name:
            kind = given.get("type")
            self.lists.setdefault(name, []).append(value)
            if kind == "hidden" or "checked" in given:
                self.chosen.setdefault(name, []).append(value)
        if tag in ("input", "select", "textarea") and self._folded:
            self.folded.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self._folded = False
        if tag == "select":
            self._select = ""
        if tag == "summary":
            self._summary = False

    def handle_data(self, data: str) -> None:
        # Whoever opens a list of wijken looks for one word in it.
        if not self._select:
            hidden = self._folded and not self._summary
            (self.folded_words if hidden else self.open_words).append(data)


async def on_the_page(
    web: httpx.AsyncClient, page: str, answers: dict[str, str], note: str = ""
) -> tuple[Work, httpx.Response]:
    """From *Ik merk iets* to the thanks. What is filled in already is not touched."""
    form = Form((await web.get(f"{page}/signaal")).text)
    work = Work(taps=1, waits_s=2 * PAGE_S)
    work.reads("\n".join(form.open_words))
    fields = dict(form.chosen)
    if set(answers) & form.folded:
        work.taps += 1
        work.reads("\n".join(form.folded_words))
    shown = [name for name in form.lists if set(answers) & form.folded or name not in form.folded]
    work.flicks = len(shown) // QUESTIONS_A_SCREEN
    for name, value in answers.items():
        assert value in form.lists[name], (name, value)
        if fields.get(name) != [value]:
            # A list is opened first; a choice is one tap.
            work.taps += 2 if name in ("waar_wijk", "thema") else 1
            fields[name] = [value]
    if note:
        fields["toelichting"] = [note]
        work.taps, work.letters = work.taps + 1, len(note)
    work.taps += 1
    return work, await web.post(f"{page}/signaal", data=fields, headers=SAME_SITE)
