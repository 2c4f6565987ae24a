"""For an approver: what is different in the texts since they last lay with the approvers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from markupsafe import Markup, escape
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator.text_forms import cut
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
#: a line is shown up to here in the chat, and of one that was rewritten each piece up to there
LINE_LIMIT, PIECE_LIMIT = 320, 100
#: all lines and labels together, in the chat: a message there holds 4096 characters
ROOM = 1500


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
    room: int = ROOM,
    names: Mapping[Audience, str] = AUDIENCES,
) -> ShownChanges | None:
    """None when these texts never lay with the approvers before.

    :param most: how many lines at most; None is all of them, whole.
    :param room: for all of them together, where ``most`` is given.
    :param names: of the texts, as this face calls them.
    """
    found = await since_asked(session, briefing, drafts)
    return None if found is None else shown(found, names, most=most, within=room)


def shown(
    found: SinceAsked,
    names: Mapping[Audience, str],
    *,
    most: int | None = None,
    within: int = ROOM,
) -> ShownChanges:
    """Pure."""
    groups: list[ShownGroup] = []
    total = sum(len(group.changes) for group in found.groups)
    left, room = (total, None) if most is None else (most, within)
    count = 0
    for group in found.groups:
        label = _label(group, found.compared, names)
        if room is not None:
            room -= len(label) + 1
        fitting: list[tuple[str, Markup]] = []
        for change in group.changes[: left - count]:
            line = _line(change, is_cut=room is not None)
            if room is not None:
                room -= len(line[0]) + len(line[1].striptags()) + len("· : \n")
                if room < 0:
                    break
            fitting.append(line)
        if fitting:
            groups.append(ShownGroup(label, fitting))
        count += len(fitting)
        if len(fitting) < len(group.changes):
            break
    return ShownChanges(found.since, groups, total - count)


def _label(group: SharedChanges, compared: int, names: Mapping[Audience, str]) -> str:
    if len(group.audiences) == compared and compared > 1:
        return texts.IN_ALL.format(count=compared)
    return ", ".join(names[audience] for audience in group.audiences)


def _line(change: LineChange, *, is_cut: bool) -> tuple[str, Markup]:
    kind = _kind(change)
    mark = (texts.CHANGED_IN_CHAT if change.in_chat else texts.CHANGED)[kind]
    if kind == "rewritten":
        return mark, rewritten(change.gone, change.come, is_cut=is_cut)
    words = change.come or change.gone
    return mark, escape(cut(words, LINE_LIMIT) if is_cut else words)


def _kind(change: LineChange) -> str:
    if change.gone == change.come:
        return "moved"
    return "rewritten" if change.gone and change.come else "come" if change.come else "gone"


def rewritten(old: str, new: str, *, is_cut: bool = False) -> Markup:
    """The place that changed: what went in ``<del>``, what came in ``<ins>``. Pure.

    :param is_cut: each piece, and the whole, no longer than a line of the chat.
    """
    out: list[Markup] = []
    left = LINE_LIMIT
    for mark, said in _pieces(old.split(), new.split()):
        words = cut(said, PIECE_LIMIT) if is_cut else said
        if is_cut and left < len(words):
            out.append(Markup("…"))
            break
        left -= len(words)
        out.append(mark.format(words))
    return Markup(" ").join(out)


def _pieces(before: list[str], after: list[str]) -> Iterator[tuple[Markup, str]]:
    """In what each piece stands, and its words."""
    steps = SequenceMatcher(None, before, after, False).get_opcodes()
    for number, (op, a, b, c, d) in enumerate(steps):
        if op == "equal":
            at_edge = (number == 0, number == len(steps) - 1)
            yield Markup("{}"), " ".join(_near(after[c:d], *at_edge))
            continue
        if b > a:
            yield Markup("<del>{}</del>"), " ".join(before[a:b])
        if d > c:
            yield Markup("<ins>{}</ins>"), " ".join(after[c:d])


def _near(words: list[str], is_first: bool, is_last: bool) -> list[str]:
    """What stayed the same, as far as it is close to what did not."""
    head, tail = 0 if is_first else AROUND, 0 if is_last else AROUND
    if len(words) <= head + tail + 1:
        return words
    return [*words[:head], "…", *words[len(words) - tail :]]
