"""Reads the signal form: what was answered, what is missing, why it comes back. Pure.

The same fields as in the chat; five must be answered, the others have a default.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from markupsafe import Markup, escape

from bot.console import texts
from contacts.tokens import hash_token
from signals import texts as signal_texts
from signals.person_filter import WARNING_LABELS, Span
from signals.rows import (
    Breadth,
    Direction,
    Done,
    Eep,
    Need,
    Setting,
    Share,
    SignalKind,
    When,
)
from signals.telling import DANGER_NOW, MAX_KINDS, MAX_NOTE, Draft

#: every single choice: field → (answers, default); "" means that a person must choose
CHOICES: Mapping[str, tuple[type[StrEnum], str]] = {
    "setting": (Setting, ""),
    "wanneer": (When, When.TODAY.value),
    "eep": (Eep, Eep.UNSAID.value),
    "hoe_breed": (Breadth, Breadth.UNKNOWN.value),
    "richting": (Direction, Direction.UNKNOWN.value),
    "wat_gedaan": (Done, Done.UNSAID.value),
    "wat_nodig": (Need, Need.UNSAID.value),
    "delen": (Share, Share.TEAM.value),
}
#: ways to reach somebody: no more than a number or an account that must go
_CONTACT = frozenset({"TEL", "EMAIL", "URL", "HANDLE"})
_PLACE = frozenset({"LOCATIE"})
#: asked for nowhere, so shown with the rest once a text comes back
_ALSO_MARKED = frozenset({"KLAS"})
#: what a page of ours puts in the hidden field
_ONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")

#: in the folded part of the form
FOLDED = ("eep", "hoe_breed", "richting", "wat_gedaan", "wat_nodig", "terugkoppeling", "delen")

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answers:
    """The form as it stands: what was typed and chosen, and per field what is wrong."""

    chosen: Mapping[str, str]
    kinds: tuple[str, ...] = ()
    severity: str = ""
    district: str = ""
    wants_feedback: str = "ja"
    note: str = ""
    theme: str = ""
    once: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_danger(self) -> bool:
        """Danger now: everything stops, 112 first."""
        return self.severity == str(DANGER_NOW)

    @property
    def is_unfolded(self) -> bool:
        """Whether somebody changed, or must mend, something in the folded part."""
        changed = any(self.chosen[name] != CHOICES[name][1] for name in FOLDED if name in CHOICES)
        changed = changed or bool(self.theme)
        return changed or self.wants_feedback != "ja" or any(n in self.errors for n in FOLDED)

    def to_draft(self, event_id: int | None) -> Draft:
        """The signal as answered; only for a form without errors."""
        return Draft(
            event_id=event_id,
            district=self.district,
            setting=Setting(self.chosen["setting"]),
            kinds=tuple(SignalKind(kind) for kind in self.kinds),
            severity=int(self.severity),
            note=self.note,
            theme=self.theme,
            eep=Eep(self.chosen["eep"]),
            breadth=Breadth(self.chosen["hoe_breed"]),
            direction=Direction(self.chosen["richting"]),
            occurred=When(self.chosen["wanneer"]),
            done=Done(self.chosen["wat_gedaan"]),
            need=Need(self.chosen["wat_nodig"]),
            share=Share(self.chosen["delen"]),
            wants_feedback=self.wants_feedback == "ja",
        )


def empty_form(district: str | None, districts: Collection[str], *, once: str = "") -> Answers:
    """A fresh form; the wijk of the organisation is filled in when it has one.

    :param once: random, new for each form that is shown.
    """
    return Answers(
        chosen={name: default for name, (_, default) in CHOICES.items()},
        district=district if district is not None and district in districts else "",
        once=once,
    )


def read_form(fields: Fields, districts: Collection[str], themes: Collection[str] = ()) -> Answers:
    """What was sent, with everything that is wrong; never raises."""
    chosen = {name: _single(fields, name, default) for name, (_, default) in CHOICES.items()}
    kinds = tuple(dict.fromkeys(fields.get("soort", ())))
    severity, district = _single(fields, "ernst", ""), _single(fields, "waar_wijk", "")
    wants_feedback = _single(fields, "terugkoppeling", "ja")
    note = " ".join(_single(fields, "toelichting", "").split())
    errors: dict[str, str] = {}
    if not 1 <= len(kinds) <= MAX_KINDS or not set(kinds) <= set(signal_texts.KINDS):
        errors["soort"] = texts.PICK_KINDS
    if severity not in {str(level) for level in signal_texts.SEVERITIES}:
        errors["ernst"] = texts.PICK_ONE
    if district not in districts:
        errors["waar_wijk"] = texts.PICK_DISTRICT
    for name, (kind, _) in CHOICES.items():
        if chosen[name] not in set(kind):
            errors[name] = texts.PICK_ONE
    if wants_feedback not in texts.ANSWERS:
        errors["terugkoppeling"] = texts.PICK_ONE
    if len(note) > MAX_NOTE:
        errors["toelichting"] = texts.NOTE_TOO_LONG.format(length=len(note))
    theme = _single(fields, "thema", "")
    theme = theme if theme in themes else ""
    once = _single(fields, "eenmalig", "")
    once = once if _ONCE.fullmatch(once) else ""
    return Answers(chosen, kinds, severity, district, wants_feedback, note, theme, once, errors)


def form_hash(token: str, once: str, fields: Fields) -> str | None:
    """One value for one form of one link with these answers; None without the hidden field.

    The answers are in it: somebody who goes back and tells something else is heard as well.
    """
    if not once:
        return None
    answers = sorted((name, tuple(values)) for name, values in fields.items())
    return hash_token(repr((token, once, answers)))


def why_refused(labels: Collection[str]) -> str:
    """``contact`` (only a number, address or account), ``place`` or ``person``."""
    if set(labels) <= _CONTACT:
        return "contact"
    return "place" if set(labels) <= _PLACE else "person"


def _single(fields: Fields, name: str, default: str) -> str:
    values = fields.get(name, ())
    return values[0] if values else default


def mark_hits(text: str, spans: Sequence[Span]) -> Markup:
    """The sender's own text with ``<mark>`` around what must go from a text that was refused."""
    marked = Markup()
    at = 0
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        start = max(span.start, at)
        if span.label in WARNING_LABELS - _ALSO_MARKED or span.end <= start:
            continue
        marked += escape(text[at:start]) + Markup("<mark>{}</mark>").format(text[start : span.end])
        at = span.end
    return marked + escape(text[at:])
