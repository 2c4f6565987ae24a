"""Before an approval: which texts lack a field that belongs in them, for both faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat.coordinator.texts import AUDIENCES
from bot.evening.texts import ALL_TEXTS, LACKS
from briefings.lacking import lacking
from briefings.rows import BriefingText
from contacts.directory import Audience


def lacking_said(
    drafts: Sequence[BriefingText],
    chosen: Sequence[Audience] = (),
    names: Mapping[Audience, str] = AUDIENCES,
) -> list[str]:
    """One sentence per field. Pure.

    :param chosen: whose texts are approved; empty is all.
    :param names: of the texts, as this face calls them.
    """
    texts = [draft for draft in drafts if not chosen or draft.audience in chosen]
    return [
        LACKS.format(where=_where(one.audiences, len(texts), names), what=one.what)
        for one in lacking(texts)
    ]


def _where(audiences: Sequence[Audience], count: int, names: Mapping[Audience, str]) -> str:
    if len(audiences) == count > 1:
        return ALL_TEXTS.format(count=count)
    return ", ".join(names[audience] for audience in audiences)
