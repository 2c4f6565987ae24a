"""For an approver: what is different in the texts since they last lay with the approvers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from markupsafe import Markup, escape
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator.texts import AUDIENCES
from bot.evening import texts
from briefings.asked_texts import SinceAsked, since_asked
from briefings.line_changes import LineChange, SharedChanges
from briefings.rows import Briefing, BriefingText
from contacts.directory import Audience

#: more would push the question itself off the screen of a phone; the page shows all
MOST_IN_CHAT = 6
#: so many words on both sides of what changed say where it is
AROUND = 6
#: a line that came or went is shown up to here in the chat
LINE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Of which texts, and per line what it is (new, gone, rewritten) with its words."""

    label: str
    lines: Sequence[tuple[str, Markup]]


@dataclass(frozen=True, slots=True)
class ShownChanges:
    """``groups`` empty: the words are the same. ``more``: lines that are not shown."""

    since: datetime
    groups: Sequence[ShownGroup]
    more: int


async def changes_shown(
    session: AsyncSession,
    briefing: Briefing,
    drafts: Sequence[BriefingText],
    *,
    most: int | None = None,
    names: Mapping[Audience, str] = AUDIENCES,
) -> ShownChanges | None:
    """None when these texts never lay with the approvers before.

    :param most: how many lines at most; None is all of them, whole.
    :param names: of the texts, as this face calls them.
    """
    found = await since_asked(session, briefing, drafts)
    return None if found is None else shown(found, names, most=most)


def shown(
    found: SinceAsked, names: Mapping[Audience, str], *, most: int | None = None
) -> ShownChanges:
    """Pure."""
    groups, left, more = [], most, 0
    for group in found.groups:
        fitting = group.changes if left is None else group.changes[:left]
        more += len(group.changes) - len(fitting)
        if left is not None:
            left -= len(fitting)
        if fitting:
            lines = [_line(change, is_cut=most is not None) for change in fitting]
            groups.append(ShownGroup(_label(group, found.compared, names), lines))
    return ShownChanges(found.since, groups, more)


def _label(group: SharedChanges, compared: int, names: Mapping[Audience, str]) -> str:
    if len(group.audiences) == compared and compared > 1:
        return texts.IN_ALL.format(count=compared)
    return ", ".join(names[audience] for audience in group.audiences)


def _line(change: LineChange, *, is_cut: bool) -> tuple[str, Markup]:
    kind = _kind(change)
    mark = (texts.CHANGED_IN_CHAT if change.in_chat else texts.CHANGED)[kind]
    if kind == "rewritten":
        return mark, rewritten(change.gone, change.come)
    words = change.come or change.gone
    if is_cut and len(words) > LINE_LIMIT:
        words = words[:LINE_LIMIT].rsplit(" ", 1)[0] + " …"
    return mark, escape(words)


def _kind(change: LineChange) -> str:
    if change.gone == change.come:
        return "moved"
    return "rewritten" if change.gone and change.come else "come" if change.come else "gone"


def rewritten(old: str, new: str) -> Markup:
    """The place that changed: what went in ``<del>``, what came in ``<ins>``. Pure."""
    before, after = old.split(), new.split()
    steps = SequenceMatcher(None, before, after, False).get_opcodes()
    out: list[Markup] = []
    for number, (op, a, b, c, d) in enumerate(steps):
        if op == "equal":
            at_edge = (number == 0, number == len(steps) - 1)
            out.append(escape(" ".join(_near(after[c:d], *at_edge))))
            continue
        if b > a:
            out.append(Markup("<del>{}</del>").format(" ".join(before[a:b])))
        if d > c:
            out.append(Markup("<ins>{}</ins>").format(" ".join(after[c:d])))
    return Markup(" ").join(out)


def _near(words: list[str], is_first: bool, is_last: bool) -> list[str]:
    """What stayed the same, as far as it is close to what did not."""
    head, tail = 0 if is_first else AROUND, 0 if is_last else AROUND
    if len(words) <= head + tail + 1:
        return words
    return [*words[:head], "…", *words[len(words) - tail :]]
