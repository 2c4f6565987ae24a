"""What somebody wrote in answer to a mail, without the quote, greeting and signature. Pure.

Read in memory only, and screened there: what is about a person never reaches a table. Files that
hang on a mail are not opened.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from email.message import Message

from markupsafe import Markup

from signals.person_filter import screen
from signals.rows import ToldAs

#: bytes; a longer mail carries files, and is not read
LONGEST_MAIL = 200_000
_QUOTE_BEGINS = re.compile(
    r"^\s*(?:>|-{2,}\s*(?:oorspronkelijk|original|doorgestuurd|forwarded)|_{5,}"
    r"|\*?(?:van|from):\*?\s.+)",
    re.IGNORECASE,
)
#: *Op … schreef …:* and its likes, which a mail program may break over three lines
_SAID_BY = re.compile(
    r"^\s*(?:op|on)\s(?=.*\d).{4,300}\s(?:schreef|wrote|geschreven)\b.{0,200}:\s*$",
    re.IGNORECASE,
)
_SAID_BY_LINES = 3
_ENDS = re.compile(
    r"^\s*(?:--\s*$|(?:(?:met\s+)?(?:vriendelijke?|hartelijke?|warme|\S{1,4}\.)|met)\s+groet(?:en)?\b"
    r"|groet(?:en|jes)?\b|gr(?:t|oetj?e?s?)?(?:\.|,|\s*$|\s+[A-Z]\w*\s*$)|m\.?v\.?g\.?\b|hartelijks?\s*,"
    r"|(?:alvast|bij\s+voorbaat)\s+(?:hartelijk\s+)?(?:dank|bedankt)\b"
    r"|(?:kind|best|warm)?\s*regards\b"
    r"|(?:verzonden|verstuurd)\s+(?:vanaf|vanuit|via|met)\b|sent\s+(?:from|with|via)\b"
    r"|(?:get|download)\s+outlook\b|outlook\s+voor\s.{2,20}\sdownloaden\b)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\s*(?:l\.\s?s\.,?|(?:beste|geachte|hallo|hoi|dag|goede?(?:n|morgen|middag|avond))\b"
    r"[^.!?]{0,60}[,!]?)\s*$",
    re.IGNORECASE,
)


#: how a writer calls what is no signal: by the first word
_TOLD_AS = re.compile(
    r"(?:een\s+)?(?P<as>vraag|(?:positief\s+|goed\s+)?voorbeeld)(?:\s+(?:van|uit)\s+de\s+praktijk)?\s*:\s*(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Words:
    """``text`` is empty when ``labels`` say why it may not be kept."""

    text: str
    labels: tuple[str, ...] = ()
    has_files: bool = False


def words_of(mail: Message, allow: Collection[str] = ()) -> Words:
    """The writer's own words, screened; the subject and names of files are screened with them."""
    own = " ".join(without_quote(_plain(mail)).split())
    files = [name for part in mail.walk() if (name := part.get_filename())]
    screening = screen(own, allow)
    # Our own subject comes back; only what somebody put there may be about a person.
    beside = [name for name in (*files, _own_subject(mail)) if screen(name, allow).blocked]
    if screening.blocked or beside:
        return Words("", screening.labels or ("NAAM",), has_files=bool(files))
    return Words(own, has_files=bool(files))


def told_as(text: str) -> tuple[ToldAs, str]:
    """What somebody calls it, with *Vraag:* or *Voorbeeld:* in front, and the rest. Pure."""
    found = _TOLD_AS.match(text)
    if found is None:
        return ToldAs.SIGNAL, text
    is_question = found["as"].lower() == "vraag"
    return ToldAs.QUESTION if is_question else ToldAs.EXAMPLE, text[found.end() :]


def without_quote(text: str) -> str:
    """The lines above the first quoted or signing line, without a greeting.

    Of who answers below the quote or between its lines: what is not quoted.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    return _own(lines) or _own(_unquoted(lines))


def _own(lines: Sequence[str]) -> str:
    kept: list[str] = []
    for place, line in enumerate(lines):
        if _QUOTE_BEGINS.match(line) or _ENDS.match(line) or _is_said_by(lines, place):
            break
        if kept or line.strip():
            kept.append(line)
    if kept and _GREETING.match(kept[0]):
        kept = kept[1:]
    return "\n".join(kept).strip()


def _is_said_by(lines: Sequence[str], place: int) -> int:
    """Over how many lines from here a mail program names who is quoted; 0 when it does not."""
    for length in range(1, _SAID_BY_LINES + 1):
        here = lines[place : place + length]
        if len(here) == length and all(map(str.strip, here)) and _SAID_BY.match(" ".join(here)):
            return length
    return 0


def _unquoted(lines: Sequence[str]) -> list[str]:
    """Without the lines that carry the mark of a quote, and what introduces them; empty where
    none does: then nobody can say where the quote ends."""
    if not any(line.lstrip().startswith(">") for line in lines):
        return []
    kept: list[str] = []
    skipped = 0
    for place, line in enumerate(lines):
        skipped = max(skipped - 1, 0) or _is_said_by(lines, place)
        if not skipped and not line.lstrip().startswith(">"):
            kept.append(line)
    return kept


def _plain(mail: Message) -> str:
    html = ""
    for part in mail.walk():
        if part.get_filename() or part.is_multipart():
            continue
        if part.get_content_type() == "text/plain":
            return _decoded(part)
        if part.get_content_type() == "text/html" and not html:
            html = _decoded(part)
    # Breaks become lines, so that a quote can be told from what stands above it.
    broken = re.sub(r"(?i)<blockquote[^>]*>", "\n&gt; ", html)
    broken = re.sub(r"(?i)<(?:br|/p|/div|/blockquote)[^>]*>", "\n", broken)
    # Only to take its tags away; it is never shown as a page.
    return "\n".join(Markup(line).striptags() for line in broken.split("\n"))  # noqa: S704


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        text = raw.decode(charset, "replace")
    except (LookupError, ValueError):  # an unknown name, or one of what is no charset for mails
        text = raw.decode("utf-8", "replace")
    # Half a character, or a NUL, can stand in no row.
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def _own_subject(mail: Message) -> str:
    """What the writer put in the subject; of an answer nothing, that is ours."""
    subject = str(mail.get("Subject", ""))
    return "" if re.match(r"\s*(?:re|antw|antwoord)\s*:", subject, re.IGNORECASE) else subject
