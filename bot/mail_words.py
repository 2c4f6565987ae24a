"""What somebody wrote in answer to a mail, without the quote, greeting and signature. Pure.

Read in memory only, and screened there: what is about a person never reaches a table. Files that
hang on a mail are not opened.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from email.message import Message

from markupsafe import Markup

from signals.person_filter import screen

#: bytes; a longer mail carries files, and is not read
LONGEST_MAIL = 200_000
_QUOTE_BEGINS = re.compile(
    r"^\s*(?:>|-{2,}\s*(?:oorspronkelijk|original|doorgestuurd|forwarded)|_{5,}"
    r"|op\s.{4,200}\sschreef\b.*:?\s*$|on\s.{4,200}\swrote:\s*$|(?:van|from):\s.+)",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"^\s*(?:--\s*$|(?:met\s+)?(?:vriendelijke?|hartelijke?|warme)\s+groet(?:en)?\b|groet(?:en|jes)?\b"
    r"|m\.?v\.?g\.?\b|verzonden\s+(?:vanaf|met)\b|sent\s+from\b|verstuurd\s+vanaf\b)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\s*(?:beste|geachte|hallo|hoi|dag|goede?(?:n|morgen|middag|avond))\b[^.!?]{0,60}[,!]?\s*$",
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


def without_quote(text: str) -> str:
    """The lines above the first quoted or signing line, without a greeting."""
    kept: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if _QUOTE_BEGINS.match(line) or _ENDS.match(line):
            break
        if kept or line.strip():
            kept.append(line)
    if kept and _GREETING.match(kept[0]):
        kept = kept[1:]
    return "\n".join(kept).strip()


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
    broken = re.sub(r"(?i)<(?:br|/p|/div|blockquote)[^>]*>", "\n", html)
    # Only to take its tags away; it is never shown as a page.
    return "\n".join(Markup(line).striptags() for line in broken.split("\n"))  # noqa: S704


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return raw.decode(charset, "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _own_subject(mail: Message) -> str:
    """What the writer put in the subject; of an answer nothing, that is ours."""
    subject = str(mail.get("Subject", ""))
    return "" if re.match(r"\s*(?:re|antw|antwoord)\s*:", subject, re.IGNORECASE) else subject
