"""What a text lacks that belongs in it: said once more to whoever is about to approve. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from briefings.library import SHARED
from briefings.lint import Remark
from briefings.lint_rules import lint_rules
from briefings.render import Form
from briefings.rows import BriefingText
from briefings.texts import LACKS
from contacts.directory import Audience

#: the short first text, for when nothing is confirmed yet
_HOLDING = f"{SHARED}/{Form.HOLDING}"


@dataclass(frozen=True, slots=True)
class Lacking:
    """A field that is empty, in Dutch, and whose texts lack it."""

    what: str
    audiences: tuple[Audience, ...]


def lacking(texts: Sequence[BriefingText]) -> list[Lacking]:
    """Each field once, in the order in which the texts come to it."""
    found: dict[str, list[Audience]] = {}
    for text in texts:
        for what in dict.fromkeys(_lacks(text)):
            found.setdefault(what, []).append(text.audience)
    return [Lacking(what, tuple(audiences)) for what, audiences in found.items()]


def _lacks(text: BriefingText) -> Iterator[str]:
    rules = lint_rules()
    if text.template == _HOLDING:
        yield rules.fields["confirmed"]
    fields = {rules.advice["V1"].format(what=what): what for what in rules.fields.values()}
    for remark in (Remark(**one) for one in text.remarks):
        if remark.code == "V1" and remark.advice in fields:
            yield fields[remark.advice]
        elif remark.code in LACKS:
            yield LACKS[remark.code]
