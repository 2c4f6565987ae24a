"""Where a text stands that was approved in parts, in one line for every face."""

from __future__ import annotations

from collections.abc import Sequence

from bot.evening.texts import PARTS_DONE
from briefings.parts import parts_of
from briefings.rows import Briefing


def said_parts(versions: Sequence[Briefing]) -> str:
    """Empty unless some of its texts are approved and others not; oldest version first. Pure."""
    parts = parts_of(versions)
    if parts is None or not 0 < parts.approved < parts.total:
        return ""
    return PARTS_DONE.format(done=parts.approved, total=parts.total)
