"""What withdrawing a draft means for its readers: what went out before stays, who got nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.evening import texts
from briefings.rows import Briefing, covered
from briefings.texts import AUDIENCES
from briefings.versions import SENT
from contacts.directory import Audience


def what_went_out(draft: Briefing, versions: Sequence[Briefing]) -> str:
    """In one or two sentences, before and after withdrawing it. Pure."""
    told = {
        audience
        for version in versions
        if version.status in SENT and version.id != draft.id
        for audience in covered(version)
    }
    if not told:
        return texts.NOTHING_WENT_OUT
    said = texts.WENT_OUT.format(names=_names(told))
    untold = set(covered(draft)) - told
    if not untold:
        return said
    return f"{said} {texts.GOT_NOTHING.format(names=_names(untold))}"


def _names(audiences: Collection[Audience]) -> str:
    return ", ".join(AUDIENCES[one] for one in Audience if one in audiences)
